/**
 * What is used of Cloudflare D1: statements, and batches, which D1 runs as one transaction. The types are those of a worker's
 * binding as far as they are needed, so that nothing of Cloudflare has to be installed. Over it: stores/d1/session.ts.
 */

/** A D1 database, as a worker's binding has it. */
export interface D1Database {
  /** Compiles a statement. */
  prepare(sql: string): D1Statement
  /** Runs statements one after another, in one transaction: all of them, or none. */
  batch(statements: D1Statement[]): Promise<D1Answer[]>
}

/** A statement of D1. */
export interface D1Statement {
  /** The statement with values for its parameters. */
  bind(...values: unknown[]): D1Statement
  /** Runs it and gives its rows. */
  all(): Promise<D1Answer>
}

/** What D1 answers. */
export interface D1Answer {
  readonly results: unknown[]
}

/** What is used of a Durable Object's storage (`ctx.storage`), where its class keeps SQLite. */
export interface DurableObjectStorage {
  /** Its SQLite. */
  readonly sql: {
    /** Runs a statement with values for its parameters. */
    exec(
      sql: string,
      ...values: never[]
    ): {
      /** All of its rows. */
      toArray(): unknown[]
    }
  }
  /** Runs a function in a transaction; what it throws undoes all. */
  transactionSync<T>(work: () => T): T
}

interface Bound extends D1Statement {
  run(): D1Answer
}

/**
 * The SQLite of a Durable Object as a database for `d1Store` and `migrateD1`.
 *
 * @example
 * export class Tokens extends DurableObject {
 *   database = durableObjectDatabase(this.ctx.storage)
 *   store = d1Store(this.database)
 * }
 */
export function durableObjectDatabase(storage: DurableObjectStorage): D1Database {
  const bound = (sql: string, values: readonly unknown[]): Bound => {
    const run = (): D1Answer => ({ results: storage.sql.exec(sql, ...(values as never[])).toArray() })
    return { bind: (...others) => bound(sql, others), run, all: async () => run() }
  }
  return {
    prepare: (sql) => bound(sql, []),
    batch: async (statements) => storage.transactionSync(() => statements.map((one) => (one as Bound).run())),
  }
}
