/** Cursors of lists: opaque to the caller, and no right: whoever sends one still has to be an admin of the plan. */
import * as z from 'zod/mini'
import { PlanTokenError } from '../core/errors.ts'
import { isBefore, type TokenRecord } from '../core/token.ts'
import type { ListPosition, ListQuery } from '../ports.ts'

const cursorSchema = z.tuple([z.literal(['newest', 'expiry']), z.int(), z.boolean(), z.int(), z.string()])

/** The cursor after a record. `now` is the moment for which the order was asked, so that later pages use the same order. */
export function cursorOf(record: TokenRecord, order: ListQuery['order'], now: number): string {
  const ended = record.revokedAt !== null || !isBefore(now, record.expiresAt)
  const position = order === 'newest' ? [false, record.createdAt, record.id] : [ended, record.expiresAt, record.id]
  return encodeURIComponent(JSON.stringify([order, now, ...position]))
}

/** Reads a cursor of the same order. */
export function readCursor(
  cursor: string,
  order: ListQuery['order'],
): { readonly now: number; readonly position: ListPosition } {
  const parsed = cursorSchema.safeParse(decoded(cursor))
  if (!parsed.success || parsed.data[0] !== order) refuseCursor()
  const [, now, ended, at, id] = parsed.data
  return { now, position: { ended, at, id } }
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(cursor))
  } catch {
    return undefined
  }
}

/** Reads a cursor of the audit log. */
export function readSeq(cursor: string): number {
  const seq = /^[0-9]{1,16}$/.test(cursor) ? Number(cursor) : Number.NaN
  return Number.isSafeInteger(seq) ? seq : refuseCursor()
}

function refuseCursor(): never {
  throw new PlanTokenError('invalid_input', {
    issues: [
      { path: 'after', message: 'is not a cursor of this list. Pass on `next` as it was given, with the same order.' },
    ],
  })
}
