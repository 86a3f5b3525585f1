/** When a token and its secrets are alive, and what each change does to a record, to the millisecond. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changesBetween,
  created,
  edited,
  endOfLifetime,
  isActive,
  isActiveSecret,
  KEPT,
  refreshDates,
  refreshed,
  reissued,
  revoked,
  secretRevoked,
} from '../../src/core/lifecycle.ts'
import type { IdempotencyRecord, TokenRecord } from '../../src/core/token.ts'
import { DAY, HOUR, NOW, recordWith } from './fixtures.ts'

const LIFETIMES = { graceHours: 24, liveSecrets: 10, lifetimeDays: 365 }
const NO_DATES = [undefined, Number.NaN, Number.POSITIVE_INFINITY, 1.5, `${NOW}`, new Date(NOW), 2 ** 53, {}, true]

/** Refreshes, or throws. */
function refresh(record: TokenRecord, now: number, change: Partial<Parameters<typeof refreshed>[1]> = {}): TokenRecord {
  const digest = `digest-${record.secrets.length}`
  const after = refreshed(record, {
    now,
    digest,
    eventId: `event-${now}`,
    retire: 'afterGrace',
    lifetimes: LIFETIMES,
    ...change,
  })
  if (typeof after === 'string') throw new TypeError(after)
  return after
}

/** Until when each secret works, the oldest first. */
const ends = ({ secrets }: TokenRecord) => secrets.map(({ worksUntil }) => worksUntil)
/** The digests of the secrets that work at a moment, for a token that is active. */
const working = (record: TokenRecord, now: number) =>
  record.secrets.filter((secret) => isActiveSecret(record, secret, now)).map(({ digest }) => digest)

describe('a lifetime', () => {
  it.each([
    [1, '2027-02-01T12:00:00.000Z'],
    [90, '2027-05-01T12:00:00.000Z'],
    [365, '2028-01-31T12:00:00.000Z'],
  ])('of %i days ends after as many times 24 hours, whatever clocks are put to', (days, end) => {
    expect(new Date(endOfLifetime(NOW, days)).toISOString()).toBe(end)
  })
})

describe('a token', () => {
  const end = recordWith().expiresAt

  it.each([
    [NOW, true],
    [end - 1, true],
    [end, false],
    [end + 1, false],
    [Number.NaN, false],
    [Number.NEGATIVE_INFINITY, false],
  ])('at %d is active: %s', (now, active) => {
    expect(isActive(recordWith(), now)).toBe(active)
  })

  it.each([...NO_DATES, null])('whose end is no date is dead: %s', (expiresAt) => {
    expect(isActive(recordWith({ expiresAt: expiresAt as number }), NOW)).toBe(false)
  })

  it.each([0, NOW + DAY, Number.NaN, undefined, false, ''])(
    'whose revokedAt is anything but null is revoked: %s',
    (revokedAt) => {
      expect(isActive(recordWith({ revokedAt: revokedAt as number }), NOW)).toBe(false)
    },
  )
})

describe('a secret', () => {
  const end = NOW + HOUR
  const record = recordWith({
    secrets: [
      { digest: 'ended', issuedAt: NOW, worksUntil: 0 },
      { digest: 'earlier', issuedAt: NOW, worksUntil: end },
      { digest: 'newest', issuedAt: NOW, worksUntil: null },
    ],
  })

  it.each([
    [end - 1, ['earlier', 'newest']],
    [end, ['newest']],
    [end + 1, ['newest']],
  ])('that was replaced works while the time is before its end: %d', (now, digests) => {
    expect(working(record, now)).toEqual(digests)
  })

  it.each([...NO_DATES, null])('that was replaced and has lost its end is dead: %s', (worksUntil) => {
    const secrets = [{ digest: 'lost', issuedAt: NOW, worksUntil: worksUntil as null }, ...record.secrets.slice(-1)]
    expect(working(recordWith({ secrets }), NOW)).toEqual(['newest'])
  })
})

describe('a secret that was ended at once', () => {
  const clocks = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -400 * DAY, max: 400 * DAY }),
    fc.constantFrom(-1, 0, 1, -DAY, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  )
  /** A moment at which a token can still be refreshed. */
  const moments = fc.integer({ min: -400 * DAY, max: 400 * DAY })
  const lost: IdempotencyRecord = { call: 'create', key: 'k', input: 'i', digest: 'digest-0' }
  const ways: readonly [string, (record: TokenRecord, now: number) => TokenRecord][] = [
    ['by a refresh', (record, now) => refresh(record, now, { retire: 'now' })],
    ['by an answer that was lost', (record, now) => reissued(record, lost, { now, digest: 'x', eventId: 'x' })],
    ['by itself', (record, now) => secretRevoked(refresh(record, now), 'digest-0', 'x')],
  ]

  it.each(ways)('%s is dead whatever a clock says, then and later', (_, end) => {
    fc.assert(
      fc.property(moments, fc.array(clocks, { minLength: 1 }), (now, later) => {
        const record = end(recordWith({ createdAt: now, expiresAt: now + 90 * DAY }), now)
        for (const moment of [now, ...later]) expect(working(record, moment)).not.toContain('digest-0')
        // Nor is it given a new end, or counted among those that work.
        const after = refreshed(record, {
          ...{ now, digest: 'y', eventId: 'y', retire: 'afterGrace' as const },
          lifetimes: { graceHours: 24, liveSecrets: record.secrets.length, lifetimeDays: 365 },
        }) as TokenRecord
        expect(ends(after)[0]).toBe(0)
        expect(secretRevoked(after, 'digest-0', 'z')).toBe(after)
      }),
    )
  })
})

describe('a new token', () => {
  const input = {
    ...recordWith(),
    expiresAt: undefined,
    actor: 'admin-1',
    now: NOW,
    digest: 'digest-0',
    resources: [{ kind: 'project', id: '7', link: 'x' }],
  }
  const key: IdempotencyRecord = { call: 'create', key: 'k', input: 'i', digest: 'digest-0' }

  it('is version 1, with one secret and the end of its lifetime', () => {
    const { idempotency: _, ...plain } = input
    expect(created(plain)).toEqual(recordWith({ resources: input.resources }))
    expect(created({ ...plain, idempotency: key }).idempotency).toEqual([key])
  })

  it('can be changed by nobody', () => {
    const record = created({ ...input, idempotency: key })
    const { scopes, resources, secrets, idempotency } = record
    for (const part of [record, scopes, resources, resources[0], secrets, secrets[0], idempotency, idempotency[0]])
      expect(Object.isFrozen(part)).toBe(true)
  })
})

describe('an edit', () => {
  it('changes what was chosen and nothing else', () => {
    const before = recordWith()
    const after = edited(before, { name: 'Other', scopes: ['invoice:write'] }, 'event-2')
    expect(after).toEqual({ ...before, name: 'Other', scopes: ['invoice:write'], version: 2, eventId: 'event-2' })
    expect(changesBetween(before, after)).toEqual({
      name: { before: 'Nightly export', after: 'Other' },
      scopes: { before: ['invoice:read'], after: ['invoice:write'] },
    })
  })

  it('that changes nothing is the same record', () => {
    const before = recordWith({ resources: [{ kind: 'project', id: '7', link: 'x' }] })
    const same = { name: before.name, scopes: [...before.scopes], resources: [{ kind: 'project', id: '7', link: 'x' }] }
    expect(edited(before, same, 'event-2')).toBe(before)
    expect(edited(before, {}, 'event-2')).toBe(before)
    const bare = recordWith({ secrets: [] })
    expect(edited(bare, {}, 'event-2')).toBe(bare)
  })
})

describe('a refresh', () => {
  it('starts the original lifetime again, and gives the secret that was newest 24 hours from now', () => {
    const before = recordWith()
    const now = NOW + 10 * DAY
    const after = refresh(before, now)
    expect(after).toMatchObject({ expiresAt: now + 90 * DAY, lifetimeDays: 90, version: 2, createdAt: NOW })
    expect(ends(after)).toEqual([now + DAY, null])
    expect(after.secrets.at(-1)).toEqual({ digest: 'digest-1', issuedAt: now, worksUntil: null })
    expect(changesBetween(before, after)).toEqual({
      expiresAt: { before: NOW + 90 * DAY, after: now + 90 * DAY },
      previousWorksUntil: { before: null, after: now + DAY },
    })
  })

  it('gives the full 24 hours even where the old end was nearer, and never more than the token has', () => {
    const almost = NOW + 90 * DAY - 1
    expect(ends(refresh(recordWith(), almost))).toEqual([almost + DAY, null])
    const short = recordWith({ lifetimeDays: 1, expiresAt: NOW + DAY })
    expect(refreshDates(short, NOW, { graceHours: 48, liveSecrets: 10, lifetimeDays: 365 })).toEqual({
      expiresAt: NOW + DAY,
      previousWorksUntil: NOW + DAY,
    })
  })

  it('gives no longer lifetime than the policy has now, and the chosen one again where it is longer', () => {
    const endAt = (lifetimeDays: number) =>
      refreshDates(recordWith({ lifetimeDays: 90 }), NOW, { ...LIFETIMES, lifetimeDays }).expiresAt
    expect([30, 89, 90, 91, 365].map((days) => (endAt(days) - NOW) / DAY)).toEqual([30, 89, 90, 90, 90])
    const shortened = refresh(recordWith({ lifetimeDays: 90 }), NOW, { lifetimes: { ...LIFETIMES, lifetimeDays: 30 } })
    expect(shortened).toMatchObject({ lifetimeDays: 90, expiresAt: NOW + 30 * DAY })
  })

  it('shows beforehand the dates that it will give', () => {
    fc.assert(
      fc.property(fc.nat({ max: 90 * DAY }), fc.integer({ min: 1, max: 8_760 }), (ms, graceHours) => {
        const lifetimes = { graceHours, liveSecrets: 10, lifetimeDays: 365 }
        const dates = refreshDates(recordWith(), NOW + ms, lifetimes)
        const after = refresh(recordWith(), NOW + ms, { lifetimes })
        expect([after.expiresAt, after.secrets[0]?.worksUntil]).toEqual([dates.expiresAt, dates.previousWorksUntil])
      }),
    )
  })

  it('moves no deadline that was promised before, neither later nor sooner', () => {
    const pauses = fc.array(fc.nat({ max: 3 * DAY }), { maxLength: 12 })
    fc.assert(
      fc.property(pauses, fc.integer({ min: 1, max: 40 }), (steps, lifetimeDays) => {
        let record = recordWith({ lifetimeDays })
        let now = NOW
        for (const step of steps) {
          now += step
          const after = refresh(record, now, { lifetimes: { graceHours: 24, liveSecrets: 1_000, lifetimeDays: 365 } })
          expect(ends(after).slice(0, -2)).toEqual(ends(record).slice(0, -1))
          expect(after.secrets.map(({ digest }) => digest).slice(0, -1)).toEqual(
            record.secrets.map(({ digest }) => digest),
          )
          expect(
            ends(after)
              .slice(0, -1)
              .every((end) => end !== null && end <= after.expiresAt),
          ).toBe(true)
          record = after
        }
      }),
    )
  })

  it('ends every earlier secret at once where one has leaked, by state and not by time', () => {
    const twice = refresh(refresh(recordWith(), NOW + 1), NOW + 2)
    const after = refresh(twice, NOW + 3, { retire: 'now' })
    expect(ends(after)).toEqual([0, 0, 0, null])
    expect(working(after, NOW - 365 * DAY)).toEqual(['digest-3'])
  })

  it('gives no life to a secret that was dead', () => {
    for (const worksUntil of [0, NOW - 1, null]) {
      const dead = { digest: 'dead', issuedAt: NOW, worksUntil }
      const secrets = [dead, { digest: 'newest', issuedAt: NOW, worksUntil: null }]
      expect(working(refresh(recordWith({ secrets }), NOW), NOW)).not.toContain('dead')
    }
    // Nor to the newest, where a row was edited by hand.
    for (const worksUntil of [0, NOW - 1, undefined, `${NOW}`]) {
      const secrets = [{ digest: 'dead', issuedAt: NOW, worksUntil: worksUntil as unknown as null }]
      expect(working(refresh(recordWith({ secrets }), NOW), NOW)).toEqual(['digest-1'])
    }
  })

  it('is refused where more than ten secrets would work after it', () => {
    let record = recordWith()
    for (let i = 1; i < 10; i++) record = refresh(record, NOW + i)
    expect(working(record, NOW + 10)).toHaveLength(10)
    const input = { digest: 'x', eventId: 'x', lifetimes: LIFETIMES }
    // The oldest was replaced at NOW + 1 and works until a day after that.
    expect(refreshed(record, { ...input, now: NOW + DAY, retire: 'afterGrace' })).toBe('too_many_live_secrets')
    expect(refreshed(record, { ...input, now: NOW + DAY + 1, retire: 'afterGrace' })).toMatchObject({ version: 11 })
    expect(refreshed(record, { ...input, now: NOW + 10, retire: 'now' })).toMatchObject({ version: 11 })
  })

  it('forgets the oldest of a thousand secrets, long after they ended', () => {
    const old = Array.from({ length: KEPT - 1 }, (_, i) => ({
      digest: `old-${i}`,
      issuedAt: i,
      worksUntil: i + 1,
    }))
    const full = recordWith({ secrets: [...old, ...recordWith().secrets] })
    const { secrets } = refresh(full, NOW)
    expect(secrets).toHaveLength(1_000)
    expect([secrets[0]?.digest, secrets.at(-2)?.digest, secrets.at(-1)?.worksUntil]).toEqual([
      'old-1',
      'digest-0',
      null,
    ])
  })

  it('forgets none that still works, however many ended after it', () => {
    const early = { digest: 'early', issuedAt: NOW - 1, worksUntil: NOW + HOUR }
    const ended = Array.from({ length: KEPT }, (_, i) => ({ digest: `old-${i}`, issuedAt: NOW, worksUntil: 0 }))
    const after = refresh(recordWith({ secrets: [early, ...ended, ...recordWith().secrets] }), NOW + 1)
    expect(working(after, NOW + 1)).toEqual(['early', 'digest-0', `digest-${KEPT + 2}`])
    expect(after.secrets).toHaveLength(KEPT + 1)
    expect(refresh(after, NOW + HOUR).secrets.map(({ digest }) => digest)).not.toContain('early')
  })

  it('keeps the idempotency keys of before and adds its own', () => {
    const first: IdempotencyRecord = { call: 'create', key: 'k0', input: 'i', digest: 'digest-0' }
    const own: IdempotencyRecord = { call: 'refresh', key: 'k1', input: 'i', digest: 'digest-1' }
    const before = recordWith({ idempotency: [first] })
    expect(refresh(before, NOW).idempotency).toEqual([first])
    expect(refresh(before, NOW, { idempotency: own }).idempotency).toEqual([first, own])
  })

  it('forgets the oldest of a thousand idempotency keys, and never its own', () => {
    const keyOf = (n: number): IdempotencyRecord => ({ call: 'refresh', key: `k${n}`, input: 'i', digest: `d${n}` })
    const idempotency = Array.from({ length: KEPT }, (_, n) => keyOf(n))
    const after = refresh(recordWith({ idempotency: idempotency.slice(1) }), NOW, { idempotency: keyOf(KEPT) })
    expect(after.idempotency).toEqual([...idempotency.slice(1), keyOf(KEPT)])
    const full = refresh(recordWith({ idempotency }), NOW, { idempotency: keyOf(KEPT) })
    expect(full.idempotency).toEqual([...idempotency.slice(1), keyOf(KEPT)])
  })
})

describe('the same answer again', () => {
  const lost: IdempotencyRecord = { call: 'refresh', key: 'k', input: 'i', digest: 'digest-1' }
  const other: IdempotencyRecord = { call: 'create', key: 'k0', input: 'i', digest: 'digest-0' }
  const before = { ...refresh(recordWith(), NOW), idempotency: [other, lost] }
  const after = reissued(before, lost, { now: NOW + HOUR, digest: 'digest-2', eventId: 'event-3' })

  it('replaces the secret that nobody received, which ends at once, and moves no other deadline', () => {
    expect(ends(after)).toEqual([NOW + DAY, 0, null])
    expect(after.secrets.at(-1)).toEqual({ digest: 'digest-2', issuedAt: NOW + HOUR, worksUntil: null })
    expect(after).toMatchObject({ expiresAt: before.expiresAt, version: 3, eventId: 'event-3' })
  })

  it('remembers which secret its key issued last', () => {
    expect(after.idempotency).toEqual([other, { ...lost, digest: 'digest-2' }])
  })
})

describe('revoking', () => {
  it.each([NOW, NOW + 91 * DAY])('ends a token for good, expired or not', (now) => {
    const before = recordWith()
    const after = revoked(before, 'admin-1', now, 'event-2')
    expect(after).toEqual({ ...before, revokedAt: now, revokedBy: 'admin-1', version: 2, eventId: 'event-2' })
    expect(changesBetween(before, after)).toEqual({ revokedAt: { before: null, after: now } })
    expect(revoked(after, 'admin-2', now + 1, 'event-3')).toBe(after)
  })

  it('names nobody where a secret was reported by its holder', () => {
    expect(revoked(recordWith(), null, NOW, 'event-2')).toMatchObject({ revokedAt: NOW, revokedBy: null })
  })
})

describe('revoking one secret', () => {
  const record = refresh(refresh(recordWith(), NOW), NOW + 1)

  it('ends it at once, by state, and nothing else', () => {
    const after = secretRevoked(record, 'digest-0', 'event-4')
    expect(ends(after)).toEqual([0, NOW + 1 + DAY, null])
    expect(after).toMatchObject({ expiresAt: record.expiresAt, revokedAt: null, version: 4, eventId: 'event-4' })
    expect(changesBetween(record, after)).toBeUndefined()
  })

  it.each([
    ['the newest, which ends only with its token', 'digest-2'],
    ['one that the token does not have', 'digest-9'],
  ])('changes nothing for %s', (_, digest) => {
    expect(secretRevoked(record, digest, 'event-4')).toBe(record)
  })

  it('changes nothing the second time, but ends one that seems expired by this clock', () => {
    const after = secretRevoked(record, 'digest-0', 'event-4')
    expect(secretRevoked(after, 'digest-0', 'event-5')).toBe(after)
    const old = recordWith({
      secrets: [{ digest: 'old', issuedAt: 1, worksUntil: 2 }, ...recordWith().secrets],
    })
    expect(ends(secretRevoked(old, 'old', 'event-2'))).toEqual([0, null])
  })
})
