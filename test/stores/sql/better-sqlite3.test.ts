/** `sqlStore` on SQLite through better-sqlite3. */
import { BETTER_SQLITE3 } from './engines.ts'
import { onEngine } from './on-engine.ts'

onEngine(BETTER_SQLITE3)
