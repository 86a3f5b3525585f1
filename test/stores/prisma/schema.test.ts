/** The models for a Prisma schema: Prisma reads them, they have the columns of the tables, and its schema engine wants to change nothing. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type PrismaProvider, prismaSchema } from 'plan-access-tokens/stores/prisma'
import { migrate } from 'plan-access-tokens/stores/sql'
import { describe, expect, it } from 'vitest'
import { ORMS, ormsImport, ormsProject, ormsRun, withOrms } from '../../support/orms.ts'
import { startPostgres } from '../../support/postgres.ts'
import { overLibsql } from './worlds.ts'

const PROVIDERS: readonly PrismaProvider[] = ['postgresql', 'mysql', 'sqlite']
const datasource = (provider: PrismaProvider): string => `datasource db {\n  provider = "${provider}"\n}\n\n`

/** The columns of each table, by the models. */
const columnsIn = (schema: string) =>
  Object.fromEntries(
    [...schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)].map(([, body = '']) => [
      /@@map\("(\w+)"\)/.exec(body)?.[1],
      [...body.matchAll(/^ {2}(\w+) (\w+)(\?)?/gm)].map(
        ([, column, type, isNull]) => `${column} ${type}${isNull ?? ''}`,
      ),
    ]),
  )

describe('prismaSchema', () => {
  it.each(PROVIDERS)('of %s has the six tables, none of them for the client', (provider) => {
    const schema = prismaSchema(provider, { tables: { tokens: 'api_tokens' } })
    expect(Object.keys(columnsIn(schema))).toEqual([
      ...[
        'api_tokens',
        'plan_token_secrets',
        'plan_token_events',
        'plan_token_uses',
        'plan_token_values',
        'plan_token_state',
      ],
    ])
    expect(schema.match(/@@ignore/g)).toHaveLength(6)
  })

  it('has the columns of the tables as PostgreSQL has them', async () => {
    const server = await startPostgres()
    const config = await server.database()
    const { Kysely, PostgresDialect } = await import('kysely')
    const { default: pg } = await import('pg')
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new pg.Pool(config) }) })
    await migrate(db)
    await db.destroy()
    const rows = await server.admin(
      `select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public' order by ordinal_position`,
      config.database,
    )
    const found: { [table: string]: string[] } = {}
    for (const { table_name, column_name, data_type, is_nullable } of rows as { [column: string]: string }[]) {
      const type = data_type === 'bigint' ? 'BigInt' : data_type === 'text' ? 'String' : data_type
      const columns = found[table_name as string] ?? []
      found[table_name as string] = [...columns, `${column_name} ${type}${is_nullable === 'YES' ? '?' : ''}`]
    }
    const told = columnsIn(prismaSchema('postgresql'))
    for (const [table, columns] of Object.entries<string[]>(told))
      expect(columns.toSorted()).toEqual(found[table]?.toSorted())
    expect(Object.keys(told).toSorted()).toEqual(Object.keys(found).toSorted())
    await server.close()
  })
})

describe.skipIf(!ORMS)(withOrms('Prisma itself'), () => {
  // One line in the output is enough for what is not there.
  if (!ORMS) return void it('reads the models', () => undefined)

  it.each(PROVIDERS)('finds the models of %s valid', async (provider) => {
    const { folder, remove } = ormsProject({ 'schema.prisma': datasource(provider) + prismaSchema(provider) })
    const { text } = await ormsRun('prisma/build/index.js', ['validate', '--schema', 'schema.prisma'], folder)
    expect(text).toContain('is valid')
    writeFileSync(join(folder, 'schema.prisma'), `${datasource(provider)}model A {\n  b Nothing\n}\n`)
    expect((await ormsRun('prisma/build/index.js', ['validate', '--schema', 'schema.prisma'], folder)).code).not.toBe(0)
    remove()
  })

  it('has nothing to push to SQLite with them, by its own schema engine, and would drop the tables without them', async () => {
    const { file, close, exec } = await overLibsql()
    await exec('drop table outbox')
    const push = await pushTo(file)
    const whole = await push(datasource('sqlite') + prismaSchema('sqlite'))
    expect(whole).toMatchObject({ executedSteps: 0, unexecutable: [], warnings: [] })
    expect(JSON.stringify(await push(datasource('sqlite')))).toContain('plan_token_state')
    await close()
  })
})

/** What `prisma db push` runs, as WebAssembly: the command line would load the same engine from elsewhere. */
async function pushTo(file: string): Promise<(content: string) => Promise<object>> {
  const require = createRequire(join(ORMS ?? '', 'package.json'))
  const wasm = join(ORMS ?? '', 'node_modules/@prisma/schema-engine-wasm/schema_engine_bg')
  const glue = await import(pathToFileURL(`${wasm}.js`).href)
  const { instance } = (await WebAssembly.instantiate(readFileSync(`${wasm}.wasm`), {
    './schema_engine_bg.js': glue,
  })) as unknown as { instance: { exports: { __wbindgen_start(): void } } }
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  const utils = '@prisma/driver-adapter-utils'
  const { bindMigrationAwareSqlAdapterFactory } = require(utils)
  const { PrismaLibSql } = await ormsImport<{ PrismaLibSql: new (config: object) => object }>('@prisma/adapter-libsql')
  return async (content) => {
    const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaLibSql({ url: `file:${file}` }))
    const files = [{ path: 'schema.prisma', content }]
    const engine = await glue.SchemaEngine.new({ datamodels: [['schema.prisma', content]] }, () => undefined, adapter)
    return engine.schemaPush({ force: false, schema: { files }, filters: { externalTables: [], externalEnums: [] } })
  }
}
