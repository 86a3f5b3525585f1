/** The store contract: tokens that were asked for and have no secret yet, which a list tells from the active ones. */
import type { TokenRecord } from '../../core/token.ts'
import { type Case, same, upTo } from './case.ts'
import { checkLists, listed, positionOf, queryOf } from './list-model.ts'
import { digestOf, NOON, nextOf, recordOf, write, writeAll } from './records.ts'

const ORDERS = ['newest', 'expiry'] as const
const STATUSES = ['active', 'pending', 'expired', 'revoked', undefined] as const

const asked = (by: string, more: object = {}): Pick<TokenRecord, 'secrets' | 'request'> => ({
  secrets: [],
  request: { by, at: NOON - 9, ...more },
})
/** Words that look like a request to whoever searches a text. */
const SEEMING = { request: 'x', '"request":': '"request":{', note: '{"request":{"by":"ada","at":1}}' }

/** Tokens in all states, with equal dates, most of those that wait behind others. */
function mixed(): TokenRecord[] {
  return upTo(60).map((i) =>
    recordOf(`token-${i}`, {
      createdAt: NOON - (i % 7),
      expiresAt: NOON + ((i % 5) - 1) * 1_000,
      type: i % 2 ? 'rest' : 'npm',
      ...(i % 11 === 5 && { revokedAt: NOON - 1, revokedBy: 'admin-1' }),
      ...(i % 3 === 0 ? asked(i % 2 ? 'ada' : 'ben', i % 4 ? {} : { approvedBy: 'eve', approvedAt: NOON }) : {}),
      ...(i % 3 === 1 && { metadata: SEEMING, contact: '"request":' }),
    }),
  )
}

/** The store contract: requests. */
export const PENDING: readonly Case[] = [
  {
    name: 'list tells tokens that wait for an approval from active ones, in both orders and to the millisecond',
    breaks:
      'An admin takes a token that nobody has approved for one that works, or does not see what is to be approved.',
    async check({ store, other }) {
      const records = mixed()
      await writeAll(store, records)
      const queries = [-1_001, -1, 0, 1, 999, 1_000, 1_001, 4_000].flatMap((ms) =>
        STATUSES.flatMap((status) =>
          ORDERS.map((order) => ({ order, now: NOON + ms, ...(status !== undefined && { status }) })),
        ),
      )
      await checkLists(other, records, queries)
      await checkLists(
        other,
        records,
        ORDERS.flatMap((order) => [
          { order, status: 'pending' as const, type: 'rest' },
          { order, status: 'pending' as const, search: 'TOKEN-1' },
          { order, status: 'active' as const, metadataKey: 'request' },
          { order, status: 'pending' as const, metadataKey: 'request' },
        ]),
      )
    },
  },
  {
    name: 'pages of a list of what waits, or of what is active, are full and go on where the one before ended',
    breaks: 'A page that is too short counts as the last one, and the tokens behind it are never shown.',
    async check({ store, other }) {
      const records = mixed()
      await writeAll(store, records)
      for (const order of ORDERS)
        for (const status of ['pending', 'active'] as const) {
          const all = listed(records, queryOf({ order, status }))
          const queries = [1, 2, 5].flatMap((limit) =>
            all.map((record) => ({
              ...{ order, status, limit },
              after: positionOf(record, { order, now: NOON }),
            })),
          )
          await checkLists(other, records, queries)
        }
    },
  },
  {
    name: 'a token that was asked for becomes active when its secret is there, and the list says so',
    breaks: 'An approved token stays in the list of what waits, or its secret is not found.',
    async check({ store, other }) {
      const before = recordOf('asked', { ...asked('ada'), expiresAt: NOON + 9 })
      await write(store, before)
      const proposal = { by: 'ben', at: NOON, version: 1, changes: { scopes: ['a'], addresses: null } }
      const { request: _, ...rest } = before
      const after = nextOf(rest as TokenRecord, {
        proposal,
        secrets: [{ digest: digestOf('collected'), issuedAt: NOON, worksUntil: null }],
      })
      await write(store, after)
      await checkLists(other, [after], [{ status: 'active' }, { status: 'pending' }])
      same(await other.findByDigest(digestOf('collected')), after, 'findByDigest of a secret that was collected')
    },
  },
]
