/**
 * `nodeSqlite`: the SQLite that comes with Node, as Kysely's `SqliteDialect` takes a driver. Nothing of Node is imported: the host
 * opens the database.
 */
import { SetupError } from '../../core/errors.ts'
import { issueAt } from '../../core/issue.ts'

/** What is used of a `DatabaseSync` of `node:sqlite`. */
export interface NodeSqliteDatabase {
  /** Compiles a statement. */
  prepare(sql: string): NodeSqliteStatement
  /** Closes the database. */
  close(): void
}

/** What is used of a statement of `node:sqlite`. */
export interface NodeSqliteStatement {
  /** Runs it and gives its rows. */
  all(...parameters: never[]): unknown[]
  /** Runs it and says what it has changed. */
  run(...parameters: never[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  /** Gives its rows one by one. */
  iterate(...parameters: never[]): IterableIterator<unknown>
  /** Whether whole numbers come as `bigint`. */
  setReadBigInts(on: boolean): void
  /** The columns of its rows; from Node 22.16 on. */
  columns?(): readonly unknown[]
}

/** A database as Kysely's `SqliteDialect` takes it. Whole numbers come as `number`, and as `bigint` where that would not be exact. */
export interface KyselySqliteDatabase {
  /** Compiles a statement. */
  prepare(sql: string): {
    /** Whether it gives rows. */
    readonly reader: boolean
    /** Runs it and gives its rows. */
    all(parameters: readonly unknown[]): unknown[]
    /** Runs it and says what it has changed. */
    run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
    /** Gives its rows one by one. */
    iterate(parameters: readonly unknown[]): IterableIterator<unknown>
  }
  /** Closes the database. */
  close(): void
}

/** Whether a statement gives rows, told by its text, where a driver does not say. */
export const GIVES_ROWS = /^\s*(\/\*.*?\*\/\s*)*(select|with|pragma|values|explain|show)\b|\breturning\b/is

/**
 * Node's own SQLite (`node:sqlite`, Node 22.13 and later) for Kysely, so that no driver has to be installed.
 *
 * @param database what `new DatabaseSync(file)` gave.
 * @throws SetupError (a `TypeError`) for anything else.
 * @example
 * const database = new DatabaseSync('tokens.db')
 * database.exec('pragma journal_mode = wal')
 * const store = sqlStore(new Kysely({ dialect: new SqliteDialect({ database: nodeSqlite(database) }) }))
 */
export function nodeSqlite(database: NodeSqliteDatabase): KyselySqliteDatabase {
  if (typeof Object(database).prepare !== 'function' || typeof Object(database).close !== 'function')
    throw new SetupError('nodeSqlite', [
      issueAt(['database'], 'must be a database of node:sqlite: new DatabaseSync(file).'),
    ])
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql)
      // Otherwise a number beyond the safe ones would be an error of Node's, after the statement has done its work.
      statement.setReadBigInts(true)
      return {
        reader: statement.columns ? statement.columns().length > 0 : GIVES_ROWS.test(sql),
        all: (parameters) => statement.all(...(parameters as never[])).map(withNumbers),
        run: (parameters) => statement.run(...(parameters as never[])),
        *iterate(parameters) {
          for (const row of statement.iterate(...(parameters as never[]))) yield withNumbers(row)
        },
      }
    },
  }
}

/** A row with numbers where they are exact, as other drivers give it. */
function withNumbers(row: unknown): unknown {
  const fields = row as Record<string, unknown>
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) fields[name] = Number(value)
  }
  return row
}
