/**
 * A transaction, from its beginning to what is told of its end. Whether a failed one is tried again: stores/sql/tries.ts. What the
 * store runs in one: stores/sql/session.ts.
 */
import { isHeld, problemOfBegin } from './problems.ts'
import { rawQuery } from './query.ts'
import type { Db, Setup } from './tables.ts'

/** Runs a transaction; `undefined` from the work undoes it and is given back. */
export type Transact = <T>(db: Db, work: (db: Db) => Promise<T | undefined>) => Promise<T | undefined>

/** Makes what runs transactions. */
export function transactions({ dialect, isLoose }: Setup): Transact {
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

/** Runs a transaction that is committed whatever the work answers. */
export async function committed<T>(transact: Transact, db: Db, work: (db: Db) => Promise<T>): Promise<T> {
  const answer = await transact(db, async (within) => [await work(within)] as const)
  return answer?.[0] as T
}
