/**
 * Bounds how long the store and the directory may take to answer. One timer for all calls under way, since `authorize` makes
 * several on every request and a timer each would cost more than the call (bench/engine.ts).
 */
import type { FullClock } from './platform.ts'

/** What a call that took too long rejects with. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'TIMEOUT'
}

/** Waits for an answer, but not for ever. */
export type Within = <T>(answer: PromiseLike<T>) => Promise<T>

/** A call under way, in a list that is ordered by its end. */
interface Waiting {
  readonly until: number
  readonly expire: () => void
  previous: Waiting | undefined
  next: Waiting | undefined
}

/**
 * Makes a bound of so many milliseconds. The answer is passed on as it is; one that comes late is dropped, and its rejection
 * with it.
 */
export function createDeadlines(clock: FullClock, timeoutMs: number): Within {
  let first: Waiting | undefined
  let last: Waiting | undefined
  let timer: ReturnType<FullClock['timer']> | undefined

  const leave = (entry: Waiting): void => {
    if (entry.previous) entry.previous.next = entry.next
    else if (first === entry) first = entry.next
    else return
    if (entry.next) entry.next.previous = entry.previous
    else last = entry.previous
    entry.previous = undefined
    entry.next = undefined
    if (!first) timer?.idle()
  }

  const tick = (): void => {
    timer = undefined
    const now = clock.monotonic()
    while (first && first.until <= now) {
      const late = first
      leave(late)
      late.expire()
    }
    if (first) timer = clock.timer(first.until - now, tick)
  }

  return <T>(answer: PromiseLike<T>) =>
    new Promise<T>((resolve, reject) => {
      const entry: Waiting = {
        until: clock.monotonic() + timeoutMs,
        expire: () => reject(new TimeoutError('No answer in time.')),
        previous: last,
        next: undefined,
      }
      if (last) last.next = entry
      else first = entry
      last = entry
      if (timer) timer.busy()
      else timer = clock.timer(timeoutMs, tick)
      answer.then(
        (value) => {
          leave(entry)
          resolve(value)
        },
        (error: unknown) => {
          leave(entry)
          reject(error)
        },
      )
    })
}
