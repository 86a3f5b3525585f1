/**
 * Cloudflare D1 itself, in workerd, over its Kysely dialect: it has no transactions that a Kysely could hold, so the store is
 * refused with the first call, before anything is written.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Dialect, Kysely, sql } from 'kysely'
import { type SqlStore, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isInstalled, PLATFORMS_COMMAND, tools } from '../../platforms/platforms.ts'
import { add, T } from '../records.ts'

interface Miniflare {
  getD1Database(name: string): Promise<unknown>
  dispose(): Promise<void>
}

const isHere = isInstalled({ packages: ['miniflare', 'kysely', 'kysely-d1'] })
const load = (name: string) =>
  import(pathToFileURL(createRequire(join(tools ?? '', 'package.json')).resolve(name)).href) as Promise<
    Record<string, new (options: object) => unknown>
  >

describe.skipIf(!isHere)(isHere ? 'Cloudflare D1' : `Cloudflare D1 (skipped without it: ${PLATFORMS_COMMAND})`, () => {
  let miniflare: Miniflare
  let kysely: Kysely<unknown>
  beforeAll(async () => {
    const [{ Miniflare }, { D1Dialect }] = await Promise.all([load('miniflare'), load('kysely-d1')])
    const script = 'export default { fetch: () => new Response() }'
    miniflare = new (Miniflare as NonNullable<typeof Miniflare>)({
      modules: true,
      script,
      d1Databases: ['DB'],
    }) as Miniflare
    const database = await miniflare.getD1Database('DB')
    kysely = new Kysely({ dialect: new (D1Dialect as NonNullable<typeof D1Dialect>)({ database }) as Dialect })
    // Each statement by itself, as D1's own migrations do.
    for (const statement of sqlMigrations().toSql('sqlite').split(';\n'))
      if (/\w/.test(statement)) await sql.raw(statement).execute(kysely)
  }, 120_000)
  afterAll(() => miniflare?.dispose())

  it.each<[string, (store: SqlStore) => Promise<unknown>]>([
    ['findByDigest', (store) => store.findByDigest('x')],
    ['find', (store) => store.find('x')],
    ['list', (store) => store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })],
    ['events', (store) => store.events({ limit: 9 })],
    ['bound', (store) => store.bound(500)],
    ['commit', (store) => add(store)],
  ])('is refused by %s, and nothing is written', async (_, call) => {
    await expect(call(sqlStore(kysely))).rejects.toMatchObject({
      code: 'store_unsuitable',
      message: expect.stringContaining('Cloudflare D1'),
    })
    const { rows } = await sql`select last_seq, bound_ms from plan_token_state`.execute(kysely)
    expect(rows).toEqual([{ last_seq: 0, bound_ms: 0 }])
  })
})
