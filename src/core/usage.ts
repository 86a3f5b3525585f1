/**
 * What is gathered of the use of tokens, as the engine and its callers see it: what the option `usage` is, and what is answered.
 * Hardly more than types, so that who gathers nothing carries nothing of it. What makes it: usage/usage.ts.
 */
import type { Facts } from './decide.ts'
import type { RefusalCode } from './refusals.ts'
import type { ResourceRef } from './resources.ts'
import type { ScopeAlternative } from './scope-alternatives.ts'

/** A day of UTC, such as `2027-01-31`. */
export type Day = string

/** What was used on how many requests, and on which day last. */
export interface Used {
  /** The day of UTC on which it was used last. */
  readonly lastUsedOn: Day
  /** How many requests with it were let through, as far as they are known. */
  readonly requests: number
}

/** A route that a token was let through at. */
export interface UsedRoute extends Used {
  readonly route: string
  /** What of the token's scopes opens the route today: any one is enough; of a list all together. */
  readonly scopes: readonly ScopeAlternative[]
}

/** A resource of an allowlist by which requests were let through. */
export interface UsedResource extends Used, ResourceRef {
  /** The route that it was used at last. */
  readonly route: string
  /** Whether it is on the token's list today. */
  readonly listed: boolean
}

/** A route at which a token was refused. */
export interface RefusedRoute {
  readonly route: string
  readonly code: RefusalCode
  /** The day of UTC on which it was refused last. */
  readonly lastRefusedOn: Day
  readonly requests: number
}

/** How many requests there were on a day of UTC. */
export interface DayCount {
  readonly day: Day
  /** Let through. */
  readonly allowed: number
  readonly refused: number
}

/** How a token was used, as far as it is known. */
export interface TokenUsage {
  readonly tokenId: string
  /** Whether all of its uses since it was made are known. */
  readonly complete: boolean
  /** The first day from which on every use is known; `null` if there is none yet. */
  readonly since: Day | null
  /** The latest first. */
  readonly routes: readonly UsedRoute[]
  /** The latest first; of a token that may reach all of its plan there are none. */
  readonly resources: readonly UsedResource[]
  /** The latest first. */
  readonly refused: readonly RefusedRoute[]
  /** The last 90 days, the oldest first, those without a request too. */
  readonly days: readonly DayCount[]
}

/** How the tokens of a plan were used, all together. */
export interface PlanUsage {
  readonly planId: string
  /** The first day from which on every use is known; `null` if there is none yet. */
  readonly since: Day | null
  /** The last 90 days, the oldest first, those without a request too. */
  readonly days: readonly DayCount[]
}

/**
 * Why there is no edit that narrows a token, or none of its resources. `uses_missing`: the token was used on a day of which nothing
 * is gathered yet. `resources_changed`: it was let through by what is not on its list today. `reach_shown`: a route was used that shows
 * whatever the token may see.
 */
export type WithheldCode = (typeof WITHHELD_CODES)[number]

/** All of them. */
export const WITHHELD_CODES = [
  ...(['token_ended', 'token_is_canary', 'token_young', 'incomplete', 'uses_missing', 'unused'] as const),
  ...(['type_unknown', 'route_unknown', 'resources_changed', 'reach_shown', 'no_resource_used'] as const),
  ...(['plan_rules', 'links_outdated', 'not_proven'] as const),
] as const

/** Why something is not advised. */
export interface Withheld {
  readonly code: WithheldCode
  /** What it is about; absent where it is all of the edit. */
  readonly field?: 'scopes' | 'resources'
  readonly message: string
}

/** One thing that was used and stays allowed after the edit, judged by the rules of every decision. */
export interface Proven {
  readonly route: string
  /** The resource of the list by which it was let through; absent of a route as such. */
  readonly resource?: ResourceRef
  readonly allowed: true
}

/** What is advised about a token. Nothing of it is ever done by itself. */
export interface TokenAdvice<Scope extends string = string> {
  readonly tokenId: string
  /** The days that were looked at, up to today. */
  readonly window: number
  /** The first of them. */
  readonly from: Day
  /** The first day from which on every use is known; `null` if there is none yet. */
  readonly since: Day | null
  /** Whether the token was not used in all of the window; `false` as long as that is not known. */
  readonly unused: boolean
  /** Scopes that no route which was used needs: those that the edit would take away. */
  readonly scopes: readonly Scope[]
  /** Resources of the list that were not used. */
  readonly resources: readonly ResourceRef[]
  /** Routes that were refused again and again, the latest first. */
  readonly refused: readonly RefusedRoute[]
  /** For `edit`: takes away what was not used. Absent where nothing can be narrowed, or where that is not known. */
  readonly edit?: {
    readonly scopes?: readonly Scope[]
    /** Links of what stays. */
    readonly resources?: readonly string[]
    /** The version that was looked at. */
    readonly version: number
  }
  /** Everything that was used in the window, and stays allowed after the edit. Empty without one. */
  readonly proof: readonly Proven[]
  /** Why there is no edit, or less of one. */
  readonly withheld: readonly Withheld[]
}

/** What is known of a request that was judged. */
export type UsedFacts = Pick<Facts, 'policy' | 'record' | 'match' | 'named' | 'places' | 'grant' | 'now'>

/** What gathers for one engine. */
export interface Gatherer {
  /** Notes a request that was judged. Comes back at once and never throws. */
  note(facts: UsedFacts, refusal: RefusalCode | undefined): void
  /** Writes what is gathered; never rejects. */
  close(): Promise<void>
  /** The calls of admins; the engine and the input are theirs. */
  usage(engine: object, input: unknown): Promise<TokenUsage>
  advice(engine: object, input: unknown): Promise<TokenAdvice>
  planUsage(engine: object, input: unknown): Promise<PlanUsage>
  unused(engine: object, input: unknown): Promise<unknown>
  /** Removes what is kept of tokens that a sweep is about to remove; what it gives does so once more behind the sweep. */
  forget(engine: object, before: number): Promise<() => Promise<void>>
}

/** Gathers how tokens are used, as `usage` of `plan-access-tokens/usage` makes it. Hand it on; what it holds is for the engine alone. */
export interface UsageGathering {
  /** @internal Begins to gather for an engine. */
  begin(engine: object): Gatherer
}
