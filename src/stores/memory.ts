/**
 * The store for tests, demonstrations and servers of one process: everything in memory, gone with the process. Records are
 * frozen and shared instead of copied. At most 1 kB a token (bench/engine.ts). The port: ports.ts.
 */
import { frozen } from '../core/lifecycle.ts'
import { isBefore, type TokenEvent, type TokenRecord } from '../core/token.ts'
import type { EventQuery, ListPosition, ListQuery, SecretUse, TokenStore } from '../ports.ts'

/** A store in memory: all methods of the port, also the optional ones. */
export type MemoryStore = Required<TokenStore>

/** Makes an empty store in memory. Each call makes its own; nothing is shared. */
export function memoryStore(): MemoryStore {
  const records = new Map<string, TokenRecord>()
  const byDigest = new Map<string, TokenRecord>()
  /** The ids of each plan's tokens, oldest first. */
  const plans = new Map<string, string[]>()
  const uses = new Map<string, SecretUse[]>()
  const watchers = new Set<() => void>()
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

  const remove = (record: TokenRecord): void => {
    records.delete(record.id)
    uses.delete(record.id)
    for (const { digest } of record.secrets) byDigest.delete(digest)
    const ids = plans.get(record.planId) ?? []
    ids.splice(ids.indexOf(record.id), 1)
  }

  return {
    findByDigest: (digest) => Promise.resolve(byDigest.get(digest)),

    find: (id) => Promise.resolve(records.get(id)),

    async list(query) {
      const ids = plans.get(query.planId) ?? []
      return query.order === 'newest' ? newestOf(ids, query, recordOf) : soonestOf(ids.map(recordOf), query)
    },

    async commit(record, event) {
      const stored = records.get(record.id)
      if ((stored?.version ?? 0) !== record.version - 1) return false
      const kept = frozen(record)
      records.set(kept.id, kept)
      for (const { digest } of kept.secrets) byDigest.set(digest, kept)
      if (!stored) add(kept)
      seq += 1
      log.push(Object.freeze({ ...event, seq }))
      for (const wake of watchers) wake()
      return true
    },

    async events(query) {
      return eventsOf(log, query)
    },

    async bound(atLeastMs) {
      boundMs = Math.max(boundMs, atLeastMs)
      return boundMs
    },

    watch(wake) {
      watchers.add(wake)
      return () => void watchers.delete(wake)
    },

    async recordUse(news) {
      for (const use of news) {
        if (!records.has(use.tokenId)) continue
        const known = uses.get(use.tokenId)?.filter((other) => other.digest !== use.digest || other.at > use.at) ?? []
        if (!known.some((other) => other.digest === use.digest)) known.push({ ...use })
        uses.set(use.tokenId, known)
      }
    },

    async lastUse(tokenIds) {
      return tokenIds.flatMap((id) => uses.get(id) ?? []).map((use) => ({ ...use }))
    },

    async sweep({ before, limit }) {
      const dead: TokenRecord[] = []
      for (const record of records.values()) {
        if (dead.length === limit) break
        if (isBefore(Math.min(record.revokedAt ?? record.expiresAt, record.expiresAt), before)) dead.push(record)
      }
      for (const record of dead) remove(record)
      let old = 0
      while (old < Math.min(limit, log.length - 1) && (log[old] as TokenEvent).at < before) old++
      log = log.slice(old)
      return { records: dead.length, events: old }
    },
  }
}

function isOlder(record: TokenRecord, other: TokenRecord): boolean {
  return record.createdAt !== other.createdAt ? record.createdAt < other.createdAt : record.id < other.id
}

function isWanted({ name, description, id, type, revokedAt, expiresAt }: TokenRecord, query: ListQuery): boolean {
  if (query.type !== undefined && type !== query.type) return false
  if (
    query.status !== undefined &&
    query.status !== (revokedAt !== null ? 'revoked' : isBefore(query.now, expiresAt) ? 'active' : 'expired')
  )
    return false
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
  let low = 0
  let high = ids.length
  while (after && low < high) {
    const middle = (low + high) >>> 1
    const { createdAt, id } = recordOf(ids[middle] as string)
    if (createdAt < after.at || (createdAt === after.at && id < after.id)) low = middle + 1
    else high = middle
  }
  return after ? low : high
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
  return { ended: record.revokedAt !== null || !isBefore(now, record.expiresAt), at: record.expiresAt, id: record.id }
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

/** The first place after a `seq`, in the order that is asked for. Found by halving: `seq` only grows along the log. */
function startOf(log: readonly TokenEvent[], after: number | undefined, order: 'oldest' | 'newest'): number {
  if (after === undefined) return order === 'oldest' ? 0 : log.length - 1
  let low = 0
  let high = log.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((log[middle] as TokenEvent).seq <= (order === 'oldest' ? after : after - 1)) low = middle + 1
    else high = middle
  }
  return order === 'oldest' ? low : low - 1
}
