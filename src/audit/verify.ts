/**
 * `verifyLog`: follows the chain over the audit log from its first line to its last, and says where it was touched. What each line
 * has to be: core/chain.ts. What is found: audit/findings.ts. Signed checkpoints: audit/checkpoint.ts.
 */
import * as z from 'zod/mini'
import { platformSha256 } from '../core/digest.ts'
import { StoreError } from '../core/errors.ts'
import type { TokenEvent } from '../core/event.ts'
import { isCount, isObject } from '../core/objects.ts'
import { readOptions } from '../core/setup.ts'
import { callable } from '../core/shape.ts'
import { isDate } from '../core/token.ts'
import type { TokenStore } from '../ports.ts'
import { type Checkpoint, readCheckpoint, refuseUnchained, tellLog } from './checkpoint.ts'
import { createFindings, type LogReport } from './findings.ts'
import { type ProvingKey, proversOf } from './keys.ts'
import { createWalker } from './walk.ts'

/** What is to be verified. */
export interface VerifyInput {
  readonly store: Pick<TokenStore, 'events' | 'chained'>
  /** Lines that `createCheckpoint` gave, in any order. With them a chain that was written anew is found, and an end that was cut off. */
  readonly checkpoints?: readonly string[]
  /** What proves the checkpoints: a public key, or several while they change. Needed with checkpoints. */
  readonly key?: ProvingKey | readonly ProvingKey[]
  /** Only events from this `seq` on; what stands before it is taken as it is. */
  readonly from?: number
  /** Told after each page how many events were looked at, and which was the last. */
  readonly onProgress?: (progress: { readonly events: number; readonly seq: number }) => void
  /** Ends it early: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** How many events are read at a time. */
const PAGE = 1_000
const MOST_GUESSES = 1_000

/**
 * Goes through the whole log and follows its chain. It writes nothing, holds one page at a time, and may run while the log is
 * written and swept.
 *
 * @returns what was found. `ok` is true where nothing was touched, as far as the chain and the checkpoints tell: docs/audit-log.md says
 * what each of them proves.
 * @throws SetupError, which is a TypeError, for input that is wrong; StoreError `store_unsuitable` for a store without a chain; what
 * the store throws.
 * @example
 * const report = await verifyLog({ store, checkpoints: lines, key: publicJwk })
 * if (!report.ok) page(report.problems)
 */
export async function verifyLog(input: VerifyInput): Promise<LogReport> {
  const { store, checkpoints: lines = [], from = 1, onProgress, signal } = readInput(input)
  refuseUnchained(store)
  const findings = createFindings()
  const provers = lines.length > 0 ? await proversOf(input.key, 'verifyLog') : []
  const checkpoints: Checkpoint[] = []
  for (const [i, line] of lines.entries()) {
    const read = await readCheckpoint(line, provers)
    if (typeof read === 'object') checkpoints.push(read)
    else findings.refuse(i, read)
  }
  checkpoints.sort((a, b) => a.seq - b.seq)
  const walker = createWalker(platformSha256(), findings, checkpoints, from)
  // The event before the first one is what that one has to follow from. From the very beginning, so that what was put in before it is seen.
  let after = from > 1 ? from - 2 : undefined
  /** How many lines in a row could not be read whose number nobody knows. */
  let guesses = 0
  let next = readPage(store, after)
  // What comes before a page that was asked for ahead has failed must not stay unhandled.
  next.catch(() => undefined)
  for (;;) {
    const page = await next
    signal?.throwIfAborted()
    const last = page.events.at(-1)
    guesses = page.isGuess && !last ? guesses + 1 : 0
    // Where the store does not say where it is, the next line may be any number further on: nobody goes through all of them.
    const isEnd = (page.unreadable === undefined && page.events.length < PAGE) || guesses > MOST_GUESSES
    if (!isEnd) {
      const end = page.unreadable ?? (last as TokenEvent).seq
      if (after !== undefined && end <= after)
        throw new TypeError('The store gives the same events again and again: mend the adapter.')
      after = end
      next = readPage(store, after)
      next.catch(() => undefined)
    }
    for (const event of page.events) {
      if (walker.isGap(event.seq) && (await firstSeq(store)) >= event.seq) walker.passSwept()
      walker.take(event)
    }
    if (page.unreadable !== undefined) walker.passUnreadable(page.unreadable)
    const { events, to = 0 } = findings.progress()
    onProgress?.({ events, seq: to })
    if (isEnd) break
  }
  return walker.end()
}

interface Page {
  readonly events: readonly TokenEvent[]
  /** The number behind them, whose line cannot be read. */
  readonly unreadable?: number
  /** Whether the store has not said which number that is. */
  readonly isGuess?: boolean
}

/** A page of events; where one of them cannot be read, those before it. */
async function readPage(store: VerifyInput['store'], after: number | undefined): Promise<Page> {
  try {
    return { events: await ask(store, after, PAGE) }
  } catch (error) {
    if (!isUnreadable(error)) throw error
  }
  const events: TokenEvent[] = []
  for (let seq = after; ; seq = events.at(-1)?.seq ?? seq) {
    try {
      const [event] = await ask(store, seq, 1)
      if (!event) return { events, unreadable: (seq ?? 0) + 1 }
      events.push(event)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      const place = placeOf(error)
      const isSaid = place !== undefined && (seq === undefined || place > seq)
      return isSaid ? { events, unreadable: place } : { events, unreadable: (seq ?? 0) + 1, isGuess: true }
    }
  }
}

async function ask(
  store: VerifyInput['store'],
  after: number | undefined,
  limit: number,
): Promise<readonly TokenEvent[]> {
  const page: unknown = await store.events({ ...(after !== undefined && { after }), limit })
  const isPage =
    Array.isArray(page) &&
    page.length <= limit &&
    page.every((event) => isObject(event) && isDate((event as TokenEvent).seq))
  if (isPage) return page as readonly TokenEvent[]
  throw new TypeError('The store gave no list of events: mend the adapter.')
}

/** By its code, since a project may have a copy of the package of its own. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof StoreError ? error.code === 'row_unreadable' : Object(error).code === 'row_unreadable'

/** The number of the oldest event that is left. */
async function firstSeq(store: VerifyInput['store']): Promise<number> {
  try {
    const [first] = await ask(store, 0, 1)
    return first?.seq ?? Number.POSITIVE_INFINITY
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return placeOf(error) ?? 0
  }
}

/** The number of a line that cannot be read, where the store says it. */
function placeOf(error: unknown): number | undefined {
  const { seq } = Object(error) as { readonly seq?: unknown }
  return isDate(seq) ? seq : undefined
}

const schema = z.strictObject({
  store: z.optional(z.unknown()),
  checkpoints: z.optional(z.unknown()),
  key: z.optional(z.unknown()),
  from: z.optional(z.unknown()),
  onProgress: z.optional(callable()),
  signal: z.optional(z.unknown()),
})

const readInput = (input: VerifyInput): VerifyInput =>
  readOptions<VerifyInput>('verifyLog', schema, input, {}, ({ store, checkpoints, key, from }, tell) => {
    tellLog(store, tell)
    if (from !== undefined && !isCount(from)) tell(['from'], 'must be a seq, 1 or more.')
    if (checkpoints === undefined) return
    if (!(Array.isArray(checkpoints) && checkpoints.every((one) => typeof one === 'string')))
      tell(['checkpoints'], 'must be a list of lines that createCheckpoint gave.')
    else if (checkpoints.length > 0 && key === undefined)
      tell(['key'], 'must be the public key of whoever signed the checkpoints.')
  })
