/** Reads all tokens of a plan, a page at a time, the newest first: what is made meanwhile stands before them. */
import type { TokenRecord } from '../core/token.ts'
import type { ListPosition, ListQuery } from '../ports.ts'
import { ask, readObjects } from './ask.ts'
import { type Engine, timeOf } from './engine.ts'

/** Which tokens of which plan. */
type PlanQuery = Omit<ListQuery, 'order' | 'now' | 'after' | 'limit'>

/** @param step how many tokens a page has, until there are fewer. */
export async function* planPages(
  engine: Engine,
  query: PlanQuery,
  step: number,
  after?: ListPosition,
): AsyncGenerator<readonly TokenRecord[], void> {
  const now = timeOf(engine)
  for (let place = after; ; ) {
    const asked: ListQuery = { ...query, order: 'newest', now, limit: step, ...(place && { after: place }) }
    const page = await ask(engine, 'store.list', () => engine.store.list(asked), readObjects)
    const last = page.at(-1)
    yield page.filter(({ planId }) => planId === query.planId)
    if (page.length < step || !last) return
    place = { ended: false, at: last.createdAt, id: last.id }
  }
}
