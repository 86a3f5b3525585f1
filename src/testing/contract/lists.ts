/**
 * The store contract: which tokens of a plan a list gives, and in which order. By search: testing/contract/list-searches.ts; by
 * metadata: testing/contract/list-metadata.ts. How one goes on: testing/contract/list-pages.ts.
 */
import type { Case } from './case.ts'
import { checkLists, inBothOrders, writeSample } from './list-model.ts'
import { NOON, recordOf, write, writeAll } from './records.ts'

const STATUSES = ['active', 'expired', 'revoked'] as const

export const LISTS: readonly Case[] = [
  {
    name: 'list by newest goes by createdAt and then by id, both descending, whenever they were written',
    breaks: 'The page of a plan’s tokens shows them in a wrong order, and going on from one page loses some.',
    async check({ store, other }) {
      const records = await writeSample(store)
      await checkLists(other, records, [{ order: 'newest' }])
      // The clock was put back: an older one is written last. Then one of them is changed, which moves nothing.
      const late = await write(store, recordOf('late', { createdAt: NOON - 5_000 }))
      const changed = { ...late, version: 2, eventId: 'late-2', name: 'Changed' }
      await write(store, changed)
      await checkLists(other, [...records, changed], [{ order: 'newest' }])
    },
  },
  {
    name: 'list by expiry goes by the soonest end of the active ones, then by the latest end of all others',
    breaks: 'The token that ends next is not on top, and an integration stops without anybody having been warned.',
    async check({ store, other }) {
      const records = await writeSample(store)
      await checkLists(
        other,
        records,
        [-2, -1, 0, 1, 2, 5, 6].map((ms) => ({ order: 'expiry', now: NOON + ms })),
      )
    },
  },
  {
    name: 'tokens of the same moment are listed by id, byte by byte',
    breaks: 'Where a page ends between tokens of one moment, the next one repeats some and leaves others out.',
    async check({ store, other }) {
      const ids = ['a', 'B', 'b', 'A', '-', '_', '0', '10', '9', 'aB', 'Ab', 'ab', 'AB', 'a_', 'a-', 'a0', 'Z', 'z']
      const records = ids.map((id, i) =>
        recordOf(id, { createdAt: NOON, expiresAt: i % 3 ? NOON + 9 : NOON - 9, eventId: `event-${i}` }),
      )
      await writeAll(store, records)
      await checkLists(other, records, inBothOrders([{}, { limit: 5 }]))
    },
  },
  {
    name: 'list by status judges each token at `now`, exactly to the millisecond',
    breaks: 'A token that has ended is shown as active, or one that still works as ended.',
    async check({ store, other }) {
      const records = await writeSample(store)
      const queries = [-2, -1, 0, 1, 2, 4, 5, 6].flatMap((ms) => STATUSES.map((status) => ({ status, now: NOON + ms })))
      await checkLists(other, records, inBothOrders(queries))
    },
  },
  {
    name: 'list judges by the `now` of the query and by no other clock',
    breaks: 'A page that goes on from a cursor, whose moment is fixed, skips tokens that end meanwhile.',
    async check({ store, other }) {
      const eras = ['2001-01-01T00:00:00Z', '2149-01-01T00:00:00Z'].map((date) => Date.parse(date))
      const records = eras.flatMap((era, i) => [
        recordOf(`ended-${i}`, { createdAt: era - 9, expiresAt: era - 1, eventId: `ended-${i}` }),
        recordOf(`ending-${i}`, { createdAt: era - 9, expiresAt: era + 1, eventId: `ending-${i}` }),
        recordOf(`revoked-${i}`, { createdAt: era - 9, expiresAt: era + 1, revokedAt: era + 5 }),
      ])
      await writeAll(store, records)
      const queries = eras.flatMap((now) => [{ now }, ...STATUSES.map((status) => ({ now, status }))])
      await checkLists(other, records, inBothOrders(queries))
    },
  },
  {
    name: 'list gives the tokens of exactly this plan',
    breaks: 'A customer sees the tokens of another one.',
    async check({ store, other }) {
      const plans = [
        'acme',
        'Acme',
        'ACME',
        'acme ',
        ' acme',
        'acme-2',
        'acm',
        'a_me',
        'a%',
        'acmé',
        'acme\u0301',
        '__proto__',
      ]
      const records = plans.flatMap((planId, i) => [recordOf(`a${i}`, { planId }), recordOf(`b${i}`, { planId })])
      await writeAll(store, records)
      const asked = [...plans, 'aCme', 'toString', '%', '_cme', 'acme%', 'acmE\u0301']
      await checkLists(other, records, inBothOrders(asked.map((planId) => ({ planId }))))
    },
  },
  {
    name: 'list by type gives the tokens of exactly this type',
    breaks: 'The tab of one kind of token shows those of another.',
    async check({ store, other }) {
      const records = await writeSample(store)
      const types = ['rest', 'npm', 'Rest', 'REST', 'res', 'rest ', '%', 'none']
      await checkLists(other, records, inBothOrders(types.map((type) => ({ type }))))
    },
  },
]
