/**
 * The lease of one run: whether it still holds, and when the state is written down, which takes it anew. How a lease is taken from
 * the store: outbox/lease.ts. What the state says: outbox/runner.ts.
 */
import { elapsed, type FullClock, momentOf } from '../service/platform.ts'
import type { Held, Leasing } from './lease.ts'
import type { State } from './state.ts'

/** How often the state is written down while it changes, in milliseconds. */
const SAVE_MS = 200

/** What of the state a run changes. */
export type Progress = Pick<State, 'cursor' | 'plans' | 'due' | 'dead'>

/** The lease of one run. */
export interface Hold {
  /** Notes that the state is another than what was written down. */
  changed(): void
  /** Whether another process has the lease by now. */
  isLost(): boolean
  /** Whether it is held for so many milliseconds more. */
  isHeldFor(ms: number): boolean
  /** How often the state is to be written down as things are, in milliseconds. */
  saveEveryMs(): number
  /** Writes the state down if it is time. @throws PlanTokenError `unavailable`. */
  saveIfDue(): Promise<void>
  /** Writes the state down and lets go, unless it is lost. @throws PlanTokenError `unavailable`. */
  release(): Promise<void>
}

/** @param progress how far the run is. */
export function holdOf(
  clock: FullClock,
  leasing: Leasing,
  leaseMs: number,
  taken: Held,
  progress: () => Progress,
): Hold {
  let held = taken
  let savedAt = taken.since
  let [isChanged, isLost] = [false, false]
  const stateNow = (): State => ({ ...held.state, ...progress() })
  const saveEveryMs = (): number => Math.min(isChanged ? SAVE_MS : Number.POSITIVE_INFINITY, leaseMs / 3)
  const save = async (): Promise<void> => {
    const wasChanged = isChanged
    isChanged = false
    savedAt = momentOf(clock)
    try {
      const renewed = await leasing.renew(held, stateNow())
      isLost = renewed === undefined
      held = renewed ?? held
    } catch (error) {
      isChanged ||= wasChanged
      throw error
    }
  }
  return {
    changed() {
      isChanged = true
    },
    isLost: () => isLost,
    isHeldFor: (ms) => leasing.isHeldFor(held, ms),
    saveEveryMs,
    async saveIfDue() {
      if (elapsed(savedAt, momentOf(clock)) >= saveEveryMs()) await save()
    },
    async release() {
      if (!isLost) await leasing.release(held, stateNow())
    },
  }
}
