/**
 * Ends many tokens of a plan: first a preview, then those that it showed and that still fit, and no others. Each by its version and
 * with an event of its own, in calls of bounded work; what was interrupted goes on, since what has ended is not ended twice.
 */
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { statusOf, type TokenRecord } from '../core/token.ts'
import type { Token } from '../core/token-view.ts'
import { change } from './commit.ts'
import { cursorOf, readCursor } from './cursor.ts'
import { isOfOneToken, revocation } from './end.ts'
import { type ManagingEngine, timeOf } from './engine.ts'
import { type Fitting, isWanted } from './fitting.ts'
import { parseInput } from './input.ts'
import { pickedPages, planPages } from './plan-pages.ts'
import { hashOf, type Since, since, stampNow, stampOf } from './preview-stamp.ts'
import type { PreviewRevokeInput, RevokeFilter, RevokeManyInput } from './revoke-input.ts'
import { loadRecord, refuseNonAdmin } from './rights.ts'
import { show } from './show.ts'
import { refuseWeakEnd } from './step-up.ts'

/** How many tokens are read at a time, and how many a call looks at. */
const STEP = 500
const MOST_SEEN = 10_000
const SHOWN = 50
const LIMIT = 500

/** What `revokeMany` would end. */
export interface RevokePreview {
  /** How many tokens. */
  readonly count: number
  /** The first of them, the newest first. */
  readonly tokens: readonly Token[]
  /** Stands for what was previewed; good until the log no longer goes back so far, or has 100,000 events more of the plan. */
  readonly stamp: string
}

/** What a call of `revokeMany` did. Each list has the ids of tokens that the preview counted. */
export interface RevokedMany {
  /** Ended by this call. */
  readonly revoked: readonly string[]
  /** Had ended before: revoked by somebody, or by an earlier call; expired; or swept. */
  readonly ended: readonly string[]
  /** Left alone, since they fit no more: edited, refreshed, or moved to another plan. */
  readonly changed: readonly string[]
  /** Not ended, and why: they may work still. */
  readonly failed: readonly { readonly id: string; readonly code: PlanTokenError['code'] }[]
  /** The `after` of the next call; absent when all were looked at. */
  readonly next?: string
}

/** What a plan and a filter are to a stamp: the same in whatever order they were said. */
function subjectOf(planId: string, filter: RevokeFilter): readonly unknown[] {
  const sorted = (of: object): unknown[] =>
    Object.entries(of)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [
        name,
        Array.isArray(value) ? [...value].sort() : typeof value === 'object' ? sorted(value) : value,
      ])
  return [planId, sorted(filter)]
}

/** A canary lies somewhere to be found, and nobody hears of it any more once it has ended: so it ends only where it is named. */
const fittingOf = (filter: RevokeFilter): Fitting => ({
  ...(filter.ids === undefined && { canary: false }),
  ...filter,
  status: filter.status ?? 'active',
})

/** How many tokens of a plan fit a filter, the first of them, and a stamp by which `revokeMany` ends these and no newer ones. */
export async function previewRevoke(engine: ManagingEngine, input: PreviewRevokeInput): Promise<RevokePreview> {
  const { actor, planId, filter, limit = SHOWN } = parseInput('previewRevoke', input)
  await refuseNonAdmin(engine, actor, planId)
  const { stamp, text } = await stampNow(engine, subjectOf(planId, filter))
  const wanted = fittingOf(filter)
  const log = since(engine, planId, stamp)
  const first: TokenRecord[] = []
  let count = 0
  for await (const page of pagesOf(engine, planId, wanted)) {
    await log.catchUp()
    for (const record of page) {
      const before = log.before(record)
      if (!before || !isWanted(engine, before, wanted, stamp.now) || !isWanted(engine, record, wanted, stamp.now))
        continue
      count += 1
      if (first.length < limit) first.push(record)
    }
  }
  return { count, tokens: await show(engine, first), stamp: text }
}

/** What may fit: those that were picked, or what the store finds of the plan, the newest first. */
function pagesOf(engine: ManagingEngine, planId: string, wanted: Fitting): AsyncIterable<readonly TokenRecord[]> {
  const { ids, createdBy: _, expiresBefore: _expiresBefore, scope: _scope, canary: _canary, ...ofStore } = wanted
  return ids ? pickedPages(engine, planId, ids) : planPages(engine, { planId, ...ofStore }, STEP)
}

/**
 * Ends tokens of a plan that fit a filter, as the preview of the stamp saw them, up to a limit in a call; `next` leads on. One
 * that cannot be ended keeps no other alive.
 */
export async function revokeMany(engine: ManagingEngine, input: RevokeManyInput): Promise<RevokedMany> {
  const { actor, planId, filter, stamp: text, reason, limit = LIMIT, after } = parseInput('revokeMany', input)
  const from = after === undefined ? undefined : readCursor(after, 'newest').position
  await refuseNonAdmin(engine, actor, planId)
  const stamp = stampOf(text)
  if (stamp.hash !== hashOf(engine, subjectOf(planId, filter)))
    throw new PlanTokenError('invalid_input', {
      issues: [issueAt(['stamp'], 'is that of another plan or of another filter. Preview again.', 'stamp_of_other')],
    })
  const wanted = fittingOf(filter)
  const log = since(engine, planId, stamp)
  await log.catchUp()
  let isStrong = false
  const judge = judgeOf(engine, log, wanted, stamp.now)
  const done = { revoked: [] as string[], ended: [] as string[], changed: [] as string[] }
  const failed: { id: string; code: PlanTokenError['code'] }[] = []
  const result = async (next: string | undefined): Promise<RevokedMany> => {
    // Those that had ended too: an earlier call may have broken off before it waited for them.
    if (done.revoked.length + done.ended.length > 0) await engine.freshness.untilSeenEverywhere()
    return { ...done, failed, ...(next !== undefined && { next }) }
  }
  let seen = 0
  let place = after
  const pages = filter.ids
    ? pickedPages(engine, planId, filter.ids, from?.id)
    : planPages(engine, { planId }, STEP, from)
  for await (const page of pages) {
    await log.catchUp()
    for (const record of page) {
      if (done.revoked.length + failed.length >= limit || seen >= MOST_SEEN) return result(place)
      seen += 1
      const verdict = judge(record)
      if (verdict === 'fits') {
        // What has ended already asks nobody to authenticate again, as in a revocation of one.
        if (!isStrong) await refuseWeakEnd(engine, actor, planId)
        isStrong = true
        try {
          done[await revokeOne(engine, planId, record, { actor, reason, log, judge })].push(record.id)
        } catch (thrown) {
          if (!(thrown instanceof PlanTokenError)) throw thrown
          // Of a store that fails the next one would hear the same: what was done is told, and the next call begins with this one.
          const isDown = !isOfOneToken(thrown)
          if (isDown && place === undefined) throw thrown
          failed.push({ id: record.id, code: thrown.code })
          if (isDown) return result(place)
        }
      } else if (verdict !== 'unseen') done[verdict].push(record.id)
      place = cursorOf(record, 'newest', stamp.now)
    }
  }
  return result(undefined)
}

/** What is to be done with a token: nothing with one that the preview did not count. */
type Verdict = 'unseen' | 'ended' | 'changed' | 'fits'
type Judge = (record: TokenRecord) => Verdict

function judgeOf(engine: ManagingEngine, log: Since, wanted: Fitting, previewedAt: number): Judge {
  const { status, ...rest } = wanted
  return (record) => {
    const before = log.before(record)
    if (!before || !isWanted(engine, before, wanted, previewedAt)) return 'unseen'
    const now = statusOf(record, timeOf(engine))
    if (now === 'revoked' || (now === 'expired' && status !== 'expired')) return 'ended'
    // At the moment of the preview: which of them end soon does not depend on how long it has been lying there.
    return now === status && isWanted(engine, record, rest, previewedAt) ? 'fits' : 'changed'
  }
}

/** Ends one, unless it is another by now than when the page was read; what it then is to be counted as. */
async function revokeOne(
  engine: ManagingEngine,
  planId: string,
  seen: TokenRecord,
  by: { readonly actor: Actor; readonly reason: string | undefined; readonly log: Since; readonly judge: Judge },
): Promise<'revoked' | 'ended' | 'changed'> {
  const { actor, reason, log, judge } = by
  let outcome: 'revoked' | 'ended' | 'changed' = 'revoked'
  await change(
    engine,
    () => loadRecord(engine, seen.id),
    async (before) => {
      outcome = 'revoked'
      if (before?.planId === planId && before.version !== seen.version) await log.catchUp()
      const verdict = !before ? 'ended' : before.planId === planId ? judge(before) : 'changed'
      if (before && verdict === 'fits') return revocation(engine, before, actor, reason)
      outcome = verdict === 'ended' ? 'ended' : 'changed'
      return { result: before }
    },
  )
  return outcome
}
