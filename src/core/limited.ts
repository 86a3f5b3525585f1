/** What is said of a request once it was counted against a limit. What counts: the host's option `limits`. */

/** How a limit of requests stands for one request. */
export interface LimitState {
  /** The rule that the request is counted by. */
  readonly name: string
  /** How many requests a full bucket holds; it is refilled continuously, in `perSeconds`. */
  readonly requests: number
  readonly perSeconds: number
  /** How many are left after this one, a whole number. */
  readonly remaining: number
  /** Seconds until the next one is possible, a whole number of at least 1; 0 for a request that was within the limit. */
  readonly retryAfter: number
  /** The tier of the plan. */
  readonly tier: string
}

/** A request that was counted, or could have been. */
export interface Limited {
  readonly allowed: boolean
  readonly state: LimitState
  /** For the answer: `RateLimit-Policy` and `RateLimit`, and `Retry-After` for a refusal. */
  readonly headers: Readonly<Record<string, string>>
}
