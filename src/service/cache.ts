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

/** A secret that is remembered, with all that a request needs of it, so that one look-up finds it. */
interface Known {
  readonly record: TokenRecord
  readonly secret: SecretRecord
  /** What the record grants; made by the first request that asks. Nobody can change the record, so it stays. */
  grant: KeptGrant | undefined
  /** Whether it was asked for since its token was last looked over for removal. */
  used: boolean
}

interface Entry {
  readonly record: TokenRecord
  readonly weight: number
  readonly secrets: readonly Known[]
}

/** The tables of one process, begun anew with every first cursor. */
export interface Cache {
  /** What is known of a secret of ours, by the bytes of its digest (core/digest.ts). */
  recallBytes(bytes: string): Known | undefined
  /** The record with a digest, `null` for one that the store does not know, `undefined` where nothing is remembered. */
  recall(digest: string): TokenRecord | null | undefined
  /** How many events were taken in. */
  news(): number
  /** Remembers an answer to a look-up that began after so many events, unless one since then may be newer than it. */
  keep(digest: string, answer: unknown, since: number): void
  /** Takes an event in: what it made old is forgotten. Any new secret may be one that was unknown so far. */
  note(event: TokenEvent): void
}

/** Whether a digest is one of ours: SHA-256 in hexadecimal. */
const isSha256 = (digest: string): boolean => /^[0-9a-f]{64}$/.test(digest)

/** Takes a secret out, unless another one stands there by now. */
function removeFrom(table: Map<string, Known>, key: string, known: Known): void {
  if (table.get(key) === known) table.delete(key)
}

/** Makes empty tables. */
export function createCache(): Cache {
  /** Secrets of ours, by the bytes of their digests, and keys from before by what they are looked up by. */
  const ours = new Map<string, Known>()
  const legacy = new Map<string, Known>()
  const byId = new Map<string, Entry>()
  /** The unknown ones, and those from before the table was full, so that one is given up for the other at once. */
  let unknown = new Set<string>()
  let olderUnknown = unknown
  /** The newest event that is known of a token, by its id, which a record of that state carries. */
  const newest = new Map<string, { readonly eventId: string; readonly version: number }>()
  let round = byId.values()
  let weight = 0
  let news = 0

  const putSecret = (known: Known): void => {
    const { digest } = known.secret
    if (isSha256(digest)) ours.set(bytesOf(digest), known)
    if (known.secret.legacy !== undefined) legacy.set(digest, known)
  }

  const removeSecret = (known: Known): void => {
    const { digest } = known.secret
    if (isSha256(digest)) removeFrom(ours, bytesOf(digest), known)
    removeFrom(legacy, digest, known)
  }

  const forget = (entry: Entry): void => {
    weight -= entry.weight
    byId.delete(entry.record.id)
    entry.secrets.forEach(removeSecret)
  }

  /** Goes round the entries: what was used since the last round stays for another, the rest goes. */
  const makeRoom = (needed: number): void => {
    while (byId.size > 0 && weight + needed > MAX_WEIGHT) {
      const { value: entry } = round.next()
      if (!entry) round = byId.values()
      else if (entry.secrets.some(({ used }) => used)) for (const known of entry.secrets) known.used = false
      else forget(entry)
    }
  }

  return {
    recallBytes(bytes) {
      const known = ours.get(bytes)
      if (known && !known.used) known.used = true
      return known
    },

    recall(digest) {
      const known = legacy.get(digest) ?? (isSha256(digest) ? ours.get(bytesOf(digest)) : undefined)
      if (!known) return unknown.has(digest) || olderUnknown.has(digest) ? null : undefined
      known.used = true
      return known.record
    },

    news: () => news,

    keep(digest, answer, since) {
      if (answer === undefined) {
        if (since !== news) return
        if (unknown.size >= MAX_UNKNOWN / 2) {
          olderUnknown = unknown
          unknown = new Set()
        }
        unknown.add(digest)
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
      const stays = deepFreeze(record)
      const entry: Entry = {
        record: stays,
        weight: 1 + (JSON.stringify(record).length >> 10),
        secrets: secrets.map((secret) => ({ record: stays, secret, grant: undefined, used: false })),
      }
      makeRoom(entry.weight)
      byId.set(id, entry)
      entry.secrets.forEach(putSecret)
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
