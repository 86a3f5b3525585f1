/** The memory store's lists, which are kept in order, against all records of the plan filtered and sorted anew for each page. */
import fc from 'fast-check'
import { type ListQuery, memoryStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { listOf } from '../testing/contract/plain-store.ts'
import { add, eventOf, next, T } from './records.ts'

/** Few moments and many tokens, so that most share a moment with others. */
const moment = fc.integer({ min: T - 6, max: T + 6 })
const id = fc.nat(400).map((n) => `token-${n}`)

const change = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id, createdAt: moment, expiresAt: moment, revokedAt: fc.constant(null) }) },
  { weight: 1, arbitrary: fc.record({ id, revokedAt: fc.oneof(moment, fc.constant(null)) }) },
  { weight: 1, arbitrary: fc.record({ before: moment, limit: fc.integer({ min: 1, max: 40 }) }) },
)

const query: fc.Arbitrary<ListQuery> = fc.record(
  {
    planId: fc.constantFrom('p1', 'p2'),
    order: fc.constantFrom('newest', 'expiry'),
    now: moment,
    limit: fc.integer({ min: 1, max: 120 }),
    type: fc.constantFrom('rest', 'npm'),
    status: fc.constantFrom('active', 'expired', 'revoked'),
    search: fc.constantFrom('even', 'TOKEN', 'token-7'),
    after: fc.record({ ended: fc.boolean(), at: moment, id }),
  },
  { requiredKeys: ['planId', 'order', 'now', 'limit'] },
)

describe('a page of the memory store', () => {
  it('is that of all records, filtered and sorted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 900, size: 'max' }),
        fc.array(query, { minLength: 20, maxLength: 40 }),
        async (changes, queries) => {
          const store = memoryStore()
          for (const each of changes) {
            if ('before' in each) {
              await store.sweep(each)
              continue
            }
            const stored = await store.find(each.id)
            const n = Number(each.id.slice(6))
            const kind = { planId: n % 5 ? 'p1' : 'p2', type: n % 3 ? 'rest' : 'npm', name: n % 2 ? 'odd' : 'even' }
            if (!stored) await add(store, { ...each, ...kind, description: 'A token' })
            else {
              const record = next(stored, each)
              await store.commit(record, eventOf(record))
            }
          }
          const records = (await Promise.all(Array.from({ length: 401 }, (_, n) => store.find(`token-${n}`)))).flatMap(
            (record) => record ?? [],
          )
          for (const each of queries) {
            // In the order by creation a place says nothing about having ended.
            const after = each.after && { ...each.after, ended: each.order === 'expiry' && each.after.ended }
            const plain = listOf(records, { ...each, ...(after && { after }) })
            expect((await store.list(each)).map((record) => record.id)).toEqual(plain.map((record) => record.id))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('has a place for records whose dates are none, and lets the others be found', async () => {
    const store = memoryStore()
    for (const [name, expiresAt] of Object.entries({ a: T + 5, b: Number.NaN, c: T + 9, d: undefined, e: T - 1 }))
      await add(store, { id: name, expiresAt: expiresAt as number, createdAt: expiresAt as number })
    const ids = async (order: ListQuery['order']): Promise<string> =>
      (await store.list({ planId: 'p1', order, now: T, limit: 9 })).map((record) => record.id).join('')
    expect([await ids('expiry'), await ids('newest')]).toEqual(['acedb', 'caedb'])
    const record = next((await store.find('b'))!, { expiresAt: T + 7 })
    await store.commit(record, eventOf(record))
    expect(await ids('expiry')).toBe('abced')
  })
})
