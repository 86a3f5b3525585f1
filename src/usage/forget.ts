/** Removes what is kept of the use of tokens that a sweep removes, so that nothing stays of those that are gone. */
import { isBefore, type TokenRecord } from '../core/token.ts'
import { ask, readObjects } from '../service/ask.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { loadRecord } from '../service/rights.ts'
import { nameOfToken, removeValue } from './values.ts'

/** How many tokens are read at a time. */
const STEP = 500

/**
 * Removes what is kept of all tokens that ended before a moment. What it gives does so once more for those that are gone by then: a
 * process may have written something of them meanwhile.
 *
 * @throws PlanTokenError `unavailable`.
 */
export async function forget(engine: ManagingEngine, before: number): Promise<() => Promise<void>> {
  const ids: string[] = []
  for (let after: string | undefined; ; ) {
    const query = { limit: STEP, ...(after !== undefined && { after }) }
    const page: TokenRecord[] = await ask(
      engine,
      'store.scan',
      async () => engine.store.scan?.(query) ?? [],
      readObjects,
    )
    for (const { id, revokedAt, expiresAt } of page) {
      if (!isBefore(Math.min(revokedAt ?? expiresAt, expiresAt), before)) continue
      ids.push(id)
      await removeValue(engine, nameOfToken(engine, id))
    }
    after = page.at(-1)?.id
    if (page.length < STEP || after === undefined) break
  }
  return async () => {
    for (const id of ids)
      if ((await loadRecord(engine, id)) === undefined) await removeValue(engine, nameOfToken(engine, id))
  }
}
