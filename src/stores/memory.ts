/**
 * The store for tests, demonstrations and servers of one process: everything in memory, gone with the process. Records are
 * frozen and shared instead of copied. At most 1,050 bytes a token (bench/engine.ts). The port: ports.ts.
 */
import { CHAIN_START, linkOf } from '../core/chain.ts'
import { platformSha256 } from '../core/digest.ts'
import type { TokenEvent } from '../core/event.ts'
import { deepFreeze, frozenCopy } from '../core/freeze.ts'
import { isBefore, type TokenRecord } from '../core/token.ts'
import type { EventQuery, SecretUse, StoredValue, TokenStore } from '../ports.ts'
import { emptyLists, type PlanLists, pageOf, putRecord, removeRecord } from './plan-lists.ts'
import { firstIndex } from './sorted.ts'

/** A store in memory: the methods of the port, the optional ones too. */
export type MemoryStore = TokenStore &
  Required<
    Pick<
      TokenStore,
      | 'chained'
      | 'peekByDigest'
      | 'bound'
      | 'watch'
      | 'recordUse'
      | 'lastUse'
      | 'sweep'
      | 'scan'
      | 'readValue'
      | 'writeValue'
      | 'removeValue'
    >
  >

/** Makes an empty store in memory. Each call makes its own; nothing is shared. */
export function memoryStore(): MemoryStore {
  const records = new Map<string, TokenRecord>()
  const byDigest = new Map<string, TokenRecord>()
  const plans = new Map<string, PlanLists>()
  /** Where the last sweep stopped, so that a sweep in batches goes through the records once. */
  let swept = records.values()
  /** All ids in order, made by the first page of a scan that finds none. */
  let ids: readonly string[] | undefined
  let log: TokenEvent[] = []
  const uses = new Map<string, SecretUse>()
  const values = new Map<string, StoredValue>()
  const watchers = new Set<() => void>()
  const sha256 = platformSha256()
  let seq = 0
  let chain = CHAIN_START
  let boundMs = 0

  const store: Omit<MemoryStore, 'peekByDigest'> = {
    chained: true,

    findByDigest: (digest) => Promise.resolve(byDigest.get(digest)),

    find: (id) => Promise.resolve(records.get(id)),

    async list(query) {
      const lists = plans.get(query.planId)
      return lists ? pageOf(lists, query) : []
    },

    async commit(record, event) {
      const stored = records.get(record.id)
      if ((stored?.version ?? 0) !== record.version - 1) return false
      const stays = frozenCopy(record)
      // Field by field, so that all events have one layout: a spread takes 100 bytes more each (bench/memory.ts).
      // An event that was read once has a place in another log, which is not its place in this one.
      const { v, id, at, type, tokenId, planId, actor, version, hash, seq: _, chain: __, ...more } = event as TokenEvent
      const next = seq + 1
      const link = hash === undefined ? undefined : linkOf(sha256, chain, next, hash)
      const kept =
        hash === undefined || link === undefined
          ? { v, id, seq: next, at, type, tokenId, planId, actor, version }
          : { v, id, seq: next, at, type, tokenId, planId, actor, version, hash, chain: link }
      const whole = Object.keys(more).length > 0 ? { ...kept, ...structuredClone(more) } : kept
      const line: TokenEvent = deepFreeze(whole)
      records.set(stays.id, stays)
      if (!stored) ids = undefined
      for (const { digest } of stored?.secrets ?? []) byDigest.delete(digest)
      for (const { digest } of stays.secrets) byDigest.set(digest, stays)
      const lists = plans.get(stays.planId) ?? emptyLists()
      plans.set(stays.planId, lists)
      const isMoved = stored !== undefined && stored.planId !== stays.planId
      if (isMoved) removeRecord(plans.get(stored.planId) as PlanLists, stored)
      putRecord(lists, stays, isMoved ? undefined : stored)
      seq += 1
      if (link !== undefined) chain = link
      log.push(line)
      for (const wake of watchers)
        Promise.resolve()
          .then(wake)
          .catch(() => undefined)
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
      // Its own function, so that whoever watches twice ends each by itself.
      const watcher = (): void => wake()
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },

    async recordUse(more) {
      for (const { tokenId, digest, at } of more) {
        if (!((uses.get(digest)?.at ?? 0) >= at)) uses.set(digest, { tokenId, digest, at })
      }
    },

    async lastUse(tokenIds) {
      return tokenIds.flatMap((id) => records.get(id)?.secrets.flatMap(({ digest }) => uses.get(digest) ?? []) ?? [])
    },

    readValue: (name) => Promise.resolve(values.get(name)),

    async writeValue(name, value, version) {
      if ((values.get(name)?.version ?? 0) !== version) return false
      values.set(name, Object.freeze({ value, version: version + 1 }))
      return true
    },

    async removeValue(name) {
      values.delete(name)
    },

    async scan({ after, limit }) {
      ids ??= [...records.keys()].sort()
      const from = after === undefined ? 0 : firstIndex(ids, (id) => id > after)
      return ids.slice(from, from + limit).map((id) => records.get(id) as TokenRecord)
    },

    async sweep({ before, limit }) {
      let removed = 0
      for (let left = records.size; left > 0 && removed < limit; left--) {
        let next = swept.next()
        if (next.done) {
          swept = records.values()
          next = swept.next()
        }
        const record = next.value as TokenRecord
        if (!isBefore(Math.min(record.revokedAt ?? record.expiresAt, record.expiresAt), before)) continue
        removed += 1
        ids = undefined
        records.delete(record.id)
        const lists = plans.get(record.planId)
        if (lists) removeRecord(lists, record)
        for (const { digest } of record.secrets) {
          byDigest.delete(digest)
          uses.delete(digest)
        }
      }
      let old = 0
      while (old < Math.min(limit, log.length - 1) && (log[old] as TokenEvent).at < before) old++
      log = log.slice(old)
      return { records: removed, events: old }
    },
  }
  // No part of a copy: whoever puts another findByDigest into `{ ...store }` has that one asked.
  const peekByDigest = (digest: string): TokenRecord | undefined => byDigest.get(digest)
  return Object.defineProperty(store, 'peekByDigest', {
    value: peekByDigest,
    configurable: true,
    writable: true,
  }) as MemoryStore
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

/** The first place after a `seq`, in the order that is asked for. No `seq` is left out, so the first one tells all places. */
function startOf(log: readonly TokenEvent[], after: number | undefined, order: 'oldest' | 'newest'): number {
  const last = log.length - 1
  if (after === undefined) return order === 'oldest' ? 0 : last
  const place = after - (log[0]?.seq ?? 0)
  return order === 'oldest' ? Math.max(0, place + 1) : Math.min(last, place - 1)
}
