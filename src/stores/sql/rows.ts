/**
 * Records and events as rows, and back. Every column is judged, since a row may have been changed by hand and drivers differ:
 * what cannot be read is named. How single values are read: stores/sql/values.ts. What
 * stands in JSON: stores/fields.ts.
 */
import { StoreError } from '../../core/errors.ts'
import type { EventType, NewEvent, TokenEvent, TokenRecord } from '../../core/token.ts'
import type { SecretUse } from '../../ports.ts'
import { areChanges, areIdempotencyRecords, areResources, areScopes, areSecrets } from '../fields.ts'
import { shared } from './shared.ts'
import { dateOf, jsonOf, textOf, wholeOf } from './values.ts'

/** The columns that make a record. */
export const TOKEN_COLUMNS = [
  ...(['id', 'plan_id', 'type', 'name', 'description', 'scopes', 'resources', 'created_at', 'created_by'] as const),
  ...(['lifetime_days', 'expires_at', 'secrets', 'revoked_at', 'revoked_by', 'version', 'event_id'] as const),
  'idempotency' as const,
]
/** The columns that make an event. */
export const EVENT_COLUMNS = [
  ...(['seq', 'id', 'at', 'type', 'token_id', 'plan_id', 'actor', 'version', 'changes'] as const),
]
/** The columns that make a use. */
export const USE_COLUMNS = [...(['token_id', 'digest', 'at'] as const)]

type Row<Columns extends readonly string[]> = { readonly [C in Columns[number]]: unknown }
/** Rows as a driver gives them. */
export type TokenRow = Row<typeof TOKEN_COLUMNS>
export type EventRow = Row<typeof EVENT_COLUMNS>
export type UseRow = Row<typeof USE_COLUMNS>

/** What was read of a row: what cannot be read is dead, and its columns are named in `wrong`. */
export interface Reading<T> {
  readonly value: T
  readonly wrong: readonly string[]
}

/** Reads a token's row. A date that cannot be read is `NaN`, a list empty, a text `''`: such a record grants nothing. */
export function readToken(row: TokenRow): Reading<TokenRecord> {
  const { take, wrong } = columnsOf(row)
  const value = {
    id: take('id', textOf, ''),
    planId: take('plan_id', planIdOf, ''),
    type: take('type', typeOf, ''),
    name: take('name', textOf, ''),
    description: take('description', textOf, ''),
    scopes: take('scopes', scopesOf, NONE),
    resources: take('resources', resourcesOf, NONE),
    createdAt: take('created_at', dateOf, Number.NaN),
    createdBy: take('created_by', creatorOf, ''),
    lifetimeDays: take('lifetime_days', wholeOf, Number.NaN),
    expiresAt: take('expires_at', dateOf, Number.NaN),
    secrets: take('secrets', secretsOf, NONE),
    revokedAt: take('revoked_at', dateOrNull, Number.NaN),
    revokedBy: take('revoked_by', textOrNull, null),
    version: take('version', wholeOf, Number.NaN),
    eventId: take('event_id', textOf, ''),
    idempotency: take('idempotency', idempotencyOf, NONE),
  }
  return { value, wrong }
}

/** Reads an event's row. */
export function readEvent(row: EventRow): Reading<TokenEvent> {
  const { take, wrong } = columnsOf(row)
  const changes = take('changes', changesOrNull, null)
  const value = {
    id: take('id', textOf, ''),
    seq: take('seq', wholeOf, Number.NaN),
    at: take('at', dateOf, Number.NaN),
    type: take('type', textOf, '') as EventType,
    tokenId: take('token_id', textOf, ''),
    planId: take('plan_id', textOf, ''),
    actor: take('actor', textOrNull, null),
    version: take('version', wholeOf, Number.NaN),
    ...(changes !== null && { changes }),
  }
  return { value, wrong }
}

/** Reads where in the log and when an event was. */
export function readPlace(row: Pick<EventRow, 'seq' | 'at'>): Reading<{ readonly seq: number; readonly at: number }> {
  const { take, wrong } = columnsOf(row)
  const value = { seq: take('seq', wholeOf, Number.NaN), at: take('at', dateOf, Number.NaN) }
  return { value, wrong }
}

/** Reads the row of a use. */
export function readUse(row: UseRow): Reading<SecretUse> {
  const { take, wrong } = columnsOf(row)
  const value = {
    tokenId: take('token_id', textOf, ''),
    digest: take('digest', textOf, ''),
    at: take('at', dateOf, Number.NaN),
  }
  return { value, wrong }
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
  }
  refuseWrong('record', readToken(row))
  return {
    ...row,
    search_name: record.name.toLowerCase(),
    search_description: record.description.toLowerCase(),
  }
}

/** The row of an event, or a `TypeError` if it would not be read again as it is. */
export function eventRow(event: NewEvent, seq: number) {
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
  }
  refuseWrong('event', readEvent(row))
  return row
}

function refuseWrong(kind: string, { wrong }: Reading<unknown>): void {
  if (wrong.length > 0) throw new TypeError(`The ${kind} cannot be kept: ${wrong.join(', ')} cannot be read again.`)
}

/** What was read, or an error that tells whoever runs the server what to mend. */
export function wholeRow<T>({ value, wrong }: Reading<T>, what: string, table: string): T {
  if (wrong.length === 0) return value
  const columns = wrong.map((column) => `"${column}"`).join(', ')
  throw new StoreError(
    'row_unreadable',
    `The row of ${what} in the table "${table}" cannot be read: wrong in ${columns}. It was probably changed by hand. Put these columns right, or delete the row.`,
  )
}

interface Columns<R> {
  /** A column by a reader, or the dead value that stands for what cannot be read. */
  take<T>(column: keyof R & string, reader: (value: unknown) => T | undefined, dead: T): T
  readonly wrong: readonly string[]
}

function columnsOf<R extends object>(row: R): Columns<R> {
  const wrong: string[] = []
  return {
    wrong,
    take(column, reader, dead) {
      const value = reader(row[column])
      if (value !== undefined) return value
      wrong.push(column)
      return dead
    },
  }
}

const NONE: readonly never[] = Object.freeze([])

const dateOrNull = (value: unknown): number | null | undefined => (value === null ? null : dateOf(value))
const textOrNull = (value: unknown): string | null | undefined => (value === null ? null : textOf(value))

/** Reads JSON that a check finds good. */
const jsonAs =
  <T>(isGood: (json: unknown) => json is T) =>
  (value: unknown): T | undefined => {
    const json = jsonOf(value)
    return isGood(json) ? json : undefined
  }

// What many tokens have in common; secrets, idempotency keys and what belongs to one token are never among them.
const planIdOf = shared(textOf)
const typeOf = shared(textOf)
const creatorOf = shared(textOf)
const scopesOf = shared(jsonAs(areScopes))

const resourcesOf = jsonAs(areResources)
const secretsOf = jsonAs(areSecrets)
const keysOf = jsonAs(areIdempotencyRecords)
const idempotencyOf = (value: unknown): ReturnType<typeof keysOf> => (value === '[]' ? NONE : keysOf(value))
const changesOf = jsonAs(areChanges)
const changesOrNull = (value: unknown): ReturnType<typeof changesOf> | null =>
  value === null ? null : changesOf(value)
