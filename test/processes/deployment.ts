/**
 * The deployment under test: one policy, one directory, and an engine over the database that is connected to. The same in the
 * servers (server.ts) and in the test's own process, which is an admin tool without a memory.
 */
import { createPlanTokens, type Directory, PlanTokenError, type PlanTokens, type TokenStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { testDirectory } from 'plan-access-tokens/testing'
import type { PostgresConfig } from '../support/postgres.ts'

/** The database that a process connects to, and with which client. */
export type Connection =
  | { readonly client: 'pg'; readonly config: PostgresConfig }
  | { readonly client: 'ioredis' | 'node-redis'; readonly url: string }

/** How a process runs. */
export interface Settings {
  readonly connection: Connection
  readonly freshnessMs: number
}

/** A change, as it goes to a server. */
export interface ManageCall {
  readonly call: 'create' | 'edit' | 'refresh' | 'revoke'
  readonly input: object
}

/** What an admin is answered: a token and a new secret, if any, or the code of the error. */
export type ManageAnswer =
  | { readonly tokenId: string; readonly version: number; readonly secret?: string }
  | { readonly code: string }

export const PLAN = '1001'
const FILE = 'FileA'
/** What the listening connection of PostgreSQL calls itself. */
export const WATCHER = 'watcher'
/** The scopes that tokens have here, each with an endpoint that takes it. */
export const ENDPOINTS: Readonly<Record<string, string>> = {
  'file_content:read': `/v1/files/${FILE}`,
  'file_metadata:read': `/v1/files/${FILE}/meta`,
  'file_versions:read': `/v1/files/${FILE}/versions`,
}
/** How long a store may take to answer, in milliseconds. */
const TIMEOUT_MS = 1_000

/** Opens the engine. */
export async function openTokens({
  connection,
  freshnessMs,
}: Settings): Promise<{ tokens: PlanTokens; store: TokenStore; close(): Promise<void> }> {
  const { store, close } = await openStore(connection)
  const tokens = createPlanTokens({
    ...{ policy: figmaPolicy(), store, directory: newDirectory(), freshnessMs, timeoutMs: TIMEOUT_MS },
  }) as unknown as PlanTokens
  return {
    tokens,
    store,
    async close() {
      await tokens.close()
      await close()
    },
  }
}

/** Every actor is an admin: each call has one of its own. */
function newDirectory(): Directory {
  return { ...testDirectory({ [PLAN]: { resources: { [`file:${FILE}`]: {} } } }), isPlanAdmin: () => true }
}

const ignore = (): void => undefined

async function openStore(connection: Connection): Promise<{ store: TokenStore; close(): Promise<void> }> {
  if (connection.client === 'pg') {
    const { config } = connection
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
  const { redisStore } = await import('plan-access-tokens/stores/redis')
  if (connection.client === 'ioredis') {
    const { Redis } = await import('ioredis')
    const client = new Redis(connection.url)
    client.on('error', ignore)
    return { store: redisStore(client), close: async () => client.disconnect() }
  }
  const { createClient } = await import('redis')
  const client = createClient({ url: connection.url })
  client.on('error', ignore)
  await client.connect()
  return { store: redisStore(client), close: async () => client.destroy() }
}

/** Makes a change, and gives what an admin tool would show. What is no error of the engine gets a code that nobody expects. */
export async function manage(tokens: PlanTokens, { call, input }: ManageCall): Promise<ManageAnswer> {
  try {
    const made = await (tokens[call] as (input: object) => Promise<unknown>)(input)
    const { token, secret } = made as Awaited<ReturnType<PlanTokens['create']>>
    const { id, version } = token ?? (made as Awaited<ReturnType<PlanTokens['revoke']>>)
    return { tokenId: id, version, ...(secret && { secret: secret.reveal() }) }
  } catch (error) {
    return { code: error instanceof PlanTokenError ? error.code : `failed: ${error}` }
  }
}
