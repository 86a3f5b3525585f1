/** The store contract: a record and an event come back as they were written, down to the last character and type. */
import type { NewEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import type { TokenStore } from '../../ports.ts'
import { type Case, type Stores, same, upTo } from './case.ts'
import { allEvents, digestOf, eventOf, NOON, nextOf, recordOf, write } from './records.ts'

/** Writes a record and reads it, and its event, in every way. */
async function passThrough(
  { store, other }: Stores,
  record: TokenRecord,
  what: string,
  change: Partial<NewEvent> = {},
): Promise<void> {
  await write(store, record, change)
  for (const reader of store === other ? [store] : [store, other]) await readBack(reader, record, what, change)
}

async function readBack(
  store: TokenStore,
  record: TokenRecord,
  what: string,
  change: Partial<NewEvent>,
): Promise<void> {
  const { id, planId, secrets, type } = record
  same(await store.find(id), record, `find of ${what}`)
  same(await store.findByDigest(secrets.at(-1)?.digest ?? ''), record, `findByDigest of ${what}`)
  for (const order of ['newest', 'expiry'] as const)
    same(await store.list({ planId, type, order, search: id, now: NOON, limit: 2 }), [record], `list of ${what}`)
  const [event] = await store.events({ planId, tokenId: id, order: 'newest', limit: 1 })
  same(event, { ...eventOf(record, change), seq: event?.seq }, `The event of ${what}`)
}

const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['emoji', '🔐 deploy 👩🏽‍🚀 🏳️‍🌈 🇨🇭'],
  ['letters beyond the first plane', '𠮷野家 𝔘𝔫𝔦 😀'],
  ['composed and combining letters', 'caf\u00e9 cafe\u0301 n\u0303 \u00f1'],
  ['Arabic and Hebrew', 'رمز الوصول אסימון'],
  ['Thai, Devanagari and Korean', 'โทเค็น कुंजी 토큰'],
  ['quotes and backslashes', `'; DROP TABLE tokens; -- "x" \\ \\\\ \\u0041 \\n \`$1\` ? :a @b %s`],
  ['markup', '<b>&amp;</b> {{x}} \u0024{x} #{x}'],
  ['spaces around', ' \u00a0a  b\u2003 '],
  ['marks that are not seen', 'a\u200bb\u200dc\ufeffd\u00ade'],
  ['the last characters', '\ufffd\uffee\u{10ffff}'],
]

/** Texts that drivers, formats and loose comparisons take for something else. */
const SEEMING = [
  'null',
  'undefined',
  'true',
  '0',
  '007',
  '-0',
  '1e3',
  '12345678901234567890',
  'NaN',
  'Infinity',
].concat(['[]', '{}', '"x"', '[1]', '2027-01-31T12:00:00.000Z', '2027-01-31', '0x10', "b'1'", '\\x41', '!!str', 'all'])

/** Names of plans, types, scopes and kinds that mean something elsewhere. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'select',
  'default',
].concat(['a:b', 'a|b', 'a/b', 'a.b', '{a}', 'a*', 'a b', 'a\\b', "a'b", 'a"b', 'a,b', '*'])

export const ROUND_TRIP: readonly Case[] = [
  {
    name: 'text in every script comes back exactly',
    breaks: 'Names and descriptions are shown mangled, and a token of a plan with such an id is found by nobody.',
    async check(stores) {
      for (const [i, [what, text]] of TEXTS.entries())
        await passThrough(
          stores,
          recordOf(`token-${i}`, {
            ...{ planId: `plan ${text}`, name: text, description: text.repeat(3), createdBy: text },
            ...{
              revokedAt: NOON,
              revokedBy: text,
              scopes: [text, `${text}:read`],
              resources: [{ kind: 'file', id: text, link: `https://x.example/${text}` }],
            },
          }),
          what,
          { actor: text, changes: { name: { before: text, after: `${text}${text}` } } },
        )
    },
  },
  {
    name: 'numbers, null, empty text and empty lists come back as what they were',
    breaks:
      'A date that is no number counts as over, so tokens die; a revoked token whose date got lost comes back to life.',
    async check(stores) {
      const secrets = [
        { digest: digestOf('a'), issuedAt: 0, worksUntil: 0 },
        {
          ...{ digest: digestOf('b'), issuedAt: 1, worksUntil: 2_147_483_648, legacy: { scheme: 'keys' } },
          leak: { at: 1, reports: [digestOf('report')], endsAt: 2_147_483_648 },
        },
        {
          digest: digestOf('c'),
          issuedAt: NOON + 1,
          worksUntil: null,
          legacy: { scheme: 'keys', hash: '$2b$10$a/b.c' },
        },
      ]
      const plain = recordOf('plain', { secrets, scopes: [], resources: [], idempotency: [], description: '' })
      await passThrough(stores, plain, 'a token with empty lists', { actor: null })
      // The end of the year 9999: 15 digits, more than some formats keep of a number.
      const late = recordOf('late', {
        createdAt: 253_402_300_799_998,
        expiresAt: 253_402_300_799_999,
        resources: 'all',
      })
      await passThrough(stores, late, 'a token with late dates', { at: 253_402_300_799_999 })
      const early = recordOf('early', { createdAt: 0, expiresAt: 1, revokedAt: 0, revokedBy: null, lifetimeDays: 365 })
      await passThrough(stores, early, 'a token that was revoked at the moment 0', { at: 0 })
      await passThrough(stores, nextOf(plain, { revokedAt: NOON, revokedBy: 'admin-1' }), 'a token that was revoked')
      await passThrough(
        stores,
        recordOf('reported', { revokedAt: NOON + 1, revokedBy: null }),
        'one whose holder reported it',
        {
          actor: null,
        },
      )
    },
  },
  {
    name: 'what a token and an event need not have comes back as it was, and stays away where it was not',
    breaks: 'A token loses what narrows it at the next change, or gets what nobody gave it.',
    async check(stores) {
      const plain = recordOf('plain')
      await passThrough(stores, plain, 'a token without any of it')
      const words = Object.fromEntries([...SEEMING, ...NAMES, '', ' '].map((text) => [text, `${text}'s "value"`]))
      const metadata = { ...words, ['__proto__']: 'own' }
      const full = recordOf('full', {
        metadata,
        contact: TEXTS[3]?.[1] ?? '',
        canary: true,
        addresses: SEEMING,
        selfRenewal: { until: 7, chosen: true },
      })
      await passThrough(stores, full, 'a token with all of it', { source: 'github', url: 'https://x.example/a?b="c"' })
      const { metadata: _, ...less } = nextOf(full, { contact: '' })
      await passThrough(stores, less, 'one that lost a part of it', { source: '', url: TEXTS[0]?.[1] ?? '' })
      await passThrough(stores, nextOf(plain, { metadata: {}, addresses: [] }), 'one that got a part of it')
    },
  },
  {
    name: 'text that looks like something else stays text',
    breaks: 'A token named "null" or "007" is shown under another name or cannot be read at all.',
    async check(stores) {
      for (const [i, text] of SEEMING.entries())
        await passThrough(
          stores,
          recordOf(`token-${i}`, {
            ...{ planId: text, name: text, description: text, createdBy: text, scopes: [text] },
            ...{ revokedAt: NOON, revokedBy: text },
            resources: [{ kind: 'file', id: text, link: text }],
          }),
          `a token named ${text}`,
          { actor: text, changes: { name: { before: text, after: [text] } } },
        )
    },
  },
  {
    name: 'names that mean something to JavaScript, a database or a key are ordinary names',
    breaks: 'A customer whose plan or resource has such a name sees the tokens of others, or crashes the server.',
    async check(stores) {
      for (const [i, name] of NAMES.entries())
        await passThrough(
          stores,
          recordOf(`token-${i}`, {
            ...{ planId: name, type: name, createdBy: name, scopes: [name], name },
            resources: [{ kind: name, id: name, link: name }],
          }),
          `a token of the plan ${name}`,
          { actor: name },
        )
    },
  },
  {
    name: 'the largest token and its events come back whole',
    breaks: 'A token with many resources or a long history is cut off: it loses access or cannot be revoked any more.',
    async check(stores) {
      const long = (mark: string, length: number): string =>
        mark.repeat(Math.ceil(length / mark.length)).slice(0, length)
      // As many as a policy allows unless it says otherwise, of plain letters as browsers copy links.
      const linked = (mark: string) =>
        upTo(1_000).map((i) => ({
          ...{ kind: 'file', id: `${long(mark, 120)}${i}` },
          link: long(`https://www.figma.com/file/${mark}${i}/`, 2_048),
        }))
      const resources = linked('k')
      const entry = (i: number) => {
        const label = `largest-${i}`
        return {
          call: 'refresh',
          key: digestOf(`key ${i}`),
          input: digestOf('input'),
          digest: digestOf(label),
        } as const
      }
      const record = recordOf('largest', {
        ...{
          planId: long('😀', 512),
          name: long('😀', 200),
          description: long('𠮷', 2_000),
          createdBy: long('é', 256),
        },
        ...{
          revokedAt: NOON,
          revokedBy: long('ü', 256),
          type: long('t', 64),
          scopes: upTo(200).map((i) => `${long('s', 90)}:${i}`),
        },
        secrets: upTo(1_000).map((i) => {
          const worksUntil = i === 999 ? null : NOON + i
          return { digest: digestOf(`largest-${i}`), issuedAt: NOON + i, worksUntil }
        }),
        ...{ idempotency: upTo(1_000).map(entry), resources: linked('j') },
      })
      await passThrough(stores, record, 'the largest token', { actor: long('a', 256) })
      const edited = nextOf(record, { resources, eventId: long('e', 22) })
      await passThrough(stores, edited, 'its edit', {
        changes: { resources: { before: record.resources, after: resources } },
      })
      same(await stores.other.findByDigest(digestOf('largest-0')), edited, 'findByDigest of the first of 1,000 secrets')
    },
  },
  {
    name: 'what an event says of a change comes back as it was written, and what it does not say stays absent',
    breaks: 'The audit log says something else than what was done.',
    async check(stores) {
      const list = [{ kind: 'file', id: '1', link: 'l' }]
      const changes: readonly NonNullable<NewEvent['changes']>[] = [
        { name: { before: 'a', after: 'b' }, description: { before: '', after: 'x' } },
        { resources: { before: 'all', after: [] }, scopes: { before: ['x'], after: ['x', 'y'] } },
        { resources: { before: list, after: [...list, { kind: 'file', id: '2', link: '' }] } },
        { expiresAt: { before: 0, after: 253_402_300_799_999 }, previousWorksUntil: { before: null, after: 0 } },
        { revokedAt: { before: null, after: NOON } },
      ]
      const types = ['edited', 'edited', 'adopted', 'refreshed', 'revoked', 'secret_revoked'] as const
      let record = recordOf('token')
      const written: NewEvent[] = []
      await write(stores.store, record)
      written.push(eventOf(record))
      for (const [i, type] of types.entries()) {
        record = nextOf(record)
        const said = changes[i]
        const change = { type, actor: i % 2 ? null : 'admin-2', at: NOON - i, ...(said && { changes: said }) }
        written.push(eventOf(record, change))
        await write(stores.store, record, change)
      }
      const events = await allEvents(stores.other)
      same(
        events,
        written.map((event, i) => ({ ...event, seq: events[i]?.seq })),
        'The log',
      )
    },
  },
]
