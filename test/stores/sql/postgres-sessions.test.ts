/**
 * What a host can set on a PostgreSQL session, and what the store makes of it: the promise holds all the same, or the error names
 * the setting. The table of docs/stores.md, tried on a real server. Roles, databases and tables: postgres-tables.test.ts. What a
 * store is made of: postgres-kyselys.test.ts.
 */
import pg from 'pg'
import { preparedStatements, type SqlStore, sqlMigrations } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { add, eventOf, recordOf } from '../records.ts'
import { keepsItsPromise, type Postgres, storeOver, withOnePostgres } from './postgres-session.ts'

let db: Postgres
withOnePostgres((made) => {
  db = made
})

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
  db.server.admin(
    'select (select count(*)::int from plan_tokens) as tokens, last_seq::int as seq, bound_ms::int as bound from plan_token_state',
    db.config.database,
  )

describe('a session that is set to', () => {
  it.each(WORKS)('%s keeps the promise', async (_, { set, pool }) => {
    await keepsItsPromise(storeOver(db.poolOf(pool, set)), db.other)
  })

  it.each(WORKS)('%s keeps the promise with prepared statements', async (_, { set, pool }) => {
    await keepsItsPromise(storeOver(preparedStatements(db.poolOf(pool, set)) as pg.Pool), db.other)
  })

  it.each(REFUSED)(
    '%s is refused by every call that the promise needs, and nothing is written',
    async (_, setting, word) => {
      await add(db.other, { id: 'there' })
      const before = await written()
      for (const [name, call] of CALLS) {
        const pool = db.poolOf(setting.pool, setting.set)
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

describe.each(['repeatable read', 'serializable'])(
  'a transaction at %s that the host begins on each new connection and does not use',
  (level) => {
    const overs = [
      ['by itself', (pool: pg.Pool) => pool],
      ['with preparedStatements', (pool: pg.Pool) => preparedStatements(pool) as pg.Pool],
    ] as const
    it.each(overs)('is refused where a look-up or a change would be its first statement, %s', async (_, over) => {
      const record = await add(db.other, { id: 'there' })
      const before = await written()
      const calls: typeof CALLS = [...CALLS.filter(([name]) => name !== 'bound'), ['bound', (store) => store.bound(0)]]
      for (const [name, call] of calls) {
        const pool = db.poolOf({ max: 2 }, `begin isolation level ${level}`)
        const store = storeOver(over(pool))
        // The first look has a transaction of its own, with which the unused one ends; the next connection is not looked at.
        expect(await store.find('there')).toEqual(record)
        const first = await pool.connect()
        const errors = [await call(store).catch((thrown) => thrown), await call(store).catch((thrown) => thrown)]
        first.release()
        await pool.end()
        const refusal = { code: 'store_unsuitable', message: expect.stringContaining('transaction open') }
        expect([name, ...errors]).toMatchObject([name, refusal, refusal])
      }
      expect(await written()).toEqual(before)
    })

    it.each(overs)('ends where what is written has a transaction of its own, %s', async (_, over) => {
      const pool = db.poolOf({ max: 2 }, `begin isolation level ${level}`)
      const store = storeOver(over(pool))
      expect(await store.find('there')).toBeUndefined()
      const first = await pool.connect()
      const bound = await store.bound(9_000)
      first.release()
      expect([bound, await db.other.bound(0)]).toEqual([9_000, 9_000])
    })
  },
)

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
    await db.server.admin(
      `drop schema if exists copy cascade; create schema copy; ${sqlMigrations().toSql('postgres').replaceAll('create table "', 'create table copy."').replaceAll(' on "', ' on copy."').replace('insert into "', 'insert into copy."').replaceAll('alter table "', 'alter table copy."').replaceAll('update "', 'update copy."')}`,
      db.config.database,
    )
    const record = await add(db.other, { id: 'there' })
    for (const [name, call] of CALLS) {
      const pool = db.poolOf()
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
    const store = storeOver(db.poolOf())
    await add(store)
    await db.server.admin(
      'create table new (like plan_tokens including all); drop table plan_tokens; alter table new rename to plan_tokens',
      db.config.database,
    )
    expect(await store.findByDigest('digest-x')).toBeUndefined()
    const record = await add(db.other)
    expect(await store.findByDigest(`digest-${record.id}`)).toEqual(record)
  })

  it('the option schema makes it the same whatever the search_path is', async () => {
    const pool = db.poolOf({}, 'set search_path = nowhere')
    await keepsItsPromise(storeOver(pool, { schema: 'public' }), db.other)
  })
})
