/**
 * What a store needs of a client that is no Kysely: sending a statement as it is, and transactions of the client's own, in which
 * the store's statements and the host's stand together. Kysely compiles, the client sends (stores/clients/kysely.ts).
 */
import type { CompiledQuery, IsolationLevel, QueryResult } from 'kysely'
import type { SqlDialect } from '../sql/tables.ts'

/** Sends a statement, and throws what the driver threw. */
export type Send = (query: CompiledQuery) => Promise<QueryResult<unknown>>

/** A client of a host's. */
export interface Client<Trx> {
  readonly dialect: SqlDialect
  /** On any of its connections. */
  readonly send: Send
  /**
   * A transaction of the client's own that is open while the work goes on; what the work throws undoes it.
   *
   * @param isolation `undefined` for the usual one.
   */
  transaction(work: (trx: Trx) => Promise<void>, isolation: IsolationLevel | undefined): Promise<unknown>
  /** Sends in such a transaction. */
  sendIn(trx: Trx): Send
  /** What the driver threw, out of what the client has wrapped around it. */
  unwrap(thrown: unknown): unknown
}
