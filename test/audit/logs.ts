/** Logs for the tests of the audit log: a store that holds some events, and one whose events somebody has changed. */
import { memoryStore, type TokenEvent, type TokenStore } from 'plan-access-tokens'
import { ADMIN, newWorld, type World } from '../support/world.ts'

/** What `verifyLog` asks for. */
export type Log = Pick<TokenStore, 'events' | 'chained'>

/** A log as somebody has left it who can write everything in it. */
export function logOf(events: readonly TokenEvent[]): Log {
  return {
    chained: true,
    async events({ after = 0, order = 'oldest', limit }) {
      // In the order in which they lie there, as a database without an order would give them.
      const all = order === 'oldest' ? events : events.toReversed()
      const from = order === 'newest' || after === 0 ? 0 : events.findIndex(({ seq }) => seq > after)
      return from === -1 ? [] : all.slice(from, from + limit)
    },
  }
}

/** Every event of a store. */
export async function allOf(store: Pick<TokenStore, 'events'>): Promise<TokenEvent[]> {
  return store.events({ limit: 100_000 })
}

/** A world whose log has one event for each of some tokens, and an edit of each. */
export async function filledWorld(tokens = 5): Promise<World & { readonly ids: readonly string[] }> {
  const world = newWorld({ store: memoryStore() })
  const ids: string[] = []
  for (let i = 0; i < tokens; i++) ids.push((await world.make({ name: `Token ${i}` })).id)
  for (const [i, id] of ids.entries()) {
    world.clock.advance(1_000)
    await world.tokens.edit({ actor: ADMIN, id, name: `Edited ${i} é 🔐` })
  }
  return Object.assign(world, { ids })
}
