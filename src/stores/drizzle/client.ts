/**
 * A Drizzle database as the stores take a client: which drivers are known, and how a statement is sent as it is. Nothing of Drizzle is
 * loaded here. What it is to be: stores/clients/client.ts.
 */
import type { CompiledQuery, IsolationLevel, QueryResult } from 'kysely'
import type { Client, Send } from '../clients/client.ts'
import { inTurn } from '../clients/in-turn.ts'
import type { JudgedClient } from '../sql/options.ts'
import type { SqlDialect } from '../sql/tables.ts'

/** What is used of a transaction of Drizzle. Statements of SQLite go by `run`, those of the others by `execute`. */
export interface DrizzleTransaction {
  /** Runs a statement; of PostgreSQL and MySQL. */
  execute?(query: never): PromiseLike<unknown>
  /** Runs a statement; of SQLite. */
  run?(query: never): unknown
}

/** What is used of a database of Drizzle: `drizzle(…)` of drizzle-orm/node-postgres, /mysql2 or /libsql. */
export interface DrizzleDatabase<Trx> extends DrizzleTransaction {
  /** Runs something in a transaction. */
  transaction(work: (trx: Trx) => Promise<void>, config?: never): unknown
}

interface Driver {
  readonly dialect: SqlDialect
  /** The import path that it comes from. */
  readonly path: string
  /** What the driver answered, as Kysely has it. */
  read(answer: unknown): QueryResult<unknown>
  /** Whether the driver's own client gives each transaction a connection of its own; `undefined` where it always does. */
  hasPool?(client: object): boolean
}

type Fields = { readonly [field: string]: unknown }

const result = (rows: unknown, affected: unknown): QueryResult<unknown> => ({
  rows: Array.isArray(rows) ? rows : [],
  ...(typeof affected === 'number' && { numAffectedRows: BigInt(affected) }),
})

/** By what Drizzle calls its classes, in every copy of it. */
const DRIVERS: { readonly [kind: string]: Driver } = {
  NodePgDatabase: {
    ...{ dialect: 'postgres', path: 'node-postgres' },
    read: (answer) => result((answer as Fields).rows, (answer as Fields).rowCount),
    // As Drizzle tells it.
    hasPool: (client) => String(Object.getPrototypeOf(client)?.constructor?.name).includes('Pool'),
  },
  MySql2Database: {
    ...{ dialect: 'mysql', path: 'mysql2' },
    read: (answer) => {
      const [first] = answer as readonly unknown[]
      return result(first, (first as Fields).affectedRows)
    },
    hasPool: (client) => 'getConnection' in client,
  },
  LibSQLDatabase: {
    ...{ dialect: 'sqlite', path: 'libsql' },
    read: (answer) => result((answer as Fields).rows, (answer as Fields).rowsAffected),
  },
}

const PATHS = `drizzle-orm/${Object.values(DRIVERS)
  .map(({ path }) => path)
  .join(' or /')}`
const ENTITY = Symbol.for('drizzle:entityKind')

/** What Drizzle calls the class of something. */
function kindOf(db: unknown): string | undefined {
  const kind: unknown = Object(db).constructor?.[ENTITY]
  return typeof kind === 'string' ? kind : undefined
}

const driverOf = (db: unknown): Driver | undefined => {
  const kind = kindOf(db)
  return kind !== undefined && Object.hasOwn(DRIVERS, kind) ? DRIVERS[kind] : undefined
}

/** Judges what is to be a Drizzle database. */
export function judgeDrizzle(db: unknown): JudgedClient {
  const dialect = driverOf(db)?.dialect
  return { name: 'db', dialect, problem: problemOf(db), mayPool: dialect === 'sqlite' }
}

function problemOf(db: unknown): string | undefined {
  const kind = kindOf(db)
  const driver = driverOf(db)
  if (typeof Object(db).$primary === 'object')
    return 'has read replicas, whose answers are late: a revoked token would still work. Give it the primary alone: db.$primary.'
  if (kind?.endsWith('Transaction'))
    return 'is a transaction, which ends while the store goes on. Give it the database that the transaction came from.'
  if (kind === 'BetterSQLite3Database')
    return 'is over better-sqlite3, whose transactions cannot wait for anything. Take drizzle-orm/libsql, or give sqlStore a connection of its own to the same file.'
  if (!driver)
    return kind === undefined
      ? `must be a Drizzle database: what drizzle() of ${PATHS} gave.`
      : `is over a driver that has not been tried (${kind}). Take ${PATHS}, or sqlStore with a Kysely of your own.`
  const client: unknown = Object(db).$client
  if (driver.hasPool && !(typeof client === 'object' && client !== null && driver.hasPool(client)))
    return 'is over a single connection, on which the statements of others would stand in the transactions of the store. Give drizzle() a pool.'
  return undefined
}

/** The client over a database that was judged. */
export function drizzleClient<Trx extends DrizzleTransaction>(db: DrizzleDatabase<Trx>): Client<Trx> {
  const { dialect, read } = driverOf(db) as Driver
  const sendBy =
    (target: DrizzleTransaction): Send =>
    async (query) => {
      const sent = asDrizzle(query) as never
      return read(await (dialect === 'sqlite' ? target.run?.(sent) : target.execute?.(sent)))
    }
  return {
    dialect,
    send: sendBy(db),
    sendIn: sendBy,
    unwrap,
    transaction: (work, isolation) => {
      const begin = async (): Promise<unknown> => db.transaction(work, isolation && configOf(isolation))
      return dialect === 'sqlite' ? inTurn(Object(db).$client ?? db, begin) : begin()
    },
  }
}

const configOf = (isolationLevel: IsolationLevel) => ({ isolationLevel }) as never

/**
 * A statement as Drizzle takes one. Drizzle asks it for its text and its parameters, and finds them made: nothing is quoted,
 * numbered or rewritten.
 */
function asDrizzle({ sql, parameters }: CompiledQuery): object {
  const query = { sql, params: parameters }
  return { getSQL: () => ({ toQuery: () => query }) }
}

/** Takes away what Drizzle has put around a driver's error, with the statement and its values, and what @libsql/client has put around SQLite's. */
function unwrap(thrown: unknown): unknown {
  let inner = thrown
  for (let depth = 0; depth < 5; depth++) {
    const { cause, name, query, extendedCode } = Object(inner) as Fields
    const isWrapped = typeof query === 'string' || name === 'DrizzleError' || typeof extendedCode === 'string'
    if (!isWrapped || typeof cause !== 'object' || cause === null) return inner
    inner = cause
  }
  return inner
}
