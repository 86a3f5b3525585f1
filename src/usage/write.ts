/**
 * Writes what is gathered of a token or of a plan: what several processes write of one is put together by the version of its value.
 * When it is written: usage/gatherer.ts. As what it stands there: usage/kept.ts.
 */
import type { Engine } from '../service/engine.ts'
import { loadRecord } from '../service/rights.ts'
import { changeValue } from '../service/values.ts'
import { addDays, boundDays, type Counts } from './days.ts'
import { add, type Gathered, newGathered, settle } from './gathered.ts'
import { readPlan, readToken, textOfPlan, textOfToken } from './kept.ts'
import { nameOfPlan, nameOfToken, readOrTell, removeValue } from './values.ts'

/** Between which days the true ones lie, at the moment of the call: what is known of the newest one grows meanwhile. */
export interface DayBounds {
  /** Nothing new was used before this day, whatever a clock says that was set back. */
  least(): number
  /** The newest day that any process is known to have seen. */
  newest(): number
}

/** Adds to what is kept of a token. @throws PlanTokenError `unavailable`. */
export async function writeToken(
  engine: Engine,
  { least, newest }: DayBounds,
  id: string,
  part: Gathered,
): Promise<void> {
  const name = nameOfToken(engine, id)
  let isNew = false
  settle(part, least(), newest() + 1)
  await changeValue(engine, name, async (text) => {
    const kept = readOrTell(engine, name, text, readToken)
    const after = newGathered(part.planId)
    isNew = kept === undefined
    if (kept === 'unreadable') after.from = newest() + 1
    else if (kept?.planId === part.planId) {
      settle(kept, Number.NEGATIVE_INFINITY, newest() + 1)
      add(after, kept)
    } else if (kept) {
      // It was moved to another plan, whose admins are not told how it was used before.
      if ((await planOf(engine, id)) !== part.planId) return undefined
      after.from = newest() + 1
    }
    add(after, part)
    return textOfToken(after, newest())
  })
  // A sweep may have removed the token meanwhile, and nobody would remove the value any more.
  if (isNew && (await planOf(engine, id).catch(() => part.planId)) === undefined) await removeValue(engine, name)
}

/** Adds to what is kept of a plan. @throws PlanTokenError `unavailable`. */
export async function writePlan(
  engine: Engine,
  { newest }: DayBounds,
  planId: string,
  part: ReadonlyMap<number, Counts>,
): Promise<void> {
  const name = nameOfPlan(engine, planId)
  await changeValue(engine, name, (text) => {
    const kept = readOrTell(engine, name, text, readPlan)
    const after = new Map<number, Counts>()
    if (kept && kept !== 'unreadable') addDays(after, kept)
    addDays(after, part)
    boundDays(after, newest())
    return textOfPlan(planId, after)
  })
}

/** Whether a record is there still, and in which plan. */
async function planOf(engine: Engine, id: string): Promise<string | undefined> {
  return (await loadRecord(engine, id))?.planId
}
