/** Reads the options of the functions that take a D1 database. */
import type { SqlTables } from '../sql/options.ts'
import { tableNamesOf } from '../sql/options.ts'
import type { Setup } from '../sql/tables.ts'

/** What the tables are called: `SqlTables.tables`. */
export type D1Tables = Pick<SqlTables, 'tables'>

/**
 * What the queries need to know.
 *
 * @throws SetupError (a `TypeError`) with everything that is wrong.
 */
export function d1TablesOf(reader: 'd1Store' | 'migrateD1', database: unknown, options: unknown): Setup {
  const { names, bare } = tableNamesOf(reader, options, { database })
  return { names, channel: bare.events, dialect: 'sqlite' }
}
