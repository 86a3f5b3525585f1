/**
 * A limiter for all processes over one Redis, by the package `rate-limiter-flexible`, whose script for fixed windows is replaced by one
 * for leaky buckets: limits/redis/leaky-bucket.ts. The port: limits/limiter.ts.
 */
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import * as z from 'zod/mini'
import { safeCause } from '../../core/errors.ts'
import { readOptions } from '../../core/setup.ts'
import { judged, matching } from '../../core/shape.ts'
import { isRedisClient, type RedisClient, type ScriptOptions, scriptsOn } from '../../stores/redis/client.ts'
import { refusedBy } from '../../stores/redis/errors.ts'
import type { RateLimiter, Take, Taken } from '../limiter.ts'
import { LEAKY_BUCKET } from './leaky-bucket.ts'

/** What can be set. */
export interface RedisLimiterOptions {
  /** What all keys begin with: 1 to 100 printable ASCII characters without spaces and braces; default `plan-limits`. */
  readonly prefix?: string
}

const schema = z.strictObject({
  client: judged((value) =>
    isRedisClient(value) ? undefined : 'must be a client of ioredis or of redis (node-redis).',
  ),
  prefix: z.optional(
    matching(/^[!-z|~]{1,100}$/, 'must be 1 to 100 printable ASCII characters without spaces and braces.'),
  ),
})

/** So many sizes of buckets are kept ready; a function may give any. */
const MOST_SIZES = 1_000

/**
 * A limiter that all processes over one Redis (6.2 or later) or Valkey share, by the client that the host already has: one of
 * `ioredis` 5 or 6, or of `redis` 4 to 6, of one server or of a cluster. One script for each request, by the clock of the server. A bucket
 * is a key of its own, of about 0.1 kB, which is gone as soon as the bucket is full. Nothing of it has to last.
 *
 * @throws SetupError for options that do not exist or do not fit, and for what is no such client.
 * @example
 * import { Redis } from 'ioredis'
 * const limiter = redisLimiter(new Redis('redis://localhost'))
 */
export function redisLimiter(client: RedisClient, options: RedisLimiterOptions = {}): RateLimiter {
  const { prefix = 'plan-limits' } = readOptions<RedisLimiterOptions>('redisLimiter', schema, options, { client })
  const storeClient = clientFor(client)
  const sizes = new Map<string, RateLimiterRedis>()
  const limiterFor = ({ requests: points, perSeconds: duration }: Take): RateLimiterRedis => {
    const size = `${points}/${duration}`
    const known = sizes.get(size)
    if (known) return known
    if (sizes.size >= MOST_SIZES) sizes.clear()
    const customIncrTtlLuaScript = LEAKY_BUCKET.text
    const made = new RateLimiterRedis({
      ...{ storeClient, useRedisPackage: true, keyPrefix: prefix, points, duration, customIncrTtlLuaScript },
    })
    sizes.set(size, made)
    return made
  }
  return {
    async take(take) {
      try {
        return takenOf(take, await limiterFor(take).consume(take.key, take.cost), true)
      } catch (answer) {
        if (answer instanceof RateLimiterRes) return takenOf(take, answer, false)
        throw errorOf(answer)
      }
    },
    async look(take) {
      const answer = await limiterFor(take)
        .consume(take.key, 0)
        .catch((error: unknown) => Promise.reject(errorOf(error)))
      return takenOf(take, answer, answer.remainingPoints >= take.cost)
    },
  }
}

/** How the bucket stands, by what the script answers: how much is taken, and when the bucket is full. */
function takenOf(
  { cost, requests, perSeconds }: Take,
  { remainingPoints, msBeforeNext }: RateLimiterRes,
  allowed: boolean,
): Taken {
  const windowMs = perSeconds * 1_000
  const retryMs = allowed ? 0 : Math.max(0, msBeforeNext - windowMs + (cost * windowMs) / requests)
  // A refused request takes nothing, and what is left then is told by when the bucket is full.
  const left = Math.floor(requests - (msBeforeNext * requests) / windowMs)
  return { allowed, remaining: allowed ? remainingPoints : Math.max(0, left), retryMs, fullMs: msBeforeNext }
}

/**
 * Either client as the library takes the one of `redis`. Handed over itself, one of ioredis would get a command of the library's name,
 * and so another limiter of the host's over the same client the wrong script.
 */
function clientFor(client: RedisClient) {
  const run = scriptsOn(client)
  return {
    async eval(_text: string, { keys, arguments: args }: ScriptOptions): Promise<readonly number[]> {
      const reply: unknown = await run(LEAKY_BUCKET, keys, args)
      // Clients can be told to give bytes or text.
      return Array.isArray(reply) ? reply.map((one) => Number(String(one))) : [Number.NaN, Number.NaN]
    },
  }
}

/** What a client throws may carry the command with its arguments. */
function errorOf(thrown: unknown): Error {
  const word = refusedBy(thrown)
  return word === undefined
    ? new Error('Redis did not answer the limiter.', { cause: safeCause(thrown) })
    : new Error(`Redis refused a script of the limiter: ${word}.`)
}
