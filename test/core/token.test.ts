/** What a record is read as: dead unless shown to be alive, granting nothing that cannot be read, and given out without a digest. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBefore, isDate, newestSecret, secretWithDigest, statusOf } from '../../src/core/token.ts'
import { viewOf } from '../../src/core/token-view.ts'
import { DAY, NOW, recordWith } from './fixtures.ts'

const NO_DATES = [
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -Number.POSITIVE_INFINITY,
  0.5,
  2 ** 53,
  '1',
  new Date(1),
  [],
  {},
  true,
  1n,
]

describe('a date', () => {
  it.each([0, 1, -1, NOW, Number.MAX_SAFE_INTEGER])('is a safe integer: %d', (value) => {
    expect(isDate(value)).toBe(true)
  })

  it.each(NO_DATES)('is nothing else: %s', (value) => {
    expect(isDate(value)).toBe(false)
    expect(isBefore(0, value)).toBe(false)
    expect(isBefore(value as number, NOW)).toBe(false)
  })

  it('is before another only if it is less', () => {
    fc.assert(fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (a, b) => isBefore(a, b) === a < b))
    expect([isBefore(9, 10), isBefore(10, 10), isBefore(11, 10)]).toEqual([true, false, false])
  })
})

describe('the status', () => {
  it.each([
    [{}, NOW, 'active'],
    [{}, NOW + 90 * DAY - 1, 'active'],
    [{}, NOW + 90 * DAY, 'expired'],
    [{ revokedAt: NOW }, NOW - DAY, 'revoked'],
    [{ revokedAt: NOW }, NOW + 91 * DAY, 'revoked'],
    [{ revokedAt: undefined as never }, NOW, 'revoked'],
    [{ expiresAt: `${NOW + DAY}` as never }, NOW, 'expired'],
    [{}, Number.NaN, 'expired'],
  ])('of a record with %j at %d is %s', (change, now, status) => {
    expect(statusOf(recordWith(change), now)).toBe(status)
  })
})

describe('the secret of a digest', () => {
  const secrets = [
    { digest: 'a', issuedAt: 1, worksUntil: 2 },
    { digest: 'b', issuedAt: 2, worksUntil: null },
  ]

  it('is found, retired or not', () => {
    expect(secretWithDigest(recordWith({ secrets }), 'a')).toEqual(secrets[0])
    expect(secretWithDigest(recordWith({ secrets }), 'b')).toEqual(secrets[1])
    expect(newestSecret(recordWith({ secrets }))).toEqual(secrets[1])
  })

  it('is none where the record does not hold it, whatever a store says', () => {
    for (const digest of ['c', '', 'A', 'a ']) expect(secretWithDigest(recordWith({ secrets }), digest)).toBeUndefined()
  })

  it.each([undefined, null, 'a', {}, { 0: secrets[0], length: 1 }, [], [null], ['a'], [7], [{ digest: ['a'] }]])(
    'is none where the secrets cannot be read: %j',
    (broken) => {
      expect(secretWithDigest(recordWith({ secrets: broken as never }), 'a')).toBeUndefined()
    },
  )
})

describe('a token as it is given out', () => {
  const resources = [{ kind: 'project', id: '7', link: 'https://x.test/p/7' }]
  const record = recordWith({
    resources,
    scopes: ['invoice:read', 'invoices'],
    secrets: [
      { digest: 'digest-a', issuedAt: NOW - 1, worksUntil: NOW + 1 },
      { digest: 'digest-b', issuedAt: NOW, worksUntil: null },
    ],
    idempotency: [{ call: 'create', key: 'hash-of-key', input: 'hash-of-input', digest: 'digest-b' }],
  })
  const counted = { scopes: record.scopes, warnings: [{ code: 'scope_deprecated', scope: 'invoices' }] } as const
  const token = viewOf(record, NOW, counted)

  it('has what the contract says, its status and its warnings, and nothing else', () => {
    expect(token).toEqual({
      id: 'token-1',
      planId: '1001',
      type: 'live',
      name: 'Nightly export',
      description: '',
      scopes: ['invoice:read', 'invoices'],
      resources,
      status: 'active',
      createdAt: NOW,
      createdBy: 'admin-1',
      lifetimeDays: 90,
      expiresAt: NOW + 90 * DAY,
      revokedAt: null,
      revokedBy: null,
      version: 1,
      secrets: [
        { issuedAt: NOW - 1, worksUntil: NOW + 1 },
        { issuedAt: NOW, worksUntil: null },
      ],
      legacy: false,
      warnings: [{ code: 'scope_deprecated', scope: 'invoices' }],
    })
  })

  it('holds no digest, no hash of a key and no event, not even hidden', () => {
    expect(JSON.stringify(token)).not.toMatch(/digest-|hash-of|event-/)
  })

  it('is a copy that nobody can change', () => {
    expect(token.resources).not.toBe(record.resources)
    // The store's own record stays as it is.
    expect([record, record.scopes, record.resources, record.secrets].some(Object.isFrozen)).toBe(false)
    const parts = [
      token,
      token.scopes,
      token.resources,
      token.resources[0],
      token.secrets,
      token.secrets[0],
      token.warnings,
      token.warnings[0],
    ]
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true)
  })

  it.each([
    [{ resources: 'all' as const }, { resources: 'all' }],
    [{ resources: undefined as never }, { resources: [] }],
    [{ resources: 'ALL' as never }, { resources: [] }],
    [{ secrets: undefined as never }, { secrets: [] }],
    [{ secrets: [null, 'x'] as never }, { secrets: [] }],
    [{ resources: [null, 7] as never }, { resources: [] }],
    [
      { revokedAt: NOW, revokedBy: null },
      { status: 'revoked', revokedAt: NOW },
    ],
  ])('of a record with %j shows %j', (change, shown) => {
    expect(viewOf(recordWith(change), NOW, counted)).toMatchObject(shown)
  })
})
