/**
 * Real Redis servers for tests: each in a temporary folder and on a free loopback port, ended by its process id. Without
 * `redis-server` on the machine, `hasRedis` is false and tests say so in their titles.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../examples/npm-registry/free-port.ts'

/** The program; REDIS_SERVER names another one, such as Valkey's or an older Redis. */
const program = process.env.REDIS_SERVER ?? 'redis-server'

/** Whether there is a server program on this machine. */
export const hasRedis = spawnSync(program, ['--version']).status === 0
/** For the title of tests that need it. */
export const NEEDS_REDIS = 'skipped without it: apt-get install -y redis-server'

/** A server that runs. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Where its files are. */
  readonly folder: string
  /** Ends it as a power failure does, and waits until it is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port and the same files. */
  restart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** Settings as on the command line, without dashes. */
type Settings = Readonly<Record<string, string | readonly string[]>>

/** Starts a server that keeps nothing on disk unless settings say so. */
export async function startRedis(settings: Settings = {}): Promise<RedisServer> {
  return again(() => startOne(settings))
}

async function startOne(settings: Settings): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const port = await freePort()
  const all = { port: String(port), bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', ...settings }
  const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...[value].flat()])
  let child = await launch(flags, folder).catch(async (error) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    kill: () => end(child),
    async restart() {
      await end(child)
      child = await launch(flags, folder)
    },
    async stop() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Three primaries that share the slots. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  stop(): Promise<void>
}

/** Starts a cluster of three and waits until each node knows that all slots are served. */
export async function startRedisCluster(settings: Settings = {}): Promise<RedisCluster> {
  return again(() => startThree(settings))
}

async function startThree(settings: Settings): Promise<RedisCluster> {
  const nodes: RedisServer[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    const buses: number[] = []
    for (let i = 0; i < 3; i++) {
      buses.push(await freePort())
      nodes.push(await startRedis({ 'cluster-enabled': 'yes', 'cluster-port': String(buses[i]), ...settings }))
    }
    for (const [i, node] of nodes.entries()) await ask(node, (client) => takeSlots(client, i))
    // All meet the first node and hear of each other from it; two that greet each other at once may drop both greetings.
    for (const node of nodes.slice(1))
      await ask(node, (client) => client.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]!.port, buses[0]!))
    await Promise.all(nodes.map((node) => ask(node, untilServed)))
    return { nodes, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Gives a node its third of the slots. */
async function takeSlots(client: Redis, i: number): Promise<void> {
  const first = Math.ceil((i * 16_384) / 3)
  const last = Math.ceil(((i + 1) * 16_384) / 3) - 1
  await client.call('CLUSTER', 'ADDSLOTSRANGE', first, last)
  await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)
}

/** A cluster tells nobody when it has come together, so it is asked again and again. */
async function untilServed(client: Redis): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const info = (await client.call('CLUSTER', 'INFO')) as string
    const slots = (await client.call('CLUSTER', 'SLOTS')) as unknown[]
    if (/cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info) && slots.length === 3) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the cluster has not come together')
}

/** The primary of a cluster that has a key. */
export async function holderOf({ nodes }: RedisCluster, key: string): Promise<RedisServer> {
  const slot = await ask(nodes[0]!, (node) => node.call('CLUSTER', 'KEYSLOT', key) as Promise<number>)
  return nodes[Math.floor((slot * 3) / 16_384)]!
}

/** Starts a replica of a primary in a cluster, and waits until every node knows it. */
export async function addReplica(
  cluster: RedisCluster,
  primary: RedisServer,
  settings: Settings = {},
): Promise<RedisServer> {
  const bus = String(await freePort())
  const replica = await startRedis({ 'cluster-enabled': 'yes', 'cluster-port': bus, ...settings })
  const id = await ask(primary, (node) => node.call('CLUSTER', 'MYID') as Promise<string>)
  const mine = await ask(replica, (node) => node.call('CLUSTER', 'MYID') as Promise<string>)
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const knows = (of: RedisServer, word: RegExp) =>
    ask(of, async (node) => word.test((await node.call('CLUSTER', 'NODES')) as string))
  const [, its = ''] =
    /@(\d+)[^\n]*myself/.exec(await ask(primary, (node) => node.call('CLUSTER', 'NODES') as Promise<string>)) ?? []
  await ask(replica, (node) => node.call('CLUSTER', 'MEET', '127.0.0.1', primary.port, its))
  await until(() => knows(replica, new RegExp(id)))
  const follow = (node: Redis): Promise<unknown> => node.call('CLUSTER', 'REPLICATE', id)
  await until(() =>
    ask(replica, follow).then(
      () => true,
      () => false,
    ),
  )
  await until(() => ask(replica, async (node) => /master_link_status:up/.test(await node.info('replication'))))
  for (const node of cluster.nodes) await until(() => knows(node, new RegExp(`${mine}[^\n]*slave ${id}`)))
  return replica
}

/** Starts a Sentinel that watches a server under the name `tokens`, and waits until it knows its replica. */
export async function startSentinel(
  primary: RedisServer,
  downAfterMs = 60_000,
): Promise<Pick<RedisServer, 'port' | 'stop'>> {
  const folder = await mkdtemp(join(tmpdir(), 'sentinel-'))
  const port = await freePort()
  const file = join(folder, 'sentinel.conf')
  writeFileSync(
    file,
    `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor tokens 127.0.0.1 ${primary.port} 1\nsentinel down-after-milliseconds tokens ${downAfterMs}\nsentinel failover-timeout tokens 6000\n`,
  )
  const child = await launch([file, '--sentinel'], folder, '+monitor')
  const isKnown = async (client: Redis): Promise<void> => {
    while (((await client.call('SENTINEL', 'REPLICAS', 'tokens')) as unknown[]).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await ask({ port }, isKnown)
  return {
    port,
    async stop() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A free port may be taken before a server has it, and then the start is worth a second and third try. */
async function again<T>(start: () => Promise<T>): Promise<T> {
  return start().catch(start).catch(start)
}

/** Asks a server something over a connection of its own. */
export async function ask<T>({ port }: { readonly port: number }, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ port, lazyConnect: true })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await question(client)
  } finally {
    client.disconnect()
  }
}

/** Starts the program and waits until it takes connections. If the tests end early, it ends with them. */
async function launch(
  flags: readonly string[],
  folder: string,
  word = 'eady to accept connections',
): Promise<ChildProcess> {
  const child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  const orphan = (): void => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', orphan)
  child.once('exit', () => process.off('exit', orphan))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${program} ended at once:\n${said}`)))
    child.stdout.on('data', (chunk) => {
      said = (said + chunk).slice(-10_000)
      if (said.includes(word)) resolve()
    })
  })
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
