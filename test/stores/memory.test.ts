/**
 * `memoryStore` against the promises of the port (src/ports.ts): writing, and what stands beside records and events. Reading in
 * pages and removing: test/stores/memory-pages.test.ts. What it costs: bench/.
 */
import { memoryStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { add, eventOf, next, recordOf, T } from './records.ts'

describe('commit', () => {
  it('writes record and event together, and finds them by id, digest and plan from then on', async () => {
    const store = memoryStore()
    const record = await add(store)
    expect(await store.find(record.id)).toEqual(record)
    expect(await store.findByDigest(`digest-${record.id}`)).toEqual(record)
    expect(await store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })).toEqual([record])
    expect(await store.events({ limit: 9 })).toEqual([{ ...eventOf(record), seq: 1 }])
  })

  it('gives an event its own place, also one that had another place in another log', async () => {
    const store = memoryStore()
    const record = recordOf()
    await store.commit(record, { ...eventOf(record), seq: 9 } as never)
    expect(await store.events({ limit: 9 })).toEqual([{ ...eventOf(record), seq: 1 }])
  })

  it.each([0, 2, 3, -1, Number.NaN, undefined])('writes nothing of a new record with version %s', async (version) => {
    const store = memoryStore()
    const record = recordOf({ version: version as number })
    expect(await store.commit(record, eventOf(record))).toBe(false)
    expect([await store.find(record.id), await store.findByDigest(`digest-${record.id}`)]).toEqual([
      undefined,
      undefined,
    ])
    expect(await store.events({ limit: 9 })).toEqual([])
  })

  it('writes nothing unless the stored version is the one before', async () => {
    const store = memoryStore()
    const record = await add(store)
    for (const version of [1, 3]) {
      const other = { ...record, version, name: 'Other', secrets: [{ digest: 'other', issuedAt: T, worksUntil: null }] }
      expect(await store.commit(other, eventOf(other))).toBe(false)
    }
    expect(await store.find(record.id)).toEqual(record)
    expect(await store.findByDigest('other')).toBeUndefined()
    expect(await store.events({ limit: 9 })).toHaveLength(1)
  })

  it('lets exactly one of 20 racing commits of one version through, and its event with it', async () => {
    const store = memoryStore()
    const record = await add(store)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const mine = { ...next(record), name: `Name ${i}`, eventId: `event-${i}` }
        return store.commit(mine, eventOf(mine))
      }),
    )
    expect(answers.filter((answer) => answer === true)).toHaveLength(1)
    expect(answers.filter((answer) => answer === false)).toHaveLength(19)
    const winner = answers.indexOf(true)
    expect(await store.find(record.id)).toMatchObject({ name: `Name ${winner}`, version: 2 })
    expect((await store.events({ limit: 9 })).map(({ id }) => id)).toEqual([`${record.id}-1`, `event-${winner}`])
  })

  it('finds a record by each of its secrets, retired ones included, as it is now', async () => {
    const store = memoryStore()
    const record = await add(store)
    const secrets = [
      { ...record.secrets[0]!, worksUntil: 0 },
      { digest: 'second', issuedAt: T, worksUntil: null },
    ]
    const refreshed = next(record, { secrets })
    await store.commit(refreshed, eventOf(refreshed))
    for (const digest of [`digest-${record.id}`, 'second']) expect(await store.findByDigest(digest)).toEqual(refreshed)
    expect(await store.findByDigest('third')).toBeUndefined()
    expect([store.peekByDigest('second'), store.peekByDigest('third')]).toEqual([refreshed, undefined])
    expect(await store.find('nowhere')).toBeUndefined()
  })

  it('keeps what it was given, whatever happens to that afterwards, and gives nothing out that can be changed', async () => {
    const store = memoryStore()
    const scopes = ['read']
    const resources = [{ kind: 'file', id: 'A', link: 'l' }]
    const secrets = [{ digest: 'd', issuedAt: T, worksUntil: null as number | null }]
    const record = recordOf({ scopes, resources, secrets })
    const event = { ...eventOf(record), changes: { name: { before: ['a'], after: 'b' } } }
    await store.commit(record, event)
    scopes[0] = 'write'
    resources[0]!.id = 'B'
    secrets[0]!.worksUntil = 0
    ;(record as { revokedAt: unknown }).revokedAt = 5
    event.tokenId = 'other'
    event.changes.name.before[0] = 'other'
    const kept = {
      ...{ scopes: ['read'], resources: [{ kind: 'file', id: 'A', link: 'l' }], revokedAt: null },
      secrets: [{ digest: 'd', issuedAt: T, worksUntil: null }],
    }
    const changes = { name: { before: ['a'], after: 'b' } }
    const [found, line] = [(await store.find(record.id))!, (await store.events({ limit: 9 }))[0]!]
    expect([found, line]).toMatchObject([kept, { tokenId: record.id, seq: 1, changes }])
    for (const change of [
      () => Object.assign(found, { revokedAt: 5 }),
      () => (found.scopes as string[]).push('write'),
      () => Object.assign(found.secrets[0]!, { worksUntil: 0 }),
      () => Object.assign((found.resources as object[])[0]!, { id: 'B' }),
      () => Object.assign(line, { seq: 9 }),
      () => Object.assign(line.changes!.name!, { after: 'c' }),
      () => Object.assign(line.changes!, { name: undefined }),
    ]) {
      try {
        change()
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
      }
      const now = [(await store.find(record.id))!, (await store.events({ limit: 9 }))[0]!]
      expect(now).toMatchObject([kept, { tokenId: record.id, seq: 1, changes }])
    }
    const listed = await store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })
    listed.length = 0
    expect(await store.list({ planId: 'p1', order: 'newest', now: T, limit: 9 })).toHaveLength(1)
  })

  it('gives each store its own records', async () => {
    const [one, two] = [memoryStore(), memoryStore()]
    const record = await add(one)
    expect(await two.find(record.id)).toBeUndefined()
  })
})

describe('bound', () => {
  it('only rises', async () => {
    const store = memoryStore()
    expect([await store.bound(0), await store.bound(200), await store.bound(50), await store.bound(0)]).toEqual([
      0, 200, 200, 200,
    ])
    expect(await memoryStore().bound(0)).toBe(0)
  })
})
