/** What PostgreSQL alone can do to a store: lost connections, silent processes, standbys, prepared statements, notifications. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import {
  type ListenClient,
  migrate,
  pgListener,
  preparedStatements,
  type SqlStore,
  sqlMigrations,
  sqlStore,
} from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PostgresConfig, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next, recordOf } from '../records.ts'

let server: PostgresServer
let config: PostgresConfig
let pool: pg.Pool
let kysely: Kysely<unknown>
let store: SqlStore
const pools: pg.Pool[] = []

/** Everything that is opened is closed after the last test. */
function poolOf(settings: pg.PoolConfig = {}): pg.Pool {
  const opened = new pg.Pool({ ...config, ...settings })
  opened.on('error', () => undefined)
  opened.on('connect', (client) => client.on('error', () => undefined))
  pools.push(opened)
  return opened
}
const kyselyOver = (over: ConstructorParameters<typeof PostgresDialect>[0]['pool']): Kysely<unknown> =>
  new Kysely({ dialect: new PostgresDialect({ pool: over }) })

beforeAll(async () => {
  server = await startPostgres()
  config = await server.database()
  pool = poolOf()
  kysely = kyselyOver(pool)
  await migrate(kysely)
  store = sqlStore(kysely)
}, 60_000)
afterAll(async () => {
  for (const opened of pools) await opened.end()
  await server.close()
})
// Over a connection of its own: a test may have ended those of the pool.
beforeEach(() => server.admin('truncate plan_tokens, plan_token_secrets, plan_token_events', config.database))

/** Waits until a query of the database gives a row. */
async function until(query: string): Promise<Record<string, unknown>> {
  for (;;) {
    const [row] = (await pool.query(query)).rows
    if (row) return row
  }
}

/** Holds a lock while something waits for it, kills the connection that waits, and lets the lock go. */
async function killedWhileWaiting<T>(lock: string, work: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  const holder = await pool.connect()
  await holder.query('begin')
  await holder.query(lock)
  const outcome = Promise.allSettled([work()])
  await until(`select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'`)
  await holder.query('rollback')
  holder.release()
  return (await outcome)[0]
}

describe('a connection that is lost', () => {
  it.each<[string, (id: string) => Promise<unknown>]>([
    ['find', (id) => store.find(id)],
    ['findByDigest', (id) => store.findByDigest(`digest-${id}`)],
    ['list', async () => (await store.list({ planId: 'p1', order: 'newest', now: 0, limit: 9 }))[0]],
  ])('during %s does not show: it is asked again', async (_, call) => {
    const record = await add(store)
    const outcome = await killedWhileWaiting('lock table plan_tokens', () => call(record.id))
    expect(outcome).toEqual({ status: 'fulfilled', value: record })
  })

  it('during a commit is an error, and the commit is not repeated', async () => {
    const record = recordOf()
    const commit = () => store.commit(record, eventOf(record))
    const outcome = await killedWhileWaiting('lock table plan_tokens in share mode', commit)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '57P01' } })
    expect([await store.find(record.id), await store.events({ limit: 9 })]).toEqual([undefined, []])
    expect(await commit()).toBe(true)
  })

  it('again while it is asked again is an error', async () => {
    const holder = await pool.connect()
    await holder.query('begin')
    await holder.query('lock table plan_tokens')
    const find = Promise.allSettled([store.find('x')])
    const killed = new Set<unknown>()
    while (killed.size < 2) {
      const { pid } = await until(`select pid from pg_stat_activity where wait_event_type = 'Lock'`)
      if (!killed.has(pid)) await pool.query('select pg_terminate_backend($1)', [pid])
      killed.add(pid)
    }
    await holder.query('rollback')
    holder.release()
    expect(await find).toMatchObject([{ status: 'rejected', reason: { code: '57P01' } }])
  })
})

describe('a process that falls silent amid a commit', () => {
  /** Kysely over one connection that answers and sends no more once a statement was sent, as if it had been stopped. */
  function stopped(
    begins: string,
    options: string,
  ): { readonly kysely: Kysely<unknown>; readonly reached: Promise<void> } {
    // The server ends its connection, and the client is never given back.
    const silent = new pg.Pool({ ...config, options })
    let wasReached = (): void => undefined
    const reached = new Promise<void>((resolve) => {
      wasReached = resolve
    })
    const kysely = kyselyOver({
      async connect() {
        const client = await silent.connect()
        client.on('error', () => undefined)
        let isOpen = false
        const query = async (text: string, values: readonly unknown[]) => {
          const answer = await client.query(text, [...values])
          isOpen ||= text.startsWith('begin') || text.startsWith('start transaction')
          if (text === 'commit') isOpen = false
          if (!text.startsWith(begins) || (options !== '' && !isOpen) || values[0] === 'nobody') return answer
          wasReached()
          return new Promise(() => undefined)
        }
        return { query, release: () => client.release() } as never
      },
      end: () => silent.end(),
    })
    return { kysely, reached }
  }

  it.each([
    ['holds up nobody: its change is written or not', '', ['Theirs', 2]],
    [
      'holds up the others for some seconds, where its transactions are its own',
      '-c default_transaction_isolation=serializable',
      ['Mine', 1],
    ],
  ] as const)('%s', async (_, options, [name, seq]) => {
    // A commit is not repeated on a connection that the tests above ended: this one has connections of its own.
    const others = sqlStore(kyselyOver(poolOf()))
    const record = await add(others)
    const before = (await others.events({ limit: 9 })).length
    const { kysely, reached } = stopped('/* plan-access-tokens */ /* alone */', options)
    const theirs = next(record, { name: 'Theirs' })
    void sqlStore(kysely).commit(theirs, eventOf(theirs))
    await reached
    const mine = next(record, { name: 'Mine' })
    expect(await others.commit(mine, eventOf(mine))).toBe(name === 'Mine')
    const another = recordOf()
    expect(await others.commit(another, eventOf(another))).toBe(true)
    expect((await others.find(record.id))?.name).toBe(name)
    expect(await others.events({ limit: 9 })).toHaveLength(before + seq + (name === 'Mine' ? 1 : 0))
  })
})

it('a standby is refused, since it answers late', async () => {
  const primary = await startPostgres()
  await primary.admin(sqlMigrations().toSql('postgres'))
  await primary.stop()
  const folder = `${primary.folder}-standby`
  cpSync(primary.folder, folder, { recursive: true })
  writeFileSync(join(folder, 'standby.signal'), '')
  chmodSync(folder, 0o700)
  // The folder belongs to the user that the server runs as.
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', 'postgres', folder])
  await primary.close()
  const standby = await startPostgres({ folder })
  const [row] = await standby.admin('select current_setting($$port$$)::int as port')
  const reading = poolOf({ port: Number(row?.port), database: 'postgres' })
  try {
    const late = sqlStore(kyselyOver(reading))
    const record = recordOf()
    for (const call of [
      () => late.find('x'),
      () => late.findByDigest('x'),
      () => late.events({ limit: 1 }),
      () => late.bound(0),
      () => late.commit(record, eventOf(record)),
    ])
      await expect(call()).rejects.toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringContaining('primary'),
      })
  } finally {
    await standby.close()
  }
}, 60_000)

describe('preparedStatements', () => {
  const NAMES = `select name, statement from pg_prepared_statements where name <> '' order by name`

  it('prepares look-ups and commits once for each connection, under one name each, and nothing else', async () => {
    const wrapped = kyselyOver(preparedStatements(poolOf({ max: 1 })))
    const prepared = sqlStore(wrapped)
    const record = await add(prepared)
    for (let i = 0; i < 3; i++) {
      expect(await prepared.findByDigest(`digest-${record.id}`)).toEqual(record)
      expect(await prepared.find(record.id)).toEqual(record)
      expect(await prepared.list({ planId: 'p1', order: 'expiry', now: 0, limit: 9 })).toEqual([record])
      await sql`select ${i}::int`.execute(wrapped)
    }
    const { rows } = await sql<{ name: string; statement: string }>`${sql.raw(NAMES)}`.execute(wrapped)
    for (const { name } of rows) expect(name).toMatch(/^plan_access_tokens_[0-9a-f]{40}$/)
    const kinds = rows.map(
      ({ statement }) => /^\/\* plan-access-tokens \*\/ (select|\/\* alone \*\/ with) /.exec(statement)?.[1],
    )
    expect(kinds.toSorted()).toEqual(['/* alone */ with', 'select', 'select'])
  })

  it.each([
    ['left open', async (client: pg.PoolClient) => void (await client.query('begin'))],
    ['is about to open', async (client: pg.PoolClient) => void client.query('begin').catch(() => undefined)],
  ])('a change does not become part of a transaction that other code %s', async (_, leave) => {
    const shared = poolOf({ max: 1 })
    const prepared = sqlStore(kyselyOver(preparedStatements(shared)))
    const record = await add(prepared)
    const client = await shared.connect()
    await leave(client)
    client.release()
    const changed = next(record, { name: 'Changed' })
    expect(await prepared.commit(changed, eventOf(changed))).toBe(true)
    await shared.query('rollback')
    expect(await store.find(record.id)).toEqual(changed)
  })

  it('makes a connection that is lost amid a look-up an error of that statement alone', async () => {
    const quiet = new pg.Pool(config)
    quiet.on('error', () => undefined)
    pools.push(quiet)
    const prepared = sqlStore(kyselyOver(preparedStatements(quiet)))
    const record = await add(prepared)
    const look = () => prepared.findByDigest(`digest-${record.id}`)
    const outcome = await killedWhileWaiting('lock table plan_tokens', look)
    expect(outcome).toEqual({ status: 'fulfilled', value: record })
  })

  it('serves stores with other tables over the same pool, many connections, and transactions', async () => {
    const wrapped = kyselyOver(preparedStatements(poolOf({ max: 4 })))
    const tables = { tokens: 'other_tokens', secrets: 'other_secrets', events: 'e', uses: 'u', values: 'v', state: 's' }
    await server.admin(sqlMigrations({ tables }).toSql('postgres'), config.database)
    const stores = [sqlStore(wrapped), sqlStore(wrapped, { tables })] as const
    const records = await Promise.all(stores.map((each, i) => add(each, { name: `Name ${i}` })))
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const [mine, record] = [stores[i % 2], records[i % 2]]
        expect(await mine?.findByDigest(`digest-${record?.id}`)).toEqual(record)
        expect(await mine?.find(records[(i + 1) % 2]?.id ?? '')).toBeUndefined()
      }),
    )
  })
})

describe('pgListener', () => {
  const listeners = (what: string) =>
    `select ${what} from pg_stat_activity where query ~ '^(un)?listen' and datname = '${config.database}'`
  const areGone = () => until(`select 1 where not exists (${listeners('1')})`)

  /** A watch over a listener, and promises for its next wake. */
  function watched(connect: () => ListenClient) {
    let heard = (): void => undefined
    const end = sqlStore(kysely, { listen: pgListener(connect) }).watch?.(() => heard())
    return {
      end: () => end?.(),
      wake: () =>
        new Promise<void>((resolve) => {
          heard = resolve
        }),
    }
  }

  it('wakes at a commit, also after its connection was lost, and leaves no connection when it is ended', async () => {
    const { wake, end } = watched(() => new pg.Client(config))
    await wake()
    let woken = wake()
    await add(store)
    await woken
    woken = wake()
    await pool.query(listeners('pg_terminate_backend(pid)'))
    // What was missed meanwhile may be anything.
    await woken
    woken = wake()
    await add(store)
    await woken
    end()
    await areGone()
  })

  it('tries again where it cannot connect, and throws nothing', async () => {
    let attempts = 0
    const { wake, end } = watched(() => {
      attempts += 1
      if (attempts === 1) throw new Error('no configuration yet')
      return new pg.Client(attempts === 2 ? { ...config, port: 1 } : config)
    })
    await wake()
    expect(attempts).toBe(3)
    end()
    await areGone()
  })

  it('goes on when whoever is woken throws, and a watch that ended at once is never woken', async () => {
    let wakes = 0
    let heard = (): void => undefined
    const listen = pgListener(() => new pg.Client(config))
    const ended = listen('plan_token_events', () => {
      throw new Error('woken after the end')
    })
    ended()
    const end = listen('plan_token_events', () => {
      wakes += 1
      heard()
      throw new Error('mine')
    })
    while (wakes < 3) {
      const woken = new Promise<void>((resolve) => {
        heard = resolve
      })
      if (wakes > 0) await add(store)
      await woken
    }
    end()
    await areGone()
  })

  it('does not keep the process alive', () => {
    const program = `
      import pg from 'pg'
      import { pgListener } from './src/stores/sql/listen.ts'
      pgListener(() => new pg.Client(${JSON.stringify(config)}))('plan_token_events', () => console.log('woken'))
      setTimeout(() => undefined, 3_000)`
    const output = execFileSync('npx', ['tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(output).toBe('woken\n')
  })
})
