/** What waits for an admin of a plan: tokens that were asked for, and edits. Hub alone; each is looked up by the engine's own list. */
import * as z from 'zod/mini'
import { type AdminEngine, type Route, route } from '../admin/route.ts'
import type { Actor } from '../core/actor.ts'
import type { Token } from '../core/token.ts'

/** What waits, the newest first. */
export interface Requests {
  readonly requests: readonly Token[]
  /** Whether that is all: no more than so many tokens are looked through, and so many shown. */
  readonly isWhole: boolean
}

const PAGE = 500
/** How many pages of active tokens are looked through for edits that wait. */
const MOST_PAGES = 60
const MOST_SHOWN = 500

/** `GET /plans/{planId}/requests`. */
export const requestsRoute: Route = route({
  id: 'listRequests',
  method: 'GET',
  path: '/plans/{planId}/requests',
  summary: 'What waits for another admin: tokens that were asked for, and edits.',
  query: z.strictObject({}),
  codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
  call: async (engine, { actor, param }) => ({ body: await requestsOf(engine, actor, param) }),
})

async function requestsOf(engine: AdminEngine, actor: Actor, planId: string): Promise<Requests> {
  const found: Token[] = []
  let isWhole = true
  for (const status of ['pending', 'active'] as const) {
    let after: string | undefined
    for (let page = 0; page < MOST_PAGES && found.length <= MOST_SHOWN; page++) {
      const query = { status, limit: PAGE, ...(after !== undefined && { after }) }
      const { tokens, next } = await engine.list({ actor, planId, ...query })
      found.push(...tokens.filter(({ request, proposal }) => request !== undefined || proposal !== undefined))
      after = next
      if (after === undefined) break
    }
    if (after !== undefined) isWhole = false
  }
  const askedAt = ({ request, proposal }: Token): number => proposal?.at ?? request?.at ?? 0
  const requests = found.sort((a, b) => askedAt(b) - askedAt(a)).slice(0, MOST_SHOWN)
  return { requests, isWhole: isWhole && found.length <= MOST_SHOWN }
}
