/**
 * How the store speaks to the database, put together from its parts: a question (stores/sql/ask.ts), a change that stands alone
 * (stores/sql/alone.ts), a transaction (stores/sql/transactions.ts), each after a look (stores/sql/look.ts) and again where that is safe
 * (stores/sql/tries.ts). What is asked: stores/sql/look-ups.ts and its neighbours. What the database and its connections must be:
 * stores/sql/suitable-mysql.ts, suitable-postgres.ts, suitable-sqlite.ts.
 */
import type { Kysely } from 'kysely'
import { aloneOf } from './alone.ts'
import { askOf, type Reads } from './ask.ts'
import { textsAsBytes } from './bytes.ts'
import { lookOf } from './look.ts'
import { isUndone } from './problems.ts'
import { type Suitability, suitabilityOf } from './suitable-mysql.ts'
import { postgresSessions, type Vouching } from './suitable-postgres.ts'
import type { Db, Names, Setup } from './tables.ts'
import { committed, transactions } from './transactions.ts'
import { triesOf } from './tries.ts'

/** A way to the database. */
export interface Session extends Setup {
  readonly db: Db
  /** What MySQL's connections are asked. */
  readonly suitability?: Suitability
  /** Asks with a statement that shows itself what its connection is like, where that has to be known; otherwise as `read`. */
  ask<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Asks; once more if the connection was lost, since asking changes nothing. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Runs one statement that writes, in a transaction of its own. Whatever it throws is an unknown outcome. */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>
  /**
   * Runs a transaction. Retries on deadlock. If `work` returns `undefined`, rolls back and returns it. Whatever it throws is an
   * unknown outcome.
   *
   * @param before is asked on the same connection before the transaction begins.
   */
  transaction<T, B = undefined>(
    work: (db: Db, before: B | undefined) => Promise<T | undefined>,
    before?: (db: Db) => Promise<B>,
  ): Promise<T | undefined>
  /**
   * For PostgreSQL: runs one statement that writes, and that the server commits by itself, so that no lock waits for the client.
   * The statement writes nothing where its session is not good (`goodMark`), where nobody vouches for it, or where it finds the
   * probe (`IS_OPEN`). The work then throws what `judge` throws, `UNVOUCHED` or `LEFT_OPEN`, and is run again: after a look at the
   * connection, or in a transaction of its own. Whatever else it throws is an unknown outcome.
   */
  alone<T>(work: (db: Db, vouching: Vouching) => Promise<T>): Promise<T>
  /** The mark of PostgreSQL's sessions that is good. */
  goodMark(table: keyof Names): string
  /** Judges the mark of PostgreSQL's session that a statement on a table ran in. */
  checkSession(mark: unknown, table: keyof Names): void
}

/** Opens nothing: the connections are the host's Kysely's. Its plugins are left out, since they rename columns. */
export function sessionOf<DB>(kysely: Kysely<DB>, setup: Setup): Session {
  const { dialect, isLoose = false } = setup
  const plain = kysely.withoutPlugins() as unknown as Db
  const isMysql = dialect === 'mysql'
  const db = isMysql ? plain.withPlugin(textsAsBytes) : plain
  const suitability = isMysql ? suitabilityOf(setup) : undefined
  const sessions = dialect === 'postgres' ? postgresSessions(setup) : undefined
  const transact = transactions(setup)
  const reads: Reads = { areApart: dialect === 'sqlite' }
  const run = triesOf(setup, lookOf(db, setup, { suitability, sessions, transact, reads }))
  const ask = askOf(run, transact, db, reads)

  /** On one connection, which was asked before. */
  const held = <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    if (!suitability) return work(db)
    const checked = async (one: Db): Promise<T> => {
      await suitability.check(one)
      return work(one)
    }
    return isLoose ? committed(transact, db, checked) : db.connection().execute(checked)
  }
  const transaction: Session['transaction'] = (work, before) => {
    const attempt = async (one: Db) => {
      const found = await before?.(one)
      return transact(one, (within) => work(within, found))
    }
    const attemptLoose = (one: Db) =>
      transact(one, async (within) => {
        await suitability?.check(within)
        return work(within, await before?.(within))
      })
    return run(() => (isLoose ? attemptLoose(db) : held(attempt)), isUndone)
  }
  return {
    ...setup,
    db,
    ...(suitability && { suitability }),
    ask,
    read: suitability ? (work) => ask(() => held(work)) : ask,
    // Alone it would be written only with a transaction that other code left open, or not at all.
    async write(work) {
      const answer = await transaction(async (within) => [await work(within)] as const)
      return answer?.[0] as Awaited<ReturnType<typeof work>>
    },
    transaction,
    alone: aloneOf(run, transact, db, setup, sessions),
    goodMark: (table) => sessions?.goodMark(table) ?? '',
    checkSession: (mark, table) => sessions?.checkSession(mark, table),
  }
}
