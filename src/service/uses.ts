/**
 * When each secret was last used: gathered in memory, to a minute, and written in batches beside the token's record, so that
 * no request waits for a write and no late write can undo a change. They are shown, and these read them too: the rule `idleDays`, idempotency keys, renewals, `unused`
 * and notices.
 */
import { millisecondsInMinute } from 'date-fns/constants'
import type { SecretUse, TokenStore } from '../ports.ts'
import { ask, type PortCaller, readObjects } from './ask.ts'
import type { FullClock } from './platform.ts'

/** How long uses are gathered before they are written, in milliseconds. */
const GATHER_MS = 10_000
/** How many secrets' uses are remembered until they are written; those beyond are not counted in this minute. */
const MAX_USES = 100_000
/** How many are written at a time. */
const BATCH = 1_000

/** What the service asks of uses. */
export interface Uses {
  /** Notes that a secret was let through. Gives the minute, in which nothing more has to be noted of it; `NaN` if it could not. */
  note(tokenId: string, digest: string, now: number): number
  /** The last uses of tokens' secrets, by digest, epoch milliseconds; `undefined` where the store keeps none. */
  of(tokenIds: string[]): Promise<ReadonlyMap<string, number> | undefined>
  /** Writes what is gathered; never rejects. */
  close(): Promise<void>
}

/** Makes it for one process. */
export function createUses(store: TokenStore, clock: FullClock, caller: PortCaller): Uses {
  const { within } = caller
  /** Everything noted in this minute, so that a busy secret is written once. */
  let noted = new Set<string>()
  let minute = 0
  const waiting = new Map<string, SecretUse>()
  let writing: Promise<void> | undefined
  let cancel: (() => void) | undefined
  let isTimed = false
  let isClosing = false
  let isClosed = false

  const write = async (): Promise<void> => {
    const batch: SecretUse[] = []
    for (const use of waiting.values()) if (batch.push(use) === BATCH) break
    if (batch.length === 0) return
    await ask(caller, 'store.recordUse', () => store.recordUse?.(batch))
    // What was used again meanwhile is newer, and stays.
    for (const use of batch) if (waiting.get(use.digest) === use) waiting.delete(use.digest)
    if (!isClosed) await write()
  }
  const flush = (): Promise<void> => {
    isTimed = false
    // What could not be written is tried again.
    writing ??= write()
      .catch(() => undefined)
      .finally(() => {
        writing = undefined
        schedule()
      })
    return writing
  }
  const schedule = (): void => {
    if (isTimed || isClosing || writing || waiting.size === 0) return
    try {
      cancel = clock.timer(GATHER_MS, () => void (isClosing || flush()), true)
      isTimed = true
    } catch {
      // A clock that cannot wait: they are written by close().
    }
  }

  return {
    note(tokenId, digest, now) {
      if (!store.recordUse) return Number.NaN
      const at = now - (now % millisecondsInMinute)
      if (at !== minute) {
        minute = at
        noted = new Set()
      }
      if (noted.has(digest)) return at
      if (noted.size >= MAX_USES || waiting.size >= MAX_USES) return Number.NaN
      noted.add(digest)
      waiting.set(digest, { tokenId, digest, at })
      schedule()
      return at
    },
    async of(tokenIds) {
      if (!store.lastUse) return undefined
      const kept = await ask(caller, 'store.lastUse', async () => store.lastUse?.(tokenIds), readObjects)
      const latest = new Map<string, number>()
      const wanted = new Set(tokenIds)
      for (const { tokenId, digest, at } of [...(kept as SecretUse[]), ...waiting.values()])
        if (wanted.has(tokenId) && !((latest.get(digest) ?? Number.NEGATIVE_INFINITY) >= at)) latest.set(digest, at)
      return latest
    },
    async close() {
      isClosing = true
      cancel?.()
      await within((writing ?? Promise.resolve()).then(flush)).catch(() => undefined)
      isClosed = true
    },
  }
}
