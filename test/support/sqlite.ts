/**
 * SQLite for tests: `libsql` from npm always, and `better-sqlite3` out of the folder that BETTER_SQLITE3 names, since it has to
 * be compiled. Each database is a file of its own in a temporary folder.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Dialect, type SqliteDatabase, SqliteDialect } from 'kysely'
import Libsql from 'libsql'
import { type NodeSqliteDatabase, nodeSqlite } from 'plan-access-tokens/stores/sql'

/** Opens a file, made if it does not exist. */
export type OpenSqlite = (
  file: string,
) => SqliteDatabase & { exec(sql: string): unknown; defaultSafeIntegers(on: boolean): unknown }

export const openLibsql: OpenSqlite = (file) => inWal(new Libsql(file) as never)

/** `undefined` where it is not installed. */
export const openBetterSqlite3: OpenSqlite | undefined = loadBetterSqlite3()

/** `undefined` in a Node without it. */
export const openNodeSqlite: OpenSqlite | undefined = await loadNodeSqlite()

interface NodeDatabase extends NodeSqliteDatabase {
  exec(sql: string): void
}

async function loadNodeSqlite(): Promise<OpenSqlite | undefined> {
  // By a name that no bundler looks for.
  const name = 'node:sqlite'
  const loaded = (await import(name).catch(() => undefined)) as
    | { readonly DatabaseSync: new (file: string) => NodeDatabase }
    | undefined
  if (!loaded) return undefined
  return (file) => {
    const database = new loaded.DatabaseSync(file)
    database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = off')
    // Connections of one process cannot wait for each other: the whole process would stand still.
    database.exec('pragma busy_timeout = 1')
    return {
      ...nodeSqlite(database),
      exec: (sql) => database.exec(sql),
      // It gives numbers, and a bigint where a number would not be exact.
      defaultSafeIntegers: () => undefined,
    }
  }
}

/** The command that installs what is missing. */
export const BETTER_SQLITE3_COMMAND =
  'npm install --prefix <dir> better-sqlite3@12.11.1, then BETTER_SQLITE3=<dir> npm test'

function loadBetterSqlite3(): OpenSqlite | undefined {
  const folder = process.env.BETTER_SQLITE3
  if (!folder) return undefined
  try {
    const Database = createRequire(join(folder, 'package.json'))('better-sqlite3')
    new Database(':memory:').close()
    return (file) => {
      const database = inWal(new Database(file))
      // Connections of one process cannot wait for each other: the whole process would stand still.
      database.exec('pragma busy_timeout = 1')
      return database
    }
  } catch {
    return undefined
  }
}

function inWal(database: ReturnType<OpenSqlite>): ReturnType<OpenSqlite> {
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = off')
  return database
}

/**
 * A database in a file, over which any number of Kyselys can be opened; with libsql only one in a process, since it does not
 * get over "database is locked" (tursodatabase/libsql-js#238).
 */
export interface SqliteFile {
  readonly file: string
  /** For one Kysely, with its own dialect if it is another one than the tests'. @param settings `safeIntegers: true` makes every number a bigint; `pragma` is run on the connection. */
  dialect(
    settings?: { readonly safeIntegers?: boolean; readonly pragma?: string },
    Sqlite?: new (config: { database: () => Promise<SqliteDatabase> }) => Dialect,
  ): Dialect
  /** Runs a text with any number of statements, with the driver alone. */
  exec(statements: string): Promise<void>
  /** Removes the file, once the Kyselys are destroyed. */
  close(): void
}

/** Makes an empty one in a temporary folder. */
export function sqliteFile(open: OpenSqlite = openLibsql): SqliteFile {
  const folder = mkdtempSync(join(tmpdir(), 'plan-tokens-sqlite-'))
  const file = join(folder, 'tokens.db')
  return {
    file,
    dialect({ safeIntegers = false, pragma } = {}, Sqlite = SqliteDialect) {
      const database = async () => {
        const opened = open(file)
        opened.defaultSafeIntegers(safeIntegers)
        if (pragma !== undefined) opened.exec(`pragma ${pragma}`)
        return opened
      }
      return new Sqlite({ database })
    },
    async exec(statements) {
      const database = open(file)
      database.exec(statements)
      database.close()
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
