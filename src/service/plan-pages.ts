/** Reads all tokens of a plan, a page at a time, the newest first: what is made meanwhile stands before them. */
import type { TokenRecord } from '../core/token.ts'
import type { ListPosition, ListQuery } from '../ports.ts'
import { ask, readObjects } from './ask.ts'
import { type Engine, timeOf } from './engine.ts'
import { loadRecord } from './rights.ts'

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

/** How many picked tokens are read at the same time. */
const AT_ONCE = 50

/**
 * Reads picked tokens of a plan, in the order of their ids, and so none of them twice and no others.
 *
 * @param after the id of the last one that was read.
 */
export async function* pickedPages(
  engine: Engine,
  planId: string,
  ids: readonly string[],
  after = '',
): AsyncGenerator<readonly TokenRecord[], void> {
  const left = ids.filter((id) => id > after).sort()
  for (let i = 0; i < left.length; i += AT_ONCE) {
    const found = await Promise.all(left.slice(i, i + AT_ONCE).map((id) => loadRecord(engine, id)))
    yield found.flatMap((record) => (record?.planId === planId ? [record] : []))
  }
}
