/** One token in each state, for tests that must treat them all. */
import { millisecondsInHour } from 'date-fns/constants'
import type { Policy } from '../core/policy.ts'
import type { CreateInput } from '../service/input.ts'
import type { Issued } from '../service/issue.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import type { TestClock } from './clock.ts'

/** A token of each state, with a secret of it. */
export interface TokensInEachState {
  /** Works for as long as was asked for. */
  readonly active: Issued
  /** Works for one hour more. */
  readonly expiring: Issued
  /** Was refreshed a moment ago: both secrets work. */
  readonly refreshed: Issued & { readonly previous: Issued['secret'] }
  /** Was refreshed a day ago: the token works, and this secret of it does not. */
  readonly retired: Issued
  readonly expired: Issued
  readonly revoked: Issued
}

/**
 * Makes a token in each state, moving the clock 48 hours ahead on the way.
 *
 * @param input what `create` takes; its `lifetimeDays` must be at least 3, and the policy's grace period at most 48 hours.
 * @example
 * const { active, revoked } = await tokensInEachState(tokens, clock, { actor: 'admin-1', planId: '1001', … })
 */
export async function tokensInEachState<P extends Policy>(
  tokens: PlanTokens<P>,
  clock: TestClock,
  input: CreateInput<P> & { readonly lifetimeDays: number },
): Promise<TokensInEachState> {
  const { actor } = input
  if (!(input.lifetimeDays >= 3))
    throw new TypeError('The lifetime must be at least 3 days, since the clock is moved by two.')
  const make = (lifetimeDays = input.lifetimeDays): Promise<Issued> =>
    tokens.create({ ...input, lifetimeDays } as CreateInput<P>)
  const expired = await make(1)
  const retired = await make()
  await tokens.refresh({ actor, id: retired.token.id })
  clock.advance(25 * millisecondsInHour)
  const expiring = await make(1)
  clock.advance(23 * millisecondsInHour)
  const active = await make()
  const before = await make()
  const after = await tokens.refresh({ actor, id: before.token.id })
  const revoked = await make()
  await tokens.revoke({ actor, id: revoked.token.id })
  return { active, expiring, refreshed: { ...after, previous: before.secret }, retired, expired, revoked }
}
