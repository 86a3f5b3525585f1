/** The real drizzle-kit beside the store's tables: with them in the schema file it wants to change nothing, without them it would drop them. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPackage } from '../../support/built-package.ts'
import { hasMariadb, startMariadb } from '../../support/mariadb.ts'
import { ORMS, ormsProject, ormsRun, withOrms } from '../../support/orms.ts'
import { startPostgres } from '../../support/postgres.ts'
import { overLibsql, overMysql2, overPg } from './worlds.ts'

/** A host's own table, made by hand as the worlds have it. */
const OWN = {
  postgresql: `import { bigint, pgTable, varchar } from 'drizzle-orm/pg-core'
export const outbox = pgTable('outbox', { seq: bigint('seq', { mode: 'number' }).primaryKey(), tokenId: varchar('token_id', { length: 256 }).notNull() })`,
  turso: 'export {}',
  mysql: 'export {}',
}
const OURS = {
  postgresql: `export const { tokens, secrets, events, uses, values, state } = pgTables()`,
  turso: `export const { tokens, secrets, events, uses, values, state } = sqliteTables()`,
}

describe.skipIf(!ORMS)(withOrms('drizzle-kit push'), () => {
  // One line in the output is enough for what is not there.
  if (!ORMS) return void it('wants to change nothing', () => undefined)
  const { folder, remove } = ormsProject({})
  const push = async (dialect: keyof typeof OWN, url: string, schema: string, filter?: string) => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(folder, 'schema.ts'), schema)
    const config = {
      dialect,
      schema: './schema.ts',
      dbCredentials: { url },
      verbose: true,
      strict: true,
      ...(filter && { tablesFilter: [filter] }),
    }
    writeFileSync(join(folder, 'drizzle.config.ts'), `export default ${JSON.stringify(config)}`)
    const { text } = await ormsRun('drizzle-kit/bin.cjs', ['push', '--config', 'drizzle.config.ts'], folder)
    return text
  }
  const importing = (name: string) => `import { ${name} } from 'plan-access-tokens/stores/drizzle'\n`

  beforeAll(async () => {
    await buildPackage(join(folder, 'node_modules/plan-access-tokens'))
  }, 180_000)
  afterAll(remove)

  it('of PostgreSQL', { timeout: 120_000 }, async () => {
    const server = await startPostgres()
    const { config, close } = await overPg(server)
    const url = `postgres://${config.user}:${config.password}@${config.host}:${config.port}/${config.database}`
    const both = [importing('pgTables'), OWN.postgresql, OURS.postgresql].join('\n')
    expect(await push('postgresql', url, both)).toContain('No changes detected')
    expect(await push('postgresql', url, OWN.postgresql)).toMatch(/drop table "plan_tokens"/i)
    expect(await push('postgresql', url, OWN.postgresql, '!plan_token*')).toContain('No changes detected')
    await close()
    await server.close()
  })

  it('of SQLite', { timeout: 120_000 }, async () => {
    const { file, close, exec } = await overLibsql()
    await exec('drop table outbox')
    const both = [importing('sqliteTables'), OURS.turso].join('\n')
    expect(await push('turso', `file:${file}`, both)).toContain('No changes detected')
    expect(await push('turso', `file:${file}`, OWN.turso)).toMatch(/drop table `plan_tokens`/i)
    await close()
  })

  it.skipIf(!hasMariadb)('of MariaDB, by a filter', { timeout: 120_000 }, async () => {
    const server = await startMariadb()
    const { config, close, exec } = await overMysql2(server)
    await exec('drop table outbox')
    const url = `mysql://${config.user}@${config.host}:${config.port}/${config.database}`
    expect(await push('mysql', url, OWN.mysql)).toMatch(/drop table `plan_tokens`/i)
    expect(await push('mysql', url, OWN.mysql, '!plan_token*')).toContain('No changes detected')
    await close()
    await server.close()
  })
})
