/** Groups of Redis servers for failovers: with Sentinel, and as a cluster. */
import {
  addReplica,
  ask,
  holderOf,
  type RedisServer,
  startRedis,
  startRedisCluster,
  startSentinel,
} from '../support/redis.ts'
import type { Connection } from './connections.ts'
import type { Group } from './failover.ts'

/** After so long without an answer a server counts as gone, in milliseconds. */
const GONE_MS = 3_000
/** As docs/scaling-out.md has them: a primary that was cut off falls silent before another one takes over. */
const SETTINGS = {
  ...{ appendonly: 'yes', appendfsync: 'always', 'repl-diskless-sync-delay': '0' },
  ...{ 'min-replicas-to-write': '1', 'min-replicas-max-lag': '2' },
}
const CLUSTER = { ...SETTINGS, 'cluster-node-timeout': String(GONE_MS), 'cluster-allow-replica-migration': 'no' }

/** A failover closes the connections of every server that changes its part (Sentinel's CLIENT KILL), ours among them. */
const asked: typeof ask = (server, question) => ask(server, question).catch(() => ask(server, question))
const pidOf = (server: RedisServer): Promise<number> =>
  asked(server, async (client) => Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]))
const infoOf = (server: RedisServer): Promise<string> => asked(server, (client) => client.info('replication'))
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 50))
}

/** A primary and its replicas, whoever sees to the failover. */
async function groupOf(
  primary: RedisServer,
  copies: readonly RedisServer[],
  rest: Pick<Group, 'connections' | 'close'>,
  rejoin: (server: RedisServer, primary: RedisServer) => Promise<unknown>,
): Promise<Group> {
  const all = [primary, ...copies]
  let lost: RedisServer | undefined
  let stopped: readonly number[] = []
  const others = () => all.filter((server) => server !== primary && server !== lost)
  return {
    ...rest,
    vacancyMs: GONE_MS - 500,
    async lose(how) {
      lost = primary
      if (how === 'is killed') await primary.kill()
      else process.kill(await pidOf(primary), 'SIGSTOP')
    },
    async takeOver() {
      const left = others()
      await until(async () => {
        for (const server of left) if (/role:master/.test(await infoOf(server))) primary = server
        return left.includes(primary) && /connected_slaves:[1-9]/.test(await infoOf(primary))
      })
    },
    async mend() {
      const back = lost as RedisServer
      await back.restart()
      await rejoin(back, primary)
      lost = undefined
      await until(async () => (await infoOf(primary)).split('state=online').length === all.length)
    },
    async loseCopies() {
      stopped = await Promise.all(others().map(pidOf))
      for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    },
    async bringCopies() {
      for (const pid of stopped) process.kill(pid, 'SIGCONT')
    },
  }
}

/** A primary with two replicas and a Sentinel, for both kinds of clients. */
export async function startBySentinel(): Promise<Group> {
  const primary = await startRedis(SETTINGS)
  const follow = { ...SETTINGS, replicaof: `127.0.0.1 ${primary.port}` }
  const copies = [await startRedis(follow), await startRedis(follow)]
  await until(async () => (await infoOf(primary)).split('state=online').length === 3)
  const sentinel = await startSentinel(primary, GONE_MS)
  const close = async (): Promise<void> => {
    for (const server of [sentinel, primary, ...copies]) await server.stop()
  }
  const ports = [sentinel.port]
  const connections: Connection[] = [
    { client: 'ioredis, Sentinel', ports },
    { client: 'node-redis, Sentinel', ports },
  ]
  return groupOf(primary, copies, { connections, close }, (server, next) =>
    asked(server, (client) => client.replicaof('127.0.0.1', next.port)),
  )
}

/** A cluster in which the store's primary has two replicas, for one kind of client. */
export async function startInCluster(client: 'ioredis, cluster' | 'node-redis, cluster'): Promise<Group> {
  const cluster = await startRedisCluster(CLUSTER)
  const primary = await holderOf(cluster, '{plan-tokens}:state')
  const copies = [await addReplica(cluster, primary, CLUSTER), await addReplica(cluster, primary, CLUSTER)]
  await until(async () => (await infoOf(primary)).split('state=online').length === 3)
  const close = async (): Promise<void> => {
    for (const copy of copies) await copy.stop()
    await cluster.stop()
  }
  const ports = cluster.nodes.map(({ port }) => port)
  return groupOf(primary, copies, { connections: [{ client, ports }], close }, async () => undefined)
}
