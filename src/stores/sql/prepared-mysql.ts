/** For MySQL and MariaDB: the statements of a request, prepared by the server. For PostgreSQL: stores/sql/prepared.ts. */
import type { MysqlPool, MysqlPoolConnection } from 'kysely'
import { FIXED } from './query.ts'

/** The pool, whose connections run those statements by mysql2's `execute`. */
export function preparedMysql(pool: MysqlPool): MysqlPool {
  /** Kysely knows a connection again by its object. */
  const wrapped = new WeakMap<MysqlPoolConnection, MysqlPoolConnection>()
  return {
    getConnection(callback) {
      pool.getConnection((error, connection) => {
        if (error) return callback(error, connection)
        const made = wrapped.get(connection) ?? wrap(connection)
        wrapped.set(connection, made)
        callback(error, made)
      })
    },
    end: (callback) => pool.end(callback),
  }
}

type Answered = (error: unknown, result: unknown) => void
/** What mysql2's connections can do besides: a statement that the server prepares, kept by its text. */
interface Executing {
  execute(statement: { sql: string; values: readonly unknown[]; typeCast: true }, callback: Answered): unknown
  query(sql: string, values?: readonly unknown[], callback?: Answered): unknown
}

/**
 * Errors of preparing alone, after which nothing was run: too many statements, a table that changed, and a statement that a reset
 * or a pooler took away.
 */
const UNPREPARED = new Set<unknown>([1461, 1615, 1243])

/** The connection with another `query`. Everything else of it is inherited. */
function wrap(connection: MysqlPoolConnection): MysqlPoolConnection {
  const plain = connection as unknown as Executing
  const query: Executing['query'] = (sql, values = [], callback) => {
    if (!callback || typeof sql !== 'string' || !sql.startsWith(FIXED)) return plain.query(sql, values, callback)
    // A `typeCast` of the host's reads the text of a value, of which there is none here.
    return plain.execute({ sql, values, typeCast: true }, (error, result) => {
      if (UNPREPARED.has((error as { errno?: unknown } | null)?.errno)) plain.query(sql, values, callback)
      else callback(error, result)
    })
  }
  return Object.create(connection, { query: { value: query }, release: { value: () => connection.release() } })
}
