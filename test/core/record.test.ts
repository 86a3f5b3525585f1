/** `readRecord` and `readEvent`: what cannot be read is named and dead, whatever stands there. */
import fc from 'fast-check'
import { readEvent, readRecord, type TokenEvent, type TokenRecord } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { isActive } from '../../src/core/lifecycle.ts'
import { NOW, recordWith } from './fixtures.ts'

const LINKED = { kind: 'project', id: '7', link: 'https://app.example.com/p/7' }
const KEY = { call: 'create', key: 'k', input: 'i', digest: 'd' } as const
const ADOPTED = { ...KEY, call: 'adopt' } as const
const SECRETS = [
  { digest: 'a', issuedAt: NOW, worksUntil: 0, legacy: { scheme: 'plain' } },
  { digest: 'b', issuedAt: NOW, worksUntil: null, legacy: { scheme: 'slow', hash: '$2b$10$x' } },
]
const RECORD: TokenRecord = {
  ...recordWith({ resources: [LINKED], idempotency: [KEY, ADOPTED], secrets: SECRETS }),
  revokedAt: null,
}
const EVENT: TokenEvent = {
  ...{ v: 1, id: 'event-1', seq: 3, at: NOW, type: 'edited', tokenId: 'token-1', planId: '1001' },
  ...{ actor: null, version: 2, changes: { name: { before: 'a', after: 'b' } } },
}

const WRONG_LEGACY = [null, 'plain', 7, {}, { scheme: 7 }, { scheme: 'a', hash: 7 }, { scheme: 'a', hash: null }].map(
  (legacy) => [{ digest: 'd', issuedAt: NOW, worksUntil: null, legacy }],
)

const PROPOSAL = { by: 'ada', at: NOW, version: 3, changes: { scopes: ['read'] } }

/** Of each field values that are wrong, and what stands for it then. */
const WRONG_OF_RECORD: { readonly [F in keyof TokenRecord]-?: readonly [dead: unknown, ...wrong: unknown[]] } = {
  v: [1],
  id: ['', '', 7, null, undefined],
  planId: ['', 1001, null, undefined],
  type: ['', ['rest'], undefined],
  name: ['', 7, null],
  description: ['', undefined, {}],
  scopes: [[], 'all', ['read', 1], undefined],
  resources: [[], 'ALL', 'every', [{ ...LINKED, id: '' }], [{ ...LINKED, link: 7 }], [null], undefined],
  createdAt: [Number.NaN, '2027-01-31', 1.5, Number.POSITIVE_INFINITY, undefined],
  createdBy: ['', null, undefined],
  lifetimeDays: [Number.NaN, '90', Number.NaN, undefined],
  expiresAt: [Number.NaN, null, '9', undefined],
  secrets: [
    [],
    {},
    [{ digest: 'd', issuedAt: 'x', worksUntil: null }],
    [{ digest: 'd', issuedAt: NOW }],
    ...WRONG_LEGACY,
    undefined,
  ],
  revokedAt: [Number.NaN, undefined, 'no', false],
  revokedBy: [null, undefined, 7],
  version: [Number.NaN, 0, -1, 1.5, '1', undefined],
  eventId: ['', null, undefined],
  idempotency: [[], [{ ...KEY, call: 'edit' }], [{ ...KEY, digest: 7 }], undefined],
  metadata: [{}, null, 'team', ['team'], { team: 7 }],
  canary: [true, false, 'true', 1, {}],
  contact: ['', null, 7, {}],
  selfRenewal: [{ until: 0, chosen: true }, null, true, {}, { until: '9' }, { until: NOW, chosen: false }],
  addresses: [[], null, '203.0.113.7', {}, ['203.0.113.7', 7]],
  request: [
    { by: '', at: Number.NaN },
    ...[null, true, 'ada', [], {}, { by: 'ada' }, { by: 7, at: NOW }, { by: 'ada', at: 'now' }],
    { by: 'ada', at: NOW, expiresAt: null },
    // Half an approval is none that anybody gave.
    ...[
      { by: 'ada', at: NOW, approvedBy: 'ben' },
      { by: 'ada', at: NOW, approvedAt: NOW },
    ],
    { by: 'ada', at: NOW, approvedBy: true, approvedAt: NOW },
  ],
  proposal: [
    { by: '', at: Number.NaN, version: Number.NaN, changes: {} },
    ...[null, {}, [], 'x', { ...PROPOSAL, by: null }, { ...PROPOSAL, version: 0 }, { ...PROPOSAL, changes: [] }],
    ...[{ scopes: 'all' }, { resources: 'ALL' }, { addresses: '::/0' }, { name: null }, { metadata: { a: 7 } }].map(
      (changes) => ({ ...PROPOSAL, changes }),
    ),
    // What a later version can change is not applied in part.
    { ...PROPOSAL, changes: { scopes: [], lifetimeDays: 1 } },
  ],
}
const WRONG_OF_EVENT: { readonly [F in keyof TokenEvent]-?: readonly [dead: unknown, ...wrong: unknown[]] } = {
  v: [1],
  id: ['', 7, undefined],
  seq: [Number.NaN, 0, '3', undefined],
  at: [Number.NaN, 'now', undefined],
  type: ['', 7, undefined],
  tokenId: ['', null],
  planId: ['', 1001],
  actor: [null, undefined, 7],
  version: [Number.NaN, 0, undefined],
  changes: [undefined, null, 'x', [], { name: 7 }],
  reason: [undefined, null, 7, ['x']],
  hash: [undefined, null, 7],
  chain: [undefined, null, 7],
  source: [undefined, null, 7],
  url: [undefined, null, {}],
  address: [undefined, null, 7],
  session: [undefined, null, {}],
}
type Row = readonly [field: string, dead: unknown, value: unknown]
const rowsOf = (table: { readonly [field: string]: readonly unknown[] }): readonly Row[] =>
  Object.entries(table).flatMap(([field, [dead, ...wrong]]) => wrong.map((value): Row => [field, dead, value]))

describe('a record', () => {
  it('that is whole comes back as it is, with a format if it had none', () => {
    expect(readRecord(RECORD)).toEqual({ record: RECORD, wrong: [] })
    const { v: _, ...before } = RECORD
    expect(readRecord(before)).toEqual({ record: RECORD, wrong: [] })
  })

  it.each(rowsOf(WRONG_OF_RECORD))('whose %s cannot be read has %j there: %j', (field, dead, value) => {
    const { record, wrong } = readRecord({ ...RECORD, [field]: value })
    expect(wrong).toEqual([field])
    expect(record).toEqual({ ...RECORD, [field]: dead })
  })

  it.each([undefined, null, 7, 'text', [], [RECORD]])('that is %j is dead in every field', (value) => {
    const { record, wrong } = readRecord(value)
    expect(wrong).toEqual(Object.keys(RECORD).filter((field) => field !== 'v'))
    expect([isActive(record, NOW), record.scopes, record.resources, record.secrets]).toEqual([false, [], [], []])
  })

  it.each([0, 2, '1', null])('of the format %j, which nobody knows here, is dead but for which token it is', (v) => {
    const { record, wrong } = readRecord({ ...RECORD, v })
    expect(wrong).toEqual(['v'])
    expect(isActive(record, NOW)).toBe(false)
    const { id, planId, name, createdAt, ...dead } = record
    expect({ id, planId, name, createdAt }).toEqual({
      ...{ id: RECORD.id, planId: RECORD.planId },
      ...{ name: RECORD.name, createdAt: RECORD.createdAt },
    })
    const { id: _, planId: __, name: ___, createdAt: ____, ...none } = readRecord({}).record
    expect(dead).toEqual(none)
  })

  it('is read by its own fields alone, each of them once', () => {
    expect(readRecord(Object.create(RECORD)).wrong).toEqual(readRecord({}).wrong)
    let reads = 0
    const { expiresAt, ...rest } = RECORD
    const shifty = {
      ...rest,
      get expiresAt() {
        return reads++ === 0 ? expiresAt : 'never'
      },
    }
    expect(readRecord(shifty)).toEqual({ record: RECORD, wrong: [] })
    expect(reads).toBe(1)
  })

  it('never holds what is not good, whatever a database gives', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(WRONG_OF_RECORD).slice(1)), fc.anything(), (field, value) => {
        const { record, wrong } = readRecord({ ...RECORD, [field]: value })
        expect(readRecord(record).wrong.length).toBeLessThanOrEqual(wrong.length)
        if (wrong.length === 0) expect(record[field as 'name']).toBe(value ?? record[field as 'name'])
      }),
    )
  })

  it('keeps what it need not have, and is without it where it has none, whatever stood for that', () => {
    const details = { metadata: { team: 'billing', __proto: 'x' }, contact: 'ops@example.com' }
    expect(readRecord({ ...RECORD, ...details })).toEqual({ record: { ...RECORD, ...details }, wrong: [] })
    const none = readRecord({ ...RECORD, metadata: undefined, contact: undefined }).record
    expect(Object.keys(none)).toEqual(Object.keys(RECORD))
    expect(readRecord({ ...RECORD, ...details, v: 2 }).record).not.toHaveProperty('metadata')
  })
})

describe('an event', () => {
  it('that is whole comes back as it is, with and without changes', () => {
    expect(readEvent(EVENT)).toEqual({ event: EVENT, wrong: [] })
    const { changes: _, ...plain } = EVENT
    expect(readEvent(plain)).toEqual({ event: plain, wrong: [] })
  })

  it.each(rowsOf(WRONG_OF_EVENT))('whose %s cannot be read has %j there: %j', (field, dead, value) => {
    const { event, wrong } = readEvent({ ...EVENT, [field]: value })
    expect(wrong).toEqual([field])
    expect(event).toEqual(dead === undefined ? { ...EVENT, [field]: undefined } : { ...EVENT, [field]: dead })
  })
})
