/**
 * How fresh what a process answers is, and how long a change takes to be seen everywhere: docs/freshness.md has the rules
 * one by one. A process may answer from memory while it has proved, less than `freshnessMs` ago, that it has seen every event.
 * What it remembers: cache.ts.
 */
import { platformSha256Bytes } from '../core/digest.ts'
import { PlanTokenError, type SafeCause, StoreError } from '../core/errors.ts'
import type { TokenEvent } from '../core/event.ts'
import { isDate, type SecretRecord, type TokenRecord } from '../core/token.ts'
import type { Awaitable, TokenStore } from '../ports.ts'
import { areObjects, ask, type PortCaller, shaped } from './ask.ts'
import { type Cache, createCache } from './cache.ts'
import { createDeadlines } from './deadlines.ts'
import type { GrantCache, KeptGrant } from './grants.ts'
import { createLookUps } from './look-ups.ts'
import { elapsed, elapsedUntil, type FullClock, type Moment, momentOf } from './platform.ts'

/** The longest bound that a process may ask for, in milliseconds. */
export const MAX_FRESHNESS_MS = 60_000
/** How many events are read at a time. */
const PAGE = 100
/** How many pages of news are read before it is cheaper to forget everything. */
const MAX_PAGES = 200
/** For which part of the bound no proof is tried again after one that failed. */
const PAUSE = 1 / 4

/** What the service asks of freshness. */
export interface Freshness {
  /**
   * Puts into `asked` what memory holds of a secret of ours; `false` if it holds nothing, or may not be asked.
   * What most requests need: by a shorter digest, and without an object for the moment (bench/engine.ts).
   */
  recall(secret: string, asked: Asked & Recalled): boolean
  /** The record with a digest, from memory or from the store; notes in `asked` if it was memory. */
  lookUp(digest: string, asked: Asked): Awaitable<TokenRecord | undefined>
  /**
   * Resolves when no process can act on the state before a change any more, with the bound that was waited for. Called once the store
   * has answered the commit.
   */
  untilSeenEverywhere(): Promise<number>
  /** Ends the watch and forgets everything; resolves when nothing is under way any more. */
  close(): Promise<void>
}

/** What is noted about a look-up. */
interface Asked {
  source: 'cache' | 'store' | undefined
  /** Epoch milliseconds, noted where the record came out of memory, since the clock was read for that. */
  now: number
}

interface Recalled {
  record: TokenRecord | undefined
  secret: SecretRecord | undefined
  grant: KeptGrant | undefined
}

/** What a process knows since its first cursor. */
interface Memory {
  readonly cache: Cache
  /** The last event that was seen; `undefined` as long as there never was one. */
  cursor: Pick<TokenEvent, 'seq' | 'id'> | undefined
  /** When the last page of the latest proof was sent. */
  proved: Moment
}

/** Makes it for one process. */
export function createFreshness(
  store: TokenStore,
  clock: FullClock,
  caller: PortCaller,
  {
    freshnessMs,
    timeoutMs,
    grants,
  }: { readonly freshnessMs: number; readonly timeoutMs: number; readonly grants: GrantCache },
): Freshness {
  const { within, report } = caller
  const sha256Bytes = platformSha256Bytes()
  let memory: Memory | undefined
  let proving: Promise<void> | undefined
  /** Whether writers know for how long this process may answer from memory. */
  let isRaised = false
  /** When it was asked last. Written into, since that takes no memory for each request. */
  const latest: { -readonly [F in keyof Moment]: number } = { monotonic: Number.NaN, wall: Number.NaN }
  /** Whether news came while a proof was under way that may not hold them. */
  let again = false
  let failed: Moment | undefined
  let unwatch: (() => void) | undefined
  let isClosed = freshnessMs === 0
  // A proof that takes too long leaves time to ask the store for the one record.
  const soon = createDeadlines(clock, timeoutMs / 2)

  const fetch = createLookUps(store, clock, within, timeoutMs, {
    // Only what began after writers know how long to wait for this process.
    forMs: () => (isRaised ? freshnessMs : 0),
    cache: () => memory?.cache,
  })

  /** After a proof that failed, the store is asked straight away for a while. */
  const mayProve = (at: Moment): boolean => !isClosed && !(failed && elapsed(failed, at) < freshnessMs * PAUSE)
  const isProved = (at: Moment): boolean => memory !== undefined && elapsed(memory.proved, at) < freshnessMs

  /** Tries to prove that every event was seen; never rejects. One at a time. */
  const prove = (): Promise<void> => {
    proving ??= proveOnce()
      .then(
        () => {
          failed = undefined
        },
        (error: unknown) => {
          failed = momentOf(clock)
          if (!isClosed) report.failed(error, 'store.events')
          // An event that cannot be read stays so. A new cursor lies behind it, once there is another event.
          if (error instanceof TypeError || error instanceof StoreError) memory = undefined
        },
      )
      .finally(() => {
        proving = undefined
        if (again) wake()
      })
      .catch(() => undefined)
    return proving
  }

  const proveOnce = async (): Promise<void> => {
    again = false
    watch()
    const mine = memory
    // Without an event there is nothing to hold on to: what came since may have been swept already.
    for (let pages = 0; mine?.cursor && pages < MAX_PAGES; pages++) {
      const { seq, id } = mine.cursor
      const sent = momentOf(clock)
      const page = await readEvents({ after: seq - 1, limit: PAGE })
      // The last event that was seen must be there still: a store that was restored or failed over goes back. And
      // where a number is missing, so may be an event.
      if (page[0]?.seq !== seq || page[0].id !== id || !page.every((event, i) => event.seq === seq + i)) break
      for (const event of page) if (event.seq > seq) mine.cache.note(event)
      // A page that brings nothing new is the end; a short one may have been cut off.
      if (page.length === 1) {
        mine.proved = sent
        return
      }
      mine.cursor = page.at(-1)
    }
    memory = undefined
    isRaised = false
    // Raised before the first cursor is taken, so that every writer waits long enough for this process.
    readBound(await soon(Promise.resolve(store.bound?.(freshnessMs))), freshnessMs)
    isRaised = true
    const proved = momentOf(clock)
    const [cursor] = await readEvents({ order: 'newest', limit: 1 })
    memory = { cache: createCache(), cursor, proved }
  }

  const readEvents = async (query: Parameters<TokenStore['events']>[0]): Promise<TokenEvent[]> => {
    const page = await soon(store.events(query))
    return shaped(page, () => areObjects(page) && page.length <= query.limit && page.every(isReadable))
  }

  /** There may be news. A process that nobody asked for a while proves nothing; it will when it is asked. */
  const wake = (): void => {
    again = proving !== undefined
    const now = momentOf(clock)
    const isActive = elapsed(latest, now) < freshnessMs
    if (!again && isActive && isProved(now) && mayProve(now)) prove()
  }

  const watch = (): void => {
    try {
      unwatch ??= store.watch?.(wake)
    } catch (error) {
      // A hint that does not come; the proof is what counts.
      report.failed(error, 'store.watch')
    }
  }

  const fromMemory = (digest: string, at: Moment, asked: Asked): Awaitable<TokenRecord | undefined> => {
    const known = memory?.cache.recall(digest)
    if (known === undefined) return fetch(digest, at)
    asked.source = 'cache'
    asked.now = at.wall
    return known ?? undefined
  }

  /** Half-way through, the next proof begins, so that nobody has to wait for it. */
  const proveAhead = (at: Moment): void => {
    if (mayProve(at)) prove()
  }

  const lookUpLater = async (digest: string, arrived: Moment, asked: Asked): Promise<TokenRecord | undefined> => {
    // However many pages there are, there must be time left to ask the store.
    if (mayProve(arrived)) await soon(prove()).catch(() => undefined)
    return isProved(arrived) ? fromMemory(digest, arrived, asked) : fetch(digest, arrived)
  }

  return {
    recall(secret, asked) {
      if (isClosed || !memory) return false
      const monotonic = clock.monotonic()
      const wall = clock.now()
      const age = elapsedUntil(memory.proved, monotonic, wall)
      const known = age < freshnessMs ? memory.cache.recallBytes(sha256Bytes(secret)) : undefined
      if (!known) return false
      latest.monotonic = monotonic
      latest.wall = wall
      if (age * 2 > freshnessMs) proveAhead({ monotonic, wall })
      known.grant ??= grants.grantOf(known.record)
      asked.source = 'cache'
      asked.now = wall
      asked.record = known.record
      asked.secret = known.secret
      asked.grant = known.grant
      return true
    },

    lookUp(digest, asked) {
      if (isClosed) {
        return store.peekByDigest ? store.peekByDigest(digest) : within(store.findByDigest(digest))
      }
      const arrived = momentOf(clock)
      latest.monotonic = arrived.monotonic
      latest.wall = arrived.wall
      if (!isProved(arrived)) return within(lookUpLater(digest, arrived, asked))
      if (elapsed((memory as Memory).proved, arrived) * 2 > freshnessMs) proveAhead(arrived)
      const found = fromMemory(digest, arrived, asked)
      return found instanceof Promise ? within(found) : found
    },

    async untilSeenEverywhere() {
      const committed = clock.monotonic()
      wake()
      const bound = await ask(caller, 'store.bound', async () =>
        readBound(store.bound ? await store.bound(0) : 0, 0),
      ).catch(refuse)
      const longest = Math.max(bound, freshnessMs)
      if (longest === 0) return 0
      const end = committed + longest * 1.01 + 5
      for (let left = end - clock.monotonic(); left > 0; left = end - clock.monotonic()) await clock.sleep(left)
      return longest
    },

    async close() {
      isClosed = true
      memory = undefined
      const ended = async (): Promise<void> => {
        await unwatch?.()
      }
      // Whatever fails now, it is over.
      await within(Promise.allSettled([ended(), proving])).catch(() => undefined)
    },
  }
}

function isReadable({ seq, version, tokenId }: TokenEvent): boolean {
  return isDate(seq) && isDate(version) && typeof tokenId === 'string'
}

/** Without the bound nobody knows when the change is seen everywhere. */
function refuse(error: PlanTokenError): never {
  throw new PlanTokenError('unavailable', {
    message: 'The change is written, but not known to be seen everywhere yet. Repeat the call.',
    cause: error.cause as SafeCause,
  })
}

/** An answer that is no duration, or is below what it was raised to, proves nothing. */
function readBound(answer: unknown, least: number): number {
  if (typeof answer === 'number' && answer >= least && answer <= MAX_FRESHNESS_MS) return answer
  throw new TypeError(`bound() must give milliseconds, from ${least} to ${MAX_FRESHNESS_MS}.`)
}
