/** Which token began which session (protocols up to 2025-11-25). A session is only for the token that began it. */

/** The sessions of this process. */
export interface Sessions {
  /** Keeps a session that the server has begun for a token. */
  begin(session: string, tokenId: string): void
  /** Whether a token began a session. One that this process does not know was begun by nobody. */
  isOf(session: unknown, tokenId: string): boolean
  /** Forgets a session that has ended. */
  end(session: unknown): void
}

/**
 * As many as a process keeps. Of more, whoever has the most loses the oldest of them and begins anew: nobody can make a process
 * forget the sessions of others.
 */
const MOST = 10_000

export function createSessions(): Sessions {
  const owners = new Map<unknown, string>()
  /** The sessions of each token, the oldest first. */
  const owned = new Map<string, Set<unknown>>()
  const forget = (session: unknown): void => {
    const tokenId = owners.get(session)
    if (tokenId === undefined) return
    owners.delete(session)
    const rest = owned.get(tokenId)
    rest?.delete(session)
    if (rest?.size === 0) owned.delete(tokenId)
  }
  return {
    begin(session, tokenId) {
      // Another token's session of the same id is not taken over.
      if (owners.has(session)) return
      owners.set(session, tokenId)
      owned.set(tokenId, (owned.get(tokenId) ?? new Set()).add(session))
      if (owners.size > MOST) forget(oldestOfMost(owned))
    },
    isOf: (session, tokenId) => owners.get(session) === tokenId,
    end: forget,
  }
}

function oldestOfMost(owned: ReadonlyMap<string, ReadonlySet<unknown>>): unknown {
  let most: ReadonlySet<unknown> = new Set()
  for (const sessions of owned.values()) if (sessions.size > most.size) most = sessions
  return most.values().next().value
}
