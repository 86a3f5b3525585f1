/** `sqlStore` on PostgreSQL through pg; what it alone can do: test/stores/sql/postgres-faults.test.ts. */
import { POSTGRES } from './engines.ts'
import { onEngine } from './on-engine.ts'

onEngine(POSTGRES)
