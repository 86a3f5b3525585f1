/**
 * Records and events as text, and back. What is read is checked, since a value may have been edited by hand: a token that cannot
 * be read is refused, and no other with it.
 */
import { isDate, type NewEvent, type TokenEvent, type TokenRecord } from '../../core/token.ts'
import { areChanges, areIdempotencyRecords, areResources, areScopes, areSecrets, isObject, isText } from '../fields.ts'

/** Whether a field has the form that it must have. */
type Check = (value: unknown) => boolean

const isTextOrNull: Check = (value) => value === null || isText(value)
const isDateOrNull: Check = (value) => value === null || isDate(value)
const isVersion: Check = (value) => isDate(value) && value >= 1

const RECORD: Readonly<Record<keyof TokenRecord, Check>> = {
  id: (value) => isText(value) && value !== '',
  planId: isText,
  type: isText,
  name: isText,
  description: isText,
  scopes: areScopes,
  resources: areResources,
  createdAt: isDate,
  createdBy: isText,
  lifetimeDays: (value) => typeof value === 'number' && Number.isFinite(value),
  expiresAt: isDate,
  secrets: areSecrets,
  revokedAt: isDateOrNull,
  revokedBy: isTextOrNull,
  version: isVersion,
  eventId: isText,
  idempotency: areIdempotencyRecords,
}

const EVENT: Readonly<Record<keyof NewEvent, Check>> = {
  id: isText,
  at: isDate,
  type: isText,
  tokenId: isText,
  planId: isText,
  actor: isTextOrNull,
  version: isVersion,
  changes: (value) => value === undefined || areChanges(value),
}

const RECORD_CHECKS = Object.entries(RECORD)
const EVENT_CHECKS = Object.entries(EVENT)

const wrongFields = (value: Record<string, unknown>, checks: readonly (readonly [string, Check])[]): string[] =>
  checks.filter(([field, check]) => !check(value[field])).map(([field]) => field)

/** The names of a record's fields that could not be read back. */
export const problemsOfRecord = (record: TokenRecord): readonly string[] =>
  wrongFields(record as unknown as Record<string, unknown>, RECORD_CHECKS)

/** The names of an event's fields that could not be read back. */
export const problemsOfEvent = (event: NewEvent): readonly string[] =>
  wrongFields(event as unknown as Record<string, unknown>, EVENT_CHECKS)

/** A record that was read, or what is wrong with it beside what could be read. */
export type ReadRecord =
  | { readonly ok: true; readonly record: TokenRecord }
  | { readonly ok: false; readonly problem: string; readonly fields: Readonly<Record<string, unknown>> }

/** Reads a record. The id and the version that Redis keeps beside it must be its own. */
export function readRecord(text: string, id: string, version: string): ReadRecord {
  const value = parse(text)
  if (!isObject(value)) return { ok: false, problem: 'its record is not a JSON object', fields: {} }
  const wrong = wrongFields(value, RECORD_CHECKS)
  if (wrong.length === 0 && value.id !== id) wrong.push('id')
  if (wrong.length === 0 && String(value.version) !== version) wrong.push('version')
  if (wrong.length === 0) return { ok: true, record: value as unknown as TokenRecord }
  const fields = Object.fromEntries(Object.entries(value).filter(([field]) => !wrong.includes(field)))
  return { ok: false, problem: `missing or wrong are ${wrong.join(', ')}`, fields }
}

/**
 * A record that cannot be read, as far as it can be shown: dead values for the rest. Only `createdAt` comes from the index, for
 * the place where a next page begins.
 */
export function salvaged(fields: Readonly<Record<string, unknown>>, id: string, planId: string): TokenRecord {
  const dead = {
    ...{ type: '', name: '', description: '', scopes: [], resources: [], createdAt: Number.NaN, createdBy: '' },
    ...{ lifetimeDays: 0, expiresAt: Number.NaN, secrets: [], revokedAt: Number.NaN, revokedBy: null, version: 0 },
    ...{ eventId: '', idempotency: [] },
  }
  return { ...dead, ...fields, id, planId }
}

/** Reads an event; `undefined` if it cannot be read. */
export function readEvent(text: string, seq: string): TokenEvent | undefined {
  const value = parse(text)
  if (!isObject(value) || !isVersion(Number(seq)) || wrongFields(value, EVENT_CHECKS).length > 0) return undefined
  return { ...(value as unknown as NewEvent), seq: Number(seq) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
