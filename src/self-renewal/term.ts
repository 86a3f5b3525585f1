/** From when and until when a token may renew itself: what an admin may choose, what follows from it, and what a renewal gives. */
import { type Issue, type IssueCode, type IssueParams, issueAt } from '../core/issue.ts'
import { endOfLifetime } from '../core/lifecycle.ts'
import { endByRules, type PlanRules } from '../core/plan-rules.ts'
import type { SelfRenewals } from '../core/self-renewal.ts'
import type { SelfRenewalRule, SelfRenewing } from '../core/self-renewing.ts'
import { isBefore, isDate, newestSecret, type TokenRecord } from '../core/token.ts'

/** How long a token may renew itself after the last thing that an admin did with it, in days, unless the policy or the admin says less. */
const DEFAULT_DAYS = 365

const longestOf = ({ longestDays = DEFAULT_DAYS }: SelfRenewalRule): number => longestDays
const byDefault = (rule: SelfRenewalRule, now: number): SelfRenewing => ({
  until: endOfLifetime(now, Math.min(longestOf(rule), DEFAULT_DAYS)),
})

/** What a token keeps by a wish of an admin. */
export const choose: SelfRenewals['choose'] = (wish, { name, selfRenewal: rule }, before, now) => {
  const { selfRenewal, renewUntil } = wish
  const at = selfRenewal === undefined ? 'renewUntil' : 'selfRenewal'
  const wrong = (
    ...[field, ...what]: readonly [field: string, message: string, code?: IssueCode, params?: IssueParams]
  ): { issues: readonly Issue[] } => ({
    issues: [issueAt([field], ...what)],
  })
  if (selfRenewal === undefined ? before === undefined : selfRenewal !== true)
    return wrong(
      'renewUntil',
      'must be left out of a token that may not renew itself: say selfRenewal true with it.',
      'not_taken',
    )
  if (!rule)
    return wrong(at, `must be left out: tokens of the type ${name} may not renew themselves.`, 'renewal_not_allowed')
  if (typeof renewUntil === 'number') {
    const longest = longestOf(rule)
    return isBefore(now, renewUntil) && renewUntil <= endOfLifetime(now, longest)
      ? { selfRenewal: { until: renewUntil, chosen: true }, issues: [] }
      : wrong('renewUntil', `must be epoch milliseconds that lie ahead, by ${longest} days at most.`, 'renew_until', {
          longest,
        })
  }
  const stands = renewUntil === undefined && before?.chosen && isBefore(now, before.until)
  return { selfRenewal: stands ? before : byDefault(rule, now), issues: [] }
}

/** The default term again, from what an admin does now. One that was chosen stands. */
export const restarted: SelfRenewals['restarted'] = ({ selfRenewal }, rule, now) =>
  rule && selfRenewal && selfRenewal.chosen === undefined ? byDefault(rule, now) : undefined

/** Until when a token may renew itself; one of which that cannot be read may not. */
export function renewUntilOf({ selfRenewal }: Pick<TokenRecord, 'selfRenewal'>): number | undefined {
  return isDate(selfRenewal?.until) ? selfRenewal.until : undefined
}

/** From when on a token may: after a part of the life of its newest secret, which the rules of its plan may cut. `NaN` where that is unknown. */
export function renewFromOf(
  record: Pick<TokenRecord, 'secrets' | 'expiresAt'>,
  { afterPart }: SelfRenewalRule,
  rules: PlanRules | undefined,
): number {
  const issuedAt = newestSecret(record as TokenRecord)?.issuedAt ?? Number.NaN
  const end = Math.min(record.expiresAt, (rules && endByRules(rules, record)) ?? record.expiresAt)
  return Math.ceil(issuedAt + afterPart * (end - issuedAt))
}

/** When a renewed token ends at the latest: no later than it may renew itself, unless an admin has given it a later end already. */
export function latestEnd({ expiresAt }: Pick<TokenRecord, 'expiresAt'>, until: number): number {
  return Math.max(until, expiresAt)
}
