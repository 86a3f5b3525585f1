/**
 * A plan's audit log as the page asks for it: filtered, from the newest back or from the oldest on. The engine's own call knows a
 * token and no other filter, so its pages are walked here, some thousand events at a time and no more; a cursor leads on from there.
 * Its routes: hub/plan/log-routes.ts.
 */
import { millisecondsInHour } from 'date-fns/constants'
import type { AdminEngine } from '../../admin/route.ts'
import type { Actor } from '../../core/actor.ts'
import type { EventType, TokenEvent } from '../../core/event.ts'

/** Which events; what is left out may be anything. */
export interface LogFilter {
  readonly type?: EventType
  /** The actor, by the id that the log has. */
  readonly by?: string
  readonly tokenId?: string
  /** Epoch milliseconds: from this moment on. */
  readonly from?: number
  /** Epoch milliseconds: before this moment. */
  readonly to?: number
}

/** Who asks, for which log. */
export interface LogAsker {
  readonly engine: Pick<AdminEngine, 'events'>
  readonly actor: Actor
  readonly planId: string
}

/** Some events, and where they end. */
export interface LogPart {
  readonly events: readonly TokenEvent[]
  /** The cursor that leads on; absent of the last part. */
  readonly next?: string
  /** Epoch milliseconds: how far was looked, where the walk stopped before so many were found. */
  readonly lookedTo?: number
}

type Order = 'newest' | 'oldest'

/** The longest page that the engine gives, and how many of them a request walks. */
const STEP = 500
const MOST_STEPS = 10
/** The log is in the order in which it was written; the clocks of several processes may differ by so much. */
const SLACK_MS = millisecondsInHour
/** A clock may be wrong by more: where a date lies is judged by the middle one of so many events. */
const PROBE = 9

/** @param limit how many events there are at most. @param after the cursor of the part before. */
export async function walkLog(
  asker: LogAsker,
  filter: LogFilter,
  { order, limit, after }: { readonly order: Order; readonly limit: number; readonly after?: string },
): Promise<LogPart> {
  const found: TokenEvent[] = []
  let cursor = after ?? (await beginning(asker, filter, order))
  let lookedTo: number | undefined
  for (let step = 0; step < MOST_STEPS; step++) {
    const page = await eventsOf(asker, { ...ofToken(filter), order, limit: STEP }, cursor)
    for (const [i, event] of page.events.entries()) {
      if (!isWanted(event, filter)) continue
      found.push(event)
      const isLast = i === page.events.length - 1 && page.next === undefined
      if (found.length === limit) return { events: found, ...(!isLast && { next: String(event.seq) }) }
    }
    lookedTo = page.events.at(-1)?.at ?? lookedTo
    cursor = page.next
    // A single one may have been written by a clock that was wrong, and hides nothing.
    if (cursor === undefined || page.events.every((event) => isBeyond(event, filter, order))) return { events: found }
  }
  return { events: found, ...(cursor !== undefined && { next: cursor }), ...(lookedTo !== undefined && { lookedTo }) }
}

const ofToken = ({ tokenId }: LogFilter) => (tokenId === undefined ? {} : { tokenId })

function eventsOf(
  { engine, actor, planId }: LogAsker,
  query: { readonly order: Order; readonly limit: number; readonly tokenId?: string },
  after: string | undefined,
) {
  return engine.events({ actor, planId, ...query, ...(after !== undefined && { after }) })
}

function isWanted(event: TokenEvent, { type, by, from, to }: LogFilter): boolean {
  return (
    (type === undefined || event.type === type) &&
    (by === undefined || event.actor === by) &&
    (from === undefined || event.at >= from) &&
    (to === undefined || event.at < to)
  )
}

/** Whether nothing that is wanted can come after an event, as far as its date is right. */
function isBeyond({ at }: TokenEvent, { from, to }: LogFilter, order: Order): boolean {
  if (order === 'newest') return from !== undefined && at < from - SLACK_MS
  return to !== undefined && at >= to + SLACK_MS
}

/** The cursor with which a span of dates begins: found by halving, so that what lies before it need not be read. */
async function beginning(asker: LogAsker, { from, to }: LogFilter, order: Order): Promise<string | undefined> {
  const edge = order === 'newest' ? to : from
  if (edge === undefined) return undefined
  const at = async (after: number | undefined): Promise<Pick<TokenEvent, 'seq' | 'at'> | undefined> => {
    const { events } = await eventsOf(asker, { order, limit: PROBE }, after?.toString())
    const dates = events.map((event) => event.at).sort((a, b) => a - b)
    const middle = dates[Math.floor(dates.length / 2)]
    return events[0] && middle !== undefined ? { seq: events[0].seq, at: middle } : undefined
  }
  const [head] = (await eventsOf(asker, { order: 'newest', limit: 1 }, undefined)).events
  let low = 0
  let high = (head?.seq ?? 0) + 1
  while (high - low > STEP) {
    const middle = Math.floor((low + high) / 2)
    const event = await at(middle)
    if (order === 'newest') {
      if (event && event.at >= edge + SLACK_MS) high = event.seq
      else low = middle
    } else if (event && event.at < edge - SLACK_MS) low = event.seq
    else high = middle
  }
  return String(order === 'newest' ? high : low)
}
