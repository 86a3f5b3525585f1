/** A Redis that cannot keep tokens as it is: each time one clear error with what to do, and nothing written by half. */

import { rm } from 'node:fs/promises'
import { Redis } from 'ioredis'
import { type NewEvent, StoreError, type TokenRecord } from 'plan-access-tokens'
import { type RedisStore, redisStore } from 'plan-access-tokens/stores/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from '../../support/redis.ts'
import { add, eventOf, next, recordOf, T } from '../records.ts'
import { openIoredis } from './clients.ts'
import { codeOf, contentsOf, failureOf, until } from './support.ts'

const BASE = '{plan-tokens}:'
const edited = (record: TokenRecord, change: Partial<TokenRecord> = {}): [TokenRecord, NewEvent] => {
  const record2 = next(record, change)
  return [record2, eventOf(record2)]
}
const revoked = (record: TokenRecord): [TokenRecord, NewEvent] => {
  const record2 = next(record, { revokedAt: T, revokedBy: 'admin' })
  return [record2, eventOf(record2, { type: 'revoked' })]
}

/** Every method that asks the server, each with a call that works. */
const CALLS: readonly (readonly [string, (store: RedisStore, record: TokenRecord) => Promise<unknown>])[] = [
  ['findByDigest', (store, { secrets }) => store.findByDigest(secrets[0]!.digest)],
  ['find', (store, { id }) => store.find(id)],
  ['list', (store) => store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })],
  ['commit', (store, record) => store.commit(...edited(record))],
  ['events', (store) => store.events({ limit: 9 })],
  ['bound', (store) => store.bound(0)],
  ['recordUse', (store, { id, secrets }) => store.recordUse([{ tokenId: id, digest: secrets[0]!.digest, at: T }])],
  ['lastUse', (store, { id }) => store.lastUse([id])],
  ['sweep', (store) => store.sweep({ before: T * 2, limit: 9 })],
]

describe.skipIf(!hasRedis)(`redisStore tells what is wrong (${NEEDS_REDIS})`, () => {
  let server: RedisServer
  let admin: Redis
  let store: RedisStore
  let record: TokenRecord
  beforeAll(async () => {
    server = await startRedis({ 'repl-diskless-sync-delay': '0' })
    admin = new Redis({ port: server.port })
    store = redisStore(admin)
  })
  afterAll(async () => {
    admin?.disconnect()
    await server?.stop()
  })
  beforeEach(async () => {
    await admin.flushall()
    record = await add(store)
  })
  const contents = () => contentsOf({ nodes: [server] })

  it.each(CALLS)('keys of a newer version are store_newer, for %s too', async (_, call) => {
    await admin.hset(`${BASE}state`, 'format', '2')
    const before = await contents()
    const error = await failureOf(call(store, record))
    expect([error instanceof StoreError && error.code, error.message]).toEqual([
      'store_newer',
      'The keys "{plan-tokens}:*" were written in format 2, by a newer version of plan-access-tokens. Update the package here, or give this version a prefix of its own.',
    ])
    expect(await contents()).toEqual(before)
  })

  it.each([
    ['state', 'set'],
    ['token:other', 'set'],
    ['digest:digest-other', 'lpush'],
    ['events', 'lpush'],
    ['plan-created:p2', 'set'],
    ['plan-expiring:p2', 'set'],
    ['plan-revoked:p2', 'set'],
    ['plan-events:p2', 'set'],
    ['token-events:other', 'set'],
    ['ends', 'set'],
    ['uses:other', 'set'],
  ] as const)(
    'something foreign in the key %s is store_unsuitable, and nothing of a commit is written',
    async (key, write) => {
      await admin.del(BASE + key)
      await admin.call(write, BASE + key, 'foreign')
      const before = await contents()
      const other = recordOf({ id: 'other', planId: 'p2' })
      const secrets = [{ digest: 'digest-other', issuedAt: T, worksUntil: null }]
      const error = await failureOf(store.commit({ ...other, secrets }, eventOf(other)))
      expect([error instanceof StoreError && error.code, error.message]).toEqual([
        'store_unsuitable',
        expect.stringContaining('"{plan-tokens}:" holds something of another kind'),
      ])
      expect(await contents()).toEqual(before)
    },
  )

  it('a digest that belongs to another token is an error, and nothing of the commit is written', async () => {
    const thief = recordOf({ secrets: [{ digest: 'digest-new', issuedAt: T, worksUntil: 0 }, ...record.secrets] })
    const before = await contents()
    expect(await codeOf(store.commit(thief, eventOf(thief)))).toMatch(/belongs to another token/)
    expect(await contents()).toEqual(before)
  })

  it.each([
    ['expiresAt', { expiresAt: Number.NaN }],
    ['createdAt', { createdAt: '2027-01-31' }],
    ['secrets', { secrets: [{ digest: 'digest-x', issuedAt: T }] }],
    ['revokedAt', { revokedAt: undefined }],
    ['resources', { resources: 'everything' }],
  ])('a record that could not be read back, for its %s, is not written', async (field, change) => {
    const wrong = recordOf(change as never)
    const before = await contents()
    expect(await codeOf(store.commit(wrong, eventOf(wrong, { at: T })))).toMatch(`record.${field}`)
    expect(await codeOf(store.commit(recordOf(), eventOf(wrong, { at: 1.5 })))).toMatch('event.at')
    expect(await contents()).toEqual(before)
  })

  it('a state that was lost is store_unsuitable before a number is given out twice or a bound is forgotten', async () => {
    for (const lose of [
      () => admin.del(`${BASE}state`),
      () => admin.hset(`${BASE}state`, 'format', '1', 'seq', '0'),
      () => admin.hset(`${BASE}state`, 'seq', 'x'),
    ]) {
      await lose()
      const before = await contents()
      const error = await failureOf(store.commit(...edited(record)))
      expect([error instanceof StoreError && error.code, error.message]).toEqual([
        'store_unsuitable',
        expect.stringMatching(/noeviction, and restore all keys/),
      ])
      expect(await contents()).toEqual(before)
      expect(await store.find(record.id)).toEqual(record)
    }
    await admin.del(`${BASE}state`)
    expect(await codeOf(store.bound(0))).toBe('store_unsuitable')
  })

  it('a full memory is store_unsuitable for all that adds, while look-ups and revoking go on', async () => {
    await admin.config('SET', 'maxmemory', '1')
    try {
      const before = await contents()
      for (const change of [[recordOf(), eventOf(record)] as const, edited(record)]) {
        const error = await failureOf(store.commit(change[0], { ...change[1], tokenId: change[0].id }))
        expect([error instanceof StoreError && error.code, error.message]).toEqual([
          'store_unsuitable',
          expect.stringMatching(/maxmemory.*can still be revoked/),
        ])
      }
      expect(await contents()).toEqual(before)
      expect(await store.find(record.id)).toEqual(record)
      expect(await store.bound(10)).toBe(10)
      // A process that has written nothing so far.
      const [ended, event] = revoked(record)
      expect(await redisStore(admin).commit(ended, event)).toBe(true)
      expect([await store.find(record.id), (await store.events({ limit: 9 })).length]).toEqual([ended, 2])
    } finally {
      await admin.config('SET', 'maxmemory', '0')
    }
  })

  it('a primary without the replicas that it must have refuses reads too, since another may have taken its place', async () => {
    await admin.config('SET', 'min-replicas-to-write', '1')
    try {
      for (const [, call] of CALLS) expect(await codeOf(call(store, record))).toMatch(/NOREPLICAS/)
    } finally {
      await admin.config('SET', 'min-replicas-to-write', '0')
    }
    expect(await store.find(record.id)).toEqual(record)
  })

  it('a replica refuses everything with store_unsuitable, what it could answer from its copy too', async () => {
    const replica = await startRedis()
    const { client, close } = await openIoredis({ nodes: [replica], stop: async () => undefined })
    try {
      await ask(replica, (copy) => copy.replicaof('127.0.0.1', server.port))
      await until(async () => (await admin.wait(1, 100)) === 1)
      expect(await ask(replica, (copy) => copy.exists(`${BASE}token:${record.id}`))).toBe(1)
      for (const [, call] of CALLS) {
        const error = await failureOf(call(redisStore(client), record))
        expect([error instanceof StoreError && error.code, error.message]).toEqual([
          'store_unsuitable',
          expect.stringMatching(/is a replica.*Connect the token store to the primary/),
        ])
      }
    } finally {
      await close()
      await replica.stop()
    }
  })

  it('a disk that fails is store_unsuitable for all that changes something, while look-ups go on', async () => {
    const failing = await startRedis()
    const { client, close } = await openIoredis({ nodes: [failing], stop: async () => undefined })
    try {
      const mine = redisStore(client)
      const kept = await add(mine)
      await rm(failing.folder, { recursive: true })
      await ask(failing, async (root) => {
        await root.config('SET', 'save', '3600 1000000')
        await root.bgsave()
        await until(async () => /rdb_last_bgsave_status:err/.test(await root.info('persistence')))
      })
      for (const [name, call] of CALLS)
        if (/commit|bound|recordUse|sweep/.test(name)) expect(await codeOf(call(mine, kept))).toBe('store_unsuitable')
      expect((await failureOf(mine.commit(...revoked(kept)))).message).toMatch(/cannot write to its disk/)
      expect(await mine.findByDigest(kept.secrets[0]!.digest)).toEqual(kept)
      expect(await mine.events({ limit: 9 })).toHaveLength(1)
    } finally {
      await close()
      await failing.stop()
    }
  })
})

describe.skipIf(!hasRedis)(`a Redis user (${NEEDS_REDIS})`, () => {
  const RIGHTS = '~{plan-tokens}:* resetchannels &{plan-tokens}:* +@read +@write +@pubsub +eval +evalsha +info'
  let server: RedisServer
  let record: TokenRecord
  beforeAll(async () => {
    server = await startRedis()
    const { client, close } = await openIoredis({ nodes: [server], stop: async () => undefined })
    record = await add(redisStore(client))
    await close()
  })
  afterAll(() => server?.stop())

  /** What a user with these rights gets of a store. */
  async function withRights<A>(rights: string, use: (store: RedisStore) => Promise<A>): Promise<A> {
    await ask(server, (admin) => admin.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', ...rights.split(' ')))
    const options = { username: 'app', password: 'pw', enableReadyCheck: false }
    const { client, close } = await openIoredis({ nodes: [server], stop: async () => undefined }, options)
    try {
      return await use(redisStore(client))
    } finally {
      await close()
    }
  }

  it.each(CALLS)('without any right is told by %s what it needs', async (_, call) => {
    const error = await withRights('+ping', (store) => failureOf(call(store, record)))
    expect([error instanceof StoreError && error.code, error.message]).toEqual([
      'store_forbidden',
      expect.stringContaining(`ACL SETUSER <user> ${RIGHTS}`),
    ])
  })

  it.each([
    ['the keys', RIGHTS.replace('~{plan-tokens}:*', '~other:*')],
    ['the channel', RIGHTS.replace(' &{plan-tokens}:*', '')],
    ...'set del hset hdel zadd zrem xadd publish get hget hmget zcard xrevrange info'
      .split(' ')
      .map((command): [string, string] => [command, `${RIGHTS} -${command}`]),
  ])('without %s is refused before anything of a commit is written', async (_, rights) => {
    const before = await contentsOf({ nodes: [server] })
    const other = recordOf()
    expect(await withRights(rights, (store) => codeOf(store.commit(other, eventOf(other))))).toBe('store_forbidden')
    expect(await contentsOf({ nodes: [server] })).toEqual(before)
  })

  it('with the rights that the message names can use every method', async () => {
    await withRights(RIGHTS, async (store) => {
      const stop = await new Promise<() => void>((resolve) => {
        const end: () => void = store.watch(() => resolve(end))
      })
      stop()
      for (const [, call] of CALLS) await call(store, record)
      expect(await store.find(record.id)).toBeUndefined()
    })
  })

  it('with a wrong password is told so, without the password', async () => {
    const client = new Redis({ port: server.port, username: 'app', password: 'digest-wrong', lazyConnect: true })
    client.on('error', () => undefined)
    const error = await failureOf(redisStore(client).find('t'))
    client.disconnect()
    expect(error.message).toMatch(/right user and password|did not answer/)
  })
})
