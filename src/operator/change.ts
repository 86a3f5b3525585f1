/**
 * What an operator changes: all tokens of a plan end, or belong to another one. Token by token, each by its version, so that
 * nothing that an admin does meanwhile is lost, and what was interrupted goes on.
 */
import { type Issue, issueAt } from '../core/issue.ts'
import { changesBetween, moved, moving } from '../core/lifecycle.ts'
import type { TokenRecord, TokenStatus } from '../core/token.ts'
import { change, judgement } from '../service/commit.ts'
import { isOfOneToken, revocation } from '../service/end.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { newId } from '../service/ids.ts'
import { parseBy, refuseIssues } from '../service/input.ts'
import { planPages } from '../service/plan-pages.ts'
import { isPlanId, loadRecord, refuseIneligible } from '../service/rights.ts'
import { type MovePlanInput, OPERATOR_INPUTS, type RevokePlanInput } from './inputs.ts'

/** How many tokens of a plan are read at a time. */
const STEP = 100

/** What `revokePlan` did. */
export interface RevokedPlan {
  /** How many tokens it ended. */
  readonly tokens: number
}

/** What `movePlan` did. */
export interface MovedPlan {
  /** How many tokens it moved. */
  readonly tokens: number
}

/** Ends every token of a plan, in the name of whoever runs the service. What failed is thrown once all were tried. */
export async function revokePlan(engine: ManagingEngine, input: RevokePlanInput): Promise<RevokedPlan> {
  const { planId, actor, reason } = parseBy(OPERATOR_INPUTS.revokePlan, input)
  let failed: unknown
  const end = async (id: string): Promise<boolean> => {
    try {
      return await changeOne(engine, id, planId, (before) => revocation(engine, before, actor, reason))
    } catch (error) {
      // One that cannot be read keeps no other alive.
      if (!isOfOneToken(error)) throw error
      failed ??= error
      return false
    }
  }
  // First those that wait: one whose secret is collected meanwhile is active then. And again, since more may be asked for meanwhile.
  let tokens = 0
  for (let before = -1; before !== tokens; ) {
    before = tokens
    for (const status of ['pending', 'active'] as const) tokens += await forEach(engine, planId, status, end)
  }
  await engine.freshness.untilSeenEverywhere()
  if (failed !== undefined) throw failed
  return { tokens }
}

/** Gives every token of a plan to another plan; each is judged by that plan before any is moved. */
export async function movePlan(engine: ManagingEngine, input: MovePlanInput): Promise<MovedPlan> {
  const { from, to, actor, reason } = parseBy(OPERATOR_INPUTS.movePlan, input)
  refuseIssues(problemsOf(engine, from, to))
  const judged = new Set<unknown>()
  const judge = async ({ type }: TokenRecord): Promise<void> => {
    const policy = engine.types.get(type)?.policy
    if (!policy || judged.has(policy)) return
    await refuseIneligible(engine, to, policy)
    judged.add(policy)
  }
  // All of them before the first is moved: a plan that is half here and half there helps nobody.
  await forEach(engine, from, undefined, async (_, record) => {
    await judge(record)
    return false
  })
  const tokens = await forEach(engine, from, undefined, async (id, record) => {
    await judge(record)
    const told = { reason, changes: { planId: { before: from, after: to } } }
    // In the log of the one plan before it belongs to the other: a log tells of nothing that its plan does not have.
    await changeOne(engine, id, from, (before) =>
      judgement(before, moving(before, newId(engine.random)), 'moving', actor, told),
    )
    return changeOne(engine, id, from, (before) => {
      const record = moved(before, to, newId(engine.random))
      const changes = { ...changesBetween(before, record), ...told.changes }
      return judgement(before, record, 'moved', actor, { reason, changes })
    })
  })
  await engine.freshness.untilSeenEverywhere()
  return { tokens }
}

function problemsOf(engine: ManagingEngine, from: string, to: string): readonly Issue[] {
  if (from === to) return [issueAt(['to'], 'must be another plan.')]
  return isPlanId(engine, to) ? [] : [issueAt(['to'], 'is no id that a plan can have.')]
}

/** Judges and writes one token, unless it belongs to another plan by now; whether anything was written. */
async function changeOne(
  engine: ManagingEngine,
  id: string,
  planId: string,
  judge: (before: TokenRecord) => ReturnType<typeof judgement>,
): Promise<boolean> {
  let isChanged = false
  await change(
    engine,
    () => loadRecord(engine, id),
    (before) => {
      isChanged = false
      // Swept meanwhile, or moved.
      if (before?.planId !== planId) return { result: before }
      const judged = judge(before)
      isChanged = 'record' in judged
      return judged
    },
  )
  return isChanged
}

/**
 * Does something to every token of a plan, in passes until one finds nothing to do: tokens may be made meanwhile. How many it was
 * done to.
 */
async function forEach(
  engine: ManagingEngine,
  planId: string,
  status: TokenStatus | undefined,
  work: (id: string, record: TokenRecord) => Promise<boolean>,
): Promise<number> {
  let done = 0
  for (let before = -1; before !== done; ) {
    before = done
    for await (const page of planPages(engine, { planId, ...(status && { status }) }, STEP))
      for (const record of page) if (await work(record.id, record)) done += 1
  }
  return done
}
