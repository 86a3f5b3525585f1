/** A failover in a Redis cluster, under load. */
import { describe } from 'vitest'
import { hasRedis, NEEDS_REDIS } from '../support/redis.ts'
import { testFailover } from './failover.ts'
import { startInCluster } from './failover-redis.ts'

describe.skipIf(!hasRedis)(`several servers over a Redis cluster with ioredis (${NEEDS_REDIS})`, () =>
  testFailover(() => startInCluster('ioredis, cluster')),
)
// docs/scaling-out.md says what it does with a primary that hangs.
describe.skipIf(!hasRedis)(`several servers over a Redis cluster with node-redis (${NEEDS_REDIS})`, () =>
  testFailover(() => startInCluster('node-redis, cluster'), false),
)
