/**
 * What a stored token may do by the policy of today: which of its scopes count, and what its owner should know of the others. A
 * record keeps what was granted; nothing rewrites it when a policy changes, so that a change that is taken back takes effect too.
 */
import { longestLifetime, type PlanRules } from './plan-rules.ts'
import type { TypeEntry } from './policy.ts'
import { readAllowlist } from './resources.ts'
import { type Grant, grantedScopes, type TokenRecord } from './token.ts'
import type { TokenWarning } from './token-view.ts'

const NO_SCOPES: readonly string[] = Object.freeze([])

/**
 * The scopes that count: those that the token's type can hold today, an earlier name as the one that it has now. Of a type whose
 * scopes are fixed, exactly the fixed ones of today. Of a type that no policy has, none.
 */
export function scopesThatCount(stored: readonly string[], entry: TypeEntry | undefined): readonly string[] {
  if (!entry) return NO_SCOPES
  const { type, policy } = entry
  if (type.fixed) return type.fixed
  // The list itself where nothing has changed, which is nearly always.
  if (stored.every((scope) => type.grantable.has(scope))) return stored
  const current = stored.map((scope) => policy.renamed.get(scope) ?? scope)
  return [...new Set(current)].filter((scope) => type.grantable.has(scope))
}

/** What a record grants. What cannot be read grants nothing. */
export function grantOf(record: TokenRecord, entry: TypeEntry | undefined): Grant {
  return { scopes: scopesThatCount(grantedScopes(record), entry), allowlist: readAllowlist(record.resources) }
}

/** What the owner of a token should know; nothing of a type that no policy has. */
export function warningsOf(
  stored: readonly string[],
  lifetimeDays: number,
  entry: TypeEntry | undefined,
  rules?: PlanRules,
): readonly TokenWarning[] {
  if (!entry) return []
  const { policy } = entry
  const counted = scopesThatCount(stored, entry)
  const lost = stored.filter((scope) => !counted.includes(policy.renamed.get(scope) ?? scope))
  const isKnown = (scope: string): boolean => policy.scopes.has(scope) || policy.reserved.has(scope)
  const days = longestLifetime(policy.limits.lifetimeDays, rules)
  return [
    ...counted
      .filter((scope) => policy.deprecated.has(scope))
      .map((scope): TokenWarning => ({ code: 'scope_deprecated', scope })),
    ...lost.map(
      (scope): TokenWarning => ({
        code: isKnown(policy.renamed.get(scope) ?? scope) ? 'scope_not_grantable' : 'scope_unknown',
        scope,
      }),
    ),
    ...(lifetimeDays > days ? [{ code: 'lifetime_shortened', lifetimeDays: days } as const] : []),
  ]
}
