/**
 * Bounds how long the store and the directory may take to answer. Calls under way stand in one list that one timer looks at,
 * so that a call that is answered soon costs neither a timer nor a look at the clock.
 */
import type { FullClock } from './platform.ts'

/** What a call that took too long rejects with. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  readonly code = 'TIMEOUT'
}

/** Passes an answer on, or rejects after the bound. A late answer is dropped, and its rejection with it. */
export type Within = <T>(answer: PromiseLike<T>) => Promise<T>

/** A call under way. */
interface Waiting {
  readonly expire: () => void
  /** When the timer saw it first; `undefined` until then. */
  since: number | undefined
}

/** The timer looks that many times within one bound, so an end is late by an eighth of it at most. */
const LOOKS = 8

/** Makes a bound of so many milliseconds. */
export function createDeadlines(clock: FullClock, timeoutMs: number): Within {
  /** In the order in which they began, which is that of their ends. */
  const underWay = new Set<Waiting>()
  let isWatched = false
  /** Ends the wait for the next look; `undefined` before the first one, which comes soon anyway. */
  let cancel: (() => void) | undefined

  const leave = (waiting: Waiting): void => {
    underWay.delete(waiting)
    if (underWay.size > 0 || !cancel) return
    // So that the process is not kept alive for calls that have been answered.
    cancel()
    cancel = undefined
    isWatched = false
  }

  const look = (): void => {
    const now = clock.monotonic()
    for (const waiting of underWay) {
      waiting.since ??= now
      if (now - waiting.since < timeoutMs) continue
      underWay.delete(waiting)
      waiting.expire()
    }
    isWatched = underWay.size > 0
    cancel = isWatched ? clock.timer(Math.max(1, timeoutMs / LOOKS), look) : undefined
  }

  return <T>(answer: PromiseLike<T>) =>
    new Promise<T>((resolve, reject) => {
      const waiting: Waiting = {
        expire: () => reject(new TimeoutError(`No answer within ${timeoutMs} ms.`)),
        since: undefined,
      }
      underWay.add(waiting)
      if (!isWatched) {
        isWatched = true
        clock.timer(1, look)
      }
      Promise.resolve(answer)
        .then(resolve, reject)
        .then(() => leave(waiting))
    })
}
