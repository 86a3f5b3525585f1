/**
 * `memoryStore` against the promises of the port (src/ports.ts): last uses, which stand apart from records, and the watch.
 * Writing and reading: memory.test.ts.
 */
import { memoryStore, type SecretUse } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { add, eventOf, next, recordOf, T } from './records.ts'

const MINUTE = 60_000
const use = (tokenId: string, minute: number, digest = `digest-${tokenId}`): SecretUse => ({
  tokenId,
  digest,
  at: T + minute * MINUTE,
})
const sorted = (uses: readonly SecretUse[]): readonly SecretUse[] =>
  uses.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))

describe('uses', () => {
  it('are kept for each secret, and given for the tokens that are asked for and no other', async () => {
    const store = memoryStore()
    const records = [await add(store), await add(store), await add(store)]
    const [a, b, c] = records.map(({ id }) => id) as [string, string, string]
    const secrets = [...records[0]!.secrets, { digest: 'second', issuedAt: T, worksUntil: null }]
    const refreshed = next(records[0]!, { secrets })
    await store.commit(refreshed, eventOf(refreshed))
    expect(await store.lastUse([a, b, c])).toEqual([])
    await store.recordUse([use(a, 1), use(a, 2, 'second'), use(b, 3)])
    expect(sorted(await store.lastUse([a]))).toEqual(sorted([use(a, 1), use(a, 2, 'second')]))
    expect(sorted(await store.lastUse([c, b, 'nowhere']))).toEqual([use(b, 3)])
    expect(sorted(await store.lastUse([a, b]))).toHaveLength(3)
    expect(await store.lastUse([])).toEqual([])
  })

  it('never go back, in whatever order they come', async () => {
    const store = memoryStore()
    const { id } = await add(store)
    for (const minute of [5, 3, 5, 4]) {
      await store.recordUse([use(id, minute)])
      expect(await store.lastUse([id])).toEqual([use(id, 5)])
    }
    await store.recordUse([use(id, 9), use(id, 7)])
    expect(await store.lastUse([id])).toEqual([use(id, 9)])
    await store.recordUse([])
    expect(await store.lastUse([id])).toEqual([use(id, 9)])
  })

  it('touch no record and no event, and are touched by no change', async () => {
    const store = memoryStore()
    const record = await add(store)
    const before = [await store.find(record.id), await store.events({ limit: 9 })]
    await store.recordUse([use(record.id, 1)])
    expect([await store.find(record.id), await store.events({ limit: 9 })]).toEqual(before)
    const revoked = next(record, { revokedAt: T })
    await store.commit(revoked, eventOf(revoked))
    await store.recordUse([use(record.id, 2)])
    expect(await store.find(record.id)).toEqual(revoked)
    expect(await store.lastUse([record.id])).toEqual([use(record.id, 2)])
  })

  it('are kept as they were given, whatever happens to that afterwards', async () => {
    const store = memoryStore()
    const { id } = await add(store)
    const given = { ...use(id, 1) }
    const list = [given]
    await store.recordUse(list)
    Object.assign(given, { at: 0, digest: 'other' })
    list.length = 0
    expect(await store.lastUse([id])).toEqual([use(id, 1)])
  })

  it('go when their token is swept, and do not come back with its id', async () => {
    const store = memoryStore()
    const [dead, alive] = [await add(store), await add(store, { expiresAt: T + 9_999 })]
    await store.recordUse([use(dead.id, 1), use(alive.id, 1)])
    await store.sweep({ before: T + 5_000, limit: 9 })
    expect(await store.lastUse([dead.id, alive.id])).toEqual([use(alive.id, 1)])
    await add(store, { id: dead.id })
    expect(await store.lastUse([dead.id])).toEqual([])
  })

  it('of a secret that no token has are given to nobody', async () => {
    const store = memoryStore()
    const { id } = await add(store)
    await store.recordUse([use(id, 1, 'unknown'), use('nowhere', 1)])
    expect(await store.lastUse([id, 'nowhere'])).toEqual([])
  })

  it('are those of this store alone', async () => {
    const [one, two] = [memoryStore(), memoryStore()]
    const { id } = await add(one)
    await add(two, { id })
    await one.recordUse([use(id, 1)])
    expect(await two.lastUse([id])).toEqual([])
  })
})

describe('watch', () => {
  it('calls everybody who watches after each commit that was written, with the event there to be read', async () => {
    const store = memoryStore()
    const heard: string[] = []
    const reads: Promise<unknown>[] = []
    for (const name of ['a', 'b']) {
      store.watch(() => {
        heard.push(name)
        reads.push(store.events({ limit: 9 }).then(({ length }) => length))
      })
    }
    const record = await add(store)
    expect(heard).toEqual(['a', 'b'])
    expect(await Promise.all(reads)).toEqual([1, 1])
    await store.commit(record, eventOf(record))
    expect(heard, 'of a commit that was refused nobody hears').toHaveLength(2)
    await store.recordUse([use(record.id, 1)])
    await store.bound(5)
    await store.sweep({ before: 0, limit: 9 })
    expect(heard, 'nor of anything that writes no event').toHaveLength(2)
  })

  it('ends for whoever ends it, and for nobody else', async () => {
    const store = memoryStore()
    const heard: string[] = []
    const wake = (): void => void heard.push('same')
    const ends = [store.watch(wake), store.watch(wake), store.watch(() => heard.push('other'))]
    ends[0]?.()
    ends[0]?.()
    await add(store)
    expect(heard.toSorted()).toEqual(['other', 'same'])
    ends[1]?.()
    await add(store)
    expect(heard).toHaveLength(3)
    ends[2]?.()
    await add(store, recordOf())
    expect(heard).toHaveLength(3)
  })
})
