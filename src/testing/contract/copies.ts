/** The store contract: what is kept does not change with what was passed in or given out. */
import type { TokenStore } from '../../ports.ts'
import { type Case, same, upTo } from './case.ts'
import { allEvents, digestOf, eventOf, NOON, PLAN, recordOf } from './records.ts'

/** A record and an event of their own each time, so that changing one cannot change another. */
function pair() {
  const record = recordOf('token', {
    scopes: ['files:read'],
    resources: [{ kind: 'file', id: 'A', link: 'link' }],
    idempotency: [{ call: 'create', key: digestOf('key'), input: digestOf('input'), digest: digestOf('token') }],
  })
  return { record, event: eventOf(record, { changes: { scopes: { before: ['a', { b: 1 }], after: ['c'] } } }) }
}

/** Changes a value of plain JSON everywhere, as far as it lets itself be changed. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const inner of Object.values(value)) spoil(inner)
  for (const field of Object.keys(value)) attempt(() => Object.assign(value, { [field]: 'spoiled' }))
  attempt(() => (Array.isArray(value) ? value.push('spoiled') : Object.assign(value, { spoiled: true })))
}

function attempt(change: () => unknown): void {
  try {
    change()
  } catch {
    // Frozen: as good as a copy.
  }
}

const list = (store: TokenStore) => store.list({ planId: PLAN, order: 'newest', now: NOON, limit: 9 })

async function sameAsWritten(store: TokenStore, what: string): Promise<void> {
  const { record, event } = pair()
  same(await store.find('token'), record, `find, after ${what}`)
  same(await store.findByDigest(digestOf('token')), record, `findByDigest, after ${what}`)
  same(await list(store), [record], `list, after ${what}`)
  const events = await allEvents(store)
  same(events, [{ ...event, seq: events[0]?.seq }], `events, after ${what}`)
}

export const COPIES: readonly Case[] = [
  {
    name: 'what was passed to commit can be changed afterwards without changing what is kept',
    breaks: 'Code that goes on with a record gives a token scopes that no admin chose and no log shows.',
    async check({ store, other }) {
      const { record, event } = pair()
      const answer = store.commit(record, event)
      same(await answer, true, 'The answer of commit')
      spoil(record)
      spoil(event)
      for (const reader of [store, other]) await sameAsWritten(reader, 'what was passed to commit was changed')
    },
  },
  {
    name: 'what is given out can be changed without changing what is kept',
    breaks: 'A page that sorts or trims what it shows changes the token itself, for all requests.',
    async check({ store, other }) {
      const { record, event } = pair()
      same(await store.commit(record, event), true, 'The answer of commit')
      // Twice: the first answer may be a copy, the second one remembered.
      for (const turn of upTo(2))
        for (const reader of [store, other]) {
          const given: readonly (readonly [what: string, read: () => unknown])[] = [
            ['find', () => reader.find('token')],
            ['findByDigest', () => reader.findByDigest(digestOf('token'))],
            ['peekByDigest', () => reader.peekByDigest?.(digestOf('token'))],
            ['list', () => list(reader)],
            ['events', () => reader.events({ limit: 9 })],
            ['events of the token', () => reader.events({ tokenId: 'token', order: 'newest', limit: 9 })],
          ]
          for (const [what, read] of given) {
            spoil(await read())
            await sameAsWritten(reader, `what ${what} gave was changed (turn ${turn + 1})`)
          }
        }
    },
  },
]
