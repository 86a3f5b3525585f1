/**
 * Notices that no event stands for: what falls due as time goes by. They are derived from what a token is now and never scheduled,
 * so that a refresh or a use cancels them by itself, and nothing is missed where nobody looked for a while. Pure.
 */
import { millisecondsInDay } from 'date-fns/constants'
import { endOfLifetime } from '../core/lifecycle.ts'
import { endByRules, type PlanRules } from '../core/plan-rules.ts'
import {
  DECIDED_WITHIN_DAYS,
  ENDED,
  isBefore,
  isCanary,
  latestOf,
  newestSecret,
  proposalOf,
  type SecretRecord,
  type TokenRecord,
  UNUSED_DAYS,
} from '../core/token.ts'
import type { RulesWarning } from '../core/token-view.ts'
import type { NoticeHead } from './notice.ts'

/** How many days before its end a token is told of. */
const EXPIRING_DAYS = [1, 7, 30]
/** How many days before what waits for somebody lapses, or a rule of the plan ends a token. */
const LAPSING_DAYS = [1, 7]
/** In how many parts of its grace a superseded secret is looked at. */
const PARTS = 4

/** Moments after one and up to another, epoch milliseconds. */
export interface Window {
  readonly after: number
  readonly until: number
}

/**
 * What falls due of a token within a window, in the order of the moments. Of the days before an end only the last that has come.
 *
 * @param uses by digest; `undefined` where the store keeps none.
 * @param rules of its plan, where there are any and they are known.
 */
export function dueOf(
  record: TokenRecord,
  uses: ReadonlyMap<string, number> | undefined,
  window: Window,
  rules?: PlanRules,
): readonly NoticeHead[] {
  if (record.revokedAt !== null) return []
  const isWithin = (at: number): boolean => window.after < at && at <= window.until
  const { id: tokenId, planId, expiresAt } = record
  const head = (type: NoticeHead['type'], key: string, at: number, rest: Partial<NoticeHead>): NoticeHead => ({
    id: `${tokenId}_${key}`,
    type,
    at,
    planId,
    tokenId,
    ...rest,
  })
  /** Of the days before an end the last that has come, if it has within the window. Not in the first half of what waits. */
  const lapsing = (type: NoticeHead['type'], key: string, began: number, endsAt: number): NoticeHead[] => {
    const daysLeft = LAPSING_DAYS.find((left) => endsAt - left * millisecondsInDay <= window.until)
    if (daysLeft === undefined || !isBefore(window.until, endsAt)) return []
    const at = endsAt - daysLeft * millisecondsInDay
    return isWithin(at) && at - began >= endsAt - at
      ? [head(type, `${key}_${daysLeft}_${endsAt}`, at, { endsAt, daysLeft })]
      : []
  }
  // What was asked for ends as a request, and not as a token that anything uses.
  if (record.request !== undefined) {
    const { at, approvedAt = at } = record.request
    return lapsing('token.request_lapsing', 'request_lapsing', approvedAt, expiresAt)
  }
  const due: NoticeHead[] = []
  const proposal = proposalOf(record, window.until)
  if (proposal && isBefore(window.until, expiresAt)) {
    const lapsesAt = proposal.at + DECIDED_WITHIN_DAYS * millisecondsInDay
    due.push(
      ...lapsing('token.edit_request_lapsing', `edit_request_lapsing_${proposal.version}`, proposal.at, lapsesAt),
    )
  }
  const ruled = rules && !isCanary(record) ? endOfRules(record, rules, uses) : undefined
  if (ruled && ruled.endsAt < expiresAt) {
    const { endsAt, began, rule } = ruled
    const warned = lapsing('token.ending_by_rule', `ending_by_rule_${rule}`, began, endsAt)
    due.push(...warned.map((notice) => ({ ...notice, rule })))
    if (isWithin(endsAt))
      due.push(head('token.ended_by_rule', `ended_by_rule_${rule}_${endsAt}`, endsAt, { endsAt, rule }))
  }
  if (isWithin(expiresAt)) due.push(head('token.expired', `expired_${expiresAt}`, expiresAt, { endsAt: expiresAt }))
  if (isBefore(window.until, expiresAt)) {
    const began = newestSecret(record)?.issuedAt ?? record.createdAt
    const days = EXPIRING_DAYS.find((left) => expiresAt - left * millisecondsInDay <= window.until)
    const at = days === undefined ? Number.NaN : expiresAt - days * millisecondsInDay
    // A token that was made for seven days is not about to end when it is made.
    if (days !== undefined && isWithin(at) && at > began)
      due.push(head('token.expiring', `expiring_${days}_${expiresAt}`, at, { endsAt: expiresAt, daysLeft: days }))
    // That nobody uses it is what a canary is for.
    if (uses && !isCanary(record)) due.push(...unusedOf(record, uses).filter(({ at }) => isWithin(at)))
  }
  if (uses)
    for (const [i, secret] of record.secrets.slice(0, -1).entries()) {
      const since = record.secrets[i + 1]?.issuedAt ?? Number.NaN
      const found = oldUseOf(secret, since, uses.get(secret.digest), isWithin)
      if (found)
        due.push(
          head('token.old_secret_used', `old_secret_used_${since}_${found.part}`, found.at, {
            endsAt: secret.worksUntil ?? Number.NaN,
            lastUsedAt: found.used,
          }),
        )
    }
  return due.sort((a, b) => a.at - b.at)
}

/** When the rules of its plan end a token, by its age or since nobody has used it, whichever comes first. */
function endOfRules(
  record: TokenRecord,
  rules: PlanRules,
  uses: ReadonlyMap<string, number> | undefined,
): { readonly endsAt: number; readonly began: number; readonly rule: RulesWarning['code'] } | undefined {
  const issuedAt = newestSecret(record)?.issuedAt ?? Number.NaN
  const byAge = endByRules(rules, record) ?? Number.POSITIVE_INFINITY
  const began = Math.max(issuedAt, ...record.secrets.flatMap(({ digest }) => uses?.get(digest) ?? []))
  const byIdling =
    rules.idleDays !== undefined && uses ? endOfLifetime(began, rules.idleDays) : Number.POSITIVE_INFINITY
  if (byIdling < byAge) return { endsAt: byIdling, began, rule: 'token_idle' }
  return Number.isFinite(byAge) ? { endsAt: byAge, began: issuedAt, rule: 'lifetime_exceeded' } : undefined
}

function unusedOf({ id, planId, createdAt, secrets }: TokenRecord, uses: ReadonlyMap<string, number>): NoticeHead[] {
  const used = secrets.flatMap(({ digest }) => uses.get(digest) ?? [])
  const lastUsedAt = latestOf(used) ?? null
  const since = Math.max(createdAt, lastUsedAt ?? 0, ...secrets.map(({ issuedAt }) => issuedAt))
  const at = since + UNUSED_DAYS * millisecondsInDay
  return [{ id: `${id}_unused_${since}`, type: 'token.unused', at, planId, tokenId: id, lastUsedAt }]
}

/** The last part of a superseded secret's grace that ends within the window, if the secret was used in it. */
function oldUseOf(
  { worksUntil }: SecretRecord,
  since: number,
  used: number | undefined,
  isWithin: (at: number) => boolean,
): { readonly part: number; readonly at: number; readonly used: number } | undefined {
  if (used === undefined || worksUntil === null || worksUntil === ENDED) return undefined
  const endOf = (part: number): number => Math.round(since + ((worksUntil - since) * part) / PARTS)
  for (let part = PARTS; part > 0; part--)
    if (isWithin(endOf(part)) && used > endOf(part - 1)) return { part, at: endOf(part), used }
  return undefined
}
