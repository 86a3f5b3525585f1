/** Values that somebody edited by hand: the token is refused and says why, and no other is touched. */
import { Redis } from 'ioredis'
import { createPlanTokens, StoreError, type TokenRecord } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { type RedisStore, redisStore } from 'plan-access-tokens/stores/redis'
import { requestWith, testDirectory } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from '../../support/redis.ts'
import { add, eventOf, next, T } from '../records.ts'
import { failureOf } from './support.ts'

const BASE = '{plan-tokens}:'
const QUERY = { planId: 'p1', order: 'newest', now: T, limit: 9 } as const
const BY_EXPIRY = { ...QUERY, order: 'expiry' } as const

/** What becomes of the record's text, and the parts that the error has to name. */
const EDITS: readonly (readonly [string, (record: TokenRecord) => unknown, string])[] = [
  ['no JSON', (record) => `${JSON.stringify(record)}}`, 'not a JSON object'],
  ['empty', () => '', 'not a JSON object'],
  ['a list', () => '[]', 'not a JSON object'],
  ['null', () => 'null', 'not a JSON object'],
  ['without fields', () => ({}), 'id, planId, type, name, description, scopes'],
  ['with a date as text', (record) => ({ ...record, expiresAt: '2027-01-31T12:00:00Z' }), 'expiresAt'],
  ['with a date as digits', (record) => ({ ...record, expiresAt: String(record.expiresAt) }), 'expiresAt'],
  ['with a date that is too large', (record) => ({ ...record, expiresAt: 2 ** 53 }), 'expiresAt'],
  ['with a date that is null', (record) => ({ ...record, createdAt: null }), 'createdAt'],
  ['without revokedAt', ({ revokedAt, ...record }) => record, 'revokedAt'],
  ['with false for revokedAt', (record) => ({ ...record, revokedAt: false }), 'revokedAt'],
  ['with scopes as text', (record) => ({ ...record, scopes: 'read' }), 'scopes'],
  ['with a scope that is a number', (record) => ({ ...record, scopes: ['read', 1] }), 'scopes'],
  ['with empty lists as objects', (record) => ({ ...record, scopes: {}, resources: {} }), 'scopes, resources'],
  ['with other words for all resources', (record) => ({ ...record, resources: 'ALL' }), 'resources'],
  ['with half a resource', (record) => ({ ...record, resources: [{ kind: 'file' }] }), 'resources'],
  ['without secrets', ({ secrets, ...record }) => record, 'secrets'],
  [
    'with a secret that never ends by a lost date',
    (record) => ({ ...record, secrets: [{ digest: 'digest-x', issuedAt: T }] }),
    'secrets',
  ],
  ['with the id of another', (record) => ({ ...record, id: 'other' }), 'id'],
  ['with another version', (record) => ({ ...record, version: 7 }), 'version'],
  ['without idempotency', ({ idempotency, ...record }) => record, 'idempotency'],
]

describe.skipIf(!hasRedis)(`a record that was edited by hand (${NEEDS_REDIS})`, () => {
  let server: RedisServer
  let admin: Redis
  let store: RedisStore
  beforeAll(async () => {
    server = await startRedis()
    admin = new Redis({ port: server.port })
    store = redisStore(admin)
  })
  beforeEach(() => admin.flushall())
  afterAll(async () => {
    admin?.disconnect()
    await server?.stop()
  })

  it.each(EDITS)('and is now %s is refused with its key and what is wrong, and no other', async (_, edit, problem) => {
    const [first, broken, last] = [await add(store), await add(store), await add(store)]
    const edited = edit(broken)
    const text = typeof edited === 'string' ? edited : JSON.stringify(edited)
    await admin.hset(`${BASE}token:${broken.id}`, 'record', text)

    for (const call of [() => store.find(broken.id), () => store.findByDigest(broken.secrets[0]!.digest)]) {
      const error = await failureOf(call())
      expect([error instanceof StoreError && error.code, error.message]).toEqual([
        'row_unreadable',
        expect.stringContaining(`The token "${broken.id}" in the key "${BASE}token:${broken.id}" cannot be read`),
      ])
      expect(error.message).toContain(problem)
      expect(error.message).toMatch(/Restore the key from a backup, or delete it to end the token\.$/)
    }
    for (const { id, secrets } of [first, last]) {
      expect((await store.find(id))?.id).toBe(id)
      expect((await store.findByDigest(secrets[0]!.digest))?.id).toBe(id)
    }
    for (const query of [QUERY, BY_EXPIRY]) {
      const list = await store.list(query)
      expect(list.filter(({ id }) => id !== broken.id).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        first,
        last,
      ])
      expect(list).toHaveLength(3)
    }
    // Deleting it is what the message offers.
    await admin.del(`${BASE}token:${broken.id}`)
    expect([await store.find(broken.id), await store.findByDigest(broken.secrets[0]!.digest)]).toEqual([
      undefined,
      undefined,
    ])
    expect(await store.list(QUERY)).toHaveLength(2)
    expect(await store.sweep({ before: T * 2, limit: 9 })).toEqual({ records: 2, events: 2 })
  })

  it('is listed with what can be read, and with dead values for the rest', async () => {
    const record = await add(store, { name: 'Shown', version: 1 })
    const wrong = {
      ...record,
      expiresAt: 'never',
      createdAt: 'x',
      scopes: [1],
      resources: 1,
      secrets: 1,
      revokedAt: 0.5,
    }
    await admin.hset(`${BASE}token:${record.id}`, 'record', JSON.stringify(wrong))
    const dead = { expiresAt: Number.NaN, scopes: [], resources: [], secrets: [], revokedAt: Number.NaN }
    expect(await store.list(BY_EXPIRY)).toEqual([{ ...record, ...dead, createdAt: Number.NaN }])
    // The place in this order is known, so that a next page can begin behind it.
    expect(await store.list(QUERY)).toEqual([{ ...record, ...dead, createdAt: T }])
    await admin.hset(`${BASE}token:${record.id}`, 'record', JSON.stringify({ ...record, planId: 'p2' }))
    expect(await store.list({ ...QUERY, status: 'active' })).toEqual([])
    expect(await store.list(QUERY)).toMatchObject([{ id: record.id, planId: 'p1', name: '', expiresAt: Number.NaN }])
  })

  it.each([
    ['its version', ['version', 'x']],
    ['what its index places are', ['created', undefined]],
    ['its digests', ['digests', '[{}]']],
    ['its digests', ['digests', '{']],
  ] as const)('in %s is not changed by halves', async (_, [field, value]) => {
    const record = await add(store)
    const key = `${BASE}token:${record.id}`
    await (value === undefined ? admin.hdel(key, field) : admin.hset(key, field, value))
    const before = [await admin.hgetall(key), await admin.hgetall(`${BASE}state`), await admin.xlen(`${BASE}events`)]
    const secrets = [...record.secrets, { digest: 'digest-edited', issuedAt: T, worksUntil: null }]
    const changed = next(record, { secrets })
    const error = await failureOf(store.commit(changed, eventOf(changed)))
    expect(error).toMatchObject({ name: 'StoreError', code: 'row_unreadable' })
    expect([await admin.hgetall(key), await admin.hgetall(`${BASE}state`), await admin.xlen(`${BASE}events`)]).toEqual(
      before,
    )
    expect(await store.findByDigest('digest-edited')).toBeUndefined()
  })

  it('lets nothing through the engine, while other tokens work', async () => {
    const directory = testDirectory({ 1001: { admins: ['admin'], resources: { 'project:1': { 'file:F': {} } } } })
    const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory })
    const wish = { actor: 'admin', planId: '1001', type: 'rest', name: 'Export', lifetimeDays: 30 } as const
    const make = () => tokens.create({ ...wish, scopes: ['file_content:read'], resources: 'all' })
    const [broken, other] = [await make(), await make()]
    const ask = async (made: typeof broken) => {
      const decision = await tokens.authorize(requestWith(made.secret, 'GET /v1/files/F'))
      return decision.allowed ? 'allowed' : decision.code
    }
    expect([await ask(broken), await ask(other)]).toEqual(['allowed', 'allowed'])
    const key = `${BASE}token:${broken.token.id}`
    const record = JSON.parse((await admin.hget(key, 'record'))!)
    await admin.hset(key, 'record', JSON.stringify({ ...record, expiresAt: '2099-01-01' }))
    expect([await ask(broken), await ask(other)]).toEqual(['unavailable', 'allowed'])
  })

  it('and an event that is not as it was written is an error, until it is removed', async () => {
    await add(store)
    await admin.xadd(`${BASE}events`, '2-0', 'event', '{"id":1}', 'at', '1', 'plan', 'p1', 'token', 't', 'call', 'x')
    await admin.zadd(`${BASE}plan-events:p1`, '2', '2')
    for (const filter of [{}, { planId: 'p1' }]) {
      const error = await failureOf(store.events({ ...filter, limit: 9 }))
      expect(error).toMatchObject({ name: 'StoreError', code: 'row_unreadable' })
      expect(error.message).toMatch('XDEL {plan-tokens}:events 2-0')
      expect(await store.events({ ...filter, limit: 1 })).toHaveLength(1)
    }
    await admin.xdel(`${BASE}events`, '2-0')
    for (const filter of [{}, { planId: 'p1' }]) expect(await store.events({ ...filter, limit: 9 })).toHaveLength(1)
  })
})
