/** `sqlStore` on MariaDB through mysql2. */
import { MARIADB } from './engines.ts'
import { onEngine } from './on-engine.ts'

onEngine(MARIADB)
