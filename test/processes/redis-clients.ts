/** Clients that follow a failover, set up as docs/scaling-out.md has them. */
import { Cluster, Redis } from 'ioredis'
import type { RedisClient } from 'plan-access-tokens/stores/redis'
import { createCluster, createSentinel } from 'redis'

interface Host {
  readonly host: string
  readonly port: number
}
/** A client that is connected. */
interface Opened {
  readonly client: RedisClient
  close(): Promise<void>
}

const ignore = (): void => undefined
const urlOf = ({ host, port }: Host): string => `redis://${host}:${port}`

export const OPEN_REDIS = {
  async 'ioredis, Sentinel'(sentinels: readonly Host[], name: string): Promise<Opened> {
    const client = new Redis({ sentinels: [...sentinels], name, failoverDetector: true, connectTimeout: 2_000 })
    client.on('error', ignore)
    return { client, close: async () => client.disconnect() }
  },
  async 'node-redis, Sentinel'(sentinels: readonly Host[], name: string): Promise<Opened> {
    const client = createSentinel({ name, sentinelRootNodes: [...sentinels] })
    client.on('error', ignore)
    await client.connect()
    return { client: client as unknown as RedisClient, close: async () => client.destroy() }
  },
  async 'ioredis, cluster'(nodes: readonly Host[]): Promise<Opened> {
    const client = new Cluster([...nodes], { redisOptions: { connectTimeout: 2_000, socketTimeout: 5_000 } })
    client.on('error', ignore)
    return { client, close: async () => client.disconnect() }
  },
  async 'node-redis, cluster'(nodes: readonly Host[]): Promise<Opened> {
    const client = createCluster({ rootNodes: nodes.map((node) => ({ url: urlOf(node) })) })
    client.on('error', ignore)
    await client.connect()
    return { client: client as RedisClient, close: async () => client.destroy() }
  },
} as const
