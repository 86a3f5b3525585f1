/**
 * `sqlStore` and `pgListener` through a real PgBouncer in each of its modes: what works keeps the promise, what cannot work says
 * what to set.
 */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { pgListener, preparedStatements, type SqlStore, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { NEEDS_PGBOUNCER, type Pgbouncer, pgbouncerVersion, startPgbouncer } from '../../support/pgbouncer.ts'
import { type PostgresConfig, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next, seqs, T } from '../records.ts'

describe.skipIf(pgbouncerVersion === undefined)(`through PgBouncer (${NEEDS_PGBOUNCER})`, () => {
  let server: PostgresServer
  let direct: PostgresConfig
  const ends: (() => unknown)[] = []

  beforeAll(async () => {
    server = await startPostgres()
    direct = await server.database()
    await server.admin(sqlMigrations().toSql('postgres'), direct.database)
  }, 60_000)
  afterAll(() => server.close())
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
    await server.admin(
      'truncate plan_tokens, plan_token_secrets, plan_token_events; update plan_token_state set last_seq = 0, chain = null, bound_ms = 0',
      direct.database,
    )
  })

  const started = async (...mode: [Parameters<typeof startPgbouncer>[1], Record<string, string | number>?]) => {
    const pooler = await startPgbouncer(direct, ...mode)
    ends.push(() => pooler.close())
    return pooler
  }
  const poolOf = ({ config }: Pick<Pgbouncer, 'config'>, max = 4): pg.Pool => {
    const pool = new pg.Pool({ ...config, max })
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
    ends.push(() => pool.end())
    return pool
  }
  const storeOver = (pool: unknown): SqlStore =>
    sqlStore(new Kysely({ dialect: new PostgresDialect({ pool: pool as pg.Pool }) }))

  it.each([
    ['session', false],
    ['session', true],
    ['transaction', false],
  ] as const)(
    'pooled by %s (prepared statements: %s) the promise holds for 200 changes at once',
    async (mode, isPrepared) => {
      const pooler = await started(mode, { default_pool_size: mode === 'session' ? 12 : 2 })
      const make = () => storeOver(isPrepared ? preparedStatements(poolOf(pooler)) : poolOf(pooler))
      const [one, two] = [make(), make()]
      await Promise.all(
        Array.from({ length: 100 }, async () => {
          const record = await add(one)
          const revoked = next(record, { revokedAt: T, revokedBy: 'admin' })
          expect(await two.commit(revoked, eventOf(revoked, { type: 'revoked' }))).toBe(true)
          expect(await one.findByDigest(`digest-${record.id}`)).toEqual(revoked)
        }),
      )
      expect(seqs(await two.events({ limit: 999 }))).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
      expect(await one.bound(300)).toBe(300)
      expect(await two.bound(0)).toBe(300)
    },
  )

  it('pooled by transaction, prepared statements before PgBouncer 1.21 are an error that names the cure, and never another statement', async () => {
    expect(pgbouncerVersion).toBeLessThan(1.21)
    const pooler = await started('transaction', { default_pool_size: 2 })
    const plain = storeOver(poolOf({ config: direct }))
    const record = await add(plain)
    const errors: unknown[] = []
    // Several processes, which prepare the same statements in another order.
    await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const store = storeOver(preparedStatements(poolOf(pooler, 2)))
        const calls = [
          async () => expect(await store.findByDigest(`digest-${record.id}`)).toEqual(record),
          async () => expect(await store.find(record.id)).toEqual(record),
          async () => expect(seqs(await store.events({ limit: 9 }))).toEqual([1]),
        ]
        for (let k = 0; k < 12; k++)
          await calls[(i + k) % 3]?.().catch((error) => {
            if (error.name === 'AssertionError') throw error
            errors.push(error)
          })
      }),
    )
    expect(errors.length).toBeGreaterThan(0)
    for (const error of errors)
      expect(error).toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringMatching(/preparedStatements.*1\.21.*max_prepared_statements/),
      })
  })

  it('pooled by statement, the first call of any kind says which mode to take', async () => {
    const pooler = await started('statement')
    for (const call of [(s: SqlStore) => s.findByDigest('x'), (s: SqlStore) => s.bound(1), (s: SqlStore) => add(s)])
      await expect(call(storeOver(poolOf(pooler)))).rejects.toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringContaining('pool_mode = statement'),
      })
  })

  it('what another client has set on the server’s connection is found at the statement that it would change', async () => {
    const pooler = await started('transaction', { default_pool_size: 1 })
    const store = storeOver(poolOf(pooler))
    const record = await add(store)
    const stranger = poolOf(pooler, 1)
    await stranger.query(
      'create schema stranger; create table stranger.plan_tokens (like public.plan_tokens including all)',
    )
    await stranger.query(
      'insert into stranger.plan_tokens (id, plan_id, type, name, description, scopes, resources, created_at, created_by, lifetime_days, expires_at, secrets, version, event_id, idempotency, search_name, search_description) select id, plan_id, type, name, description, scopes, resources, created_at, created_by, lifetime_days, expires_at, secrets, version, event_id, idempotency, search_name, search_description from public.plan_tokens',
    )
    const look = () => store.findByDigest(`digest-${record.id}`)
    expect(await look()).toEqual(record)
    await stranger.query('set session characteristics as transaction isolation level repeatable read')
    expect(await look()).toEqual(record)
    await stranger.query('set search_path = stranger, public')
    await expect(look()).rejects.toMatchObject({ message: expect.stringContaining('search_path') })
    await stranger.query('set search_path = public')
    expect(await look()).toEqual(record)
    await stranger.query('drop schema stranger cascade')
  })

  describe('pgListener', () => {
    const heard = async (config: PostgresConfig) => {
      const errors: unknown[] = []
      let wakes = 0
      let told = (): void => undefined
      const said = new Promise<void>((resolve) => {
        told = resolve
      })
      const listen = pgListener(() => new pg.Client(config), {
        onError: (error) => {
          errors.push(error)
          told()
        },
      })
      ends.push(
        listen('plan_token_events', () => {
          wakes += 1
        }),
      )
      return { errors, said, wakes: () => wakes }
    }

    it('says that it hears nothing behind a pooler that pools by transaction, once', async () => {
      const { errors, said } = await heard((await started('transaction')).config)
      await said
      expect(errors).toMatchObject([{ code: 'store_unsuitable', message: expect.stringContaining('PgBouncer') }])
    })

    it.each(['session', undefined] as const)('hears its own notification and those of commits (%s)', async (mode) => {
      const { errors, wakes } = await heard(mode ? (await started(mode)).config : direct)
      while (wakes() === 0) await new Promise((resolve) => setTimeout(resolve, 10))
      const before = wakes()
      await add(storeOver(poolOf({ config: direct })))
      while (wakes() === before) await new Promise((resolve) => setTimeout(resolve, 10))
      // The test's own channel is left when it was heard.
      const listening = () =>
        server.admin("select query from pg_stat_activity where query like 'unlisten%'", direct.database)
      while ((await listening()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
      expect(errors).toEqual([])
    })

    it('says what the driver says where it cannot connect, once until it could', async () => {
      const { errors, said } = await heard({ ...direct, port: 1 })
      await said
      await new Promise((resolve) => setTimeout(resolve, 400))
      expect(errors).toMatchObject([{ code: 'ECONNREFUSED' }])
    })
  })
})
