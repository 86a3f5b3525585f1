/** `memoryStore` against the promises of the port (src/ports.ts): lists and events in pages, and sweeping. */
import { type ListPosition, type ListQuery, memoryStore, type TokenRecord, type TokenStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { add, eventOf, next, seqs, T } from './records.ts'

describe('list', () => {
  const QUERY: ListQuery = { planId: 'p1', order: 'newest', now: T, limit: 99 }
  const ids = async (store: TokenStore, query: Partial<ListQuery> = {}): Promise<string> =>
    (await store.list({ ...QUERY, ...query })).map(({ id }) => id).join('')

  it('by newest goes by createdAt and then id, both descending, whenever they were written', async () => {
    const store = memoryStore()
    // The clock is put back between them.
    for (const [id, createdAt] of [
      ['c', 5],
      ['a', 9],
      ['f', 5],
      ['e', 1],
      ['d', 5],
      ['b', 9],
    ] as const)
      await add(store, { id, createdAt })
    expect(await ids(store)).toBe('bafdce')
    expect(await ids(store, { limit: 2 })).toBe('ba')
    expect(await ids(store, { after: { ended: false, at: 5, id: 'd' } })).toBe('ce')
    expect(await ids(store, { after: { ended: false, at: 5, id: 'dd' } })).toBe('dce')
    expect(await ids(store, { after: { ended: false, at: 0, id: '' } })).toBe('')
    expect(await ids(store, { after: { ended: false, at: 99, id: '' } })).toBe('bafdce')
  })

  it('by expiry goes by the soonest end of those that are active, then by the latest of the others', async () => {
    const store = memoryStore()
    for (const [id, end, revokedAt] of [
      ['a', 3, null],
      ['b', 1, null],
      ['c', 1, null],
      ['d', 2, T],
      ['e', -1, null],
      ['f', -2, null],
      ['g', 9, T],
      ['h', 2, T],
      ['i', 0, null],
    ] as const) {
      await add(store, { id, expiresAt: T + end, revokedAt })
    }
    expect(await ids(store, { order: 'expiry' })).toBe('bcaghdief')
    expect(await ids(store, { order: 'expiry', now: T + 2 })).toBe('aghdcbief')
    expect(await ids(store, { order: 'expiry', after: { ended: false, at: T + 1, id: 'c' } })).toBe('aghdief')
    expect(await ids(store, { order: 'expiry', after: { ended: true, at: T + 2, id: 'h' }, limit: 2 })).toBe('di')
  })

  it('keeps to the plan and to the filters, each alone and together', async () => {
    const store = memoryStore()
    await add(store, { id: 'a', name: 'Nightly', type: 'npm' })
    await add(store, { id: 'b', description: 'every NIGHT', expiresAt: T })
    await add(store, { id: 'c', revokedAt: T })
    await add(store, { id: 'd', planId: 'p2', name: 'night' })
    for (const order of ['newest', 'expiry'] as const) {
      const found = async (query: Partial<ListQuery>): Promise<string> =>
        [...(await ids(store, { order, ...query }))].toSorted().join('')
      expect(await found({})).toBe('abc')
      expect(await found({ planId: 'p2' })).toBe('d')
      expect(await found({ planId: 'p3' })).toBe('')
      expect(await found({ type: 'npm' })).toBe('a')
      expect([
        await found({ status: 'active' }),
        await found({ status: 'expired' }),
        await found({ status: 'revoked' }),
      ]).toEqual(['a', 'b', 'c'])
      expect([
        await found({ search: 'night' }),
        await found({ search: 'EVERY' }),
        await found({ search: 'c' }),
      ]).toEqual(['ab', 'b', 'c'])
      expect(await found({ search: 'night', status: 'expired', type: 'rest' })).toBe('b')
    }
  })

  it.each(['newest', 'expiry'] as const)(
    'by %s neither skips nor repeats while tokens are added and changed',
    async (order) => {
      for (const limit of [1, 3, 4]) {
        const store = memoryStore()
        const records: TokenRecord[] = []
        for (let i = 0; i < 20; i++)
          records.push(await add(store, { createdAt: T + (i % 7), expiresAt: T + (i % 5) * 10 }))
        const before = (await store.list({ ...QUERY, order })).map(({ id }) => id)
        const seen: string[] = []
        for (let after: ListPosition | undefined; ; ) {
          const page = await store.list({ ...QUERY, order, limit, ...(after && { after }) })
          seen.push(...page.map(({ id }) => id))
          const last = page.at(-1)
          if (!last || page.length < limit) break
          after =
            order === 'newest'
              ? { ended: false, at: last.createdAt, id: last.id }
              : { ended: last.expiresAt <= T, at: last.expiresAt, id: last.id }
          if (seen.length < 12) {
            await add(store, { createdAt: T + 3, expiresAt: T + 25 })
            const changed = next((await store.find(records[seen.length]!.id))!, { name: 'Other' })
            await store.commit(changed, eventOf(changed))
          }
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.filter((id) => before.includes(id))).toEqual(before)
      }
    },
  )
})

describe('events', () => {
  async function filled(): Promise<TokenStore> {
    const store = memoryStore()
    for (let i = 1; i <= 6; i++) await add(store, { id: `t${i}`, planId: i % 2 ? 'p1' : 'p2' })
    return store
  }

  it('come in commit order or its reverse, with a seq that only grows', async () => {
    const store = await filled()
    expect(seqs(await store.events({ limit: 99 }))).toEqual([1, 2, 3, 4, 5, 6])
    expect(seqs(await store.events({ limit: 99, order: 'newest' }))).toEqual([6, 5, 4, 3, 2, 1])
    expect(seqs(await store.events({ limit: 2 }))).toEqual([1, 2])
    expect(seqs(await store.events({ limit: 1, order: 'newest' }))).toEqual([6])
    expect(await memoryStore().events({ limit: 9 })).toEqual([])
    expect(await memoryStore().events({ limit: 9, order: 'newest' })).toEqual([])
  })

  it('after a seq are those behind it in the order that is asked for', async () => {
    const store = await filled()
    for (let after = -1; after <= 8; after++) {
      const all = [1, 2, 3, 4, 5, 6]
      expect(seqs(await store.events({ after, limit: 99 }))).toEqual(all.filter((seq) => seq > after))
      expect(seqs(await store.events({ after, order: 'newest', limit: 99 }))).toEqual(
        all.toReversed().filter((seq) => seq < after),
      )
    }
  })

  it('of a plan or a token hold no other', async () => {
    const store = await filled()
    expect(seqs(await store.events({ planId: 'p2', limit: 99 }))).toEqual([2, 4, 6])
    expect(seqs(await store.events({ planId: 'p2', after: 2, limit: 1 }))).toEqual([4])
    expect(seqs(await store.events({ tokenId: 't3', limit: 99 }))).toEqual([3])
    expect(seqs(await store.events({ planId: 'p2', tokenId: 't3', limit: 99 }))).toEqual([])
  })

  it('get no seq of a commit that was refused', async () => {
    const store = await filled()
    const record = (await store.find('t1'))!
    await store.commit(record, eventOf(record))
    await add(store)
    expect(seqs(await store.events({ after: 6, limit: 9 }))).toEqual([7])
  })
})

describe('sweep', () => {
  it('removes records that ended before the moment, with their digests, and no other', async () => {
    const store = memoryStore()
    const dead = await add(store, { expiresAt: T + 5 })
    const revoked = await add(store, { expiresAt: T + 100, revokedAt: T + 4 })
    const alive = await add(store, { expiresAt: T + 6 })
    expect((await store.sweep({ before: T + 4, limit: 99 })).records).toBe(0)
    expect((await store.sweep({ before: T + 6, limit: 99 })).records).toBe(2)
    for (const { id } of [dead, revoked]) {
      expect([await store.find(id), await store.findByDigest(`digest-${id}`)]).toEqual([undefined, undefined])
    }
    expect((await store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })).map(({ id }) => id)).toEqual([
      alive.id,
    ])
  })

  it('takes a token that expired before it was revoked for ended since then', async () => {
    const store = memoryStore()
    await add(store, { expiresAt: T + 1, revokedAt: T + 50 })
    expect((await store.sweep({ before: T + 2, limit: 9 })).records).toBe(1)
  })

  it('keeps records whose dates are none', async () => {
    const store = memoryStore()
    await add(store, { expiresAt: Number.NaN })
    await add(store, { expiresAt: undefined as never })
    expect((await store.sweep({ before: T * 2, limit: 9 })).records).toBe(0)
  })

  it('removes at most so many records and events at a time', async () => {
    const store = memoryStore()
    for (let i = 0; i < 5; i++) await add(store)
    const answers = []
    for (let i = 0; i < 4; i++) answers.push(await store.sweep({ before: T + 9_999, limit: 2 }))
    expect(answers).toEqual([
      ...[
        { records: 2, events: 2 },
        { records: 2, events: 2 },
        { records: 1, events: 0 },
        { records: 0, events: 0 },
      ],
    ])
  })

  it('removes only a prefix of the events, keeps the newest one, and lets seq grow on', async () => {
    const store = memoryStore()
    for (const at of [1, 2, 9, 3, 4]) await add(store, {}, { at })
    expect((await store.sweep({ before: 5, limit: 99 })).events).toBe(2)
    expect(seqs(await store.events({ limit: 99 }))).toEqual([3, 4, 5])
    expect((await store.sweep({ before: 99, limit: 99 })).events).toBe(2)
    expect(seqs(await store.events({ limit: 99 }))).toEqual([5])
    expect(seqs(await store.events({ limit: 99, after: 1 }))).toEqual([5])
    expect(seqs(await store.events({ limit: 99, after: 5, order: 'newest' }))).toEqual([])
    await add(store)
    expect(seqs(await store.events({ limit: 99 }))).toEqual([5, 6])
    expect(await memoryStore().sweep({ before: 99, limit: 9 })).toEqual({ records: 0, events: 0 })
  })

  it('frees an id to be written anew', async () => {
    const store = memoryStore()
    const { id } = await add(store)
    await store.sweep({ before: T + 9_999, limit: 9 })
    await add(store, { id, name: 'Other' })
    expect((await store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })).map(({ name }) => name)).toEqual([
      'Other',
    ])
  })
})
