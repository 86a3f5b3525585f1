/** The store over the Kysely that comes next, on two engines: what is loaded of it is the host's, so that nothing else may differ. */
import * as kyselyNext from 'kysely-next'
import { Migrator } from 'kysely-next/migration'
import pg from 'pg'
import { migrate, preparedStatements, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next } from '../records.ts'
import { LIBSQL_NEXT } from './engines.ts'
import { passesTheContract } from './suites/contract.ts'

describe('over Kysely 0.29', () => {
  describe('libsql', () => passesTheContract(LIBSQL_NEXT))

  it('its Migrator takes the migrations, and finds nothing to do after migrate', async () => {
    const database = await LIBSQL_NEXT.database()
    const db = database.kysely()
    await migrate(db)
    const migrator = new Migrator({ db: db as never, provider: sqlMigrations() as never })
    expect((await migrator.migrateToLatest()).error).toBeUndefined()
    await add(sqlStore(db), { id: 'a' })
    await database.close()
  })

  it('PostgreSQL, with prepared statements and a connection that is lost', async () => {
    const server = await startPostgres()
    const config = await server.database()
    const pool = new pg.Pool({ ...config, max: 1 })
    pool.on('error', () => undefined)
    const dialect = new kyselyNext.PostgresDialect({ pool: preparedStatements(pool) as never })
    const db = new kyselyNext.Kysely<unknown>({ dialect }) as never
    await migrate(db)
    const store = sqlStore(db)
    const record = await add(store)
    const changed = next(record, { name: 'Changed' })
    expect(await store.commit(changed, eventOf(changed))).toBe(true)
    expect(await store.commit(changed, eventOf(changed))).toBe(false)
    await server.admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${config.database}'`)
    expect(await store.find(record.id)).toEqual(changed)
    await (db as { destroy(): Promise<void> }).destroy()
    await server.close()
  })
})
