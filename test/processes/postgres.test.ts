/** The promise on real processes and a real PostgreSQL, which is killed, hung and cut off while tokens change. */
import { describe } from 'vitest'
import { startPostgresDatabase } from './databases.ts'
import { testPromise } from './promise.ts'

describe('several servers over PostgreSQL', () => testPromise(startPostgresDatabase))
