/**
 * A Kysely whose statements are sent by a client of another kind, and whose transactions are that client's: held open from `begin`
 * to `commit`, so that the store and its host can use them. A connection that is in no transaction is none: each statement goes
 * to any connection of the client.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type IsolationLevel,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { type Handing, isOverError } from '../sql/alongside.ts'
import type { Client } from './client.ts'

/** How each database is spoken to. */
const SPEECH = {
  postgres: { Adapter: PostgresAdapter, Compiler: PostgresQueryCompiler, Introspector: PostgresIntrospector },
  mysql: { Adapter: MysqlAdapter, Compiler: MysqlQueryCompiler, Introspector: MysqlIntrospector },
  sqlite: { Adapter: SqliteAdapter, Compiler: SqliteQueryCompiler, Introspector: SqliteIntrospector },
} as const

/** The Kysely over a client. It opens and closes nothing. */
export function kyselyOver<Trx>(client: Client<Trx>): Kysely<unknown> {
  const { Adapter, Compiler, Introspector } = SPEECH[client.dialect]
  const dialect: Dialect = {
    createAdapter: () => new Adapter(),
    createDriver: () => driverOver(client),
    createIntrospector: (db) => new Introspector(db),
    createQueryCompiler: () => new Compiler(),
  }
  return new Kysely<unknown>({ dialect })
}

/** Hands out the client's own transaction. Once it is over, touching it is an error, as far as that can be seen from here. */
export function clientTransactions<Trx extends object>(client: Client<Trx>): Handing<Trx> {
  return {
    unwrap: (thrown) => client.unwrap(thrown),
    handOut: (within, isOver) =>
      within.getExecutor().provideConnection(async (connection) => {
        const trx = (connection as ClientConnection<Trx>).trx
        if (!trx) throw isOverError()
        return new Proxy(trx, {
          get(target, name) {
            if (isOver()) throw isOverError()
            const value: unknown = Reflect.get(target, name, target)
            return typeof value === 'function' && !isClass(value) ? value.bind(target) : value
          },
        })
      }),
  }
}

const isClass = (value: object): boolean => Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false

/** Thrown to have a client undo its transaction. */
const UNDO = new Error('undo')

function driverOver<Trx>(client: Client<Trx>): Driver {
  return {
    init: async () => undefined,
    destroy: async () => undefined,
    acquireConnection: async () => new ClientConnection(client),
    releaseConnection: async () => undefined,
    beginTransaction: (connection, { isolationLevel }) => (connection as ClientConnection<Trx>).begin(isolationLevel),
    commitTransaction: (connection) => (connection as ClientConnection<Trx>).end('commit'),
    rollbackTransaction: (connection) => (connection as ClientConnection<Trx>).end('rollback'),
  }
}

class ClientConnection<Trx> implements DatabaseConnection {
  readonly #client: Client<Trx>
  /** The transaction that is open. */
  trx: Trx | undefined
  #settle: ((how: 'commit' | 'rollback') => void) | undefined
  #ended: Promise<unknown> = Promise.resolve()

  constructor(client: Client<Trx>) {
    this.#client = client
  }

  /** Begins one, and keeps it open until it is told how to end. */
  begin(isolation: IsolationLevel | undefined): Promise<void> {
    return new Promise((opened, refused) => {
      const work = (trx: Trx): Promise<void> => {
        this.trx = trx
        return new Promise((commit, undo) => {
          this.#settle = (how) => (how === 'commit' ? commit() : undo(UNDO))
          opened()
        })
      }
      this.#ended = this.#client.transaction(work, isolation)
      this.#ended.catch((thrown) => refused(this.#client.unwrap(thrown)))
    })
  }

  /** Ends it, and waits until the client has done so. */
  async end(how: 'commit' | 'rollback'): Promise<void> {
    this.trx = undefined
    this.#settle?.(how)
    try {
      await this.#ended
    } catch (thrown) {
      if (thrown !== UNDO || how === 'commit') throw this.#client.unwrap(thrown)
    }
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { sendIn, send } = this.#client
    try {
      return (await (this.trx ? sendIn(this.trx) : send)(query)) as QueryResult<Row>
    } catch (thrown) {
      throw this.#client.unwrap(thrown)
    }
  }

  // biome-ignore lint/correctness/useYield: nothing of the store streams.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new TypeError('Nothing is streamed over this client.')
  }
}
