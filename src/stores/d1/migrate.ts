/** `migrateD1`: makes the tables in D1 or in a Durable Object, or brings them up to date. The statements: stores/sql/schema.ts. */
import { StoreError } from '../../core/errors.ts'
import { storeNewer } from '../sql/look.ts'
import { type MigrateResult, versionOf } from '../sql/migrate.ts'
import { isExisting, problemOf } from '../sql/problems.ts'
import { SCHEMA_VERSION, STEPS } from '../sql/schema.ts'
import type { D1Database } from './database.ts'
import { type D1Tables, d1TablesOf } from './options.ts'
import { coded, kyselyOf } from './session.ts'

/**
 * Makes the tables that `d1Store` needs, with the same options, or brings older ones up to date: all in one batch, or nothing. It
 * may be run by several workers at once. For files of `wrangler d1 migrations`, `sqlMigrations().toSql('sqlite')` prints the same.
 *
 * @throws SetupError (a `TypeError`) for options that cannot be used; StoreError `store_newer`, and `store_unsuitable` where a table
 * of that name is another one.
 *
 * @example
 * await migrateD1(env.DB)
 */
export async function migrateD1(database: D1Database, options: D1Tables = {}): Promise<MigrateResult> {
  const setup = d1TablesOf('migrateD1', database, options)
  const db = kyselyOf(database)
  const version = () => versionOf(db, setup)
  try {
    const before = await version()
    if (before > SCHEMA_VERSION) throw storeNewer(before)
    const missing = Object.entries(STEPS).slice(before)
    if (missing.length === 0) return { applied: [], version: before }
    const statements = missing.flatMap(([, step]) => step('sqlite', setup.names))
    await coded(database.batch(statements.map((statement) => database.prepare(statement))))
    return { applied: missing.map(([name]) => name), version: SCHEMA_VERSION }
  } catch (thrown) {
    // Another worker was quicker, or the tables are somebody else's.
    if (!isExisting(thrown)) throw problemOf(thrown, setup)
    if ((await version().catch(() => 0)) === SCHEMA_VERSION) return { applied: [], version: SCHEMA_VERSION }
    throw new StoreError(
      'store_unsuitable',
      'A table or an index with one of the names of the store is there already and is another one. Give migrateD1 and d1Store other names in the option `tables`.',
    )
  }
}
