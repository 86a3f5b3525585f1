/** `collect`: whoever asked for a token takes its secret, once, after another admin has approved it. */
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import { collected } from '../core/pending.ts'
import { statusOf, type TokenRecord } from '../core/token.ts'
import { APPROVAL_INPUTS } from '../service/approval-input.ts'
import { change, type Judged } from '../service/commit.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { newId } from '../service/ids.ts'
import { parseBy } from '../service/input.ts'
import { fresh, type Issued, reissue, repeatable, type Written } from '../service/issue.ts'
import { askRules, limitsBy, refuseBroken } from '../service/plan-rules.ts'
import { entryOf, loadManaged, refuseInactive, refuseIneligible } from '../service/rights.ts'
import { termAgain } from '../service/self-renewal.ts'
import { showOne } from '../service/show.ts'
import { refuseWeak } from '../service/step-up.ts'
import { refuseDisallowed } from './still-allowed.ts'

/** Gives the first secret of an approved token to whoever asked for it. Its lifetime starts now. */
export async function collect(engine: ManagingEngine, input: object): Promise<Issued> {
  const { actor, id, idempotencyKey: key } = parseBy(APPROVAL_INPUTS.collect, input)
  // Another admin with the same key is another call.
  const repeated = repeatable(engine, 'collect', id, key, [actor.id])
  const { record, secret, replaced } = await change(
    engine,
    () => loadManaged(engine, actor, id),
    async (before): Promise<Judged<Written>> => {
      const entry = entryOf(engine, before)
      await refuseIneligible(engine, before.planId, entry.policy)
      const rules = await askRules(engine, before.planId)
      if (repeated && before.idempotency.some((one) => one.key === repeated.key)) {
        refuseBroken(rules, before, entry)
        const again = await reissue(engine, before, repeated, actor)
        refuseWeak(engine, actor, rules, 'create')
        return again
      }
      const now = timeOf(engine)
      refuseUncollectable(before, actor, now)
      await refuseDisallowed(engine, before, entry)
      refuseWeak(engine, actor, rules, 'create')
      const { secret, digest } = fresh(engine, entry.type.prefix)
      const record = collected(before, {
        ...{ now, digest, eventId: newId(engine.random) },
        longestDays: limitsBy(entry.policy, rules).lifetimeDays,
        details: termAgain(engine, before, entry.type),
        ...(repeated && { idempotency: { ...repeated, digest } }),
      })
      return { record, type: 'collected', actor, result: { record, secret, replaced: false } }
    },
  )
  if (replaced) await engine.freshness.untilSeenEverywhere()
  return { token: await showOne(engine, record), secret }
}

/** Only what is approved, by whoever asked for it and by nobody else. */
function refuseUncollectable(record: TokenRecord, actor: Actor, now: number): void {
  const status = statusOf(record, now)
  if (status !== 'pending') refuseInactive(record, now)
  if (status !== 'pending' || !record.request) throw new PlanTokenError('nothing_requested')
  const { by, approvedBy } = record.request
  if (by !== actor.id) throw new PlanTokenError('not_requester')
  if (approvedBy === undefined) throw new PlanTokenError('token_is_pending')
}
