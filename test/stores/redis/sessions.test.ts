/**
 * What a host can set on a Redis server or on a client, and what the store makes of it: the promise holds all the same, or the
 * error names the setting. The table of docs/stores.md, tried on real servers.
 */
import { Cluster, Redis } from 'ioredis'
import { StoreError } from 'plan-access-tokens'
import { type RedisClient, type RedisStore, redisStore } from 'plan-access-tokens/stores/redis'
import { createClient, createCluster, RESP_TYPES } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  ask,
  hasRedis,
  NEEDS_REDIS,
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
  startSentinel,
} from '../../support/redis.ts'
import { add, eventOf, next, recordOf, seqs, T } from '../records.ts'
import { failureOf, until } from './support.ts'

const BASE = '{plan-tokens}:'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function ioredis(port: number, options: object = {}): Promise<Redis> {
  const client = new Redis({ port, lazyConnect: true, ...options })
  client.on('error', () => undefined)
  await client.connect()
  ends.push(() => client.disconnect())
  return client
}

async function nodeRedis(port: number, options: object = {}, mapping?: object): Promise<RedisClient> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, ...options })
  client.on('error', () => undefined)
  await client.connect()
  ends.push(() => client.destroy())
  return (mapping ? client.withTypeMapping(mapping) : client) as RedisClient
}

/** A store keeps its promise beside another process. */
async function keepsItsPromise(store: RedisStore, other: RedisStore): Promise<void> {
  const record = await add(other, { name: 'é 漢 😀 \\ \' "', planId: 'plan é' })
  const digest = record.secrets[0]?.digest ?? ''
  expect(await store.findByDigest(digest)).toEqual(record)
  expect(await store.findByDigest('digest-unknown')).toBeUndefined()
  const revoked = next(record, { revokedAt: T, revokedBy: 'admin' })
  expect(await other.commit(revoked, eventOf(revoked, { type: 'revoked' }))).toBe(true)
  expect(await store.findByDigest(digest)).toEqual(revoked)
  expect(await store.find(record.id)).toEqual(revoked)
  const { seq = 0 } = (await store.events({ order: 'newest', limit: 1 }))[0] ?? {}
  expect(await store.events({ after: seq, limit: 9 })).toEqual([])
  expect(await store.bound(300)).toBe(300)
  const mine = await add(store)
  expect(seqs(await store.events({ after: seq, limit: 9 }))).toEqual([seq + 1])
  expect(await other.find(mine.id)).toEqual(mine)
  expect(await store.commit(mine, eventOf(mine))).toBe(false)
  expect(await store.list({ planId: 'plan é', order: 'expiry', now: T, limit: 9 })).toEqual([revoked])
  await store.recordUse([{ tokenId: mine.id, digest: `digest-${mine.id}`, at: T }])
  expect(await other.lastUse([mine.id])).toEqual([{ tokenId: mine.id, digest: `digest-${mine.id}`, at: T }])
  // The newest event always stays.
  expect((await store.sweep({ before: T * 2, limit: 9 })).records).toBe(2)
}

const CALLS: readonly (readonly [string, (store: RedisStore) => Promise<unknown>])[] = [
  ['findByDigest', (store) => store.findByDigest('digest-there')],
  ['find', (store) => store.find('there')],
  ['list', (store) => store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })],
  ['events', (store) => store.events({ limit: 9 })],
  ['bound', (store) => store.bound(5)],
  ['commit', (store) => store.commit(recordOf(), eventOf(recordOf()))],
]
async function refusesAll(store: RedisStore, word: RegExp): Promise<void> {
  for (const [name, call] of CALLS) {
    const error = await failureOf(call(store))
    expect([name, error instanceof StoreError && error.code, error.message]).toEqual([
      name,
      'store_unsuitable',
      expect.stringMatching(word),
    ])
  }
}

describe.skipIf(!hasRedis)(`one Redis (${NEEDS_REDIS})`, () => {
  let server: RedisServer
  let admin: Redis
  beforeAll(async () => {
    server = await startRedis({ 'repl-diskless-sync-delay': '0' })
    admin = new Redis({ port: server.port })
  })
  afterAll(async () => {
    admin?.disconnect()
    await server?.stop()
  })
  beforeEach(() => admin.flushall())

  it.each<[string, (port: number) => Promise<RedisClient>]>([
    ['ioredis as it is', (port) => ioredis(port)],
    ['ioredis, stringNumbers', (port) => ioredis(port, { stringNumbers: true })],
    ['ioredis, enableReadyCheck: false', (port) => ioredis(port, { enableReadyCheck: false })],
    ['ioredis, enableAutoPipelining', (port) => ioredis(port, { enableAutoPipelining: true })],
    ['ioredis, readOnly', (port) => ioredis(port, { readOnly: true })],
    ['ioredis, enableOfflineQueue: false', (port) => ioredis(port, { enableOfflineQueue: false })],
    ['ioredis, commandTimeout', (port) => ioredis(port, { commandTimeout: 60_000 })],
    ['ioredis, dropBufferSupport', (port) => ioredis(port, { dropBufferSupport: true })],
    ['ioredis, showFriendlyErrorStack', (port) => ioredis(port, { showFriendlyErrorStack: true })],
    ['node-redis as it is', (port) => nodeRedis(port)],
    ['node-redis, RESP 2', (port) => nodeRedis(port, { RESP: 2 })],
    ['node-redis, RESP 3', (port) => nodeRedis(port, { RESP: 3 })],
    ['node-redis, texts as Buffer', (port) => nodeRedis(port, {}, { [RESP_TYPES.BLOB_STRING]: Buffer })],
    ['node-redis, numbers as text', (port) => nodeRedis(port, {}, { [RESP_TYPES.NUMBER]: String })],
    [
      'node-redis, sets and maps of RESP 3 as arrays',
      (port) => nodeRedis(port, { RESP: 3 }, { [RESP_TYPES.MAP]: Array, [RESP_TYPES.SET]: Array }),
    ],
    ['node-redis, disableOfflineQueue', (port) => nodeRedis(port, { disableOfflineQueue: true })],
  ])('%s: the promise holds', async (_, open) => {
    await keepsItsPromise(redisStore(await open(server.port)), redisStore(admin))
  })

  it.each<[string, readonly [string, string][]]>([
    [
      'appendfsync everysec',
      [
        ['appendonly', 'yes'],
        ['appendfsync', 'everysec'],
      ],
    ],
    [
      'appendfsync always',
      [
        ['appendonly', 'yes'],
        ['appendfsync', 'always'],
      ],
    ],
    ['maxmemory-policy allkeys-lru without maxmemory', [['maxmemory-policy', 'allkeys-lru']]],
    [
      'maxmemory-policy volatile-lru',
      [
        ['maxmemory-policy', 'volatile-lru'],
        ['maxmemory', '500mb'],
      ],
    ],
    [
      'maxmemory-policy volatile-ttl',
      [
        ['maxmemory-policy', 'volatile-ttl'],
        ['maxmemory', '500mb'],
      ],
    ],
    [
      'lazy frees and active defragmentation',
      [
        ['lazyfree-lazy-user-del', 'yes'],
        ['lazyfree-lazy-server-del', 'yes'],
      ],
    ],
    ['replica-read-only no on a primary', [['replica-read-only', 'no']]],
    ['notify-keyspace-events', [['notify-keyspace-events', 'KEA']]],
    [
      'small encodings',
      [
        ['hash-max-listpack-entries', '1'],
        ['zset-max-listpack-entries', '1'],
      ],
    ],
  ])('a server with %s: the promise holds', async (_, settings) => {
    const before: [string, string][] = []
    for (const [name, value] of settings) {
      before.push([name, ((await admin.config('GET', name)) as string[])[1] ?? ''])
      await admin.config('SET', name, value)
    }
    ends.push(async () => {
      for (const [name, value] of before.toReversed()) await admin.config('SET', name, value)
    })
    await keepsItsPromise(redisStore(await ioredis(server.port)), redisStore(admin))
  })

  it.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])(
    'maxmemory-policy %s with maxmemory is refused before a token or a bound is written',
    async (policy) => {
      await admin.config('SET', 'maxmemory', '500mb')
      await admin.config('SET', 'maxmemory-policy', policy)
      ends.push(async () => {
        await admin.config('SET', 'maxmemory', '0')
        await admin.config('SET', 'maxmemory-policy', 'noeviction')
      })
      const store = redisStore(await ioredis(server.port))
      for (const call of [() => store.bound(1), () => store.commit(recordOf(), eventOf(recordOf()))])
        expect(await failureOf(call())).toMatchObject({
          code: 'store_unsuitable',
          message: expect.stringContaining('maxmemory-policy'),
        })
      expect(await admin.keys('*')).toEqual([])
    },
  )

  it.each([
    ['replica-read-only no, its link up', { 'replica-read-only': 'no' }, true, /replica-read-only no/],
    ['replica-read-only no, its link down', { 'replica-read-only': 'no' }, false, /replica-read-only no/],
    ['replica-read-only yes, its link down', {}, false, /is a replica/],
    ['replica-serve-stale-data no, its link down', { 'replica-serve-stale-data': 'no' }, false, /is a replica/],
  ] as const)('a replica with %s is refused by every call', async (_, settings, isUp, word) => {
    const primary = redisStore(admin)
    await add(primary, { id: 'there' })
    const replica = await startRedis(settings)
    ends.push(() => replica.stop())
    await ask(replica, (copy) => copy.replicaof('127.0.0.1', server.port))
    await until(async () => (await ask(replica, (copy) => copy.dbsize()).catch(() => 0)) > 0)
    if (!isUp) await ask(replica, (copy) => copy.replicaof('127.0.0.1', 1))
    // What it still holds is the token as it was.
    await refusesAll(redisStore(await ioredis(replica.port, { enableReadyCheck: false })), word)
    await refusesAll(redisStore(await nodeRedis(replica.port)), word)
  })

  it('a primary that becomes a replica which takes writes is refused from the next call on', async () => {
    const demoted = await startRedis({ 'replica-read-only': 'no' })
    ends.push(() => demoted.stop())
    const store = redisStore(await ioredis(demoted.port))
    const record = await add(store, { id: 'there' })
    expect(await store.findByDigest('digest-there')).toEqual(record)
    await ask(demoted, (server) => server.replicaof('127.0.0.1', 1))
    await refusesAll(store, /replica-read-only no/)
    await ask(demoted, (server) => server.call('REPLICAOF', 'NO', 'ONE'))
    expect(await store.findByDigest('digest-there')).toEqual(record)
  })

  it('Sentinel: its primary works, and a client that asks it for a replica is refused', async () => {
    const primary = await startRedis({ 'repl-diskless-sync-delay': '0' })
    const replica = await startRedis({ replicaof: `127.0.0.1 ${primary.port}` })
    ends.push(
      () => primary.stop(),
      () => replica.stop(),
    )
    const sentinel = await startSentinel(primary)
    ends.push(() => sentinel.stop())
    const through = (role: string) =>
      ioredis(0, { sentinels: [{ host: '127.0.0.1', port: sentinel.port }], name: 'tokens', role, port: undefined })
    const store = redisStore(await through('master'))
    await keepsItsPromise(store, redisStore(await ioredis(primary.port)))
    await refusesAll(redisStore(await through('slave')), /is a replica/)
  })

  it('a transaction that other code has begun on the connection is named, and nothing is believed', async () => {
    const client = await ioredis(server.port)
    const store = redisStore(client)
    await add(store, { id: 'there' })
    await client.call('MULTI')
    await refusesAll(store, /multi/)
    await client.call('DISCARD')
    expect((await store.find('there'))?.id).toBe('there')
  })

  it('another database that other code has selected knows no token', async () => {
    const client = await ioredis(server.port)
    const store = redisStore(client)
    await add(store, { id: 'there' })
    await client.select(1)
    expect(await store.findByDigest('digest-there')).toBeUndefined()
  })

  it.each(['evalsha', 'hget'])(
    'a server that was told to forget %s is named without what was sent',
    async (command) => {
      const bare = await startRedis({ 'rename-command': [command, ''] })
      ends.push(() => bare.stop())
      const error = await failureOf(redisStore(await ioredis(bare.port, { enableReadyCheck: false })).find('digest-x'))
      expect(error).toMatchObject({ code: 'store_unsuitable' })
    },
  )

  it.each<[string, (port: number) => Promise<RedisClient>, RegExp]>([
    [
      'a client that was ended',
      async (port) => {
        const client = await ioredis(port)
        client.disconnect()
        return client
      },
      /Connection is closed/,
    ],
    [
      'a node-redis that was ended',
      async (port) => {
        const client = (await nodeRedis(port)) as unknown as { destroy(): void }
        client.destroy()
        ends.pop()
        return client as unknown as RedisClient
      },
      /client is closed/i,
    ],
    [
      'a server that is not there',
      async () => {
        const client = new Redis({ port: 1, host: 'localhost', maxRetriesPerRequest: 0, retryStrategy: () => null })
        client.on('error', () => undefined)
        return client
      },
      /ECONNREFUSED|Connection is closed|max retries/,
    ],
  ])('keeps the words of the client for whoever operates it: %s', async (_, open, words) => {
    const error = await failureOf(redisStore(await open(server.port)).find('t'))
    expect(error.message).toMatch(words)
  })
})

describe.skipIf(!hasRedis)(`a cluster with replicas (${NEEDS_REDIS})`, () => {
  let cluster: RedisCluster
  let replica: RedisServer
  let primary: RedisServer
  beforeAll(async () => {
    cluster = await startRedisCluster()
    replica = await startRedis({ 'cluster-enabled': 'yes', 'replica-read-only': 'no', 'repl-diskless-sync-delay': '0' })
    const slot = await ask(
      cluster.nodes[0]!,
      (node) => node.call('CLUSTER', 'KEYSLOT', `${BASE}state`) as Promise<number>,
    )
    primary = cluster.nodes[Math.floor((slot * 3) / 16_384)]!
    const id = await ask(primary, (node) => node.call('CLUSTER', 'MYID') as Promise<string>)
    const bus = await ask(primary, async (node) =>
      /@(\d+)/.exec(
        ((await node.call('CLUSTER', 'NODES')) as string).split('\n').find((line) => line.includes('myself')) ?? '',
      ),
    )
    await ask(replica, (node) => node.call('CLUSTER', 'MEET', '127.0.0.1', primary.port, bus?.[1] ?? 0))
    await until(async () => ((await ask(replica, (node) => node.call('CLUSTER', 'NODES'))) as string).includes(id))
    await until(() =>
      ask(replica, (node) => node.call('CLUSTER', 'REPLICATE', id)).then(
        () => true,
        () => false,
      ),
    )
    await until(async () => /master_link_status:up/.test(await ask(replica, (node) => node.info('replication'))))
    for (const node of cluster.nodes)
      await until(async () =>
        ((await ask(node, (client) => client.call('CLUSTER', 'SLOTS'))) as unknown[][]).some(
          (range) => range.length > 3,
        ),
      )
  })
  afterAll(async () => {
    await replica?.stop()
    await cluster?.stop()
  })

  const nodes = () => cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port }))
  it.each<[string, () => Promise<RedisClient>]>([
    ...(['master', 'slave', 'all'] as const).map((scaleReads): [string, () => Promise<RedisClient>] => [
      `ioredis, scaleReads: '${scaleReads}'`,
      async () => {
        const client = new Cluster(nodes(), { scaleReads, lazyConnect: true })
        client.on('error', () => undefined)
        await client.connect()
        ends.push(() => client.disconnect())
        return client
      },
    ]),
    ...[false, true].map((useReplicas): [string, () => Promise<RedisClient>] => [
      `node-redis, useReplicas: ${useReplicas}`,
      async () => {
        const client = createCluster({ rootNodes: cluster.nodes.map(({ url }) => ({ url })), useReplicas })
        client.on('error', () => undefined)
        await client.connect()
        ends.push(() => client.destroy())
        return client as RedisClient
      },
    ]),
  ])('%s: every call goes to the primary, 20 times', async (_, open) => {
    const client = await open()
    const other = new Cluster(nodes(), { lazyConnect: true })
    await other.connect()
    ends.push(() => other.disconnect())
    for (let i = 0; i < 20; i++) await keepsItsPromise(redisStore(client), redisStore(other))
  })

  it('a connection to the replica itself in its read-only mode is refused', async () => {
    const client = await ioredis(replica.port, { readOnly: true, enableReadyCheck: false })
    await refusesAll(redisStore(client), /is a replica/)
  })
})
