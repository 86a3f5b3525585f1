/**
 * Which scopes are more than others: those that are enough for an endpoint for which the others are not. By this order policies are
 * compared (policy/compare-endpoint.ts) and edits judged (approvals/widens.ts).
 */
import { heldScopes } from './decide.ts'
import type { CompiledEndpoint } from './endpoints.ts'
import { scopesThatCount } from './entitlement.ts'
import type { CompiledPolicy, TypeEntry } from './policy.ts'

/** Whether scopes are enough for an endpoint. */
export function isEnough(endpoint: CompiledEndpoint, held: readonly string[]): boolean {
  return endpoint.scopes.length === 0 || heldScopes(endpoint, held) !== undefined
}

/** Whether scopes that a token of a type holds are enough for an endpoint of a policy. */
export function isEnoughFor(
  policy: CompiledPolicy,
  name: string,
  endpoint: CompiledEndpoint,
  held: readonly string[],
): boolean {
  const type = policy.types.get(name)
  return isEnough(endpoint, scopesThatCount(held, type && { policy, type }))
}

/** Whether scopes let a token use an endpoint that others do not. A policy has no scope that no endpoint takes. */
export function doScopesWiden(
  { policy, type }: TypeEntry,
  before: readonly string[],
  after: readonly string[],
): boolean {
  const opens = (endpoint: CompiledEndpoint, held: readonly string[]): boolean =>
    endpoint.closed === undefined && isEnoughFor(policy, type.name, endpoint, held)
  return [...policy.routes.values()].some((endpoint) => opens(endpoint, after) && !opens(endpoint, before))
}
