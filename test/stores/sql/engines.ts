/** The databases that the SQL store is tried on, each real: how to get an empty one, and Kyselys over it. */
import { type Dialect, Kysely, MysqlDialect, PostgresDialect } from 'kysely'
import mysql from 'mysql2'
import pg from 'pg'
import {
  type Listen,
  migrate,
  pgListener,
  type SqlStore,
  type SqlStoreOptions,
  sqlStore,
} from 'plan-access-tokens/stores/sql'
import { KYSELY_NEXT, type KyselyNext } from '../../support/kysely-next.ts'
import { hasMariadb, MARIADB_COMMAND, type MariadbServer, startMariadb } from '../../support/mariadb.ts'
import { type PostgresConfig, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import {
  BETTER_SQLITE3_COMMAND,
  openBetterSqlite3,
  openLibsql,
  openNodeSqlite,
  sqliteFile,
} from '../../support/sqlite.ts'

/** An empty database: without tables until `migrate`. */
export interface Database {
  /** The `listen` option of a store, where the engine has it. */
  readonly listen?: Listen
  /** How to connect with the driver alone; for SQLite the file. */
  readonly config: object
  /** A Kysely of its own, with connections of its own; `driver` holds settings for the driver, `log` is told each statement. */
  kysely(driver?: object, log?: (statement: string, parameters: readonly unknown[]) => void): Kysely<unknown>
  /** Runs a text with any number of statements, with the driver alone. */
  exec(statements: string): Promise<unknown>
  /** Ends everything that was opened. */
  close(): Promise<void>
}

export interface Engine {
  readonly name: string
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  /** Whether one process can have several connections that write. */
  readonly hasConnections: boolean
  /** The command that installs it, where it is missing. */
  readonly missing?: string
  /** Starts the server, if there is one. */
  start(): Promise<void>
  database(): Promise<Database>
  stop(): Promise<void>
}

/** The engines by name. */
export const LIBSQL = sqlite('libsql', openLibsql)
/** Over the Kysely that comes next, where it is installed. */
export const LIBSQL_NEXT = sqlite('libsql', openLibsql, undefined, KYSELY_NEXT)
export const BETTER_SQLITE3 = sqlite('better-sqlite3', openBetterSqlite3, BETTER_SQLITE3_COMMAND)
/** In Node 22.13 and later. */
export const NODE_SQLITE = openNodeSqlite && sqlite('node:sqlite', openNodeSqlite)
export const POSTGRES = postgres()
export const MARIADB = mariadb()

/** A store over a new database with its tables made. */
export async function freshStore(
  engine: Engine,
  options: SqlStoreOptions = {},
): Promise<{ store: SqlStore; kysely: Kysely<unknown>; database: Database }> {
  const database = await engine.database()
  const kysely = database.kysely()
  const { listen, ...places } = options
  await migrate(kysely, places)
  return { store: sqlStore(kysely, options), kysely, database }
}

function sqlite(
  name: string,
  open: typeof openLibsql | undefined,
  missing?: string,
  { Kysely: Over, SqliteDialect: Sqlite }: Partial<Pick<KyselyNext, 'Kysely' | 'SqliteDialect'>> = {},
): Engine {
  return {
    name,
    dialect: 'sqlite',
    hasConnections: open !== openLibsql,
    ...(!open && missing !== undefined && { missing }),
    start: async () => undefined,
    stop: async () => undefined,
    async database() {
      const sqlite = sqliteFile(open)
      const { file, exec, close } = sqlite
      return opened({ config: { file }, exec, close, open: (driver) => sqlite.dialect(driver, Sqlite), Over })
    },
  }
}

function postgres(): Engine {
  let server: PostgresServer
  /** Emptied ones: to make a new one takes ten times as long. */
  const free: PostgresConfig[] = []
  return {
    name: 'PostgreSQL',
    dialect: 'postgres',
    hasConnections: true,
    async start() {
      server = await startPostgres()
    },
    async database() {
      const config = free.pop() ?? (await server.database())
      const exec: Database['exec'] = (statements) => server.admin(statements, config.database)
      return opened({
        config,
        exec,
        listen: pgListener(() => new pg.Client(config)),
        open(driver) {
          const pool = new pg.Pool({ ...config, max: 4, ...driver })
          pool.on('error', () => undefined)
          pool.on('connect', (client) => client.on('error', () => undefined))
          return new PostgresDialect({ pool })
        },
        async close() {
          await exec(
            'drop schema if exists public, other cascade; create schema public; grant usage on schema public to public',
          )
          free.push(config)
        },
      })
    },
    stop() {
      free.length = 0
      return server.close()
    },
  }
}

function mariadb(): Engine {
  let server: MariadbServer
  return {
    name: 'MariaDB',
    dialect: 'mysql',
    hasConnections: true,
    ...(!hasMariadb && { missing: MARIADB_COMMAND }),
    async start() {
      server = await startMariadb()
    },
    async database() {
      const config = await server.database()
      return opened({
        config,
        exec: (statements) => server.admin(statements, config.database),
        open(driver) {
          const pool = mysql.createPool({ ...config, connectionLimit: 4, ...driver })
          return new MysqlDialect({ pool })
        },
      })
    },
    stop: () => server.close(),
  }
}

/** Everything that is opened over a database, to be closed together. */
function opened({
  open,
  close,
  Over = Kysely,
  ...rest
}: Omit<Database, 'kysely' | 'close'> & {
  open: (driver?: object) => Dialect
  close?: () => unknown
  Over?: typeof Kysely | undefined
}): Database {
  const all: Kysely<unknown>[] = []
  return {
    ...rest,
    kysely(driver, log) {
      const dialect = open(driver)
      const kysely = new Over<unknown>({
        dialect,
        ...(log && { log: ({ query }) => log(query.sql, query.parameters) }),
      })
      all.push(kysely)
      return kysely
    },
    async close() {
      for (const kysely of all) await kysely.destroy()
      await close?.()
    },
  }
}
