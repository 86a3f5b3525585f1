/** Reads and shortens the audit log. */
import type { TokenEvent } from '../../core/event.ts'
import type { EventQuery } from '../../ports.ts'
import { answersOf, eventsBeside } from './beside.ts'
import { isText, runFixed } from './query.ts'
import { EVENT_COLUMNS, type EventRow, readEventRow, readLogPlace, wholeRow } from './rows.ts'
import type { Session } from './session.ts'
import { type Marked, withMark } from './suitable-postgres.ts'
import { wholeOf } from './values.ts'

/** A page of events, by their `seq`. A row that cannot be read is an error, since the log has to be whole to prove anything. */
export async function listEvents(session: Session, query: EventQuery): Promise<TokenEvent[]> {
  const { planId, tokenId, after, order = 'oldest', limit } = query
  const { names, suitability } = session
  const rows = await session.ask(async (db) => {
    let page = db.selectFrom(names.events).select(EVENT_COLUMNS)
    if (planId !== undefined) page = page.where(isText<'events'>(session, 'plan_id', planId))
    if (tokenId !== undefined) page = page.where(isText<'events'>(session, 'token_id', tokenId))
    if (after !== undefined) page = page.where('seq', order === 'oldest' ? '>' : '<', after)
    const ordered = page.orderBy('seq', order === 'oldest' ? 'asc' : 'desc')
    if (session.dialect === 'sqlite') return runFixed<EventRow>(db, ordered.limit(limit))
    // That there is nothing new is a proof (service/freshness.ts): it says which session gives it.
    if (!suitability) {
      const rows = await runFixed<Marked<EventRow>>(db, withMark(session, 'events', ordered.limit(limit)))
      session.checkSession(rows[0]?.session, 'events')
      return rows.filter(({ seq }) => seq !== null)
    }
    const shown = suitability.shown()
    const beside = eventsBeside(
      db,
      names,
      shown,
      ordered.limit((eb) => eb.lit(limit)),
      limit,
    )
    // Only news, which is always asked for in the same way, is worth a prepared statement: the limit is part of the text.
    const isNews = planId === undefined && tokenId === undefined
    const found = isNews ? await runFixed(db, beside) : (await db.executeQuery<EventRow>(beside.compile())).rows
    return answersOf(found, 'seq', names, shown)
  })
  const events = rows.map((row) => wholeRow(readEventRow(row), nameOf(row), names.events, wholeOf(row.seq)))
  // Beside a session they come in no promised order.
  return events.sort((a, b) => (order === 'oldest' ? a.seq - b.seq : b.seq - a.seq))
}

function nameOf({ seq }: { readonly seq: unknown }): string {
  const number = wholeOf(seq)
  return number === undefined ? 'an event without a number' : `the event with the seq ${number}`
}

/** How many events are looked at and removed at a time. */
const STEP = 500

/** Removes up to `limit` of the oldest events from before a moment, as long as each is; never the newest of all. */
export async function sweepEvents(session: Session, before: number, limit: number): Promise<number> {
  const { names } = session
  let removed = 0
  while (removed < limit) {
    const size = Math.min(STEP, limit - removed)
    const rows = await session.read((db) =>
      db
        .selectFrom(names.events)
        .select(['seq', 'at'])
        .orderBy('seq')
        .limit(size + 1)
        .execute(),
    )
    // The last row that was read stays: it is the newest of all, or the next step's.
    const events = rows.slice(0, -1).map((row) => wholeRow(readLogPlace(row), nameOf(row), names.events))
    const end = events.findIndex(({ at }) => at >= before)
    const old = end === -1 ? events : events.slice(0, end)
    const last = old.at(-1)?.seq
    if (last === undefined) break
    await session.write((db) => db.deleteFrom(names.events).where('seq', '<=', last).execute())
    removed += old.length
    if (old.length < size) break
  }
  return removed
}
