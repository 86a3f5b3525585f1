/**
 * What one process remembers of the store: records, unknown digests, and which news of them it has seen. Bounded tables and
 * nothing else; when they may be used at all is decided in freshness.ts.
 */

import { bytesOf } from '../core/digest.ts'
import type { TokenEvent } from '../core/event.ts'
import { deepFreeze } from '../core/freeze.ts'
import { isObject } from '../core/objects.ts'
import { type SecretRecord, secretWithDigest, type TokenRecord } from '../core/token.ts'
import { areObjects } from './ask.ts'
import type { KeptGrant } from './grants.ts'

/** How much is remembered: one for a token, and one more for every 1,024 characters of it. About 1 kB each. */
const MAX_WEIGHT = 100_000
/** How many unknown digests are remembered. */
const MAX_UNKNOWN = 10_000
/** For how many tokens the newest event is kept, to judge answers that were under way. */
const MAX_NEWS = 1_000
/** What brings a new secret. */
const BRING_SECRETS: ReadonlySet<TokenEvent['type']> = new Set([
  'created',
  'adopted',
  'refreshed',
  'collected',
  'self_refreshed',
])

interface Entry {
  readonly record: TokenRecord
  /** What the record grants; made by the first request that asks. Nobody can change the record, so it stays. */
  grant: KeptGrant | undefined
  readonly weight: number
  /** Whether it was asked for since it was last looked over for removal. */
  used: boolean
}

/** A secret of a token that is remembered. */
export interface Known {
  readonly entry: Entry
  readonly secret: SecretRecord
}

/** The tables of one process, begun anew with every first cursor. */
export interface Cache {
  /** What is known by a key (`keyOf`), `null` for one that the store does not know, `undefined` where nothing is remembered. */
  recall(key: string): Known | null | undefined
  /** How many events were taken in. */
  news(): number
  /** Remembers an answer to a look-up that began after so many events, unless one since then may be newer than it. */
  keep(digest: string, answer: unknown, since: number): void
  /** Takes an event in: what it made old is forgotten. Any new secret may be one that was unknown so far. */
  note(event: TokenEvent): void
}

/** The key of a digest: its bytes (core/digest.ts). What is no SHA-256 is marked, and so longer than any that is one. */
export function keyOf(digest: string): string {
  return /^[0-9a-f]{64}$/.test(digest) ? bytesOf(digest) : `no SHA-256 in hexadecimal, but: ${digest}`
}

/** Makes empty tables. */
export function createCache(): Cache {
  const byKey = new Map<string, Known>()
  const byId = new Map<string, Entry>()
  /** The unknown ones, and those from before the table was full, so that one is given up for the other at once. */
  let unknown = new Set<string>()
  let olderUnknown = unknown
  /** The newest event that is known of a token, by its id, which a record of that state carries. */
  const newest = new Map<string, { readonly eventId: string; readonly version: number }>()
  let round = byId.values()
  let weight = 0
  let news = 0

  const forget = (entry: Entry): void => {
    weight -= entry.weight
    byId.delete(entry.record.id)
    for (const { digest } of entry.record.secrets) {
      const key = keyOf(digest)
      if (byKey.get(key)?.entry === entry) byKey.delete(key)
    }
  }

  /** Goes round the entries: what was used since the last round stays for another, the rest goes. */
  const makeRoom = (needed: number): void => {
    while (byId.size > 0 && weight + needed > MAX_WEIGHT) {
      const { value: entry } = round.next()
      if (!entry) round = byId.values()
      else if (entry.used) entry.used = false
      else forget(entry)
    }
  }

  return {
    recall(key) {
      const known = byKey.get(key)
      if (!known) return unknown.has(key) || olderUnknown.has(key) ? null : undefined
      known.entry.used = true
      return known
    },

    news: () => news,

    keep(digest, answer, since) {
      if (answer === undefined) {
        if (since !== news) return
        if (unknown.size >= MAX_UNKNOWN / 2) {
          olderUnknown = unknown
          unknown = new Set()
        }
        unknown.add(keyOf(digest))
        return
      }
      const record = answer as TokenRecord
      // What is no record is judged as it came, and not kept; `secretWithDigest` finds nothing in it.
      if (!isObject(record) || !secretWithDigest(record, digest)) return
      const { id, version, eventId, secrets } = record
      if (!areObjects(secrets)) return
      const known = newest.get(id) ?? record
      // Kept once the news have told of it, and no older one until then. A higher version proves nothing: a store that was
      // restored gives out versions a second time.
      if (version > known.version) newest.set(id, { eventId, version })
      if (news - since > MAX_NEWS || known.eventId !== eventId) return
      const before = byId.get(id)
      if (before) {
        if (!(version >= before.record.version)) return
        forget(before)
      }
      const heavy = JSON.stringify(record).length >> 10
      const entry: Entry = { record: deepFreeze(record), grant: undefined, weight: 1 + heavy, used: false }
      makeRoom(entry.weight)
      byId.set(id, entry)
      for (const secret of secrets) byKey.set(keyOf(secret.digest), { entry, secret })
      weight += entry.weight
    },

    note({ id, tokenId, type, version }) {
      news += 1
      newest.delete(tokenId)
      newest.set(tokenId, { eventId: id, version })
      if (newest.size > MAX_NEWS) newest.delete(newest.keys().next().value as string)
      const entry = byId.get(tokenId)
      if (entry && entry.record.eventId !== id) forget(entry)
      if (!BRING_SECRETS.has(type)) return
      unknown = new Set()
      olderUnknown = unknown
    },
  }
}
