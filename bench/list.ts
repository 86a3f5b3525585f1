/** What a page of a plan costs in the memory store: a plan of 100,000 tokens beside one of 500, in both orders. */

import { millisecondsInDay } from 'date-fns/constants'
import { type ListQuery, type MemoryStore, memoryStore, type TokenRecord } from 'plan-access-tokens'
import { interleaved, rounded, type Side } from './measure.ts'

const NOW = Date.UTC(2027, 0, 31)
const LIMIT = 50
const FEW = 500
const MANY = 100_000

/** The kinds of pages; each is asked for in both orders. */
const PAGES = {
  first: {},
  after: { after: 'middle' },
  filtered: { type: 'rest', status: 'active' },
  filteredAfter: { type: 'rest', status: 'active', after: 'quarter' },
} as const
type Page = keyof typeof PAGES

/** Ratios of a page of 100,000 tokens to one of 500. */
export type ListRatios = { readonly [O in ListQuery['order']]: { readonly [P in Page]: number } }

export async function list(): Promise<ListRatios> {
  const [few, many] = [await filled(FEW), await filled(MANY)]
  const ratios = async (order: ListQuery['order']): Promise<ListRatios['newest']> => {
    const entries: [string, number][] = []
    for (const page of Object.keys(PAGES) as Page[]) {
      const sides = { few: await side(few, order, page), many: await side(many, order, page) }
      const times = await interleaved(sides, { calls: 500 })
      entries.push([page, rounded(times.many / times.few)])
    }
    return Object.fromEntries(entries) as ListRatios['newest']
  }
  return { newest: await ratios('newest'), expiry: await ratios('expiry') }
}

/** Made in time order; a third has ended, every tenth is revoked. */
async function filled(count: number): Promise<MemoryStore> {
  const store = memoryStore()
  for (let i = 0; i < count; i++) {
    const id = `token-${String((i * 7_919) % count).padStart(9, '0')}-${i}`
    const createdAt = NOW - Math.floor(((count - i) / count) * 365 * millisecondsInDay)
    const record: TokenRecord = {
      v: 1,
      ...{ id, planId: '1', type: i % 4 ? 'rest' : 'npm', name: `Token ${i}`, description: '', scopes: [] },
      ...{ resources: 'all', createdAt, createdBy: 'admin', lifetimeDays: 1, version: 1, eventId: `event-${i}` },
      expiresAt: NOW + Math.floor((((i * 104_729) % count) / count - 1 / 3) * 365 * millisecondsInDay),
      ...{ revokedAt: i % 10 ? null : NOW, revokedBy: i % 10 ? null : 'admin', idempotency: [] },
      secrets: [{ digest: `digest-${i}`, issuedAt: createdAt, worksUntil: null }],
    }
    const event = { v: 1, id: `event-${i}`, at: createdAt, type: 'created', tokenId: id, planId: '1' } as const
    if (!(await store.commit(record, { ...event, actor: 'admin', version: 1 })))
      throw new Error('A token was not written.')
  }
  return store
}

/** Asks for one page again and again; it must be full. */
async function side(store: MemoryStore, order: ListQuery['order'], page: Page): Promise<Side> {
  const { after: where, ...filters } = { after: undefined, ...PAGES[page] }
  const query = { planId: '1', order, now: NOW, limit: LIMIT, ...filters }
  const all = await store.list({ ...query, limit: MANY })
  const { id, createdAt, expiresAt } = all[all.length >> (where === 'quarter' ? 2 : 1)] as TokenRecord
  const at = order === 'newest' ? createdAt : expiresAt
  const asked: ListQuery = where
    ? { ...query, after: { ended: order === 'expiry' && expiresAt <= NOW, at, id } }
    : query
  return async (times) => {
    for (let i = 0; i < times; i++)
      if ((await store.list(asked)).length !== LIMIT) throw new Error('A page was not full.')
  }
}
