/** The store contract: long histories. What every other case looks at alone is mixed here, and held against the plainest store. */
import type { NewEvent, TokenEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import type { EventQuery, ListQuery } from '../../ports.ts'
import { type Case, type Stores, same, together, upTo } from './case.ts'
import { listed, positionOf, queryOf } from './list-model.ts'
import { logged } from './log-model.ts'
import {
  ALL,
  allEvents,
  digestOf,
  eventOf,
  idsOf,
  NOON,
  nextOf,
  recordOf,
  refreshedOf,
  seqsOf,
  write,
} from './records.ts'

const STEPS = 240

/** Numbers that look drawn and are the same each time: a history that fails once fails again. */
function drawer(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** What a store with this history has to hold. */
interface Model {
  readonly records: Map<string, TokenRecord>
  readonly written: NewEvent[]
}

/** One commit, now and then one that has to be refused. */
async function change(
  { store, other }: Stores,
  model: Model,
  draw: (below: number) => number,
  step: number,
): Promise<void> {
  const id = `token-${draw(20)}`
  const stored = model.records.get(id)
  const base =
    stored ?? recordOf(id, { planId: `plan-${draw(2)}`, createdAt: NOON + draw(5), type: draw(2) ? 'rest' : 'npm' })
  const kinds: readonly ((record: TokenRecord) => TokenRecord)[] = [
    (record) => nextOf(record, { name: `Name ${step}` }),
    refreshedOf,
    (record) => nextOf(record, { expiresAt: NOON + draw(9) - 4 }),
    (record) => nextOf(record, { revokedAt: NOON + draw(3), revokedBy: 'admin-2' }),
  ]
  const next = stored ? (kinds[draw(kinds.length)] as (record: TokenRecord) => TokenRecord)(stored) : base
  const isWrong = draw(6) === 0
  const record = isWrong ? { ...next, version: next.version + 1 - 2 * draw(2), name: 'Refused' } : next
  const event = eventOf(record, { id: `event-${step}`, at: NOON + draw(99) })
  const what = `commit ${step} of a mixed history, of version ${record.version} over ${stored?.version ?? 0}`
  same(
    await (draw(2) ? store : other).commit({ ...record, eventId: event.id }, event),
    !isWrong,
    `The answer to ${what}`,
  )
  if (isWrong) return
  model.records.set(id, { ...record, eventId: event.id })
  model.written.push(event)
}

/** One question, drawn out of all that can be asked. */
async function ask(
  { store, other }: Stores,
  { records, written }: Model,
  draw: (below: number) => number,
): Promise<void> {
  const reader = draw(2) ? store : other
  const id = `token-${draw(20)}`
  const record = records.get(id)
  const secret = record?.secrets[draw(record.secrets.length)]
  same(await reader.find(id), record, `find(${id})`)
  same(await reader.findByDigest(secret?.digest ?? digestOf(id)), record, `findByDigest of a secret of ${id}`)
  const [order, planId, now] = [draw(2) ? 'newest' : 'expiry', `plan-${draw(2)}`, NOON + draw(9) - 4] as const
  const base: ListQuery = queryOf({
    order,
    planId,
    now,
    limit: 1 + draw(12),
    ...(draw(3) === 0 && { status: 'active' }),
  })
  const start = record && draw(2) ? { ...base, after: positionOf(record, base) } : base
  same(
    idsOf(await reader.list(start)),
    idsOf(listed([...records.values()], start)),
    `The ids of list(${JSON.stringify(start)})`,
  )
  const log = await reader.events({ limit: ALL })
  const expected = written.map((event, i): TokenEvent => ({ ...event, seq: log[i]?.seq ?? 0 }))
  same(log, expected, 'The log')
  const query: EventQuery = {
    ...{ order: draw(2) ? 'oldest' : 'newest', limit: 1 + draw(9) },
    ...(draw(2) && { after: log[draw(log.length)]?.seq ?? 0 }),
    ...(draw(2) ? { planId } : draw(2) && { tokenId: id }),
  }
  same(seqsOf(await reader.events(query)), seqsOf(logged(log, query)), `The seqs of events(${JSON.stringify(query)})`)
}

export const HISTORIES: readonly Case[] = [
  {
    name: 'a long mixed history reads as that of the plainest store',
    breaks: 'After some time, tokens and log no longer say what was done.',
    async check(stores) {
      const draw = drawer(7)
      const model: Model = { records: new Map(), written: [] }
      for (const step of upTo(STEPS)) {
        await change(stores, model, draw, step)
        if (step % 4 === 0) await ask(stores, model, draw)
      }
      for (const [id, record] of model.records) same(await stores.other.find(id), record, `find(${id}) at the end`)
    },
  },
  {
    name: 'a plan with 520 tokens, and its log, are given in pages as large as the service asks for',
    breaks: 'A large customer’s tokens are not all shown, and those that are not cannot be revoked.',
    async check({ store, other }) {
      const records = upTo(520).map((i) => recordOf(`token-${i}`, { createdAt: NOON + (i % 100) }))
      for (const start of upTo(52)) {
        const batch = records.slice(start * 10, start * 10 + 10)
        await together(batch.map((record, i) => () => write(i % 2 ? other : store, record)))
      }
      for (const order of ['newest', 'expiry'] as const) {
        const query = queryOf({ order, limit: 501 })
        const page = await other.list(query)
        same(idsOf(page), idsOf(listed(records, query)), `The ids of the first 501 of 520 tokens by ${order}`)
        const last = page.at(-1) as TokenRecord
        const rest = { ...query, after: positionOf(last, query) }
        same(idsOf(await other.list(rest)), idsOf(listed(records, rest)), `The ids of the others by ${order}`)
      }
      const log = await other.events({ limit: 501 })
      same(log.length, 501, 'The number of events of a page of 501')
      const all = await allEvents(store)
      same(all.length, 520, 'The number of all events')
      same(
        seqsOf(await other.events({ limit: 501, order: 'newest' })),
        seqsOf(all.toReversed().slice(0, 501)),
        'The seqs of the newest 501',
      )
    },
  },
]
