/**
 * The port of a limiter, and what counts as an answer of one. Ready-made ones: limits/memory/memory-limiter.ts and
 * limits/redis/redis-limiter.ts. Which bucket a
 * request is taken from: limits/rules.ts.
 */
import { isObject } from '../core/objects.ts'
import type { Awaitable } from '../ports.ts'

/** What is taken from which bucket. */
export interface Take {
  /** Which bucket: text without a secret, different for each rule and token or plan. */
  readonly key: string
  /** How many it holds, 1 to 1,000,000; one that nobody has taken from yet is full. */
  readonly requests: number
  /** In how many seconds an empty one is full again, evenly: 1 to 2,678,400. */
  readonly perSeconds: number
  /** How many are taken, 1 to `requests`. */
  readonly cost: number
}

/** How a bucket stands. */
export interface Taken {
  /** Whether so many were there, and so are taken. A refused request takes nothing. */
  readonly allowed: boolean
  /** How many whole ones are left now, 0 to `requests`. */
  readonly remaining: number
  /** Milliseconds until so many will be there, 0 if they are. */
  readonly retryMs: number
  /** Milliseconds until the bucket is full again. */
  readonly fullMs: number
}

/**
 * A limiter: buckets by key, each taken from in one step, so that of many requests at once exactly as many pass as there are. What
 * it throws, and any other answer, is a failure. Both methods may answer at once or by a promise.
 */
export interface RateLimiter {
  /** Takes from a bucket, or takes nothing if there is too little in it. */
  take(take: Take): Awaitable<Taken>
  /** What `take` would answer, without taking. For `explain`, which says nothing of a limiter that has it not. */
  look?(take: Take): Awaitable<Taken>
}

/** An answer, if it is one. @throws TypeError for any other. */
export function readTaken(answer: unknown, { requests }: Take): Taken {
  if (isObject(answer)) {
    const { allowed, remaining, retryMs, fullMs } = answer as { readonly [F in keyof Taken]?: unknown }
    const isCount = (value: unknown, most: number): value is number =>
      typeof value === 'number' && value >= 0 && value <= most
    if (
      typeof allowed === 'boolean' &&
      isCount(remaining, requests) &&
      isCount(retryMs, Number.MAX_SAFE_INTEGER) &&
      isCount(fullMs, Number.MAX_SAFE_INTEGER)
    )
      return { allowed, remaining: Math.floor(remaining), retryMs, fullMs }
  }
  throw new TypeError('The limiter gave no { allowed, remaining, retryMs, fullMs } in their ranges.')
}
