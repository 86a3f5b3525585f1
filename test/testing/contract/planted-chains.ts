/** Mistakes in the chain over the audit log: links of another text, forks, places that came along. */
import type { NewEvent, TokenEvent, TokenRecord } from 'plan-access-tokens'
import { append, type Data, fits, linkOf, put } from './plain-store.ts'
import { type Planted, planted } from './planted-store.ts'

const EACH = 'each event has the chain that follows from the one before, in every page'
const WITHOUT = 'an event without a hash has no chain, and the next one follows from the one before it'
const CAME = 'a link that came with an event is not kept: the place in the log is the log’s own'
const REFUSED = 'a commit that is refused or comes twice adds no link'
const MANY = 'the chain has no gap and no fork while many write at the same moment'
const SWEPT = 'the chain goes on after a sweep has taken its beginning'

/** A store that writes its log in another way. */
const withCommit = (
  mistake: string,
  caughtBy: string | string[],
  commit: (data: Data, record: TokenRecord, event: NewEvent) => Promise<boolean> | boolean,
): Planted =>
  planted(mistake, caughtBy, 'verifies the audit log', (data) => ({
    commit: async (record, event) => commit(data, record, event),
  }))

const withChain = (event: NewEvent, seq: number, chain: string): TokenEvent => ({
  ...structuredClone(event),
  seq,
  chain,
})

export const MISTAKEN_CHAINS: readonly Planted[] = [
  withCommit('leaves the number out of the link', EACH, (data, record, event) => {
    if (!fits(data, record)) return false
    put(data, record)
    data.chain = linkOf(data.chain, 1, event.hash ?? '')
    data.log.push(withChain(event, ++data.seq, data.chain))
    return true
  }),
  withCommit('counts a chain for each token', [EACH, MANY], (data, record, event) => {
    if (!fits(data, record)) return false
    put(data, record)
    const before = data.log.findLast(({ tokenId }) => tokenId === event.tokenId)?.chain ?? '0'.repeat(64)
    data.seq += 1
    data.log.push(withChain(event, data.seq, linkOf(before, data.seq, event.hash ?? '')))
    return true
  }),
  planted('gives no chain in the pages of a plan', EACH, 'The events of a plan', (_, right) => ({
    events: async (query) => {
      const page = await right.events(query)
      return query.planId === undefined ? page : page.map(({ chain: __, ...event }) => event)
    },
  })),
  planted('links an event without a hash', WITHOUT, 'events without a chain', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      data.seq += 1
      data.chain = linkOf(data.chain, data.seq, event.hash ?? '')
      data.log.push(withChain(event, data.seq, data.chain))
      return true
    },
  })),
  planted('keeps a link that came along', CAME, 'The chain of the event 1', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      append(data, event)
      Object.assign(data.log.at(-1) as TokenEvent, { chain: (event as TokenEvent).chain ?? data.chain })
      return true
    },
  })),
  withCommit('links what it then refuses', REFUSED, (data, record, event) => {
    const isGood = fits(data, record)
    data.chain = linkOf(data.chain, data.seq + 1, event.hash ?? '')
    if (!isGood) return false
    put(data, record)
    data.log.push(withChain(event, ++data.seq, data.chain))
    return true
  }),
  withCommit('reads the newest link and writes the next one later', MANY, async (data, record, event) => {
    if (!fits(data, record)) return false
    put(data, record)
    const before = data.chain
    await Promise.resolve()
    data.seq += 1
    data.chain = linkOf(before, data.seq, event.hash ?? '')
    data.log.push(withChain(event, data.seq, data.chain))
    return true
  }),
  planted('begins the chain anew after a sweep', SWEPT, 'The chain of the event 5', (data, right) => ({
    async sweep(query) {
      data.chain = '0'.repeat(64)
      return right.sweep(query)
    },
  })),
]
