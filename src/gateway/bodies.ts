/** Which endpoints are judged by a body: those that name resources there, and those with checks, which look at it. */
import type { Endpoint, Names } from '../core/policy-data.ts'
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

function resourcesIn(names: Names): Extract<Names, readonly unknown[]> {
  if (typeof names === 'string') return []
  return 'anyOf' in names ? names.anyOf : names
}

function isInBody({ at, kind }: ReturnType<typeof resourcesIn>[number]): boolean {
  return at.startsWith('body:') || (typeof kind === 'object' && kind.from.startsWith('body:'))
}
