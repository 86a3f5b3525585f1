/**
 * One process sends at a time: it holds a lease, which stands in the same value as the place in the log. Each write is made over the
 * version that was seen, so the version is what fences: whoever slept while another took over can write no more, and learns it
 * then. That it may still send, a process judges by its own clocks alone.
 */

import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { newId } from '../service/ids.ts'
import { elapsed, type Moment, momentOf } from '../service/platform.ts'
import { readValue, writeValue } from '../service/values.ts'
import { readState, type State } from './state.ts'

/** What whoever sends has. */
export interface Held {
  readonly state: State
  readonly version: number
  /** When it was taken, at the latest. */
  readonly since: Moment
}

/** Takes leases of one outbox. */
export interface Leasing {
  /** Takes it, unless another process has it. Makes the state where there is none. */
  take(): Promise<Held | undefined>
  /** Writes the state and takes the lease anew; `undefined` if another process has it. */
  renew(held: Held, state: State): Promise<Held | undefined>
  /** Writes the state and lets go. */
  release(held: Held, state: State): Promise<void>
  /** Whether it is held for so many milliseconds more. */
  isHeldFor(held: Held, ms: number): boolean
}

/** @param begin the state of an outbox that has never run. */
export function leasingOf(engine: ManagingEngine, name: string, leaseMs: number, begin: () => Promise<State>): Leasing {
  const { clock } = engine
  const by = newId(engine.random)
  /** Which version of another's was seen, and since when: one that does not change for as long as it holds is that of a dead process. */
  let seen: { readonly version: number; readonly since: Moment } | undefined

  const write = async (version: number, state: State): Promise<Held | undefined> => {
    const since = momentOf(clock)
    const mine: State = { ...state, lease: { by, until: timeOf(engine) + leaseMs, ms: leaseMs } }
    const isWritten = await writeValue(engine, name, JSON.stringify(mine), version)
    return isWritten ? { state: mine, version: version + 1, since } : undefined
  }
  const isFree = ({ lease }: State, version: number): boolean => {
    if (!lease || lease.by === by || timeOf(engine) >= lease.until) return true
    const now = momentOf(clock)
    if (seen?.version !== version) seen = { version, since: now }
    return now.monotonic - seen.since.monotonic >= lease.ms
  }
  return {
    async take() {
      const kept = await readValue(engine, name)
      if (!kept) return write(0, await begin())
      const state = readState(name, kept.value)
      return isFree(state, kept.version) ? write(kept.version, state) : undefined
    },
    async renew(held, state) {
      const renewed = await write(held.version, state)
      if (renewed) return renewed
      // A write whose answer was lost may have gone through: then what stands there is this process' own, of a version of its own.
      const kept = await readValue(engine, name)
      const isOwn = kept && readState(name, kept.value).lease?.by === by
      return isOwn ? write(kept.version, state) : undefined
    },
    async release(held, { lease: _, ...state }) {
      await writeValue(engine, name, JSON.stringify(state), held.version)
    },
    isHeldFor: ({ since }, ms) => elapsed(since, momentOf(clock)) + ms <= leaseMs,
  }
}
