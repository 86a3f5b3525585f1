/** How a process connects to the database under test: each kind of client, set up as docs/stores.md and docs/scaling-out.md say. */
import type { TokenStore } from 'plan-access-tokens'
import type { PostgresConfig } from '../support/postgres.ts'

/** The database that a process connects to, and with which client. */
export type Connection =
  | { readonly client: 'pg'; readonly config: PostgresConfig }
  | { readonly client: 'pg, several hosts'; readonly config: PostgresConfig; readonly ports: readonly number[] }
  | { readonly client: 'ioredis' | 'node-redis'; readonly url: string }
  | { readonly client: RedisGroup; readonly ports: readonly number[] }
/** Clients of several servers. The ports are those of Sentinels, or of nodes of a cluster. */
type RedisGroup = 'ioredis, Sentinel' | 'node-redis, Sentinel' | 'ioredis, cluster' | 'node-redis, cluster'

/** A store that a process has opened. */
export interface OpenStore {
  readonly store: TokenStore
  close(): Promise<void>
}

/** What the listening connection of PostgreSQL calls itself. */
export const WATCHER = 'watcher'
/** What Sentinels call the primary that they watch. */
const GROUP = 'tokens'
/** How many replicas have a change before it is acknowledged. */
const REPLICAS = 1

const ignore = (): void => undefined
const hostsOf = (ports: readonly number[]) => ports.map((port) => ({ host: '127.0.0.1', port }))

/** Opens the store. Clients are loaded only where they are used. */
export async function openStore(connection: Connection): Promise<OpenStore> {
  switch (connection.client) {
    case 'pg':
      return openPostgres(connection.config)
    case 'pg, several hosts':
      return openPrimary(connection.config, connection.ports)
    case 'ioredis':
    case 'node-redis':
      return openRedis(connection)
    default:
      return openGroup(connection)
  }
}

async function openPostgres(config: PostgresConfig): Promise<OpenStore> {
  const { Kysely, PostgresDialect } = await import('kysely')
  const { default: pg } = await import('pg')
  const { pgListener, preparedStatements, sqlStore } = await import('plan-access-tokens/stores/sql')
  const pool = new pg.Pool(config)
  pool.on('error', ignore)
  // The pool listens only to connections that lie idle, and Kysely to none: without this, one that is lost in the middle of a
  // transaction ends the process.
  pool.on('connect', (connection) => connection.on('error', ignore))
  const kysely = new Kysely({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
  const listen = pgListener(() => new pg.Client({ ...config, application_name: WATCHER, keepAlive: true }))
  return { store: sqlStore(kysely, { listen }), close: () => kysely.destroy() }
}

async function openPrimary(config: PostgresConfig, ports: readonly number[]): Promise<OpenStore> {
  const { Kysely, PostgresDialect } = await import('kysely')
  const { pgListener, preparedStatements, sqlStore } = await import('plan-access-tokens/stores/sql')
  const { primaryOf } = await import('./primary-pool.ts')
  const { user, password, database } = config
  const { pool, listener } = primaryOf(hostsOf(ports), { user, password, database })
  const kysely = new Kysely({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
  return { store: sqlStore(kysely, { listen: pgListener(listener) }), close: () => kysely.destroy() }
}

async function openRedis({ client: kind, url }: { readonly client: 'ioredis' | 'node-redis'; readonly url: string }) {
  const { redisStore } = await import('plan-access-tokens/stores/redis')
  if (kind === 'ioredis') {
    const { Redis } = await import('ioredis')
    const client = new Redis(url)
    client.on('error', ignore)
    return { store: redisStore(client), close: async () => client.disconnect() }
  }
  const { createClient } = await import('redis')
  const client = createClient({ url })
  client.on('error', ignore)
  await client.connect()
  return { store: redisStore(client), close: async () => client.destroy() }
}

async function openGroup({ client: kind, ports }: { readonly client: RedisGroup; readonly ports: readonly number[] }) {
  const { redisStore } = await import('plan-access-tokens/stores/redis')
  const { OPEN_REDIS } = await import('./redis-clients.ts')
  const { client, close } = await OPEN_REDIS[kind](hostsOf(ports), GROUP)
  return { store: redisStore(client, { replicas: REPLICAS }), close }
}
