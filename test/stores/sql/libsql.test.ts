/** `sqlStore` on SQLite through libsql. */
import { LIBSQL } from './engines.ts'
import { onEngine } from './on-engine.ts'

onEngine(LIBSQL)
