/** A clock that is moved by hand, for tests of dates. */
import type { Clock } from '../ports.ts'

/** A clock that stands still until it is moved. `monotonic` and `sleep` stay the platform's. */
export interface TestClock extends Clock {
  /** Moves the clock by so many milliseconds; backwards too. */
  advance(ms: number): void
  /** Puts the clock to a moment: epoch milliseconds, or a date as text. */
  set(moment: number | string): void
}

/**
 * Makes a clock that stands at a moment.
 *
 * @param start epoch milliseconds, or a date as text. Default 2027-01-31T12:00:00Z.
 * @example
 * const clock = testClock('2027-01-31T12:00:00Z')
 * clock.advance(24 * 3_600_000)
 */
export function testClock(start: number | string = '2027-01-31T12:00:00Z'): TestClock {
  let now = momentOf(start)
  return {
    now: () => now,
    advance(ms) {
      now = momentOf(now + ms)
    },
    set(moment) {
      now = momentOf(moment)
    },
  }
}

function momentOf(moment: number | string): number {
  const ms = typeof moment === 'string' ? Date.parse(moment) : moment
  if (!Number.isSafeInteger(ms))
    throw new TypeError('A clock takes whole epoch milliseconds, or a date such as "2027-01-31T12:00:00Z".')
  return ms
}
