/**
 * Who may do what: the rules, in the order in which the questions are asked. Each is a pure function of the facts; `authorize`
 * stops at the first refusal and gathers facts only as far as it must, `explain` runs them all. What a refusal is called:
 * core/refusals.ts. Where resources lie: core/reach.ts. Where the facts come from: service/gather.ts.
 */

import { type Credential, isMissing } from './credential.ts'
import type { CompiledEndpoint, Match } from './endpoints.ts'
import type { LegacyKey } from './legacy.ts'
import { isActiveSecret } from './lifecycle.ts'
import type { Limited } from './limited.ts'
import type { Malformed } from './malformed.ts'
import { isObject } from './objects.ts'
import { outlived, type PlanRules } from './plan-rules.ts'
import type { CompiledPolicy } from './policy.ts'
import { type NamedPlaces, outsideAllowlist, outsidePlan } from './reach.ts'
import type { RefusalCode } from './refusals.ts'
import type { ScopeAlternative } from './scope-alternatives.ts'
import type { CleanPath } from './target.ts'
import { type Grant, isCanary, type SecretRecord, statusOf, type TokenRecord } from './token.ts'

/** What is known of a request so far. A field that is `undefined` is not known, or does not exist. */
export interface Facts extends NamedPlaces {
  readonly policy: CompiledPolicy
  /** Epoch milliseconds, read again after every wait. */
  now: number
  credential: Credential
  /** What the credential is as a key from before; absent where it is none. */
  legacy?: LegacyKey | undefined
  /** Whether the credential has the shape and the checksum of a secret of this deployment. */
  wellFormed: boolean
  /** The path of the request target; `undefined` if that could not be read. */
  path: CleanPath | undefined
  /** The query of the target, percent-encoded; empty if there is none. */
  query: string
  record: TokenRecord | undefined
  secret: SecretRecord | undefined
  /** Where the request came from, as the host says; `undefined` if it does not. */
  address?: unknown
  grant: Grant | undefined
  /** What the directory said of the token's plan. */
  plan: unknown
  /** The rules of that plan; `undefined` where it has none. */
  rules?: PlanRules | undefined
  /** When the token was last used, where a rule asks for it and it is known. */
  usedAt?: number | undefined
  match: Match | undefined
  /** How its limit of requests stands; `undefined` where it has none. */
  limited?: Limited | 'unavailable' | undefined
  /** What is wrong with the target, or with what the request names. */
  malformed?: Malformed | undefined
}

/** The rules by name. */
export type RuleName =
  | 'credential'
  | 'secret'
  | 'target'
  | 'known'
  | 'alive'
  | 'address'
  | 'type'
  | 'plan'
  | 'plan_rules'
  | 'endpoint'
  | 'tier'
  | 'scope'
  | 'names'
  | 'in_plan'
  | 'allowlist'
  | 'limit'

/** One question. */
export interface Rule {
  readonly name: RuleName
  /** Why the request is refused, or `undefined`. Asked only once the facts of its stage are there. */
  readonly refuses: (facts: Facts) => RefusalCode | undefined
}

/** Rules that are asked together, once the facts of their stage are there. */
export interface Stage {
  readonly rules: readonly Rule[]
  /**
   * The first refusal of the rules, or `undefined` if all let the request through. Written out rule by rule: a loop over functions
   * that differ was a twentieth of `authorize` (bench/engine.ts).
   */
  readonly refuses: (facts: Facts) => RefusalCode | undefined
}

/** Asked of the request alone, before any I/O. */
export const OF_REQUEST: Stage = {
  rules: [
    { name: 'credential', refuses: credentialRefuses },
    { name: 'secret', refuses: secretRefuses },
    { name: 'target', refuses: targetRefuses },
  ],
  refuses: (facts) => credentialRefuses(facts) ?? secretRefuses(facts) ?? targetRefuses(facts),
}

/** Asked of the token, as the store has it. */
export const OF_TOKEN: Stage = {
  rules: [
    { name: 'known', refuses: knownRefuses },
    { name: 'alive', refuses: aliveRefuses },
    { name: 'address', refuses: addressRefuses },
    { name: 'type', refuses: typeRefuses },
  ],
  refuses: (facts) => knownRefuses(facts) ?? aliveRefuses(facts) ?? addressRefuses(facts) ?? typeRefuses(facts),
}

/** Asked of the plan, as the directory has it, and of the endpoint. */
export const OF_PLAN: Stage = {
  rules: [
    { name: 'plan', refuses: planRefuses },
    { name: 'plan_rules', refuses: planRulesRefuse },
    { name: 'endpoint', refuses: endpointRefuses },
    { name: 'tier', refuses: tierRefuses },
    { name: 'scope', refuses: scopeRefuses },
  ],
  refuses: (facts) =>
    planRefuses(facts) ?? planRulesRefuse(facts) ?? endpointRefuses(facts) ?? tierRefuses(facts) ?? scopeRefuses(facts),
}

/** Asked of the limit of requests, and of what the request names, which may stand in its body. */
export const OF_NAMES: Stage = {
  rules: [
    { name: 'limit', refuses: limitRefuses },
    { name: 'names', refuses: namesRefuses },
  ],
  refuses: (facts) => limitRefuses(facts) ?? namesRefuses(facts),
}

/** Asked of the resources, as the directory has placed them. */
export const OF_PLACES: Stage = {
  rules: [
    { name: 'in_plan', refuses: inPlanRefuses },
    { name: 'allowlist', refuses: allowlistRefuses },
  ],
  refuses: (facts) => inPlanRefuses(facts) ?? allowlistRefuses(facts),
}

/** All of them in the order of the questions. */
export const QUESTIONS: readonly Stage[] = [OF_REQUEST, OF_TOKEN, OF_PLAN, OF_NAMES, OF_PLACES]

function credentialRefuses({ credential }: Facts): RefusalCode | undefined {
  return typeof credential === 'string' ? undefined : credential.code
}

function secretRefuses({ wellFormed }: Facts): RefusalCode | undefined {
  return wellFormed ? undefined : 'token_malformed'
}

function targetRefuses({ path }: Facts): RefusalCode | undefined {
  return path !== undefined ? undefined : 'request_malformed'
}

function knownRefuses({ record, secret }: Facts): RefusalCode | undefined {
  return record && secret && !isCanary(record) ? undefined : 'token_unknown'
}

function typeRefuses({ policy, record }: Facts): RefusalCode | undefined {
  return policy.types.has(record?.type as string) ? undefined : 'token_wrong_type'
}

function planRefuses({ plan, record, policy }: Facts): RefusalCode | undefined {
  return isEligible(plan, record?.planId, policy.tiers) ? undefined : 'plan_not_eligible'
}

function planRulesRefuse({ rules, record, now, usedAt }: Facts): RefusalCode | undefined {
  return rules === undefined || record === undefined ? undefined : outlived(rules, record, now, usedAt)
}

function limitRefuses({ limited }: Facts): RefusalCode | undefined {
  if (limited === undefined) return undefined
  if (limited === 'unavailable') return limited
  return limited.allowed ? undefined : 'rate_limited'
}

function namesRefuses({ named }: Facts): RefusalCode | undefined {
  return named === undefined || named === 'malformed' ? 'request_malformed' : undefined
}

function allowlistRefuses(facts: Facts): RefusalCode | undefined {
  return outsideAllowlist(facts) === undefined ? undefined : 'resource_not_allowed'
}

/** A pending token has no secret that anybody could know. */
const ENDED_AS = { revoked: 'token_revoked', expired: 'token_expired', pending: 'token_unknown' } as const

function aliveRefuses({ record, secret, now }: Facts): RefusalCode | undefined {
  if (!record) return 'token_unknown'
  const status = statusOf(record, now)
  if (status !== 'active') return ENDED_AS[status]
  if (!secret) return 'token_unknown'
  return isActiveSecret(record, secret, now) ? undefined : 'secret_retired'
}

function addressRefuses({ grant, address }: Facts): RefusalCode | undefined {
  if (!grant) return 'address_not_allowed'
  const list = grant.addresses
  return list === undefined || list.isWatched || list.holds(address) ? undefined : 'address_not_allowed'
}

/** Whether a plan, as the directory answered, has one of these tiers and is not suspended. */
export function isEligible(answer: unknown, planId: string | undefined, tiers: ReadonlySet<string>): boolean {
  if (!isObject(answer)) return false
  const { id, tier, suspended } = answer as { id?: unknown; tier?: unknown; suspended?: unknown }
  return (
    id === planId &&
    typeof tier === 'string' &&
    tiers.has(tier) &&
    (suspended === undefined || suspended === null || suspended === false)
  )
}

/**
 * Whether a request has no credential at all and its endpoint is open to such. Then no rule is asked: there is no token that one
 * could be about.
 */
export function needsNoToken({ credential, match }: Pick<Facts, 'credential' | 'match'>): boolean {
  return isMissing(credential) && match?.endpoint.isPublic === true
}

function endpointRefuses({ match }: Facts): RefusalCode | undefined {
  if (!match) return 'endpoint_unknown'
  return match.endpoint.closed === undefined ? undefined : 'endpoint_not_supported'
}

function tierRefuses({ match, plan, record }: Facts): RefusalCode | undefined {
  const tiers = match?.endpoint.tiers
  return tiers === undefined || isEligible(plan, record?.planId, tiers) ? undefined : 'plan_not_eligible'
}

function scopeRefuses({ match, grant }: Facts): RefusalCode | undefined {
  const wanted = match?.endpoint
  if (!wanted || !grant) return 'scope_missing'
  if (grant.opened === wanted) return undefined
  return wanted.scopes.length === 0 || heldScopes(wanted, grant.scopes) !== undefined ? undefined : 'scope_missing'
}

/** What a token holds of that which is enough for an endpoint: one scope, or several together. */
export function heldScopes(
  { alone, together }: Pick<CompiledEndpoint, 'alone' | 'together'>,
  held: readonly string[],
): ScopeAlternative | undefined {
  for (let i = 0; i < alone.length; i++) if (held.includes(alone[i] as string)) return alone[i]
  return together.length === 0 ? undefined : together.find((scopes) => scopes.every((scope) => held.includes(scope)))
}

function inPlanRefuses(facts: Facts): RefusalCode | undefined {
  return outsidePlan(facts) === undefined ? undefined : 'resource_not_in_plan'
}
