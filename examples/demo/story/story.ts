/** The whole story in the order of the page. */
import { LINKS, nameOf, PLAN, TREE } from '../organization.ts'
import { auditLog } from './audit.ts'
import { createToken } from './create.ts'
import { editToken } from './edit.ts'
import { refreshToken } from './refresh.ts'
import { refusals } from './refused.ts'
import { registryTab } from './registry.ts'
import { reportLeaks, revokeToken } from './revoke.ts'
import { type Stage, StepFailed } from './stage.ts'
import { supportedEndpoints } from './supported.ts'
import { planAndServer, useToken } from './use.ts'

/** What to look at next. */
const NEXT = [
  'npm run demo -- --serve    to send requests of your own, with curl',
  'npm run demo -- --npm      to publish and install a package with a token, through the real npm',
  'npm run hub                for the page where admins do all this, in a browser',
  'examples/demo/server.ts    the guarded server, to start from',
  'docs/policy.md             rules for an API of your own',
]

/**
 * Tells it to its end, or to the first answer that is not the expected one, and closes the stage.
 *
 * @param complain is told of that answer, in a line that names the step.
 * @returns the exit status.
 */
export async function tell(stage: Stage, complain: (line: string) => void): Promise<0 | 1> {
  const { print } = stage
  try {
    await tellAll(stage)
    print.summary(`${stage.count()} answers, all as the page says`, 'passed')
    print.lines(NEXT)
    return 0
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    print.summary('An answer is not what the page says', 'wrong')
    complain(error.message)
    return 1
  } finally {
    await stage.close()
  }
}

async function tellAll(stage: Stage): Promise<void> {
  introduce(stage)
  const inventory = await supportedEndpoints(stage)
  const nightly = await createToken(stage)
  await useToken(stage, nightly)
  await refusals(stage, nightly, inventory)
  await planAndServer(stage, nightly)
  const ci = await registryTab(stage, nightly)
  await editToken(stage, nightly)
  const renewed = await refreshToken(stage, nightly)
  await revokeToken(stage, renewed)
  await reportLeaks(stage, ci)
  await auditLog(stage)
}

/** Who is who, and what lies where. */
function introduce({ print, tokens, addresses }: Stage): void {
  const listed = new Set(
    Object.values(LINKS).flatMap((link) => {
      const parsed = tokens.policies[0]?.parseLink(link)
      return parsed?.ok ? [`${parsed.resource.kind}:${parsed.resource.id}`] : []
    }),
  )
  print.title('The life of a plan access token')
  print.say("Told after the page on plan access tokens in Figma's developer docs; every answer is checked against it.")
  print.lines([''])
  print.say(
    `Acme is plan ${PLAN}, of the organization tier. Ada is its admin, Bob is not. Below lies what Acme owns; the four places with an arrow are the ones that Ada will give a token access to, with all that is inside them.`,
  )
  print.lines([''])
  print.table(rowsOf(TREE, listed))
  print.lines([''])
  print.say(
    `What tokens send goes over a socket to ${addresses.api}, the API, or ${addresses.registry}, the npm registry. What Ada does is called in the process, as the admin pages of a product would; no token can do it.`,
  )
}

interface Tree {
  readonly [resource: string]: Tree
}

function rowsOf(tree: Tree, listed: ReadonlySet<string>, depth = 0): readonly (readonly string[])[] {
  return Object.entries(tree).flatMap(([key, below]) => [
    [`${'   '.repeat(depth)}${key.replace(':', ' ')}`, nameOf(key), listed.has(key) ? '← listed' : ''],
    ...rowsOf(below, listed, depth + 1),
  ])
}
