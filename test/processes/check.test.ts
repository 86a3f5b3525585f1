/** The check itself, on small histories: it finds each broken promise and is content with what may happen. */
import { describe, expect, it } from 'vitest'
import { brokenPromises } from './check.ts'
import type { Call, CallEnd, History, Request, SeenEvent, SeenRecord } from './history.ts'

const TOKEN = 't'
const done = (at: number, version: number, digest?: string): CallEnd => ({
  ...{ outcome: 'done', at, tokenId: TOKEN, version },
  ...(digest !== undefined && { digest }),
})
const created: Call = {
  ...{ actor: 'a1', kind: 'create', tokenId: undefined, scopes: ['read', 'list'], began: 0 },
  end: done(10, 1, 'd1'),
}
const call = (kind: Call['kind'], end: CallEnd | undefined, more: Partial<Call> = {}): Call => ({
  ...{ actor: 'a2', kind, tokenId: TOKEN, began: 100, ...more },
  ...(end && { end }),
})
const eventOf = (type: SeenEvent['type'], version: number, more: Partial<SeenEvent> = {}): SeenEvent => ({
  ...{ seq: version, id: `e${version}`, type, tokenId: TOKEN, version, actor: `a${version}` },
  ...more,
})
const request = (sent: number, received: number, answer: string, more: Partial<Request> = {}): Request => ({
  ...{ server: 'api-1', tokenId: TOKEN, secret: 'a1', scope: 'read', sent, received, answer },
  ...more,
})
const recordOf = (version: number, more: Partial<SeenRecord> = {}): SeenRecord => ({
  ...{ id: TOKEN, version, eventId: `e${version}`, scopes: ['list', 'read'], revokedAt: null },
  secrets: [{ digest: 'd1', issuedAt: 0, worksUntil: null }],
  ...more,
})
const history = (parts: Partial<History>): History => ({
  ...{ freshnessMs: { 'api-1': 300 }, calls: [created], requests: [], outages: [] },
  ...{ records: [recordOf(1)], events: [eventOf('created', 1)] },
  ...parts,
})

/** A token that is created, changed once between 100 and 200, and has the record that belongs to it. */
const changed = (
  kind: 'edit' | 'refresh' | 'revoke',
  { calling = {}, end = done(200, 2), record = {} as Partial<SeenRecord> } = {},
): Partial<History> => ({
  calls: [created, call(kind, end, calling)],
  events: [
    eventOf('created', 1),
    eventOf(({ edit: 'edited', refresh: 'refreshed', revoke: 'revoked' } as const)[kind], 2),
  ],
  records: [recordOf(2, record)],
})
const revoked = changed('revoke', { record: { revokedAt: 1 } })
const lostRevoke = changed('revoke', { end: { outcome: 'unknown', at: 200 }, record: { revokedAt: 1 } })
const unanswered = { ...revoked, calls: [created, call('revoke', undefined)] }
const edited = changed('edit', { calling: { scopes: ['list'] }, record: { scopes: ['list'] } })
const refreshed = (retires: boolean): Partial<History> =>
  changed('refresh', {
    calling: { retires },
    end: done(200, 2, 'd2'),
    record: {
      secrets: [
        { digest: 'd1', issuedAt: 0, worksUntil: retires ? 0 : 9 },
        { digest: 'd2', issuedAt: 1, worksUntil: null },
      ],
    },
  })

describe('finds nothing in', () => {
  it.each<[string, Partial<History>, Request[]]>([
    ['requests to a token that nobody changes', {}, [request(11, 12, 'allowed'), request(11, 12, 'unavailable')]],
    ['a secret that is not known yet while the create is under way', {}, [request(5, 6, 'token_unknown')]],
    [
      'either answer while a revoke is under way',
      revoked,
      [request(150, 160, 'allowed'), request(150, 160, 'token_revoked'), request(199, 999, 'allowed')],
    ],
    ['a refusal after a revoke', revoked, [request(201, 210, 'token_revoked')]],
    [
      'either answer, for ever, after a revoke whose answer was lost',
      lostRevoke,
      [request(999, 1000, 'allowed'), request(999, 1000, 'token_revoked')],
    ],
    ['either answer after a revoke that was never answered', unanswered, [request(999, 1000, 'allowed')]],
    ['a previous secret that works on', refreshed(false), [request(201, 210, 'allowed')]],
    [
      'a scope that was edited away, and one that stayed',
      edited,
      [request(201, 210, 'scope_missing'), request(201, 210, 'allowed', { scope: 'list' })],
    ],
    [
      'a second revoke, which leaves no event',
      { ...revoked, calls: [...revoked.calls!, call('revoke', done(400, 2), { actor: 'a3' })] },
      [],
    ],
    [
      'a lost create, of which the log tells',
      {
        ...{ calls: [{ ...created, end: { outcome: 'unknown', at: 10 } }], events: [eventOf('created', 1)] },
        records: [recordOf(1)],
      },
      [],
    ],
    ['a lost revoke that was never written', { calls: [created, call('revoke', { outcome: 'unknown', at: 200 })] }, []],
    [
      'a refusal because somebody else was quicker',
      { calls: [created, call('edit', { outcome: 'refused', at: 200, code: 'version_conflict' })] },
      [],
    ],
    [
      'an answer from memory within the bound, and one after the outage',
      { outages: [{ from: 1000, to: 2000 }] },
      [request(1300, 1310, 'allowed'), request(1500, 1900, 'unavailable'), request(1900, 2001, 'allowed')],
    ],
  ])('%s', (_, parts, requests) => {
    expect(brokenPromises(history({ ...parts, requests }))).toEqual([])
  })
})

describe('finds', () => {
  it.each<[string, Partial<History>, Request, RegExp]>([
    ['a request accepted after revoke returned', revoked, request(201, 210, 'allowed'), /^api-1 answered allowed/],
    [
      'a request accepted after revoke returned, even if its answer comes much later',
      revoked,
      request(201, 9_999, 'allowed'),
      /say token_revoked$/,
    ],
    [
      'an earlier secret accepted after a refresh that retires it returned',
      refreshed(true),
      request(201, 210, 'allowed'),
      /say secret_retired$/,
    ],
    [
      'a scope accepted after the edit that took it away returned',
      edited,
      request(201, 210, 'allowed'),
      /say scope_missing$/,
    ],
    [
      'a scope refused after the edit that gave it returned',
      changed('edit', { calling: { scopes: ['read', 'list', 'more'] }, record: { scopes: ['read', 'list', 'more'] } }),
      request(201, 210, 'scope_missing', { scope: 'more' }),
      /say allowed$/,
    ],
    [
      'a secret that is not known after create returned',
      {},
      request(11, 12, 'token_unknown'),
      /version 1 to 1 say allowed$/,
    ],
    [
      'a new secret that is not known after refresh returned',
      refreshed(false),
      request(201, 210, 'token_unknown', { secret: 'a2' }),
      /say allowed$/,
    ],
    [
      'a refusal before the revoke was called',
      revoked,
      request(50, 60, 'token_revoked'),
      /version 1 to 1 say allowed$/,
    ],
    [
      'an answer from memory beyond the bound',
      { outages: [{ from: 1000, to: 2000 }] },
      request(1400, 1410, 'allowed'),
      /though the database answered nobody/,
    ],
    [
      'a refusal from memory beyond the bound',
      { ...revoked, outages: [{ from: 1000, to: 2000 }] },
      request(1400, 1410, 'token_revoked'),
      /though the database answered nobody/,
    ],
  ])('%s', (_, parts, wrong, words) => {
    const found = brokenPromises(history({ ...parts, requests: [request(11, 12, 'allowed'), wrong] }))
    expect(found).toEqual([expect.stringMatching(words)])
  })

  const both = [eventOf('created', 1), eventOf('revoked', 2)]
  it.each<[string, Partial<History>, RegExp]>([
    ['an acknowledged change that the log lost', { ...revoked, events: both.slice(0, 1) }, /and is not in the log/],
    ['an acknowledged change that the record lost', { ...revoked, records: [recordOf(1)] }, /record has version 1$/],
    ['an acknowledged token that is gone', { records: [] }, /the token is gone$/],
    ['a gap in the log', { ...revoked, events: [both[0]!, { ...both[1]!, seq: 3 }] }, /in place 2 of the log$/],
    [
      'a log out of order',
      {
        ...revoked,
        events: [
          { ...both[0]!, seq: 2 },
          { ...both[1]!, seq: 1 },
        ],
      },
      /in place 1 of the log$/,
    ],
    ['an event that stands twice', { events: [both[0]!, eventOf('created', 1, { seq: 2 })] }, /in the log twice$/],
    [
      'a change that was written twice under two ids',
      {
        ...revoked,
        events: [...both, eventOf('revoked', 3, { actor: 'a2' })],
        records: [recordOf(3, { revokedAt: 1 })],
      },
      /\(revoked by a2\) stands in the log twice$/,
    ],
    ['a version that was left out', { ...revoked, events: [both[0]!, { ...both[1]!, version: 3 }] }, /out of another/],
    ['an event that nobody called for', { ...revoked, calls: [created] }, /belongs to no call$/],
    [
      'an event of another kind',
      { ...revoked, events: [both[0]!, { ...both[1]!, type: 'edited' }] },
      /is not what was/,
    ],
    [
      'a change that was made though its caller was refused',
      changed('revoke', { end: { outcome: 'refused', at: 200, code: 'version_conflict' }, record: { revokedAt: 1 } }),
      /the caller was told version_conflict$/,
    ],
    [
      'a refusal that there is no reason for',
      { calls: [created, call('edit', { outcome: 'refused', at: 200, code: 'token_not_found' })] },
      /was refused with token_not_found$/,
    ],
    ['a record that is not revoked', { ...revoked, records: [recordOf(2)] }, /is not revoked$/],
    ['a record with a scope that was edited away', { ...edited, records: [recordOf(2)] }, /has the scopes list,read$/],
    [
      'a record whose retired secret lives',
      { ...refreshed(true), records: refreshed(false).records! },
      /has the secret of a1 alive$/,
    ],
    ['a record that lacks a secret', { ...refreshed(false), records: [recordOf(2)] }, /lacks the secret of a2$/],
    ['a record that is newer than the log', { records: [recordOf(2)] }, /which the log does not know$/],
    ['a record of another event', { records: [recordOf(1, { eventId: 'e9' })] }, /belongs to another event/],
  ])('%s', (_, parts, words) => {
    expect(brokenPromises(history(parts))).toContainEqual(expect.stringMatching(words))
  })
})
