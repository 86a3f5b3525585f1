/** The store contract: the chain over the audit log, by which it is found that a line was changed or taken out. */
import { CHAIN_START, linkOf, withHash } from '../../core/chain.ts'
import { portableSha256 } from '../../core/digest.ts'
import type { NewEvent, TokenEvent } from '../../core/event.ts'
import type { TokenRecord } from '../../core/token.ts'
import type { TokenStore } from '../../ports.ts'
import { casesOf, check, same, together, upTo } from './case.ts'
import { allEvents, eventOf, NOON, nextOf, recordOf } from './records.ts'

const WRITERS = 6
const ROUNDS = 10
/** How often one of several writers may lose at most. */
const ATTEMPTS = 500

const hashed = (record: TokenRecord, change: Partial<NewEvent> = {}): NewEvent =>
  withHash(portableSha256, eventOf(record, change))

async function write(store: TokenStore, record: TokenRecord, change: Partial<NewEvent> = {}): Promise<void> {
  same(await store.commit(record, hashed(record, change)), true, 'The answer to a commit whose event has a hash')
}

/** Fails unless each event has a number and a link that follow from those of the one before. */
function checkChain(events: readonly TokenEvent[], before = CHAIN_START): void {
  let link = before
  for (const [i, { seq, hash, chain }] of events.entries()) {
    same(seq, (events[0]?.seq ?? 0) + i, 'The seq behind the one before')
    if (hash === undefined) {
      same(chain, undefined, `The chain of the event ${seq}, which has no hash`)
      continue
    }
    link = linkOf(portableSha256, link, seq, hash)
    same(chain, link, `The chain of the event ${seq}`)
  }
}

const breaks = 'Whoever verifies the audit log is told that it was touched, or is not told that it was.'

export const CHAINS = casesOf('chained', [
  {
    name: 'each event has the chain that follows from the one before, in every page',
    breaks,
    async check({ store, other }) {
      let record = recordOf('token-1')
      await write(store, record, { reason: 'é \u200d 🔐', changes: { name: { before: 'a', after: null } } })
      for (const i of upTo(5)) {
        record = nextOf(record)
        await write(i % 2 ? store : other, record)
        await write(i % 2 ? other : store, recordOf(`more-${i}`, { planId: `plan-${i}` }))
      }
      const all = await allEvents(other)
      same(all.length, 11, 'The number of events')
      checkChain(all)
      same(await store.events({ order: 'newest', limit: 11 }), all.toReversed(), 'events by newest')
      const mine = all.filter(({ tokenId }) => tokenId === 'token-1')
      same(await store.events({ tokenId: 'token-1', limit: 11 }), mine, 'The events of a token')
      same(await store.events({ planId: 'plan-3', limit: 11 }), [all[8]], 'The events of a plan')
    },
  },
  {
    name: 'an event without a hash has no chain, and the next one follows from the one before it',
    breaks: 'While an update is rolled out, and older processes write, the log cannot be verified any more.',
    async check({ store, other }) {
      for (const i of upTo(7)) {
        const record = recordOf(`token-${i}`)
        const event = i % 3 === 1 ? eventOf(record) : hashed(record)
        same(await (i % 2 ? other : store).commit(record, event), true, 'The answer to a commit')
      }
      const all = await allEvents(other)
      same(all.filter(({ chain }) => chain === undefined).length, 2, 'The number of events without a chain')
      checkChain(all)
    },
  },
  {
    name: 'a link that came with an event is not kept: the place in the log is the log’s own',
    breaks: 'A log that was copied event by event cannot be verified.',
    async check({ store, other }) {
      const record = recordOf('token-1')
      const event = { ...hashed(record), seq: 77, chain: 'f'.repeat(64) }
      same(await store.commit(record, event), true, 'The answer to a commit')
      checkChain(await allEvents(other))
    },
  },
  {
    name: 'a commit that is refused or comes twice adds no link',
    breaks,
    async check({ store, other }) {
      const record = recordOf('token-1')
      await write(store, record)
      // As whoever has lost the answer does.
      await together(upTo(4).map((i) => () => (i % 2 ? other : store).commit(record, hashed(record))))
      await other.commit(nextOf(nextOf(record)), hashed(nextOf(nextOf(record))))
      await write(other, nextOf(record))
      const all = await allEvents(store)
      same(all.length, 2, 'The number of events')
      checkChain(all)
    },
  },
  {
    name: 'the chain has no gap and no fork while many write at the same moment',
    breaks,
    async check({ store, other }) {
      await write(store, recordOf('shared'))
      const writer = (i: number) => async (): Promise<void> => {
        const mine = i % 2 ? other : store
        let own = recordOf(`own-${i}`)
        for (const _ of upTo(ROUNDS)) {
          await write(mine, own)
          own = nextOf(own)
          for (let attempt = 0; ; attempt++) {
            check(attempt < ATTEMPTS, `A writer lost ${ATTEMPTS} times in a row.`)
            const found = await mine.find('shared')
            const changed = nextOf(found as TokenRecord, { eventId: `by-${i}-${attempt}-${own.version}` })
            if ((await mine.commit(changed, hashed(changed))) === true) break
          }
        }
      }
      await together(upTo(WRITERS).map(writer))
      const all = await allEvents(other)
      same(all.length, 1 + WRITERS * ROUNDS * 2, 'The number of events')
      checkChain(all)
    },
  },
  {
    name: 'the chain goes on after a sweep has taken its beginning',
    breaks,
    async check({ store, other }) {
      if (!store.sweep) return
      for (const i of upTo(4)) await write(store, recordOf(`token-${i}`), { at: NOON + i })
      const all = await allEvents(other)
      same(
        await store.sweep({ before: NOON + 100, limit: 100 }),
        { records: 0, events: 3 },
        'What a sweep of everything but the newest event removed',
      )
      await write(other, recordOf('later'))
      const left = await allEvents(store)
      same(left[0], all[3], 'The event that is left')
      checkChain(left, all[2]?.chain)
    },
  },
])
