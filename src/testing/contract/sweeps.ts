/** The store contract: sweep removes what ended long ago and nothing else. */
import type { TokenStore } from '../../ports.ts'
import { casesOf, check, same, together, turn, upTo, type With } from './case.ts'
import { ALL, allEvents, digestOf, eventOf, NOON, nextOf, PLAN, recordOf, seqsOf, write } from './records.ts'

const LATER = NOON + 1_000_000
const query = { planId: PLAN, order: 'newest', now: NOON, limit: ALL } as const

/** Which of these tokens can be found, in every way alike. */
async function present(store: TokenStore, ids: readonly string[]): Promise<string[]> {
  const list = await store.list(query)
  const found: string[] = []
  for (const id of ids) {
    const isThere = (await store.find(id)) !== undefined
    same(
      (await store.findByDigest(digestOf(id))) !== undefined,
      isThere,
      `Whether findByDigest finds ${id}, as find does`,
    )
    same(
      list.some((record) => record.id === id),
      isThere,
      `Whether list shows ${id}, as find does`,
    )
    if (isThere) found.push(id)
  }
  return found
}

/** Sweeps until there is nothing left, as the service does, and counts. */
async function sweepAll(
  store: With<'sweep'>,
  before: number,
  limit: number,
): Promise<{ records: number; events: number }> {
  const sum = { records: 0, events: 0 }
  for (let batch = 0; batch < 200; batch++) {
    const { records, events } = await store.sweep({ before, limit })
    check(Number.isSafeInteger(records) && Number.isSafeInteger(events), 'sweep gave counts that are no whole numbers.')
    check(
      records <= limit && events <= limit,
      `sweep with limit ${limit} removed ${records} records and ${events} events.`,
    )
    sum.records += records
    sum.events += events
    if (records + events === 0) return sum
  }
  check(false, 'sweep still removed something after 200 calls.')
  return sum
}

export const SWEEPS = casesOf('sweep', [
  {
    name: 'sweep removes the tokens that ended before the moment, and never one that ended at it or later',
    breaks: 'A token that works, or that was revoked a moment ago, becomes unknown, and nobody can see what it was.',
    async check({ store, other }) {
      const tokens = [
        { id: 'expired-before', expiresAt: NOON - 1, goes: true },
        { id: 'expired-at', expiresAt: NOON, goes: false },
        { id: 'active', expiresAt: NOON + 1, goes: false },
        { id: 'active-long', expiresAt: NOON + 9e9, goes: false },
        { id: 'revoked-before', expiresAt: NOON + 9e9, revokedAt: NOON - 1, goes: true },
        { id: 'revoked-at', expiresAt: NOON + 9e9, revokedAt: NOON, goes: false },
        { id: 'revoked-after', expiresAt: NOON + 9e9, revokedAt: NOON + 1, goes: false },
        { id: 'revoked-after-expiry', expiresAt: NOON - 1, revokedAt: NOON + 5, goes: true },
        { id: 'revoked-at-0', expiresAt: NOON + 9e9, revokedAt: 0, goes: true },
      ]
      for (const { id, expiresAt, revokedAt = null } of tokens)
        await write(store, recordOf(id, { expiresAt, revokedAt, createdAt: 0 }))
      const ids = tokens.map(({ id }) => id)
      same(
        (await store.sweep({ before: 0, limit: 100 })).records,
        0,
        'The number of tokens removed from before the beginning',
      )
      same(await present(other, ids), ids, 'The tokens that are there before')
      await present(store, ids)
      const going = tokens.filter(({ goes }) => goes)
      same(
        (await store.sweep({ before: NOON, limit: 100 })).records,
        going.length,
        'The number of tokens that sweep says it removed',
      )
      const staying = tokens.filter(({ goes }) => !goes).map(({ id }) => id)
      for (const reader of [store, other]) same(await present(reader, ids), staying, 'The tokens that are there after')
    },
  },
  {
    name: 'an id that was swept is free again, for version 1 alone',
    breaks: 'A call with an old idempotency key fails for ever, or continues a token that is gone.',
    async check({ store, other }) {
      const first = await write(store, recordOf('token', { expiresAt: NOON - 1 }))
      const second = await write(store, nextOf(first))
      await store.sweep({ before: NOON, limit: 10 })
      const third = nextOf(second)
      const { id: tokenId, planId, version } = third
      const event = { v: 1, id: 'late', at: NOON, type: 'edited', tokenId, planId, actor: null, version } as const
      same(await other.commit(third, event), false, 'The answer to a commit of version 3 of a swept token')
      same(await present(other, ['token']), [], 'What is there after that')
      const secrets = [{ digest: digestOf('fresh'), issuedAt: NOON, worksUntil: null }]
      const fresh = await write(other, recordOf('token', { secrets, eventId: 'fresh' }))
      for (const reader of [store, other]) {
        same(await reader.find('token'), fresh, 'find of the new token')
        same(await reader.findByDigest(digestOf('fresh')), fresh, 'findByDigest of its secret')
        same(await reader.findByDigest(digestOf('token')), undefined, 'findByDigest of the swept token’s secret')
        same(await reader.list(query), [fresh], 'list')
      }
    },
  },
  {
    name: 'sweep removes only the oldest events in one piece, and the newest event always stays',
    breaks: 'The audit log has holes, and every server drops what it knows because its place in the log is gone.',
    async check({ store, other }) {
      const before = NOON + 50
      for (const [i, at] of [1, 2, 99, 3, 4].entries()) await write(store, recordOf(`token-${i}`), { at: NOON + at })
      const seqs = seqsOf(await allEvents(store))
      same(
        (await store.sweep({ before: NOON, limit: 100 })).events,
        0,
        'The number of events removed from before all of them',
      )
      same(await sweepAll(store, before, 100), { records: 0, events: 2 }, 'What sweep says it removed')
      same(seqsOf(await allEvents(other)), seqs.slice(2), 'The seqs that are left in front of a newer one')
      same(await sweepAll(store, LATER, 100), { records: 0, events: 2 }, 'What sweep says it removed after that')
      const left = await allEvents(other)
      same(seqsOf(left), seqs.slice(4), 'The seqs that are left of a log that is old as a whole')
      const newest = seqs.at(-1) as number
      same(await other.events({ after: newest - 1, limit: 5 }), left, 'events after the one before the newest')
      same(await other.events({ after: seqs[0] as number, limit: 5 }), left, 'events after one that was removed')
      same(
        await other.events({ after: newest, order: 'newest', limit: 5 }),
        [],
        'events before the newest, newest first',
      )
      await write(other, recordOf('next'))
      const after = await other.events({ after: newest, limit: 5 })
      same(
        after.map(({ tokenId }) => tokenId),
        ['next'],
        'The tokens of the events after the newest, after one more commit',
      )
    },
  },
  {
    name: 'seq goes on growing after a sweep',
    breaks: 'Servers take the new events for known ones and miss a revoke.',
    async check({ store, other }) {
      for (const i of upTo(6)) await write(store, recordOf(`token-${i}`, { expiresAt: NOON - 1 }), { at: NOON })
      const newest = seqsOf(await allEvents(store)).at(-1) as number
      await sweepAll(store, LATER, 100)
      await write(store, recordOf('next'))
      await write(other, recordOf('next-but-one'))
      const after = seqsOf(await allEvents(store)).filter((seq) => seq > newest)
      same(after.length, 2, `The number of events with a seq above ${newest}, of two that were written after the sweep`)
    },
  },
  {
    name: 'sweep removes at most so many at a time, and all of it in several calls',
    breaks: 'One call locks the tables for minutes, or what ended long ago stays for ever.',
    async check({ store, other }) {
      const ids = upTo(11).map((i) => `token-${i}`)
      for (const [i, id] of ids.entries())
        await write(store, recordOf(id, { expiresAt: i % 5 === 4 ? LATER + 1 : NOON - i }), { at: NOON })
      same(await sweepAll(store, LATER, 2), { records: 9, events: 10 }, 'What calls with limit 2 say they removed')
      same(await present(other, ids), ['token-4', 'token-9'], 'The tokens that are left')
      same((await allEvents(other)).length, 1, 'The number of events that are left')
      same(await other.sweep({ before: LATER, limit: 2 }), { records: 0, events: 0 }, 'What one more call removed')
    },
  },
  {
    name: 'sweep beside live traffic removes no token that was prolonged and disturbs no commit',
    breaks: 'An admin refreshes a token, and a sweep that had chosen it before removes it.',
    async check({ store, other }) {
      for (const round of upTo(8)) {
        // One that ended and is left alone, four that ended and are being prolonged, one that is active and being changed.
        const records = upTo(6).map((i) =>
          recordOf(`token-${round}-${i}`, { expiresAt: i === 5 ? NOON + 1 : NOON - 1, createdAt: NOON - i }),
        )
        for (const record of records) await write(store, record)
        const staying = new Set([`token-${round}-5`])
        const writers = records.slice(1).map((record, i) => async (): Promise<void> => {
          for (const _ of upTo(i)) await turn()
          const prolonged = nextOf(record, { expiresAt: LATER + 9 })
          if (await (i % 2 ? other : store).commit(prolonged, eventOf(prolonged))) staying.add(record.id)
          else check(!staying.has(record.id), 'A commit to an active token was refused beside a sweep.')
        })
        const sweeper = (mine: With<'sweep'>, limit: number) => async (): Promise<void> => {
          await mine.sweep({ before: NOON, limit })
        }
        await together([sweeper(other, 100), ...writers, sweeper(store, 3)])
        await sweepAll(store, NOON, 5)
        const ids = records.map(({ id }) => id)
        const expected = ids.filter((id) => staying.has(id))
        for (const reader of [store, other])
          same(
            await present(reader, ids),
            expected,
            'The tokens that are left, of those that were active or whose commit was taken',
          )
      }
    },
  },
])
