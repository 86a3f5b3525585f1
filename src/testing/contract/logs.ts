/** The store contract: the audit log in pages, of everything, of a plan and of a token. Its order under load: testing/contract/visible.ts. */
import type { TokenEvent } from '../../core/event.ts'
import type { EventQuery, TokenStore } from '../../ports.ts'
import { type Case, check, readWhile, same, together, turn, upTo } from './case.ts'
import { shown } from './difference.ts'
import { logged } from './log-model.ts'
import { ALL, allEvents, eventOf, NOON, nextOf, recordOf, seqsOf, write } from './records.ts'

const ORDERS = ['oldest', 'newest'] as const
/** Plans and tokens that a careless comparison takes for one another. */
const PLANS = ['plan-1', 'Plan-1', 'plan-1 ']

/** Three tokens in each of three plans, each with three events, all mixed, with dates that go back and forth. */
async function writeLog(store: TokenStore): Promise<void> {
  let records = upTo(9).map((i) => {
    const id = ['tok', 'Tok', 'tok-'][i % 3] as string
    const planId = PLANS[Math.floor(i / 3)] as string
    return recordOf(i < 3 ? id : `${id}${planId}`, { planId, eventId: `event-${i}` })
  })
  for (const round of upTo(3)) {
    for (const [i, record] of records.entries())
      await write(store, record, { at: NOON + ((round * 9 + i) % 2 ? -1 : 1) * (round * 9 + i) })
    records = records.map((record, i) => nextOf(record, { eventId: `event-${round}-${i}` }))
  }
}

async function checkEvents(
  store: TokenStore,
  log: readonly TokenEvent[],
  queries: readonly EventQuery[],
): Promise<void> {
  for (const query of queries) {
    const came = await store.events(query)
    const what = `events(${JSON.stringify(query)})`
    same(seqsOf(came), seqsOf(logged(log, query)), `The seqs that ${what} gave`)
    same(came, logged(log, query), what)
  }
}

/** Filters that fit many events, few and none. */
const FILTERS: readonly Partial<EventQuery>[] = [
  {},
  ...[...PLANS, 'plan', 'PLAN-1', '%'].map((planId) => ({ planId })),
  ...['tok', 'Tok', 'tok-', 'TOK', 'to_', 'tok%'].map((tokenId) => ({ tokenId })),
  { planId: 'plan-1', tokenId: 'Tok' },
  { planId: 'Plan-1', tokenId: 'tok' },
]

export const LOGS: readonly Case[] = [
  {
    name: 'seq is a positive whole number that grows with every commit, whatever the dates say',
    breaks: 'Servers that follow the log pass over changes, so that a revoked token keeps working there.',
    async check({ store, other }) {
      let last = 0
      for (const i of upTo(12)) {
        const mine = i % 2 ? other : store
        const record = recordOf(`token-${i}`, { planId: `plan-${i % 3}` })
        await write(mine, record, { at: NOON - i * 1_000 })
        // A refused one has no event.
        same(await mine.commit(record, eventOf(record)), false, 'The answer to a repeated commit')
        const [newest] = await store.events({ order: 'newest', limit: 1 })
        const seq: unknown = newest?.seq
        check(
          Number.isSafeInteger(seq) && Number(seq) > last,
          `The seq after ${last} is ${shown(seq)}, no larger whole number.`,
        )
        same(newest?.tokenId, record.id, 'The token of the newest event')
        last = Number(seq)
      }
      same((await allEvents(store)).length, 12, 'The number of events')
    },
  },
  {
    name: 'events come in commit order, or in the reverse of it',
    breaks: 'The audit log tells things in an order in which they did not happen.',
    async check({ store, other }) {
      await writeLog(store)
      const log = await other.events({ limit: ALL })
      const ids = ['event-', 'event-0-', 'event-1-'].flatMap((stem) => upTo(9).map((i) => `${stem}${i}`))
      same(
        log.map(({ id }) => id),
        ids,
        'The ids of the events in the order of their commits',
      )
      const ascending = seqsOf(log).toSorted((a, b) => a - b)
      same(seqsOf(log), ascending, 'The seqs in the order of the commits')
      same(await other.events({ order: 'oldest', limit: ALL }), log, 'events by oldest')
      same(await other.events({ order: 'newest', limit: ALL }), log.toReversed(), 'events by newest')
    },
  },
  {
    name: 'events after a seq are those behind it in the order that is asked for, it not included',
    breaks: 'Each page of the audit log repeats an event or leaves one out, and servers miss a revoke.',
    async check({ store, other }) {
      await writeLog(store)
      const log = await other.events({ limit: ALL })
      const seqs = seqsOf(log)
      const afters = [...seqs, 0, (seqs[0] ?? 1) - 1, (seqs.at(-1) ?? 0) + 1, Number.MAX_SAFE_INTEGER]
      const queries = ORDERS.flatMap((order) => afters.map((after) => ({ order, after, limit: ALL })))
      await checkEvents(other, log, [...queries, ...afters.map((after) => ({ after, limit: 2 }))])
    },
  },
  {
    name: 'events of a plan or of a token hold no other',
    breaks: 'A customer reads another one’s audit log.',
    async check({ store, other }) {
      await writeLog(store)
      const log = await other.events({ limit: ALL })
      const queries = ORDERS.flatMap((order) => FILTERS.map((filter) => ({ ...filter, order, limit: ALL })))
      await checkEvents(other, log, queries)
    },
  },
  {
    name: 'events gives as many as were asked for if there are so many behind the seq that fit',
    breaks: 'A page that is too short counts as the end of the log: a server takes what it has for the newest state.',
    async check({ store, other }) {
      await writeLog(store)
      const log = await other.events({ limit: ALL })
      const afters = [undefined, ...seqsOf(log).filter((_, i) => i % 6 === 2)]
      const queries = ORDERS.flatMap((order) =>
        FILTERS.flatMap((filter) =>
          afters.flatMap((after) =>
            [1, 2, 5, 500].map((limit) => ({ ...filter, order, limit, ...(after !== undefined && { after }) })),
          ),
        ),
      )
      await checkEvents(other, log, queries)
    },
  },
  {
    name: 'going through the log in pages neither skips nor repeats while it is being written',
    breaks: 'An export of the audit log lacks changes or holds them twice.',
    async check({ store, other }) {
      await writeLog(store)
      const before = await allEvents(store)
      const writer = (i: number) => async (): Promise<void> => {
        let record = recordOf(`writer-${i}`, { planId: PLANS[i] as string })
        for (const n of upTo(15)) {
          await write(i % 2 ? other : store, record)
          record = nextOf(record)
          if (n % 2) await turn()
        }
      }
      const walks = ORDERS.flatMap((order) =>
        [{}, { planId: 'Plan-1' }].map((filter) => ({ ...filter, order, limit: 4 })),
      )
      const seen = walks.map((): TokenEvent[] => [])
      const reader = (query: EventQuery, pages: TokenEvent[]) => async (): Promise<void> => {
        for (;;) {
          const last = pages.at(-1)
          const page = await other.events({ ...query, ...(last && { after: last.seq }) })
          for (const event of page) {
            const known = pages.at(-1)?.seq ?? (query.order === 'oldest' ? 0 : Number.MAX_SAFE_INTEGER)
            const isBehind = query.order === 'oldest' ? event.seq > known : event.seq < known
            check(
              isBehind,
              `Going through the log by ${query.order}, events gave seq ${event.seq} behind seq ${known}.`,
            )
            pages.push(event)
          }
          if (page.length < query.limit) return
          await turn()
        }
      }
      await readWhile(
        upTo(3).map(writer),
        walks.map((query, i) => reader(query, seen[i] as TokenEvent[])),
      )
      const all = await allEvents(store)
      await together(
        walks.map((query, i) => async () => {
          const pages = seen[i] as TokenEvent[]
          const end = query.order === 'oldest' ? pages.at(-1)?.seq : pages[0]?.seq
          const known = all.filter(({ seq }) => seq <= (end ?? 0))
          same(
            seqsOf(pages),
            seqsOf(logged(known, { ...query, limit: all.length })),
            `The seqs of the pages by ${query.order}`,
          )
          const first = before.filter((event) => !('planId' in query) || event.planId === query.planId)
          check(
            first.every(({ seq }) => pages.some((event) => event.seq === seq)),
            'An event that was there at first was skipped.',
          )
        }),
      )
    },
  },
]
