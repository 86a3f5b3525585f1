/**
 * The plainest store that keeps the whole contract, made of parts that can be swapped one at a time, so that each planted
 * mistake (planted.ts) is the only thing that is wrong with its store.
 */
import { createHash } from 'node:crypto'
import type {
  EventQuery,
  ListPosition,
  ListQuery,
  NewEvent,
  SecretUse,
  StoredValue,
  TokenEvent,
  TokenRecord,
  TokenStore,
} from 'plan-access-tokens'

/** What a store keeps; two stores over the same data are two processes of one deployment. */
export interface Data {
  readonly records: Map<string, TokenRecord>
  readonly byDigest: Map<string, string>
  readonly log: TokenEvent[]
  readonly uses: Map<string, SecretUse>
  readonly values: Map<string, StoredValue>
  readonly wakes: Set<() => void>
  seq: number
  chain: string
  boundMs: number
}

export const emptyData = (): Data => ({
  ...{ records: new Map(), byDigest: new Map(), log: [], uses: new Map(), values: new Map(), wakes: new Set() },
  ...{ seq: 0, chain: '0'.repeat(64), boundMs: 0 },
})

/** A store with every method of the port. */
export type WholeStore = TokenStore & Required<Omit<TokenStore, 'peekByDigest' | 'ready'>>

/** The parts of a commit. */
export const fits = ({ records }: Data, record: TokenRecord): boolean =>
  record.version === (records.get(record.id)?.version ?? 0) + 1

export function put(data: Data, record: TokenRecord): void {
  data.records.set(record.id, structuredClone(record))
  for (const { digest } of record.secrets) data.byDigest.set(digest, record.id)
}

/** The link of an event behind another. */
export const linkOf = (before: string, seq: number, hash: string): string =>
  createHash('sha256').update(`${before}:${seq}:${hash}`).digest('hex')

export function append(data: Data, event: NewEvent, seq = ++data.seq): void {
  const { chain: _, ...said } = structuredClone(event) as TokenEvent
  if (said.hash !== undefined) data.chain = linkOf(data.chain, seq, said.hash)
  data.log.push({ ...said, seq, ...(said.hash !== undefined && { chain: data.chain }) })
}

/** What decides about a list. */
export interface ListRules {
  readonly isOfPlan: (record: TokenRecord, planId: string) => boolean
  readonly isOfType: (record: TokenRecord, type: string) => boolean
  readonly statusAt: (record: TokenRecord, now: number) => string
  readonly isFound: (record: TokenRecord, search: string) => boolean
  /** Whether a token has a word of this key; a value that is not said may be any. */
  readonly hasWord: (record: TokenRecord, key: string, value?: string) => boolean
  readonly compareIds: (a: string, b: string) => number
}

const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase())
const isBefore = (now: number, end: number): boolean => now < end

export const LIST_RULES: ListRules = {
  isOfPlan: (record, planId) => record.planId === planId,
  isOfType: (record, type) => record.type === type,
  statusAt({ revokedAt, expiresAt, request }, now) {
    if (revokedAt !== null) return 'revoked'
    if (!isBefore(now, expiresAt)) return 'expired'
    return request === undefined ? 'active' : 'pending'
  },
  isFound: ({ id, name, description }, search) =>
    id === search || contains(name, search) || contains(description, search),
  hasWord: ({ metadata = {} }, key, value) =>
    Object.hasOwn(metadata, key) && (value === undefined || metadata[key] === value),
  compareIds: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
}

/** Where a record stands in a list. */
export function placeOf(record: TokenRecord, { order, now }: ListQuery, { statusAt } = LIST_RULES): ListPosition {
  const { id, createdAt, expiresAt } = record
  return order === 'newest'
    ? { ended: false, at: createdAt, id }
    : { ended: ['revoked', 'expired'].includes(statusAt(record, now)), at: expiresAt, id }
}

/** Less than 0 if the first place comes first. */
export function comparePlaces(a: ListPosition, b: ListPosition, { order }: ListQuery, rules = LIST_RULES): number {
  if (a.ended !== b.ended) return a.ended ? 1 : -1
  const ascending = a.at - b.at || rules.compareIds(a.id, b.id)
  return order === 'newest' || a.ended ? -ascending : ascending
}

/** Those that fit the filters, in order. */
export function sortedOf(records: Iterable<TokenRecord>, query: ListQuery, rules = LIST_RULES): TokenRecord[] {
  const { planId, type, status, search, metadata = {}, metadataKey, now } = query
  return [...records]
    .filter((record) => rules.isOfPlan(record, planId))
    .filter((record) => type === undefined || rules.isOfType(record, type))
    .filter((record) => status === undefined || rules.statusAt(record, now) === status)
    .filter((record) => search === undefined || rules.isFound(record, search))
    .filter((record) => Object.entries(metadata).every(([key, value]) => rules.hasWord(record, key, value)))
    .filter((record) => metadataKey === undefined || rules.hasWord(record, metadataKey))
    .sort((a, b) => comparePlaces(placeOf(a, query, rules), placeOf(b, query, rules), query, rules))
}

export function listOf(records: Iterable<TokenRecord>, query: ListQuery, rules = LIST_RULES): TokenRecord[] {
  const { after, limit } = query
  return sortedOf(records, query, rules)
    .filter((record) => !after || comparePlaces(after, placeOf(record, query, rules), query, rules) < 0)
    .slice(0, limit)
}

/** Events that fit the filters, in the order that is asked for. */
export function filtered(log: readonly TokenEvent[], { planId, tokenId, order = 'oldest' }: EventQuery): TokenEvent[] {
  const all = order === 'oldest' ? [...log] : log.toReversed()
  return all
    .filter((event) => planId === undefined || event.planId === planId)
    .filter((event) => tokenId === undefined || event.tokenId === tokenId)
}

export function eventsOf(log: readonly TokenEvent[], query: EventQuery): TokenEvent[] {
  const { after, order = 'oldest', limit } = query
  return filtered(log, query)
    .filter(({ seq }) => after === undefined || (order === 'oldest' ? seq > after : seq < after))
    .slice(0, limit)
}

export const useKey = ({ tokenId, digest }: Omit<SecretUse, 'at'>): string => JSON.stringify([tokenId, digest])

export const endOf = ({ revokedAt, expiresAt }: TokenRecord): number => Math.min(revokedAt ?? expiresAt, expiresAt)

export function remove(data: Data, record: TokenRecord): void {
  data.records.delete(record.id)
  for (const { digest } of record.secrets) data.byDigest.delete(digest)
}

/** How many of the oldest events may go. */
export function oldEvents({ log }: Data, { before, limit }: { before: number; limit: number }): number {
  const firstYoung = log.findIndex((event) => event.at >= before)
  return Math.max(0, Math.min(limit, log.length - 1, firstYoung === -1 ? log.length : firstYoung))
}

/** A store over some data. Everything given out is a copy. */
export function plainStore(data: Data = emptyData()): WholeStore {
  return {
    chained: true,
    findByDigest: async (digest) => structuredClone(data.records.get(data.byDigest.get(digest) ?? '')),
    find: async (id) => structuredClone(data.records.get(id)),
    list: async (query) => structuredClone(listOf(data.records.values(), query)),
    async commit(record, event) {
      if (!fits(data, record)) return false
      const copies = structuredClone({ record, event })
      put(data, copies.record)
      append(data, copies.event)
      for (const wake of data.wakes) wake()
      return true
    },
    events: async (query) => structuredClone(eventsOf(data.log, query)),
    scan: async ({ after, limit }) => {
      const all = [...data.records.values()].sort((a, b) => LIST_RULES.compareIds(a.id, b.id))
      return structuredClone(all.filter(({ id }) => after === undefined || id > after).slice(0, limit))
    },
    async bound(atLeastMs) {
      data.boundMs = Math.max(data.boundMs, atLeastMs)
      return data.boundMs
    },
    watch(wake) {
      const own = (): void => wake()
      data.wakes.add(own)
      return () => {
        data.wakes.delete(own)
      }
    },
    async recordUse(uses) {
      for (const use of uses) {
        const known = data.uses.get(useKey(use))
        if (!known || known.at < use.at) data.uses.set(useKey(use), { ...use })
      }
    },
    lastUse: async (tokenIds) =>
      structuredClone([...data.uses.values()].filter((use) => tokenIds.includes(use.tokenId))),
    readValue: async (name) => structuredClone(data.values.get(name)),
    async writeValue(name, value, version) {
      if ((data.values.get(name)?.version ?? 0) !== version) return false
      data.values.set(name, { value, version: version + 1 })
      return true
    },
    async removeValue(name) {
      data.values.delete(name)
    },
    async sweep({ before, limit }) {
      const ended = [...data.records.values()].filter((record) => endOf(record) < before).slice(0, limit)
      for (const record of ended) remove(data, record)
      const events = data.log.splice(0, oldEvents(data, { before, limit })).length
      return { records: ended.length, events }
    },
  }
}
