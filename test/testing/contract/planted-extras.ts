/** Mistakes in what a store may have besides: the bound, uses, sweeping, watching. */
import type { SecretUse, TokenRecord } from 'plan-access-tokens'
import { append, type Data, endOf, fits, oldEvents, put, remove, useKey } from './plain-store.ts'
import { pause, planted } from './planted-store.ts'

const BOUND = 'bound starts at 0, is raised to what is asked for, returns the larger one and never falls'
const BOUND_RACE = 'bound is raised by many at the same moment and ends at the largest'
const USES = 'lastUse gives the newest use of each secret of each token that is asked for, and of no other'
const NEVER_BACK = 'a last use never goes back, whatever comes late, twice or at the same moment'
const APART = 'recordUse touches neither the record nor its version nor the log'
const HARMLESS = 'uses of tokens that do not exist, none at all and a thousand at once do no harm'
const ENDED = 'sweep removes the tokens that ended before the moment, and never one that ended at it or later'
const FREE = 'an id that was swept is free again, for version 1 alone'
const PREFIX = 'sweep removes only the oldest events in one piece, and the newest event always stays'
const GROWS = 'seq goes on growing after a sweep'
const LIMIT = 'sweep removes at most so many at a time, and all of it in several calls'
const TRAFFIC = 'sweep beside live traffic removes no token that was prolonged and disturbs no commit'
const WAKES = 'watch wakes after a commit'
const ENDS = 'what watch returns ends it'
const SCANNED = 'scan gives every token of every plan once, by id, in pages of any size'
const SCANNED_AMID = 'scan gives a token once, as it is now, however it changes between two pages'
const MOVED =
  'a token that moves to another plan is listed there and nowhere else, with its secrets, and each log keeps its events'

const isDead =
  (before: number) =>
  (record: TokenRecord): boolean =>
    endOf(record) < before

const sortedById = (data: Data, keyOf: (id: string) => string = (id) => id): TokenRecord[] =>
  [...data.records.values()].sort((a, b) => (keyOf(a.id) < keyOf(b.id) ? -1 : 1))

export const MISTAKEN_EXTRAS = [
  planted('lets the bound fall', BOUND, 'still let the token through', (data) => ({
    async bound(atLeastMs) {
      data.boundMs = atLeastMs
      return atLeastMs
    },
  })),
  planted('returns the bound that was asked for', BOUND, 'bound(50)', (data) => ({
    async bound(atLeastMs) {
      data.boundMs = Math.max(data.boundMs, atLeastMs)
      return atLeastMs
    },
  })),
  planted('returns the bound as text', BOUND, '"0" instead of 0', (_, right) => ({
    bound: async (atLeastMs) => String(await right.bound(atLeastMs)) as unknown as number,
  })),
  planted('begins with a bound of a second', BOUND, 'bound(0)', (data) => {
    data.boundMs = 1_000
    return {}
  }),
  planted('reads the bound and writes it a moment later', BOUND_RACE, 'still let the token through', (data) => ({
    async bound(atLeastMs) {
      const raised = Math.max(data.boundMs, atLeastMs)
      await pause()
      data.boundMs = raised
      return raised
    },
  })),

  planted('keeps one use of a token', USES, 'looks unused', (data) => ({
    async recordUse(uses) {
      for (const use of uses) data.uses.set(use.tokenId, use)
    },
  })),
  planted('takes tokens in any letter case', USES, 'looks unused', (data) => ({
    lastUse: async (ids) => {
      const asked = ids.map((id) => id.toLowerCase())
      return [...data.uses.values()].filter(({ tokenId }) => asked.includes(tokenId.toLowerCase()))
    },
  })),
  planted('gives the uses of all tokens', USES, 'lastUse', (data) => ({
    lastUse: async () => [...data.uses.values()],
  })),
  planted('lets a late use win', NEVER_BACK, 'shown as unused', (data) => ({
    async recordUse(uses) {
      for (const use of uses) data.uses.set(useKey(use), use)
    },
  })),
  planted('reads a use and writes it a moment later', NEVER_BACK, 'at the same moment', (data) => ({
    async recordUse(uses) {
      for (const use of uses) {
        const known = data.uses.get(useKey(use))
        await pause()
        if (!known || known.at < use.at) data.uses.set(useKey(use), use)
      }
    },
  })),
  planted('takes the first of several uses in one call', NEVER_BACK, 'in one call', (_, right) => ({
    recordUse: (uses) => right.recordUse([...new Map(uses.toReversed().map((use) => [useKey(use), use])).values()]),
  })),
  planted('counts a use as a version', APART, 'makes every edit fail', (data, right) => ({
    async recordUse(uses) {
      for (const { tokenId } of uses) {
        const record = data.records.get(tokenId)
        if (record) data.records.set(tokenId, { ...record, version: record.version + 1 })
      }
      return right.recordUse(uses)
    },
  })),
  planted('writes the record that it has read before a use', APART, 'brings back a token', (data, right) => ({
    async recordUse(uses) {
      const known = uses.map(({ tokenId }) => data.records.get(tokenId))
      await pause()
      for (const record of known) if (record) put(data, record)
      return right.recordUse(uses)
    },
  })),
  planted('writes an event for each use', APART, 'The versions in the log', (data, right) => ({
    async recordUse(uses) {
      for (const { tokenId } of uses)
        append(data, { v: 1, id: 'use', at: 0, type: 'edited', tokenId, planId: 'plan-1', actor: null, version: 0 })
      return right.recordUse(uses)
    },
  })),
  planted('throws for a token that does not exist', HARMLESS, 'loses the uses of all others', (data, right) => ({
    async recordUse(uses) {
      if (uses.some(({ tokenId }) => !data.records.has(tokenId))) throw new Error('foreign key')
      return right.recordUse(uses)
    },
  })),
  planted('keeps the first 500 uses of a call', HARMLESS, '500 instead of 1000', (_, right) => ({
    recordUse: (uses: SecretUse[]) => right.recordUse(uses.slice(0, 500)),
  })),
  planted('cannot write no uses', HARMLESS, 'threw', (_, right) => ({
    async recordUse(uses) {
      if (uses.length === 0) throw new Error('syntax error at end of input')
      return right.recordUse(uses)
    },
  })),
  planted('has no lastUse', [USES, NEVER_BACK, APART, HARMLESS], 'can be read by nobody', () => ({
    lastUse: undefined as never,
  })),

  planted('sweeps what was made before the moment', ENDED, 'becomes unknown', (data) => ({
    async sweep({ before, limit }) {
      const gone = [...data.records.values()].filter(({ createdAt }) => createdAt < before).slice(0, limit)
      for (const record of gone) remove(data, record)
      return { records: gone.length, events: 0 }
    },
  })),
  planted('sweeps what ended at the moment', ENDED, 'becomes unknown', (_, right) => ({
    sweep: ({ before, limit }) => right.sweep({ before: before === 0 ? 0 : before + 1, limit }),
  })),
  planted('sweeps every revoked token', ENDED, 'becomes unknown', (data) => ({
    async sweep({ before, limit }) {
      const gone = [...data.records.values()]
        .filter((record) => before > 0 && (record.revokedAt !== null || isDead(before)(record)))
        .slice(0, limit)
      for (const record of gone) remove(data, record)
      return { records: gone.length, events: 0 }
    },
  })),
  planted('leaves the digests of swept tokens', ENDED, 'findByDigest', (_, right) => {
    const kept = new Map<string, TokenRecord>()
    return {
      async findByDigest(digest) {
        const found = await right.findByDigest(digest)
        if (found) kept.set(digest, found)
        return found ?? kept.get(digest)
      },
    }
  }),
  planted('remembers that a swept token was there', FREE, 'fails for ever', (data, right) => {
    const tombs = new Set<string>()
    return {
      async sweep(query) {
        const before = new Set(data.records.keys())
        const answer = await right.sweep(query)
        for (const id of before) if (!data.records.has(id)) tombs.add(id)
        return answer
      },
      commit: async (record, event) => !tombs.has(record.id) && right.commit(record, event),
    }
  }),
  planted('takes any version of a token that is gone', FREE, 'continues a token', (data, right) => ({
    async commit(record, event) {
      const isKnown = data.records.has(record.id) || data.log.every(({ tokenId }) => tokenId !== record.id)
      if (isKnown) return right.commit(record, event)
      put(data, record)
      append(data, event)
      return true
    },
  })),
  planted('sweeps the newest event too', PREFIX, 'its place in the log is gone', (data) => ({
    async sweep({ before, limit }) {
      const young = data.log.findIndex(({ at }) => at >= before)
      const events = data.log.splice(0, Math.min(limit, young === -1 ? data.log.length : young)).length
      return { records: 0, events }
    },
  })),
  planted('sweeps old events from between younger ones', PREFIX, 'has holes', (data) => ({
    async sweep({ before, limit }) {
      const gone = data.log
        .slice(0, -1)
        .filter(({ at }) => at < before)
        .slice(0, limit)
      const rest = data.log.filter((event) => !gone.includes(event))
      data.log.splice(0, data.log.length, ...rest)
      return { records: 0, events: gone.length }
    },
  })),
  planted('numbers events by how many there are', GROWS, 'miss a revoke', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      append(data, event, data.log.length + 1)
      return true
    },
  })),
  planted('sweeps everything at once', LIMIT, 'locks the tables', (_, right) => ({
    sweep: ({ before }) => right.sweep({ before, limit: 9_999 }),
  })),
  planted('sweeps once and is done', LIMIT, 'stays for ever', (_, right) => {
    let done = false
    return {
      async sweep(query) {
        if (done) return { records: 0, events: 0 }
        done = true
        return right.sweep(query)
      },
    }
  }),
  planted('miscounts what it swept', [ENDED, LIMIT], 'removed', (_, right) => ({
    async sweep(query) {
      const { records, events } = await right.sweep(query)
      return { records: Math.max(0, records - 1), events }
    },
  })),
  planted('chooses first and removes a moment later', TRAFFIC, 'had chosen it before', (data) => ({
    async sweep({ before, limit }) {
      const gone = [...data.records.values()].filter(isDead(before)).slice(0, limit)
      await pause(2)
      for (const record of gone) remove(data, record)
      const events = data.log.splice(0, oldEvents(data, { before, limit })).length
      return { records: gone.length, events }
    },
  })),

  planted('scans from the id on', SCANNED, 'leaves tokens alive', (data) => ({
    scan: async ({ after = '', limit }) =>
      sortedById(data)
        .filter(({ id }) => id >= after)
        .slice(0, limit),
  })),
  planted('scans without regard to letter case', SCANNED, 'leaves tokens alive', (data) => ({
    scan: async ({ after = '', limit }) =>
      sortedById(data, (id) => id.toLowerCase())
        .filter(({ id }) => id.toLowerCase() > after.toLowerCase())
        .slice(0, limit),
  })),
  planted('scans by date', SCANNED_AMID, 'missing, or is there twice', (data) => ({
    scan: async ({ after, limit }) => {
      const all = [...data.records.values()].sort((a, b) => endOf(a) - endOf(b))
      const from = all.findIndex(({ id }) => id === after) + 1
      return all.slice(from, from + limit)
    },
  })),
  planted('scans what it read at first', SCANNED_AMID, 'missing, or is there twice', (data) => {
    let all: readonly TokenRecord[] | undefined
    return {
      async scan({ after = '', limit }) {
        all ??= sortedById(data)
        return all.filter(({ id }) => id > after).slice(0, limit)
      },
    }
  }),
  planted('keeps the plan that a token was made in', MOVED, 'two plans or in none', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, { ...record, planId: data.records.get(record.id)?.planId ?? record.planId })
      append(data, event)
      return true
    },
  })),
  planted(
    'puts events into the log of the plan that the token has now',
    MOVED,
    'tells of the wrong plan',
    (_, right) => ({
      async events(query) {
        const all = await right.events({ limit: 9_999 })
        const planOf = async (id: string) => (await right.find(id))?.planId
        const events = await Promise.all(
          all.map(async (event) => ({ ...event, planId: (await planOf(event.tokenId)) ?? event.planId })),
        )
        return query.planId === undefined
          ? right.events(query)
          : events
              .filter(({ planId, seq }) => planId === query.planId && seq > (query.after ?? 0))
              .slice(0, query.limit)
      },
    }),
  ),
  planted('forgets why', MOVED, 'The reasons', (_, right) => ({
    commit: (record, { reason: _, ...event }) => right.commit(record, event),
  })),

  planted('has a watch that goes off beside commits', ENDS, 'after the watch was ended', (data) => ({
    watch(wake) {
      data.wakes.add(wake)
      return () => {}
    },
  })),
  planted('ends all watches with one', ENDS, 'ended another one', (data) => ({
    watch(wake) {
      data.wakes.add(() => wake())
      return () => data.wakes.clear()
    },
  })),
  planted('watches for one commit', ENDS, 'ended another one', (data) => ({
    watch(wake) {
      const once = (): void => {
        data.wakes.delete(once)
        wake()
      }
      data.wakes.add(once)
      return () => {
        data.wakes.delete(once)
      }
    },
  })),
  planted('never wakes', WAKES, 'No wake came', () => ({ watch: () => () => {} })),
]
