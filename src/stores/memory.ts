/**
 * The store for tests, demonstrations and servers of one process: everything in memory, gone with the process. Records are
 * frozen and shared instead of copied. At most 1 kB a token (bench/engine.ts). The port: ports.ts.
 */
import { deepFreeze, frozenCopy } from '../core/freeze.ts'
import { isBefore, statusOf, type TokenEvent, type TokenRecord } from '../core/token.ts'
import type { EventQuery, ListPosition, ListQuery, TokenStore } from '../ports.ts'

/** A store in memory: the methods of the port, also the optional ones that the engine calls so far. */
export type MemoryStore = TokenStore & Required<Pick<TokenStore, 'bound' | 'sweep'>>

/** Makes an empty store in memory. Each call makes its own; nothing is shared. */
export function memoryStore(): MemoryStore {
  const records = new Map<string, TokenRecord>()
  const byDigest = new Map<string, TokenRecord>()
  /** The ids of each plan's tokens, oldest first. */
  const plans = new Map<string, string[]>()
  /** Where the last sweep stopped, so that a sweep in batches goes through the records once. */
  let scan = records.values()
  let log: TokenEvent[] = []
  let seq = 0
  let boundMs = 0

  const recordOf = (id: string): TokenRecord => records.get(id) as TokenRecord

  const add = (record: TokenRecord): void => {
    const ids = plans.get(record.planId) ?? []
    plans.set(record.planId, ids)
    // Almost always the newest; only a clock that was put back needs a place further up.
    let place = ids.length
    while (place > 0 && isOlder(record, recordOf(ids[place - 1] as string))) place--
    ids.splice(place, 0, record.id)
  }

  return {
    findByDigest: Object.assign((digest: string) => Promise.resolve(byDigest.get(digest)), {
      atOnce: (digest: string) => byDigest.get(digest),
    }),

    find: (id) => Promise.resolve(records.get(id)),

    async list(query) {
      const ids = plans.get(query.planId) ?? []
      return query.order === 'newest' ? newestOf(ids, query, recordOf) : soonestOf(ids.map(recordOf), query)
    },

    async commit(record, event) {
      const stored = records.get(record.id)
      if ((stored?.version ?? 0) !== record.version - 1) return false
      const stays = frozenCopy(record)
      records.set(stays.id, stays)
      for (const { digest } of stays.secrets) byDigest.set(digest, stays)
      if (!stored) add(stays)
      seq += 1
      // Field by field, so that all events have one layout: a spread takes 100 bytes more each (bench/memory.ts).
      const { id, at, type, tokenId, planId, actor, version, changes } = event
      const kept = { id, seq, at, type, tokenId, planId, actor, version }
      log.push(deepFreeze(changes ? { ...kept, changes: structuredClone(changes) } : kept))
      return true
    },

    async events(query) {
      return eventsOf(log, query)
    },

    async bound(atLeastMs) {
      boundMs = Math.max(boundMs, atLeastMs)
      return boundMs
    },

    async sweep({ before, limit }) {
      const swept = new Set<string>()
      let removed = 0
      for (let left = records.size; left > 0 && removed < limit; left--) {
        let next = scan.next()
        if (next.done) {
          scan = records.values()
          next = scan.next()
        }
        const record = next.value as TokenRecord
        if (!isBefore(Math.min(record.revokedAt ?? record.expiresAt, record.expiresAt), before)) continue
        removed += 1
        swept.add(record.planId)
        records.delete(record.id)
        for (const { digest } of record.secrets) byDigest.delete(digest)
      }
      for (const planId of swept)
        plans.set(
          planId,
          (plans.get(planId) ?? []).filter((id) => records.has(id)),
        )
      let old = 0
      while (old < Math.min(limit, log.length - 1) && (log[old] as TokenEvent).at < before) old++
      log = log.slice(old)
      return { records: removed, events: old }
    },
  }
}

function isOlder(record: TokenRecord, other: TokenRecord): boolean {
  return record.createdAt !== other.createdAt ? record.createdAt < other.createdAt : record.id < other.id
}

function isWanted(record: TokenRecord, query: ListQuery): boolean {
  const { name, description, id, type } = record
  if (query.type !== undefined && type !== query.type) return false
  if (query.status !== undefined && query.status !== statusOf(record, query.now)) return false
  const { search } = query
  if (search === undefined || id === search) return true
  const part = search.toLowerCase()
  return name.toLowerCase().includes(part) || description.toLowerCase().includes(part)
}

/** From the newest back, beginning after a place that is found by halving. */
function newestOf(ids: readonly string[], query: ListQuery, recordOf: (id: string) => TokenRecord): TokenRecord[] {
  const page: TokenRecord[] = []
  for (let i = placeOf(ids, query.after, recordOf) - 1; i >= 0 && page.length < query.limit; i--) {
    const record = recordOf(ids[i] as string)
    if (isWanted(record, query)) page.push(record)
  }
  return page
}

/** How many ids are older than a position; all of them if there is none. */
function placeOf(
  ids: readonly string[],
  after: ListPosition | undefined,
  recordOf: (id: string) => TokenRecord,
): number {
  if (!after) return ids.length
  return countWhile(ids, (key) => {
    const { createdAt, id } = recordOf(key)
    return createdAt < after.at || (createdAt === after.at && id < after.id)
  })
}

/** How many entries at the front of a list are so, where all that are come before all that are not. Found by halving. */
function countWhile<T>(list: readonly T[], isSo: (entry: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isSo(list[middle] as T)) low = middle + 1
    else high = middle
  }
  return low
}

/** The active ones by how soon they end, then the others from the last that ended. */
function soonestOf(records: readonly TokenRecord[], query: ListQuery): TokenRecord[] {
  const placed = records
    .filter((record) => isWanted(record, query))
    .map((record) => ({ record, place: positionOf(record, query.now) }))
  const { after } = query
  const rest = after ? placed.filter(({ place }) => inOrder(after, place) < 0) : placed
  return rest
    .sort((a, b) => inOrder(a.place, b.place))
    .slice(0, query.limit)
    .map(({ record }) => record)
}

function positionOf(record: TokenRecord, now: number): ListPosition {
  return { ended: statusOf(record, now) !== 'active', at: record.expiresAt, id: record.id }
}

function inOrder(a: ListPosition, b: ListPosition): number {
  if (a.ended !== b.ended) return a.ended ? 1 : -1
  const ascending = a.at !== b.at ? a.at - b.at : a.id < b.id ? -1 : a.id > b.id ? 1 : 0
  return a.ended ? -ascending : ascending
}

function eventsOf(
  log: readonly TokenEvent[],
  { planId, tokenId, after, order = 'oldest', limit }: EventQuery,
): TokenEvent[] {
  const page: TokenEvent[] = []
  const step = order === 'oldest' ? 1 : -1
  for (let i = startOf(log, after, order); i >= 0 && i < log.length && page.length < limit; i += step) {
    const event = log[i] as TokenEvent
    if ((planId === undefined || event.planId === planId) && (tokenId === undefined || event.tokenId === tokenId))
      page.push(event)
  }
  return page
}

/** The first place after a `seq`, in the order that is asked for. */
function startOf(log: readonly TokenEvent[], after: number | undefined, order: 'oldest' | 'newest'): number {
  if (order === 'oldest') return after === undefined ? 0 : countWhile(log, ({ seq }) => seq <= after)
  return (after === undefined ? log.length : countWhile(log, ({ seq }) => seq < after)) - 1
}
