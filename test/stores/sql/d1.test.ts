/**
 * `sqlStore` on Cloudflare D1 itself, in workerd, over its Kysely dialect: it has no transactions that a Kysely could hold, so the
 * store is refused with the first call, before anything is written. The store for it: test/stores/d1.
 */
import { type Dialect, Kysely, sql } from 'kysely'
import { type SqlStore, sqlMigrations, sqlStore } from 'plan-access-tokens/stores/sql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithD1, load, startMiniflare } from '../d1/miniflare.ts'
import { add, T } from '../records.ts'

describeWithD1('Cloudflare D1', ['kysely', 'kysely-d1'], () => {
  let miniflare: Awaited<ReturnType<typeof startMiniflare>>
  let kysely: Kysely<unknown>
  beforeAll(async () => {
    const { D1Dialect } = await load<{ D1Dialect: new (options: object) => Dialect }>('kysely-d1')
    miniflare = await startMiniflare(['DB'])
    const database = await miniflare.getD1Database('DB')
    kysely = new Kysely({ dialect: new D1Dialect({ database }) })
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
      message: expect.stringContaining('d1Store'),
    })
    const { rows } = await sql`select last_seq, bound_ms from plan_token_state`.execute(kysely)
    expect(rows).toEqual([{ last_seq: 0, bound_ms: 0 }])
  })
})
