/** Lists and sweeps of the Redis store against those of the memory store, on random tokens (seeded), and long scans in steps. */
import fc from 'fast-check'
import { type ListPosition, type ListQuery, memoryStore, type TokenRecord, type TokenStore } from 'plan-access-tokens'
import { type RedisStore, redisStore } from 'plan-access-tokens/stores/redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, NEEDS_REDIS } from '../../support/redis.ts'
import { add, eventOf, next, recordOf, seqs, T } from '../records.ts'
import { CLIENTS, type Opened, type Servers } from './clients.ts'
import { contentsOf } from './support.ts'

const SEED = 20_270_131
const PLAN = 'plan {1}:ü*'
const NAMES = ['Nightly', 'STRASSE', 'Straße', 'ΣΊΣΥΦΟΣ', 'İstanbul', '漢字 😀', 'a%b_c\\d', '']
const SEARCHES = ['night', 'straße', 'ss', 'σ', 'i̇', '😀', '%', '_', '\\', 'tok-1', 'tok-1x', 'zzz']

const someDate = (...around: number[]) =>
  fc.constantFrom(...around.flatMap((at) => [at - 1, at, at + 1]), -6, -5, 0, -T, Number.MAX_SAFE_INTEGER)
const some = <A>(arbitrary: fc.Arbitrary<A>) => fc.option(arbitrary, { nil: undefined })

const records = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('tok-1', 'tok-1x', 'TOK-1', 'tok', 'a', 'B', '_', '-', '0', '9', 'zz', 'z'),
    planId: fc.constantFrom(PLAN, PLAN, PLAN, 'other'),
    type: fc.constantFrom('rest', 'npm'),
    name: fc.constantFrom(...NAMES),
    description: fc.constantFrom(...NAMES),
    createdAt: someDate(T),
    expiresAt: someDate(T, T + 100),
    revokedAt: fc.option(someDate(T)),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
)
/** What happens to a token later: a refresh, a revoke, both or an edit. */
const changes = fc.array(
  fc.record({
    which: fc.nat(),
    change: fc.record(
      { expiresAt: someDate(T), revokedAt: someDate(T), name: fc.constantFrom(...NAMES) },
      { requiredKeys: [] },
    ),
  }),
  { maxLength: 8 },
)
const queries = fc.array(
  fc.record({
    order: fc.constantFrom('newest', 'expiry'),
    now: someDate(T),
    limit: fc.integer({ min: 1, max: 5 }),
    type: some(fc.constantFrom('rest', 'npm')),
    status: some(fc.constantFrom('active', 'expired', 'revoked')),
    search: some(fc.constantFrom(...SEARCHES)),
    after: some(
      fc.record({ ended: fc.boolean(), at: someDate(T), id: fc.constantFrom('tok-1', 'a', 'm', '_', 'zzz') }),
    ),
  }),
  { minLength: 4, maxLength: 8 },
)

/** Absent fields are absent. */
const queryOf = (wish: object): ListQuery =>
  Object.fromEntries(
    Object.entries({ ...wish, planId: PLAN }).filter(([, value]) => value !== undefined),
  ) as unknown as ListQuery

/** Everything that a list gives, page by page. */
async function pagesOf(store: TokenStore, query: ListQuery): Promise<string[][]> {
  const pages: string[][] = []
  for (let { after } = query; ; ) {
    const page = await store.list({ ...query, ...(after && { after }) })
    pages.push(page.map(({ id }) => id))
    const last = page.at(-1)
    if (page.length < query.limit || !last) return pages
    const isActive = last.revokedAt === null && query.now < last.expiresAt
    const at = query.order === 'newest' ? last.createdAt : last.expiresAt
    after = { ended: query.order === 'expiry' && !isActive, at, id: last.id } satisfies ListPosition
  }
}

describe.skipIf(!hasRedis)(`redisStore beside memoryStore (${NEEDS_REDIS})`, () => {
  let servers: Servers
  let opened: Opened
  let count = 0
  const newStore = (): RedisStore => redisStore(opened.client, { prefix: `oracle-${++count}` })
  beforeAll(async () => {
    servers = await CLIENTS[0]!.start()
    opened = await CLIENTS[0]!.open(servers)
  })
  afterAll(async () => {
    await opened?.close()
    await servers?.stop()
  })

  /** The same tokens with the same changes in both stores. */
  async function fill(
    stores: readonly TokenStore[],
    made: readonly Partial<TokenRecord>[],
    later: readonly { readonly which: number; readonly change: Partial<TokenRecord> }[],
    eventAt: (i: number) => number = () => T,
  ): Promise<TokenRecord[]> {
    const current = made.map((fields) => recordOf(fields))
    let events = 0
    const write = async (record: TokenRecord) => {
      const event = eventOf(record, { at: eventAt(events++) })
      for (const store of stores) expect(await store.commit(record, event)).toBe(true)
    }
    for (const record of current) await write(record)
    for (const { which, change } of later) {
      const at = which % current.length
      current[at] = next(current[at]!, change)
      await write(current[at])
    }
    return current
  }

  it('lists the same pages for every order, filter and place', async () => {
    await fc.assert(
      fc.asyncProperty(records, changes, queries, async (made, later, wishes) => {
        const [mine, model] = [newStore(), memoryStore()]
        await fill([mine, model], made, later)
        for (const wish of wishes)
          expect(await pagesOf(mine, queryOf(wish))).toEqual(await pagesOf(model, queryOf(wish)))
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  it('sweeps the same, and what it leaves is found, listed and told as before', async () => {
    const sweeps = fc.record({ before: someDate(T, T + 100), limit: fc.integer({ min: 1, max: 4 }) })
    const dates = fc.array(someDate(T), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(records, changes, sweeps, dates, async (made, later, { before, limit }, ats) => {
        const [mine, model] = [newStore(), memoryStore()]
        const all = await fill([mine, model], made, later, (i) => ats[i % ats.length]!)
        await mine.recordUse(all.map(({ id, secrets }) => ({ tokenId: id, digest: secrets[0]!.digest, at: T })))
        for (let isLeft = true; isLeft; ) {
          const swept = await mine.sweep({ before, limit })
          expect(swept).toEqual(await model.sweep({ before, limit }))
          isLeft = swept.records + swept.events > 0
        }
        for (const { id, secrets } of all) {
          const kept = await model.find(id)
          expect([await mine.find(id), await mine.findByDigest(secrets[0]!.digest)]).toEqual([kept, kept])
          expect(await mine.lastUse([id])).toHaveLength(kept ? 1 : 0)
          expect(await mine.events({ tokenId: id, limit: 99 })).toEqual(await model.events({ tokenId: id, limit: 99 }))
        }
        for (const order of ['newest', 'expiry'] as const) {
          const query = queryOf({ order, now: T, limit: 99 })
          expect(await mine.list(query)).toEqual(await model.list(query))
        }
        for (const planId of [PLAN, 'other'])
          expect(await mine.events({ planId, limit: 99 })).toEqual(await model.events({ planId, limit: 99 }))
        const log = await model.events({ limit: 99 })
        expect([await mine.events({ limit: 99 }), await mine.events({ limit: 99, order: 'newest' })]).toEqual([
          log,
          log.toReversed(),
        ])
      }),
      { seed: SEED, numRuns: 60 },
    )
  })

  it('finds what is rare among many tokens, in steps, and pages that are cut by their size are whole all the same', async () => {
    const store = newStore()
    const model = memoryStore()
    const description = 'x'.repeat(20_000)
    await Promise.all(
      Array.from({ length: 700 }, (_, i) => {
        const record = recordOf({
          ...{ id: `many-${String((i * 3) % 700).padStart(4, '0')}`, name: i === 3 ? 'Rare' : 'Common' },
          ...{ createdAt: T + (i % 10), expiresAt: T + (i % 300), revokedAt: i % 3 ? null : T },
          // A page of 500 is far more than what one step reads.
          ...(i % 4 === 0 && { description }),
        })
        return Promise.all([store, model].map((one) => one.commit(record, eventOf(record))))
      }),
    )
    const wishes = [{}, { search: 'RARE' }, { status: 'revoked' }, { status: 'expired' }, { search: 'many-0004' }]
    for (const order of ['newest', 'expiry'])
      for (const wish of wishes)
        for (const limit of [1, 600, 5_000]) {
          const query: ListQuery = { planId: 'p1', order: order as 'newest', now: T + 150, limit, ...(wish as object) }
          expect((await store.list(query)).map(({ id }) => id)).toEqual((await model.list(query)).map(({ id }) => id))
        }
    expect(seqs(await store.events({ limit: 600, after: 5 }))).toEqual(Array.from({ length: 600 }, (_, i) => i + 6))
    expect(seqs(await store.events({ limit: 600, planId: 'p1', order: 'newest' }))).toEqual(
      Array.from({ length: 600 }, (_, i) => 700 - i),
    )
    expect(await store.sweep({ before: T + 1_000, limit: 650 })).toEqual({ records: 650, events: 650 })
    expect(await store.sweep({ before: T + 1_000, limit: 650 })).toEqual({ records: 50, events: 49 })
    // Nothing is left but the newest event and the state.
    const left = Object.keys(await contentsOf(servers)).filter((key) => key.startsWith(`{oracle-${count}}:`))
    const [newest] = await store.events({ limit: 9 })
    expect(left.map((key) => key.slice(`{oracle-${count}}:`.length)).toSorted()).toEqual([
      'events',
      'plan-events:p1',
      'state',
      `token-events:${newest!.tokenId}`,
    ])
  })

  it('reads large events in pages that are whole', async () => {
    const store = newStore()
    const record = await add(store)
    const text = 'y'.repeat(300_000)
    let last = record
    for (let i = 0; i < 12; i++) {
      last = next(last)
      await store.commit(last, eventOf(last, { changes: { name: { before: text, after: i } } }))
    }
    for (const filter of [{}, { planId: 'p1' }, { tokenId: record.id }, { planId: 'p1', tokenId: record.id }])
      for (const order of ['oldest', 'newest'] as const) {
        const versions = (await store.events({ ...filter, order, limit: 20 })).map(({ version }) => version)
        expect(order === 'oldest' ? versions : versions.toReversed()).toEqual(
          Array.from({ length: 13 }, (_, i) => i + 1),
        )
      }
    expect(await store.events({ tokenId: record.id, planId: 'other', limit: 20 })).toEqual([])
  })
})
