/** A database of the benchmark's PostgreSQL, and the store over it as the documents tell a host to make it. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { TokenStore } from 'plan-access-tokens'
import { migrate, preparedStatements, sqlStore } from 'plan-access-tokens/stores/sql'
import { type PostgresConfig, type PostgresServer, startPostgres } from '../../test/support/postgres.ts'

export interface Database {
  readonly config: PostgresConfig
  readonly pool: pg.Pool
  readonly store: Required<Omit<TokenStore, 'peekByDigest' | 'watch'>>
  close(): Promise<void>
}

/** A statement that the store sent. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/**
 * Starts the server. Its settings are PostgreSQL's own, but for `fsync`: what is compared are rows read and written.
 *
 * @param fsync whether what is compared are commits, each of which has to be on the disk.
 */
export const startServer = (fsync: 'on' | 'off' = 'off'): Promise<PostgresServer> =>
  startPostgres({ flags: ['-c', 'max_wal_size=4GB', '-c', `fsync=${fsync}`] })

/** Opens a database, with up to ten connections. */
export function openDatabase(config: PostgresConfig, onStatement?: (statement: Statement) => void): Database {
  const pool = new pg.Pool({ ...config, max: 10 })
  // The server may be ended first.
  pool.on('error', () => undefined)
  const kysely = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: preparedStatements(pool) }),
    ...(onStatement && { log: ({ query }) => onStatement(query) }),
  })
  return { config, pool, store: sqlStore(kysely), close: () => kysely.destroy() }
}

/** A new database with its tables. */
export async function newDatabase(server: PostgresServer): Promise<Database> {
  const config = await server.database()
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool(config) }) })
  await migrate(db)
  await db.destroy()
  return openDatabase(config)
}
