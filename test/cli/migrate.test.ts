/** `migrate`: once, again, interrupted while another process holds the database, and where it cannot be done. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Libsql from 'libsql'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SCHEMA_VERSION } from '../../src/stores/sql/schema.ts'
import { project, SQLITE } from './project.ts'

const CONFIG = 'plan-access-tokens.config.mjs'

function tablesOf(folder: string): readonly string[] {
  const database = new Libsql(join(folder, 'tokens.db'))
  const rows = database.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[]
  database.close()
  return rows.map(({ name }) => name).sort()
}

describe('migrate', () => {
  it('makes the tables once, and says so', async () => {
    const { run, folder } = project(SQLITE)
    const first = await run(['migrate', '--json'])
    expect(first.code).toBe(0)
    expect(JSON.parse(first.stdout)).toEqual({
      applied: expect.arrayContaining([expect.any(String)]),
      version: SCHEMA_VERSION,
    })
    expect(tablesOf(folder)).toContain('plan_tokens')
    const second = await run(['migrate'])
    expect(second).toEqual({ code: 0, stdout: '', stderr: `The tables are up to date (version ${SCHEMA_VERSION}).\n` })
  })

  it('that is interrupted leaves nothing half-done, and works afterwards', async () => {
    // Says when the configuration is loaded, after which the database is waited for.
    const it = project({ ...SQLITE, 'world.mjs': `process.stderr.write('started')\n${SQLITE['world.mjs']}` })
    const other = new Libsql(join(it.folder, 'tokens.db'))
    onTestFinished(() => void other.close())
    other.exec('begin immediate; create table other (id integer)')
    const migrating = it.start(['migrate'])
    await migrating.until('started')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    migrating.child.kill('SIGINT')
    expect(await migrating.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringContaining('Interrupted.'),
    })
    other.exec('commit')
    expect(tablesOf(it.folder)).toEqual(['other'])
    expect((await it.run(['migrate'])).code).toBe(0)
    expect(tablesOf(it.folder)).toContain('plan_tokens')
  })

  it('prints the statements, without a configuration', async () => {
    const { code, stdout } = await project().run(['migrate', '--sql', 'postgres'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^-- The tables of plan-access-tokens, version \d+, for postgres\./)
    const { exec } = { exec: new Libsql(':memory:') }
    exec.exec((await project().run(['migrate', '--sql', 'sqlite'])).stdout)
  })

  it.each<[string, string, number, RegExp]>([
    ['without a database in the configuration', '{ policy, store, directory }', 3, /has no database/],
    ['with a database that is none', '{ policy, store, directory, database: {} }', 3, /kysely: must be a Kysely/],
    [
      'with tables of wrong names',
      "{ policy, store, directory, database, sql: { schema: 'a b' } }",
      3,
      /schema: must be a letter/,
    ],
    [
      'in a folder that is not there',
      '{ policy, store, directory, database: away }',
      5,
      /The database says: .*Unable to open/,
    ],
    ['over an admin API', "{ adminApi: { url: 'http://127.0.0.1:1' } }", 2, /migrate needs the store/],
  ])('%s it says what to do and makes nothing', async (_, config, code, says) => {
    const it = project({
      ...SQLITE,
      [CONFIG]: `
import { Kysely, SqliteDialect } from 'kysely'
import Libsql from 'libsql'
import { database, directory, policy, store } from './world.mjs'
const away = new Kysely({ dialect: new SqliteDialect({ database: async () => new Libsql('/nowhere/tokens.db') }) })
export default ${config}`,
    })
    const outcome = await it.run(['migrate'])
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' })
    expect(outcome.stderr).toMatch(says)
    expect(existsSync(join(it.folder, 'tokens.db')) ? tablesOf(it.folder) : []).toEqual([])
  })
})
