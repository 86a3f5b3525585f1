/** The routes of a plan's audit log, filtered: a page of it with the names of its tokens, and a part of an export as text. */
import * as z from 'zod/mini'
import { type AdminEngine, type Route, route } from '../../admin/route.ts'
import type { Actor } from '../../core/actor.ts'
import { CSV_HEAD, TEXT_OF_EVENT } from '../../core/event-text.ts'
import { matching } from '../../core/shape.ts'
import { INPUTS } from '../../service/input.ts'
import { EVENT_TYPES } from './event-types.ts'
import { type LogFilter, type LogPart, walkLog } from './log.ts'

/** A page of the log. */
export interface LogPage extends LogPart {
  /** By id, what the tokens are called by now; one that is gone has none. */
  readonly names: { readonly [tokenId: string]: string }
  /** By id, in which plan a token lies that has moved to another one of whoever asks. */
  readonly moved: { readonly [tokenId: string]: string }
}

/** A part of an export. */
export interface LogExport {
  /** Whole lines, each ended. */
  readonly text: string
  readonly count: number
  /** The cursor of the next part; absent of the last, without which the export is not whole. */
  readonly next?: string
  /** Epoch milliseconds: how far it has come. */
  readonly at?: number
}

const PAGE = 50
const EXPORT_PART = 1_000

const { events, token } = INPUTS
/** Numbers stand as text, as they do in an address. */
const moment = z.exactOptional(matching(/^\d{1,15}$/, ['must be epoch milliseconds.', 'not_whole_from', { least: 0 }]))
const FILTER = {
  type: z.exactOptional(z.literal([...EVENT_TYPES])),
  by: z.exactOptional(token.shape.id),
  tokenId: events.shape.tokenId,
  from: moment,
  to: moment,
  after: events.shape.after,
}
const filterSchema = z.strictObject(FILTER)
type FilterQuery = z.core.output<typeof filterSchema>

function filterOf({ type, by, tokenId, from, to }: FilterQuery): LogFilter {
  return {
    ...(type !== undefined && { type }),
    ...(by !== undefined && { by }),
    ...(tokenId !== undefined && { tokenId }),
    ...(from !== undefined && { from: Number(from) }),
    ...(to !== undefined && { to: Number(to) }),
  }
}

const CODES = ['invalid_input', 'not_plan_admin', 'unavailable'] as const

/** `GET /plans/{planId}/log` and `GET /plans/{planId}/log/export`. */
export const LOG_ROUTES: readonly Route[] = [
  route({
    id: 'listLog',
    method: 'GET',
    path: '/plans/{planId}/log',
    summary: "A page of a plan's audit log, the newest first, filtered, with the names of its tokens.",
    query: filterSchema,
    codes: CODES,
    call: async (engine, { actor, param: planId, query }) => {
      const { after } = query
      const asked = { order: 'newest', limit: PAGE, ...(after !== undefined && { after }) } as const
      const part = await walkLog({ engine, actor, planId }, filterOf(query), asked)
      const ids = [...new Set(part.events.map(({ tokenId }) => tokenId))]
      return { body: { ...part, ...(await namesOf(engine, actor, planId, ids)) } satisfies LogPage }
    },
  }),
  route({
    id: 'exportLog',
    method: 'GET',
    path: '/plans/{planId}/log/export',
    summary: "A part of a plan's audit log as CSV or NDJSON, filtered, the oldest first.",
    query: z.strictObject({ ...FILTER, format: z.literal(['csv', 'ndjson']) }),
    codes: CODES,
    call: async (engine, { actor, param: planId, query }) => {
      const { format, after } = query
      const asked = { order: 'oldest', limit: EXPORT_PART, ...(after !== undefined && { after }) } as const
      const { events: found, next, lookedTo } = await walkLog({ engine, actor, planId }, filterOf(query), asked)
      const head = format === 'csv' && after === undefined ? CSV_HEAD : ''
      const at = lookedTo ?? found.at(-1)?.at
      return {
        body: {
          text: head + found.map(TEXT_OF_EVENT[format]).join(''),
          count: found.length,
          ...(next !== undefined && { next }),
          ...(at !== undefined && { at }),
        } satisfies LogExport,
      }
    },
  }),
]

/** What tokens are called. One that was removed, or has moved to a plan of others, has no name here. */
async function namesOf(
  engine: Pick<AdminEngine, 'get'>,
  actor: Actor,
  planId: string,
  ids: readonly string[],
): Promise<Pick<LogPage, 'names' | 'moved'>> {
  const asked = ids.map((id) => engine.get({ actor, id }).catch(() => undefined))
  const found = (await Promise.all(asked)).filter((token) => token !== undefined)
  const moved = found.filter((token) => token.planId !== planId)
  return {
    names: Object.fromEntries(found.map(({ id, name }) => [id, name])),
    moved: Object.fromEntries(moved.map((token) => [token.id, token.planId])),
  }
}
