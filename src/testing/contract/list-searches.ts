/** The store contract: which tokens a list by search gives, whatever letters and marks are typed. */
import type { Case } from './case.ts'
import { checkLists, inBothOrders } from './list-model.ts'
import { recordOf, writeAll } from './records.ts'

export const LIST_SEARCHES: readonly Case[] = [
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
]
