/** The four kinds of clients that a host may have, each opened on real servers. */
import { Cluster, Redis } from 'ioredis'
import type { RedisClient } from 'plan-access-tokens/stores/redis'
import { createClient, createCluster } from 'redis'
import { type RedisServer, startRedis, startRedisCluster } from '../../support/redis.ts'

/** A client that is connected, and how to end it. */
export interface Opened {
  readonly client: RedisClient
  close(): Promise<void>
}

/** The servers of a test, as a client needs them. */
export interface Servers {
  readonly nodes: readonly RedisServer[]
  stop(): Promise<void>
}

export interface ClientKind {
  readonly name: string
  start(): Promise<Servers>
  open(servers: Servers): Promise<Opened>
}

const startOne = async (): Promise<Servers> => {
  const server = await startRedis()
  return { nodes: [server], stop: () => server.stop() }
}

const ignore = (): void => undefined

export async function openIoredis({ nodes: [node] }: Servers, options: object = {}): Promise<Opened> {
  const client = new Redis({ port: node!.port, lazyConnect: true, ...options })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.disconnect() }
}

export async function openNodeRedis({ nodes: [node] }: Servers, options: object = {}): Promise<Opened> {
  const client = createClient({ url: node!.url, ...options })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.destroy() }
}

async function openIoredisCluster({ nodes }: Servers): Promise<Opened> {
  const client = new Cluster(
    nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    // A slot that is being moved is asked for 16 times.
    { lazyConnect: true, retryDelayOnTryAgain: 1 },
  )
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.disconnect() }
}

async function openNodeRedisCluster({ nodes }: Servers): Promise<Opened> {
  const client = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })
  client.on('error', ignore)
  await client.connect()
  return { client, close: async () => client.destroy() }
}

export const CLIENTS: readonly ClientKind[] = [
  { name: 'ioredis', start: startOne, open: openIoredis },
  { name: 'node-redis', start: startOne, open: openNodeRedis },
  { name: 'an ioredis cluster', start: startRedisCluster, open: openIoredisCluster },
  { name: 'a node-redis cluster', start: startRedisCluster, open: openNodeRedisCluster },
]
