/**
 * Looks all tokens through for what fell due, some at a time, every now and then. What falls due of a token: outbox/due.ts. When this
 * is done, and what comes of it: outbox/runner.ts.
 */
import type { TokenRecord } from '../core/token.ts'
import { ask, readObjects } from '../service/ask.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { dueOfAll } from './lane.ts'
import type { DueState } from './state.ts'

/** How many tokens are read at a time. */
const STEP = 200

/** The walk through all tokens. */
export interface DueWalk {
  /** How far it is, as it is written down. */
  state(): DueState
  /** Up to which moment tokens are looked through, or were the last time. */
  until(): number
  /** Notes that all is told that fell due of a plan up to a moment: its other tokens may be looked through later than that. */
  told(planId: string, until: number): void
  /**
   * Looks through some tokens.
   *
   * @param fellDue is called with each plan of which something fell due, and since when that is not told.
   * @returns whether there are more, or `undefined` where it is not time yet.
   * @throws PlanTokenError `unavailable`.
   */
  step(fellDue: (planId: string, after: number) => void): Promise<boolean | undefined>
}

/**
 * @param everyMs how often all tokens are looked through, in milliseconds.
 * @param state as it was written down.
 */
export function dueWalkOf(engine: ManagingEngine, everyMs: number, state: DueState): DueWalk {
  let due = state
  /** Up to which moment all was told, by plan. */
  const toldUntil = new Map<string, number>()
  const isTold = (planId: string, until: number): boolean => (toldUntil.get(planId) ?? 0) >= until

  return {
    state: () => due,
    until: () => due.until ?? due.after,
    told: (planId, until) => void toldUntil.set(planId, until),
    async step(fellDue) {
      const now = timeOf(engine)
      if (due.until === undefined) {
        if (now - due.after < everyMs) return undefined
        due = { after: due.after, until: now }
        toldUntil.clear()
      }
      const { after, until = now, id } = due
      const query = { limit: STEP, ...(id !== undefined && { after: id }) }
      const scan = async (): Promise<TokenRecord[]> => (await engine.store.scan?.(query)) ?? []
      const page: TokenRecord[] = await ask(engine, 'store.scan', scan, readObjects)
      for (const { planId } of await dueOfAll(engine, page, { after, until }))
        if (!isTold(planId, until)) fellDue(planId, after)
      const last = page.at(-1)?.id
      const isMore = page.length === STEP && last !== undefined
      due = isMore ? { after, until, id: last } : { after: until }
      return isMore
    },
  }
}
