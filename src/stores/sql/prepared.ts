/**
 * The statements of a request, prepared once for each connection. Which they are: stores/sql/query.ts. In PostgreSQL a name is made
 * of the text, so that a pooler which hands connections on cannot give one process the statement of another.
 */
import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { MysqlPool, PostgresPool, PostgresPoolClient } from 'kysely'
import * as z from 'zod/mini'
import { readOptions } from '../../core/setup.ts'
import { judged } from '../../core/shape.ts'
import { preparedMysql } from './prepared-mysql.ts'
import { ALONE, FIXED } from './query.ts'
import type { Vouching } from './suitable-postgres.ts'

/**
 * Wraps a pool of `pg` or of `mysql2` so that the store's look-ups run as prepared statements: the server then parses and plans
 * each once for a connection instead of at every request. All other statements of the pool stay as they are.
 *
 * For `pg` it also keeps the process alive when a connection is lost while it is lent out: `pg` then tells both the statement and
 * the client, and a client to which nobody listens ends the process. For the idle ones a host listens to the pool itself.
 *
 * Not for PgBouncer in transaction mode before its version 1.21, nor for other poolers that hand a connection's statements to
 * somebody else: there a prepared statement is not found again, and the store says so (`store_unsuitable`).
 *
 * @throws SetupError, which is a TypeError, for what is no pool.
 *
 * @example
 * const pool = new pg.Pool({ connectionString })
 * pool.on('error', (error) => log.warn(error.message))
 * const db = new Kysely({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
 *
 * @example
 * const pool = mysql.createPool({ uri })
 * const db = new Kysely({ dialect: new MysqlDialect({ pool: preparedStatements(pool) }) })
 */
export function preparedStatements(pool: PostgresPool): PostgresPool
export function preparedStatements(pool: MysqlPool): MysqlPool
export function preparedStatements(pool: PostgresPool | MysqlPool): PostgresPool | MysqlPool {
  readOptions('preparedStatements', poolSchema, undefined, { pool })
  if ('getConnection' in pool) return preparedMysql(pool)
  /** Kysely knows a connection again by its object. */
  const wrapped = new WeakMap<PostgresPoolClient, PostgresPoolClient>()
  /** The texts are few. */
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `plan_access_tokens_${bytesToHex(sha1(utf8ToBytes(text)))}`
    names.set(text, name)
    return name
  }
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect()
    const known = wrapped.get(client)
    if (known) return known
    const made = wrap(client, nameOf)
    wrapped.set(client, made)
    return made
  }
  // Kysely 0.29 also reads the pool's options and its Client, so that the rest of it is inherited.
  return Object.create(pool, { connect: { value: connect }, end: { value: () => pool.end() } }) as PostgresPool
}

const isPool = (value: unknown): boolean =>
  ['connect', 'getConnection'].some((name) => typeof Object(value)[name] === 'function')
const poolSchema = z.strictObject({
  pool: judged((value) =>
    isPool(value) ? undefined : 'must be a pool: new pg.Pool({ connectionString }), or createPool(…) of mysql2.',
  ),
})

/** What `pg` takes besides a text: a statement with a name. */
type Query = (query: unknown, values?: readonly unknown[]) => unknown
/** What its clients can do besides. */
interface Emitter {
  on?(event: 'error', listener: () => void): unknown
}
/** What its clients know of their connection. Where one of these is missing, nothing is known. */
interface Knowing {
  /** Whether nothing is under way or waits to be sent. */
  readonly readyForQuery?: boolean
  readonly pipeline?: boolean
  /** What the server said last: `I` for no transaction. */
  getTransactionStatus?(): unknown
}

/** The client with another `query`. Everything else of it is inherited. */
function wrap(client: PostgresPoolClient, nameOf: (text: string) => string): PostgresPoolClient {
  ;(client as Emitter).on?.('error', () => undefined)
  const ask = client.query.bind(client) as Query
  const query: Query = (text, values) => {
    if (typeof text !== 'string' || !text.startsWith(FIXED)) return ask(text, values)
    return ask({ name: nameOf(text), text, values: text.startsWith(ALONE) ? vouched(client, values) : values })
  }
  // Kysely 0.29 says whether the connection is to be closed.
  const release = (...destroy: readonly unknown[]): unknown => client.release.apply(client, destroy as [])
  return Object.create(client, { query: { value: query }, release: { value: release } })
}

/** The values of a statement that stands alone, with a word for it if the client knows that no transaction is open. */
function vouched(client: PostgresPoolClient & Knowing, values: readonly unknown[] = []): readonly unknown[] {
  const [said, ...rest] = values
  const isIdle = client.readyForQuery === true && client.pipeline !== true && client.getTransactionStatus?.() === 'I'
  const nobody: Vouching = 'nobody'
  const own: Vouching = 'own'
  return said === nobody && isIdle ? [own, ...rest] : values
}
