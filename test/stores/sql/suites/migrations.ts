/** The tables: by `migrate`, by Kysely's Migrator or by printed SQL, under names and in a schema of the host's choice. */
import { CamelCasePlugin, type Kysely, Migrator, sql } from 'kysely'
import { migrate, type SqlStoreOptions, type SqlTables, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { expect, it } from 'vitest'
import { SCHEMA_VERSION, STEPS } from '../../../../src/stores/sql/schema.ts'
import { add, eventOf, next, T } from '../../records.ts'
import { type Engine, freshStore } from '../engines.ts'

const TABLES = { tokens: 'Api_tokens', secrets: 'hashes', events: 'audit', uses: 'used', values: 'kept', state: 'st8' }
const TEXT = '"Nächster" \\ %_\'; drop table x; -- 🔑 Ünïcödé'

/** A token is created, changed, found in each way, and swept. */
async function goesThroughItsLife(kysely: Kysely<unknown>, options: SqlStoreOptions = {}): Promise<void> {
  const store = sqlStore(kysely, options)
  const first = await add(store, { name: TEXT, description: TEXT })
  const changed = next(first, { revokedAt: T, revokedBy: 'admin', description: '' })
  expect(await store.commit(changed, eventOf(changed))).toBe(true)
  expect(await store.find(first.id)).toEqual(changed)
  expect(await store.findByDigest(`digest-${first.id}`)).toEqual(changed)
  expect(await store.list({ planId: 'p1', order: 'expiry', now: T, limit: 9, search: 'ünïc' })).toEqual([changed])
  expect(await store.events({ limit: 9 })).toHaveLength(2)
  expect(await store.bound(7)).toBe(7)
  expect(await store.writeValue('kept', TEXT, 0)).toBe(true)
  expect(await store.readValue('kept')).toEqual({ value: TEXT, version: 1 })
  await store.recordUse([{ tokenId: first.id, digest: `digest-${first.id}`, at: T }])
  await store.recordUse([{ tokenId: first.id, digest: `digest-${first.id}`, at: T - 1 }])
  expect(await store.lastUse([first.id])).toEqual([{ tokenId: first.id, digest: `digest-${first.id}`, at: T }])
  expect(await store.sweep({ before: T + 1, limit: 9 })).toEqual({ records: 1, events: 1 })
  expect(await store.lastUse([first.id])).toEqual([])
}

/** Makes the schema `other` where the tables are to be, on a Kysely that keeps to one connection. */
async function makeSchema({ dialect }: Engine, kysely: Kysely<unknown>): Promise<void> {
  const make = dialect === 'sqlite' ? sql`attach ':memory:' as other` : sql`create schema if not exists other`
  await make.execute(kysely)
}

const NAMES = Object.keys(STEPS)
/** The columns that later steps have made. */
const LATER = [
  ['plan_token_events', 'reason'],
  ['plan_token_events', 'details'],
  ['plan_tokens', 'details'],
  ['plan_token_events', 'hash'],
  ['plan_token_events', 'chain'],
  ['plan_token_state', 'chain'],
] as const
const migrateByKysely = async (kysely: Kysely<unknown>, tables: SqlTables = {}): Promise<void> => {
  const { error } = await new Migrator({ db: kysely, provider: sqlMigrations(tables) }).migrateToLatest()
  if (error !== undefined) throw error
}

export function makesItsTables(engine: Engine): void {
  it('migrate says what it did, and does nothing where nothing is missing', async () => {
    const database = await engine.database()
    const kysely = database.kysely()
    expect(await migrate(kysely)).toEqual({ applied: NAMES, version: SCHEMA_VERSION })
    await add(sqlStore(kysely), { id: 'kept' })
    expect(await migrate(kysely)).toEqual({ applied: [], version: SCHEMA_VERSION })
    expect((await sqlStore(kysely).find('kept'))?.id).toBe('kept')
    await database.close()
  })

  it.each([2, 6])('migrate in %i processes at once makes the tables once', async (count) => {
    const database = await engine.database()
    const kyselys = Array.from({ length: engine.hasConnections ? count : 1 }, () => database.kysely())
    const results = await Promise.all(kyselys.map((kysely) => migrate(kysely, { tables: TABLES })))
    expect(results.flatMap(({ applied }) => applied)).toEqual(NAMES)
    await goesThroughItsLife(kyselys[0] as Kysely<unknown>, { tables: TABLES })
    await database.close()
  })

  it.each<[string, typeof migrateByKysely]>([
    ['Kysely’s Migrator', migrateByKysely],
    ['migrate', async (kysely, tables) => void (await migrate(kysely, tables))],
  ])('tables that %s has made are taken by both as they are', async (_, make) => {
    const database = await engine.database()
    const kysely = database.kysely()
    await make(kysely, { tables: TABLES })
    await migrateByKysely(kysely, { tables: TABLES })
    expect(await migrate(kysely, { tables: TABLES })).toEqual({ applied: [], version: SCHEMA_VERSION })
    await goesThroughItsLife(kysely, { tables: TABLES })
    await database.close()
  })

  it('the steps after the first one are completed where one was cut off, and tokens stay', async () => {
    const { kysely, store, database } = await freshStore(engine)
    await add(store, { id: 'kept' })
    // Only MySQL can have been left with the column and without the version: the others make all or nothing.
    if (engine.dialect !== 'mysql') {
      for (const [table, column] of LATER)
        await sql`alter table ${sql.table(table)} drop column ${sql.ref(column)}`.execute(kysely)
      await sql`drop table plan_token_values`.execute(kysely)
    }
    await sql`update plan_token_state set schema_version = 1`.execute(kysely)
    expect(await migrate(kysely)).toEqual({ applied: NAMES.slice(1), version: SCHEMA_VERSION })
    expect((await sqlStore(kysely).find('kept'))?.id).toBe('kept')
    expect(await sqlStore(kysely).events({ limit: 9 })).toHaveLength(1)
    await database.close()
  })

  it('tables of a newer version, and other tables of those names, are left alone', async () => {
    const { kysely, database } = await freshStore(engine)
    await sql`update plan_token_state set schema_version = ${sql.lit(SCHEMA_VERSION + 1)}`.execute(kysely)
    await expect(migrate(kysely)).rejects.toMatchObject({ code: 'store_newer' })
    await sql`drop table plan_token_state`.execute(kysely)
    await sql`drop table plan_tokens`.execute(kysely)
    await sql`create table plan_tokens (other integer)`.execute(kysely)
    await expect(migrate(kysely)).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining('`tables`'),
    })
    expect((await sql`select * from plan_tokens`.execute(kysely)).rows).toEqual([])
    await expect(migrate(kysely, { schema: 'nowhere' })).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining('"nowhere"'),
    })
    await database.close()
  })

  it('a transaction and wrong options are errors that say so', async () => {
    const { kysely, database } = await freshStore(engine)
    await kysely.transaction().execute(async (trx) => {
      await expect(migrate(trx)).rejects.toMatchObject({
        name: 'SetupError',
        message: expect.stringContaining('is a transaction'),
      })
    })
    await expect(migrate(kysely, { schema: 'a b' })).rejects.toMatchObject({ name: 'SetupError' })
    await expect(migrate({} as never)).rejects.toMatchObject({ name: 'SetupError' })
    await database.close()
  })

  if (engine.dialect !== 'sqlite')
    it('a user that may not make tables is told which right it needs', async () => {
      const database = await engine.database()
      const isPostgres = engine.dialect === 'postgres'
      await database.exec(isPostgres ? "create role weak login password 'password'" : 'create user weak')
      if (!isPostgres) await database.exec('grant select, create temporary tables on *.* to weak')
      try {
        await expect(migrate(database.kysely({ user: 'weak' }))).rejects.toMatchObject({
          code: 'store_forbidden',
          message: expect.stringMatching(/create tables.*toSql/),
        })
      } finally {
        await database.close()
        await database.exec(isPostgres ? 'drop owned by weak; drop role weak' : 'drop user weak')
      }
    })

  it('works after the migrations, which may run again', async () => {
    const { kysely, database } = await freshStore(engine)
    await migrate(kysely)
    await goesThroughItsLife(kysely)
    await database.close()
  })

  it.each<[string, SqlTables]>([
    ['names', { tables: TABLES }],
    ['one name', { tables: { uses: 'u' } }],
    ['a schema', { schema: 'other' }],
    ['names in a schema', { tables: TABLES, schema: 'other' }],
  ])('works with %s of the host’s choice, beside other tables of the usual names', async (_, places) => {
    const database = await engine.database()
    const kysely = database.kysely()
    await makeSchema(engine, kysely)
    if (places.tables?.tokens || places.schema) await sql`create table plan_tokens (other integer)`.execute(kysely)
    await migrate(kysely, places)
    await goesThroughItsLife(kysely, places)
    const gone = places.schema && engine.dialect === 'mysql' ? sql`drop schema other` : undefined
    await gone?.execute(kysely)
    await database.close()
  })

  it.each<[string, SqlTables]>([
    ['as it is', {}],
    ['with names', { tables: TABLES }],
  ])('works after the printed SQL was run %s by another tool', async (_, places) => {
    const database = await engine.database()
    await database.exec(sqlMigrations(places).toSql(engine.dialect))
    await goesThroughItsLife(database.kysely(), places)
    await database.close()
  })

  it('makes nothing by halves: what failed can be run again', async () => {
    const database = await engine.database()
    const kysely = database.kysely()
    // In the way of the last statement but one.
    await sql`create table plan_token_state (other integer)`.execute(kysely)
    await expect(migrate(kysely)).rejects.toThrow()
    await sql`drop table plan_token_state`.execute(kysely)
    await migrate(kysely)
    await goesThroughItsLife(kysely)
    await database.close()
  })

  it('takes no notice of plugins of the host’s that rename columns', async () => {
    const database = await engine.database()
    const kysely = database.kysely().withPlugin(new CamelCasePlugin())
    await migrate(kysely)
    await goesThroughItsLife(kysely)
    await database.close()
  })
}
