/**
 * How long a change takes to be seen everywhere, and what makes the calls that promise "immediately" wait for it. The bound
 * belongs to the store: it is the largest that any process runs with.
 */
import { PlanTokenError, type SafeCause } from '../core/errors.ts'
import type { TokenStore } from '../ports.ts'
import type { Within } from './deadlines.ts'
import { ask } from './engine.ts'
import type { FullClock } from './platform.ts'

/** The longest bound that a process may ask for, in milliseconds. */
export const MAX_FRESHNESS_MS = 60_000

/** What the service asks of freshness. */
export interface Freshness {
  /** Resolves when no process can act on the state before a change any more. Called once the store has answered the commit. */
  untilSeenEverywhere(): Promise<void>
}

/** Makes it for one process. */
export function createFreshness(store: TokenStore, clock: FullClock, within: Within, freshnessMs: number): Freshness {
  return {
    async untilSeenEverywhere() {
      const committed = clock.monotonic()
      const bound = await ask({ within }, async () => readBound(store.bound ? await store.bound(0) : 0)).catch(refuse)
      const longest = Math.max(bound, freshnessMs)
      if (longest === 0) return
      const end = committed + longest * 1.01 + 5
      for (let left = end - clock.monotonic(); left > 0; left = end - clock.monotonic()) await clock.sleep(left)
    },
  }
}

/** Without the bound nobody knows when the change is seen everywhere. */
function refuse(error: PlanTokenError): never {
  throw new PlanTokenError('unavailable', {
    message: 'The change is written, but not known to be seen everywhere yet. Repeat the call.',
    ...(error.cause !== undefined && { cause: error.cause as SafeCause }),
  })
}

/** An answer that is no duration proves nothing. */
function readBound(answer: unknown): number {
  if (typeof answer === 'number' && answer >= 0 && answer <= MAX_FRESHNESS_MS) return answer
  throw new TypeError('unreadable')
}
