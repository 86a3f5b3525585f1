/** Compiles one endpoint of a policy. What it names: core/policy-names.ts. How a request finds it: core/endpoints.ts. */
import type { Denials } from './denial.ts'
import { type CompiledEndpoint, parameterOf, segmentsOf, splitRoute } from './endpoints.ts'
import type { Endpoint, PolicyCode } from './policy-data.ts'
import { compileNames } from './policy-names.ts'
import type { Tell } from './setup.ts'

/** What stands in for a check without a function. */
const refuse = (): boolean => false

/** An endpoint made ready for decisions; `tell` hears of each source that points to nothing. */
export function compileEndpoint(
  route: string,
  endpoint: Endpoint,
  code: PolicyCode,
  denials: Denials,
  deprecated: ReadonlySet<string>,
  tell: Tell,
): CompiledEndpoint {
  const { method, path } = splitRoute(route)
  const params = segmentsOf(path).flatMap((segment) => parameterOf(segment) ?? [])
  const { scopes, tiers, closed, checks = {} } = endpoint
  const preferred = scopes.find((alternative) => ![alternative].flat().some((scope) => deprecated.has(scope)))
  return {
    view: Object.freeze({ route, method, path }),
    params,
    free: new Map(Object.entries(endpoint.params ?? {})),
    scopes,
    alone: scopes.flatMap((scope) => (typeof scope === 'string' ? scope : scope.length === 1 ? scope : [])),
    together: scopes.filter((scope) => typeof scope !== 'string' && scope.length > 1) as string[][],
    tiers: tiers && new Set(tiers),
    closed,
    isPublic: endpoint.public === true,
    names: compileNames(endpoint.names, params, (at, message) => tell(['endpoints', route, 'names', ...at], message)),
    checks: Object.keys(checks).map((name) => code.checks?.[name] ?? refuse),
    scopeMissing: denials.scopeMissing(scopes, preferred ?? scopes[0]),
    notSupported: closed === undefined ? undefined : denials.notSupported(closed),
  }
}
