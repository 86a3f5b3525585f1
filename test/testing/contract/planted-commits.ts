/** Mistakes in writing: what commit answers, what it leaves behind, and what others see meanwhile. */
import type { TokenRecord } from 'plan-access-tokens'
import { append, fits, put } from './plain-store.ts'
import { pause, planted } from './planted-store.ts'

const ANSWERS_TRUE = 'commit answers exactly true, and the record and its event are there'
const ANSWERS_FALSE = 'commit answers exactly false and writes nothing unless the stored version is the one before'
const FAILS_WHOLLY = 'a commit that fails leaves all of it or nothing, and the next one works'
const CREATIONS = 'exactly one of 20 creations of one id at the same moment is taken, and nothing is left of the others'
const CHANGES = 'exactly one of 20 changes of one version at the same moment is taken, and its event with it'
const NONE_LOST = 'no change is lost when several admins change the same tokens again and again'
const EACH_ONCE =
  'each of 200 commits at the same time has its event exactly once, in the order of the token’s versions'
const ONE_STEP = 'record, secrets, lists and event of a change become visible in one step, for all readers'
const IN_ORDER = 'a reader who has seen an event is never shown an older one for the first time'

export const MISTAKEN_COMMITS = [
  planted('answers 1 instead of true', ANSWERS_TRUE, 'answered 1, not true', (_, right) => ({
    commit: async (record, event) => ((await right.commit(record, event)) ? 1 : 0) as unknown as boolean,
  })),
  planted('answers undefined where it refuses', [ANSWERS_FALSE, CHANGES], 'undefined instead of', (_, right) => ({
    commit: async (record, event) => ((await right.commit(record, event)) || undefined) as boolean,
  })),
  planted('throws where it refuses', [ANSWERS_FALSE, CREATIONS], 'threw Error: duplicate key', (_, right) => ({
    async commit(record, event) {
      if (await right.commit(record, event)) return true
      throw new Error('duplicate key value')
    },
  })),
  planted('ignores the version', [ANSWERS_FALSE, NONE_LOST], 'revoked', (data) => ({
    async commit(record, event) {
      put(data, record)
      append(data, event)
      return true
    },
  })),
  planted('takes any later version', ANSWERS_FALSE, 'version 4 over version 2 answered true', (data) => ({
    async commit(record, event) {
      if (record.version <= (data.records.get(record.id)?.version ?? 0)) return false
      put(data, record)
      append(data, event)
      return true
    },
  })),
  planted(
    'writes the event of a refused commit',
    ANSWERS_FALSE,
    'events is a list of 3 instead of a list of 2',
    (data, right) => ({
      async commit(record, event) {
        if (!fits(data, record)) append(data, event)
        return right.commit(record, event)
      },
    }),
  ),
  planted('indexes the digests of a refused commit', [ANSWERS_FALSE, CHANGES], 'to life', (data, right) => ({
    async commit(record, event) {
      const stored = data.records.get(record.id)
      for (const { digest } of record.secrets) if (stored) data.byDigest.set(digest, stored.id)
      return right.commit(record, event)
    },
  })),
  planted('writes the record before it finds out that the event cannot be written', FAILS_WHOLLY, 'bigint', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      append(data, JSON.parse(JSON.stringify(event)))
      return true
    },
  })),
  planted('keeps a lock after a commit that failed', FAILS_WHOLLY, 'after a failure', (_, right) => {
    let locked = false
    return {
      async commit(record, event) {
        if (locked) throw new Error('Lock wait timeout, after a failure')
        locked = true
        JSON.stringify(event)
        locked = false
        return right.commit(record, event)
      },
    }
  }),
  planted(
    'stops in the middle where a digest is taken',
    'a commit with a digest that another token has takes nothing away from that token’s record and log',
    'event is there, as its record is: it is false instead of true',
    (data, right) => ({
      async commit(record, event) {
        const isTaken = record.secrets.some(({ digest }) => (data.byDigest.get(digest) ?? record.id) !== record.id)
        if (!isTaken) return right.commit(record, event)
        data.records.set(record.id, record)
        throw new Error('unique constraint')
      },
    }),
  ),
  planted('looks at the version first and writes a moment later', [CREATIONS, CHANGES, NONE_LOST], 'token', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      await pause()
      put(data, record)
      append(data, event)
      return true
    },
  })),
  planted(
    'looks at the version, waits for nothing but a promise, and writes',
    CHANGES,
    'instead of exactly one',
    (data) => ({
      async commit(record, event) {
        if (!fits(data, record)) return false
        await undefined
        put(data, record)
        append(data, event)
        return true
      },
    }),
  ),
  planted('loses every 40th event', [EACH_ONCE, IN_ORDER], 'revoke', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      data.seq += 1
      if (data.seq % 40 !== 0) append(data, event, data.seq)
      return true
    },
  })),
  planted('writes every 50th event twice', EACH_ONCE, 'twice', (data, right) => ({
    async commit(record, event) {
      const answer = await right.commit(record, event)
      if (answer && data.seq % 50 === 0) append(data, event)
      return answer
    },
  })),
  planted('writes the event after it has answered', [ANSWERS_TRUE, ONE_STEP], 'events', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      void pause().then(() => append(data, event))
      return true
    },
  })),
  planted('shows the event before the record', ONE_STEP, 'find', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      append(data, event)
      await pause()
      put(data, record)
      return true
    },
  })),
  planted('shows the record before the event', ONE_STEP, 'events', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      await pause()
      append(data, event)
      return true
    },
  })),
  planted('shows the record before its new digest', ONE_STEP, 'findByDigest of the', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      data.records.set(record.id, record)
      append(data, event)
      await pause()
      put(data, record)
      return true
    },
  })),
  planted('gives seq out before it writes, so that a later one can be seen first', IN_ORDER, 'revoke', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      const seq = ++data.seq
      await pause(seq % 3)
      put(data, record)
      append(data, event, seq)
      data.log.sort((a, b) => a.seq - b.seq)
      return true
    },
  })),
  planted(
    'keeps the record that was passed in',
    'what was passed to commit can be changed afterwards without changing what is kept',
    'scopes',
    (data) => ({
      async commit(record, event) {
        if (!fits(data, record)) return false
        put(data, record)
        data.records.set(record.id, record)
        append(data, event)
        return true
      },
    }),
  ),
  planted(
    'keeps the event that was passed in',
    'what was passed to commit can be changed afterwards without changing what is kept',
    'events',
    (data) => ({
      async commit(record, event) {
        if (!fits(data, record)) return false
        put(data, record)
        data.seq += 1
        data.log.push(Object.assign(event, { seq: data.seq }))
        return true
      },
    }),
  ),
  planted(
    'keeps 30 records and forgets the eldest',
    'a plan with 520 tokens, and its log, are given in pages as large as the service asks for',
    'tokens',
    (data, right) => ({
      async commit(record, event) {
        const answer = await right.commit(record, event)
        const eldest = data.records.values().next().value as TokenRecord
        if (data.records.size > 30) data.records.delete(eldest.id)
        return answer
      },
    }),
  ),
  planted(
    'compares versions as text',
    'a long mixed history reads as that of the plainest store',
    'of version 10 over 9',
    (data, right) => ({
      async commit(record, event) {
        const stored = data.records.get(record.id)
        if (stored && String(record.version) <= String(stored.version)) return false
        return right.commit(record, event)
      },
    }),
  ),
]
