/** Which token began which session (protocols up to 2025-11-25). A session is only for the token that began it. */

/** The sessions of this process. */
export interface Sessions {
  /** Keeps a session that the server has begun for a token. */
  begin(session: string, token: Owner): void
  /** Whether a token began a session. One that this process does not know was begun by nobody. */
  isOf(session: unknown, tokenId: string): boolean
  /** Forgets a session that has ended. */
  end(session: unknown): void
}

/** Whose a session is. */
interface Owner {
  readonly id: string
  readonly planId: string
}

/**
 * As many as a process keeps. Of more, the plan that has the most loses one, the oldest of its token that has the most, and begins
 * anew: nobody can make a process forget the sessions of other plans, however many tokens they make for it.
 */
const MOST = 10_000

/** Makes the memory of sessions: of one process, and empty at first. */
export function createSessions(): Sessions {
  const owners = new Map<unknown, Owner>()
  /** The sessions of each token of each plan, the oldest first. */
  const plans = new Map<string, OfPlan>()
  const forget = (session: unknown): void => {
    const owner = owners.get(session)
    const ofPlan = owner && plans.get(owner.planId)
    if (!ofPlan) return
    owners.delete(session)
    const rest = ofPlan.tokens.get(owner.id)
    rest?.delete(session)
    if (rest?.size === 0) ofPlan.tokens.delete(owner.id)
    ofPlan.count -= 1
    if (ofPlan.count === 0) plans.delete(owner.planId)
  }
  return {
    begin(session, { id, planId }) {
      // Another token's session of the same id is not taken over.
      if (owners.has(session)) return
      owners.set(session, { id, planId })
      const ofPlan = plans.get(planId) ?? { count: 0, tokens: new Map<string, Set<unknown>>() }
      plans.set(planId, ofPlan)
      ofPlan.count += 1
      ofPlan.tokens.set(id, (ofPlan.tokens.get(id) ?? new Set()).add(session))
      if (owners.size > MOST) forget(oldestOfMost(plans))
    },
    isOf: (session, tokenId) => owners.get(session)?.id === tokenId,
    end: forget,
  }
}

interface OfPlan {
  count: number
  readonly tokens: Map<string, Set<unknown>>
}

function oldestOfMost(plans: ReadonlyMap<string, OfPlan>): unknown {
  const { tokens } = most(plans.values(), ({ count }) => count)
  const sessions = most(tokens.values(), ({ size }) => size)
  return sessions.values().next().value
}

function most<T>(all: Iterable<T>, of: (one: T) => number): T {
  const [first, ...others] = all
  return others.reduce((before, one) => (of(one) > of(before) ? one : before), first as T)
}
