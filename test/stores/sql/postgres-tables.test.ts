/**
 * Databases and tables of PostgreSQL that are not what they seem, and what is on the disk once a change was acknowledged: the promise
 * holds, or the error says what to do. The table of docs/stores.md, tried on real servers.
 */
import pg from 'pg'
import { sqlMigrations } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next, T } from '../records.ts'
import { keepsItsPromise, type Postgres, storeOver, withOnePostgres } from './postgres-session.ts'

let db: Postgres
withOnePostgres(
  (made) => {
    db = made
  },
  ['-c', 'wal_level=logical'],
)

describe('a database or tables that are not what they seem', () => {
  it.each(['LATIN1', 'EUC_JP'])('an encoding that cannot hold every text (%s) is refused', async (encoding) => {
    await db.server.admin(`create database other_${encoding} encoding '${encoding}' locale 'C' template template0`)
    const database = `other_${encoding}`.toLowerCase()
    const pool = db.poolOf({ database })
    await db.server.admin(sqlMigrations().toSql('postgres'), database)
    await expect(storeOver(pool).find('x')).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining(`${encoding} (server_encoding)`),
    })
    await pool.end()
    await db.server.admin(`drop database ${database}`)
  })

  it.each([
    ['SQL_ASCII, which converts nothing', "encoding 'SQL_ASCII' locale 'C'"],
    [
      'an ICU collation that takes no notice of case and accents',
      "encoding 'UTF8' locale_provider icu icu_locale 'und-u-ks-level1' locale 'C'",
    ],
  ])('a database with %s keeps the promise', async (_, how) => {
    await db.server.admin(`create database special ${how} template template0`)
    await db.server.admin(sqlMigrations().toSql('postgres'), 'special')
    const mine = { ...db.config, database: 'special' }
    const pools = [new pg.Pool(mine), new pg.Pool(mine)] as const
    const other = storeOver(pools[0])
    try {
      await keepsItsPromise(storeOver(pools[1]), other)
      const [upper, lower] = [await add(other, { id: 'CASE' }), await add(other, { id: 'case' })]
      expect([await other.find('CASE'), await other.find('case'), await other.find('Case')]).toEqual([
        upper,
        lower,
        undefined,
      ])
    } finally {
      for (const pool of pools) await pool.end()
      await db.server.admin('drop database special')
    }
  })

  it.each([
    ['a view', 'create view plan_tokens as select * from real_tokens', 'is a view'],
    ['a materialized view', 'create materialized view plan_tokens as select * from real_tokens', 'a copy'],
    [
      'row level security',
      'alter table real_tokens enable row level security; alter table real_tokens rename to plan_tokens',
      'row_security',
    ],
  ])('%s is refused', async (_, statements, word) => {
    const strange = await db.server.database()
    await db.server.admin(sqlMigrations().toSql('postgres'), strange.database)
    await db.server.admin(
      `alter table plan_tokens rename to real_tokens; ${statements}; create role app_${word.length} login password 'password'; grant all on all tables in schema public to app_${word.length}`,
      strange.database,
    )
    const pool = db.poolOf({ ...strange, user: `app_${word.length}` })
    await expect(storeOver(pool).find('x')).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining(word),
    })
  })

  it('tables that logical replication fills are refused, for a user without rights on subscriptions too', async () => {
    const [source, copy] = [await db.server.database(), await db.server.database()]
    for (const { database } of [source, copy]) await db.server.admin(sqlMigrations().toSql('postgres'), database)
    await db.server.admin('create publication tokens for all tables', source.database)
    await db.server.admin("select pg_create_logical_replication_slot('tokens', 'pgoutput')", source.database)
    await db.server.admin(
      `truncate plan_token_state; create subscription tokens connection 'host=${source.host} port=${source.port} user=${source.user} password=${source.password} dbname=${source.database}' publication tokens with (create_slot = false, slot_name = 'tokens')`,
      copy.database,
    )
    await db.server.admin(
      "create role reader login password 'password'; grant all on all tables in schema public to reader",
      copy.database,
    )
    try {
      // The state arrives with the first copy.
      while (!(await db.server.admin('select 1 from plan_token_state', copy.database))[0])
        await new Promise((resolve) => setTimeout(resolve, 50))
      await expect(storeOver(db.poolOf({ ...copy, user: 'reader' })).find('x')).rejects.toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringContaining('logical replication'),
      })
      await expect(storeOver(db.poolOf(source)).find('x')).resolves.toBeUndefined()
    } finally {
      await db.server.admin('drop subscription tokens', copy.database)
    }
  })

  it('default_transaction_read_only is named when something is written', async () => {
    const store = storeOver(db.poolOf({}, 'set default_transaction_read_only = on'))
    expect(await store.find('x')).toBeUndefined()
    for (const call of [() => store.bound(1), () => add(store)])
      await expect(call()).rejects.toMatchObject({ message: expect.stringContaining('default_transaction_read_only') })
  })
})

describe('a change that was acknowledged', () => {
  it.each(['off', 'local', 'on'])(
    'is on the disk with synchronous_commit = %s: it outlives the server',
    async (value) => {
      const mine = await startPostgres({ flags: ['-c', `synchronous_commit=${value}`, '-c', 'wal_writer_delay=10s'] })
      try {
        await mine.admin(sqlMigrations().toSql('postgres'))
        const [row] = await mine.admin('select current_setting($$port$$)::int as port')
        const pool = new pg.Pool({ ...db.config, port: Number(row?.port), database: 'postgres' })
        pool.on('error', () => undefined)
        pool.on('connect', (client) => client.on('error', () => undefined))
        const store = storeOver(pool)
        const record = await add(store)
        await pool.query('select pg_switch_wal()')
        const revoked = next(record, { revokedAt: T, revokedBy: 'admin' })
        expect(await store.commit(revoked, eventOf(revoked))).toBe(true)
        expect(await store.bound(777)).toBe(777)
        const pids = await mine.admin(
          "select pid from pg_stat_activity where backend_type <> 'client backend' or pid <> pg_backend_pid()",
        )
        process.kill(mine.pid(), 'SIGKILL')
        for (const { pid } of pids) {
          try {
            process.kill(Number(pid), 'SIGKILL')
          } catch {
            // Gone by itself.
          }
        }
        await mine.start()
        expect(await store.find(record.id)).toEqual(revoked)
        expect(await store.bound(0)).toBe(777)
        await pool.end()
      } finally {
        await mine.close()
      }
    },
    60_000,
  )
})
