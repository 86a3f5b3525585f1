/** The store contract: when secrets were last used. It stands apart from records and can undo nothing. */
import type { SecretUse } from '../../ports.ts'
import { casesOf, check, same, together, upTo, type With } from './case.ts'
import { allEvents, digestOf, NOON, nextOf, recordOf, refreshedOf, write } from './records.ts'

const MINUTE = 60_000
type Uses = With<'recordUse' | 'lastUse'>

/** The method that goes with `recordUse`. */
function whole(store: With<'recordUse'>): Uses {
  check(
    typeof store.lastUse === 'function',
    'The store has recordUse and no lastUse: what is kept can be read by nobody.',
  )
  return store as Uses
}

const use = (tokenId: string, digest: string, minute: number): SecretUse => ({
  tokenId,
  digest: digestOf(digest),
  at: NOON + minute * MINUTE,
})

/** Fails unless exactly these uses are known of these tokens, in whatever order. */
async function checkUses(
  store: Uses,
  tokenIds: readonly string[],
  expected: readonly SecretUse[],
  what: string,
): Promise<void> {
  const key = ({ tokenId, digest }: SecretUse): string => `${tokenId} ${digest}`
  const sorted = (uses: readonly SecretUse[]): SecretUse[] => uses.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  const came = await store.lastUse([...tokenIds])
  same(sorted(came), sorted(expected), `lastUse, ${what}`)
}

export const USES = casesOf('recordUse', [
  {
    name: 'lastUse gives the newest use of each secret of each token that is asked for, and of no other',
    breaks: 'A secret that is in use looks unused and is replaced by a repeated call, and an integration stops.',
    async check(stores) {
      const [store, other] = [whole(stores.store), whole(stores.other)]
      for (const id of ['a', 'A', 'b']) {
        const record = await write(store, recordOf(id, { eventId: `event-${id}` }))
        await write(store, refreshedOf(record))
      }
      await checkUses(other, ['a', 'A', 'b'], [], 'before any use')
      await store.recordUse([use('a', 'a', 1), use('a', 'a-2', 2), use('A', 'A', 3)])
      await checkUses(other, ['a'], [use('a', 'a', 1), use('a', 'a-2', 2)], 'after two secrets were used')
      await checkUses(other, ['A', 'b'], [use('A', 'A', 3)], 'of the other tokens')
      await other.recordUse([use('b', 'b', 4)])
      await store.recordUse([use('a', 'a', 9)])
      const all = [use('a', 'a', 9), use('a', 'a-2', 2), use('A', 'A', 3), use('b', 'b', 4)]
      await checkUses(store, ['a', 'A', 'b'], all, 'after one was used again')
      await checkUses(other, ['b', 'a', 'A'], all, 'by the other store')
      await checkUses(other, ['nobody'], [], 'of a token that does not exist')
    },
  },
  {
    name: 'a last use never goes back, whatever comes late, twice or at the same moment',
    breaks: 'A token that is in use is shown as unused for months, and an admin revokes it.',
    async check(stores) {
      const [store, other] = [whole(stores.store), whole(stores.other)]
      await write(store, recordOf('token'))
      await store.recordUse([use('token', 'token', 5)])
      for (const minutes of [[3], [1, 4, 2], [5, 5]]) {
        await other.recordUse(minutes.map((minute) => use('token', 'token', minute)))
        await checkUses(store, ['token'], [use('token', 'token', 5)], `after uses at minute ${minutes} came late`)
      }
      await store.recordUse([7, 9, 8].map((minute) => use('token', 'token', minute)))
      await checkUses(other, ['token'], [use('token', 'token', 9)], 'after three uses in one call')
      const minutes = upTo(20).map((i) => 10 + ((i * 7) % 20))
      await together(
        minutes.map((minute, i) => () => (i % 2 ? other : store).recordUse([use('token', 'token', minute)])),
      )
      await checkUses(store, ['token'], [use('token', 'token', 29)], 'after 20 calls at the same moment')
    },
  },
  {
    name: 'recordUse touches neither the record nor its version nor the log',
    breaks: 'A use that is written late brings back a token that was revoked, or makes every edit fail.',
    async check(stores) {
      const [store, other] = [whole(stores.store), whole(stores.other)]
      const record = await write(store, recordOf('token'))
      const uses = [use('token', 'token', 1)]
      await store.recordUse(uses)
      same(await other.find('token'), record, 'find after a use')
      const revoked = nextOf(record, { revokedAt: NOON, revokedBy: 'admin-1' })
      const useAt = (minute: number) => () => other.recordUse([use('token', 'token', minute)])
      const revoke = async (): Promise<void> => {
        await write(store, revoked)
      }
      await together([...upTo(10).map((i) => useAt(2 + i)), revoke])
      await other.recordUse([use('token', 'token', 99)])
      same(await store.find('token'), revoked, 'find after uses beside a revoke')
      same(await store.findByDigest(digestOf('token')), revoked, 'findByDigest after uses beside a revoke')
      same(
        (await allEvents(store)).map(({ version }) => version),
        [1, 2],
        'The versions in the log',
      )
      await checkUses(store, ['token'], [use('token', 'token', 99)], 'after the revoke')
    },
  },
  {
    name: 'uses of tokens that do not exist, none at all and a thousand at once do no harm',
    breaks: 'One swept token in a batch, or a busy minute, loses the uses of all others.',
    async check(stores) {
      const [store, other] = [whole(stores.store), whole(stores.other)]
      await write(store, recordOf('token'))
      await store.recordUse([])
      await checkUses(store, [], [], 'of no token')
      await store.recordUse([use('gone', 'gone', 1), use('token', 'token', 1)])
      await checkUses(other, ['token'], [use('token', 'token', 1)], 'beside one of a token that does not exist')
      same(
        [await other.find('gone'), await other.findByDigest(digestOf('gone'))],
        [undefined, undefined],
        'A token that was only used',
      )
      const many = upTo(1_000).map((i) => use('token', `secret-${i}`, i))
      const record = await store.find('token')
      if (record) {
        const secrets = many.map(({ digest }, i) => ({ digest, issuedAt: NOON, worksUntil: i === 999 ? null : NOON }))
        await write(store, nextOf(record, { secrets: [...record.secrets, ...secrets].slice(-1_000) }))
      }
      await store.recordUse(many)
      const known = await other.lastUse(['token', ...upTo(500).map((i) => `none-${i}`)])
      const found = many.filter(({ digest, at }) => known.some((one) => one.digest === digest && one.at === at))
      same(found.length, 1_000, 'The number of uses that are known of 1,000 that were written at once')
    },
  },
])
