/**
 * Servers that answer from a copy: replicas that take writes, that have lost their primary, behind Sentinel or in a cluster. Each
 * is refused, or its client asks the primary. The table of docs/stores.md, tried on real servers.
 */
import { Cluster, type Redis } from 'ioredis'
import { type RedisClient, redisStore } from 'plan-access-tokens/stores/redis'
import { createCluster } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  addReplica,
  ask,
  hasRedis,
  holderOf,
  NEEDS_REDIS,
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
  startSentinel,
} from '../../support/redis.ts'
import { add } from '../records.ts'
import { endAll, ends, ioredis, keepsItsPromise, nodeRedis, refusesAll, withOneRedis } from './session-support.ts'
import { until } from './support.ts'

const BASE = '{plan-tokens}:'
afterEach(endAll)

describe.skipIf(!hasRedis)(`copies of one Redis (${NEEDS_REDIS})`, () => {
  let server: RedisServer
  let admin: Redis
  withOneRedis((...made) => {
    ;[server, admin] = made
  })

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
})

describe.skipIf(!hasRedis)(`a cluster with replicas (${NEEDS_REDIS})`, () => {
  let cluster: RedisCluster
  let replica: RedisServer
  beforeAll(async () => {
    cluster = await startRedisCluster()
    const primary = await holderOf(cluster, `${BASE}state`)
    replica = await addReplica(cluster, primary, { 'replica-read-only': 'no', 'repl-diskless-sync-delay': '0' })
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
