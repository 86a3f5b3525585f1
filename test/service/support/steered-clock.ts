/** A clock whose three hands a test moves: date, monotonic time and sleep. Nothing waits for real. */
import type { Clock } from 'plan-access-tokens'
import { START } from '../../support/world.ts'

export interface SteeredClock extends Required<Clock> {
  /** Lets so much time pass, waking each sleeper at its moment and letting what it does come to rest. */
  pass(ms: number): Promise<void>
  /** How many are asleep. */
  sleepers(): number
}

export function steeredClock(): SteeredClock {
  let passed = 0
  let asleep: { readonly until: number; readonly wake: () => void }[] = []
  return {
    now: () => START + Math.floor(passed),
    monotonic: () => passed,
    sleep: (ms) => new Promise((wake) => void asleep.push({ until: passed + ms, wake })),
    sleepers: () => asleep.length,
    async pass(ms) {
      const end = passed + ms
      for (;;) {
        await atRest()
        const [next] = asleep.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)
        if (!next) break
        asleep = asleep.filter((other) => other !== next)
        passed = Math.max(passed, next.until)
        next.wake()
      }
      passed = end
      await atRest()
    },
  }
}

/** Resolves when nothing is left that can run without time passing. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Whether a promise is settled by now, and how. */
export async function stateOf(promise: Promise<unknown>): Promise<'waiting' | 'resolved' | 'rejected'> {
  let state: 'waiting' | 'resolved' | 'rejected' = 'waiting'
  promise.then(
    () => (state = 'resolved'),
    () => (state = 'rejected'),
  )
  await atRest()
  return state
}
