/**
 * Runs what is asked of the database: after a look at it, again where that is safe, and with errors that say what to do. What is safe to
 * repeat, each kind of work says itself (stores/sql/session.ts).
 */
import { problemOf } from './problems.ts'
import { FROM_SNAPSHOT, LEFT_OPEN, OTHER_TABLE } from './suitable-postgres.ts'
import type { Setup } from './tables.ts'

/** How often something that the database undid for the sake of another is tried: for about a second. */
const ATTEMPTS = 50
/** The pause before trying again, in milliseconds: drawn by lot between these, so that two do not meet again. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [10, 40]

/** Runs some work, and again after what `mayRepeat` takes. @throws StoreError for what somebody has to mend, else what the driver threw. */
export type Run = <T>(work: () => Promise<T>, mayRepeat: (thrown: unknown) => boolean) => Promise<T>

/** @param look at the database, before the first statement and after every failure. */
export function triesOf(setup: Setup, look: () => Promise<void>): Run {
  /** Whether it was looked since the last failure. Each call looks for itself: one that hangs holds up no other. */
  let isSeen = false
  return async (work, mayRepeat) => {
    let isOther = false
    for (let attempt = 1; ; attempt++) {
      try {
        if (!isSeen) await look()
        isSeen = true
        return await work()
      } catch (thrown) {
        isSeen = false
        const isFirstOther: boolean = thrown === OTHER_TABLE && !isOther
        isOther ||= isFirstOther
        if (attempt === ATTEMPTS || !(isFirstOther || mayRepeat(thrown))) throw problemOf(thrown, setup)
        // After a loss too: a pool takes a moment to see which of its connections are gone.
        if (thrown !== FROM_SNAPSHOT && thrown !== LEFT_OPEN) await pause()
      }
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) =>
    setTimeout(resolve, SHORTEST_PAUSE + Math.random() * (LONGEST_PAUSE - SHORTEST_PAUSE)),
  )
}
