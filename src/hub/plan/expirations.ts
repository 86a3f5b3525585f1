/** `GET /plans/{planId}/expirations`: how many active tokens of a plan end in which month of UTC, the soonest counted first. */
import * as z from 'zod/mini'
import { type AdminEngine, type Route, route } from '../../admin/route.ts'
import type { Actor } from '../../core/actor.ts'

/** How many end in which month. */
export interface Expirations {
  /** Months such as `2027-01`, the first first, those in which none ends left out. */
  readonly months: readonly { readonly month: string; readonly count: number }[]
  /** Whether all active tokens are counted: no more than so many are looked at. */
  readonly isWhole: boolean
}

const STEP = 500
const MOST_STEPS = 40

/** The route. */
export const expirationsRoute: Route = route({
  id: 'getExpirations',
  method: 'GET',
  path: '/plans/{planId}/expirations',
  summary: 'How many active tokens of a plan end in which month of UTC.',
  query: z.strictObject({}),
  codes: ['invalid_input', 'not_plan_admin', 'unavailable'],
  call: async (engine, { actor, param }) => ({ body: await expirations(engine, actor, param) }),
})

async function expirations(engine: Pick<AdminEngine, 'list'>, actor: Actor, planId: string): Promise<Expirations> {
  const counts = new Map<string, number>()
  let after: string | undefined
  for (let step = 0; step < MOST_STEPS; step++) {
    const query = { order: 'expiry', status: 'active', limit: STEP, ...(after !== undefined && { after }) } as const
    const { tokens, next } = await engine.list({ actor, planId, ...query })
    for (const { expiresAt } of tokens) {
      const month = new Date(expiresAt).toISOString().slice(0, 7)
      counts.set(month, (counts.get(month) ?? 0) + 1)
    }
    after = next
    if (after === undefined) break
  }
  const months = [...counts].map(([month, count]) => ({ month, count }))
  return { months: months.sort((a, b) => (a.month < b.month ? -1 : 1)), isWhole: after === undefined }
}
