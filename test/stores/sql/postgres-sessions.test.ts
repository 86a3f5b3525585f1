/**
 * What a host can set on a PostgreSQL session, a role or a database, and what the store makes of it: the promise holds all the
 * same, or the error names the setting. The table of docs/stores.md, tried on a real server.
 */
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { preparedStatements, type SqlStore, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type PostgresConfig, type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next, recordOf, seqs, T } from '../records.ts'
import { migrate } from './engines.ts'

let server: PostgresServer
let config: PostgresConfig
/** Another process with nothing set, which makes the changes. */
let other: SqlStore
const pools: pg.Pool[] = []

function poolOf(settings: pg.PoolConfig = {}, onConnect?: string): pg.Pool {
  const opened = new pg.Pool({ ...config, max: 1, ...settings })
  opened.on('error', () => undefined)
  opened.on('connect', (client) => {
    client.on('error', () => undefined)
    if (onConnect !== undefined) client.query(onConnect).catch(() => undefined)
  })
  pools.push(opened)
  return opened
}
const storeOver = (pool: pg.Pool, options?: object): SqlStore =>
  sqlStore(new Kysely({ dialect: new PostgresDialect({ pool }) }), options)

beforeAll(async () => {
  server = await startPostgres({ flags: ['-c', 'wal_level=logical'] })
  config = await server.database()
  const pool = poolOf({ max: 4 })
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }))
  other = storeOver(pool)
}, 60_000)
afterAll(async () => {
  for (const opened of pools) if (!opened.ended) await opened.end()
  await server.close()
})
beforeEach(() =>
  server.admin(
    'truncate plan_tokens, plan_token_secrets, plan_token_events, plan_token_uses; update plan_token_state set last_seq = 0, bound_ms = 0',
    config.database,
  ),
)

const TEXT = 'é 漢 😀 \\ \' " $1 % \u2028'

/** A store keeps its promise beside another process, before and after changes of either. */
async function keepsItsPromise(store: SqlStore): Promise<void> {
  const record = await add(other, { name: TEXT, planId: 'plan é', createdBy: TEXT })
  const digest = `digest-${record.id}`
  expect(await store.findByDigest(digest)).toEqual(record)
  expect(await store.findByDigest('digest-new')).toBeUndefined()
  expect(seqs(await store.events({ limit: 9 }))).toEqual([1])
  expect(await store.events({ after: 1, limit: 9 })).toEqual([])

  // What the other one does is seen at once: an end, an event, a new secret.
  const revoked = next(record, { revokedAt: T, revokedBy: 'admin' })
  expect(await other.commit(revoked, eventOf(revoked, { type: 'revoked' }))).toBe(true)
  expect(await store.findByDigest(digest)).toEqual(revoked)
  expect(await store.find(record.id)).toEqual(revoked)
  expect(seqs(await store.events({ after: 1, limit: 9 }))).toEqual([2])
  const added = await add(other, { secrets: [{ digest: 'digest-new', issuedAt: T, worksUntil: null }] })
  expect(await store.findByDigest('digest-new')).toEqual(added)

  // And what this one does is seen by the other.
  const mine = await add(store, { name: TEXT })
  expect(await other.find(mine.id)).toEqual(mine)
  expect(await store.bound(500)).toBe(500)
  expect(await other.bound(0)).toBe(500)
  await store.recordUse([{ tokenId: mine.id, digest: `digest-${mine.id}`, at: T }])
  expect(await other.lastUse([mine.id])).toHaveLength(1)
  expect(await store.commit(next(mine, { name: 'two' }), eventOf(next(mine)))).toBe(true)
  expect(await store.commit(next(mine, { name: 'late' }), eventOf(next(mine)))).toBe(false)
  expect((await other.find(mine.id))?.name).toBe('two')
  expect(await store.list({ planId: 'plan é', order: 'expiry', now: T, limit: 9, search: '漢' })).toEqual([revoked])
  expect(await store.sweep({ before: T * 2, limit: 9 })).toEqual({ records: 3, events: 4 })
  expect(await other.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })).toEqual([])
}

/** How a setting gets there: said by the host's code on a new connection, or of the pool, or sent at the start. */
interface Setting {
  readonly set?: string
  readonly pool?: pg.PoolConfig
}
const option = (options: string): Setting => ({ pool: { options } })
const parsers = (types: { readonly [oid: number]: (text: string) => unknown }): Setting => ({
  pool: {
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        types[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
    },
  },
})
const [INT8, TEXT_TYPE] = [20, 25]

/** What changes nothing, or is made right. */
const WORKS: readonly (readonly [string, Setting])[] = [
  ['nothing', {}],
  ['default_transaction_isolation = repeatable read', { set: "set default_transaction_isolation = 'repeatable read'" }],
  ['default_transaction_isolation = serializable', { set: "set default_transaction_isolation = 'serializable'" }],
  [
    'default_transaction_isolation = read uncommitted',
    { set: "set default_transaction_isolation = 'read uncommitted'" },
  ],
  ['default_transaction_deferrable', { set: 'set default_transaction_deferrable = on' }],
  ['a transaction that was begun and not used', { set: 'begin isolation level repeatable read' }],
  ['a transaction at read committed that other code left open', { set: 'begin; select count(*) from plan_tokens' }],
  ['standard_conforming_strings = off', { set: 'set standard_conforming_strings = off' }],
  ['backslash_quote = off', { set: 'set backslash_quote = off' }],
  ['transform_null_equals', { set: 'set transform_null_equals = on' }],
  ['quote_all_identifiers', { set: 'set quote_all_identifiers = on' }],
  ['TimeZone and DateStyle', { set: "set timezone = 'Pacific/Kiritimati'; set datestyle = 'German, DMY'" }],
  ['IntervalStyle, lc_messages', { set: "set intervalstyle = 'iso_8601'; set lc_messages = 'C'" }],
  ['bytea_output = escape', { set: 'set bytea_output = escape' }],
  ['extra_float_digits', { set: 'set extra_float_digits = -15' }],
  ['session_replication_role = replica', { set: 'set session_replication_role = replica' }],
  ['row_security = off', { set: 'set row_security = off' }],
  ['synchronous_commit = off', { set: 'set synchronous_commit = off' }],
  [
    'jit and plan_cache_mode',
    { set: 'set jit = on; set jit_above_cost = 0; set plan_cache_mode = force_generic_plan' },
  ],
  ['no index scans', { set: 'set enable_indexscan = off; set enable_bitmapscan = off; set enable_nestloop = off' }],
  ['a statement_timeout that is long enough', { set: "set statement_timeout = '30s'; set lock_timeout = '30s'" }],
  ['idle_in_transaction_session_timeout', { set: 'set idle_in_transaction_session_timeout = 60000' }],
  ['client_encoding by its other name', { set: "set client_encoding = 'UNICODE'" }],
  ['a client_encoding in the options, which pg overrides', option('-c client_encoding=SJIS')],
  ['a search_path with other schemas', { set: 'set search_path = nowhere, public, pg_catalog' }],
  ['a number parser for int8', parsers({ [INT8]: Number })],
  ['a bigint parser for int8', parsers({ [INT8]: BigInt })],
  [
    'JSON and date parsers',
    parsers({ 114: () => 'x', 3802: () => 'x', 1082: () => 'x', 1114: () => 'x', 1184: () => 'x' }),
  ],
  ['parsers for numeric, bool and oid', parsers({ 1700: () => 1, 16: (text) => text, 26: (text) => text })],
  ['the extended protocol for everything', { pool: { queryMode: 'extended' } as pg.PoolConfig }],
  ['a query_timeout that is long enough', { pool: { query_timeout: 60_000 } }],
]

/** What breaks the promise or the meaning of a text, and the word that the error has to name. */
const REFUSED: readonly (readonly [string, Setting, string])[] = [
  [
    'a snapshot at repeatable read that other code left open',
    { set: 'begin isolation level repeatable read; select count(*) from plan_tokens' },
    'transaction open',
  ],
  [
    'a snapshot at serializable that other code left open',
    { set: 'begin isolation level serializable, read only; select count(*) from plan_tokens' },
    'transaction open',
  ],
  ['a transaction that failed and was left open', { set: 'begin; select 1 / 0' }, 'transaction open'],
  ['client_encoding = LATIN1', { set: "set client_encoding = 'LATIN1'" }, 'client_encoding'],
  ['client_encoding = SQL_ASCII', { set: "set client_encoding = 'SQL_ASCII'" }, 'client_encoding'],
  ['a parser that makes objects of int8', parsers({ [INT8]: (text) => ({ text }) }), 'setTypeParser'],
  ['a parser that makes broken numbers of int8', parsers({ [INT8]: (text) => Number(text) / 1_000 }), 'setTypeParser'],
  ['results in binary, of which pg makes other dates', { pool: { binary: true } as pg.PoolConfig }, 'binary'],
  ['a parser that trims texts', parsers({ [TEXT_TYPE]: (text) => text.trim() }), 'setTypeParser'],
  ['a parser that makes capital letters', parsers({ [TEXT_TYPE]: (text) => text.toUpperCase() }), 'setTypeParser'],
]

const CALLS: readonly (readonly [string, (store: SqlStore) => Promise<unknown>])[] = [
  ['findByDigest', (store) => store.findByDigest('digest-there')],
  ['findByDigest of an unknown one', (store) => store.findByDigest('digest-unknown')],
  ['find', (store) => store.find('there')],
  ['find of an unknown one', (store) => store.find('unknown')],
  ['events', (store) => store.events({ limit: 9 })],
  ['events after the last', (store) => store.events({ after: 99, limit: 9 })],
  ['commit', (store) => store.commit(recordOf({ name: 'é' }), eventOf(recordOf()))],
  ['bound', (store) => store.bound(9_000)],
]
const written = () =>
  server.admin(
    'select (select count(*)::int from plan_tokens) as tokens, last_seq::int as seq, bound_ms::int as bound from plan_token_state',
    config.database,
  )

describe('a session that is set to', () => {
  it.each(WORKS)('%s keeps the promise', async (_, { set, pool }) => {
    await keepsItsPromise(storeOver(poolOf(pool, set)))
  })

  it.each(WORKS)('%s keeps the promise with prepared statements', async (_, { set, pool }) => {
    await keepsItsPromise(storeOver(preparedStatements(poolOf(pool, set)) as pg.Pool))
  })

  it.each(REFUSED)(
    '%s is refused by every call that the promise needs, and nothing is written',
    async (_, setting, word) => {
      await add(other, { id: 'there' })
      const before = await written()
      for (const [name, call] of CALLS) {
        const pool = poolOf(setting.pool, setting.set)
        const error = await call(storeOver(pool)).catch((thrown) => thrown)
        expect([name, error]).toMatchObject([
          name,
          { code: 'store_unsuitable', message: expect.stringContaining(word) },
        ])
        await pool.end()
      }
      expect(await written()).toEqual(before)
    },
  )
})

describe('a connection that becomes another after the first look', () => {
  it.each([
    ['a snapshot', 'begin isolation level repeatable read; select 1', 'transaction open'],
    ['another client_encoding', "set client_encoding = 'LATIN1'", 'client_encoding'],
    ['a copy of the tables by its search_path', 'set search_path = copy, public', 'search_path'],
    [
      'a temporary copy of the tokens',
      'create temp table plan_tokens as select * from public.plan_tokens; create temp table plan_token_events as select * from public.plan_token_events; create temp table plan_token_state as select * from public.plan_token_state',
      'search_path',
    ],
  ])('%s is found by every call that the promise needs', async (_, statements, word) => {
    await server.admin(
      `drop schema if exists copy cascade; create schema copy; ${sqlMigrations().toSql('postgres').replaceAll('create table "', 'create table copy."').replaceAll(' on "', ' on copy."').replace('insert into "', 'insert into copy."')}`,
      config.database,
    )
    const record = await add(other, { id: 'there' })
    for (const [name, call] of CALLS) {
      const pool = poolOf()
      const store = storeOver(pool)
      expect(await store.find('there')).toEqual(record)
      await pool.query(statements)
      if (word === 'search_path')
        await pool.query(
          'insert into plan_tokens (id, plan_id, type, name, description, scopes, resources, created_at, created_by, lifetime_days, expires_at, secrets, version, event_id, idempotency, search_name, search_description) select id, plan_id, type, name, description, scopes, resources, created_at, created_by, lifetime_days, expires_at, secrets, version, event_id, idempotency, search_name, search_description from public.plan_tokens where not exists (select 1 from plan_tokens)',
        )
      const error = await call(store).catch((thrown) => thrown)
      expect([name, error]).toMatchObject([name, { code: 'store_unsuitable', message: expect.stringContaining(word) }])
      await pool.end()
    }
    expect(await written()).toMatchObject([{ tokens: 1, seq: 1, bound: 0 }])
  })

  it('tables that were made anew in their place are taken without an error', async () => {
    const store = storeOver(poolOf())
    await add(store)
    await server.admin(
      'create table new (like plan_tokens including all); drop table plan_tokens; alter table new rename to plan_tokens',
      config.database,
    )
    expect(await store.findByDigest('digest-x')).toBeUndefined()
    const record = await add(other)
    expect(await store.findByDigest(`digest-${record.id}`)).toEqual(record)
  })

  it('the option schema makes it the same whatever the search_path is', async () => {
    const pool = poolOf({}, 'set search_path = nowhere')
    await keepsItsPromise(storeOver(pool, { schema: 'public' }))
  })
})

describe('a database or tables that are not what they seem', () => {
  it.each(['LATIN1', 'EUC_JP'])('an encoding that cannot hold every text (%s) is refused', async (encoding) => {
    await server.admin(`create database other_${encoding} encoding '${encoding}' locale 'C' template template0`)
    const database = `other_${encoding}`.toLowerCase()
    const pool = poolOf({ database })
    await server.admin(sqlMigrations().toSql('postgres'), database)
    await expect(storeOver(pool).find('x')).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining(`${encoding} (server_encoding)`),
    })
    await pool.end()
    await server.admin(`drop database ${database}`)
  })

  it.each([
    ['SQL_ASCII, which converts nothing', "encoding 'SQL_ASCII' locale 'C'"],
    [
      'an ICU collation that takes no notice of case and accents',
      "encoding 'UTF8' locale_provider icu icu_locale 'und-u-ks-level1' locale 'C'",
    ],
  ])('a database with %s keeps the promise', async (_, how) => {
    await server.admin(`create database special ${how} template template0`)
    const [mine, before] = [
      { ...config, database: 'special' },
      { config, other },
    ]
    await server.admin(sqlMigrations().toSql('postgres'), 'special')
    const pools = [new pg.Pool(mine), new pg.Pool(mine)] as const
    other = storeOver(pools[0])
    try {
      await keepsItsPromise(storeOver(pools[1]))
      const [upper, lower] = [await add(other, { id: 'CASE' }), await add(other, { id: 'case' })]
      expect([await other.find('CASE'), await other.find('case'), await other.find('Case')]).toEqual([
        upper,
        lower,
        undefined,
      ])
    } finally {
      other = before.other
      for (const pool of pools) await pool.end()
      await server.admin('drop database special')
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
    const strange = await server.database()
    await server.admin(sqlMigrations().toSql('postgres'), strange.database)
    await server.admin(
      `alter table plan_tokens rename to real_tokens; ${statements}; create role app_${word.length} login password 'password'; grant all on all tables in schema public to app_${word.length}`,
      strange.database,
    )
    const pool = poolOf({ ...strange, user: `app_${word.length}` })
    await expect(storeOver(pool).find('x')).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining(word),
    })
  })

  it('tables that logical replication fills are refused, for a user without rights on subscriptions too', async () => {
    const [source, copy] = [await server.database(), await server.database()]
    for (const { database } of [source, copy]) await server.admin(sqlMigrations().toSql('postgres'), database)
    await server.admin('create publication tokens for all tables', source.database)
    await server.admin("select pg_create_logical_replication_slot('tokens', 'pgoutput')", source.database)
    await server.admin(
      `truncate plan_token_state; create subscription tokens connection 'host=${source.host} port=${source.port} user=${source.user} password=${source.password} dbname=${source.database}' publication tokens with (create_slot = false, slot_name = 'tokens')`,
      copy.database,
    )
    await server.admin(
      "create role reader login password 'password'; grant all on all tables in schema public to reader",
      copy.database,
    )
    try {
      // The state arrives with the first copy.
      while (!(await server.admin('select 1 from plan_token_state', copy.database))[0])
        await new Promise((resolve) => setTimeout(resolve, 50))
      await expect(storeOver(poolOf({ ...copy, user: 'reader' })).find('x')).rejects.toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringContaining('logical replication'),
      })
      await expect(storeOver(poolOf(source)).find('x')).resolves.toBeUndefined()
    } finally {
      await server.admin('drop subscription tokens', copy.database)
    }
  })

  it('default_transaction_read_only is named when something is written', async () => {
    const store = storeOver(poolOf({}, 'set default_transaction_read_only = on'))
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
        const pool = new pg.Pool({ ...config, port: Number(row?.port), database: 'postgres' })
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

describe('a Kysely that is not the host’s own', () => {
  const kysely = () => new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolOf({ max: 2 }) }) })

  it('a transaction is an error when the store is made', async () => {
    await kysely()
      .transaction()
      .execute(async (trx) => {
        expect(() => sqlStore(trx)).toThrow(
          expect.objectContaining({ name: 'PolicyError', message: expect.stringContaining('is a transaction') }),
        )
      })
    const controlled = await kysely().startTransaction().execute()
    expect(() => sqlStore(controlled)).toThrow(/is a transaction/)
    await controlled.rollback().execute()
  })

  it('that of one connection is an error with the first call and every one after it, also when it was given back', async () => {
    const store = await kysely()
      .connection()
      .execute(async (bound) => {
        const made = sqlStore(bound)
        await expect(Promise.all([made.find('x'), made.find('y')])).rejects.toMatchObject({ code: 'store_unsuitable' })
        return made
      })
    for (const call of [() => store.find('x'), () => store.bound(1), () => add(store)])
      await expect(call()).rejects.toMatchObject({
        code: 'store_unsuitable',
        message: expect.stringContaining('db.connection()'),
      })
  })

  it('one without transactions is an error with the first call', async () => {
    const none = kysely()
    const adapter = none.getExecutor().adapter
    const http = new Kysely<unknown>({
      dialect: {
        createAdapter: () => adapter,
        createIntrospector: () => none.introspection,
        createQueryCompiler: () => new PostgresDialect({ pool: poolOf() }).createQueryCompiler(),
        createDriver: () => ({
          init: async () => undefined,
          acquireConnection: async () => ({
            executeQuery: (query) => none.executeQuery(query) as never,
            streamQuery: () => ({}) as never,
          }),
          beginTransaction: async () => {
            throw new Error('Transactions are not supported with HTTP connections.')
          },
          commitTransaction: async () => undefined,
          rollbackTransaction: async () => undefined,
          releaseConnection: async () => undefined,
          destroy: async () => undefined,
        }),
      },
    })
    await expect(sqlStore(http).find('x')).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining('no transactions'),
    })
  })
})

describe('an error of the driver’s', () => {
  it.each<[string, pg.PoolConfig, RegExp, string?]>([
    ['a server that is not there, under several addresses', { host: 'localhost', port: 1 }, /ECONNREFUSED/],
    ['no free connection in time', { connectionTimeoutMillis: 1, host: '127.0.0.1', port: 9 }, /ECONNREFUSED|timeout/],
    ['a statement that took too long', { statement_timeout: 1 }, /statement timeout/, 'select pg_sleep(1)'],
  ])('keeps its words for whoever operates it: %s', async (_, settings, words) => {
    const holder = new pg.Client(config)
    await holder.connect()
    await holder.query('begin; lock table plan_tokens')
    const error = await storeOver(poolOf(settings))
      .find('x')
      .catch((thrown) => thrown)
    await holder.end()
    expect(error.message).toMatch(words)
  })

  it('is said where the pool was ended', async () => {
    const pool = poolOf()
    await pool.end()
    await expect(storeOver(pool).find('x')).rejects.toThrow('Cannot use a pool after calling end on the pool')
  })
})

it('parameters are bound by the server, never written into the statement', async () => {
  const seen: { text: string; values: number }[] = []
  const pool = poolOf()
  const connect = pool.connect.bind(pool)
  const kysely = new Kysely<unknown>({
    dialect: new PostgresDialect({
      pool: {
        async connect() {
          const client = await connect()
          const query = (text: string, values: unknown[]) => {
            seen.push({ text, values: values.length })
            return client.query(text, values)
          }
          return { query, release: () => client.release() } as never
        },
        end: () => pool.end(),
      },
    }),
  })
  await keepsItsPromise(sqlStore(kysely))
  for (const { text, values } of seen) {
    expect(text).not.toMatch(/digest-|漢|admin/)
    expect(new Set(text.match(/\$\d+/g)).size).toBe(values)
  }
  expect(seen.some(({ values }) => values > 10)).toBe(true)
  await sql`select 1`.execute(kysely)
})
