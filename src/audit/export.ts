/** `exportEvents`: an audit log as text, part by part. One part: service/export-events.ts. What was exported, read: audit/read-export.ts. */

import { SetupError } from '../core/errors.ts'
import { CSV_HEAD, type ExportFormat, TEXT_OF_EVENT } from '../core/event-text.ts'
import { issueAt } from '../core/issue.ts'
import { isDate } from '../core/token.ts'
import type { TokenStore } from '../ports.ts'
import { engineFor } from '../service/engines.ts'
import { type ExportInput, type ExportPart, exportPart } from '../service/export-events.ts'
import { tellLog } from './checkpoint.ts'

/** The log of a plan, for one of its admins. */
export interface PlanExport extends ExportInput {
  /** What `createPlanTokens` gave, itself and no copy. */
  readonly tokens: object
}

/** The whole log, for whoever runs the service: the only export whose chain can be followed. */
export interface LogExport {
  readonly store: Pick<TokenStore, 'events'>
  readonly format: ExportFormat
  /** The `next` of the part before. */
  readonly after?: string
}

/** How many events a part of a whole log has. */
const PAGE = 500

/**
 * Exports an audit log, oldest first: that of a plan, for an admin of it, or that of a whole store. Each part is whole lines and has the
 * cursor behind them, so that an export which broke off goes on with `after`; the part without `next` is the last one, and without
 * it an export is not whole. One part is in memory at a time, and whoever stops reading leaves nothing running.
 *
 * @throws PlanTokenError `invalid_input`, `not_plan_admin`, `unavailable`; SetupError for what are no tokens and no store; what the
 * store throws.
 * @example
 * for await (const { text, next } of exportEvents({ tokens, actor: 'admin-1', planId: '1001', format: 'csv' })) {
 *   await file.write(text)
 *   await remember(next)
 * }
 */
export async function* exportEvents(input: PlanExport | LogExport): AsyncGenerator<ExportPart, void, undefined> {
  const part = 'store' in input ? partOfLog(input) : partOfPlan(input)
  for (let after = input.after; ; ) {
    const made = await part(after)
    yield made
    if (made.next === undefined) return
    after = made.next
  }
}

type Part = (after: string | undefined) => Promise<ExportPart>

function partOfPlan({ tokens, after: _, ...input }: PlanExport): Part {
  const engine = engineFor('exportEvents', tokens)
  return (after) => exportPart(engine, { ...input, ...(after !== undefined && { after }) })
}

function partOfLog({ store, format, after: first }: LogExport): Part {
  const issues = []
  tellLog(store, (at, message) => void issues.push(issueAt(at, message)))
  if (!Object.hasOwn(TEXT_OF_EVENT, format)) issues.push(issueAt(['format'], 'must be "csv" or "ndjson".'))
  if (first !== undefined && !/^\d{1,15}$/.test(first)) issues.push(issueAt(['after'], 'must be the next of a part.'))
  if (issues.length > 0) throw new SetupError('exportEvents', issues)
  return async (after) => {
    const events = await store.events({ limit: PAGE, ...(after !== undefined && { after: Number(after) }) })
    const head = format === 'csv' && after === undefined ? CSV_HEAD : ''
    const text = head + events.map(TEXT_OF_EVENT[format]).join('')
    const last = events.at(-1)?.seq
    return { text, events: events.length, ...(events.length === PAGE && isDate(last) && { next: String(last) }) }
  }
}
