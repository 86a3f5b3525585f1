/** The store over the Kysely that comes next, on two engines: what is loaded of it is the host's, so that nothing else may differ. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import pg from 'pg'
import { migrate, preparedStatements, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { STEPS } from '../../../src/stores/sql/schema.ts'
import { ROOT } from '../../docs/markdown.ts'
import { KYSELY_NEXT, KYSELY_NEXT_COMMAND } from '../../support/kysely-next.ts'
import { startPostgres } from '../../support/postgres.ts'
import { add, eventOf, next } from '../records.ts'
import { LIBSQL_NEXT } from './engines.ts'
import { passesTheContract } from './suites/contract.ts'

const title = `over Kysely 0.29${KYSELY_NEXT ? '' : ` (skipped without it: ${KYSELY_NEXT_COMMAND})`}`

describe.skipIf(!KYSELY_NEXT)(title, () => {
  // One line in the output is enough for what is not there.
  if (!KYSELY_NEXT) return void it('passes what it passes over 0.28', () => undefined)
  const { Kysely, Migrator, PostgresDialect, folder } = KYSELY_NEXT
  describe('libsql', () => passesTheContract(LIBSQL_NEXT))

  it('its Migrator takes the migrations, and finds nothing to do after migrate', async () => {
    const database = await LIBSQL_NEXT.database()
    const db = database.kysely()
    await migrate(db)
    const { error, results } = await new Migrator({ db, provider: sqlMigrations() }).migrateToLatest()
    expect(error).toBeUndefined()
    expect(results?.map(({ status }) => status)).toEqual(Object.keys(STEPS).map(() => 'Success'))
    await add(sqlStore(db), { id: 'a' })
    await database.close()
  })

  it('PostgreSQL, with prepared statements and a connection that is lost', async () => {
    const server = await startPostgres()
    const config = await server.database()
    const pool = new pg.Pool({ ...config, max: 1 })
    pool.on('error', () => undefined)
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: preparedStatements(pool) }) })
    await migrate(db)
    const store = sqlStore(db)
    const record = await add(store)
    const changed = next(record, { name: 'Changed' })
    expect(await store.commit(changed, eventOf(changed))).toBe(true)
    expect(await store.commit(changed, eventOf(changed))).toBe(false)
    await server.admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${config.database}'`)
    expect(await store.find(record.id)).toEqual(changed)
    await db.destroy()
    await server.close()
  })

  it('the sources of the store and a host’s code have no mistake with its types', async () => {
    mkdirSync(`${ROOT}.vitest`, { recursive: true })
    const place = mkdtempSync(`${ROOT}.vitest/kysely-next-`)
    try {
      const paths = {
        kysely: [`${folder}/dist/index.d.ts`],
        'kysely/migration': [`${folder}/dist/migration/index.d.ts`],
        'plan-access-tokens': [`${ROOT}src/index.ts`],
        'plan-access-tokens/*': [`${ROOT}src/*/index.ts`],
      }
      const include = [`${ROOT}src/stores/sql`, `${ROOT}test/types/kysely-next`]
      const config = { extends: `${ROOT}tsconfig.json`, compilerOptions: { paths }, include, exclude: [] }
      writeFileSync(`${place}/tsconfig.json`, JSON.stringify(config))
      const tsc = promisify(execFile)(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, '-p', place])
      expect((await tsc.catch(({ stdout }: { stdout: string }) => ({ stdout }))).stdout).toBe('')
    } finally {
      rmSync(place, { recursive: true })
    }
  })
})
