/**
 * How a limit stands, for the decision and for the answer: the fields of draft-ietf-httpapi-ratelimit-headers-11 and, for a refusal,
 * `Retry-After` (RFC 9110, section 10.2.3).
 */
import type { Limited } from '../core/limited.ts'
import type { Take, Taken } from './limiter.ts'

/** What is said of a request that was taken from a bucket, or refused by it. */
export function limitedOf(
  { name, tier, requests, perSeconds }: Take & { readonly name: string; readonly tier: string },
  { allowed, remaining, retryMs, fullMs }: Taken,
): Limited {
  const retryAfter = allowed ? 0 : Math.max(1, secondsIn(retryMs, perSeconds))
  return {
    allowed,
    state: { name, requests, perSeconds, remaining, retryAfter, tier },
    headers: {
      'RateLimit-Policy': `"${name}";q=${requests};w=${perSeconds}`,
      // `t` says when all of it is there again; a client that waits for less goes by Retry-After.
      RateLimit: `"${name}";r=${remaining};t=${Math.max(retryAfter, secondsIn(fullMs, perSeconds))}`,
      ...(!allowed && { 'Retry-After': String(retryAfter) }),
    },
  }
}

/** Whole seconds; no bucket takes longer than it takes to fill. */
function secondsIn(ms: number, perSeconds: number): number {
  return Math.min(Math.ceil(ms / 1_000), perSeconds)
}
