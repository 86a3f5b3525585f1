/** The store contract: scan gives the tokens of all plans, each once, and a token that moves to another plan is found there alone. */
import type { TokenRecord } from '../../core/token.ts'
import { casesOf, check, same, upTo, type With } from './case.ts'
import {
  ALL,
  allEvents,
  digestOf,
  idsOf,
  NOON,
  nextOf,
  PLAN,
  recordOf,
  refreshedOf,
  write,
  writeAll,
} from './records.ts'

/** Far more than there are records. */
const MOST_PAGES = 100

/** Every record, page by page, as an operator reads them. */
async function scanAll(
  store: With<'scan'>,
  limit: number,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<TokenRecord[]> {
  const all: TokenRecord[] = []
  for (let page = 1; ; page++) {
    const after = all.at(-1)?.id
    const records = await store.scan({ limit, ...(after !== undefined && { after }) })
    check(page < MOST_PAGES, `scan came to no end within ${MOST_PAGES} pages.`)
    all.push(...records)
    if (records.length < limit) return all
    await between(page)
  }
}

const IDS = ['A', 'AA', 'Az', 'B', 'Z', 'a', 'aA', 'b', 'z0', 'z1', 'z10', 'z2']

export const SCANS = casesOf('scan', [
  {
    name: 'scan gives every token of every plan once, by id, in pages of any size',
    breaks: 'An operator who looks for tokens passes over some, or ends a plan and leaves tokens alive.',
    async check({ store, other }) {
      same(await store.scan({ limit: ALL }), [], 'What an empty store gave')
      const records = IDS.map((id, i) => recordOf(id, { planId: `plan-${i % 3}` }))
      await writeAll(store, records.toReversed())
      for (const limit of [1, 2, 5, IDS.length, ALL])
        same(await scanAll(other as typeof store, limit), records, `What pages of ${limit} gave`)
      same(idsOf(await store.scan({ after: 'a', limit: 2 })), ['aA', 'b'], 'The ids behind "a"')
      same(idsOf(await store.scan({ after: 'a0', limit: 2 })), ['aA', 'b'], 'The ids behind one that is not there')
      same(await store.scan({ after: 'z2', limit: 2 }), [], 'What stands behind the last')
    },
  },
  {
    name: 'scan gives a token once, as it is now, however it changes between two pages',
    breaks: 'A token that somebody edits while an operator looks is missing, or is there twice.',
    async check({ store }) {
      const records = upTo(9).map((i) => recordOf(`token-${i}`))
      await writeAll(store, records)
      let newest = records
      const seen = await scanAll(store, 2, async () => {
        newest = newest.map((record, i) =>
          i % 3 === 0 ? nextOf(record, { revokedAt: NOON }) : i % 3 === 1 ? refreshedOf(record) : nextOf(record),
        )
        for (const record of newest) await write(store, record)
      })
      same(idsOf(seen), idsOf(records), 'The ids')
      same(await store.scan({ limit: ALL }), newest, 'What a scan gives afterwards')
    },
  },
  {
    name: 'a token that moves to another plan is listed there and nowhere else, with its secrets, and each log keeps its events',
    breaks: 'After a merger, tokens are in two plans or in none, or a log tells of the wrong plan.',
    async check({ store, other }) {
      const stays = recordOf('stays')
      const [first, second] = [recordOf('moves'), nextOf(recordOf('moves'))]
      const third = nextOf(second, { planId: 'plan-2' })
      await writeAll(store, [stays, first])
      const reason = 'Merger: Ä ü 文 "quoted"'
      await write(store, second, { type: 'moving', reason, changes: { planId: { before: PLAN, after: 'plan-2' } } })
      await write(store, third, { type: 'moved', reason })
      for (const order of ['newest', 'expiry'] as const) {
        const page = { order, now: NOON, limit: ALL }
        same(await other.list({ ...page, planId: PLAN }), [stays], `The plan that was left, by ${order}`)
        same(await other.list({ ...page, planId: 'plan-2' }), [third], `The other plan, by ${order}`)
      }
      same(await other.findByDigest(digestOf('moves')), third, 'The token of its secret')
      same(await (other as typeof store).scan({ limit: ALL }), [third, stays], 'What a scan gives')
      const typesIn = async (planId: string) => (await other.events({ planId, limit: ALL })).map(({ type }) => type)
      same(await typesIn(PLAN), ['created', 'created', 'moving'], 'The log of the plan that was left')
      same(await typesIn('plan-2'), ['moved'], 'The log of the other plan')
      same(
        (await allEvents(other)).map((event) => event.reason),
        [undefined, undefined, reason, reason],
        'The reasons',
      )
    },
  },
])
