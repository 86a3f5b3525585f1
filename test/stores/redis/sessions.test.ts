/**
 * What a host can set on a Redis server or on a client, and what the store makes of it: the promise holds all the same, or the
 * error names the setting. The table of docs/stores.md, tried on real servers. Replicas: replicas.test.ts.
 */
import { Redis } from 'ioredis'
import { type RedisClient, redisStore } from 'plan-access-tokens/stores/redis'
import { RESP_TYPES } from 'redis'
import { afterEach, describe, expect, it } from 'vitest'
import { hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from '../../support/redis.ts'
import { add, eventOf, recordOf } from '../records.ts'
import { endAll, ends, ioredis, keepsItsPromise, nodeRedis, refusesAll, withOneRedis } from './session-support.ts'
import { failureOf } from './support.ts'

afterEach(endAll)

describe.skipIf(!hasRedis)(`one Redis (${NEEDS_REDIS})`, () => {
  let server: RedisServer
  let admin: Redis
  withOneRedis((...made) => {
    ;[server, admin] = made
  })

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
