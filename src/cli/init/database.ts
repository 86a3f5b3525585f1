/** The file that opens the database and makes the store, for each driver. What it says of secrets and connections: docs/stores.md. */
import type { Database, Found } from './detect.ts'

/** The packages that a driver needs beside Kysely. */
export const DRIVER_PACKAGES: { readonly [D in Database]: readonly string[] } = {
  pg: ['pg'],
  mysql2: ['mysql2'],
  'better-sqlite3': ['better-sqlite3'],
  libsql: ['libsql'],
  'node:sqlite': [],
}

/** The text of the file. */
export function storeFile({ database, isTypeScript }: Found): string {
  const cast = isTypeScript ? ' as never' : ''
  const fail = `
function fail()${isTypeScript ? ': never' : ''} {
  throw new Error('Set DATABASE_URL to the address of the database.')
}
`
  const ofKysely = isTypeScript ? '<unknown>' : ''
  const head = (what: string): string => `/** Where tokens are kept: ${what}. */\n`
  const make = (options = ''): string => `
// Makes the tables that are missing. Several servers may start at once.
await migrate(database)

export const store = sqlStore(database${options})
`
  switch (database) {
    case 'pg':
      return `${head('six tables in the PostgreSQL of DATABASE_URL')}import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { migrate, pgListener, preparedStatements, sqlStore } from 'plan-access-tokens/stores/sql'

const { DATABASE_URL: connectionString = fail() } = process.env
const pool = new pg.Pool({ connectionString })
// Without a listener, pg ends the process when an idle connection is lost.
pool.on('error', (error) => console.warn(error.message))

export const database = new Kysely${ofKysely}({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
${make(', { listen: pgListener(() => new pg.Client({ connectionString, keepAlive: true })) }')}${fail}`
    case 'mysql2':
      return `${head('six tables in the MySQL or MariaDB of DATABASE_URL')}import { Kysely, MysqlDialect } from 'kysely'
import mysql from 'mysql2'
import { migrate, preparedStatements, sqlStore } from 'plan-access-tokens/stores/sql'

const { DATABASE_URL: uri = fail() } = process.env
const pool = mysql.createPool({ uri })

export const database = new Kysely${ofKysely}({ dialect: new MysqlDialect({ pool: preparedStatements(pool) }) })
${make()}${fail}`
    case 'node:sqlite':
      return `${head('six tables in tokens.db, by the SQLite of Node')}import { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { migrate, nodeSqlite, sqlStore } from 'plan-access-tokens/stores/sql'

const { DATABASE_FILE = 'tokens.db' } = process.env
const sqlite = new DatabaseSync(DATABASE_FILE)
sqlite.exec('pragma journal_mode = wal')

export const database = new Kysely${ofKysely}({ dialect: new SqliteDialect({ database: nodeSqlite(sqlite) }) })
${make()}`
    default:
      return `${head('six tables in tokens.db, by SQLite')}import Database from '${database}'
import { Kysely, SqliteDialect } from 'kysely'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'

const { DATABASE_FILE = 'tokens.db' } = process.env
const sqlite = new Database(DATABASE_FILE)
sqlite.pragma('journal_mode = wal')

export const database = new Kysely${ofKysely}({ dialect: new SqliteDialect({ database: sqlite${cast} }) })
${make()}`
  }
}
