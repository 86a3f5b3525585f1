/** The options of `sqlStore` and `sqlMigrations`: what is no option is found at start-up, all at once. No database is needed. */
import { Kysely, MssqlDialect } from 'kysely'
import { type SqlTables, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { STEPS } from '../../../src/stores/sql/schema.ts'

describe('options', () => {
  const dialect = new MssqlDialect({ tarn: { options: {}, Pool: class {} }, tedious: {} } as never)
  const problemsOf = (make: () => unknown): unknown => {
    try {
      make()
    } catch (error) {
      if (error instanceof TypeError) return (error as { issues?: { path: string }[] }).issues?.map(({ path }) => path)
      throw error
    }
    return 'none'
  }

  it.each<[string, object, string[]]>([
    ['a name with a quotation mark', { tables: { tokens: 'a"b' } }, ['tables.tokens']],
    ['a name with a dot', { tables: { tokens: 'a.b' } }, ['tables.tokens']],
    ['a name that is empty', { tables: { tokens: '' } }, ['tables.tokens']],
    ['a name that begins with a digit', { tables: { tokens: '1a' } }, ['tables.tokens']],
    ['a name with a letter beyond ASCII', { tables: { tokens: 'tökens' } }, ['tables.tokens']],
    ['a name of 41 characters', { tables: { tokens: 'a'.repeat(41) } }, ['tables.tokens']],
    ['a name that is no text', { tables: { tokens: 1 } }, ['tables.tokens']],
    ['two tables of one name', { tables: { tokens: 'a', uses: 'a' } }, ['tables']],
    ['a table that there is not', { tables: { token: 'a' } }, ['tables.token']],
    ['a schema with a space', { schema: 'my schema' }, ['schema']],
    ['another dialect', { dialect: 'mssql' }, ['dialect']],
    ['an unknown option', { prefix: 'a' }, ['prefix']],
    ['everything at once', { schema: '', tables: { uses: '-' }, x: 1 }, ['schema', 'tables.uses', 'x']],
    ['no object', [], ['options']],
  ])('refuse %s, in a TypeError that names it', (_, options, paths) => {
    for (const make of [() => sqlStore(new Kysely({ dialect }), options), () => sqlMigrations(options)])
      expect((problemsOf(make) as string[]).toSorted()).toEqual(paths)
  })

  it('refuse a listener that is none, one for another database than PostgreSQL, and one for migrations', () => {
    const kysely = new Kysely({ dialect })
    const listen = () => () => undefined
    expect(problemsOf(() => sqlStore(kysely, { listen: 1 as never }))).toEqual(['listen'])
    expect(problemsOf(() => sqlStore(kysely, { dialect: 'mysql', listen }))).toEqual(['listen'])
    expect(problemsOf(() => sqlMigrations({ listen } as SqlTables))).toEqual(['listen'])
    expect(problemsOf(() => sqlStore(kysely, { dialect: 'postgres', listen }))).toBe('none')
  })

  it('allow names of 40 characters, whose indexes PostgreSQL can still name', () => {
    const tables = { tokens: 'a'.repeat(40) }
    const longest = [
      ...sqlMigrations({ tables })
        .toSql('postgres')
        .matchAll(/"(\w+)"/g),
    ].map(([, name]) => name?.length)
    expect(Math.max(...longest.map(Number))).toBeLessThanOrEqual(63)
  })

  it('say that a database which the store cannot use is unsuitable', async () => {
    const kysely = new Kysely({ dialect })
    expect(() => sqlStore(kysely)).toThrow(expect.objectContaining({ code: 'store_unsuitable' }))
    const migrations = await sqlMigrations().getMigrations()
    for (const { up } of Object.values(migrations))
      await expect(up(kysely)).rejects.toMatchObject({ code: 'store_unsuitable' })
  })

  it('print no SQL for a dialect that there is not', () => {
    expect(problemsOf(() => sqlMigrations().toSql('mssql' as never))).toEqual(['dialect'])
  })

  it('have no way down, which would end every token', async () => {
    const migrations = Object.values(await sqlMigrations().getMigrations())
    expect(migrations.map((migration) => Object.keys(migration))).toEqual(Object.keys(STEPS).map(() => ['up']))
  })
})
