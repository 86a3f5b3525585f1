/**
 * Reads records and events as stores keep them: the one description of both, for every store. What cannot be read is dead, so
 * that such a record grants nothing, and its fields are named, so that somebody can mend them. How a database gives single
 * values is the store's to know; what the fields mean: core/token.ts.
 */

import type { Change, EventDetails, TokenEvent } from './event.ts'
import { isCount, isDictionary, isObject } from './objects.ts'
import { isResourceRef, type LinkedResource } from './resources.ts'
import type { SelfRenewing } from './self-renewing.ts'
import {
  type IdempotencyRecord,
  isDate,
  type LeakedSecret,
  type LegacySecret,
  type RecordDetails,
  type SecretRecord,
  type TokenRecord,
} from './token.ts'
import type { Proposal, ProposedChanges, TokenRequest } from './waiting.ts'

/** A record that was read. */
export interface ReadRecord {
  /** With dead values for what cannot be read: a date is `NaN`, a list empty, a text `''`. */
  readonly record: TokenRecord
  /** The names of the fields that cannot be read; empty if the record is whole. */
  readonly wrong: readonly string[]
}

/** An event that was read. */
export interface ReadEvent {
  readonly event: TokenEvent
  /** The names of the fields that cannot be read; empty if the event is whole. */
  readonly wrong: readonly string[]
}

/** Whether a field is good, and what stands for it where it is not. */
type Field<T> = readonly [isGood: (value: unknown) => boolean, dead: T]
type FieldsOf<T> = { readonly [F in keyof T]-?: Field<T[F]> }

const isText = (value: unknown): boolean => typeof value === 'string'
const orNull =
  (isGood: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || isGood(value)
const orAbsent =
  (isGood: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || isGood(value)

/** A list of objects, each of which is good. A loop, since every look-up in a database comes along here. */
function listOf<T>(isGood: (entry: { readonly [F in keyof T]: unknown }) => boolean): (value: unknown) => boolean {
  return (value) => {
    if (!Array.isArray(value)) return false
    for (const entry of value)
      if (!isObject(entry) || !isGood(entry as { readonly [F in keyof T]: unknown })) return false
    return true
  }
}

const areLinked = listOf<LinkedResource>((entry) => isResourceRef(entry) && isText(entry.link))
const areSecrets = listOf<SecretRecord>(
  ({ digest, issuedAt, worksUntil, legacy, leak }) =>
    isText(digest) &&
    isDate(issuedAt) &&
    (worksUntil === null || isDate(worksUntil)) &&
    (legacy === undefined || isLegacy(legacy)) &&
    (leak === undefined || isLeak(leak)),
)
const isLegacy = (value: unknown): boolean => {
  const { scheme, hash } = Object(value) as { readonly [F in keyof LegacySecret]?: unknown }
  return isText(scheme) && (hash === undefined || isText(hash))
}
const isLeak = (value: unknown): boolean => {
  const { at, reports, endsAt } = Object(value) as { readonly [F in keyof LeakedSecret]?: unknown }
  return isDate(at) && areTexts(reports) && (endsAt === undefined || isDate(endsAt))
}
const CALLS: readonly string[] = [
  'create',
  'refresh',
  'adopt',
  'collect',
  'renew',
] satisfies IdempotencyRecord['call'][]
const areKeys = listOf<IdempotencyRecord>(
  ({ call, key, input, digest }) => CALLS.includes(call as string) && isText(key) && isText(input) && isText(digest),
)
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const areChanges = (value: unknown): boolean => isDictionary(value) && listOf<Change>(() => true)(Object.values(value))
/** The only format there is; records of before it had a number have none. */
const isKnownFormat = (value: unknown): boolean => value === 1 || value === undefined

const NONE: readonly never[] = Object.freeze([])
const TEXT: Field<string> = [isText, '']
const DATE: Field<number> = [isDate, Number.NaN]
const FORMAT: Field<1> = [isKnownFormat, 1]

const isRenewing = (value: unknown): boolean => {
  const { until, chosen } = Object(value) as { readonly [F in keyof SelfRenewing]?: unknown }
  return isDate(until) && (chosen === undefined || chosen === true)
}
/**
 * Stands for a `selfRenewal` that cannot be read: over, and marked as chosen, so that no later refresh or edit by an admin starts
 * the term again.
 */
const NEVER_AGAIN: SelfRenewing = Object.freeze({ until: 0, chosen: true })
const areWords = (value: unknown): boolean => isDictionary(value) && Object.values(value).every(isText)

const isRequest = (value: unknown): boolean => {
  if (!isDictionary(value)) return false
  const { by, at, expiresAt, approvedBy, approvedAt } = value
  const isApproved = isText(approvedBy) && isDate(approvedAt)
  const isOpen = approvedBy === undefined && approvedAt === undefined
  return isText(by) && isDate(at) && orAbsent(isDate)(expiresAt) && (isApproved || isOpen)
}
/** A request of which nobody knows who made it: nobody may collect its secret, and nobody approve it. */
const NO_REQUEST: TokenRequest = Object.freeze({ by: '', at: Number.NaN })
const CHANGED: { readonly [F in keyof ProposedChanges]-?: (value: unknown) => boolean } = {
  name: isText,
  description: isText,
  scopes: areTexts,
  resources: (value) => value === 'all' || areLinked(value),
  addresses: orNull(areTexts),
  contact: orNull(isText),
  metadata: orNull((value) => isDictionary(value) && Object.values(value).every(orNull(isText))),
  selfRenewal: orNull(isRenewing),
}
const isProposal = (value: unknown): boolean => {
  if (!isDictionary(value)) return false
  const { by, at, version, changes } = value
  if (!isText(by) || !isDate(at) || !isCount(version) || !isDictionary(changes)) return false
  // One that says more than this version knows is not applied in part.
  return Object.entries(changes).every(
    ([name, change]) => Object.hasOwn(CHANGED, name) && CHANGED[name as keyof ProposedChanges](change),
  )
}
/** It has lapsed, so nobody can approve it. */
const NO_PROPOSAL: Proposal = Object.freeze({
  ...{ by: '', at: Number.NaN, version: Number.NaN },
  changes: Object.freeze({}),
})

/** What a record need not have. What stands for a field that is there and cannot be read lets the token do no more than it. */
const RECORD_DETAILS: FieldsOf<RecordDetails> = {
  metadata: [areWords, Object.freeze({})],
  contact: TEXT,
  canary: [(value) => value === true, true],
  addresses: [areTexts, NONE],
  request: [isRequest, NO_REQUEST],
  proposal: [isProposal, NO_PROPOSAL],
  selfRenewal: [isRenewing, NEVER_AGAIN],
}

const EVENT_DETAILS: FieldsOf<EventDetails> = {
  source: TEXT,
  url: TEXT,
  address: TEXT,
  session: TEXT,
}

const RECORD: FieldsOf<Omit<TokenRecord, keyof RecordDetails>> = {
  v: FORMAT,
  id: [(value) => isText(value) && value !== '', ''],
  planId: TEXT,
  type: TEXT,
  name: TEXT,
  description: TEXT,
  scopes: [areTexts, NONE],
  resources: [(value) => value === 'all' || areLinked(value), NONE],
  createdAt: DATE,
  createdBy: TEXT,
  lifetimeDays: [Number.isFinite, Number.NaN],
  expiresAt: DATE,
  secrets: [areSecrets, NONE],
  revokedAt: [orNull(isDate), Number.NaN],
  revokedBy: [orNull(isText), null],
  version: [isCount, Number.NaN],
  eventId: TEXT,
  idempotency: [areKeys, NONE],
}

const EVENT: FieldsOf<Omit<TokenEvent, 'changes' | 'reason' | 'hash' | 'chain' | keyof EventDetails>> = {
  v: FORMAT,
  id: TEXT,
  seq: [isCount, Number.NaN],
  at: DATE,
  type: [isText, '' as TokenEvent['type']],
  tokenId: TEXT,
  planId: TEXT,
  actor: [orNull(isText), null],
  version: [isCount, Number.NaN],
}

const RECORD_FIELDS = Object.entries(RECORD)
const EVENT_FIELDS = Object.entries(EVENT)
const RECORD_OPTIONS = Object.entries(RECORD_DETAILS)
/** One that cannot be read is absent, so that nobody takes something else for it. */
const EVENT_OPTIONS: readonly (readonly [name: string, field: Field<unknown>])[] = [
  ['changes', [areChanges, undefined]],
  ['reason', [isText, undefined]],
  ['hash', [isText, undefined]],
  ['chain', [isText, undefined]],
  ...Object.entries(EVENT_DETAILS).map(([name, [isGood]]) => [name, [isGood, undefined]] as const),
]

/** The names of the fields that a record need not have. */
export const RECORD_DETAIL_NAMES = Object.keys(RECORD_DETAILS) as readonly (keyof RecordDetails)[]
/** The names of the fields that an event need not have, but for `changes`, `reason`, `hash` and `chain`. */
export const EVENT_DETAIL_NAMES = Object.keys(EVENT_DETAILS) as readonly (keyof EventDetails)[]

type Fields = readonly (readonly [name: string, field: Field<unknown>])[]

function readFields(
  fields: Fields,
  options: Fields,
  given: { readonly [field: string]: unknown },
): { readonly value: { [field: string]: unknown }; readonly wrong: string[] } {
  // Each field is read once, and only if it is the object's own.
  const value: { [field: string]: unknown } = { ...given }
  const isKnown = isKnownFormat(value.v)
  const wrong: string[] = isKnown ? [] : ['v']
  for (const [name, [isGood, dead]] of fields)
    if (!isGood(value[name]) || (!isKnown && !SHOWN.has(name))) {
      if (isKnown) wrong.push(name)
      value[name] = dead
    }
  for (const [name, [isGood, dead]] of options) {
    const option = value[name]
    if (option !== undefined && isKnown && isGood(option)) continue
    delete value[name]
    if (option === undefined || !isKnown) continue
    wrong.push(name)
    if (dead !== undefined) value[name] = dead
  }
  value.v ??= 1
  return { value, wrong }
}

/** What is shown of a format that is not known: which token it is, and nothing that grants. */
const SHOWN: ReadonlySet<string> = new Set(['id', 'planId', 'tokenId', 'name', 'createdAt', 'seq', 'at'])

/**
 * Reads a record out of the fields of a `TokenRecord`, as JSON or columns gave them. Fields that this version does not know are
 * kept. A record of a format that it does not know has `v` in `wrong`, and is dead but for what tells which token it is.
 *
 * @example
 * const { record, wrong } = readRecord(JSON.parse(text))
 * if (wrong.length > 0) throw new StoreError('row_unreadable', `The token "${id}" is wrong in ${wrong.join(', ')}.`)
 */
export function readRecord(fields: unknown): ReadRecord {
  const { value, wrong } = readFields(RECORD_FIELDS, RECORD_OPTIONS, isDictionary(fields) ? fields : {})
  return { record: value as unknown as TokenRecord, wrong }
}

/** Reads an event out of the fields of a `TokenEvent`, its `seq` included; as `readRecord` does a record. */
export function readEvent(fields: unknown): ReadEvent {
  const { value, wrong } = readFields(EVENT_FIELDS, EVENT_OPTIONS, isDictionary(fields) ? fields : {})
  return { event: value as unknown as TokenEvent, wrong }
}
