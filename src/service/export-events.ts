/**
 * A plan's audit log as text, for an auditor's own tools: CSV (RFC 4180) or NDJSON, in parts of whole lines, each with the cursor of
 * the next. How one line is written: core/event-text.ts.
 */
import * as z from 'zod/mini'
import type { Actor } from '../core/actor.ts'
import { CSV_HEAD, type ExportFormat, TEXT_OF_EVENT } from '../core/event-text.ts'
import { whole } from '../core/shape.ts'
import { ask, readObjects } from './ask.ts'
import { CURSORS } from './cursor.ts'
import type { ManagingEngine } from './engine.ts'
import { INPUTS, page, parseBy } from './input.ts'
import { refuseNonAdmin } from './rights.ts'

/** What is to be exported. */
export interface ExportInput {
  /** Who asks; must be an admin of the plan. */
  readonly actor: string | Actor
  readonly planId: string
  /** Only the events of this token. */
  readonly tokenId?: string
  readonly format: ExportFormat
  /** The `next` of the part before. */
  readonly after?: string
  /** How many events a part has at most, 1 to 5,000, default 1,000. A part may have fewer and still have a `next`. */
  readonly limit?: number
}

/** Whole lines of an export. */
export interface ExportPart {
  /** Each line ended; of CSV the first part begins with the names of the columns. */
  readonly text: string
  /** How many events are in it. */
  readonly events: number
  /** The `after` of the next part; absent of the last. */
  readonly next?: string
}

const [MOST, USUAL] = [5_000, 1_000]
/** How many events the store is asked for at once. */
const PAGE = 500
/** A part ends behind the event with which it has become longer than so many characters. */
const LONGEST = 2_097_152

/** Shared with the management API. */
export const EXPORT_INPUT = z.strictObject({
  actor: INPUTS.events.shape.actor,
  planId: INPUTS.events.shape.planId,
  tokenId: INPUTS.events.shape.tokenId,
  format: z.literal(['csv', 'ndjson']),
  after: page(CURSORS.events).after,
  limit: z.exactOptional(whole(1, MOST)),
})

/**
 * One part of an export.
 *
 * @throws PlanTokenError `invalid_input`, `not_plan_admin`, `unavailable`.
 */
export async function exportPart(engine: ManagingEngine, input: ExportInput): Promise<ExportPart> {
  const { actor, planId, tokenId, format, after, limit = USUAL } = parseBy(EXPORT_INPUT, input)
  await refuseNonAdmin(engine, actor, planId)
  let text = format === 'csv' && after === undefined ? CSV_HEAD : ''
  let last = after === undefined ? undefined : Number(after)
  let events = 0
  for (;;) {
    const query = {
      planId,
      limit: PAGE,
      ...(tokenId !== undefined && { tokenId }),
      ...(last !== undefined && { after: last }),
    }
    const found = await ask(engine, 'store.events', () => engine.store.events(query), readObjects)
    for (const event of found) {
      if (event.planId !== planId) continue
      // There is at least this one more.
      if (events === limit || text.length > LONGEST) return { text, events, next: String(last) }
      text += TEXT_OF_EVENT[format](event)
      last = event.seq
      events += 1
    }
    const end = found.at(-1)?.seq
    if (found.length < PAGE || end === undefined) return { text, events }
    last = end
  }
}
