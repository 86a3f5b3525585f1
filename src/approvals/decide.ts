/** `approve` and `decline`: another admin than the one who asked decides about a pending token, or about an edit that waits. */
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { ChangedChoice } from '../core/lifecycle.ts'
import { merged, TOO_MANY_KEYS } from '../core/metadata.ts'
import { approved, isSamePerson, withoutProposal } from '../core/pending.ts'
import { proposalOf, statusOf, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import type { ProposedChanges } from '../core/waiting.ts'
import { APPROVAL_INPUTS } from '../service/approval-input.ts'
import { change, type Judged, judgement } from '../service/commit.ts'
import { revocationAs } from '../service/end.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { newId } from '../service/ids.ts'
import { parseBy } from '../service/input.ts'
import { askRules } from '../service/plan-rules.ts'
import {
  entryOf,
  isAdmin,
  loadManaged,
  refuseInactive,
  refuseIneligible,
  refuseOtherVersion,
} from '../service/rights.ts'
import { editedWithTerm } from '../service/self-renewal.ts'
import { showOne } from '../service/show.ts'
import { refuseWeak } from '../service/step-up.ts'
import { refuseDisallowed } from './still-allowed.ts'

/** Says yes to what another admin asked for. Everything is judged again, by the rules of now. */
export async function approve(engine: ManagingEngine, input: object): Promise<Token> {
  const { actor, id, version } = parseBy(APPROVAL_INPUTS.approve, input)
  let seen: string | undefined
  const changed = await change(
    engine,
    () => loadManaged(engine, actor, id),
    async (before) => {
      refuseOtherVersion(before, version)
      const now = timeOf(engine)
      const by = requesterOf(before, now)
      // An approval is for what was there when it was given, and not for what somebody has put in its place meanwhile.
      const asked = askedFor(before)
      seen ??= asked
      if (seen !== asked) throw new PlanTokenError('version_conflict')
      await refuseOwn(engine, by, actor, before.planId)
      return approval(engine, before, actor, now)
    },
  )
  await engine.freshness.untilSeenEverywhere()
  return showOne(engine, changed)
}

/** Says no to it: a pending token ends, a proposal is dropped. */
export async function decline(engine: ManagingEngine, input: object): Promise<Token> {
  const { actor, id, reason, version } = parseBy(APPROVAL_INPUTS.decline, input)
  const changed = await change(
    engine,
    () => loadManaged(engine, actor, id),
    async (before) => {
      refuseOtherVersion(before, version)
      const now = timeOf(engine)
      if (isSamePerson(requesterOf(before, now), actor.id)) throw new PlanTokenError('own_request')
      // No rule that cannot be read keeps alive what nobody wants.
      const rules = await askRules(engine, before.planId).catch(() => undefined)
      refuseWeak(engine, actor, rules, 'approve')
      if (statusOf(before, now) === 'pending') return revocationAs(engine, before, 'declined', actor, reason)
      const told = reason === undefined ? undefined : { reason }
      return judgement(before, withoutProposal(before, newId(engine.random)), 'declined', actor, told)
    },
  )
  await engine.freshness.untilSeenEverywhere()
  return showOne(engine, changed)
}

/** What waits, as text: all of a pending token but who has approved it, or the edit of another. */
function askedFor({ proposal, request, version, eventId, expiresAt, ...rest }: TokenRecord): string {
  return JSON.stringify(request ? [request.by, request.at, rest] : proposal)
}

/** Who asked for what waits. */
function requesterOf(record: TokenRecord, now: number): string {
  const status = statusOf(record, now)
  if (status !== 'pending') refuseInactive(record, now)
  const by = status === 'pending' ? record.request?.by : proposalOf(record, now)?.by
  if (!by) throw new PlanTokenError('nothing_requested')
  return by
}

/** Whoever asked may not approve, and must be somebody who may ask even now. */
async function refuseOwn(engine: ManagingEngine, by: string, actor: Actor, planId: string): Promise<void> {
  if (isSamePerson(by, actor.id)) throw new PlanTokenError('own_request')
  if (!(await isAdmin(engine, { id: by }, planId))) throw new PlanTokenError('nothing_requested')
}

async function approval(
  engine: ManagingEngine,
  before: TokenRecord,
  actor: Actor,
  now: number,
): Promise<Judged<TokenRecord>> {
  const entry = entryOf(engine, before)
  await refuseIneligible(engine, before.planId, entry.policy)
  const eventId = newId(engine.random)
  const { request, proposal } = before
  if (request) {
    // Twice is not an error.
    if (request.approvedBy !== undefined) return { result: before }
    refuseWeak(engine, actor, await refuseDisallowed(engine, before, entry), 'approve')
    return judgement(before, approved(before, actor.id, now, eventId), 'approved', actor)
  }
  const choice = { ...choiceOf(before, proposal?.changes ?? {}), proposal: undefined }
  const record = editedWithTerm(engine, entry.type, before, choice, eventId)
  refuseWeak(engine, actor, await refuseDisallowed(engine, record, entry), 'approve')
  return judgement(before, record, 'approved', actor)
}

/** What a proposal changes of the newest record. */
function choiceOf(
  record: TokenRecord,
  { metadata, contact, addresses, selfRenewal, ...rest }: ProposedChanges,
): ChangedChoice {
  const words = metadata === undefined ? undefined : merged(record.metadata, metadata)
  if (words === TOO_MANY_KEYS) throw new PlanTokenError('version_conflict')
  return {
    ...rest,
    ...(metadata !== undefined && { metadata: words as TokenRecord['metadata'] }),
    ...(contact !== undefined && { contact: contact ?? undefined }),
    ...(addresses !== undefined && { addresses: addresses ?? undefined }),
    ...(selfRenewal !== undefined && { selfRenewal: selfRenewal ?? undefined }),
  }
}
