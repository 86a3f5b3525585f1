/**
 * Records and events as rows, and back. Every column is judged, since a row may have been changed by hand and drivers differ:
 * what cannot be read is named. How single values are read: stores/sql/values.ts. What
 * a record and an event are: core/record.ts.
 */
import { StoreError } from '../../core/errors.ts'
import type { NewEvent, TokenEvent } from '../../core/event.ts'
import { isDictionary } from '../../core/objects.ts'
import { EVENT_DETAIL_NAMES, RECORD_DETAIL_NAMES, readEvent, readRecord } from '../../core/record.ts'
import type { TokenRecord } from '../../core/token.ts'
import type { SecretUse } from '../../ports.ts'
import { shared } from './shared.ts'
import type { Setup } from './tables.ts'
import { dateOf, jsonOf, textOf, wholeOf } from './values.ts'

/** The columns that make a record. */
export const TOKEN_COLUMNS = [
  ...(['id', 'plan_id', 'type', 'name', 'description', 'scopes', 'resources', 'created_at', 'created_by'] as const),
  ...(['lifetime_days', 'expires_at', 'secrets', 'revoked_at', 'revoked_by', 'version', 'event_id'] as const),
  ...(['idempotency', 'details'] as const),
]
/** The columns that make an event. */
export const EVENT_COLUMNS = [
  ...(['seq', 'id', 'at', 'type', 'token_id', 'plan_id', 'actor', 'version', 'changes', 'reason'] as const),
  ...(['details', 'hash', 'chain'] as const),
]
/** The columns that make a use. */
export const USE_COLUMNS = [...(['token_id', 'digest', 'at'] as const)]

type Row<Columns extends readonly string[]> = { readonly [C in Columns[number]]: unknown }
/** Rows as a driver gives them. */
export type TokenRow = Row<typeof TOKEN_COLUMNS>
/** A row of the table of events, as a driver gives it. */
export type EventRow = Row<typeof EVENT_COLUMNS>
/** A row of the table of uses, as a driver gives it. */
export type UseRow = Row<typeof USE_COLUMNS>

/** What was read of a row: what cannot be read is dead, and its columns are named in `wrong`. */
export interface ReadRow<T> {
  readonly value: T
  readonly wrong: readonly string[]
}

/** Reads a token's row. */
export function readToken(row: TokenRow): ReadRow<TokenRecord> {
  const { record, wrong } = readRecord({
    id: textOf(row.id),
    planId: planIdOf(row.plan_id),
    type: typeOf(row.type),
    name: textOf(row.name),
    description: textOf(row.description),
    scopes: scopesOf(row.scopes),
    resources: jsonOf(row.resources),
    createdAt: dateOf(row.created_at),
    createdBy: creatorOf(row.created_by),
    lifetimeDays: wholeOf(row.lifetime_days),
    expiresAt: dateOf(row.expires_at),
    secrets: jsonOf(row.secrets),
    revokedAt: row.revoked_at === null ? null : dateOf(row.revoked_at),
    revokedBy: row.revoked_by === null ? null : textOf(row.revoked_by),
    version: wholeOf(row.version),
    eventId: textOf(row.event_id),
    idempotency: row.idempotency === '[]' ? NONE : jsonOf(row.idempotency),
    ...detailsOf(row.details, RECORD_DETAIL_NAMES),
  })
  return { value: record, wrong: columnsOf(wrong) }
}

/** Reads an event's row. */
export function readEventRow(row: EventRow): ReadRow<TokenEvent> {
  const changes = row.changes === null ? undefined : (jsonOf(row.changes) ?? null)
  const { event, wrong } = readEvent({
    id: textOf(row.id),
    seq: wholeOf(row.seq),
    at: dateOf(row.at),
    type: textOf(row.type),
    tokenId: textOf(row.token_id),
    planId: textOf(row.plan_id),
    actor: row.actor === null ? null : textOf(row.actor),
    version: wholeOf(row.version),
    ...(changes !== undefined && { changes }),
    ...(row.reason !== null && { reason: textOf(row.reason) ?? null }),
    ...(row.hash !== null && { hash: textOf(row.hash) ?? null }),
    ...(row.chain !== null && { chain: textOf(row.chain) ?? null }),
    ...detailsOf(row.details, EVENT_DETAIL_NAMES),
  })
  return { value: event, wrong: columnsOf(wrong) }
}

/**
 * The fields of the column `details`. One that cannot be read makes all of them unreadable, and so does a name that is not known.
 */
function detailsOf(column: unknown, names: readonly string[]): { readonly [field: string]: unknown } {
  if (column === null) return {}
  const given = jsonOf(column)
  if (isDictionary(given) && Object.keys(given).every((name) => names.includes(name))) return given
  return Object.fromEntries(names.map((name) => [name, null]))
}

/** The column `details` of a record or an event: null where it has none of these fields. */
function detailsText<T extends object>(given: T, names: readonly (keyof T & string)[]): string | null {
  const there = names.filter((name) => given[name] !== undefined)
  return there.length === 0 ? null : JSON.stringify(Object.fromEntries(there.map((name) => [name, given[name]])))
}

const DETAIL_NAMES: ReadonlySet<string> = new Set([...RECORD_DETAIL_NAMES, ...EVENT_DETAIL_NAMES])

/** `planId` is in the column `plan_id`. */
const columnOf = (field: string): string =>
  DETAIL_NAMES.has(field) ? 'details' : field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const columnsOf = (fields: readonly string[]): readonly string[] => [...new Set(fields.map(columnOf))]

/** Reads where in the log and when an event was. */
export function readLogPlace(
  row: Pick<EventRow, 'seq' | 'at'>,
): ReadRow<{ readonly seq: number; readonly at: number }> {
  return whole({ seq: wholeOf(row.seq), at: dateOf(row.at) })
}

/** Reads the row of a use. */
export function readUse(row: UseRow): ReadRow<SecretUse> {
  return whole({ tokenId: textOf(row.token_id), digest: textOf(row.digest), at: dateOf(row.at) })
}

/** Fields of which none may be missing. */
function whole<T extends object>(fields: { readonly [F in keyof T]: T[F] | undefined }): ReadRow<T> {
  const missing = Object.entries(fields).filter(([, value]) => value === undefined)
  return { value: fields as T, wrong: missing.map(([field]) => columnOf(field)) }
}

/** The row of a record, or a `TypeError` if it would not be read again as it is. */
export function tokenRow(record: TokenRecord) {
  const row = {
    id: record.id,
    plan_id: record.planId,
    type: record.type,
    name: record.name,
    description: record.description,
    scopes: JSON.stringify(record.scopes),
    resources: JSON.stringify(record.resources),
    created_at: record.createdAt,
    created_by: record.createdBy,
    lifetime_days: record.lifetimeDays,
    expires_at: record.expiresAt,
    secrets: JSON.stringify(record.secrets),
    revoked_at: record.revokedAt,
    revoked_by: record.revokedBy,
    version: record.version,
    event_id: record.eventId,
    idempotency: JSON.stringify(record.idempotency),
    details: detailsText(record, RECORD_DETAIL_NAMES),
  }
  refuseWrong('record', readToken(row), record, KNOWN.record)
  return {
    ...row,
    search_name: record.name.toLowerCase(),
    search_description: record.description.toLowerCase(),
  }
}

/** The row of an event in its place, or a `TypeError` if it would not be read again as it is. */
export function eventRow(event: NewEvent, seq: number, chain: string | null = null) {
  const row = {
    seq,
    id: event.id,
    at: event.at,
    type: event.type,
    token_id: event.tokenId,
    plan_id: event.planId,
    actor: event.actor,
    version: event.version,
    changes: event.changes === undefined ? null : JSON.stringify(event.changes),
    reason: event.reason ?? null,
    details: detailsText(event, EVENT_DETAIL_NAMES),
    hash: event.hash ?? null,
    chain,
  }
  refuseWrong('event', readEventRow(row), event, KNOWN.event)
  return row
}

/** The fields that the tables have a column for, and the format. */
const KNOWN = {
  record: new Set(['v', ...TOKEN_COLUMNS]),
  event: new Set(['v', ...EVENT_COLUMNS]),
}

function refuseWrong(kind: string, { wrong }: ReadRow<unknown>, given: object, known: ReadonlySet<string>): void {
  const lost = Object.keys(given).filter((field) => !known.has(columnOf(field)))
  if ((given as { readonly v?: unknown }).v !== 1) lost.push('v')
  if (wrong.length + lost.length > 0)
    throw new TypeError(`The ${kind} cannot be kept: ${[...wrong, ...lost].join(', ')} cannot be read again.`)
}

/** What was read, or an error that tells whoever runs the server what to mend. */
export function wholeRow<T>({ value, wrong }: ReadRow<T>, what: string, table: string, seq?: number): T {
  if (wrong.length === 0) return value
  const columns = wrong.map((column) => `"${column}"`).join(', ')
  throw new StoreError(
    'row_unreadable',
    `The row of ${what} in the table "${table}" cannot be read: wrong in ${columns}. It was probably changed by hand. Put these columns right, or delete the row.`,
    seq,
  )
}

/** The record of a token's row. @throws StoreError `row_unreadable`. */
export function wholeToken(row: TokenRow, { names }: Setup): TokenRecord {
  const reading = readToken(row)
  return wholeRow(reading, `the token "${reading.value.id}"`, names.tokens)
}

const NONE: readonly never[] = Object.freeze([])

// What many tokens have in common; secrets, idempotency keys and what belongs to one token are never among them.
const planIdOf = shared(textOf)
const typeOf = shared(textOf)
const creatorOf = shared(textOf)
const scopesOf = shared(jsonOf)
