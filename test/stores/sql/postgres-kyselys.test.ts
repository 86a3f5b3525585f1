/** What a store over PostgreSQL is given: a Kysely that is not the host's own, errors of the driver, parameters. */
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { sqlStore } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { add } from '../records.ts'
import { keepsItsPromise, type Postgres, storeOver, withOnePostgres } from './postgres-session.ts'

let db: Postgres
withOnePostgres((made) => {
  db = made
})

describe('a Kysely that is not the host’s own', () => {
  const kysely = () => new Kysely<unknown>({ dialect: new PostgresDialect({ pool: db.poolOf({ max: 2 }) }) })

  it('a transaction is an error when the store is made', async () => {
    await kysely()
      .transaction()
      .execute(async (trx) => {
        expect(() => sqlStore(trx)).toThrow(
          expect.objectContaining({ name: 'SetupError', message: expect.stringContaining('is a transaction') }),
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
        createQueryCompiler: () => new PostgresDialect({ pool: db.poolOf() }).createQueryCompiler(),
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
    const holder = new pg.Client(db.config)
    await holder.connect()
    await holder.query('begin; lock table plan_tokens')
    const error = await storeOver(db.poolOf(settings))
      .find('x')
      .catch((thrown) => thrown)
    await holder.end()
    expect(error.message).toMatch(words)
  })

  it('is said where the pool was ended', async () => {
    const pool = db.poolOf()
    await pool.end()
    await expect(storeOver(pool).find('x')).rejects.toThrow('Cannot use a pool after calling end on the pool')
  })
})

it('parameters are bound by the server, never written into the statement', async () => {
  const seen: { text: string; values: number }[] = []
  const pool = db.poolOf()
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
  await keepsItsPromise(sqlStore(kysely), db.other)
  for (const { text, values } of seen) {
    expect(text).not.toMatch(/digest-|漢|admin/)
    expect(new Set(text.match(/\$\d+/g)).size).toBe(values)
  }
  expect(seen.some(({ values }) => values > 10)).toBe(true)
  await sql`select 1`.execute(kysely)
})
