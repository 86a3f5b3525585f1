/**
 * How the store speaks to the database: a look at its tables before the first statement and after every failure, a second try
 * where that is safe, errors that say what to do. What is asked: stores/sql/look-ups.ts and its neighbours.
 */
import type { Kysely } from 'kysely'
import { StoreError } from '../../core/errors.ts'
import { textsAsBytes } from './bytes.ts'
import { isLost, isUndone, notMigrated, problemOf } from './problems.ts'
import { rawQuery } from './query.ts'
import { SCHEMA_VERSION } from './schema.ts'
import { type Suitability, suitabilityOf } from './suitable-mysql.ts'
import type { Db, Setup } from './tables.ts'
import { wholeOf } from './values.ts'

/** How often something that the database undid for the sake of another is tried: for about a second. */
const ATTEMPTS = 50
/** The pause before trying again, in milliseconds: drawn by lot between these, so that two do not meet again. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [10, 40]
/** How long SQLite waits for another process's write where the host has not said, in milliseconds. */
const BUSY_TIMEOUT = 5_000

/** A way to the database. */
export interface Session extends Setup {
  readonly db: Db
  /** What MySQL's connections are asked. */
  readonly suitability?: Suitability
  /** Asks with a statement that shows itself what its connection is like, where that has to be known; otherwise as `read`. */
  ask<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Asks; once more if the connection was lost, since asking changes nothing. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Runs one statement that writes. Whatever it throws is an unknown outcome. */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>
  /**
   * Runs a transaction; again if the database undid it for the sake of another. `undefined` from the work undoes it and comes
   * back as the answer. Whatever it throws is an unknown outcome.
   */
  transaction<T>(work: (db: Db) => Promise<T | undefined>): Promise<T | undefined>
}

/** Opens nothing: the connections are the host's Kysely's. Its plugins are left out, since they rename columns. */
export function sessionOf<DB>(kysely: Kysely<DB>, setup: Setup): Session {
  const plain = kysely.withoutPlugins() as unknown as Db
  const isMysql = setup.dialect === 'mysql'
  const db = isMysql ? plain.withPlugin(textsAsBytes) : plain
  const suitability = isMysql ? suitabilityOf(setup) : undefined
  /** Whether the tables were looked at since the last failure. Each call looks for itself: one that hangs holds up no other. */
  let areSeen = false

  const run = async <T>(work: () => Promise<T>, mayRepeat: (thrown: unknown) => boolean): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        if (!areSeen) {
          await suitability?.lookAt(db)
          await lookAtTables(db, setup)
        }
        areSeen = true
        return await work()
      } catch (thrown) {
        areSeen = false
        if (attempt === ATTEMPTS || !mayRepeat(thrown)) throw problemOf(thrown, setup)
        // After a loss too: a pool takes a moment to see which of its connections are gone.
        await pause()
      }
    }
  }
  /** On one connection, which was asked before. */
  const held = <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    if (!suitability) return work(db)
    return db.connection().execute(async (one) => {
      await suitability.check(one)
      return work(one)
    })
  }
  const ask: Session['ask'] = (work) => {
    let lost = 0
    return run(
      () => work(db),
      (thrown) => isUndone(thrown) || (isLost(thrown) && ++lost === 1),
    )
  }
  const transaction: Session['transaction'] = (work) => run(() => held((one) => transact(one, setup, work)), isUndone)
  return {
    ...setup,
    db,
    ...(suitability && { suitability }),
    ask,
    read: (work) => ask(() => held(work)),
    async write(work) {
      if (!suitability) return run(() => work(db), isUndone)
      // In a transaction of its own, which ends one that other code may have left open.
      const written = await transaction(async (within) => ({ answer: await work(within) }))
      return (written as { answer: Awaited<ReturnType<typeof work>> }).answer
    },
    transaction,
  }
}

async function transact<T>(db: Db, { dialect }: Setup, work: (db: Db) => Promise<T | undefined>) {
  let answer: T | undefined
  let failure: { readonly thrown: unknown } | undefined
  let isUnwanted = false
  const builder = db.transaction()
  // A snapshot of a stricter level would be older than the lock that a commit waits for.
  const transaction = dialect === 'postgres' ? builder.setIsolationLevel('read committed') : builder
  const attempt = transaction.execute(async (within) => {
    try {
      answer = await work(within)
    } catch (thrown) {
      failure = { thrown }
      throw thrown
    }
    isUnwanted = answer === undefined
    if (isUnwanted) throw new Error('undo')
  })
  await attempt.catch((thrown) => {
    // Where undoing fails too, Kysely tells of that alone.
    if (!isUnwanted) throw failure ? failure.thrown : thrown
  })
  return answer
}

async function lookAtTables(db: Db, { names, dialect }: Setup): Promise<void> {
  const state = await db.selectFrom(names.state).select('schema_version').where('id', '=', 1).executeTakeFirst()
  const version = wholeOf(state?.schema_version)
  if (version === undefined) throw notMigrated(`The table "${names.state}" does not say which version the tables have.`)
  if (version < SCHEMA_VERSION)
    throw notMigrated(`The tables have version ${version}, and ${SCHEMA_VERSION} is needed.`)
  if (version > SCHEMA_VERSION)
    throw new StoreError(
      'store_newer',
      `The tables have version ${version}, and this plan-access-tokens knows ${SCHEMA_VERSION}. Update the package in this process.`,
    )
  if (dialect === 'postgres') await refuseReplica(db)
  if (dialect === 'sqlite') await waitWhenBusy(db).catch(() => undefined)
}

/** A standby answers reads from the past: what was revoked would go on. */
async function refuseReplica(db: Db): Promise<void> {
  const { rows } = await db.executeQuery(rawQuery<{ replica: unknown }>('select pg_is_in_recovery() as replica'))
  if (rows[0]?.replica === true)
    throw new StoreError(
      'store_unsuitable',
      'This database is a replica, whose answers are late: a revoked token would still work. Connect the store to the primary.',
    )
}

/**
 * SQLite by itself fails at once where another process is writing, and libsql does not get over that before its garbage is
 * collected (tursodatabase/libsql-js#238).
 */
async function waitWhenBusy(db: Db): Promise<void> {
  const { rows } = await db.executeQuery(rawQuery<{ timeout: unknown }>('pragma busy_timeout'))
  if (wholeOf(rows[0]?.timeout) === 0) await db.executeQuery(rawQuery(`pragma busy_timeout = ${BUSY_TIMEOUT}`))
}

function pause(): Promise<void> {
  return new Promise((resolve) =>
    setTimeout(resolve, SHORTEST_PAUSE + Math.random() * (LONGEST_PAUSE - SHORTEST_PAUSE)),
  )
}
