/**
 * Asks the store for records: a bounded number at once, and only once for those who want the same. When an answer may be shared and
 * what remembers it is up to freshness.ts.
 */
import type { TokenRecord } from '../core/token.ts'
import type { TokenStore } from '../ports.ts'
import type { Cache } from './cache.ts'
import type { Within } from './deadlines.ts'
import { elapsed, type FullClock, type Moment, momentOf } from './platform.ts'

/** How many look-ups a process makes at once. */
const MAX_LOOK_UPS = 64

/** Asks for the record with a digest, for somebody who came at a moment. */
type LookUp = (digest: string, arrived: Moment) => Promise<TokenRecord | undefined>

interface Begun {
  readonly began: Moment
  readonly answer: Promise<TokenRecord | undefined>
}

/**
 * Makes it for one process.
 *
 * @param forMs for how many milliseconds from its beginning an answer may be given to others too, at this moment; 0 if to nobody.
 * @param cache what remembers at this moment.
 */
export function createLookUps(
  store: Pick<TokenStore, 'findByDigest'>,
  clock: FullClock,
  within: Within,
  timeoutMs: number,
  { forMs, cache }: { readonly forMs: () => number; readonly cache: () => Cache | undefined },
): LookUp {
  const begun = new Map<string, Begun>()
  const waiting = new Set<() => void>()
  let free = MAX_LOOK_UPS

  const read = async (digest: string): Promise<TokenRecord | undefined> => {
    const queued = clock.monotonic()
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.add(resolve))
    try {
      // Whoever wanted it was refused by now.
      if (clock.monotonic() - queued >= timeoutMs) throw new Error('More look-ups wait than the store answers in time.')
      const before = cache()
      const news = before?.news() ?? 0
      const answer = await within(store.findByDigest(digest))
      before?.keep(digest, answer, news)
      return answer
    } finally {
      const [next] = waiting
      if (next) {
        waiting.delete(next)
        next()
      } else free += 1
    }
  }

  return (digest, arrived) => {
    const other = begun.get(digest)
    if (other && elapsed(other.began, arrived) < forMs()) return other.answer
    const lookUp: Begun = {
      began: momentOf(clock),
      answer: read(digest).finally(() => {
        if (begun.get(digest) === lookUp) begun.delete(digest)
      }),
    }
    if (forMs() > 0) begun.set(digest, lookUp)
    return lookUp.answer
  }
}
