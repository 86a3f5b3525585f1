/**
 * The plain world (support/world.ts) for the tests of Figma's policy: what lies in the listed and the unlisted half of a plan and
 * in another plan, and tokens with just the scopes that a test asks for.
 */
import type { TokenOnlyPolicy } from 'plan-access-tokens'
import { type FigmaPolicyOptions, figmaPolicy } from 'plan-access-tokens/figma'
import { newDirectory, newWorld, POLICY, TOKEN, type World } from '../support/world.ts'

/** The plan that the tokens belong to. */
export const PLAN = TOKEN.planId

/** Where a resource lies, seen from a token that is limited to `LISTED_LINK`. */
export type Place = 'listed' | 'unlisted' | 'foreign'

/** A resource of each kind in each place. */
export const IDS: { readonly [P in Place]: { readonly [kind: string]: string } } = {
  listed: idsOf('A', '456', '123', '321', '71', PLAN),
  unlisted: idsOf('B', '457', '124', '322', '72', PLAN),
  foreign: idsOf('Z', '956', '923', '921', '79', '2002'),
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

/** The scopes that can be granted. */
export const GRANTABLE: readonly string[] = Object.keys(POLICY.data.scopes)

/** What `figmaWorld` gives. */
export interface FigmaWorld extends World<TokenOnlyPolicy> {
  /** The secret of a token with these scopes, which may reach every resource or the listed ones; made at the first call. */
  secretWith(scopes: readonly string[], resources?: 'all' | 'listed'): Promise<string>
}

/** Makes a world under some options of the policy; the plan's tier is `organization` unless it is said. */
export function figmaWorld(options: FigmaPolicyOptions = {}, tier = 'organization'): FigmaWorld {
  const directory = newDirectory()
  directory.setPlan(PLAN, { tier })
  const world = newWorld<TokenOnlyPolicy>({ policy: figmaPolicy(options), directory })
  const secrets = new Map<string, Promise<string>>()
  const newSecret = async (scopes: readonly string[], resources: 'all' | 'listed'): Promise<string> =>
    (await world.make({ scopes, lifetimeDays: 90, resources: resources === 'all' ? 'all' : [LISTED_LINK] })).secret
  return {
    ...world,
    secretWith(scopes, resources = 'all') {
      const key = JSON.stringify([scopes, resources])
      const secret = secrets.get(key) ?? newSecret(scopes, resources)
      secrets.set(key, secret)
      return secret
    },
  }
}
