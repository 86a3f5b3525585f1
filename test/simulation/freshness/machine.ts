/** A machine that a process runs on: its two clocks, and whether what runs there runs at the moment. */
import type { Clock } from 'plan-access-tokens'
import type { Chance, Course } from './time.ts'

/** Where the wall clock stands at the beginning. */
const EPOCH = Date.parse('2027-01-31T12:00:00Z')

/** What may happen to the clocks of a machine. Both at once would be beyond what any process can notice. */
type Nature = 'suspends' | 'steps'

export interface Machine {
  readonly clock: Required<Clock>
  /** Runs something on it: at once, when it is awake again, or never, since the process that wanted it is gone. */
  run(life: Life, task: () => void): void
  /** Stops everything for so long, as SIGSTOP does; a suspended machine's monotonic clock stands still as well. */
  stop(ms: number): void
  /** Puts the wall clock elsewhere. */
  step(ms: number): void
  readonly nature: Nature
}

/** One process on it, from start to crash. */
export interface Life {
  isOver: boolean
}

export function newMachine(course: Course, chance: Chance, life: () => Life, pace: 'fast' | 'slow' | 'any'): Machine {
  const nature = chance.pick(['suspends', 'steps'] as const)
  // A writer may be ahead by half of what is allowed for (library.ts), a reader behind by as much.
  const rate = pace === 'any' ? chance.pick([0.955, 1, 1.045]) : pace === 'fast' ? 1.045 : 0.955
  let wallOffset = chance.below(2_000) - 1_000
  let lost = 0
  let awakeAt = 0

  const run = (owner: Life, task: () => void): void => {
    if (owner.isOver) return
    if (course.now() >= awakeAt) task()
    else course.after(awakeAt - course.now(), () => run(owner, task))
  }

  return {
    nature,
    run,
    clock: {
      now: () => EPOCH + Math.floor(course.now() + wallOffset),
      monotonic: () => (course.now() - lost) * rate,
      sleep: (ms) =>
        new Promise((resolve) => {
          const owner = life()
          // Timers fire early at times, and late at others.
          const early = chance.hits(0.3) ? 0.5 + chance() / 2 : 1
          course.after((ms * early) / rate + (chance.hits(0.1) ? chance.below(20) : 0), () => run(owner, resolve))
        }),
    },
    stop(ms) {
      const end = Math.max(awakeAt, course.now() + ms)
      if (nature === 'suspends') {
        // What the machine sleeps through is missing from its monotonic clock from the moment that it wakes up.
        const from = Math.max(awakeAt, course.now())
        course.after(end - course.now(), () => {
          lost += end - from
        })
      }
      awakeAt = end
    },
    step(ms) {
      if (nature === 'steps' || ms > 0) wallOffset += ms
    },
  }
}
