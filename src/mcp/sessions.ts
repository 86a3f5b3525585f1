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

/** As many as a process keeps: of more, the oldest are forgotten, and their clients begin anew. */
const MOST = 10_000

export function createSessions(): Sessions {
  const owners = new Map<unknown, string>()
  return {
    begin(session, tokenId) {
      // Another token's session of the same id is not taken over.
      if (owners.has(session)) return
      owners.set(session, tokenId)
      if (owners.size > MOST) owners.delete(owners.keys().next().value)
    },
    isOf: (session, tokenId) => owners.get(session) === tokenId,
    end: (session) => void owners.delete(session),
  }
}
