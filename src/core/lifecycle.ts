/**
 * When a token and its secrets are alive, and what create, edit, refresh and revoke do to a record. Pure: `now` is an
 * argument, and what a change makes is a new frozen record. Who may do it: service/manage.ts. How it is kept: ports.ts.
 * The rules are those of the plan access tokens page; docs/figma-conformance.md names them one by one.
 */
import { millisecondsInDay, millisecondsInHour } from 'date-fns/constants'
import type { Change } from './event.ts'
import { deepFreeze } from './freeze.ts'
import { RECORD_DETAIL_NAMES } from './record.ts'
import type { Resources } from './resources.ts'
import {
  ENDED,
  type IdempotencyRecord,
  isBefore,
  type LegacySecret,
  newestSecret,
  type RecordDetails,
  type SecretRecord,
  statusOf,
  type TokenRecord,
} from './token.ts'

/** Numbers that a policy may set. */
export interface Lifetimes {
  /** The longest lifetime that a token can have, in whole days. */
  readonly lifetimeDays: number
  /** How long a secret works after it was replaced, in hours. */
  readonly graceHours: number
  /** How many secrets of a token may work at the same time. */
  readonly liveSecrets: number
}

/** The fields of a token that a person chooses. */
export interface Choice extends RecordDetails {
  readonly name: string
  readonly description: string
  readonly scopes: readonly string[]
  readonly resources: Resources
}

/** The moment at which a lifetime that starts now ends. A day is 24 hours of UTC, whatever clocks are put to. */
export function endOfLifetime(now: number, lifetimeDays: number): number {
  return now + lifetimeDays * millisecondsInDay
}

/**
 * Whether a secret of a live token works: the newest as long as the token, an earlier one while `now < worksUntil`. `null`
 * means "no end of its own" for the newest alone, since a lost date also turns into `null` on its way through JSON. `ENDED` is no
 * moment but a state: no clock revives it, however far before 1970 it stands.
 */
export function isActiveSecret(record: Pick<TokenRecord, 'secrets'>, secret: SecretRecord, now: number): boolean {
  const { worksUntil } = secret
  if (worksUntil === null) return secret === record.secrets[record.secrets.length - 1]
  return worksUntil !== ENDED && isBefore(now, worksUntil)
}

/** How long a new token lives: so many days, or until a moment. */
export type Lifetime =
  | { readonly lifetimeDays: number; readonly expiresAt?: undefined }
  | { readonly expiresAt: number; readonly lifetimeDays?: undefined }

/** What a new token is made of, but for its lifetime. */
interface NewRecord extends Choice {
  readonly id: string
  readonly planId: string
  readonly type: string
  readonly actor: string
  readonly now: number
  readonly digest: string
  readonly eventId: string
  readonly idempotency?: IdempotencyRecord
}

/** A new token, version 1. Of one that ends at a moment a refresh starts the days until then again, begun ones counted as whole. */
export function created(input: NewRecord & Lifetime): TokenRecord {
  // Field by field: an object made by spreading the rest takes 500 bytes more a token (bench/memory.ts).
  const {
    id,
    planId,
    type,
    name,
    description,
    scopes,
    resources,
    actor,
    lifetimeDays,
    expiresAt,
    now,
    digest,
    eventId,
    idempotency,
  } = input
  const record: TokenRecord = {
    v: 1,
    id,
    planId,
    type,
    name,
    description,
    scopes,
    resources,
    createdAt: now,
    createdBy: actor,
    lifetimeDays: lifetimeDays ?? Math.ceil((expiresAt - now) / millisecondsInDay),
    expiresAt: expiresAt ?? endOfLifetime(now, lifetimeDays),
    secrets: [{ digest, issuedAt: now, worksUntil: null }],
    revokedAt: null,
    revokedBy: null,
    version: 1,
    eventId,
    idempotency: idempotency ? [idempotency] : [],
  }
  // Onto the very object: a copy by spreading makes each request about the token half as long again (bench/engine.ts).
  return deepFreeze(Object.assign(record, detailsOf(input)))
}

/** The fields of a record that it need not have, without those that it has not. */
function detailsOf(given: RecordDetails): RecordDetails {
  const there = RECORD_DETAIL_NAMES.filter((name) => given[name] !== undefined)
  return Object.fromEntries(there.map((name) => [name, given[name]]))
}

/** Fields that a person changes; of those that a token need not have, `undefined` takes one away. */
export type ChangedChoice = { readonly [F in keyof Choice]?: Choice[F] | undefined }

/** A token of a key from before, version 1. It ends when the key is to end. */
export function adopted(input: NewRecord & { readonly expiresAt: number; readonly legacy: LegacySecret }): TokenRecord {
  const { now, digest, legacy } = input
  return deepFreeze({ ...created(input), secrets: [{ digest, issuedAt: now, worksUntil: null, legacy }] })
}

/** The record with some of its chosen fields changed; the same record if nothing would change. */
export function edited(record: TokenRecord, choice: ChangedChoice, eventId: string): TokenRecord {
  const changed = { ...record, ...choice } as TokenRecord
  return changesBetween(record, changed) === undefined ? record : next(changed, { eventId })
}

/** What a refresh would do now: the new end, no later than the policy's limit of today and `latest` allow, and until when the secret that is newest now keeps working. */
export function refreshDates(
  record: TokenRecord,
  now: number,
  { graceHours, lifetimeDays }: Lifetimes,
  latest = Number.POSITIVE_INFINITY,
): { expiresAt: number; previousWorksUntil: number } {
  const expiresAt = Math.min(endOfLifetime(now, Math.min(record.lifetimeDays, lifetimeDays)), latest)
  const leaked = newestSecret(record)?.leak?.endsAt ?? expiresAt
  return { expiresAt, previousWorksUntil: Math.min(now + graceHours * millisecondsInHour, expiresAt, leaked) }
}

/** How many secrets and idempotency keys of a token are remembered; older ones are forgotten, secrets once they ended. */
export const KEPT = 1_000

/**
 * A new secret, and the original lifetime again from now, or the longest of today where that is shorter. The secret that was newest
 * works for the grace period from now, and with a grace of 0 ends at once, by state; each earlier one keeps the deadline that it was
 * promised. With `retire: 'now'` every earlier one ends at once, by state.
 *
 * @returns the record, or `'too_many_live_secrets'`, counting what would work after the change.
 */
export function refreshed(
  record: TokenRecord,
  input: {
    readonly now: number
    readonly digest: string
    readonly eventId: string
    readonly retire: 'afterGrace' | 'now'
    readonly lifetimes: Lifetimes
    readonly idempotency?: IdempotencyRecord
    /** When it ends at the latest, where something says so. */
    readonly latest?: number | undefined
    /** What else the refresh changes. */
    readonly details?: RecordDetails | undefined
  },
): TokenRecord | 'too_many_live_secrets' {
  const { now, digest, eventId, retire, lifetimes, idempotency, latest, details } = input
  const { expiresAt, previousWorksUntil } = refreshDates(record, now, lifetimes, latest)
  const earlier = record.secrets.map((secret): SecretRecord => {
    if (retire === 'now') return { ...secret, worksUntil: ENDED }
    return secret.worksUntil === null && secret === newestSecret(record)
      ? { ...secret, worksUntil: lifetimes.graceHours === 0 ? ENDED : previousWorksUntil }
      : secret
  })
  const secrets = [...earlier, { digest, issuedAt: now, worksUntil: null }]
  if (secrets.filter((secret) => isActiveSecret({ secrets }, secret, now)).length > lifetimes.liveSecrets)
    return 'too_many_live_secrets'
  return next(record, {
    ...details,
    expiresAt,
    secrets: kept(secrets, now),
    eventId,
    idempotency: idempotency ? [...record.idempotency, idempotency].slice(-KEPT) : record.idempotency,
  })
}

/**
 * The same answer again for a call whose answer was lost: the secret that nobody received is replaced and ends at once; no
 * other deadline moves. Only for a record with less than `KEPT` secrets, since none is forgotten here.
 */
export function reissued(
  record: TokenRecord,
  lost: IdempotencyRecord,
  input: { readonly now: number; readonly digest: string; readonly eventId: string },
): TokenRecord {
  const { now, digest, eventId } = input
  const secrets = record.secrets.map(
    (secret): SecretRecord => (secret.digest === lost.digest ? { ...secret, worksUntil: ENDED } : secret),
  )
  const idempotency = record.idempotency.map((entry) => (entry === lost ? { ...entry, digest } : entry))
  return next(record, {
    secrets: [...secrets, { digest, issuedAt: now, worksUntil: null }],
    idempotency,
    eventId,
  })
}

/** The latest ones, and each that still works: none dies before the moment that it was promised. */
function kept(secrets: readonly SecretRecord[], now: number): readonly SecretRecord[] {
  return secrets.filter((secret, i) => i >= secrets.length - KEPT || isActiveSecret({ secrets }, secret, now))
}

/** Revoked for good, whatever its dates say; the same record if it was revoked before. */
export function revoked(record: TokenRecord, by: string | null, now: number, eventId: string): TokenRecord {
  return record.revokedAt === null ? next(record, { revokedAt: now, revokedBy: by, eventId }) : record
}

/** One earlier secret ended by state; the same record if it was ended before. The newest ends only with its token. */
export function secretRevoked(record: TokenRecord, digest: string, eventId: string): TokenRecord {
  const secret = record.secrets.find((candidate) => candidate.digest === digest)
  if (!secret || secret === newestSecret(record) || secret.worksUntil === ENDED) return record
  return next(record, {
    secrets: record.secrets.map((other): SecretRecord => (other === secret ? { ...other, worksUntil: ENDED } : other)),
    eventId,
  })
}

/** A version in the plan that the token is about to leave, so that its log tells of it. */
export function moving(record: TokenRecord, eventId: string): TokenRecord {
  return next(record, { eventId })
}

/** The version in the plan where it belongs from then on. What admins of the other plan approved or proposed is void there. */
export function moved(record: TokenRecord, planId: string, eventId: string): TokenRecord {
  const { proposal, request, ...rest } = record
  if (!request) return next(rest, { planId, eventId })
  const { approvedBy, approvedAt, ...asked } = request
  return next(rest, { planId, eventId, request: asked })
}

/** Whether the token is active at a moment: only then can it be edited and refreshed. */
export function isActive(record: TokenRecord, now: number): boolean {
  return statusOf(record, now) === 'active'
}

const CHOSEN = ['name', 'description', 'scopes', 'resources', 'expiresAt', 'revokedAt'] as const

/**
 * What the audit log says of a change: the fields that differ, each with before and after, and `previousWorksUntil` where the
 * secret that was newest got an end. `undefined` if nothing differs.
 */
export function changesBetween(
  before: TokenRecord,
  after: TokenRecord,
): { readonly [field: string]: Change } | undefined {
  // Put together here: a list of them outside would bring the reading of records into what answers requests alone.
  const differing = [...CHOSEN, ...RECORD_DETAIL_NAMES].filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
  const changes = differing.map((field): [string, Change] => [
    field,
    // What is absent is nothing that JSON could say.
    { before: before[field] ?? null, after: after[field] ?? null },
  ])
  const previous = newestSecret(before)
  const end = after.secrets.find((secret) => secret.digest === previous?.digest)?.worksUntil
  if (typeof end === 'number') changes.push(['previousWorksUntil', { before: null, after: end }])
  return changes.length === 0 ? undefined : Object.fromEntries(changes)
}

/** The version after a record's, with what changed. */
export function next(record: TokenRecord, change: Partial<TokenRecord> & { readonly eventId: string }): TokenRecord {
  const after: { -readonly [F in keyof TokenRecord]: TokenRecord[F] } = {
    ...record,
    ...change,
    v: 1,
    version: record.version + 1,
  }
  for (const name of RECORD_DETAIL_NAMES) if (after[name] === undefined) delete after[name]
  return deepFreeze(after)
}
