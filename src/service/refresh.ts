/** A new secret for a token, and the dates that it would give. */
import { PlanTokenError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { refreshDates, refreshed } from '../core/lifecycle.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { isCanary, newestSecret, type TokenRecord } from '../core/token.ts'
import { change, type Judged } from './commit.ts'
import type { ManagingEngine } from './engine.ts'
import { newId } from './ids.ts'
import type { Inputs, PreviewRefreshInput, ReadInput, RefreshInput } from './input.ts'
import { readInput, refuseIssues } from './input.ts'
import { fresh, type Issued, reissue, repeatable, type Written } from './issue.ts'
import { askRules, limitsBy, refuseBroken } from './plan-rules.ts'
import { loadManaged, refuseUnchangeable } from './rights.ts'
import { termAgain } from './self-renewal.ts'
import { showOne } from './show.ts'
import { refuseWeak } from './step-up.ts'

/** The dates that a refresh gives, in epoch milliseconds. */
export interface RefreshDates {
  readonly expiresAt: number
  /** Until when the secret works that is the newest now. */
  readonly previousWorksUntil: number
}

/** The dates that a refresh would give now, epoch milliseconds. Changes nothing. */
export async function previewRefresh(engine: ManagingEngine, input: PreviewRefreshInput): Promise<RefreshDates> {
  const read = readInput('previewRefresh', input)
  const { actor, id } = ownerOf(read)
  const record = await loadManaged(engine, actor, id)
  const { now, ...entry } = await refuseUnrefreshable(engine, record)
  const rules = await askRules(engine, record.planId)
  refuseBroken(rules, record, entry)
  return refreshDates(record, now, limitsWith(limitsBy(entry.policy, rules), read))
}

/** Gives a token its next secret and its lifetime again. Resolves when every process judges by the change. */
export async function refresh(engine: ManagingEngine, input: RefreshInput): Promise<Issued> {
  const read = readInput('refresh', input)
  const { actor, id } = ownerOf(read)
  const { retirePrevious: retire = 'afterGrace', graceHours, idempotencyKey: key } = read.fields
  const repeated = repeatable(engine, 'refresh', id, key, graceHours === undefined ? [retire] : [retire, graceHours])
  let newestSeen: string | undefined
  const issued = await change(
    engine,
    () => loadManaged(engine, actor, id),
    async (before): Promise<Judged<Written>> => {
      const { policy, type, now } = await refuseUnrefreshable(engine, before)
      const rules = await askRules(engine, before.planId)
      refuseBroken(rules, before, { policy, type })
      const lifetimes = limitsWith(limitsBy(policy, rules), read)
      if (repeated && before.idempotency.some((entry) => entry.key === repeated.key)) {
        const again = await reissue(engine, before, repeated, actor)
        refuseWeak(engine, actor, rules, 'refresh')
        return again
      }
      // Two refreshes at the same moment must not both win: the second one would retire a secret that nobody has seen yet.
      newestSeen ??= newestSecret(before)?.digest
      if (newestSecret(before)?.digest !== newestSeen) throw new PlanTokenError('version_conflict')
      const { secret, digest } = fresh(engine, type.prefix)
      const record = refreshed(before, {
        now,
        digest,
        eventId: newId(engine.random),
        retire,
        lifetimes,
        details: termAgain(engine, before, type),
        ...(repeated && { idempotency: { ...repeated, digest } }),
      })
      if (typeof record === 'string') throw new PlanTokenError(record)
      refuseWeak(engine, actor, rules, 'refresh')
      return { record, type: 'refreshed', actor, result: { record, secret, replaced: true } }
    },
  )
  await engine.freshness.untilSeenEverywhere()
  return { token: await showOne(engine, issued.record), secret: issued.secret }
}

/** The limits of a refresh with the grace that was chosen for it. */
function limitsWith(
  limits: CompiledPolicy['limits'],
  { fields: { graceHours: hours, retirePrevious }, issues }: ReadInput<Partial<Inputs['refresh']>>,
): CompiledPolicy['limits'] {
  const found = [...issues]
  const isGood = Number.isSafeInteger(hours) && (hours as number) >= 0 && (hours as number) <= limits.graceHours
  if (hours !== undefined && retirePrevious === 'now')
    found.push(
      issueAt(
        ['graceHours'],
        'must be left out with retirePrevious "now", which ends every earlier secret.',
        'both_given',
        { field: 'retirePrevious' },
      ),
    )
  else if (hours !== undefined && !isGood)
    found.push(
      issueAt(['graceHours'], `must be a whole number of hours from 0 to ${limits.graceHours}.`, 'grace_hours', {
        most: limits.graceHours,
      }),
    )
  refuseIssues(found)
  return hours === undefined ? limits : { ...limits, graceHours: hours }
}

/** Whose token is asked about, or everything that is wrong where that cannot be told. */
function ownerOf({ fields: { actor, id }, issues }: ReadInput<Pick<Inputs['token'], 'actor' | 'id'>>): Inputs['token'] {
  if (actor === undefined || id === undefined) throw new PlanTokenError('invalid_input', { issues })
  return { actor, id }
}

/** The secret of a canary lies where somebody is to find it: another one of it would be of no use. */
function refuseUnrefreshable(engine: ManagingEngine, record: TokenRecord): ReturnType<typeof refuseUnchangeable> {
  if (isCanary(record)) throw new PlanTokenError('token_is_canary')
  return refuseUnchangeable(engine, record)
}
