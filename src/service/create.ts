/** A new token and its first secret, or a request for one. */
import { PlanTokenError } from '../core/errors.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import { created, type Lifetime } from '../core/lifecycle.ts'
import type { PlanRules } from '../core/plan-rules.ts'
import { type IdempotencyRecord, statusOf, type TokenRecord } from '../core/token.ts'
import { change, type Judged } from './commit.ts'
import { type ManagingEngine, timeOf } from './engine.ts'
import { newId } from './ids.ts'
import type { CreateInput } from './input.ts'
import { readInput } from './input.ts'
import { fresh, type Issued, type Requested, reissue, repeatable, type Written } from './issue.ts'
import { judgeNew, lifetimeIssues, type NewToken } from './new-token.ts'
import { refuseBroken } from './plan-rules.ts'
import { entryOf, loadRecord } from './rights.ts'
import { readSelfRenewal } from './self-renewal.ts'
import { showOne } from './show.ts'
import { refuseWeak } from './step-up.ts'

/** Makes a token with its first secret, or a pending one where another admin has to approve it. */
export async function create(engine: ManagingEngine, input: CreateInput): Promise<Issued | Requested> {
  const read = readInput('create', input)
  const { lifetimeDays, expiresAt, idempotencyKey: key, canary, selfRenewal: mayRenew, renewUntil } = read.fields
  const renewal = readSelfRenewal(engine, read.fields, engine.types.get(read.fields.type as string)?.type)
  read.issues.push(...renewal.issues, ...canaryIssues(engine, read.fields))
  // Nothing is let through with a canary.
  const waits = (rules: PlanRules | undefined): boolean => rules?.approvals !== undefined && !canary
  const made = await judgeNew(
    engine,
    read,
    (limits) => lifetimeIssues(engine, read, limits),
    (rules) => {
      if (waits(rules) && !engine.approvals) throw new PlanTokenError('approval_required')
    },
  )
  const { actor, planId, type, choice, rules } = made
  const lifetime = (expiresAt === undefined ? { lifetimeDays } : { expiresAt }) as Lifetime
  const repeated = repeatable(engine, 'create', planId, key, [
    type.name,
    lifetimeDays ?? lifetime,
    choice,
    ...(canary ? [canary] : []),
    ...(mayRenew ? [{ mayRenew, renewUntil }] : []),
  ])
  // It follows from plan and key, so that two calls with the same key meet at version 1 of the same token, and no store needs
  // a table of keys.
  const known = repeated?.key.slice(0, 32)
  const issued = await change(
    engine,
    async () => (known === undefined ? undefined : loadRecord(engine, known)),
    async (before): Promise<Judged<Written | Waiting>> => {
      if (before && repeated) {
        // It was taken to a plan of which nobody has said that this actor is its admin.
        if (before.planId !== planId) throw new PlanTokenError('idempotency_key_spent')
        const again = await createdAgain(engine, before, repeated, made)
        refuseWeak(engine, actor, rules, 'create')
        return again
      }
      refuseWeak(engine, actor, rules, 'create')
      const { secret, digest } = waits(rules) ? NO_SECRET : fresh(engine, type.prefix)
      const record = created({
        ...choice,
        ...{ planId, type: type.name, actor: actor.id, now: timeOf(engine), digest },
        ...{ id: known ?? newId(engine.random), eventId: newId(engine.random) },
        ...lifetime,
        ...(canary && { canary }),
        ...(renewal.selfRenewal && { selfRenewal: renewal.selfRenewal }),
        ...(repeated && { idempotency: { ...repeated, digest } }),
      })
      if (secret) return { record, type: 'created', actor, result: { record, secret, replaced: false } }
      const pending = engine.approvals?.request(record, actor.id, expiresAt) as TokenRecord
      return { record: pending, type: 'requested', actor, result: { record: pending, secret, replaced: false } }
    },
  )
  // A new token works everywhere at once; a secret that was replaced must be dead everywhere first.
  if (issued.replaced) await engine.freshness.untilSeenEverywhere()
  return { token: await showOne(engine, issued.record), secret: issued.secret }
}

/** What keeps a new token from being a canary. */
function canaryIssues(
  { canaries }: ManagingEngine,
  { canary, selfRenewal }: Pick<CreateInput, 'canary' | 'selfRenewal'>,
): readonly Issue[] {
  if (!canary) return []
  const untold = 'is not taken here: the engine has no canaries, which would tell of its use.'
  const renewing = 'must be left out of a canary, which has no other secret.'
  return [
    ...(canaries ? [] : [issueAt(['canary'], untold, 'not_taken')]),
    ...(selfRenewal ? [issueAt(['selfRenewal'], renewing, 'both_given', { field: 'canary' })] : []),
  ]
}

/** What was asked for, or asked for before. */
interface Waiting {
  readonly record: TokenRecord
  readonly secret: undefined
  readonly replaced: false
}

/** The same call again, whatever became of the token since. */
async function createdAgain(
  engine: ManagingEngine,
  before: TokenRecord,
  repeated: Omit<IdempotencyRecord, 'digest'>,
  { actor, rules }: NewToken,
): Promise<Judged<Written | Waiting>> {
  if (statusOf(before, timeOf(engine)) === 'pending') {
    // What it was asked for by knew that there may be no secret.
    if (!engine.approvals) throw new PlanTokenError('approval_required')
    return stillWaiting(before, repeated)
  }
  // It may hold more by now than it was made with.
  refuseBroken(rules, before, entryOf(engine, before))
  return reissue(engine, before, repeated, actor)
}

const NO_SECRET = { secret: undefined, digest: '' }

/** The same call again, of a token that waits: the same token, which has no secret that could be lost. */
function stillWaiting(record: TokenRecord, { key, input }: Omit<IdempotencyRecord, 'digest'>): Judged<Waiting> {
  const known = record.idempotency.find((entry) => entry.key === key)
  if (known?.input !== input) throw new PlanTokenError('idempotency_key_reused')
  return { result: { record, secret: undefined, replaced: false } }
}
