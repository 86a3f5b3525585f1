/** `d1Store` on Cloudflare D1 itself, in workerd: the contract of every store, and what is particular to D1. */
import { SetupError } from 'plan-access-tokens'
import { type D1Database, d1Store, migrateD1 } from 'plan-access-tokens/stores/d1'
import { storeContract } from 'plan-access-tokens/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SCHEMA_VERSION } from '../../../src/stores/sql/schema.ts'
import { bundleWorker } from '../../support/workerd.ts'
import { add, eventOf, next, recordOf, T } from '../records.ts'
import { describeWithD1, startMiniflare } from './miniflare.ts'

const TABLES = ['tokens', 'token_secrets', 'token_events', 'token_uses', 'token_values'].map((name) => `plan_${name}`)

describeWithD1('Cloudflare D1', [], () => {
  let miniflare: Awaited<ReturnType<typeof startMiniflare>>
  let database: D1Database
  const run = async (sql: string) => (await database.prepare(sql).all()).results
  const empty = async (): Promise<void> => {
    await database.batch(TABLES.map((table) => database.prepare(`delete from ${table}`)))
    await run(
      `update plan_token_state set last_seq = 0, chain = null, bound_ms = 0, schema_version = ${SCHEMA_VERSION}`,
    )
  }
  beforeAll(async () => {
    miniflare = await startMiniflare(['DB', 'OTHER'], await bundleWorker('test/stores/d1/worker.ts'))
    database = await miniflare.getD1Database('DB')
    await migrateD1(database)
  }, 120_000)
  afterAll(() => miniflare?.dispose())

  describe('the contract', () => {
    /** Once more where the connection, which was kept, was closed by the other side at the moment at which it was used again. */
    const ask = (i: number) =>
      miniflare.dispatchFetch(`http://worker/${i}`).catch((error: { readonly cause?: { readonly code?: string } }) => {
        if (error.cause?.code !== 'ECONNRESET') throw error
        return miniflare.dispatchFetch(`http://worker/${i}`)
      })
    const names = storeContract({ create: () => ({}) as never }).map(({ name }) => name)
    // One row of D1 holds 2 MB (below).
    const TOO_LARGE = 'the largest token and its events come back whole'
    it.each(names.map((name, i) => [name, i] as const).filter(([name]) => name !== TOO_LARGE))('%s', async (_, i) => {
      expect(await (await ask(i)).text()).toBe('')
    })
    it(`leaves out one case: ${TOO_LARGE}`, () => {
      expect(names).toContain(TOO_LARGE)
    })
  })

  describe('a commit', () => {
    it('writes nothing at all where its secret belongs to another token, and quotes none', async () => {
      await empty()
      const store = d1Store(database)
      const mine = recordOf({ id: 'mine' })
      await store.commit(mine, eventOf(mine))
      const other = { ...recordOf({ id: 'other' }), secrets: mine.secrets }
      const failure = await store.commit(other, eventOf(other)).catch((error: unknown) => error)
      expect(failure).toMatchObject({ message: expect.stringContaining('belongs to another token') })
      expect(String((failure as Error).stack)).not.toContain(mine.secrets[0]?.digest)
      expect(await store.find('other')).toBeUndefined()
      expect(await run('select last_seq from plan_token_state')).toEqual([{ last_seq: 1 }])
      expect(await store.events({ limit: 9 })).toHaveLength(1)
    })

    it('writes no second event when the same pair comes twice', async () => {
      await empty()
      const store = d1Store(database)
      const record = recordOf({ id: 'mine' })
      const both = await Promise.all([store.commit(record, eventOf(record)), store.commit(record, eventOf(record))])
      expect(both.toSorted()).toEqual([false, true])
      expect(await store.events({ limit: 9 })).toHaveLength(1)
    })

    it('says that the tables hold no number, and writes nothing', async () => {
      await empty()
      await run('delete from plan_token_state')
      const store = d1Store(database)
      await expect(add(store)).rejects.toMatchObject({ code: 'store_not_migrated' })
      expect(await run('select id from plan_tokens')).toEqual([])
      await run('insert into plan_token_state values (1, 2, 0, 0, null)')
    })

    it('says of a token that is larger than a row of D1 what to do, writes nothing, and still ends a token', async () => {
      await empty()
      const store = d1Store(database)
      const links = (length: number) =>
        Array.from({ length: 1_000 }, (_, i) => ({ kind: 'file', id: `${i}`, link: 'l'.repeat(length) }))
      const large = recordOf({ id: 'large', resources: links(2_400) })
      const failure = await store.commit(large, eventOf(large)).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'store_unsuitable', message: expect.stringContaining('fewer resources') })
      expect(await run('select last_seq from plan_token_state')).toEqual([{ last_seq: 0 }])
      const most = recordOf({ id: 'most', resources: links(1_900) })
      expect(await store.commit(most, eventOf(most))).toBe(true)
      const revoked = next(most, { revokedAt: T, revokedBy: 'admin' })
      expect(await store.commit(revoked, eventOf(revoked, { type: 'revoked' }))).toBe(true)
      expect(await store.find('most')).toEqual(revoked)
    })

    it('keeps its promise about a numbers row that is full', async () => {
      await empty()
      await run(`update plan_token_state set last_seq = ${Number.MAX_SAFE_INTEGER}`)
      await expect(add(d1Store(database))).rejects.toBeDefined()
      expect(await run('select id from plan_tokens')).toEqual([])
      expect(await run('select token_id from plan_token_secrets')).toEqual([])
    })

    it.each([
      ['is full', `update plan_token_state set last_seq = ${Number.MAX_SAFE_INTEGER}`],
      ['has gone', 'delete from plan_token_state'],
    ])('leaves the secrets of a token as they were where the numbers row %s meanwhile', async (_, statement) => {
      await empty()
      const store = d1Store(database)
      const record = await add(store, { id: 'mine' })
      await run(statement)
      const [first] = record.secrets
      const refreshed = next(record, { secrets: [{ ...(first as typeof first & object), digest: 'another' }] })
      await expect(store.commit(refreshed, eventOf(refreshed))).rejects.toMatchObject({ code: 'store_not_migrated' })
      const digests = await run('select digest from plan_token_secrets')
      await run('insert into plan_token_state values (1, 2, 0, 0, null) on conflict do nothing')
      expect(digests).toEqual([{ digest: first?.digest }])
    })

    it('does not speak of a secret where the numbers row is behind the log', async () => {
      await empty()
      const store = d1Store(database)
      await add(store)
      await run('update plan_token_state set last_seq = 0')
      const failure = await add(store).catch((error: unknown) => error)
      expect(failure).toMatchObject({ message: 'UNIQUE constraint failed: plan_token_events.seq' })
    })
  })

  it('writes more uses, and reads those of more tokens, than D1 takes parameters', async () => {
    await empty()
    const store = d1Store(database)
    const uses = Array.from({ length: 250 }, (_, i) => ({ tokenId: `t${i}`, digest: `d${i}`, at: T + i }))
    await store.recordUse(uses)
    const found = await store.lastUse(uses.map(({ tokenId }) => tokenId))
    expect(found.toSorted((a, b) => a.at - b.at)).toEqual(uses)
  })

  describe('migrateD1', () => {
    it('makes the tables once, however many call it', async () => {
      const other = await miniflare.getD1Database('OTHER')
      const done = await Promise.all([migrateD1(other), migrateD1(other), migrateD1(other)])
      expect(done.map(({ version }) => version)).toEqual(Array(3).fill(SCHEMA_VERSION))
      expect(done.filter(({ applied }) => applied.length > 0)).toHaveLength(1)
      expect(await migrateD1(other)).toEqual({ applied: [], version: SCHEMA_VERSION })
      await add(d1Store(other))
    })

    it('leaves tables of somebody else alone, and says what to do', async () => {
      const other = await miniflare.getD1Database('OTHER')
      await other.prepare('create table mine (id text)').all()
      const tables = { tokens: 'mine', secrets: 's1', events: 'e1', uses: 'u1', state: 'x1' }
      await expect(migrateD1(other, { tables })).rejects.toMatchObject({ code: 'store_unsuitable' })
      expect((await other.prepare(`select name from sqlite_master where name = 's1'`).all()).results).toEqual([])
    })

    it('does not touch tables of a later release', async () => {
      const other = await miniflare.getD1Database('OTHER')
      await other.prepare('update plan_token_state set schema_version = 99').all()
      await expect(migrateD1(other)).rejects.toMatchObject({ code: 'store_newer' })
      await expect(d1Store(other).find('x')).rejects.toMatchObject({ code: 'store_newer' })
    })
  })

  it('is told that there are no tables', async () => {
    const tables = { tokens: 'no_tokens', state: 'no_state' }
    const told = { code: 'store_not_migrated', message: expect.stringContaining('migrateD1(database)') }
    await expect(d1Store(database, { tables }).find('x')).rejects.toMatchObject(told)
  })

  it('takes no session of D1, which may read from a replica', async () => {
    const { withSession } = database as unknown as { withSession(constraint: string): D1Database }
    const session = withSession.call(database, 'first-unconstrained')
    expect(() => d1Store(session)).toThrow(/is a session/)
  })
})

describe('the database of d1Store', () => {
  it.each([undefined, null, {}, { prepare() {} }, 'env.DB'])('is not %j', (database) => {
    expect(() => d1Store(database as never)).toThrow(SetupError)
  })
  it('goes with names of tables, and with no other option', () => {
    const database = { prepare() {}, batch() {} } as never
    expect(() => d1Store(database, { tables: { tokens: 'a b' }, schema: 'x' } as never)).toThrow(/tables[\s\S]*schema/)
  })
})
