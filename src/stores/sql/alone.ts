/**
 * For PostgreSQL: a change as one statement that the server commits by itself, and what is done where nobody vouches that its connection
 * has no transaction open. The statement: stores/sql/commit-postgres.ts. The marks and the probe: stores/sql/suitable-postgres.ts.
 */
import { isUndone } from './problems.ts'
import {
  FROM_SNAPSHOT,
  LEFT_OPEN,
  type PostgresSessions,
  probeOf,
  UNVOUCHED,
  type Vouching,
} from './suitable-postgres.ts'
import type { Db, Setup } from './tables.ts'
import { committed, type Transact } from './transactions.ts'
import type { Run } from './tries.ts'

/** After so many statements in a row for which nobody vouched, none is expected to: the driver does not tell. */
const MOST_DOUBTS = 5

/** Makes what runs such changes. @param sessions what is known of PostgreSQL's; absent of other databases, which have no such changes. */
export function aloneOf(
  run: Run,
  transact: Transact,
  db: Db,
  setup: Setup,
  sessions: PostgresSessions | undefined,
): <T>(work: (db: Db, vouching: Vouching) => Promise<T>) => Promise<T> {
  /** Whether each change has a transaction of its own: the driver cannot do otherwise, or other code leaves one open. */
  let isApart = setup.isLoose ?? false
  /** How often in a row nobody vouched for a statement. */
  let doubts = 0
  const probe = probeOf(setup, 'state')
  const probed = <T>(work: (db: Db, vouching: Vouching) => Promise<T>): Promise<T> =>
    db.connection().execute(async (one) => {
      const { rows } = await one.executeQuery(probe)
      sessions?.checkSession(rows[0]?.session, 'state')
      return work(one, 'probed')
    })
  const atOnce = async <T>(work: (db: Db, vouching: Vouching) => Promise<T>): Promise<T> => {
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
  }
  return (work) => {
    let wasApart = false
    return run(
      async () => {
        wasApart = isApart
        return wasApart ? committed(transact, db, (within) => work(within, 'own')) : atOnce(work)
      },
      (thrown) => {
        if (thrown !== FROM_SNAPSHOT && thrown !== LEFT_OPEN) return isUndone(thrown)
        isApart = true
        return !wasApart
      },
    )
  }
}
