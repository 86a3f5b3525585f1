/** The store contract: what commit answers, and that it writes a record and its event together or not at all. */
import type { NewEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import type { TokenStore } from '../../ports.ts'
import { type Case, check, same } from './case.ts'
import { shown } from './difference.ts'
import { ALL, allEvents, digestOf, eventOf, NOON, nextOf, PLAN, recordOf, write } from './records.ts'

const QUERY = { planId: PLAN, order: 'newest', now: NOON, limit: ALL } as const

/** Everything that can be read of a store with few tokens. */
async function stateOf(store: TokenStore, ids: readonly string[], digests: readonly string[]): Promise<unknown> {
  const records: unknown[] = []
  for (const id of ids) records.push((await store.find(id)) ?? null)
  const found: unknown[] = []
  for (const digest of digests) found.push((await store.findByDigest(digest))?.id ?? null)
  return { records, found, list: await store.list(QUERY), events: await allEvents(store) }
}

/** Values that some databases or formats refuse in the middle of a commit. */
const UNWRITABLE: readonly { readonly what: string; record?: Partial<TokenRecord>; event?: Partial<NewEvent> }[] = [
  { what: 'an actor with a zero byte', event: { actor: 'admin\u0000' } },
  { what: 'a name with a zero byte', record: { name: 'Name\u0000' } },
  { what: 'a function in the changes', event: { changes: { name: { before: () => 1, after: 'Name' } } } },
  { what: 'a bigint in the changes', event: { changes: { name: { before: 1n, after: 'Name' } } } },
  {
    what: 'a text of 300,000 characters in the changes',
    event: { changes: { x: { before: '', after: 'x'.repeat(3e5) } } },
  },
]

export const COMMITS: readonly Case[] = [
  {
    name: 'commit answers exactly true, and the record and its event are there',
    breaks: 'Calls end as unavailable although they were done, or the audit log lacks what was done.',
    async check({ store, other }) {
      let record = recordOf('token')
      const log: unknown[] = []
      for (let version = 1; version <= 4; version++) {
        if (version > 1) record = nextOf(record, { name: `Name ${version}` })
        const event = eventOf(record)
        const answer: unknown = await store.commit(record, event)
        check(answer === true, `commit of version ${version} over ${version - 1} answered ${shown(answer)}, not true.`)
        same(await other.find('token'), record, `find after the commit of version ${version}`)
        const events = await allEvents(other)
        log.push({ ...event, seq: events.at(-1)?.seq })
        same(events, log, `events after the commit of version ${version}`)
      }
    },
  },
  {
    name: 'commit answers exactly false and writes nothing unless the stored version is the one before',
    breaks: 'Two admins’ changes overwrite each other, and a revoked token can come back to life.',
    async check({ store, other }) {
      const first = await write(store, recordOf('token'))
      const second = await write(store, nextOf(first, { revokedAt: NOON, revokedBy: 'admin-1' }))
      const digest = digestOf('refused')
      const read = (): Promise<unknown> => stateOf(other, ['token', 'new'], [digestOf('token'), digest])
      const before = await read()
      const refuse = async (record: TokenRecord, stored: number): Promise<void> => {
        const { version } = record
        const what = `A commit of version ${version} over version ${stored}`
        const answer: unknown = await store.commit(record, eventOf(record, { id: `refused-${version}` }))
        check(answer === false, `${what} answered ${shown(answer)} instead of false.`)
        same(await read(), before, `${what} was refused, but what can be read has changed`)
      }
      const secrets = [{ digest, issuedAt: NOON, worksUntil: null }]
      for (const version of [2, 1, 4, 5, 0, -1])
        await refuse({ ...second, version, revokedAt: null, name: 'Refused', secrets, eventId: 'refused' }, 2)
      for (const version of [0, 2, 3, -1]) await refuse(recordOf('new', { version, secrets }), 0)
      // The id is taken, whichever plan asks for it.
      await refuse(recordOf('token', { planId: 'plan-2', secrets }), 2)
    },
  },
  {
    name: 'a commit that fails leaves all of it or nothing, and the next one works',
    breaks:
      'A change is in force that the audit log does not know, or the log tells of one that never was; or all later changes hang.',
    async check({ store, other }) {
      for (const [i, { what, record: recordChange, event: eventChange }] of UNWRITABLE.entries()) {
        const record = recordOf(`token-${i}`, recordChange)
        let answer: unknown = 'an error'
        try {
          answer = await store.commit(record, eventOf(record, eventChange))
        } catch {
          // Whatever is thrown is an unknown outcome, but never half of it.
        }
        const isWritten = (await other.find(record.id)) !== undefined
        const seen = {
          digest: (await other.findByDigest(digestOf(record.id))) !== undefined,
          list: (await other.list(QUERY)).some(({ id }) => id === record.id),
          event: (await other.events({ tokenId: record.id, limit: 10 })).length === 1,
        }
        const expected = { digest: isWritten, list: isWritten, event: isWritten }
        same(
          seen,
          expected,
          `A commit with ${what} gave ${shown(answer)} and the record is ${isWritten ? 'there' : 'not there'}, but of the rest`,
        )
        if (typeof answer === 'boolean')
          same(isWritten, answer, `A commit with ${what} answered ${answer}: whether it is there`)
        await write(store, recordOf(`after-${i}`))
      }
    },
  },
  {
    name: 'a commit with a digest that another token has takes nothing away from that token’s record and log',
    breaks:
      'A token disappears, or half of a change stays behind, where a store takes digests for unique and stops in the middle.',
    async check({ store, other }) {
      const owner = await write(store, recordOf('owner'))
      const digest = digestOf('owner')
      const thief = recordOf('thief', { secrets: [{ digest, issuedAt: NOON, worksUntil: null }] })
      let answer: unknown = 'an error'
      try {
        answer = await store.commit(thief, eventOf(thief))
      } catch {
        // A store may refuse what cannot happen.
      }
      same(await other.find('owner'), owner, 'find of the token that had the digest first')
      same((await other.events({ tokenId: 'owner', limit: 10 })).length, 1, 'The number of its events')
      const kept = (await other.find('thief')) !== undefined
      const logged = (await other.events({ tokenId: 'thief', limit: 10 })).length === 1
      same(logged, kept, `The commit gave ${shown(answer)}: whether its event is there, as its record is`)
      if (typeof answer === 'boolean') same(kept, answer, `The commit answered ${answer}: whether its record is there`)
      const holder = await other.findByDigest(digest)
      check(
        holder?.secrets.some((secret) => secret.digest === digest) === true,
        'findByDigest of the digest that both have gave no record that has it.',
      )
    },
  },
]
