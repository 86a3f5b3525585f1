/** `migrate`: makes the store's tables or brings them up to date, or prints the statements. All or nothing where the database can. */
import type { Kysely } from 'kysely'
import type { StoreConfig } from '../../config/config.ts'
import { migrate as migrateTables } from '../../stores/sql/migrate.ts'
import { sqlMigrations } from '../../stores/sql/migrations.ts'
import type { SqlTables } from '../../stores/sql/options.ts'
import type { SqlDialect } from '../../stores/sql/tables.ts'
import { startProgress } from '../ask.ts'
import { CliError } from '../exit.ts'
import { type Session, withStore } from '../session.ts'

/** Flags of `migrate`. */
export interface MigrateOptions {
  readonly sql?: SqlDialect
}

/** Makes the tables of the configured database, or prints the statements. */
export async function migrate({ io, config }: Session, { sql }: MigrateOptions): Promise<void> {
  if (sql !== undefined) return io.data(sqlMigrations().toSql(sql).trimEnd())
  const { database, sql: tables } = withStore(await config(), 'migrate') as StoreConfig
  if (database === undefined)
    throw new CliError(
      'config',
      'database_missing',
      'The configuration has no database. Give the Kysely of the store as database; a store in Redis or in memory has nothing to migrate.',
    )
  const progress = startProgress(io, 'Waiting for the database')
  const { applied, version } = await migrateTables(database as Kysely<unknown>, tables as SqlTables).catch((thrown) => {
    progress.end('The tables are not made.')
    throw databaseFailure(thrown)
  })
  progress.end(
    applied.length === 0
      ? `The tables are up to date (version ${version}).`
      : `Made: ${applied.join(', ')} (version ${version}).`,
  )
  if (io.json) io.data(JSON.stringify({ applied, version }))
}

/** A driver's own words: no statement that makes tables holds anything of a token. */
function databaseFailure(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || OURS.includes(thrown.name)) return thrown
  return new CliError('unavailable', 'database_failed', `The database says: ${thrown.message}`)
}

const OURS = ['SetupError', 'StoreError']
