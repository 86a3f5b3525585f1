/** Records and events as the service writes them, and the steps that most cases of the store contract begin with. */
import { millisecondsInDay } from 'date-fns/constants'
import { portableSha256 } from '../../core/digest.ts'
import type { NewEvent, TokenEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import type { TokenStore } from '../../ports.ts'
import { check } from './case.ts'
import { shown } from './difference.ts'

/** When everything happens unless a case says otherwise: epoch milliseconds. */
export const NOON = Date.parse('2027-01-31T12:00:00Z')
/** The plan of every token unless a case says otherwise. */
export const PLAN = 'plan-1'
/** More than any case writes; no more than the service asks for at once. */
export const ALL = 500

/** The digest of a secret that exists nowhere: 64 hexadecimal characters. */
export const digestOf = (label: string): string => portableSha256(label)

/** A record of version 1 with one secret, whose digest is that of the token's id. */
export function recordOf(id: string, change: Partial<TokenRecord> = {}): TokenRecord {
  return {
    v: 1,
    id,
    planId: PLAN,
    type: 'rest',
    name: 'Nightly export',
    description: '',
    scopes: ['files:read'],
    resources: 'all',
    createdAt: NOON,
    createdBy: 'admin-1',
    lifetimeDays: 30,
    expiresAt: NOON + 30 * millisecondsInDay,
    secrets: [{ digest: digestOf(id), issuedAt: NOON, worksUntil: null }],
    revokedAt: null,
    revokedBy: null,
    version: 1,
    eventId: `${id}-event-1`,
    idempotency: [],
    ...change,
  }
}

/** The record of the next version, with an event's id of its own. */
export function nextOf(record: TokenRecord, change: Partial<TokenRecord> = {}): TokenRecord {
  const version = record.version + 1
  return { ...record, version, eventId: `${record.id}-event-${version}`, ...change }
}

/** The record of the next version with one secret more; the digest is that of id and version. */
export function refreshedOf(record: TokenRecord): TokenRecord {
  const earlier = record.secrets.map((secret) => ({
    ...secret,
    worksUntil: secret.worksUntil ?? NOON + millisecondsInDay,
  }))
  const version = record.version + 1
  const digest = digestOf(`${record.id}-${version}`)
  return nextOf(record, { secrets: [...earlier, { digest, issuedAt: NOON + version, worksUntil: null }] })
}

/** The event of a record's version. */
export function eventOf(record: TokenRecord, change: Partial<NewEvent> = {}): NewEvent {
  const { eventId: id, id: tokenId, planId, version } = record
  const type = version === 1 ? 'created' : 'edited'
  return { v: 1, id, at: NOON + version, type, tokenId, planId, actor: 'admin-1', version, ...change }
}

/** Writes a record with its event; it has to be taken. */
export async function write(
  store: TokenStore,
  record: TokenRecord,
  event: Partial<NewEvent> = {},
): Promise<TokenRecord> {
  const answer: unknown = await store.commit(record, eventOf(record, event))
  check(
    answer === true,
    `commit of version ${record.version} of a token whose version was ${record.version - 1} answered ${shown(answer)} instead of true.`,
  )
  return record
}

/** Writes new tokens, one after the other. */
export async function writeAll(store: TokenStore, records: readonly TokenRecord[]): Promise<void> {
  for (const record of records) await write(store, record)
}

/** Every event, oldest first. */
export async function allEvents(store: TokenStore): Promise<TokenEvent[]> {
  const all: TokenEvent[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await store.events({ limit: ALL, ...(last && { after: last.seq }) })
    for (const event of page) {
      const before = all.at(-1)?.seq ?? 0
      check(event.seq > before, `events by oldest gave seq ${shown(event.seq)} behind seq ${before}.`)
      all.push(event)
    }
    if (page.length < ALL) return all
  }
}

/** The `seq` of each event. */
export const seqsOf = (events: readonly TokenEvent[]): number[] => events.map(({ seq }) => seq)

/** The id of each record. */
export const idsOf = (records: readonly TokenRecord[]): string[] => records.map(({ id }) => id)
