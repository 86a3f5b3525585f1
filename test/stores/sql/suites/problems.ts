/** What somebody has to mend comes as one error that says what to do; everything else as the driver's own, without values. */
import { inspect } from 'node:util'
import { sql } from 'kysely'
import { createPlanTokens, StoreError } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { migrate, sqlStore } from 'plan-access-tokens/stores/sql'
import { expectAllowed, expectDenied, requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { SCHEMA_VERSION } from '../../../../src/stores/sql/schema.ts'
import { add, eventOf, next, recordOf, T } from '../../records.ts'
import { type Engine, freshStore } from '../engines.ts'

const record = recordOf({ id: 'a' })
const CALLS: readonly (readonly [name: string, (store: ReturnType<typeof sqlStore>) => Promise<unknown>])[] = [
  ['findByDigest', (store) => store.findByDigest('x')],
  ['find', (store) => store.find('x')],
  ['list', (store) => store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })],
  ['list by expiry', (store) => store.list({ planId: 'p1', order: 'expiry', now: T, limit: 9 })],
  ['commit', (store) => store.commit(record, eventOf(record))],
  ['events', (store) => store.events({ limit: 9 })],
  ['bound', (store) => store.bound(1)],
  ['the bound that stands', (store) => store.bound(0)],
  ['recordUse', (store) => store.recordUse([{ tokenId: 'a', digest: 'd', at: T }])],
  ['lastUse', (store) => store.lastUse(['a'])],
  ['sweep', (store) => store.sweep({ before: T, limit: 9 })],
]

async function problemOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await call.then(
    () => new Error('It did not fail.'),
    (thrown) => thrown,
  )
  return { ...error, isOurs: error instanceof StoreError, message: error.message }
}

export function saysWhatToMend(engine: Engine): void {
  describe('tables that are not there', () => {
    it('have to be made, as every call says, and every call works once they are', async () => {
      const database = await engine.database()
      const kysely = database.kysely()
      const store = sqlStore(kysely)
      for (const [name, call] of CALLS)
        expect([name, await problemOf(call(store))]).toMatchObject([
          name,
          {
            isOurs: true,
            code: 'store_not_migrated',
            message: expect.stringMatching(/"plan_tokens".*sqlMigrations/),
          },
        ])
      await migrate(kysely)
      for (const [, call] of CALLS) await call(store)
      await database.close()
    })

    it('are missed also when they go later, and in the schema that was named', async () => {
      const { store, kysely, database } = await freshStore(engine)
      await store.find('x')
      await sql`alter table plan_tokens rename to gone`.execute(kysely)
      expect(await problemOf(store.find('x'))).toMatchObject({ code: 'store_not_migrated' })
      await sql`alter table gone rename to plan_tokens`.execute(kysely)
      expect(await store.find('x')).toBeUndefined()
      const elsewhere = sqlStore(kysely, { schema: 'nowhere' })
      expect(await problemOf(elsewhere.find('x'))).toMatchObject({
        code: 'store_not_migrated',
        message: expect.stringContaining('nowhere.plan_tokens'),
      })
      await sql`alter table plan_tokens rename column event_id to event`.execute(kysely)
      expect(await problemOf(store.find('x'))).toMatchObject({ code: 'store_not_migrated' })
      await database.close()
    })
  })

  it.each([
    ['a later version', `schema_version = ${SCHEMA_VERSION + 1}`, 'store_newer', 'Update the package'],
    ['an earlier version', 'schema_version = 0', 'store_not_migrated', 'sqlMigrations'],
    ['no number of a version', 'id = 2', 'store_not_migrated', 'sqlMigrations'],
  ])('tables of %s are an error that says what to do', async (_, change, code, advice) => {
    const { store, kysely, database } = await freshStore(engine)
    await sql`update plan_token_state set ${sql.raw(change)}`.execute(kysely)
    for (const [, call] of CALLS)
      expect(await problemOf(call(store))).toMatchObject({
        isOurs: true,
        code,
        message: expect.stringContaining(advice),
      })
    await database.close()
  })

  it('the version is looked at with the first call and after a failure, and otherwise a request is one statement', async () => {
    const { database, kysely, store: other } = await freshStore(engine)
    const { id } = await add(other)
    const statements: string[] = []
    const logged = database.kysely({}, (statement) => statements.push(statement))
    const store = sqlStore(logged)
    await store.find('x')
    expect(statements.filter((text) => text.includes('schema_version'))).toHaveLength(1)
    statements.length = 0
    await store.findByDigest(`digest-${id}`)
    await store.events({ limit: 1 })
    // Of SQLite each has a transaction of its own.
    const each = engine.dialect === 'sqlite' ? ['begin', 'select', 'commit'] : ['select']
    expect(statements.map((text) => /^begin|^commit|select/.exec(text)?.[0])).toEqual([...each, ...each])

    await sql`update plan_token_state set schema_version = ${sql.lit(SCHEMA_VERSION + 1)}`.execute(kysely)
    expect(await store.find('x')).toBeUndefined()
    await sql`alter table plan_tokens rename to gone`.execute(kysely)
    expect(await problemOf(store.find('x'))).toMatchObject({ code: 'store_not_migrated' })
    await sql`alter table gone rename to plan_tokens`.execute(kysely)
    expect(await problemOf(store.find('x'))).toMatchObject({ code: 'store_newer' })
    await database.close()
  })

  it('a database that can only be read says so when something is written', async () => {
    const { database } = await freshStore(engine)
    const readOnly = {
      postgres: { options: '-c default_transaction_read_only=on' },
      mysql: { user: 'reader' },
      sqlite: { pragma: 'query_only = 1' },
    }
    if (engine.dialect === 'mysql') {
      await database.exec('create user reader; grant select, insert, update, delete on *.* to reader')
      await database.exec('set global read_only = 1')
    }
    const store = sqlStore(database.kysely(readOnly[engine.dialect]))
    try {
      // A MySQL server that can only be read is taken for a replica.
      const isRefused = engine.dialect === 'mysql'
      if (!isRefused) expect(await store.find('x')).toBeUndefined()
      const writes = ['commit', 'bound', 'recordUse']
      for (const [name, call] of CALLS.filter(([name]) => isRefused || writes.includes(name)))
        expect([name, await problemOf(call(store))]).toMatchObject([
          name,
          { isOurs: true, code: 'store_unsuitable', message: expect.stringContaining('primary') },
        ])
    } finally {
      if (engine.dialect === 'mysql') await database.exec('set global read_only = 0; drop user reader')
      await database.close()
    }
  })

  it('no error holds a digest, in any of its fields', async () => {
    const { store, database } = await freshStore(engine)
    const digest = 'f'.repeat(64)
    const secrets = [{ digest, issuedAt: T, worksUntil: null }]
    const first = await add(store, { secrets })
    const taken = recordOf({ secrets })
    const commit = store.commit(taken, eventOf(taken))
    await expect(commit).rejects.toThrow('belongs to another token')
    const long = next(first, { planId: 'p'.repeat(300), name: '\0' })
    const errors = [
      await commit.catch((error) => error),
      await store.commit(long, eventOf(long)).catch((error) => error),
    ]
    for (const error of errors) expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(digest)
    expect(await store.find(taken.id)).toBeUndefined()
    await database.close()
  })

  it('a broken row makes its own token unavailable to requests, and no other', async () => {
    const { store, kysely, database } = await freshStore(engine)
    const directory = testDirectory({ '1': { admins: ['admin'], resources: { 'file:ABC': {} } } })
    const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory })
    const issue = (name: string) =>
      tokens.create({
        ...{ actor: 'admin', planId: '1', type: 'rest', name, lifetimeDays: 1 },
        ...{ scopes: ['file_content:read'], resources: 'all' },
      })
    const [broken, whole] = [await issue('Broken'), await issue('Whole')]
    await sql`update plan_tokens set scopes = '[' where name = 'Broken'`.execute(kysely)
    expectDenied(await tokens.authorize(requestWith(broken.secret, 'GET /v1/files/ABC')), 'unavailable')
    expectAllowed(await tokens.authorize(requestWith(whole.secret, 'GET /v1/files/ABC')))
    const { tokens: shown } = await tokens.list({ actor: 'admin', planId: '1' })
    expect(shown.map(({ name, scopes }) => [name, scopes.length]).toSorted()).toEqual([
      ['Broken', 0],
      ['Whole', 1],
    ])
    await database.close()
  })

  if (engine.dialect === 'sqlite')
    it.each([
      [0, 5_000],
      [123, 123],
    ])(
      'a busy_timeout of %i ms is %i ms once the store was used: it waits for other processes',
      async (before, after) => {
        const { database } = await freshStore(engine)
        const kysely = database.kysely({ pragma: `busy_timeout = ${before}` })
        await sqlStore(kysely).find('x')
        expect((await sql`pragma busy_timeout`.execute(kysely)).rows).toEqual([{ timeout: after }])
        await database.close()
      },
    )

  if (engine.dialect === 'mysql')
    it('a connection on which quoted values are not safe is refused', async () => {
      const { database } = await freshStore(engine)
      const kysely = database.kysely({ connectionLimit: 1 })
      await sql`set session sql_mode = 'NO_BACKSLASH_ESCAPES'`.execute(kysely)
      expect(await problemOf(sqlStore(kysely).find("'"))).toMatchObject({ code: 'store_unsuitable' })
      await database.close()
    })

  if (engine.dialect !== 'sqlite')
    it.each([
      ['no right at all', [], 'findByDigest'],
      ['no right to write', ['select'], 'commit'],
    ])('a user with %s is told which tables it needs rights for', async (_, rights, name) => {
      const { database } = await freshStore(engine)
      const isPostgres = engine.dialect === 'postgres'
      await database.exec(isPostgres ? "create role weak login password 'password'" : 'create user weak')
      for (const right of [...rights, ...(isPostgres ? [] : ['create temporary tables'])])
        await database.exec(
          isPostgres ? `grant ${right} on all tables in schema public to weak` : `grant ${right} on *.* to weak`,
        )
      try {
        const store = sqlStore(database.kysely({ user: 'weak' }))
        for (const [other, call] of CALLS)
          if (rights.length > 0 && ['find', 'findByDigest', 'events'].includes(other)) await call(store)
        const call = CALLS.find(([other]) => other === name)?.[1] ?? (() => Promise.resolve())
        expect(await problemOf(call(store))).toMatchObject({
          isOurs: true,
          code: 'store_forbidden',
          message: expect.stringMatching(/"plan_tokens".*select, insert, update and delete/),
        })
      } finally {
        await database.close()
        await database.exec(isPostgres ? 'drop owned by weak; drop role weak' : 'drop user weak')
      }
    })
}
