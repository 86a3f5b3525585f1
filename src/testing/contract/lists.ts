/** The store contract: which tokens of a plan a list gives, and in which order. How one goes on: testing/contract/list-pages.ts. */
import type { TokenRecord } from '../../core/token.ts'
import type { ListQuery } from '../../ports.ts'
import { type Case, same, upTo } from './case.ts'
import { checkLists, positionOf, queryOf, writeSample } from './list-model.ts'
import { idsOf, NOON, recordOf, write, writeAll } from './records.ts'

const ORDERS = ['newest', 'expiry'] as const
const STATUSES = ['active', 'expired', 'revoked'] as const

/** Each query in both orders. */
const inBothOrders = (queries: readonly Partial<ListQuery>[]): Partial<ListQuery>[] =>
  ORDERS.flatMap((order) => queries.map((query) => ({ ...query, order })))

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
  {
    name: 'list by search finds a part of a name or a description in any letter case, in any script',
    breaks: 'An admin who looks for a token by its name does not find it and makes a second one.',
    async check({ store, other }) {
      const texts = [
        'Export nightly',
        'ÉTÉ à Zürich',
        'été',
        'ete',
        'ЖУРНАЛ экспорта',
        'Ωmega ΔΣ-7',
        'emoji 🔐 Lock',
        'Ünder',
      ]
      const records = texts.flatMap((text, i) => [
        recordOf(`name-${i}`, { name: text }),
        recordOf(`text-${i}`, { name: 'Other', description: `Before. ${text}. After.` }),
      ])
      await writeAll(store, records)
      const searches = [
        'export',
        'EXPORT',
        'xport n',
        'été',
        'ÉTÉ',
        'Été À zÜRICH',
        'ete',
        'журнал ЭКСПОРТА',
        'ωMEGA δ',
        '🔐 lOCK',
        '🔐',
      ]
      const none = ['exports', 'nightly export', 'Zurich', 'othér', '🔓', 'name-1 ', 'e\u0301te\u0301']
      const queries = [...searches, ...none, 'other', 'BEFORE. é', '. after'].map((search) => ({ search }))
      await checkLists(other, records, inBothOrders(queries))
    },
  },
  {
    name: 'list by search takes every character for itself',
    breaks: 'A search for "100%" finds everything or fails, and what is typed may be run as a query.',
    async check({ store, other }) {
      const texts = [
        '100% done',
        '100 done',
        'a_b',
        'aXb',
        'C:\\temp',
        'C:/temp',
        "it's",
        'its',
        'say "hi"',
        '[ab]*?',
        'ab',
        '\u0024{x}',
        '#!',
      ]
      const records = texts.map((name, i) => recordOf(`token-${i}`, { name, description: i % 2 ? name : '' }))
      await writeAll(store, records)
      const searches = [
        '%',
        '_',
        '0%',
        'a_b',
        '\\',
        '\\t',
        "'",
        "t's",
        '"',
        '[ab]',
        '*',
        '?',
        '.*',
        '$',
        '#',
        '\\%',
        '^',
        '(',
        "' or 1=1 --",
        '  ',
        ' ',
      ]
      await checkLists(other, records, inBothOrders(searches.map((search) => ({ search }))))
    },
  },
  {
    name: 'list by search finds a token by its whole id and not by a part of it',
    breaks: 'An admin who pastes an id from a log does not find the token, or finds several.',
    async check({ store, other }) {
      const ids = ['V1StGXR8_Z5jdHi6B-myT', 'v1stgxr8_z5jdhi6b-myt', 'V1StGXR8', 'night', '_', '10']
      const records = ids.map((id, i) => recordOf(id, { name: `Token ${'x'.repeat(i)}`, eventId: `event-${i}` }))
      await writeAll(store, [...records, recordOf('mine', { planId: 'plan-2', eventId: 'event-mine' })])
      const searches = [...ids, 'V1stgxr8_z5jdhi6b-myt', 'StGXR8', 'V1StGXR8_Z5jdHi6B-my', 'NIGHT', '1', 'mine', '%']
      await checkLists(other, records, inBothOrders(searches.map((search) => ({ search }))))
    },
  },
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
]
