/** Clients as a host sets them up, and what their stores must do or refuse. */
import { Redis } from 'ioredis'
import { StoreError } from 'plan-access-tokens'
import type { RedisClient, RedisStore } from 'plan-access-tokens/stores/redis'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type RedisServer, startRedis } from '../../support/redis.ts'
import { add, eventOf, next, recordOf, seqs, T } from '../records.ts'
import { failureOf } from './support.ts'

/** One server for the tests of a suite, emptied before each, with a client that has nothing set; `take` is told both. */
export function withOneRedis(take: (server: RedisServer, admin: Redis) => void): void {
  let server: RedisServer | undefined
  let admin: Redis | undefined
  beforeAll(async () => {
    server = await startRedis({ 'repl-diskless-sync-delay': '0' })
    admin = new Redis({ port: server.port })
    take(server, admin)
  })
  afterAll(async () => {
    admin?.disconnect()
    await server?.stop()
  })
  beforeEach(() => admin?.flushall())
}

/** What a test has opened. */
export const ends: (() => unknown)[] = []

/** Ends all of it, the last one first: for `afterEach`. */
export async function endAll(): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end()
}

/** A client of ioredis. */
export async function ioredis(port: number, options: object = {}): Promise<Redis> {
  const client = new Redis({ port, lazyConnect: true, ...options })
  client.on('error', () => undefined)
  await client.connect()
  ends.push(() => client.disconnect())
  return client
}

/** A client of node-redis, with its types mapped. */
export async function nodeRedis(port: number, options: object = {}, mapping?: object): Promise<RedisClient> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, ...options })
  client.on('error', () => undefined)
  await client.connect()
  ends.push(() => client.destroy())
  return (mapping ? client.withTypeMapping(mapping) : client) as RedisClient
}

/** A store keeps its promise beside another process. */
export async function keepsItsPromise(store: RedisStore, other: RedisStore): Promise<void> {
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

/** Every call is refused as `store_unsuitable`, in words that match. */
export async function refusesAll(store: RedisStore, word: RegExp): Promise<void> {
  for (const [name, call] of CALLS) {
    const error = await failureOf(call(store))
    expect([name, error instanceof StoreError && error.code, error.message]).toEqual([
      name,
      'store_unsuitable',
      expect.stringMatching(word),
    ])
  }
}
