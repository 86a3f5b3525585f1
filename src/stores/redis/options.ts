/** What `redisStore` takes, and what is wrong with it. */
import * as z from 'zod/mini'
import { readOptions } from '../../core/setup.ts'
import { judged, matching, whole } from '../../core/shape.ts'
import { isRedisClient } from './client.ts'

/** What can be set. */
export interface RedisStoreOptions {
  /**
   * What all keys begin with, in braces, so that a cluster keeps them on one node. 1 to 100 printable ASCII characters without
   * spaces and braces; default `plan-tokens`. Two deployments in one Redis need two prefixes.
   */
  readonly prefix?: string
  /**
   * How many replicas must have confirmed a change before it is acknowledged, 0 to 16; default 0. Redis itself acknowledges
   * before its replicas have anything, so without this a failover can undo what was acknowledged: a revoked token works again.
   * With the number of all replicas, none that takes over lacks a change. While fewer are connected, changes are `unavailable`.
   */
  readonly replicas?: number
}

const DEFAULT_PREFIX = 'plan-tokens'
/** Printable ASCII but a space and braces. */
const PREFIX = /^[!-z|~]{1,100}$/
const MOST_REPLICAS = 16

const schema = z.strictObject({
  client: judged((value) =>
    isRedisClient(value) ? undefined : 'must be one of ioredis (new Redis(…)) or of redis (createClient(…)).',
  ),
  prefix: z.optional(
    matching(PREFIX, 'must have 1 to 100 printable ASCII characters, none of them a space or a brace.'),
  ),
  replicas: z.optional(whole(0, MOST_REPLICAS)),
})

/** Reads the options, together with the client. @throws SetupError with every mistake. */
export function readRedisOptions(client: unknown, options: unknown): Required<RedisStoreOptions> {
  const beside = { client }
  const { prefix = DEFAULT_PREFIX, replicas = 0 } = readOptions<RedisStoreOptions>(
    'redisStore',
    schema,
    options,
    beside,
  )
  return { prefix, replicas }
}
