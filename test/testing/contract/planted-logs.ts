/** Mistakes in the audit log: its order, its numbers, its pages. */
import type { EventQuery, TokenEvent } from 'plan-access-tokens'
import { append, eventsOf, filtered, fits, put } from './plain-store.ts'
import { type Planted, planted } from './planted-store.ts'

const SEQ = 'seq is a positive whole number that grows with every commit, whatever the dates say'
const ORDER = 'events come in commit order, or in the reverse of it'
const AFTER = 'events after a seq are those behind it in the order that is asked for, it not included'
const FILTERS = 'events of a plan or of a token hold no other'
const LIMIT = 'events gives as many as were asked for if there are so many behind the seq that fit'
const PAGES = 'going through the log in pages neither skips nor repeats while it is being written'
const LARGE = 'a plan with 520 tokens, and its log, are given in pages as large as the service asks for'

/** A store whose log is read in another way. */
const withEvents = (
  mistake: string,
  caughtBy: string | string[],
  says: string,
  make: (log: readonly TokenEvent[], query: EventQuery) => readonly TokenEvent[],
): Planted =>
  planted(mistake, caughtBy, says, (data) => ({
    events: async (query) => structuredClone([...make(data.log, query)]),
  }))

/** A store whose events get another number. */
const withSeq = (
  mistake: string,
  caughtBy: string | string[],
  says: string,
  seqOf: (count: number, planId: string) => unknown,
): Planted =>
  planted(mistake, caughtBy, says, (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      data.seq += 1
      append(data, event, seqOf(data.seq, event.planId) as number)
      return true
    },
  }))

export const MISTAKEN_LOGS: readonly Planted[] = [
  withSeq('begins with seq 0', SEQ, 'The seq after 0 is 0', (count) => count - 1),
  withSeq('gives seq out as text', SEQ, 'The seq after 0 is "1"', (count) => String(count)),
  withSeq('gives seq out as bigint', SEQ, 'the bigint 1', (count) => BigInt(count)),
  withSeq('gives two events one seq', SEQ, 'The seq after 1 is 1', (count) => Math.ceil(count / 2)),
  withSeq('takes the time for the seq', SEQ, 'no larger whole number', () => Date.now()),
  planted('counts seq anew for each plan', SEQ, 'revoke', (data) => ({
    async commit(record, event) {
      if (!fits(data, record)) return false
      put(data, record)
      append(data, event, data.log.filter(({ planId }) => planId === event.planId).length + 1)
      return true
    },
  })),
  withEvents('orders the log by date', [ORDER, SEQ], 'e', (log, query) =>
    eventsOf(
      log.toSorted((a, b) => a.at - b.at),
      query,
    ),
  ),
  withEvents('orders the log by the text of seq', ORDER, 'did not happen', (log, query) =>
    eventsOf(
      log.toSorted((a, b) => (String(a.seq) < String(b.seq) ? -1 : 1)),
      query,
    ),
  ),
  withEvents('knows one order only', ORDER, 'newest', (log, query) => eventsOf(log, { ...query, order: 'oldest' })),
  withEvents('gives the event of the seq again', [AFTER, PAGES], 'e', (log, query) => {
    const { after, order = 'oldest', limit } = query
    return filtered(log, query)
      .filter(({ seq }) => after === undefined || (order === 'oldest' ? seq >= after : seq <= after))
      .slice(0, limit)
  }),
  withEvents('gives newer events behind a seq, newest first', AFTER, 'repeats an event', (log, query) =>
    filtered(log, query)
      .filter(({ seq }) => query.after === undefined || seq > query.after)
      .slice(0, query.limit),
  ),
  withEvents('takes a seq for an offset', [AFTER, PAGES], 'e', (log, query) =>
    filtered(log, query).slice(query.after ?? 0, (query.after ?? 0) + query.limit),
  ),
  withEvents('takes a seq of 0 for none, newest first', AFTER, 'instead of', (log, query) => {
    const { after, ...rest } = query
    return eventsOf(log, after ? query : rest)
  }),
  withEvents('takes plans in any letter case', FILTERS, 'another one’s audit log', (log, query) => {
    const { planId, ...rest } = query
    return eventsOf(
      log.filter((event) => planId === undefined || event.planId.toLowerCase() === planId.toLowerCase()),
      rest,
    )
  }),
  withEvents('forgets the token where a plan is given', FILTERS, 'another one’s audit log', (log, query) => {
    const { tokenId, ...rest } = query
    return eventsOf(log, query.planId === undefined ? query : rest)
  }),
  withEvents('forgets the plan where a token is given', FILTERS, 'another one’s audit log', (log, query) => {
    const { planId, ...rest } = query
    return eventsOf(log, query.tokenId === undefined ? query : rest)
  }),
  withEvents('filters after it has counted', LIMIT, 'end of the log', (log, query) => {
    const { planId, tokenId, ...rest } = query
    return eventsOf(log, rest).filter(
      (event) => (planId ?? event.planId) === event.planId && (tokenId ?? event.tokenId) === event.tokenId,
    )
  }),
  withEvents('ignores the limit', LIMIT, 'instead of', (log, query) => eventsOf(log, { ...query, limit: 99_999 })),
  withEvents(
    'gives 100 at most',
    [LARGE, 'a reader who has seen an event is never shown an older one for the first time'],
    'revoke',
    (log, query) => eventsOf(log, { ...query, limit: Math.min(100, query.limit) }),
  ),
]
