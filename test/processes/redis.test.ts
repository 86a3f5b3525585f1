/** The promise on real processes and a real Redis, which is killed, hung and cut off while tokens change. */
import { describe } from 'vitest'
import { hasRedis, NEEDS_REDIS } from '../support/redis.ts'
import { startRedisDatabase } from './databases.ts'
import { testPromise } from './promise.ts'

describe.skipIf(!hasRedis)(`several servers over Redis (${NEEDS_REDIS})`, () => testPromise(startRedisDatabase))
