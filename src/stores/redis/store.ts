/**
 * The store in Redis or Valkey. What is done in one step: stores/redis/scripts/begin.ts and beside it. Pages: stores/redis/list.ts
 * and stores/redis/log.ts. The port: ports.ts.
 */
import { nanoid } from 'nanoid'
import { CHAIN_START, linkOf, textOfLink } from '../../core/chain.ts'
import { platformSha256 } from '../../core/digest.ts'
import { StoreError } from '../../core/errors.ts'
import type { NewEvent } from '../../core/event.ts'
import { isCount } from '../../core/objects.ts'
import { isDate, type SecretRecord, type TokenRecord } from '../../core/token.ts'
import type { SecretUse, TokenStore } from '../../ports.ts'
import { type RedisClient, type Reply, runner } from './client.ts'
import { errorOf, lost, newer, unreadableToken } from './errors.ts'
import { listPage } from './list.ts'
import { eventPage } from './log.ts'
import { type RedisStoreOptions, readRedisOptions } from './options.ts'
import { placeOf } from './places.ts'
import { replicasOf } from './replicas.ts'
import { scanPage } from './scan.ts'
import type { Script } from './scripts/begin.ts'
import { COMMIT } from './scripts/commit.ts'
import {
  BOUND,
  READ_VALUE,
  RECORD_USE,
  REMOVE_VALUE,
  SCAN,
  SWEEP_EVENTS,
  SWEEP_TOKENS,
  WRITE_VALUE,
} from './scripts/keep.ts'
import { EVENTS, FIND, FIND_BY_DIGEST, LAST_USE, PAGE } from './scripts/read.ts'
import { parseRecord, unkeepable } from './values.ts'
import { watchChannel } from './watch.ts'

/** A store in Redis: all methods of the port. */
export type RedisStore = Required<Omit<TokenStore, 'peekByDigest'>>

/** How much one step does at most, so that Redis answers others in between. */
const STEP = { uses: 500, sweptTokens: 100, sweptDigests: 1_000, sweptEvents: 200 }

/**
 * Keeps tokens and their audit log in Redis (6.2 or later) or Valkey, over the client that the host already has: one of `ioredis`
 * 5 or 6, or of `redis` 4 to 6 (node-redis), of one server or of a cluster. The client is used as it is and never closed; only
 * `watch` opens a connection of its own, by `client.duplicate()`.
 *
 * All keys begin with `{plan-tokens}:` and so lie on one node of a cluster, in one slot; while a cluster moves that slot to another
 * node, everything is refused. A commit is one script, which writes record, event and
 * indexes together or not at all; a look-up is one round trip. A token takes about 2 kB of the server's memory, an event 0.5 kB.
 *
 * What the promise of the port needs from the server:
 * - `appendonly yes` and `appendfsync always`. With `everysec`, the default, a crash of the server loses the last second of changes
 *   that were acknowledged, a revoke among them: the token works again. Without an append-only file it is everything since
 *   the last snapshot.
 * - `maxmemory-policy noeviction`. One of `allkeys-…` removes keys: a token becomes unknown, or the freshness bound is forgotten, so
 *   the store refuses it where `maxmemory` is set. At the limit new tokens are refused and revoking goes on.
 * - With replicas, the option `replicas`: replication is asynchronous, and a failover can lose acknowledged changes, whatever
 *   `appendfsync` says. `min-replicas-to-write` with `min-replicas-max-lag` makes the loss smaller and does not close it; both belong
 *   there too, so that a primary that was cut off falls silent before another one takes over.
 * - The primary. On a replica everything is refused, reads too, also with `replica-read-only no`; and so it is (from Redis 7 on) by
 *   a primary with fewer replicas than `min-replicas-to-write`, since their state may be past. Sentinel and Cluster are the client's work.
 *
 * With ACLs the user needs `~{plan-tokens}:* resetchannels &{plan-tokens}:* +@read +@write +@pubsub +eval +evalsha +info`, and
 * what the client asks for itself (a client of a cluster `cluster|slots`). A process's first commit finds what is missing
 * before anything is written.
 *
 * A token whose value was edited by hand and cannot be read any more is refused with `row_unreadable`, and no other with it; `list`
 * shows it with what can be read and dead values for the rest.
 *
 * Look-ups that lost their connection are asked once more; a commit never is by the store. A client that repeats commands by itself, as
 * ioredis does, writes a change once all the same.
 *
 * @param client connected, or connecting. Its `keyPrefix`, if any, comes before the prefix here.
 * @returns a store with all methods of the port.
 * @throws SetupError for options that do not exist or do not fit, and for what is no such client.
 * @throws StoreError from its methods: `store_forbidden`, `store_newer`, `store_unsuitable`, `row_unreadable`, each with what to do.
 * @example
 * import { Redis } from 'ioredis'
 * const store = redisStore(new Redis('redis://localhost'))
 * const tokens = createPlanTokens({ policy, store, directory })
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  const { prefix, replicas: count } = readRedisOptions(client, options)
  const base = `{${prefix}}:`
  const channel = `${base}events`
  const run = runner(client, base)
  /** Whether this process has shown that its user may do everything that a commit does. */
  let hasRights = false
  /** The newest event that this process has written: as long as no other writes, the next one follows from it. */
  let newest = { seq: 0, chain: CHAIN_START }
  const sha256 = platformSha256()

  /** What the next link is made of if nobody else has written meanwhile, and the link. */
  const foreseen = (hash: string | undefined): readonly [text: string, link: string] => {
    if (hash === undefined) return ['', '']
    const { seq, chain } = newest
    return [textOfLink(chain, seq + 1, hash), linkOf(sha256, chain, seq + 1, hash)]
  }

  const ask = async (script: Script, args: readonly string[]): Promise<Reply> => {
    const reply = await run(script, args)
    const [word, detail] = reply
    if (word === 'ok') return reply
    if (word === 'refused') throw errorOf(String(detail), base)
    if (word === 'newer') throw newer(base, String(detail))
    if (word === 'lost') throw lost(base)
    if (word === 'taken') throw new Error('A digest of this record belongs to another token. Nothing was written.')
    if (word === 'unreadable')
      throw unreadableToken(String(args[0]), base, 'what stands beside its record is missing or wrong')
    if (word === 'QUEUED')
      throw new StoreError(
        'store_unsuitable',
        'Other code has begun a transaction (multi) on the connection of the token store. Give the store a client of its own.',
      )
    throw new StoreError('store_unsuitable', 'Redis gave an answer that no script of the token store gives.')
  }

  const replicas = replicasOf(client, count, ask)

  const recordIn = ([, id, record, version]: Reply): TokenRecord | undefined => {
    if (id === undefined) return undefined
    const read = parseRecord(String(record), String(id), String(version))
    if (read.problem === undefined) return read.record
    throw unreadableToken(String(id), base, read.problem)
  }

  return {
    chained: true,

    findByDigest: async (digest) => recordIn(await ask(FIND_BY_DIGEST, [digest])),

    find: (id) => replicas.look(async () => recordIn(await ask(FIND, [id]))),

    list: (query) => listPage(query, (args) => ask(PAGE, args)),

    async commit(record, event) {
      if (!isCount(record.version)) return false
      refuseUnkeepable(record, event)
      return replicas.commit(async () => {
        const probe = hasRights ? '0' : '1'
        const link = foreseen(event.hash)
        const args = [...argumentsOf(record), ...argumentsOfEvent(event), channel, probe, event.hash ?? '', ...link]
        const [, written, primary, seq, chain] = await ask(COMMIT, args)
        hasRights = true
        if (seq !== undefined) newest = { seq: Number(seq), chain: String(chain) }
        return written === '1' ? String(primary) : undefined
      })
    },

    scan: (query) => scanPage(query, (args) => ask(SCAN, args)),

    events: (query) => eventPage(query, base, (args) => ask(EVENTS, args)),

    async bound(atLeastMs) {
      const [, bound, primary] = await ask(BOUND, [String(atLeastMs)])
      // It is asked for after each change, also after one that was there already and may be nowhere else.
      await replicas.have(String(primary))
      return Number(bound)
    },

    watch: (wake) => watchChannel(client, channel, wake),

    async ready() {
      await ask(BOUND, ['0'])
    },

    async recordUse(uses) {
      const dated = uses.filter(({ at }) => isDate(at))
      for (let i = 0; i < dated.length; i += STEP.uses)
        await ask(
          RECORD_USE,
          dated.slice(i, i + STEP.uses).flatMap(({ tokenId, digest, at }) => [tokenId, digest, String(at)]),
        )
    },

    async lastUse(tokenIds) {
      const uses: SecretUse[] = []
      const ids = [...new Set(tokenIds)]
      for (let i = 0; i < ids.length; i += STEP.uses) {
        const some = ids.slice(i, i + STEP.uses)
        const [, ...lists] = await ask(LAST_USE, some)
        for (const [k, tokenId] of some.entries()) uses.push(...usesIn(tokenId, lists[k]))
      }
      return uses
    },

    async readValue(name) {
      const [, value, version] = await ask(READ_VALUE, [name])
      if (value === undefined) return undefined
      const number = Number(version)
      if (isCount(number)) return { value: String(value), version: number }
      throw new StoreError(
        'row_unreadable',
        `The key "${base}value:${name}" cannot be read: it was changed by hand. Mend its version, or remove it.`,
      )
    },

    async writeValue(name, value, version) {
      const [, written] = await ask(WRITE_VALUE, [name, value, String(version), String(version + 1)])
      return written === '1'
    },

    async removeValue(name) {
      await ask(REMOVE_VALUE, [name])
    },

    async sweep({ before, limit }) {
      const removed = { records: 0, events: 0 }
      while (removed.records < limit) {
        const some = Math.min(limit - removed.records, STEP.sweptTokens)
        const [, count, all] = await ask(SWEEP_TOKENS, [String(before), String(some), String(STEP.sweptDigests)])
        removed.records += Number(count)
        if (all === '1') break
      }
      while (removed.events < limit) {
        const some = Math.min(limit - removed.events, STEP.sweptEvents)
        const [, count] = await ask(SWEEP_EVENTS, [String(before), String(some)])
        removed.events += Number(count)
        if (Number(count) < some) break
      }
      return removed
    },
  }
}

/** What could not be read back is not written. */
function refuseUnkeepable(record: TokenRecord, event: NewEvent): void {
  const problems = unkeepable(record, event)
  if (problems.length > 0)
    throw new TypeError(`The record and its event cannot be kept: missing or wrong are ${problems.join(', ')}.`)
}

function argumentsOf(record: TokenRecord): string[] {
  const { id, planId, version, createdAt, expiresAt, revokedAt } = record
  const digests = record.secrets.map(({ digest }: SecretRecord) => digest)
  return [
    ...[id, String(version), nanoid(), JSON.stringify(record), JSON.stringify(digests)],
    ...[planId, placeOf(createdAt, id), placeOf(expiresAt, id), revokedAt === null ? '0' : '1'],
    String(Math.min(revokedAt ?? expiresAt, expiresAt)),
  ]
}

function argumentsOfEvent(event: NewEvent): string[] {
  const { at, planId, tokenId, type } = event
  const isEnding = type === 'revoked' || type === 'secret_revoked'
  return [JSON.stringify(event), String(at), planId, tokenId, isEnding ? '1' : '0']
}

function usesIn(tokenId: string, flat: Reply[number] | undefined): SecretUse[] {
  const uses: SecretUse[] = []
  const texts = Array.isArray(flat) ? flat : []
  for (let i = 0; i + 1 < texts.length; i += 2) {
    const at = Number(texts[i + 1])
    if (isDate(at)) uses.push({ tokenId, digest: texts[i], at })
  }
  return uses
}
