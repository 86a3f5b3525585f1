/** An edit where approvals are asked for: of a pending token it asks anew, and one that widens another leaves a proposal. */
import type { EditToJudge } from '../core/approvals.ts'
import type { EventType } from '../core/event.ts'
import { askedAnew, proposed } from '../core/pending.ts'
import { isCanary, statusOf, type TokenRecord } from '../core/token.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { entryOf } from '../service/rights.ts'
import { widens } from './widens.ts'

/**
 * What an edit becomes where another admin has to approve it: the pending token asked for anew, or a proposal. `undefined` where
 * it may be made at once.
 */
export async function editThatWaits(
  engine: ManagingEngine,
  { before, choice, changes, actor, now, eventId, isAsked }: EditToJudge,
): Promise<{ record: TokenRecord; type: EventType } | undefined> {
  if (statusOf(before, now) === 'pending') return { record: askedAnew(before, choice, now, eventId), type: 'edited' }
  // Nothing is let through with a canary, whatever it is given.
  if (!isAsked || isCanary(before)) return undefined
  if (!(await widens(engine, entryOf(engine, before), before, choice))) return undefined
  const proposal = { by: actor.id, at: now, version: before.version, changes }
  return { record: proposed(before, proposal, eventId), type: 'edit_requested' }
}
