/** The store contract: a token is found by exactly its id and by each of its secrets, and nothing else is. */
import type { TokenRecord } from '../../core/token.ts'
import type { TokenStore } from '../../ports.ts'
import { type Case, same, upTo } from './case.ts'
import { allEvents, digestOf, NOON, nextOf, PLAN, recordOf, refreshedOf, write, writeAll } from './records.ts'

/** Looks a digest up, in both ways where the store has both. */
async function byDigest(store: TokenStore, digest: string): Promise<TokenRecord | undefined> {
  const found = await store.findByDigest(digest)
  if (store.peekByDigest) same(store.peekByDigest(digest), found, 'peekByDigest of the same digest')
  return found
}

/** Ids that a careless key, column or pattern takes for one another. */
const ALIKE = ['Abc', 'abc', 'ABC', 'abcd', 'ab', 'a_c', 'a-c', '_', '-', 'a%c', 'é', 'e\u0301', 'e']
/** Ids that mean something to JavaScript. */
const SPECIAL = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', '0', '00', '1e3']

export const LOOK_UPS: readonly Case[] = [
  {
    name: 'a new store is empty',
    breaks: 'Tokens that nobody made would be shown, or audit logs of other deployments.',
    async check({ store }) {
      same(await store.events({ limit: 10 }), [], 'events of a new store')
      same(await store.events({ limit: 10, order: 'newest' }), [], 'events of a new store, newest first')
      same(await store.list({ planId: PLAN, order: 'newest', now: 0, limit: 10 }), [], 'list of a new store')
      same(await store.find('token'), undefined, 'find in a new store')
      same(await byDigest(store, digestOf('token')), undefined, 'findByDigest in a new store')
    },
  },
  {
    name: 'find gives the token with exactly this id, and undefined for any other',
    breaks: 'An admin who edits or revokes one token changes another one, which may be of another plan.',
    async check({ store, other }) {
      const ids = [...ALIKE, ...SPECIAL]
      for (const id of ids) same(await other.find(id), undefined, `find(${id}) before that token is made`)
      const records = ids.map((id) => recordOf(id, { name: `Token ${id}` }))
      await writeAll(store, records)
      for (const record of records) same(await other.find(record.id), record, `find(${record.id})`)
      for (const id of ['aBc', 'abc ', ' abc', 'abcde', 'a*c', 'a?c', 'É', '__PROTO__', 'valueOf', '1000'])
        same(await other.find(id), undefined, `find("${id}"), which no token has`)
    },
  },
  {
    name: 'findByDigest finds a token by each of its secrets, retired ones included, as it is now',
    breaks:
      'Within the 24 hours after a refresh the replaced secret is refused, and later it is "unknown" instead of "replaced".',
    async check({ store, other }) {
      let record = await write(store, recordOf('token'))
      const beside = await write(store, recordOf('beside'))
      for (let i = 0; i < 5; i++) {
        record = await write(store, refreshedOf(record))
        for (const [n, { digest }] of record.secrets.entries()) {
          same(await byDigest(store, digest), record, `findByDigest of secret ${n + 1} of ${record.secrets.length}`)
          same(await byDigest(other, digest), record, `findByDigest of secret ${n + 1} of ${record.secrets.length}`)
        }
      }
      same(await byDigest(store, digestOf('beside')), beside, 'findByDigest of a token beside it')
    },
  },
  {
    name: 'findByDigest gives no older state of a token by a secret that it no longer has',
    breaks: 'A token that was revoked still works with a secret that was dropped from its record before.',
    async check({ store, other }) {
      const first = await write(store, recordOf('token'))
      const digest = digestOf('token')
      const second = { ...refreshedOf(first) }
      const without = await write(store, { ...second, secrets: second.secrets.slice(1) })
      const last = await write(store, nextOf(without, { revokedAt: NOON, revokedBy: 'admin-1' }))
      for (const one of [store, other]) {
        const found = await byDigest(one, digest)
        if (found) same(found, last, 'findByDigest of a secret that the record no longer has')
      }
    },
  },
  {
    name: 'findByDigest gives undefined for a digest that no secret has, however similar',
    breaks:
      'A wrong secret meets a record: every request with it costs a look-up, and only one further check keeps it out.',
    async check({ store, other }) {
      const record = await write(store, recordOf('token'))
      const digest = digestOf('token')
      const digit = digest.endsWith('0') ? '1' : '0'
      const similar = [
        digest.toUpperCase(),
        digest.slice(0, -1) + digit,
        digit + digest.slice(1),
        digest.slice(0, -1),
        digest.slice(0, 32),
        `${digest}0`,
        `${digest} `,
        `${digest.slice(0, -1)}_`,
        `${digest.slice(0, 8)}%`,
        digestOf('another'),
        record.id,
      ]
      for (const [i, near] of similar.entries())
        same(await byDigest(other, near), undefined, `findByDigest of similar text ${i + 1} of ${similar.length}`)
      same(await byDigest(other, digest), record, 'findByDigest of the digest itself')
    },
  },
  {
    name: 'findByDigest never gives the record of another token',
    breaks: 'A request is let through with the scopes and resources of somebody else’s token.',
    async check({ store, other }) {
      const stem = digestOf('stem')
      // Half of them differ only in their last characters, half only in their first ones.
      const digests = upTo(16).map((i) => {
        const mark = i.toString(16).repeat(4)
        return i % 2 ? stem.slice(0, 60) + mark : mark + stem.slice(0, 60)
      })
      const records = digests.map((digest, i) =>
        recordOf(`token-${i}`, { planId: `plan-${i % 3}`, secrets: [{ digest, issuedAt: i, worksUntil: null }] }),
      )
      await writeAll(store, records)
      for (const [i, digest] of digests.entries())
        same(await byDigest(other, digest), records[i], `findByDigest of token ${i}`)
      same((await allEvents(other)).length, records.length, 'The number of events')
    },
  },
]
