/**
 * What waits for an admin of a plan: tokens that were asked for, and edits. Hub alone. Of a plan that is kept in memory for the table
 * (hub/overview/keep.ts) nothing is read for it; of a larger one some pages of the engine's own list, which are kept until the log says
 * something new, for a minute at most. Its `ETag` is that of the overview with how many wait: what lapses leaves no event.
 */
import * as z from 'zod/mini'
import { type Route, route } from '../admin/route.ts'
import { proposalOf, statusOf } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import { type Asker, type Keep, tagOf } from './overview/keep.ts'

/** What waits, the newest first. */
export interface Requests {
  readonly requests: readonly Token[]
  /** Whether that is all: no more than so many tokens are looked through, and so many shown. */
  readonly isWhole: boolean
}

const PAGE = 500
/** How many pages of tokens of a larger plan are looked through: those that were asked for first, then active ones, for edits. */
const MOST_PAGES = 20
const MOST_SHOWN = 500

/** `GET /plans/{planId}/requests`, for one hub. */
export function requestsRoute(keep: Keep): Route {
  const looked = createLooked()
  return route({
    id: 'listRequests',
    method: 'GET',
    path: '/plans/{planId}/requests',
    summary: 'What waits for another admin: tokens that were asked for, and edits.',
    query: z.strictObject({}),
    codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
    call: async (engine, { actor, param: planId }) => {
      const { keeper, clock } = keep()
      const asker = { engine, actor, planId }
      const head = await keeper.head(asker)
      const now = clock.now()
      const tag = tagOf(head, now)
      const { tokens: kept } = await keeper.of(asker, head)
      const { tokens, isWhole } = kept ? { tokens: [...kept.values()], isWhole: true } : await looked.of(asker, tag)
      const waiting = tokens.filter((token) => isWaiting(token, now))
      return { tag: `"${tag.slice(1, -1)}.${waiting.length}"`, make: async () => newest(waiting, isWhole) }
    },
  })
}

/** Whether something of a token waits for a decision, or to be collected. */
function isWaiting(token: Token, now: number): boolean {
  const status = statusOf(token, now)
  return status === 'pending' || (status === 'active' && proposalOf(token, now) !== undefined)
}

/** What was looked through. */
interface Looked {
  readonly tokens: readonly Token[]
  readonly isWhole: boolean
}

/** Of so many larger plans it is kept what was looked through. */
const MOST_PLANS = 16

/** Looks through larger plans, each once for a tag. */
function createLooked() {
  const known = new Map<string, { readonly tag: string; readonly read: Promise<Looked> }>()
  return {
    of(asker: Asker, tag: string): Promise<Looked> {
      const { planId } = asker
      const last = known.get(planId)
      if (last?.tag === tag) return last.read
      const read = look(asker)
      known.delete(planId)
      known.set(planId, { tag, read })
      read.catch(() => known.delete(planId))
      const [oldest = planId] = known.keys()
      if (known.size > MOST_PLANS) known.delete(oldest)
      return read
    },
  }
}

async function look({ engine, actor, planId }: Asker): Promise<Looked> {
  const found: Token[] = []
  let isWhole = true
  let pages = 0
  for (const status of ['pending', 'active'] as const) {
    let after: string | undefined
    do {
      const query = { status, limit: PAGE, ...(after !== undefined && { after }) }
      const { tokens, next } = await engine.list({ actor, planId, ...query })
      found.push(...tokens.filter(({ request, proposal }) => request !== undefined || proposal !== undefined))
      after = next
      pages++
    } while (after !== undefined && pages < MOST_PAGES && found.length <= MOST_SHOWN)
    if (after !== undefined) isWhole = false
  }
  return { tokens: found, isWhole }
}

function newest(found: readonly Token[], isWhole: boolean): Requests {
  const askedAt = ({ request, proposal }: Token): number => proposal?.at ?? request?.at ?? 0
  const requests = found.toSorted((a, b) => askedAt(b) - askedAt(a)).slice(0, MOST_SHOWN)
  return { requests, isWhole: isWhole && found.length <= MOST_SHOWN }
}
