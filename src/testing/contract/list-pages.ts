/** The store contract: how long a page of a list is, and how it goes on from a place in it, also while tokens are added, changed, ended and removed. */
import type { TokenRecord } from '../../core/token.ts'
import type { ListPosition, ListQuery, TokenStore } from '../../ports.ts'
import { type Case, check, same, upTo } from './case.ts'
import { checkLists, inBothOrders, listed, ORDERS, positionOf, queryOf, sample, writeSample } from './list-model.ts'
import { idsOf, NOON, nextOf, recordOf, write, writeAll } from './records.ts'

/** When tokens that are added during a walk were made, and when they end, in milliseconds around noon. */
const ADDED = [
  [-2_000, -4],
  [-998, 3],
  [1_000, 9],
] as const

/** Before, at, between and behind all places of a list, those of tokens that do not exist among them. */
function placesIn(records: readonly TokenRecord[], query: Pick<ListQuery, 'order' | 'now'>): ListPosition[] {
  const own = listed(records, queryOf(query)).map((record) => positionOf(record, query))
  const beside = own.flatMap(({ ended, at, id }) => [
    { ended, at, id: `${id}!` },
    { ended, at: at + 1, id: '' },
    { ended, at: at - 1, id: '~' },
  ])
  const outer = [0, Number.MAX_SAFE_INTEGER].flatMap((at) => [true, false].map((ended) => ({ ended, at, id: 'm' })))
  return [...own, ...beside, ...outer].map((place) => (query.order === 'newest' ? { ...place, ended: false } : place))
}

/** Goes through a list in pages as the service does: one more than is shown is asked for, to know whether there are more. */
async function walk(
  store: TokenStore,
  query: ListQuery,
  beforeNext: (page: number) => Promise<void>,
): Promise<string[]> {
  const seen: string[] = []
  let after: ListPosition | undefined
  for (let page = 1; page < 100; page++) {
    const found = await store.list({ ...query, limit: query.limit + 1, ...(after && { after }) })
    const shown = found.slice(0, query.limit)
    seen.push(...idsOf(shown))
    const last = shown.at(-1)
    if (found.length <= query.limit || !last) return seen
    after = positionOf(last, query)
    await beforeNext(page)
  }
  check(false, 'list did not come to an end after 100 pages.')
  return seen
}

/** Fails if one that was there all the time was shown twice or not at all. */
function checkWalk(seen: readonly string[], staying: readonly string[], what: string): void {
  const times = (id: string): number => seen.filter((other) => other === id).length
  const skipped = staying.find((id) => times(id) === 0)
  check(skipped === undefined, `${what} skipped the token ${skipped}, which was there all the time.`)
  const repeated = seen.find((id) => times(id) > 1)
  check(repeated === undefined, `${what} showed the token ${repeated} twice.`)
  same(
    seen.filter((id) => staying.includes(id)),
    staying,
    `The order in which ${what} showed those that stayed`,
  )
}

export const LIST_PAGES: readonly Case[] = [
  {
    name: 'list gives as many as were asked for if there are so many that fit all filters',
    breaks: 'A page that is too short counts as the last one, and the tokens behind it are never shown.',
    async check({ store, other }) {
      const records = await writeSample(store)
      const filters = [
        {},
        { type: 'npm' },
        { status: 'active' },
        { search: 'night' },
        { type: 'rest', status: 'expired' },
      ] as const
      const queries = [1, 2, 3, 7, 19, 20, 21, 500].flatMap((limit) => filters.map((filter) => ({ ...filter, limit })))
      await checkLists(other, records, inBothOrders(queries))
      same(idsOf(await other.list(queryOf({ planId: 'none' }))), [], 'list of a plan without tokens')
    },
  },
  {
    name: 'a list goes on behind any place, also behind that of a token that is not there',
    breaks: 'Pages of a plan’s tokens repeat or leave out tokens, so that one to be revoked is not found.',
    async check({ store, other }) {
      const records = await writeSample(store)
      for (const order of ORDERS) {
        const places = placesIn(records, { order, now: NOON })
        await checkLists(
          other,
          records,
          places.map((after, i) => ({ order, after, limit: i % 2 ? 100 : 3 })),
        )
      }
    },
  },
  {
    name: 'filters, order, moment, place and limit hold together',
    breaks: 'The second page of a filtered list shows tokens that were filtered out, or misses some.',
    async check({ store, other }) {
      const records = await writeSample(store)
      const filters = [
        { type: 'rest', status: 'active' },
        { status: 'expired', search: 'NIGHT' },
        { status: 'revoked' },
        { type: 'npm', search: 'deploy' },
      ] as const
      const queries = ORDERS.flatMap((order) =>
        [NOON, NOON + 3].flatMap((now) =>
          filters.flatMap((filter) =>
            placesIn(records, { order, now })
              .filter((_, i) => i % 4 === 0)
              .map((after, i) => ({ ...filter, order, now, after, limit: 1 + (i % 3) })),
          ),
        ),
      )
      await checkLists(other, records, queries)
    },
  },
  {
    name: 'paging neither skips nor repeats while tokens are added, changed and ended',
    breaks: 'An admin who goes through the pages to find what to revoke is not shown some of the tokens.',
    async check({ store, other }) {
      let count = 0
      for (const order of ORDERS)
        for (const limit of [1, 3, 4]) {
          const planId = `plan-${order}-${limit}`
          const records = sample().map((record) => {
            const id = `${record.id}.${order}.${limit}`
            const secrets = recordOf(id).secrets
            return { ...record, id, planId, secrets, eventId: `${id}-event` }
          })
          await writeAll(store, records)
          const query = queryOf({ planId, order, limit })
          const all = idsOf(listed(records, query))
          const seen = await walk(other, query, async (page) => {
            if (page > 5) return
            // One more in front, in the middle and at the end; and one is changed in a way that does not move it.
            for (const [created, ends] of ADDED) {
              count += 1
              await write(
                store,
                recordOf(`new-${count}`, { planId, createdAt: NOON + created, expiresAt: NOON + ends }),
              )
            }
            const record = records[count % records.length] as TokenRecord
            const current = (await other.find(record.id)) ?? record
            const end = order === 'newest' ? { expiresAt: NOON - 99, revokedAt: NOON, revokedBy: 'admin-1' } : {}
            await write(store, nextOf(current, { name: `Renamed ${count}`, ...end }))
          })
          checkWalk(seen, all, `going through the pages of ${limit} by ${order}`)
        }
    },
  },
  {
    name: 'paging goes on behind a token that was removed meanwhile',
    breaks: 'A sweep in the background makes the next page of tokens begin anew or stay empty.',
    async check({ store, other }) {
      if (!store.sweep) return
      const records = upTo(12).map((i) =>
        recordOf(`token-${i}`, { createdAt: NOON - i, expiresAt: i % 3 === 2 ? NOON - 9_000 : NOON + 9_000 }),
      )
      await writeAll(store, records)
      const seen = await walk(other, queryOf({ limit: 3 }), async () => {
        // The last one of the page is among those that go.
        await store.sweep?.({ before: NOON - 8_000, limit: 100 })
      })
      const staying = records.filter((record) => record.expiresAt > NOON)
      checkWalk(seen, idsOf(staying), 'going through pages while ended tokens were removed')
    },
  },
]
