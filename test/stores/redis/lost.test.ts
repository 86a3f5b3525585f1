/** Lost answers, lost connections, a server that is killed: what was acknowledged stays, and nothing is done twice. */
import type { TokenRecord } from 'plan-access-tokens'
import { redisStore } from 'plan-access-tokens/stores/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from '../../support/redis.ts'
import { add, eventOf, next, recordOf, seqs } from '../records.ts'
import { type Opened, openIoredis, openNodeRedis } from './clients.ts'
import { startWire, type Wire } from './proxy.ts'
import { codeOf, failureOf } from './support.ts'

/** A server at the other end of the wire. */
const over = ({ port, url }: Wire) => ({ nodes: [{ port, url } as RedisServer], stop: async () => undefined })
const OPEN = { ioredis: openIoredis, 'node-redis': openNodeRedis }

describe.skipIf(!hasRedis)(`a lost answer (${NEEDS_REDIS})`, () => {
  let server: RedisServer
  let wire: Wire
  const opened: Opened[] = []
  let count = 0
  let prefix = ''
  beforeAll(async () => {
    server = await startRedis()
    wire = await startWire(server.port)
  })
  beforeEach(() => {
    prefix = `lost-${++count}`
  })
  afterAll(async () => {
    for (const { close } of opened) await close()
    await wire?.stop()
    await server?.stop()
  })
  const storeOver = async (kind: keyof typeof OPEN, where: 'wire' | 'server') => {
    const one = await OPEN[kind](where === 'wire' ? over(wire) : { nodes: [server], stop: async () => undefined })
    opened.push(one)
    return redisStore(one.client, { prefix })
  }

  it.each(['ioredis', 'node-redis'] as const)('of a look-up is asked for again (%s)', async (kind) => {
    const store = await storeOver(kind, 'wire')
    const record = await add(store)
    const lost = wire.loseAnswer()
    expect(await store.findByDigest(record.secrets[0]!.digest)).toEqual(record)
    await lost
    for (const read of [
      () => store.find(record.id),
      () => store.events({ limit: 9 }),
      () => store.list({ planId: 'p1', order: 'newest', now: 0, limit: 9 }),
      () => store.lastUse([record.id]),
      () => store.bound(7),
    ]) {
      const expected = await read()
      const again = wire.loseAnswer()
      expect(await read()).toEqual(expected)
      await again
    }
  })

  it('of a commit is an error, and the commit is done once (node-redis)', async () => {
    const store = await storeOver('node-redis', 'wire')
    const first = await add(store)
    const second = next(first)
    const lost = wire.loseAnswer()
    expect(await codeOf(store.commit(second, eventOf(second)))).toMatch(/^Error: Redis did not answer/)
    await lost
    expect(await store.find(first.id)).toEqual(second)
    expect(await store.commit(second, eventOf(second))).toBe(false)
    expect(seqs(await store.events({ limit: 9 }))).toEqual([1, 2])
  })

  it('of a commit that the client sends again by itself is true, and the commit is done once (ioredis)', async () => {
    const store = await storeOver('ioredis', 'wire')
    const first = await add(store)
    const second = next(first)
    const lost = wire.loseAnswer()
    expect(await store.commit(second, eventOf(second))).toBe(true)
    await lost
    expect(await store.find(first.id)).toEqual(second)
    expect(seqs(await store.events({ limit: 9 }))).toEqual([1, 2])
    // A call that was made again is another matter: the port says false.
    expect(await store.commit(second, eventOf(second))).toBe(false)
  })

  it('of a commit is true too if another one came before the client sent it again (ioredis)', async () => {
    const [store, other] = [await storeOver('ioredis', 'wire'), await storeOver('ioredis', 'server')]
    const first = await add(store)
    const second = next(first)
    const release = wire.hold()
    const lost = wire.loseAnswer()
    const answer = store.commit(second, eventOf(second))
    await lost
    let last = second
    for (let i = 0; i < 3; i++) {
      last = next(last)
      expect(await other.commit(last, eventOf(last))).toBe(true)
    }
    release()
    expect(await answer).toBe(true)
    expect(await store.find(first.id)).toEqual(last)
    expect((await store.events({ limit: 9 })).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5])
  })
})

describe.skipIf(!hasRedis)(`a server that is killed (${NEEDS_REDIS})`, () => {
  it.each([
    ['ioredis', openIoredis, { maxRetriesPerRequest: 0, retryStrategy: () => null }],
    ['node-redis', openNodeRedis, { socket: { reconnectStrategy: false } }],
  ] as const)('loses nothing that was acknowledged, with appendfsync always (%s)', async (_, open, settings) => {
    const server = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
    const opened: Opened[] = []
    const connect = async (options: object) => {
      const one = await open({ nodes: [server], stop: async () => undefined }, options)
      opened.push(one)
      return redisStore(one.client)
    }
    try {
      const store = await connect(settings)
      const acknowledged = new Map<string, TokenRecord>()
      let commits = 0
      let isKilled: Promise<void> | undefined
      const write = async (i: number): Promise<unknown> => {
        let record = recordOf({
          ...{ id: `kill-${i}`, secrets: [{ digest: `digest-kill-${i}`, issuedAt: 0, worksUntil: null }] },
        })
        for (;;) {
          if (await store.commit(record, eventOf(record)).catch(() => false)) acknowledged.set(record.id, record)
          else return
          if (++commits === 300) isKilled = server.kill()
          record = next(record)
        }
      }
      await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(write))
      await isKilled
      expect(await codeOf(store.find('kill-0'))).toMatch(/^Error: Redis did not answer/)
      await server.restart()

      const after = await connect({})
      const events = await after.events({ limit: 10_000 })
      expect(seqs(events)).toEqual(events.map((_event, i) => i + 1))
      expect(events.length).toBeGreaterThanOrEqual(commits)
      for (const { id, version, secrets } of acknowledged.values()) {
        const found = await after.findByDigest(secrets[0]!.digest)
        // The one whose answer was lost may be there too.
        expect([version, version + 1]).toContain(found?.version)
        const versions = events.filter(({ tokenId }) => tokenId === id).map((event) => event.version)
        expect(versions).toEqual(Array.from({ length: found!.version }, (_version, i) => i + 1))
      }
    } finally {
      for (const { close } of opened) await Promise.resolve(close()).catch(() => undefined)
      await server.stop()
    }
  })

  it('is waited for and found again by a client that connects anew', async () => {
    const server = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
    const { client, close } = await openIoredis({ nodes: [server], stop: async () => undefined })
    try {
      const store = redisStore(client)
      const record = await add(store)
      await server.kill()
      const found = store.find(record.id)
      await server.restart()
      expect(await found).toEqual(record)
    } finally {
      await close()
      await server.stop()
    }
  })

  it('that cannot be reached is an error that says so', async () => {
    const server = await startRedis()
    const { client, close } = await openNodeRedis({ nodes: [server], stop: async () => undefined })
    await close()
    await server.stop()
    const error = await failureOf(redisStore(client).find('token-1'))
    expect(error.message).toBe('Redis did not answer the token store: The client is closed')
  })
})
