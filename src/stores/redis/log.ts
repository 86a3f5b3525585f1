/** Pages of the audit log, of everything or out of an index, in bounded steps. */
import type { TokenEvent } from '../../core/event.ts'
import type { EventQuery } from '../../ports.ts'
import type { Reply } from './client.ts'
import { unreadableEvent } from './errors.ts'
import { eventOf } from './values.ts'

/** How many events one step reads at most, and how many bytes, about. */
const STEP = 500
const BYTES = 1_048_576

/** Reads a page of events. `ask` runs the script with its arguments. */
export async function eventPage(
  { planId, tokenId, after, order = 'oldest', limit }: EventQuery,
  base: string,
  ask: (args: readonly string[]) => Promise<Reply>,
): Promise<TokenEvent[]> {
  const page: TokenEvent[] = []
  const index = tokenId !== undefined ? `token-events:${tokenId}` : planId !== undefined ? `plan-events:${planId}` : ''
  const isUp = order === 'oldest'
  let from = firstSeq(after, isUp)
  for (;;) {
    const wanted = Math.min(limit - page.length, STEP)
    if (wanted <= 0 || from < 1) return page
    const [, all, flat] = await ask([index, isUp ? 'up' : 'down', String(from), String(wanted), String(BYTES)])
    const texts = Array.isArray(flat) ? flat : []
    for (let i = 0; i + 2 < texts.length; i += 3) {
      const event = eventOf(texts[i + 1], texts[i], texts[i + 2])
      if (!event) throw unreadableEvent(texts[i], base)
      if (planId === undefined || event.planId === planId) page.push(event)
      from = event.seq + (isUp ? 1 : -1)
    }
    if (all === '1') return page
  }
}

/** The first `seq` that may come after one, in either direction; 0 if there can be none. */
function firstSeq(after: number | undefined, isUp: boolean): number {
  if (isUp) return after === undefined ? 1 : Math.min(Math.max(Math.floor(after) + 1, 1), Number.MAX_SAFE_INTEGER)
  return after === undefined ? Number.MAX_SAFE_INTEGER : Math.max(Math.ceil(after) - 1, 0)
}
