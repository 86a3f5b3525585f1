/** Mistakes in finding a token: keys that are too loose, answers that are too old. */
import type { TokenRecord } from 'plan-access-tokens'
import { put, sortedOf } from './plain-store.ts'
import { pause, planted } from './planted-store.ts'

const EMPTY = 'a new store is empty'
const BY_ID = 'find gives the token with exactly this id, and undefined for any other'
const EACH_SECRET = 'findByDigest finds a token by each of its secrets, retired ones included, as it is now'
const SIMILAR = 'findByDigest gives undefined for a digest that no secret has, however similar'
const DROPPED = 'findByDigest gives no older state of a token by a secret that it no longer has'
const NO_OTHER = 'findByDigest never gives the record of another token'
const AT_ONCE = 'every method sees a commit as soon as it was answered, also what it was asked for just before'
const GIVEN = 'what is given out can be changed without changing what is kept'

/** Remembers what a method answered, for as long as is said. */
function cached<A extends unknown[], T>(ask: (...args: A) => Promise<T>, ms: number): (...args: A) => Promise<T> {
  const kept = new Map<string, { readonly answer: T; readonly until: number }>()
  return async (...args) => {
    const key = JSON.stringify(args)
    const known = kept.get(key)
    if (known && performance.now() < known.until) return known.answer
    const answer = await ask(...args)
    kept.set(key, { answer, until: performance.now() + ms })
    return answer
  }
}

export const MISTAKEN_LOOK_UPS = [
  planted('begins with a token that nobody made', EMPTY, 'Tokens that nobody made', (data) => {
    const record = { id: 'demo', planId: 'plan-1', secrets: [], version: 1, name: '', description: '', createdAt: 0 }
    put(data, record as unknown as TokenRecord)
    return {}
  }),
  planted('answers null for what is not there', [EMPTY, BY_ID], 'null instead of undefined', (_, right) => ({
    find: async (id) => ((await right.find(id)) ?? null) as unknown as undefined,
  })),
  planted('takes ids in any letter case', BY_ID, 'changes another one', (data) => ({
    find: async (id) =>
      structuredClone([...data.records.values()].find((record) => record.id.toLowerCase() === id.toLowerCase())),
  })),
  planted('ignores spaces behind an id', BY_ID, 'which no token has', (_, right) => ({
    find: (id) => right.find(id.trimEnd()),
  })),
  planted('keeps records as fields of an object', BY_ID, '__proto__', (data) => {
    const records: Record<string, TokenRecord> = {}
    return {
      async find(id) {
        for (const record of data.records.values()) records[record.id] = record
        return structuredClone(records[id])
      },
    }
  }),
  planted('forgets the digests of retired secrets', EACH_SECRET, 'replaced secret is refused', (_, right) => ({
    async findByDigest(digest) {
      const found = await right.findByDigest(digest)
      return found?.secrets.at(-1)?.digest === digest ? found : undefined
    },
  })),
  planted(
    'finds by the first secret the record as it was at first',
    EACH_SECRET,
    'secrets is a list of 2 instead of a list of 3',
    (_, right) => {
      const first = new Map<string, TokenRecord>()
      return {
        async findByDigest(digest) {
          const found = await right.findByDigest(digest)
          if (found && !first.has(digest)) first.set(digest, found)
          return first.get(digest)
        },
      }
    },
  ),
  planted('keeps what a secret stood for when it was dropped', DROPPED, 'no longer has', (data, right) => {
    const seen = new Map<string, TokenRecord>()
    return {
      async commit(record, event) {
        const isTaken = await right.commit(record, event)
        for (const { digest } of isTaken ? record.secrets : []) seen.set(digest, structuredClone(record))
        return isTaken
      },
      async findByDigest(digest) {
        const known = seen.get(digest)
        const now = known && data.records.get(known.id)
        return now?.secrets.some((secret) => secret.digest === digest) ? right.findByDigest(digest) : known
      },
    }
  }),
  planted('takes digests in any letter case', SIMILAR, 'A wrong secret meets a record', (_, right) => ({
    findByDigest: (digest) => right.findByDigest(digest.toLowerCase()),
  })),
  planted('takes the beginning of a digest for the whole', [SIMILAR, NO_OTHER], 'findByDigest of', (data) => ({
    async findByDigest(digest) {
      const key = digest.slice(0, 32)
      return structuredClone(
        [...data.records.values()].find(({ secrets }) => secrets.some((secret) => secret.digest.startsWith(key))),
      )
    },
  })),
  planted('keeps 32 bits of a digest', NO_OTHER, 'somebody else’s token', (data) => ({
    async findByDigest(digest) {
      const key = digest.slice(-8)
      const found = [...data.records.values()].find(({ secrets }) => secrets.some((s) => s.digest.endsWith(key)))
      return structuredClone(found)
    },
  })),
  planted('has a peekByDigest that does not see refreshes', EACH_SECRET, 'peekByDigest', (data) => ({
    peekByDigest: (digest) =>
      structuredClone([...data.records.values()].find(({ secrets }) => secrets[0]?.digest === digest)),
  })),
  planted('remembers digests for half a second', AT_ONCE, 'still lets the token through', (_, right) => ({
    findByDigest: cached(right.findByDigest, 500),
  })),
  planted('remembers unknown digests', AT_ONCE, 'findByDigest', (_, right) => {
    const unknown = new Set<string>()
    return {
      async findByDigest(digest) {
        if (unknown.has(digest)) return undefined
        const found = await right.findByDigest(digest)
        if (!found) unknown.add(digest)
        return found
      },
    }
  }),
  planted('remembers records for half a second', AT_ONCE, 'that find shows', (_, right) => ({
    find: cached(right.find, 500),
  })),
  planted('remembers lists for half a second', AT_ONCE, 'that list by newest shows', (_, right) => ({
    list: cached(right.list, 500),
  })),
  planted('remembers pages of the log for half a second', AT_ONCE, 'shows', (_, right) => ({
    events: cached(right.events, 500),
  })),
  planted('reads from a replica that is 2 ms behind', AT_ONCE, 'shows right after the commit', (data, right) => {
    const replica = new Map<string, TokenRecord>()
    return {
      async commit(record, event) {
        const answer = await right.commit(record, event)
        const copies = structuredClone([...data.records])
        void pause(2).then(() => {
          for (const [id, copy] of copies) replica.set(id, copy)
        })
        return answer
      },
      find: async (id) => structuredClone(replica.get(id)),
    }
  }),
  planted('gives out the records that it keeps', GIVEN, 'changes the token itself', (data) => ({
    find: async (id) => data.records.get(id),
  })),
  planted('gives out the records that it keeps, in lists', GIVEN, 'what list gave was changed', (data) => ({
    list: async (query) => sortedOf(data.records.values(), query).slice(0, query.limit),
  })),
  planted('gives out the events that it keeps', GIVEN, 'changes the token itself', (data, right) => ({
    async events(query) {
      const found = await right.events(query)
      return data.log.filter(({ seq }) => found.some((event) => event.seq === seq))
    },
  })),
]
