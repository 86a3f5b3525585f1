/**
 * `npm run demo`: the life of a plan access token, told over a real HTTP server and held against the page.
 * `npm run demo -- --serve`: keeps the server up. `npm run demo -- --npm`: the other tab, with the real npm. Exit status 1 if an answer is not what the page says, 2 for a wrong flag.
 */
import { testClock } from 'plan-access-tokens/testing'
import { createTokens } from './engine.ts'
import { tellNpm } from './npm.ts'
import { createOrganization } from './organization.ts'
import { createPrinter, wantsColor } from './print.ts'
import { serve } from './serve.ts'
import { openStage } from './story/stage.ts'
import { tell } from './story/story.ts'

const USAGE = `npm run demo               tells the story and ends
npm run demo -- --serve    keeps the server up and prints curl lines to try
npm run demo -- --npm      publishes and installs a package through the real npm`
const FLAGS = ['--serve', '--npm', '--help']

const print = createPrinter((text) => process.stdout.write(text), wantsColor(process.stdout, process.env))
// Whoever reads only the beginning (`npm run demo | head`) has read enough.
process.stdout.on('error', () => process.exit())

const args = process.argv.slice(2)
const unknown = args.filter((arg) => !FLAGS.includes(arg))
if (unknown.length > 0) {
  console.error(`There is no such flag: ${unknown.join(' ')}\n\n${USAGE}`)
  process.exitCode = 2
} else if (args.includes('--help')) console.log(USAGE)
else if (args.includes('--serve')) await serve(print, signalled())
else if (args.includes('--npm')) process.exitCode = await tellNpm(print)
else process.exitCode = await tellHere()

/** Resolves when the process is asked to stop. */
function signalled(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve)
  })
}

async function tellHere(): Promise<0 | 1> {
  const clock = testClock('2026-03-02T09:00:00Z')
  const organization = createOrganization()
  const tokens = createTokens(organization.directory, { clock })
  return tell(await openStage({ tokens, organization, clock, print }), console.error)
}
