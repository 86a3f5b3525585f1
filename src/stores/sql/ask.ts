/**
 * A question to the database: once more if the connection was lost, and in a transaction of its own where the connection may hold a
 * snapshot of what was. Changes: stores/sql/alone.ts and stores/sql/session.ts.
 */
import { isKnownLost, isLost, isUndone } from './problems.ts'
import { FROM_SNAPSHOT } from './suitable-postgres.ts'
import type { Db } from './tables.ts'
import { committed, type Transact } from './transactions.ts'
import type { Run } from './tries.ts'

/** How a store reads, as is known by now. */
export interface Reads {
  /**
   * Whether each read has a transaction of its own. SQLite cannot be asked whether one is open; a client that may have a pool of
   * connections to it is asked once (stores/sql/suitable-sqlite.ts). On PostgreSQL from the first read on that came from a snapshot.
   */
  areApart: boolean
}

/** Makes what asks. */
export function askOf(
  run: Run,
  transact: Transact,
  db: Db,
  reads: Reads,
): <T>(work: (db: Db) => Promise<T>) => Promise<T> {
  return (work) => {
    let lost = 0
    let [wasApart, isAsked] = [false, false]
    return run(
      async () => {
        wasApart = reads.areApart
        isAsked = true
        return wasApart ? committed(transact, db, work) : work(db)
      },
      (thrown) => {
        // A pool may hand out the connection again that was lost, until it has seen that.
        const isSameLoss = lost === 1 && !isAsked && isKnownLost(thrown)
        isAsked = false
        if (thrown !== FROM_SNAPSHOT) return isUndone(thrown) || isSameLoss || (isLost(thrown) && ++lost === 1)
        reads.areApart = true
        return !wasApart
      },
    )
  }
}
