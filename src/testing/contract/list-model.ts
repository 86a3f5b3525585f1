/** What a list has to give, said once in the plainest way, and a set of tokens in which every rule of it shows. */
import { hasEnded, statusOf, type TokenRecord } from '../../core/token.ts'
import type { ListPosition, ListQuery, TokenStore } from '../../ports.ts'
import { failure, same, upTo } from './case.ts'
import { differenceBetween } from './difference.ts'
import { idsOf, NOON, PLAN, recordOf, writeAll } from './records.ts'

/** Where a record stands in an order, as the service makes it from the last token of a page. */
export function positionOf(record: TokenRecord, { order, now }: Pick<ListQuery, 'order' | 'now'>): ListPosition {
  const { id, createdAt, expiresAt } = record
  if (order === 'newest') return { ended: false, at: createdAt, id }
  return { ended: hasEnded(record, now), at: expiresAt, id }
}

/** What `list` has to give of these records. */
export function listed(records: readonly TokenRecord[], query: ListQuery): TokenRecord[] {
  const { after, limit } = query
  const placed = records
    .filter((record) => isWanted(record, query))
    .map((record) => ({ record, place: positionOf(record, query) }))
    .sort((a, b) => between(a.place, b.place, query))
  const rest = after ? placed.filter(({ place }) => between(after, place, query) < 0) : placed
  return rest.slice(0, limit).map(({ record }) => record)
}

function isWanted(
  record: TokenRecord,
  { planId, type, status, search, metadata, metadataKey, now }: ListQuery,
): boolean {
  const { id, name, description } = record
  const part = search?.toLowerCase()
  const words = Object.entries(record.metadata ?? {})
  const wanted = Object.entries(metadata ?? {})
  return (
    record.planId === planId &&
    (type === undefined || record.type === type) &&
    (status === undefined || statusOf(record, now) === status) &&
    wanted.every(([key, value]) => words.some((word) => word[0] === key && word[1] === value)) &&
    (metadataKey === undefined || words.some(([key]) => key === metadataKey)) &&
    (part === undefined || id === search || [name, description].some((text) => text.toLowerCase().includes(part)))
  )
}

function between(a: ListPosition, b: ListPosition, { order }: Pick<ListQuery, 'order'>): number {
  if (order === 'expiry' && a.ended !== b.ended) return a.ended ? 1 : -1
  const ascending = a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  return order === 'expiry' && !a.ended ? ascending : -ascending
}

export const ORDERS = ['newest', 'expiry'] as const

/** Each query in both orders. */
export const inBothOrders = (queries: readonly Partial<ListQuery>[]): Partial<ListQuery>[] =>
  ORDERS.flatMap((order) => queries.map((query) => ({ ...query, order })))

/** A query with what it does not say filled in. */
export const queryOf = (query: Partial<ListQuery> = {}): ListQuery => ({
  ...{ planId: PLAN, order: 'newest', now: NOON, limit: 100 },
  ...query,
})

/** Fails unless the store lists for each query what it has to. */
export async function checkLists(
  store: TokenStore,
  records: readonly TokenRecord[],
  queries: readonly Partial<ListQuery>[],
): Promise<void> {
  for (const partial of queries) {
    const query = queryOf(partial)
    const expected = listed(records, query)
    const came = await store.list(query)
    const what = `list(${JSON.stringify(partial)})`
    if (differenceBetween(idsOf(came), idsOf(expected)) !== undefined)
      throw failure(`${what} gave ${namesOf(came)} instead of ${namesOf(expected)}.`)
    same(came, expected, what)
  }
}

const namesOf = (records: readonly TokenRecord[]): string =>
  records.length === 0 ? 'nothing' : idsOf(records).join(' ')

/** Ids in which a careless order shows: upper and lower case, digits, the two marks of real ids. */
const IDS = ['b', 'B', 'a', 'A', '_', '-', '9', '0', 'aa', 'Aa', 'aA', 'a-', 'a_', 'Z', 'z', 'ab', '10', '2', 'Ab', 'x']

/** Twenty tokens of one plan and four of others, with equal dates and all three states; not in the order of any list. */
export function sample(): TokenRecord[] {
  const of = (id: string, i: number): TokenRecord =>
    recordOf(id, {
      createdAt: NOON - 1_000 + ((i * 7) % 5),
      expiresAt: NOON + ([-1, 0, 1, 5, 5][i % 5] as number),
      ...(i % 6 === 3 && { revokedAt: i % 4 === 1 ? NOON + 1_000 : NOON - 1, revokedBy: 'admin-1' }),
      ...(i % 12 === 9 && { revokedAt: 0 }),
      type: ['rest', 'npm', 'Rest'][i % 3] as string,
      name: ['Nightly', 'Deploy', 'NIGHT shift'][(i * 5) % 3] as string,
      description: i % 4 === 0 ? 'Every night' : '',
    })
  const mine = IDS.map(of)
  const others = upTo(4).map((i) => ({
    ...of(`other-${i}`, i),
    planId: ['Plan-1', 'plan-10', 'plan-1 ', 'plan'][i] as string,
  }))
  return [...mine.slice(0, 10), ...others, ...mine.slice(10)]
}

/** Writes the sample and gives it. */
export async function writeSample(store: TokenStore): Promise<TokenRecord[]> {
  const records = sample()
  await writeAll(store, records)
  return records
}
