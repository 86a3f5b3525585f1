/** A failover of Redis by Sentinel, under load. */
import { describe } from 'vitest'
import { hasRedis, NEEDS_REDIS } from '../support/redis.ts'
import { testFailover } from './failover.ts'
import { startBySentinel } from './failover-redis.ts'

describe.skipIf(!hasRedis)(`several servers over Redis with Sentinel (${NEEDS_REDIS})`, () =>
  testFailover(startBySentinel),
)
