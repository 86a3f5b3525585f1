/**
 * Limits of requests, as the engine sees them: what counts a request once its token, plan, endpoint and scope are in order. Types
 * alone, so that who has no limits carries nothing of them. What makes them: limits/request-limits.ts.
 */
import type { Facts } from './decide.ts'
import type { Policy } from './policy.ts'
import type { Tell } from './setup.ts'

/** What is known of a request when it is counted. */
export type CountedFacts = Pick<Facts, 'policy' | 'record' | 'plan' | 'match' | 'limited'> & {
  /** What is asked, for the error if it fails. */
  port: string | undefined
}

/** What of the engine it takes to count. */
export interface CountingEngine {
  within<T>(answer: PromiseLike<T>): Promise<T>
  readonly report: { failed(error: unknown, method: string): void }
}

/**
 * Puts into the facts how the limit stands, and says whether to go on. Throws where the limiter fails and that has to be a
 * refusal. At once where the limiter answers at once.
 */
export type Count = (facts: CountedFacts, engine: CountingEngine) => boolean | Promise<boolean>

/**
 * The limits of requests that an engine counts by, as `requestLimits` of `plan-access-tokens/limits` makes them. Hand it on; what
 * it holds is for the engine alone.
 */
export interface RequestLimits {
  /** @internal Takes a request from its bucket. */
  readonly take: Count
  /** @internal The same without taking anything: always goes on, and never throws. */
  readonly look: Count
  /** @internal Tells what of the rules does not go together with the policies of an engine. */
  check(policies: readonly Policy[], tell: Tell): void
}
