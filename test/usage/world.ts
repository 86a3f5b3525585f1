/** The plain world (support/world.ts) with what gathers how tokens are used, on a day from which on everything is known. */
import type { Policy, TokenAdvice, TokenUsage } from 'plan-access-tokens'
import { usage } from 'plan-access-tokens/usage'
import { secretWith } from '../../src/policy/judge.ts'
import { ADMIN, DAY, type FigmaPolicy, newWorld, POLICY, type World, type WorldOptions } from '../support/world.ts'

export const PLAN = { actor: ADMIN, planId: '1001' }
/** The day on which the first token can be made: that after the one on which it began. */
export const FIRST = '2027-02-01'

export const LINK = {
  A: 'https://figma.com/design/FileA',
  B: 'https://figma.com/board/FileB',
  project: 'https://figma.com/files/project/123',
}
export const OPEN = {
  A: 'GET /v1/files/FileA',
  B: 'GET /v1/files/FileB',
  comments: 'GET /v1/files/FileA/comments',
}

export interface UsageWorld<P extends Policy = FigmaPolicy> extends World<P> {
  usageOf(id: string): Promise<TokenUsage>
  adviceOn(id: string, window?: number): Promise<TokenAdvice>
  /** Lets days pass, on each of which it is gathered. */
  days(count: number): Promise<void>
}

/** Makes it; what was gathered begins on `FIRST`. */
export async function usageWorld<P extends Policy = FigmaPolicy>(
  options: WorldOptions<P> = {},
): Promise<UsageWorld<P>> {
  const world = newWorld<P>({ policy: POLICY as Policy as P, usage: usage(), ...options })
  const { tokens, clock } = world
  // A request that nobody's token makes: this process judges, and nothing else is to be told of it.
  const prefix = tokens.policies[0]?.types[0]?.prefix ?? ''
  const judge = async (): Promise<void> => {
    await tokens.authorize({ method: 'GET', url: '/', headers: { authorization: `Bearer ${secretWith(prefix)}` } })
    await tokens.planUsage(PLAN)
  }
  const days = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      clock.advance(DAY)
      await judge()
    }
  }
  await judge()
  await days(1)
  return {
    ...world,
    days,
    usageOf: (id) => tokens.usage({ actor: ADMIN, id }),
    adviceOn: (id, window) =>
      tokens.advice({ actor: ADMIN, id, ...(window !== undefined && { window }) }) as Promise<TokenAdvice>,
  }
}
