/**
 * How the store speaks to D1. There are no transactions that stay open: a question is one statement, and what belongs together is
 * one batch. D1 answers statements outside of a session from the primary, each by what was committed last, so that none needs a
 * transaction of its own as other SQLites do (stores/sql/session.ts). What is asked: stores/sql/look-ups.ts and its neighbours.
 */
import type { CompiledQuery, Kysely, RawBuilder } from 'kysely'
import { StoreError } from '../../core/errors.ts'
import type { Send } from '../clients/client.ts'
import { kyselyOver } from '../clients/kysely.ts'
import { lookAtVersion } from '../sql/look.ts'
import { problemOf } from '../sql/problems.ts'
import type { Session } from '../sql/session.ts'
import type { Db, Setup } from '../sql/tables.ts'
import type { D1Database } from './database.ts'

/** A way to D1, for everything that the SQL store asks in one statement. */
export interface D1Session extends Session {
  /** Runs statements in one transaction and gives the rows of each. Whatever it throws is an unknown outcome. */
  batch(statements: readonly RawBuilder<unknown>[]): Promise<readonly (readonly unknown[])[]>
}

/** Opens nothing: the binding is the host's. */
export function d1Session(database: D1Database, setup: Setup): D1Session {
  const db = kyselyOf(database) as unknown as Db
  /** Whether the tables were looked at since the last failure. */
  let areSeen = false
  const run = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    try {
      if (!areSeen) await lookAtVersion(db, setup)
      areSeen = true
      return await work(db)
    } catch (thrown) {
      areSeen = false
      throw isTooLarge(thrown) ? tooLarge() : problemOf(thrown, setup)
    }
  }
  return {
    ...setup,
    db,
    ask: run,
    read: run,
    // D1 commits each statement by itself, whole or not at all.
    write: run,
    batch: (statements) =>
      run(async () => {
        const compiled = statements.map((statement) => bound(database, statement.compile(db)))
        return (await coded(database.batch(compiled))).map(({ results }) => results)
      }),
    transaction: none,
    alone: none,
    goodMark: () => '',
    checkSession: () => undefined,
  }
}

/** D1 as a Kysely of one statement at a time. Its plugins and its log are none. */
export function kyselyOf(database: D1Database): Kysely<unknown> {
  const send: Send = async (query) => ({ rows: (await bound(database, query).all()).results })
  return kyselyOver({ dialect: 'sqlite', send, sendIn: none, transaction: none, unwrap: withCode })
}

const bound = (database: D1Database, { sql, parameters }: CompiledQuery) => {
  const statement = database.prepare(sql)
  return parameters.length === 0 ? statement : statement.bind(...parameters)
}

/** Whoever comes here has asked for what D1 does not have. */
function none(): never {
  throw new TypeError('D1 has no transactions that stay open.')
}

function isTooLarge(thrown: unknown): boolean {
  return thrown instanceof Error && /string or blob too big/.test(thrown.message)
}

const tooLarge = (): StoreError =>
  new StoreError(
    'store_unsuitable',
    'D1 and Durable Objects hold 2 MB in a row, and this token, or the event that says what it was before and after, is larger. Nothing was written. Give it fewer resources, or shorter links.',
  )

/** D1 and Durable Objects put SQLite's name of an error into the text, where other drivers have a field for it. */
const IN_TEXT = /^(?:D1_ERROR: )?(.*?)(?: at offset \d+)?: (SQLITE_[A-Z]+)(?: \(extended: (SQLITE_[A-Z_]+)\))?$/s

/** What D1 answers, or what it throws as another driver of SQLite throws it. */
export function coded<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((thrown: unknown) => {
    throw withCode(thrown)
  })
}

function withCode(thrown: unknown): unknown {
  const [, text, code, extended] = IN_TEXT.exec(thrown instanceof Error ? thrown.message : '') ?? []
  if (text === undefined) return thrown
  const named = code === 'SQLITE_CONSTRAINT' && text.startsWith('UNIQUE') ? 'SQLITE_CONSTRAINT_UNIQUE' : code
  return Object.assign(new Error(text), { code: extended ?? named })
}
