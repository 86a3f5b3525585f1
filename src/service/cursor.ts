/** Cursors of lists: opaque to the caller, and no right: whoever sends one still has to be an admin of the plan. */
import { PlanTokenError } from '../core/errors.ts'
import { issueAt, type Problem } from '../core/issue.ts'
import { hasEnded, type TokenRecord } from '../core/token.ts'
import type { ListPosition, ListQuery } from '../ports.ts'

/**
 * What cursors look like; they are judged with the rest of the input. A control character is what some databases take in no text.
 */
export const CURSORS = {
  list: /^(newest|expiry)\.\d{1,15}\.[01]\.\d{1,15}\.[^\p{Cc}\p{Cs}]{1,256}$/u,
  events: /^\d{1,15}$/,
}
/** What the stamp of a preview looks like (service/preview-stamp.ts). */
export const STAMP = /^\d{1,15}\.\d{1,15}\.[0-9a-f]{32}\.([0-9a-f]{32})?$/
/** What is said of a cursor that no list has given. */
export const NO_CURSOR: Problem = ['is not a cursor of this list.', 'cursor_unknown']

/** The cursor after a record. `now` is the moment for which the order was asked, so that later pages use the same order. */
export function cursorOf(record: TokenRecord, order: ListQuery['order'], now: number): string {
  const ended = order === 'expiry' && hasEnded(record, now)
  return [order, now, ended ? 1 : 0, order === 'newest' ? record.createdAt : record.expiresAt, record.id].join('.')
}

/** Reads a cursor of the same order. */
export function readCursor(
  cursor: string,
  order: ListQuery['order'],
): { readonly now: number; readonly position: ListPosition } {
  const [found, now, ended, at, ...id] = cursor.split('.')
  if (found !== order) throw new PlanTokenError('invalid_input', { issues: [issueAt(['after'], ...NO_CURSOR)] })
  return { now: Number(now), position: { ended: ended === '1', at: Number(at), id: id.join('.') } }
}
