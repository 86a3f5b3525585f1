/** What a page of the audit log has to give, said once in the plainest way. */
import type { TokenEvent } from '../../core/event.ts'
import type { EventQuery } from '../../ports.ts'

/** What `events` has to give of a log. */
export function logged(
  log: readonly TokenEvent[],
  { planId, tokenId, after, order = 'oldest', limit }: EventQuery,
): TokenEvent[] {
  const all = order === 'oldest' ? log : log.toReversed()
  const isBehind = ({ seq }: TokenEvent): boolean =>
    after === undefined || (order === 'oldest' ? seq > after : seq < after)
  return all
    .filter((event) => planId === undefined || event.planId === planId)
    .filter((event) => tokenId === undefined || event.tokenId === tokenId)
    .filter(isBehind)
    .slice(0, limit)
}
