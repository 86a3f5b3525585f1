/** What is Redis's own and depends on the client: keys, scripts that the server forgot, news, numbers without gaps. */
import { randomBytes } from 'node:crypto'
import type { NewEvent, TokenRecord } from 'plan-access-tokens'
import { redisStore } from 'plan-access-tokens/stores/redis'
import { RESP_TYPES } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, hasRedis, NEEDS_REDIS } from '../../support/redis.ts'
import { add, eventOf, next, recordOf, seqs, T } from '../records.ts'
import { CLIENTS, type Opened, openIoredis, openNodeRedis, type Servers } from './clients.ts'
import { codeOf, contentsOf, until } from './support.ts'

describe.skipIf(!hasRedis).each(CLIENTS)(`over $name (${NEEDS_REDIS})`, ({ name, start, open }) => {
  let servers: Servers
  const clients: Opened[] = []
  const openClient = async () => {
    const opened = await open(servers)
    clients.push(opened)
    return opened.client
  }
  const everywhere = <A>(question: Parameters<typeof ask<A>>[1]) =>
    Promise.all(servers.nodes.map((node) => ask(node, question)))
  /** How many connections listen, on all nodes. */
  const listeners = async () => {
    const lists = await everywhere((client) => client.call('CLIENT', 'LIST', 'TYPE', 'pubsub') as Promise<string>)
    return lists.join('').split('\n').filter(Boolean).length
  }
  beforeAll(async () => {
    servers = await start()
  })
  afterAll(async () => {
    for (const { close } of clients) await close()
    await servers?.stop()
  })

  it('keeps every key below its prefix and in one slot, so that two stores never meet', async () => {
    const client = await openClient()
    const [one, two] = [redisStore(client), redisStore(client, { prefix: 'other:1' })]
    const record = await add(one)
    await one.bound(100)
    await one.recordUse([{ tokenId: record.id, digest: record.secrets[0]!.digest, at: T }])
    expect([await two.find(record.id), await two.bound(0), await two.events({ limit: 9 })]).toEqual([undefined, 0, []])
    await add(two)
    const keys = Object.keys(await contentsOf(servers))
    expect(keys.filter((key) => !/^\{(plan-tokens|other:1)\}:/.test(key))).toEqual([])
    expect(keys.filter((key) => key.startsWith('{plan-tokens}:'))).toHaveLength(11)
    expect(await one.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })).toEqual([record])
  })

  it('goes on after the server has forgotten its scripts', async () => {
    const store = redisStore(await openClient(), { prefix: 'flush' })
    const record = await add(store)
    for (let i = 0; i < 2; i++) {
      await everywhere((client) => client.script('FLUSH'))
      const changed = next(recordOf({ ...record, version: i + 1 }))
      expect(await store.commit(changed, eventOf(changed))).toBe(true)
      await everywhere((client) => client.script('FLUSH'))
      expect((await store.findByDigest(record.secrets[0]!.digest))?.version).toBe(i + 2)
    }
    expect(seqs(await store.events({ limit: 9 }))).toEqual([1, 2, 3])
  })

  it('numbers the events of many writers without a gap, and no reader sees one before those under it', async () => {
    const stores = await Promise.all([1, 2, 3].map(async () => redisStore(await openClient(), { prefix: 'writers' })))
    let writing = true
    const read = async (): Promise<number[]> => {
      const seen: number[] = []
      for (let isLast = false; ; isLast = !writing) {
        seen.push(...seqs(await stores[2]!.events({ limit: 50, ...(seen.length > 0 && { after: seen.at(-1)! }) })))
        if (isLast) return seen
      }
    }
    const write = async (i: number) => {
      let record = recordOf({ id: `writer-${i}`, secrets: [{ digest: `digest-w${i}`, issuedAt: T, worksUntil: null }] })
      for (let n = 0; n < 30; n++) {
        expect(await stores[i % 2]!.commit(record, eventOf(record))).toBe(true)
        record = next(record)
      }
    }
    const reader = read()
    await Promise.all([0, 1, 2, 3, 4, 5].map(write))
    writing = false
    expect(await reader).toEqual(Array.from({ length: 180 }, (_, i) => i + 1))
  })

  it('gives news of a commit by another client, also after its connection was killed, until it is ended', async () => {
    const writer = redisStore(await openClient(), { prefix: 'news' })
    const client = await openClient()
    const store = redisStore(client, { prefix: 'news' })
    let wakes = 0
    const stop = store.watch(() => {
      wakes += 1
      throw new Error('The affair of whoever listens.')
    })
    // The first one comes when the connection stands.
    await until(() => wakes > 0)
    await until(async () => (await listeners()) > 0)
    const before = wakes
    const record = await add(writer)
    await until(() => wakes > before)

    const atKill = wakes
    await everywhere((admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub'))
    // News may have been lost meanwhile. A client of a cluster tells nobody that it has connected anew.
    if (!name.includes('cluster')) await until(() => wakes > atKill)
    let last: TokenRecord = record
    for (const seen = wakes; wakes === seen; ) {
      last = next(last)
      expect(await writer.commit(last, eventOf(last))).toBe(true)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }

    stop()
    stop()
    await until(async () => (await listeners()) === 0)
    const atEnd = wakes
    last = next(last)
    await writer.commit(last, eventOf(last))
    expect(await store.find(record.id)).toEqual(last)
    expect(wakes).toBe(atEnd)
  })

  it('can be ended before its connection stands', async () => {
    const store = redisStore(await openClient(), { prefix: 'ended' })
    store.watch(() => undefined)()
    // Another one that stands was begun later.
    const stop = await new Promise<() => void>((resolve) => {
      const end: () => void = store.watch(() => resolve(end))
    })
    await until(async () => (await listeners()) === 1)
    stop()
    await until(async () => (await listeners()) === 0)
    expect(await store.find('t')).toBeUndefined()
  })

  if (name.includes('cluster'))
    it('refuses everything while the cluster moves its slot, since half of it is here and half there', async () => {
      const store = redisStore(await openClient(), { prefix: 'moved' })
      const record = await add(store)
      const changed = next(record)
      const keys = Object.keys(await contentsOf(servers)).filter((key) => key.startsWith('{moved}:'))
      const [slot] = await everywhere((client) => client.call('CLUSTER', 'KEYSLOT', keys[0]!) as Promise<number>)
      const counts = await everywhere((client) => client.exists(...keys).catch(() => 0))
      const at = counts.findIndex((count) => count > 0)
      const [source, target] = [servers.nodes[at]!, servers.nodes[(at + 1) % 3]!]
      const idOf = (node: typeof source) => ask(node, (client) => client.call('CLUSTER', 'MYID') as Promise<string>)
      const [from, to] = [await idOf(source), await idOf(target)]
      const setSlot = (node: typeof source, ...state: string[]) =>
        ask(node, (client) => client.call('CLUSTER', 'SETSLOT', slot!, ...state))
      const move = (key: string) => ask(source, (client) => client.migrate('127.0.0.1', target.port, key, 0, 5_000))
      const refused = async () => {
        for (const call of [
          () => store.find(record.id),
          () => store.findByDigest(record.secrets[0]!.digest),
          () => store.events({ limit: 9 }),
          () => store.commit(changed, eventOf(changed)),
          () => store.bound(9),
        ])
          expect(await codeOf(call())).toMatch(/TRYAGAIN|did not answer/)
      }

      await setSlot(target, 'IMPORTING', from)
      await setSlot(source, 'MIGRATING', to)
      await refused()
      await move('{moved}:state')
      await refused()
      for (const key of keys.filter((one) => one !== '{moved}:state')) await move(key)
      for (const node of [target, source, servers.nodes[(at + 2) % 3]!]) await setSlot(node, 'NODE', to)

      expect(await store.find(record.id)).toEqual(record)
      expect(await store.commit(changed, eventOf(changed))).toBe(true)
      expect(seqs(await store.events({ limit: 9 }))).toEqual([1, 2])
    })

  it('keeps the largest record exactly: 1,000 resources, 1,000 secrets, any letters', async () => {
    const store = redisStore(await openClient(), { prefix: 'large' })
    const link = `https://example.com/${'é漢😀'.repeat(300)}`
    const resources = Array.from({ length: 1_000 }, (_, i) => ({ kind: 'file', id: `f${i}`, link: link + i }))
    const secretOf = (i: number) => ({ digest: `digest-large-${i}`, issuedAt: T + i, worksUntil: i === 999 ? null : T })
    const idempotency = Array.from({ length: 200 }, (_, i) => ({
      ...{
        call: 'refresh' as const,
        key: `k${i}`,
        input: randomBytes(32).toString('hex'),
        digest: `digest-large-${i}`,
      },
    }))
    const first = await add(store, {
      ...{ resources, idempotency, name: '‏שלום é́ 👩‍👩‍👧 \u0000', description: '漢'.repeat(1_000), scopes: [] },
      ...{ secrets: Array.from({ length: 1_000 }, (_, i) => secretOf(i)), expiresAt: Number.MAX_SAFE_INTEGER },
    })
    expect(await store.find(first.id)).toEqual(first)
    const useOf = (i: number) => ({ tokenId: first.id, digest: `digest-large-${i}`, at: T + i })
    await store.recordUse([useOf(0), useOf(1)])
    expect(await store.lastUse([first.id])).toHaveLength(2)
    // One secret more, the oldest forgotten.
    const newest = { digest: 'digest-large-new', issuedAt: T, worksUntil: null }
    const second = next(first, { secrets: [...first.secrets.slice(1), newest] })
    const changes: NewEvent['changes'] = { resources: { before: resources, after: [] }, x: { before: null, after: {} } }
    expect(await store.commit(second, eventOf(second, { changes }))).toBe(true)
    expect(await store.findByDigest('digest-large-new')).toEqual(second)
    expect(await store.findByDigest('digest-large-1')).toEqual(second)
    expect(await store.findByDigest('digest-large-0')).toBeUndefined()
    expect(await store.lastUse([first.id])).toEqual([useOf(1)])
    expect((await store.events({ tokenId: first.id, limit: 9 })).at(-1)).toEqual({
      ...{ ...eventOf(second, { changes }), seq: 2 },
    })
  })
})

describe.skipIf(!hasRedis)(`a client with settings of its own (${NEEDS_REDIS})`, () => {
  const [{ start }] = CLIENTS as [(typeof CLIENTS)[number]]
  let servers: Servers
  beforeAll(async () => {
    servers = await start()
  })
  afterAll(() => servers?.stop())

  it.each([
    ['ioredis with numbers as text', openIoredis, { stringNumbers: true }],
    ['ioredis that gathers commands', openIoredis, { enableAutoPipelining: true }],
    ['ioredis with a prefix', openIoredis, { keyPrefix: 'app{1}:' }],
    ['ioredis with the older protocol', openIoredis, { protocol: 2 }],
    ['ioredis in another database', openIoredis, { db: 3 }],
    ['node-redis with the older protocol', openNodeRedis, { RESP: 2 }],
    ['node-redis with a prefix', openNodeRedis, { keyPrefix: 'app:' }],
    [
      'node-redis with bytes for text',
      openNodeRedis,
      { RESP: 3, commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } },
    ],
  ] as const)('gives the same: %s', async (name, open, options) => {
    await Promise.all(servers.nodes.map((node) => ask(node, (client) => client.flushall())))
    const { client, close } = await open(servers, options)
    try {
      const store = redisStore(client)
      let wakes = 0
      const stop = store.watch(() => {
        wakes += 1
      })
      await until(() => wakes > 0)
      const record = await add(store, { name: '漢字 😀', scopes: [] })
      const changed = next(record, { resources: [{ kind: 'file', id: 'f', link: 'ü' }] })
      const before = wakes
      expect(await store.commit(changed, eventOf(changed))).toBe(true)
      await until(() => wakes > before)
      stop()
      const use = { tokenId: record.id, digest: record.secrets[0]!.digest, at: T }
      await store.recordUse([use])
      expect(await store.findByDigest(use.digest)).toEqual(changed)
      expect(await Promise.all([store.find(record.id), store.find('none')])).toEqual([changed, undefined])
      expect(await store.list({ planId: 'p1', order: 'expiry', now: T, limit: 9 })).toEqual([changed])
      expect(seqs(await store.events({ limit: 9 }))).toEqual([1, 2])
      expect([await store.bound(250), await store.lastUse([record.id])]).toEqual([250, [use]])
      expect(await store.sweep({ before: T * 2, limit: 9 })).toEqual({ records: 1, events: 1 })
      const prefix = name.endsWith('prefix') ? /^app(\{1\})?:\{plan-tokens\}:/ : /^\{plan-tokens\}:/
      expect(Object.keys(await contentsOf(servers)).filter((key) => !prefix.test(key))).toEqual([])
    } finally {
      await close()
    }
  })
})
