/** The databases under test, each a real server that can be hung, killed and started again on the same data and port. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { migrate } from 'plan-access-tokens/stores/sql'
import { startPostgres } from '../support/postgres.ts'
import { hangTree, signal } from '../support/process-tree.ts'
import { ask, startRedis } from '../support/redis.ts'
import { type Connection, WATCHER } from './connections.ts'

/** A database with an empty store in it. */
export interface Database {
  /** How to connect: one for each kind of client. */
  readonly connections: readonly Connection[]
  /** How many connections listen for news. */
  watchers(): Promise<number>
  /** Ends every connection that listens for news; returns how many there were. */
  dropWatchers(): Promise<number>
  /** Ends every connection of every process. */
  dropAll(): Promise<void>
  /** SIGSTOP: connections stay open and nobody is answered. */
  hang(): void
  /** SIGCONT. */
  resume(): void
  /** `kill -9`. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same data and port. */
  restart(): Promise<void>
  /** Ends it, whatever state it is in, and removes its data. */
  close(): Promise<void>
}

/** PostgreSQL as it is installed, with `fsync` on. */
export async function startPostgresDatabase(): Promise<Database> {
  const server = await startPostgres({ flags: ['-c', 'fsync=on'] })
  const config = await server.database()
  const kysely = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool(config) }) })
  await migrate(kysely)
  await kysely.destroy()
  /** Its processes while it hangs. */
  let hung: readonly number[] = []
  let isDown = false

  const hang = (): void => {
    hung = hangTree(server.pid())
  }
  const resume = (): void => {
    signal(hung, 'SIGCONT')
    hung = []
  }
  const restart = async (): Promise<void> => {
    // Until the last process of the one that was killed is gone, the new one ends at once.
    for (let attempt = 1; isDown; attempt++) {
      try {
        await server.start()
        isDown = false
      } catch (failure) {
        if (attempt === 50) throw failure
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }
  const onExit = (): void => signal(hung, 'SIGKILL')
  process.once('exit', onExit)
  const end = (which: string) =>
    server.admin(`select pg_terminate_backend(pid) from pg_stat_activity where ${which} and pid <> pg_backend_pid()`)
  return {
    connections: [{ client: 'pg', config }],
    async watchers() {
      const [row] = await server.admin(
        `select count(*)::int as n from pg_stat_activity where application_name = '${WATCHER}' and query ~ '^(un)?listen'`,
      )
      return Number(row?.n)
    },
    async dropWatchers() {
      return (await end(`application_name = '${WATCHER}' and query ~ '^(un)?listen'`)).length
    },
    async dropAll() {
      await end(`backend_type = 'client backend'`)
    },
    hang,
    resume,
    async kill() {
      hang()
      isDown = true
      signal(hung, 'SIGKILL')
      hung = []
    },
    restart,
    async close() {
      resume()
      await restart()
      await server.close()
      process.off('exit', onExit)
    },
  }
}

/** Redis with the setting that the promise needs, and both kinds of clients. */
export async function startRedisDatabase(): Promise<Database> {
  const server = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
  const { url } = server
  const pidOf = () => ask(server, async (client) => Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]))
  let pid = await pidOf()
  const kill = (type: string) =>
    ask(server, async (client) => Number(await client.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')))
  return {
    connections: [
      { client: 'ioredis', url },
      { client: 'node-redis', url },
    ],
    async watchers() {
      const list = await ask(server, (client) => client.call('CLIENT', 'LIST', 'TYPE', 'pubsub'))
      return `${list}`.split('\n').filter(Boolean).length
    },
    dropWatchers: () => kill('pubsub'),
    async dropAll() {
      await kill('pubsub')
      await kill('normal')
    },
    hang: () => signal([pid], 'SIGSTOP'),
    resume: () => signal([pid], 'SIGCONT'),
    kill: () => server.kill(),
    async restart() {
      await server.restart()
      pid = await pidOf()
    },
    close: () => server.stop(),
  }
}
