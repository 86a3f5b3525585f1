/**
 * How the store speaks to the database: a look at its tables before the first statement and after every failure, a second try
 * where that is safe, errors that say what to do. What is asked: stores/sql/look-ups.ts and its neighbours. What the database
 * and its connections must be: stores/sql/suitable-mysql.ts, suitable-postgres.ts, suitable-sqlite.ts.
 */
import type { Kysely } from 'kysely'
import { StoreError } from '../../core/errors.ts'
import { textsAsBytes } from './bytes.ts'
import { hasOneConnection, lookAtTables } from './look.ts'
import { isHeld, isKnownLost, isLost, isUndone, problemOf, problemOfBegin } from './problems.ts'
import { rawQuery } from './query.ts'
import { type Suitability, suitabilityOf } from './suitable-mysql.ts'
import {
  FROM_SNAPSHOT,
  LEFT_OPEN,
  OTHER_TABLE,
  postgresSessions,
  probeOf,
  UNVOUCHED,
  type Vouching,
} from './suitable-postgres.ts'
import { isPooled } from './suitable-sqlite.ts'
import type { Db, Names, Setup } from './tables.ts'

/** How often something that the database undid for the sake of another is tried: for about a second. */
const ATTEMPTS = 50
/** The pause before trying again, in milliseconds: drawn by lot between these, so that two do not meet again. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [10, 40]
/** After so many statements in a row for which nobody vouched, none is expected to: the driver does not tell. */
const MOST_DOUBTS = 5

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
  const plain = kysely.withoutPlugins() as unknown as Db
  const isMysql = setup.dialect === 'mysql'
  const db = isMysql ? plain.withPlugin(textsAsBytes) : plain
  const suitability = isMysql ? suitabilityOf(setup) : undefined
  const sessions = setup.dialect === 'postgres' ? postgresSessions(setup) : undefined
  /** Whether the tables were looked at since the last failure. Each call looks for itself: one that hangs holds up no other. */
  let areSeen = false
  const { isLoose = false, mayPool = false } = setup
  /**
   * Whether a read has a transaction of its own, since the connection may hold a snapshot. SQLite cannot be asked; a client
   * that may have a pool of connections to it is asked once (stores/sql/suitable-sqlite.ts).
   */
  let isApart = setup.dialect === 'sqlite'
  let isProbed = !mayPool
  /** Whether what is written has a transaction of its own, for the same reason, or since other code leaves one open. */
  let isWrittenApart = isLoose
  /** How often in a row nobody vouched for a statement that stands alone. */
  let doubts = 0
  /** Whether the Kysely is that of one connection, which others have afterwards. */
  let isBound = false
  const transact = transactions(setup)

  const run = async <T>(work: () => Promise<T>, mayRepeat: (thrown: unknown) => boolean): Promise<T> => {
    let isOther = false
    for (let attempt = 1; ; attempt++) {
      try {
        if (!areSeen) await look()
        areSeen = true
        return await work()
      } catch (thrown) {
        areSeen = false
        const isFirstOther: boolean = thrown === OTHER_TABLE && !isOther
        isOther ||= isFirstOther
        if (attempt === ATTEMPTS || !(isFirstOther || mayRepeat(thrown))) throw problemOf(thrown, setup)
        // After a loss too: a pool takes a moment to see which of its connections are gone.
        if (thrown !== FROM_SNAPSHOT && thrown !== LEFT_OPEN) await pause()
      }
    }
  }
  const look = async (): Promise<void> => {
    isBound = (await hasOneConnection(db)) || isBound
    if (isBound)
      throw new StoreError(
        'store_unsuitable',
        'The store was given the Kysely of one connection, from db.connection(), which others use as soon as it is given back. Give sqlStore the Kysely itself.',
      )
    if (suitability) {
      await suitability.lookAt(db)
      return lookAtTables(db, setup, sessions)
    }
    if (!isProbed) {
      isApart = !(await isPooled(db))
      isProbed = true
    }
    // In a transaction, so that a database without any is found out before somebody relies on it.
    await transact(db, async (within) => {
      await lookAtTables(within, setup, sessions)
      return true
    })
  }
  /** On one connection, which was asked before. */
  const held = <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    if (!suitability) return work(db)
    if (isLoose)
      return asTransaction(db, async (within) => {
        await suitability.check(within)
        return work(within)
      })
    return db.connection().execute(async (one) => {
      await suitability.check(one)
      return work(one)
    })
  }
  /** In a transaction of its own, whatever the answer is. */
  const asTransaction = async <T>(one: Db, work: (db: Db) => Promise<T>): Promise<T> => {
    const answer = await transact(one, async (within) => [await work(within)] as const)
    return answer?.[0] as T
  }
  const ask: Session['ask'] = (work) => {
    let lost = 0
    let [wasApart, isAsked] = [false, false]
    return run(
      async () => {
        wasApart = isApart
        isAsked = true
        return wasApart ? asTransaction(db, work) : work(db)
      },
      (thrown) => {
        // A pool may hand out the connection again that was lost, until it has seen that.
        const isSameLoss = lost === 1 && !isAsked && isKnownLost(thrown)
        isAsked = false
        if (thrown !== FROM_SNAPSHOT) return isUndone(thrown) || isSameLoss || (isLost(thrown) && ++lost === 1)
        isApart = true
        return !wasApart
      },
    )
  }
  const probe = probeOf(setup, 'state')
  const probed = <T>(work: (db: Db, vouching: Vouching) => Promise<T>): Promise<T> =>
    db.connection().execute(async (one) => {
      const { rows } = await one.executeQuery(probe)
      sessions?.checkSession(rows[0]?.session, 'state')
      return work(one, 'probed')
    })
  const alone: Session['alone'] = (work) => {
    let wasApart = false
    return run(
      async () => {
        wasApart = isWrittenApart
        if (wasApart) return asTransaction(db, (within) => work(within, 'own'))
        if (doubts === MOST_DOUBTS) return probed(work)
        try {
          const answer = await work(db, 'nobody')
          doubts = 0
          return answer
        } catch (thrown) {
          if (thrown !== UNVOUCHED) throw thrown
          doubts += 1
          return probed(work)
        }
      },
      (thrown) => {
        if (thrown !== FROM_SNAPSHOT && thrown !== LEFT_OPEN) return isUndone(thrown)
        isWrittenApart = true
        return !wasApart
      },
    )
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
    alone,
    goodMark: (table) => sessions?.goodMark(table) ?? '',
    checkSession: (mark, table) => sessions?.checkSession(mark, table),
  }
}

type Transact = <T>(db: Db, work: (db: Db) => Promise<T | undefined>) => Promise<T | undefined>

/** Makes transactions; `undefined` from the work undoes one. */
function transactions({ dialect, isLoose }: Setup): Transact {
  /** Whether ours could not be ended, since other code held the only connection of SQLite. */
  let isLeftOpen = false
  return async (db, work) => {
    if (isLeftOpen) isLeftOpen = await db.executeQuery(rawQuery('rollback')).then(() => false, isHeld)
    type Answer = Awaited<ReturnType<typeof work>>
    let answer: Answer | undefined
    let failure: { readonly thrown: unknown } | undefined
    let [hasBegun, isUnwanted] = [false, false]
    const undo = new Error('undo')
    const builder = db.transaction()
    // A snapshot of a stricter level would be older than the lock that a commit waits for. In MySQL it is there once the transaction
    // has asked something, which is before it where a connection can be held.
    const seesLatest = dialect === 'postgres' || (dialect === 'mysql' && isLoose)
    const transaction = seesLatest ? builder.setIsolationLevel('read committed') : builder
    const attempt = transaction.execute(async (within) => {
      hasBegun = true
      try {
        answer = (await work(within)) as Answer
      } catch (thrown) {
        failure = { thrown }
        throw thrown
      }
      isUnwanted = answer === undefined
      if (isUnwanted) throw undo
    })
    await attempt.catch((thrown) => {
      if (!hasBegun) throw problemOfBegin(thrown)
      // Where undoing fails too, Kysely tells of that alone.
      isLeftOpen = thrown !== undo && thrown !== failure?.thrown && isHeld(thrown)
      if (!isUnwanted) throw failure ? failure.thrown : thrown
    })
    return answer
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) =>
    setTimeout(resolve, SHORTEST_PAUSE + Math.random() * (LONGEST_PAUSE - SHORTEST_PAUSE)),
  )
}
