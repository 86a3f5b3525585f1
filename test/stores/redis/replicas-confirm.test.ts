/**
 * The option `replicas`: what is acknowledged without it can be lost in a failover, and with it is there. Between a primary and its
 * replica lies a wire that can keep back what the primary sends, while the replica goes on saying that it lives.
 */
import { connect, createServer, type Socket } from 'node:net'
import { type RedisClient, redisStore } from 'plan-access-tokens/stores/redis'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, hasRedis, NEEDS_REDIS, type RedisServer, startRedis } from '../../support/redis.ts'
import { add, eventOf, next, recordOf, T } from '../records.ts'
import { endAll, ends, ioredis, nodeRedis } from './session-support.ts'
import { until } from './support.ts'

afterEach(endAll)

/** A wire to a server. What it sends is kept back between `keepBack` and `letGo`. */
async function startWire(target: number) {
  let kept: (() => void)[] | undefined
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
    }
    far.on('data', (chunk) => (kept ? kept.push(() => near.write(chunk)) : near.write(chunk)))
    near.on('data', (chunk) => far.write(chunk))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    port: (server.address() as { port: number }).port,
    keepBack: () => {
      kept = []
    },
    letGo: () => {
      for (const send of kept ?? []) send()
      kept = undefined
    },
  }
}

/** A primary that wants a replica, and one that follows it over a wire. */
async function startPair() {
  const primary = await startRedis({
    ...{ appendonly: 'yes', appendfsync: 'always', 'repl-diskless-sync-delay': '0' },
    ...{ 'min-replicas-to-write': '1', 'min-replicas-max-lag': '10' },
  })
  ends.push(() => primary.stop())
  const wire = await startWire(primary.port)
  const replica = await startRedis({ replicaof: `127.0.0.1 ${wire.port}` })
  ends.push(() => replica.stop())
  await until(() => ask(primary, async (client) => /state=online/.test(await client.info('replication'))))
  return { primary, replica, wire }
}

/** Ends the primary for good and makes the replica one. */
async function failOver({ primary, replica }: { primary: RedisServer; replica: RedisServer }): Promise<void> {
  await primary.kill()
  await ask(replica, (client) => client.call('REPLICAOF', 'NO', 'ONE'))
}

const CLIENTS: readonly (readonly [string, (port: number) => Promise<RedisClient>])[] = [
  ['ioredis', (port) => ioredis(port)],
  ['node-redis', (port) => nodeRedis(port)],
  [
    'a client that cannot make replicas confirm at once',
    async (port) => {
      const client = await ioredis(port)
      return {
        eval: client.eval.bind(client),
        evalsha: client.evalsha.bind(client),
        duplicate: () => client.duplicate(),
      }
    },
  ],
]

describe.skipIf(!hasRedis)(`replicas that confirm (${NEEDS_REDIS})`, () => {
  it('without the option, a replica that takes over may lack a revoke that was acknowledged, whatever min-replicas-to-write says', async () => {
    const { primary, replica, wire } = await startPair()
    const store = redisStore(await ioredis(primary.port))
    const record = await add(store)
    await until(() => ask(replica, async (client) => (await client.dbsize()) > 0))
    wire.keepBack()
    const revoked = next(record, { revokedAt: T, revokedBy: 'admin' })
    expect(await store.commit(revoked, eventOf(revoked, { type: 'revoked' }))).toBe(true)
    await failOver({ primary, replica })
    expect(await redisStore(await ioredis(replica.port)).find(record.id)).toEqual(record)
  })

  it.each(CLIENTS)('%s: what was acknowledged is there when the replica takes over', async (_, open) => {
    const { primary, replica } = await startPair()
    const store = redisStore(await open(primary.port), { replicas: 1 })
    const record = await add(store)
    const revoked = next(record, { revokedAt: T, revokedBy: 'admin' })
    expect(await store.commit(revoked, eventOf(revoked, { type: 'revoked' }))).toBe(true)
    expect(await store.commit(revoked, eventOf(revoked))).toBe(false)
    expect(await store.bound(700)).toBe(700)
    await failOver({ primary, replica })
    const after = redisStore(await open(replica.port))
    expect([await after.find(record.id), await after.bound(0)]).toEqual([revoked, 700])
  })

  it('what a replica lacks is not acknowledged, and not told to whoever looks what became of it, until it has it', async () => {
    const { primary, wire } = await startPair()
    const store = redisStore(await ioredis(primary.port), { replicas: 1 })
    const record = await add(store)
    wire.keepBack()
    const changed = next(record, { name: 'Changed' })
    const outcomes = await Promise.allSettled([
      store.commit(changed, eventOf(changed)),
      store.find(record.id),
      store.bound(0),
    ])
    expect(outcomes).toEqual(
      outcomes.map(() => ({
        ...{
          status: 'rejected',
          reason: expect.objectContaining({ message: expect.stringContaining('than 1 have confirmed') }),
        },
      })),
    )
    const look = store.find(record.id)
    // It was written: requests, which may be answered by it, do not wait.
    expect(await store.findByDigest(`digest-${record.id}`)).toEqual(changed)
    wire.letGo()
    expect(await look).toEqual(changed)
    wire.keepBack()
    // Nothing is open any more, so that looking costs nothing.
    expect(await store.find(record.id)).toEqual(changed)
  }, 60_000)

  it('where there are fewer replicas than that, nothing is acknowledged', async () => {
    const { primary } = await startPair()
    const store = redisStore(await ioredis(primary.port), { replicas: 2 })
    await expect(store.commit(recordOf(), eventOf(recordOf()))).rejects.toThrow('than 2 have confirmed')
  }, 60_000)
})
