/**
 * `tokensAffectedBy`: what a change of a policy does to living tokens, told for each of them. Uses the rules that judge requests;
 * decides and writes nothing. What it does to requests is the comparison of policies.
 */
import * as z from 'zod/mini'
import { heldScopes } from '../core/decide.ts'
import { scopesThatCount } from '../core/entitlement.ts'
import { type CompiledPolicy, compiledOf, type Policy, type TypeEntry } from '../core/policy.ts'
import type { LinkedResource, Resources } from '../core/resources.ts'
import { readOptions } from '../core/setup.ts'
import { callable, judged } from '../core/shape.ts'
import { statusOf, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'

/** A token as a store keeps it, or as `list` shows it. */
export type KnownToken = TokenRecord | Token

/** One thing that a change of the policy does to a token. */
export type TokenChange =
  /** Its type is gone: every request is `token_wrong_type`, and it can only be read and revoked. Nothing else is told then. */
  | { readonly code: 'type_removed' | 'type_added' }
  /** No type has the prefix of its secrets any more: every request is `token_malformed` until it is refreshed. */
  | { readonly code: 'prefix_changed'; readonly before: string; readonly after: string }
  /** A scope stops counting, begins to, has another name, or is deprecated now. */
  | { readonly code: 'scope_lost' | 'scope_gained' | 'scope_deprecated'; readonly scope: string }
  | { readonly code: 'scope_renamed'; readonly before: string; readonly after: string }
  /** A refresh gives another number of days. */
  | { readonly code: 'refresh_days'; readonly before: number; readonly after: number }
  /** The kind of a listed resource is gone, or its id is none of that kind any more: no request reaches it by its name. */
  | { readonly code: 'resource_lost' | 'resource_gained'; readonly resource: LinkedResource }
  /** The tier of its plan has no tokens any more, or has some now; only where `tierOf` is given. */
  | { readonly code: 'tier_lost' | 'tier_gained'; readonly tier: string }
  /** An endpoint is closed to its scopes now, or open. That its resources fit is up to each request. */
  | { readonly code: 'route_lost' | 'route_gained'; readonly route: string }

/** A token that a change touches. */
export interface AffectedToken {
  readonly id: string
  readonly planId: string
  readonly type: string
  readonly name: string
  readonly changes: readonly TokenChange[]
}

/** What `tokensAffectedBy` takes. */
export interface AffectedOptions {
  /** The policy that runs now. Without it, tokens are compared with what they were granted. */
  readonly before?: Policy
  /** The policy that is to come. */
  readonly after: Policy
  /** The tokens: pages of `tokens.list`, or the records of a store. What has ended is left out. */
  readonly tokens: Iterable<KnownToken> | AsyncIterable<KnownToken>
  /** The tier of a plan, `undefined` if there is no such plan. Default: tiers are not looked at. */
  readonly tierOf?: (planId: string) => string | undefined | Promise<string | undefined>
  /** Epoch milliseconds. Default: now. */
  readonly now?: number
}

/**
 * The living tokens that a change of the policy touches, one by one as they are read, each with all that changes for it. Those of
 * other policies over the same store are left out.
 *
 * @throws SetupError for options that cannot be used, at once.
 * @example
 * for await (const { name, changes } of tokensAffectedBy({ before, after, tokens: page.tokens })) console.log(name, changes)
 */
export function tokensAffectedBy(options: AffectedOptions): AsyncIterableIterator<AffectedToken> {
  const {
    before,
    after,
    tokens,
    tierOf,
    now = Date.now(),
  } = readOptions<AffectedOptions>('tokensAffectedBy', schema, options)
  const to = compiledOf(after) as CompiledPolicy
  const from = before && compiledOf(before)
  return affected(from, to, tokens, tierOf, now)
}

const isPolicy = (value: unknown): string | undefined =>
  compiledOf(value as Policy) ? undefined : 'must be made by definePolicy.'
const schema = z.strictObject({
  before: z.optional(judged(isPolicy)),
  after: judged(isPolicy),
  tokens: judged((value) =>
    [Symbol.iterator, Symbol.asyncIterator].some((key) => typeof Object(value)[key] === 'function')
      ? undefined
      : 'must be a list of tokens, or what gives them one by one.',
  ),
  tierOf: z.optional(callable()),
  now: z.optional(z.number()),
})

async function* affected(
  from: CompiledPolicy | undefined,
  to: CompiledPolicy,
  tokens: AffectedOptions['tokens'],
  tierOf: AffectedOptions['tierOf'],
  now: number,
): AsyncGenerator<AffectedToken> {
  /** By type and scopes, since many tokens have the same. */
  const routes = new Map<string, readonly TokenChange[]>()
  for await (const token of tokens) {
    if (!isLiving(token, now)) continue
    const { id, planId, type, name } = token
    const tier = tierOf && (await tierOf(planId))
    const changes = [...changesOf(token, from, to, routes), ...tierChanges(tier, from, to)]
    const isOurs = to.types.has(type) || (from?.types.has(type) ?? false)
    if (isOurs && changes.length > 0) yield { id, planId, type, name, changes }
  }
}

function isLiving(token: KnownToken, now: number): boolean {
  return 'status' in token ? token.status === 'active' && now < token.expiresAt : statusOf(token, now) === 'active'
}

/** What was granted. A view shows what counts, and tells of the others in its warnings. */
function storedScopes(token: KnownToken): readonly string[] {
  if (!('warnings' in token)) return token.scopes
  const lost = token.warnings.flatMap((one) =>
    one.code === 'scope_unknown' || one.code === 'scope_not_grantable' ? one.scope : [],
  )
  return [...token.scopes, ...lost]
}

const entryOf = (policy: CompiledPolicy | undefined, name: string): TypeEntry | undefined => {
  const type = policy?.types.get(name)
  return policy && type && { policy, type }
}

function changesOf(
  token: KnownToken,
  from: CompiledPolicy | undefined,
  to: CompiledPolicy,
  routes: Map<string, readonly TokenChange[]>,
): readonly TokenChange[] {
  const stored = storedScopes(token)
  const old = entryOf(from, token.type)
  const entry = entryOf(to, token.type)
  if (!entry) return old ? [{ code: 'type_removed' }] : []
  if (from && !old) return [{ code: 'type_added' }]
  const held = old ? scopesThatCount(stored, old) : stored
  const now = scopesThatCount(stored, entry)
  const key = JSON.stringify([token.type, held, now])
  const known = from && (routes.get(key) ?? routeChanges(from, held, to, now))
  if (known) routes.set(key, known)
  return [
    ...prefixChange(old, entry),
    ...scopeChanges(held, now, old, entry),
    ...refreshDays(token.lifetimeDays, from, to),
    ...resourceChanges(token.resources, from, to),
    ...(known ?? []),
  ]
}

function prefixChange(old: TypeEntry | undefined, { type, policy }: TypeEntry): readonly TokenChange[] {
  const before = old?.type.prefix
  if (before === undefined || [...policy.types.values()].some(({ prefix }) => prefix === before)) return []
  return [{ code: 'prefix_changed', before, after: type.prefix }]
}

function scopeChanges(
  held: readonly string[],
  now: readonly string[],
  old: TypeEntry | undefined,
  { policy }: TypeEntry,
): readonly TokenChange[] {
  const renamed = held.filter((scope) => !now.includes(scope) && now.includes(policy.renamed.get(scope) ?? scope))
  const names = new Set(renamed.map((scope) => policy.renamed.get(scope)))
  const wasDeprecated = (scope: string): boolean => old?.policy.deprecated.has(scope) ?? false
  return [
    ...renamed.map(
      (before): TokenChange => ({ code: 'scope_renamed', before, after: policy.renamed.get(before) ?? '' }),
    ),
    ...held
      .filter((scope) => !now.includes(scope) && !renamed.includes(scope))
      .map((scope): TokenChange => ({ code: 'scope_lost', scope })),
    ...now
      .filter((scope) => !held.includes(scope) && !names.has(scope))
      .map((scope): TokenChange => ({ code: 'scope_gained', scope })),
    ...now
      .filter((scope) => policy.deprecated.has(scope) && !wasDeprecated(scope))
      .map((scope): TokenChange => ({ code: 'scope_deprecated', scope })),
  ]
}

function refreshDays(days: number, from: CompiledPolicy | undefined, to: CompiledPolicy): readonly TokenChange[] {
  const before = Math.min(days, from?.limits.lifetimeDays ?? days)
  const after = Math.min(days, to.limits.lifetimeDays)
  return before === after ? [] : [{ code: 'refresh_days', before, after }]
}

function resourceChanges(
  resources: Resources,
  from: CompiledPolicy | undefined,
  to: CompiledPolicy,
): readonly TokenChange[] {
  if (!Array.isArray(resources)) return []
  const isNamed = ({ kinds }: CompiledPolicy, { kind, id }: LinkedResource): boolean =>
    kinds.get(kind)?.isId(id) === true
  return (resources as readonly LinkedResource[]).flatMap((resource): readonly TokenChange[] => {
    const [was, is] = [!from || isNamed(from, resource), isNamed(to, resource)]
    return was === is ? [] : [{ code: is ? 'resource_gained' : 'resource_lost', resource }]
  })
}

function routeChanges(
  from: CompiledPolicy,
  held: readonly string[],
  to: CompiledPolicy,
  now: readonly string[],
): readonly TokenChange[] {
  const isOpen = ({ routes }: CompiledPolicy, route: string, scopes: readonly string[]): boolean => {
    const endpoint = routes.get(route)
    if (!endpoint || endpoint.closed !== undefined) return false
    return endpoint.scopes.length === 0 || heldScopes(endpoint, scopes) !== undefined
  }
  return [...new Set([...from.routes.keys(), ...to.routes.keys()])].flatMap((route): readonly TokenChange[] => {
    const [was, is] = [isOpen(from, route, held), isOpen(to, route, now)]
    return was === is ? [] : [{ code: is ? 'route_gained' : 'route_lost', route }]
  })
}

function tierChanges(
  tier: string | undefined,
  from: CompiledPolicy | undefined,
  to: CompiledPolicy,
): readonly TokenChange[] {
  if (tier === undefined) return []
  const [was, is] = [from?.tiers.has(tier) ?? true, to.tiers.has(tier)]
  return was === is ? [] : [{ code: is ? 'tier_gained' : 'tier_lost', tier }]
}
