/** What every part of the service works with: the compiled policies, the ports, and what time it is. How ports are asked: service/ask.ts. */

import type { AddressRanges } from '../core/addresses.ts'
import type { Approvals } from '../core/approvals.ts'
import type { ReadFetchBody } from '../core/body-reading.ts'
import type { Canaries } from '../core/canary.ts'
import type { Sha256 } from '../core/digest.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { IsId } from '../core/kinds.ts'
import type { LegacyKeys } from '../core/legacy.ts'
import type { RequestLimits } from '../core/limits.ts'
import type { Random } from '../core/new-secret.ts'
import type { CompiledPolicy, TypeEntry } from '../core/policy.ts'
import type { IsWellFormed } from '../core/secret.ts'
import type { SelfRenewals } from '../core/self-renewal.ts'
import { isDate } from '../core/token.ts'
import type { Gatherer } from '../core/usage.ts'
import type { Directory, TokenStore } from '../ports.ts'
import type { Answers } from './answers.ts'
import { failureOf, type PortCaller } from './ask.ts'
import type { Within } from './deadlines.ts'
import type { Freshness } from './freshness.ts'
import type { GrantCache } from './grants.ts'
import type { FullClock } from './platform.ts'
import type { Uses } from './uses.ts'

/** Everything that a call needs, made once by `createAuthorizer` or `createPlanTokens`. */
export interface Engine extends PortCaller {
  readonly surfaces: ReadonlyMap<string, CompiledPolicy>
  readonly main: CompiledPolicy
  readonly types: ReadonlyMap<string, TypeEntry>
  readonly prefixes: ReadonlySet<string>
  readonly isWellFormed: IsWellFormed
  /** Keys from before, where the host has some. */
  readonly legacy: LegacyKeys | undefined
  /** Limits of requests, where the host has some. */
  readonly limits: RequestLimits | undefined
  /** Whom the use of a canary is told, where the host has some. */
  readonly canaries: Canaries | undefined
  /** What reads the addresses of tokens, where the host has said so; without it no token that has some works. */
  readonly addresses: AddressRanges | undefined
  /** What gathers how tokens are used, where the host wants it. */
  readonly usage: Gatherer | undefined
  /** How ids of plans look, where policies say it by the type of a column; a plan with another id does not exist. */
  readonly planIds: readonly IsId[]
  readonly store: TokenStore
  readonly directory: Directory
  readonly clock: FullClock
  readonly sha256: Sha256
  /** The time that a body has to arrive, which is up to the client and its line. */
  readonly bodyWithin: Within
  readonly readFetchBody: ReadFetchBody
  readonly timeoutMs: number
  readonly freshness: Freshness
  readonly grants: GrantCache
  readonly answers: Answers
  readonly uses: Uses
}

/** What calls need that make secrets and ids. */
export interface ManagingEngine extends Engine {
  readonly random: Random
  /** What makes tokens and wider edits wait for another admin, where the host has it. */
  readonly approvals: Approvals | undefined
  /** What lets tokens renew themselves, where the host has said so. */
  readonly selfRenewal: SelfRenewals | undefined
}

/** The host's time. A clock that gives no date is a fault: nothing may be made with it. */
export function timeOf({ clock, report }: Pick<Engine, 'clock' | 'report'>): number {
  try {
    const now = clock.now()
    if (isDate(now)) return now
  } catch (error) {
    throw failureOf({ report }, error, 'clock.now')
  }
  throw new PlanTokenError('unavailable', { message: 'The clock gives no date.' })
}
