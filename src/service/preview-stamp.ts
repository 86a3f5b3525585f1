/**
 * The stamp of a preview: the last event of the log that it has seen, and for which plan and filter. With it and the log since, it
 * can be told of every token what it was at that moment: so nothing is done to one that the preview did not show, and nothing has
 * to be kept between the two.
 */
import { PlanTokenError } from '../core/errors.ts'
import type { TokenEvent } from '../core/event.ts'
import { RECORD_DETAIL_NAMES } from '../core/record.ts'
import type { TokenRecord } from '../core/token.ts'
import type { EventQuery } from '../ports.ts'
import { ask, readObjects } from './ask.ts'
import { type Engine, timeOf } from './engine.ts'

/** What a stamp says. */
export interface Stamp {
  readonly seq: number
  readonly now: number
  /** Of the plan and the filter. */
  readonly hash: string
  /** Of the id of the last event, which may be another plan's; empty if there is none. */
  readonly event: string
}

/** How many events are read at a time, and of how many a call makes out what was before. */
const PAGE = 500
const MOST_EVENTS = 100_000

const textOf = ({ seq, now, hash, event }: Stamp): string => [seq, now, hash, event].join('.')

/** Reads a stamp that looks like one (service/cursor.ts). */
export function stampOf(text: string): Stamp {
  const [seq, now, hash = '', event = ''] = text.split('.')
  return { seq: Number(seq), now: Number(now), hash, event }
}

/** The stamp of this moment. @param subject the plan and the filter. */
export async function stampNow(engine: Engine, subject: readonly unknown[]): Promise<{ stamp: Stamp; text: string }> {
  const [head] = await eventsOf(engine, { order: 'newest', limit: 1 })
  const event = head ? hashOf(engine, [head.id]) : ''
  const stamp = { seq: head?.seq ?? 0, now: timeOf(engine), hash: hashOf(engine, subject), event }
  return { stamp, text: textOf(stamp) }
}

/** What a stamp holds of a plan and a filter, and of an event. */
export function hashOf({ sha256 }: Engine, subject: readonly unknown[]): string {
  return sha256(JSON.stringify(subject)).slice(0, 32)
}

/** What became of a plan's tokens since a stamp. */
export interface Since {
  /** Reads what has been written by now. @throws PlanTokenError `preview_outdated` if the log no longer goes back to the stamp. */
  catchUp(): Promise<void>
  /** A token as it was at the stamp; `undefined` if it was not yet there, or not in this plan. */
  before(record: TokenRecord): TokenRecord | undefined
}

/** Makes it, having read nothing. */
export function since(engine: Engine, planId: string, { seq, event: last }: Stamp): Since {
  const changed = new Map<string, Fields | 'new'>()
  let after = seq
  let left = MOST_EVENTS
  return {
    async catchUp() {
      for (;;) {
        const page = await eventsOf(engine, { planId, after, order: 'oldest', limit: PAGE })
        for (const event of page) {
          note(changed, event)
          after = event.seq
        }
        left -= page.length
        if (left < 0) throw new PlanTokenError('preview_outdated')
        if (page.length < PAGE) break
      }
      // A sweep removes the oldest: with this one all that came after it were there. A log that was restored has another one.
      const [anchor] = await eventsOf(engine, { after: seq - 1, order: 'oldest', limit: 1 })
      if (seq > 0 && (anchor?.seq !== seq || hashOf(engine, [anchor.id]) !== last))
        throw new PlanTokenError('preview_outdated')
    },
    before(record) {
      const known = changed.get(record.id)
      if (known === 'new' || seq === 0) return undefined
      return known === undefined ? record : { ...record, ...known }
    },
  }
}

type Fields = { [field: string]: unknown }

/** Types of events with which a token comes into a plan. */
const COMING: readonly string[] = ['created', 'requested', 'adopted', 'moved'] satisfies TokenEvent['type'][]

/** Keeps what a field was before its first change. */
function note(changed: Map<string, Fields | 'new'>, { type, tokenId, changes = {} }: TokenEvent): void {
  const known = changed.get(tokenId) ?? (COMING.includes(type) ? 'new' : {})
  changed.set(tokenId, known)
  if (known === 'new') return
  for (const [field, { before }] of Object.entries(changes)) {
    const isAbsent = before === null && RECORD_DETAIL_NAMES.some((name) => name === field)
    if (!Object.hasOwn(known, field)) known[field] = isAbsent ? undefined : before
  }
}

function eventsOf(engine: Engine, query: EventQuery): Promise<TokenEvent[]> {
  return ask(engine, 'store.events', () => engine.store.events(query), readObjects)
}
