/** Which endpoints are judged by a body: those that name resources there, and those with checks, which look at it. */
import type { Endpoint, NamedResource } from '../core/policy-data.ts'
import { resourcesIn } from '../core/policy-names.ts'
import type { GuardEngine } from '../http/guard.ts'

/** Their routes, of a surface. */
export function routesWithBodies(tokens: GuardEngine, surface: string | undefined): readonly string[] {
  const policy = tokens.policies.find((one) => surface === undefined || one.surface === surface)
  return Object.entries(policy?.data.endpoints ?? {})
    .filter(([, endpoint]) => isJudgedByBody(endpoint))
    .map(([route]) => route)
}

function isJudgedByBody({ names, checks, closed }: Endpoint): boolean {
  if (closed !== undefined) return false
  return Object.keys(checks ?? {}).length > 0 || resourcesIn(names).some(isInBody)
}

function isInBody({ at, kind }: NamedResource): boolean {
  return at.startsWith('body:') || (typeof kind === 'object' && kind.from.startsWith('body:'))
}
