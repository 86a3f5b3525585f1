/** The store contract: which tokens a list by metadata gives, whatever the words are, and that its pages are full. */
import type { TokenRecord } from '../../core/token.ts'
import { type Case, upTo } from './case.ts'
import { checkLists, inBothOrders, positionOf } from './list-model.ts'
import { NOON, recordOf, writeAll } from './records.ts'

export const LIST_METADATA: readonly Case[] = [
  {
    name: 'list by metadata finds tokens that have all the words, each to the letter and under its own key',
    breaks: 'An admin who ends the tokens of one team misses some of them, or ends those of another.',
    async check({ store, other }) {
      const odd = [
        'a.b',
        'a"b',
        "a'b",
        'a\\b',
        '$.a',
        '[0]',
        '%',
        '_',
        'ä',
        'A\u0308',
        '🔐',
        ' ',
        'a":"b',
        '{',
        '}',
        ',"a"',
        '*',
      ]
      const words: readonly NonNullable<TokenRecord['metadata']>[] = [
        { team: 'billing' },
        { team: 'Billing' },
        { team: 'billing ', Team: 'billing' },
        { team: 'bill', 'team ': 'billing' },
        { billing: 'team' },
        { team: '', note: '"team":"billing"' },
        { note: ',"team":"billing"', env: 'prod' },
        { env: 'prod', team: 'billing' },
        { contact: 'ops' },
        ...odd.map((text) => ({ [text]: 'x', x: text })),
        Object.fromEntries(odd.map((text) => [text, text])),
      ]
      const records = [
        recordOf('none'),
        recordOf('empty', { metadata: {} }),
        recordOf('asked', { contact: 'ops' }),
        ...words.map((metadata, i) => recordOf(`words-${i}`, { metadata, createdAt: NOON - i, contact: 'billing' })),
      ]
      await writeAll(store, records)
      const wanted = [
        ...[{}, { team: 'billing' }, { team: 'Billing' }, { team: 'billing ' }, { Team: 'billing' }, { team: '' }],
        ...[{ team: 'bill' }, { billing: 'team' }, { team: 'billing', env: 'prod' }, { env: 'prod' }, { team: '%' }],
        ...[{ contact: 'ops' }, { contact: 'billing' }, { constructor: 'Object' }, { team: 'billing', none: 'x' }],
        ...odd.flatMap((text) => [{ [text]: 'x' }, { x: text }, { [text]: text }]),
      ]
      const keys = ['team', 'Team', 'team ', 'contact', 'metadata', 'none', 'toString', 'x', ...odd]
      const queries = [
        ...wanted.map((metadata) => ({ metadata })),
        ...keys.map((metadataKey) => ({ metadataKey })),
        { metadata: { team: 'billing' }, metadataKey: 'env' },
        { metadata: { team: 'billing' }, search: 'words' },
        { metadata: { team: 'billing' }, search: 'night', status: 'active', type: 'rest' },
      ] as const
      await checkLists(other, records, inBothOrders(queries))
    },
  },
  {
    name: 'pages of a list by metadata are full, however many tokens lie between that only look like it',
    breaks: 'A page that is too short counts as the last one, and the tokens behind it are never shown.',
    async check({ store, other }) {
      const records = upTo(40).map((i) =>
        recordOf(`token-${i}`, {
          createdAt: NOON - i,
          expiresAt: NOON + (i % 2 ? i : -i) * 1_000,
          ...(i % 10 === 9 && { revokedAt: NOON, revokedBy: 'admin-1' }),
          metadata: i % 4 === 0 ? { contact: 'ops' } : { team: 'a' },
          contact: 'ops',
        }),
      )
      await writeAll(store, records)
      const query = { metadata: { contact: 'ops' } }
      const queries = [1, 2, 3, 9, 10, 11, 40].flatMap((limit) =>
        [undefined, ...records.filter((_, i) => i % 7 === 0)].map((record) => ({ ...query, limit, record })),
      )
      for (const order of ['newest', 'expiry'] as const)
        await checkLists(
          other,
          records,
          queries.map(({ record, ...asked }) => ({
            ...asked,
            order,
            ...(record && { after: positionOf(record, { order, now: NOON }) }),
          })),
        )
    },
  },
]
