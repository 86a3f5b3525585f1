/** Records and events as the service writes them, for tests of a store. */
import type { NewEvent, TokenEvent, TokenRecord, TokenStore } from 'plan-access-tokens'
import { expect } from 'vitest'

/** When everything happens unless a test says otherwise. */
export const T = Date.parse('2027-01-31T12:00:00Z')
let count = 0

/** A record of version 1, with an id of its own. */
export function recordOf(change: Partial<TokenRecord> = {}): TokenRecord {
  const id = change.id ?? `token-${String(++count).padStart(6, '0')}`
  return {
    v: 1,
    ...{ id, planId: 'p1', type: 'rest', name: 'Name', description: '', scopes: ['read'], resources: 'all' },
    ...{ createdAt: T, createdBy: 'admin', lifetimeDays: 1, expiresAt: T + 1_000, version: 1, eventId: `${id}-1` },
    ...{
      secrets: [{ digest: `digest-${id}`, issuedAt: T, worksUntil: null }],
      revokedAt: null,
      revokedBy: null,
      idempotency: [],
    },
    ...change,
  }
}

/** The event of a record's version. */
export function eventOf(record: TokenRecord, change: Partial<NewEvent> = {}): NewEvent {
  const { eventId: id, id: tokenId, planId, version } = record
  return {
    v: 1,
    id,
    at: record.createdAt,
    type: version === 1 ? 'created' : 'edited',
    tokenId,
    planId,
    actor: 'admin',
    version,
    ...change,
  }
}

/** Writes a new record, which must succeed. */
export async function add(
  store: TokenStore,
  change: Partial<TokenRecord> = {},
  event: Partial<NewEvent> = {},
): Promise<TokenRecord> {
  const record = recordOf(change)
  expect(await store.commit(record, eventOf(record, event))).toBe(true)
  return record
}

/** The next version of a record. */
export const next = (record: TokenRecord, change: Partial<TokenRecord> = {}): TokenRecord => ({
  ...{ ...record, ...change },
  ...{ version: record.version + 1, eventId: `${record.id}-${record.version + 1}` },
})
export const seqs = (events: readonly TokenEvent[]): number[] => events.map(({ seq }) => seq)
