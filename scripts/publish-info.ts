/**
 * Where the package is at home: scripts/publish-info.json says it, for whoever publishes to fill in. `npm run publish-info` writes
 * it into package.json. Without `--write` it is the check before `npm publish`, which fails while anything is missing; builds and
 * `npm pack` do not ask.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): { [field: string]: unknown } => JSON.parse(readFileSync(`${root}${path}`, 'utf8'))

/** What each field has to be, with an example, and how package.json writes it. */
const FIELDS = {
  repository: {
    pattern: /^https:\/\/[^\s/]+\/\S+\.git$/,
    example: 'https://git.example.com/acme/plan-access-tokens.git',
    written: (url: string) => ({ type: 'git', url: `git+${url}` }),
  },
  homepage: {
    pattern: /^https:\/\/[^\s/]+\S*$/,
    example: 'https://example.com/plan-access-tokens',
    written: (url: string) => url,
  },
  bugs: {
    pattern: /^https:\/\/[^\s/]+\S*$/,
    example: 'https://git.example.com/acme/plan-access-tokens/issues',
    written: (url: string) => ({ url }),
  },
}

const info = read('scripts/publish-info.json')
const manifest = read('package.json')
const problems: string[] = []
/** As package.json should be: the three fields before `type`, or none where nothing is said. */
const wanted = Object.entries(manifest).flatMap(([name, value]) => {
  if (name in FIELDS) return []
  return name === 'type' ? [...fields(), [name, value] as const] : [[name, value] as const]
})

function fields(): (readonly [name: string, value: unknown])[] {
  return Object.entries(FIELDS).flatMap(([name, { pattern, example, written }]) => {
    const value = info[name]
    if (typeof value === 'string' && pattern.test(value)) return [[name, written(value)] as const]
    const what = value === undefined || value === '' ? 'is empty' : 'is no such address'
    problems.push(`${name} ${what}. It is written as ${example}.`)
    return []
  })
}

const text = `${JSON.stringify(Object.fromEntries(wanted), null, 2)}\n`
if (process.argv.includes('--write')) writeFileSync(`${root}package.json`, text)
else if (text !== `${JSON.stringify(manifest, null, 2)}\n`)
  problems.push('package.json says something else. Run npm run publish-info.')

for (const problem of problems) console.error(`scripts/publish-info.json: ${problem}`)
process.exitCode = problems.length > 0 ? 1 : 0
