/**
 * What is kept of a token, and what follows from it alone. Plain JSON, dates in epoch milliseconds. What changes a record:
 * core/lifecycle.ts. What is given out of it: core/token-view.ts. What the audit log says: core/event.ts. Who keeps it: ports.ts.
 */
import { millisecondsInDay, millisecondsInMinute } from 'date-fns/constants'
import type { AddressList } from './addresses.ts'
import { isObject } from './objects.ts'
import type { Allowlist, Resources } from './resources.ts'
import type { SelfRenewing } from './self-renewing.ts'
import type { Proposal, TokenRequest } from './waiting.ts'

/** `worksUntil` of a secret that was ended at once: a state, and no moment that a clock could stand before. */
export const ENDED = 0

/** One secret of a token, as kept: never the secret, only its digest. */
export interface SecretRecord {
  /** SHA-256 of the secret, in hexadecimal. */
  readonly digest: string
  readonly issuedAt: number
  /** `null` for the newest; otherwise the moment from which it no longer works; `ENDED` (0) for one that was ended at once. */
  readonly worksUntil: number | null
  /** Of a key from before that was adopted; absent of every other. */
  readonly legacy?: LegacySecret
  /** Of one that was reported as leaked and went on working; absent of every other. */
  readonly leak?: LeakedSecret
}

/** What is kept of reports that a secret has leaked. */
export interface LeakedSecret {
  /** When the first one came. */
  readonly at: number
  /** Hashes of the reports that were written into the log, so that none of them is written again. */
  readonly reports: readonly string[]
  /** By when it ends, whatever a refresh would give it; absent where no report asked for an end. */
  readonly endsAt?: number
}

/** What is kept of a key from before. Never leaves the store, no more than a digest does. */
export interface LegacySecret {
  /** The name of the scheme by which it is looked up. */
  readonly scheme: string
  /** What the host's `verify` compares it with; only of schemes that have one. */
  readonly hash?: string
}

/** An idempotency key that was used, hashed, with what it was used for. */
export interface IdempotencyRecord {
  readonly call: 'create' | 'refresh' | 'adopt' | 'collect' | 'renew'
  /** SHA-256 over the call, the plan, token or adopted key, and the key. */
  readonly key: string
  /** SHA-256 over the input, to tell a repetition from a new call. */
  readonly input: string
  /** The digest of the secret that the key issued last, or of the key that was adopted; empty where it asked for an approval. */
  readonly digest: string
}

/**
 * What a token need not have; absent of those without it. A store keeps these fields as it keeps the others. What stands for one
 * that cannot be read, so that it never widens what a token may do: core/record.ts.
 */
export interface RecordDetails {
  /** Words of the plan's own, by key. */
  readonly metadata?: { readonly [key: string]: string }
  /** Whom to ask about the token: an address, or the name of a team. */
  readonly contact?: string
  /** Of a canary: no request is let through with it, and each that comes with it is told. It is one for good. */
  readonly canary?: true
  /** The addresses and networks that it may be used from; absent: from anywhere. An empty list is from nowhere. */
  readonly addresses?: readonly string[]
  /** Of a token that was asked for and has no secret yet. Whatever stands there, the token is pending. */
  readonly request?: TokenRequest
  /** An edit that waits for another admin. */
  readonly proposal?: Proposal
  /** Of a token that may renew itself; absent of every other. */
  readonly selfRenewal?: SelfRenewing
}

/** A token as a store keeps it. Version 1 is the newly created one; every change adds one. */
export interface TokenRecord extends RecordDetails {
  /** The format. Any new field makes a new one, since a process that does not know it would lose it at the next change. */
  readonly v: 1
  readonly id: string
  readonly planId: string
  readonly type: string
  readonly name: string
  readonly description: string
  readonly scopes: readonly string[]
  readonly resources: Resources
  readonly createdAt: number
  readonly createdBy: string
  /** The lifetime that was chosen at first, in days of 24 hours; a refresh starts it again. */
  readonly lifetimeDays: number
  readonly expiresAt: number
  /** Oldest first, the newest last. Retired ones stay, so that they are told from unknown ones. */
  readonly secrets: readonly SecretRecord[]
  /** Exactly `null` unless revoked. */
  readonly revokedAt: number | null
  /** The actor, or `null` where a secret was reported by its holder. */
  readonly revokedBy: string | null
  readonly version: number
  /** The id of the event that was written together with this version. */
  readonly eventId: string
  readonly idempotency: readonly IdempotencyRecord[]
}

/** Derived from the dates, never stored. A pending one was asked for, and has no secret yet. */
export type TokenStatus = 'active' | 'pending' | 'expired' | 'revoked'

/** A date counts only if it is a safe integer: a missing one, `NaN`, `Infinity` or text is no date, and what needs one is dead. */
export function isDate(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** Whether `now` lies before `end`. The type is tested first, since JavaScript says `1 < '2'`. */
export function isBefore(now: number, end: unknown): boolean {
  return isDate(end) && isDate(now) && now < end
}

/** Whether a moment lies in the minute from another one on. A clock that was set back begins a new one. */
export function isWithinMinute(from: number, now: number): boolean {
  return now >= from && now - from < millisecondsInMinute
}

/** What a token is at a moment. Revoked unless `revokedAt` is exactly `null`; expired unless shown to be alive. */
export function statusOf(record: Pick<TokenRecord, 'revokedAt' | 'expiresAt' | 'request'>, now: number): TokenStatus {
  if (record.revokedAt !== null) return 'revoked'
  if (!isBefore(now, record.expiresAt)) return 'expired'
  return record.request === undefined ? 'active' : 'pending'
}

/** Whether a token is over: revoked, or past its end. */
export function hasEnded(record: Parameters<typeof statusOf>[0], now: number): boolean {
  const status = statusOf(record, now)
  return status === 'revoked' || status === 'expired'
}

/** After so many days without a use an active token counts as unused: the hub shows it so, and a notice tells of it. */
export const UNUSED_DAYS = 90

/** For how many days a request or a proposal waits for another admin. */
export const DECIDED_WITHIN_DAYS = 30

/** The edit that waits, unless it has lapsed. */
export function proposalOf({ proposal }: Pick<TokenRecord, 'proposal'>, now: number): Proposal | undefined {
  return proposal && isBefore(now, proposal.at + DECIDED_WITHIN_DAYS * millisecondsInDay) ? proposal : undefined
}

/** Whether it is a canary token, with which nothing is let through. Whatever stands there is one: only absence is none. */
export function isCanary(record: Pick<TokenRecord, 'canary'>): boolean {
  return record.canary !== undefined
}

/** The latest of some moments; `undefined` if there are none. */
export function latestOf(moments: readonly number[]): number | undefined {
  return moments.length === 0 ? undefined : Math.max(...moments)
}

/** From when on somebody could use a token: of one that was asked for and approved, since its secret was collected. */
export function beganAt({
  createdAt,
  secrets,
}: Pick<TokenRecord, 'createdAt'> & { readonly secrets: readonly Pick<SecretRecord, 'issuedAt'>[] }): number {
  return Math.max(createdAt, secrets[0]?.issuedAt ?? createdAt)
}

/** The newest secret, whose `worksUntil` is `null`. */
export function newestSecret(record: TokenRecord): SecretRecord | undefined {
  return record.secrets.at(-1)
}

/**
 * The secret of a record that has this digest. A record that does not hold it is no hit, whatever a store says. Looked for
 * from the newest back, since that is the one which is sent.
 */
export function secretWithDigest(record: TokenRecord, digest: string): SecretRecord | undefined {
  const secrets: unknown = record.secrets
  if (!Array.isArray(secrets)) return undefined
  for (let i = secrets.length - 1; i >= 0; i--) {
    const secret: unknown = secrets[i]
    if (isObject(secret) && (secret as SecretRecord).digest === digest) return secret as SecretRecord
  }
  return undefined
}

/** What a record grants, in the form in which the rules ask for it. */
export interface Grant {
  /** Those that count by the policy of today. */
  readonly scopes: readonly string[]
  readonly allowlist: Allowlist
  /** Where it may be used from; absent or `undefined`: from anywhere. */
  readonly addresses?: AddressList | undefined
  /**
   * The endpoint that it was let through to last, if that is known: it holds the scopes of that one, and most tokens are sent to few
   * endpoints. To look for them anew each time was a thirtieth of `authorize` (bench/engine.ts).
   */
  readonly opened?: object | undefined
}

const NO_SCOPES: readonly string[] = Object.freeze([])

/** The scopes that a record was granted. What is no list of strings is none. */
export function grantedScopes(record: Pick<TokenRecord, 'scopes'>): readonly string[] {
  const scopes: unknown = record.scopes
  const isReadable = Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')
  return isReadable ? (scopes as readonly string[]) : NO_SCOPES
}
