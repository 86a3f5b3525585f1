/**
 * The store contract: what a call that was answered wrote is seen by every call that begins after, in whatever way it reads,
 * and events appear in the order of their `seq`.
 */
import type { TokenEvent } from '../../core/event.ts'
import type { TokenStore } from '../../ports.ts'
import { type Case, check, readWhile, same, turn, upTo } from './case.ts'
import { ALL, allEvents, digestOf, NOON, nextOf, PLAN, recordOf, refreshedOf, seqsOf, write } from './records.ts'

/** A way to read the version of a token; `known` is a version that it has reached. 0 where it is not there. */
interface Face {
  readonly name: string
  read(store: TokenStore, id: string, known: number): Promise<number>
}

/** Tokens of these cases get a secret with each version, so that each version can be looked up. */
const secretOf = (id: string, version: number): string => digestOf(version < 2 ? id : `${id}-${version}`)
const query = { planId: PLAN, now: NOON, limit: ALL } as const

const FACES: readonly Face[] = [
  { name: 'find', read: async (store, id) => (await store.find(id))?.version ?? 0 },
  {
    name: 'findByDigest of the first secret',
    read: async (store, id) => (await store.findByDigest(secretOf(id, 1)))?.version ?? 0,
  },
  {
    name: 'findByDigest of the newest secret',
    read: async (store, id, known) => (await store.findByDigest(secretOf(id, known)))?.version ?? 0,
  },
  {
    name: 'peekByDigest',
    read: async (store, id, known) =>
      store.peekByDigest ? (store.peekByDigest(secretOf(id, known))?.version ?? 0) : known,
  },
  {
    name: 'list by newest',
    read: async (store, id) =>
      (await store.list({ ...query, order: 'newest' })).find((record) => record.id === id)?.version ?? 0,
  },
  {
    name: 'list by expiry',
    read: async (store, id) =>
      (await store.list({ ...query, order: 'expiry', status: 'active' })).find((record) => record.id === id)?.version ??
      0,
  },
  {
    name: 'events of the token',
    read: async (store, tokenId) => (await store.events({ tokenId, order: 'newest', limit: 1 }))[0]?.version ?? 0,
  },
  {
    name: 'events of the plan',
    read: async (store, id) =>
      (await store.events({ planId: PLAN, limit: ALL })).findLast(({ tokenId }) => tokenId === id)?.version ?? 0,
  },
  {
    name: 'the newest events',
    read: async (store, id) =>
      (await store.events({ order: 'newest', limit: ALL })).find(({ tokenId }) => tokenId === id)?.version ?? 0,
  },
]

/** Tokens that writers change all the time, and how far each has come: a read that begins now must not see less. */
interface Storm {
  readonly ids: readonly string[]
  readonly reached: Map<string, number>
  readonly writers: readonly (() => Promise<void>)[]
}

function stormOn({ store, other }: Parameters<Case['check']>[0], changes: number): Storm {
  const ids = upTo(6).map((i) => `token-${i}`)
  const reached = new Map<string, number>()
  const writers = ids.map((id, i) => async () => {
    const mine = i % 2 ? other : store
    let record = recordOf(id)
    for (let version = 1; version <= changes; version++) {
      if (version > 1) record = refreshedOf(record)
      await write(mine, record)
      reached.set(id, Math.max(version, reached.get(id) ?? 0))
      if ((version + i) % 3 === 0) await turn()
    }
  })
  return { ids, reached, writers }
}

/** Reads in all ways in turn. Whatever one way has shown, the next one has to show too. */
function faceReader(store: TokenStore, { ids, reached }: Storm, start: number) {
  return async (isOver: () => boolean): Promise<void> => {
    for (let i = start; ; i++) {
      const last = isOver()
      const id = ids[i % ids.length] as string
      let shownBy = 'commit'
      for (const step of upTo(FACES.length)) {
        const face = FACES[(step * (1 + (i % 2) * 3) + i) % FACES.length] as Face
        const known = reached.get(id) ?? 0
        const version = await face.read(store, id, known)
        check(
          version >= known,
          `${face.name} showed version ${version} of a token whose version ${known} had been shown by ${shownBy} before that read began.`,
        )
        if (version > known) {
          reached.set(id, Math.max(version, reached.get(id) ?? 0))
          shownBy = face.name
        }
      }
      if (last) return
      await turn()
    }
  }
}

/** Follows the log as another process does, and gives every event that it was shown. */
function follower(store: TokenStore, limit: number, seen: TokenEvent[]) {
  return async (isOver: () => boolean): Promise<void> => {
    for (let round = 0; ; ) {
      const last = isOver()
      const after = seen.at(-1)?.seq
      const page = await store.events({ limit, ...(after !== undefined && { after }) })
      for (const event of page) {
        const before = seen.at(-1)?.seq ?? 0
        check(event.seq > before, `events after ${after} gave seq ${event.seq} behind seq ${before}.`)
        seen.push(event)
      }
      if (page.length === limit) continue
      if (last) return
      round += 1
      if (round % 4 === 0) await turn()
    }
  }
}

/** Takes the newest event as a process does that begins, and proves it as one does that goes on. */
function prover(store: TokenStore, seen: Map<number, number>) {
  return async (isOver: () => boolean): Promise<void> => {
    for (;;) {
      const last = isOver()
      const newest = (await store.events({ order: 'newest', limit: 1 }))[0]
      if (newest) {
        const page = await store.events({ after: newest.seq - 1, limit: 5 })
        same(
          page[0],
          newest,
          `The first event after ${newest.seq - 1}, where ${newest.seq} had been shown as the newest`,
        )
        seen.set(newest.seq, seqsOf(await store.events({ limit: ALL })).filter((seq) => seq <= newest.seq).length)
      }
      if (last) return
      await turn()
    }
  }
}

export const VISIBLE: readonly Case[] = [
  {
    name: 'every method sees a commit as soon as it was answered, also what it was asked for just before',
    breaks: 'After revoke() has returned, a server still lets the token through; or a new token is refused at first.',
    async check({ store, other }) {
      const pairs =
        store === other
          ? [[store, store]]
          : [
              [store, other],
              [other, store],
              [store, store],
            ]
      for (const [pair, [writer, reader]] of (pairs as [TokenStore, TokenStore][]).entries()) {
        const id = `token-${pair}`
        let record = recordOf(id)
        for (let version = 1; version <= 4; version++) {
          // Asked for twice beforehand, as a store would that remembers answers, absent ones too.
          for (const known of [version - 1, version])
            for (const { name, read } of FACES) {
              const seen = await read(reader, id, known)
              const isAbsent = known === version && (name.endsWith('newest secret') || name.endsWith('peekByDigest'))
              if (!isAbsent) same(seen, version - 1, `The version that ${name} shows before the commit of ${version}`)
            }
          const newEvents = (await reader.events({ limit: ALL, order: 'newest' }))[0]?.seq ?? 0
          same(await reader.events({ after: newEvents, limit: 9 }), [], 'events after the newest')
          if (version > 1) record = refreshedOf(record)
          await write(writer, record)
          for (const { name, read } of FACES)
            same(
              await read(reader, id, version),
              version,
              `The version that ${name} shows right after the commit of ${version}`,
            )
          same(
            (await reader.events({ after: newEvents, limit: 9 })).map(({ id: event }) => event),
            [record.eventId],
            `The events after seq ${newEvents}, right after the commit of version ${version}`,
          )
        }
        const revoked = await write(writer, nextOf(record, { revokedAt: NOON, revokedBy: 'admin-1' }))
        same(await reader.findByDigest(secretOf(id, 4)), revoked, 'findByDigest right after the token was revoked')
        same(
          await reader.list({ ...query, order: 'expiry', status: 'active' }),
          [],
          'list of active tokens right after that',
        )
      }
    },
  },
  {
    name: 'record, secrets, lists and event of a change become visible in one step, for all readers',
    breaks: 'A server that was told of a revoke reads the old token again, keeps it and goes on letting it through.',
    async check(stores) {
      const storm = stormOn(stores, 20)
      const readers = [stores.store, stores.other, stores.store].map((store, i) => faceReader(store, storm, i))
      await readWhile(storm.writers, readers)
    },
  },
  {
    name: 'a reader who has seen an event is never shown an older one for the first time',
    breaks: 'A server that follows the log passes over a revoke for ever and goes on letting the token through.',
    async check(stores) {
      const { store, other } = stores
      const storm = stormOn(stores, 30)
      const logs: TokenEvent[][] = [[], [], []]
      const proofs = new Map<number, number>()
      await readWhile(storm.writers, [
        follower(store, 2, logs[0] as TokenEvent[]),
        follower(other, 7, logs[1] as TokenEvent[]),
        follower(store, ALL, logs[2] as TokenEvent[]),
        prover(other, proofs),
      ])
      const all = await allEvents(store)
      same(all.length, storm.ids.length * 30, 'The number of events')
      for (const log of logs) {
        const missed = all.find((event, i) => log[i]?.id !== event.id)
        check(missed === undefined, `seq ${missed?.seq} appeared only after a reader had been shown a later one.`)
        same(log, all, 'What a reader was shown of the log, beside the log')
      }
      for (const [seq, count] of proofs)
        same(
          count,
          all.filter((event) => event.seq <= seq).length,
          `The number of events up to seq ${seq} when it was the newest`,
        )
    },
  },
]
