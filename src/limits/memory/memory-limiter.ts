/** A limiter in this process's memory, with the token buckets of the package `limiter`. The port: limits/limiter.ts. */
import { TokenBucket } from 'limiter'
import * as z from 'zod/mini'
import { createRecent } from '../../core/recent.ts'
import { readOptions } from '../../core/setup.ts'
import { whole } from '../../core/shape.ts'
import type { RateLimiter, Take, Taken } from '../limiter.ts'

/** What can be set. */
export interface MemoryLimiterOptions {
  /**
   * How many buckets are kept, 2 to 10,000,000; default 100,000, about 0.25 kB each. One that is given up, since as many others as half of
   * this were asked for meanwhile, is full when it is asked for again.
   */
  readonly keys?: number
}

const schema = z.strictObject({ keys: z.optional(whole(2, 10_000_000)) })

/**
 * A limiter for one process: it answers at once, by a clock that is never set back. Several processes count each for itself, so that
 * each allows the whole of a limit; take `redisLimiter` to count together.
 *
 * @throws SetupError for an option that does not exist or has another value.
 * @example
 * const limits = requestLimits({ limiter: memoryLimiter(), whenUnavailable: 'deny', rules })
 */
export function memoryLimiter(options: MemoryLimiterOptions = {}): RateLimiter {
  const { keys = 100_000 } = readOptions<MemoryLimiterOptions>('memoryLimiter', schema, options)
  const buckets = createRecent<TokenBucket>(keys)
  const known = ({ key, requests, perSeconds }: Take): TokenBucket | undefined => {
    const bucket = buckets.get(key)
    if (bucket) {
      // A rule may have another size than before.
      bucket.bucketSize = requests
      bucket.tokensPerInterval = requests
      bucket.interval = perSeconds * 1_000
    }
    return bucket
  }
  const full = ({ requests, perSeconds }: Take): TokenBucket => {
    const interval = perSeconds * 1_000
    const bucket = new TokenBucket({ bucketSize: requests, tokensPerInterval: requests, interval })
    bucket.content = requests
    return bucket
  }
  return {
    take(take) {
      const bucket = buckets.put(take.key, known(take) ?? full(take))
      const allowed = bucket.tryRemoveTokens(take.cost)
      return takenOf(take, bucket, allowed)
    },
    look(take) {
      const bucket = known(take) ?? full(take)
      bucket.drip()
      return takenOf(take, bucket, bucket.content >= take.cost)
    },
  }
}

function takenOf({ cost, requests, perSeconds }: Take, { content }: TokenBucket, allowed: boolean): Taken {
  const msPerOne = (perSeconds * 1_000) / requests
  return {
    allowed,
    remaining: Math.floor(content),
    retryMs: allowed ? 0 : (cost - content) * msPerOne,
    fullMs: (requests - content) * msPerOne,
  }
}
