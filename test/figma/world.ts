/**
 * One small world for the tests of Figma's policy: a plan with a listed and an unlisted half, another plan, and tokens with
 * just the scopes that a test asks for.
 */
import { createPlanTokens, memoryStore, type Secret } from 'plan-access-tokens'
import { type FigmaPolicyOptions, figmaPolicy } from 'plan-access-tokens/figma'
import { type TestDirectory, testClock, testDirectory } from 'plan-access-tokens/testing'

/** The plan that the tokens belong to, and one that they do not. */
export const PLAN = '1001'
const OTHER_PLAN = '2002'

/** Where a resource lies, seen from a token that is limited to `LISTED_LINK`. */
export type Place = 'listed' | 'unlisted' | 'foreign'

/** A resource of each kind in each place. */
export const IDS: { readonly [P in Place]: { readonly [kind: string]: string } } = {
  listed: idsOf('A', '456', '123', '321', '71', PLAN),
  unlisted: idsOf('B', '457', '124', '322', '72', PLAN),
  foreign: idsOf('Z', '956', '923', '921', '79', OTHER_PLAN),
}

/** The allowlist of a limited token: the team that everything listed lies below. */
export const LISTED_LINK = `https://figma.com/files/${PLAN}/team/456`

function idsOf(letter: string, team: string, project: string, folder: string, webhook: string, plan: string) {
  return {
    file: `File${letter}`,
    component: `cmp${letter}`,
    component_set: `set${letter}`,
    style: `sty${letter}`,
    dev_resource: `dev${letter}`,
    team,
    project,
    folder,
    webhook,
    plan,
  }
}

function teamTree(place: Place) {
  const { file, component, component_set, style, dev_resource, team, project, folder, webhook } = IDS[place]
  const inFile = [
    `component:${component}`,
    `component_set:${component_set}`,
    `style:${style}`,
    `dev_resource:${dev_resource}`,
  ]
  const files = { [`file:${file}`]: Object.fromEntries(inFile.map((key) => [key, {}])) }
  return { [`team:${team}`]: { [`project:${project}`]: files, [`folder:${folder}`]: {}, [`webhook:${webhook}`]: {} } }
}

/** The scopes that can be granted. */
export const GRANTABLE: readonly string[] = Object.keys(figmaPolicy().data.scopes)

/** What `figmaWorld` gives. */
export interface FigmaWorld {
  readonly tokens: ReturnType<typeof createPlanTokens>
  readonly directory: TestDirectory
  readonly clock: ReturnType<typeof testClock>
  /** The secret of a token with these scopes, which may reach every resource or the listed ones; made at the first call. */
  secretWith(scopes: readonly string[], resources?: 'all' | 'listed'): Promise<Secret>
}

/** Makes a world under some options of the policy; the plan's tier is `organization` unless it is said. */
export function figmaWorld(options: FigmaPolicyOptions = {}, tier = 'organization'): FigmaWorld {
  const directory = testDirectory({
    [PLAN]: {
      tier,
      admins: ['admin-1'],
      resources: { 'workspace:789': { ...teamTree('listed'), ...teamTree('unlisted') } },
    },
    [OTHER_PLAN]: { tier: 'enterprise', admins: ['admin-2'], resources: teamTree('foreign') },
  })
  const clock = testClock()
  const policy: Parameters<typeof createPlanTokens>[0]['policy'] = figmaPolicy(options)
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory, clock })
  const secrets = new Map<string, Promise<Secret>>()
  const make = async (scopes: readonly string[], resources: 'all' | 'listed'): Promise<Secret> => {
    const { secret } = await tokens.create({
      actor: 'admin-1',
      planId: PLAN,
      type: 'rest',
      name: 'Test',
      lifetimeDays: 90,
      scopes,
      resources: resources === 'all' ? 'all' : [LISTED_LINK],
    })
    return secret
  }
  return {
    tokens,
    directory,
    clock,
    secretWith(scopes, resources = 'all') {
      const key = JSON.stringify([scopes, resources])
      const secret = secrets.get(key) ?? make(scopes, resources)
      secrets.set(key, secret)
      return secret
    },
  }
}
