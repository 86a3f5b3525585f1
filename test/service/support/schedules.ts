/**
 * Schedules of a warm process beside one that changes something: how long each answer of the store takes, when requests come,
 * what is watched. Made by fast-check, so that a failure prints its seed and comes down to its smallest case.
 */
import fc from 'fast-check'
import { type Deployment, deployment, FRESH, late, type Process, UNWATCHED } from './processes.ts'

const delay = (most: number) => fc.nat({ max: most })

export const SCHEDULE = fc.record({
  /** How long the warm process waits for an answer. */
  reads: fc.record({ events: delay(900), findByDigest: delay(900), bound: delay(300) }),
  /** How long the changing one waits for one. */
  writes: fc.record({ find: delay(200), commit: delay(500), bound: delay(500) }),
  /** When the warm process is asked something, in the time around the change. */
  asks: fc.array(fc.nat({ max: 4_000 }), { maxLength: 12 }),
  /** When the change begins. */
  begins: fc.nat({ max: 2_500 }),
  isWatched: fc.boolean(),
  /** The bound of the process that changes. */
  freshnessMs: fc.constantFrom(0, 100, FRESH, 2_000),
})
type Schedule = typeof SCHEDULE extends fc.Arbitrary<infer T> ? T : never

/** A deployment by a schedule: `a` answers from memory, `b` makes changes. */
export function scheduled(schedule: Schedule) {
  const d = deployment()
  const { reads, writes } = schedule
  const a = d.start(schedule.isWatched ? {} : UNWATCHED)
  const b = d.start({ freshnessMs: schedule.freshnessMs })
  slow(d, a, reads)
  slow(d, b, writes)
  return { d, a, b }
}

function slow(d: Deployment, { replace }: Process, delays: { readonly [method: string]: number }): void {
  for (const [method, ms] of Object.entries(delays)) {
    const call = d.store[method as 'find'] as (...args: unknown[]) => Promise<unknown>
    replace[method as 'find'] = late(d.clock, ms, call)
  }
}

/** Asks the warm process at its moments, begins the change at its own, and gives what is said when that resolves. */
export async function runSchedule<T>(
  { d, a }: { readonly d: Deployment; readonly a: Process },
  { asks, begins }: Pick<Schedule, 'asks' | 'begins'>,
  secrets: readonly string[],
  change: () => Promise<unknown>,
  say: () => Promise<T>,
): Promise<T> {
  await d.done(Promise.all(secrets.map((secret) => a.ask(secret))))
  const asked = asks.map((ms) => d.clock.sleep(ms).then(() => Promise.all(secrets.map((secret) => a.ask(secret)))))
  // Judged by who calls at the very moment in which the change resolves, and by who calls after that.
  const said = d.clock.sleep(begins).then(change).then(say)
  await d.done(Promise.all([said, ...asked]))
  return said
}
