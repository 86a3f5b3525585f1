/**
 * What becomes of a token that was asked for, and of an edit that waits: asked, approved, collected, proposed, applied. Pure, as
 * core/lifecycle.ts is. Who may do it: src/approvals.
 */
import { deepFreeze } from './freeze.ts'
import { type ChangedChoice, edited, endOfLifetime, KEPT, next } from './lifecycle.ts'
import type { IdempotencyRecord, RecordDetails, TokenRecord } from './token.ts'
import { DECIDED_WITHIN_DAYS } from './token.ts'
import type { Proposal, TokenRequest } from './waiting.ts'

/** For how many days an approved token waits for whoever asked for it. */
export const COLLECTED_WITHIN_DAYS = 7

/** When a request lapses, which is no later than the end that was chosen. */
function lapseOf({ expiresAt }: TokenRequest, from: number, days: number): number {
  return Math.min(endOfLifetime(from, days), expiresAt ?? Number.POSITIVE_INFINITY)
}

/** A new record as one that waits: without a secret, ending when the request lapses. */
export function requested(record: TokenRecord, by: string, expiresAt: number | undefined): TokenRecord {
  const { createdAt: at } = record
  const request: TokenRequest = { by, at, ...(expiresAt !== undefined && { expiresAt }) }
  return deepFreeze({ ...record, secrets: [], request, expiresAt: lapseOf(request, at, DECIDED_WITHIN_DAYS) })
}

/** A pending token for which something else is asked now: nobody has approved that. The same record if it is the same. */
export function askedAnew(record: TokenRecord, choice: ChangedChoice, now: number, eventId: string): TokenRecord {
  const changed = edited(record, choice, eventId)
  if (changed === record) return record
  const { by = '', expiresAt } = record.request ?? {}
  const request: TokenRequest = { by, at: now, ...(expiresAt !== undefined && { expiresAt }) }
  return deepFreeze({ ...changed, request, expiresAt: lapseOf(request, now, DECIDED_WITHIN_DAYS) })
}

/** A pending token that another admin has approved. */
export function approved(record: TokenRecord, by: string, now: number, eventId: string): TokenRecord {
  const request: TokenRequest = { ...(record.request as TokenRequest), approvedBy: by, approvedAt: now }
  return next(record, { request, expiresAt: lapseOf(request, now, COLLECTED_WITHIN_DAYS), eventId })
}

/** A token whose secret was collected: its lifetime starts now, and is no longer than the longest of today. */
export function collected(
  record: TokenRecord,
  input: {
    readonly now: number
    readonly digest: string
    readonly eventId: string
    readonly longestDays: number
    readonly idempotency?: IdempotencyRecord
    /** What else the collection changes. */
    readonly details?: RecordDetails | undefined
  },
): TokenRecord {
  const { now, digest, eventId, longestDays, idempotency, details } = input
  const days = Math.min(record.lifetimeDays, longestDays)
  const longest = endOfLifetime(now, longestDays)
  const { request, ...rest } = record
  return next(rest, {
    ...details,
    expiresAt: request?.expiresAt === undefined ? endOfLifetime(now, days) : Math.min(request.expiresAt, longest),
    secrets: [{ digest, issuedAt: now, worksUntil: null }],
    idempotency: idempotency ? [...record.idempotency, idempotency].slice(-KEPT) : record.idempotency,
    eventId,
  })
}

/** The token as it is, with an edit that waits, in the place of one that waited before. */
export function proposed(record: TokenRecord, proposal: Proposal, eventId: string): TokenRecord {
  return next(record, { proposal, eventId })
}

/** The token as it is, without the edit that waited. */
export function withoutProposal(record: TokenRecord, eventId: string): TokenRecord {
  return edited(record, { proposal: undefined }, eventId)
}

/**
 * Whether two ids may be those of one person: compared by what they look like, so that no second account passes whose id differs in
 * case, in spaces, in width or by what nobody sees.
 */
export function isSamePerson(one: string, other: string): boolean {
  return folded(one) === folded(other)
}

/** What nobody sees. One between a letter and its mark would keep them apart, so these go before the two are put together. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu

function folded(id: string): string {
  return (
    id
      .normalize('NFKD')
      .replace(UNSEEN, '')
      // A capital sharp s is small first, and then two letters.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      // Small forms of one capital letter: where a word ends, and where a capital has a dot as the small one has anyway.
      .replaceAll('ς', 'σ')
      .replaceAll('i\u0307', 'i')
      .normalize('NFKC')
      // A Braille pattern without dots is a space, to whoever looks at it.
      .replace(/[\s\u2800]+/gu, ' ')
      .trim()
  )
}
