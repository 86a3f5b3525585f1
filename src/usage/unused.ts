/**
 * `unused`: the tokens of a plan that nobody uses. It goes by the last use of secrets, which every process writes
 * (service/uses.ts).
 */
import { PlanTokenError } from '../core/errors.ts'
import { beganAt } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { parseBy } from '../service/input.ts'
import { list, type TokenPage } from '../service/manage.ts'
import { keepsUses } from '../service/plan-rules.ts'
import { DEFAULT_WINDOW, USAGE_INPUTS } from '../service/usage-input.ts'
import { dayOf, startOf } from './days.ts'

/** How many tokens are read at a time, and how many are looked at in a call. */
const [STEP, MOST_LOOKED_AT] = [200, 1_000]

/**
 * A page of the active tokens of a plan that were not used in a window of days.
 *
 * @throws PlanTokenError `not_supported` where the store keeps no uses.
 */
export async function unusedOf(engine: ManagingEngine, input: unknown): Promise<TokenPage> {
  const { actor, planId, window = DEFAULT_WINDOW, limit = 50, after } = parseBy(USAGE_INPUTS.unused, input)
  const from = startOf(dayOf(timeOf(engine)) - window)
  if (!keepsUses(engine))
    throw new PlanTokenError('not_supported', {
      message: 'The store keeps no uses of secrets: it has no recordUse() and lastUse().',
    })
  const tokens: Token[] = []
  let next = after
  for (let looked = 0; looked < MOST_LOOKED_AT; ) {
    // Never more than fit, so that what was looked at ends where the next page begins.
    const some = Math.min(STEP, limit - tokens.length)
    const page = await list(engine, {
      ...{ actor, planId, status: 'active', limit: some },
      ...(next !== undefined && { after: next }),
    })
    if (page.tokens.some(({ lastUsedAt }) => lastUsedAt === undefined))
      throw new PlanTokenError('unavailable', { message: 'The store did not say when the tokens were used.' })
    tokens.push(...page.tokens.filter((token) => isUnused(token, from)))
    looked += some
    next = page.next
    if (next === undefined || tokens.length >= limit) break
  }
  return next === undefined ? { tokens } : { tokens, next }
}

/** Whether a token is older than the window and was not used in it. A canary is meant not to be. */
function isUnused(token: Token, from: number): boolean {
  const { canary, lastUsedAt } = token
  return !canary && beganAt(token) < from && (lastUsedAt ?? Number.NEGATIVE_INFINITY) < from
}
