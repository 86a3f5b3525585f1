/**
 * What waits for an admin of a plan: tokens that were asked for, and edits. Hub alone. Of a plan that is kept in memory for the table
 * (hub/overview/keep.ts) nothing is read for it; of a larger one some pages of the engine's own list. Its `ETag` is that of the overview.
 */
import * as z from 'zod/mini'
import { type Route, route } from '../admin/route.ts'
import { statusOf } from '../core/token.ts'
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
export const requestsRoute = (keep: Keep): Route =>
  route({
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
      return {
        tag: tagOf(head, now),
        make: async () => {
          const { tokens } = await keeper.of(asker, head)
          return tokens
            ? newest(
                [...tokens.values()].filter((token) => isWaiting(token, now)),
                true,
              )
            : read(asker)
        },
      }
    },
  })

/** Whether something of a token waits for a decision, or to be collected. */
function isWaiting(token: Token, now: number): boolean {
  const status = statusOf(token, now)
  return status === 'pending' || (status === 'active' && token.proposal !== undefined)
}

async function read({ engine, actor, planId }: Asker): Promise<Requests> {
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
  return newest(found, isWhole)
}

function newest(found: readonly Token[], isWhole: boolean): Requests {
  const askedAt = ({ request, proposal }: Token): number => proposal?.at ?? request?.at ?? 0
  const requests = found.toSorted((a, b) => askedAt(b) - askedAt(a)).slice(0, MOST_SHOWN)
  return { requests, isWhole: isWhole && found.length <= MOST_SHOWN }
}
