/** Mistakes in keeping values: what a column, a format or a driver makes of them on the way. */
import type { NewEvent, TokenEvent, TokenRecord } from 'plan-access-tokens'
import type { WholeStore } from './plain-store.ts'
import { planted } from './planted-store.ts'

const TEXT = 'text in every script comes back exactly'
const TYPES = 'numbers, null, empty text and empty lists come back as what they were'
const DETAILS = 'what a token and an event need not have comes back as it was, and stays away where it was not'
const SEEMING = 'text that looks like something else stays text'
const NAMES = 'names that mean something to JavaScript, a database or a key are ordinary names'
const LARGEST = 'the largest token and its events come back whole'
const CHANGES = 'what an event says of a change comes back as it was written, and what it does not say stays absent'

type Make<T> = (value: T) => unknown

/** Makes something else of every record on its way in. */
const onTheWayIn =
  (make: Make<TokenRecord>) =>
  (_: unknown, right: WholeStore): Partial<WholeStore> => ({
    commit: (record, event) => right.commit(make(record) as TokenRecord, event),
  })

/** Makes something else of every record on its way out. */
const onTheWayOut =
  (make: Make<TokenRecord>) =>
  (_: unknown, right: WholeStore): Partial<WholeStore> => {
    const out = (record: TokenRecord | undefined) => record && (make(record) as TokenRecord)
    return {
      find: async (id) => out(await right.find(id)),
      findByDigest: async (digest) => out(await right.findByDigest(digest)),
      list: async (query) => (await right.list(query)).map((record) => make(record) as TokenRecord),
    }
  }

const eventsIn =
  (make: Make<NewEvent>) =>
  (_: unknown, right: WholeStore): Partial<WholeStore> => ({
    commit: (record, event) => right.commit(record, make(event) as NewEvent),
  })

const eventsOut =
  (make: Make<TokenEvent>) =>
  (_: unknown, right: WholeStore): Partial<WholeStore> => ({
    events: async (query) => (await right.events(query)).map((event) => make(event) as TokenEvent),
  })

/** Every text of a value through a function. */
function texts(value: unknown, make: (text: string) => unknown): unknown {
  if (typeof value === 'string') return make(value)
  if (Array.isArray(value)) return value.map((entry) => texts(entry, make))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, texts(inner, make)]))
}

export const MISTAKEN_VALUES = [
  planted(
    'normalizes text',
    TEXT,
    'planId is',
    onTheWayIn((record) => texts(record, (text) => text.normalize('NFC'))),
  ),
  planted(
    'keeps three bytes of a character',
    TEXT,
    'mangled',
    onTheWayIn((record) => texts(record, (text) => text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?'))),
  ),
  planted(
    'keeps text in Latin-1',
    TEXT,
    'mangled',
    onTheWayIn((record) => ({ ...record, name: record.name.replaceAll(/[^\0-\xff]/g, '?') })),
  ),
  planted(
    'trims text',
    TEXT,
    'spaces around',
    onTheWayIn((record) => ({ ...record, description: record.description.trim() })),
  ),
  planted(
    'mangles the texts of events',
    TEXT,
    'The event of',
    eventsIn((event) => texts(event, (text) => text.normalize('NFD'))),
  ),
  planted(
    'gives dates out as text',
    TYPES,
    '"1803988800000" instead of 1803988800000',
    onTheWayOut((record) => ({ ...record, expiresAt: String(record.expiresAt) })),
  ),
  planted(
    'gives dates out as Date objects',
    TYPES,
    'a Date object',
    onTheWayOut((record) => ({ ...record, createdAt: new Date(record.createdAt) })),
  ),
  planted(
    'gives versions out as bigint',
    TYPES,
    'the bigint 1',
    onTheWayOut((record) => ({ ...record, version: BigInt(record.version) })),
  ),
  planted(
    'keeps dates in seconds',
    TYPES,
    'instead of 253402300799',
    onTheWayIn((record) => ({ ...record, createdAt: Math.floor(record.createdAt / 1_000) * 1_000 })),
  ),
  planted(
    'keeps 14 digits of a number',
    TYPES,
    'instead of 253402300799',
    onTheWayIn((record) => ({ ...record, expiresAt: Number(record.expiresAt.toPrecision(14)) })),
  ),
  planted(
    'takes a revocation at the moment 0 for none',
    TYPES,
    'comes back to life',
    onTheWayIn((record) => ({ ...record, revokedAt: record.revokedAt || null })),
  ),
  planted(
    'takes an end of 0 for none',
    TYPES,
    'worksUntil is null instead of 0',
    onTheWayOut((record) => ({
      ...record,
      secrets: record.secrets.map((secret) => ({ ...secret, worksUntil: secret.worksUntil || null })),
    })),
  ),
  planted(
    'makes an object of an empty list',
    TYPES,
    'an object instead of a list of 0',
    onTheWayOut((record) => ({ ...record, resources: record.resources.length === 0 ? {} : record.resources })),
  ),
  planted(
    'leaves null out',
    TYPES,
    'undefined instead of null',
    onTheWayOut((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null))),
  ),
  planted(
    'adds a field of its own',
    TYPES,
    'rowid',
    onTheWayOut((record) => ({ ...record, rowid: 7 })),
  ),
  planted(
    'guesses what a text means',
    SEEMING,
    'instead of "',
    onTheWayOut((record) => ({ ...record, ...(texts({ name: record.name }, guess) as object) })),
  ),
  planted(
    'guesses what a text of an event means',
    SEEMING,
    'event',
    eventsOut((event) => ({ ...event, actor: event.actor && guess(event.actor) })),
  ),
  planted('keeps the plans as fields of an object', NAMES, 'crashes the server', (data, right) => {
    const plans: Record<string, string[]> = {}
    return {
      async list(query) {
        for (const { planId, id } of data.records.values()) plans[planId] = [...(plans[planId] ?? []), id]
        const ids = plans[query.planId]
        return (await right.list(query)).filter(({ id }) => Array.isArray(ids) && ids.includes(id))
      },
    }
  }),
  planted(
    'cuts text off at 255 characters',
    LARGEST,
    'cut off',
    onTheWayIn((record) => ({ ...record, description: record.description.slice(0, 255) })),
  ),
  planted(
    'cuts links off at 2,000 characters',
    LARGEST,
    '2000 characters instead of 2048',
    onTheWayIn((record) => ({
      ...record,
      resources:
        record.resources === 'all'
          ? 'all'
          : record.resources.map((entry) => ({ ...entry, link: entry.link.slice(0, 2_000) })),
    })),
  ),
  planted(
    'knows no field that a token need not have',
    DETAILS,
    'metadata is undefined',
    onTheWayIn(({ metadata: _, contact: __, ...record }) => record),
  ),
  planted(
    'gives out a field that a token has not',
    DETAILS,
    'contact is null instead of undefined',
    onTheWayOut((record) => ({ ...record, contact: record.contact ?? null })),
  ),
  planted(
    'knows no field that an event need not have',
    DETAILS,
    'source is undefined',
    eventsIn(({ source: _, url: __, ...event }) => event),
  ),
  planted(
    'keeps 100 secrets',
    LARGEST,
    'a list of 100 instead of a list of 1000',
    onTheWayIn((record) => ({ ...record, secrets: record.secrets.slice(-100) })),
  ),
  planted(
    'forgets idempotency keys',
    LARGEST,
    'idempotency is a list of 0',
    onTheWayIn((record) => ({ ...record, idempotency: [] })),
  ),
  planted(
    'cuts the changes of an event off',
    LARGEST,
    'cut off',
    eventsIn((event) => {
      const { changes, ...rest } = event
      return JSON.stringify(changes ?? {}).length > 65_535 ? rest : event
    }),
  ),
  planted(
    'gives absent changes out as null',
    CHANGES,
    'changes is null instead of undefined',
    eventsOut((event) => ({ ...event, changes: event.changes ?? null })),
  ),
  planted(
    'makes text of a missing actor',
    CHANGES,
    'actor is "" instead of null',
    eventsIn((event) => ({ ...event, actor: event.actor ?? '' })),
  ),
  planted(
    'keeps the changes one level deep',
    CHANGES,
    'resources.after is "" instead of a list of 0',
    eventsIn((event) => ({
      ...event,
      ...(event.changes && {
        changes: Object.fromEntries(
          Object.entries(event.changes).map(([field, { before, after }]) => [field, { before, after: String(after) }]),
        ),
      }),
    })),
  ),
  planted(
    'dates events itself',
    CHANGES,
    'says something else',
    eventsIn((event) => ({ ...event, at: Date.now() })),
  ),
]

function guess(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
