/**
 * Takes down what a request has used, in memory: of an allowance its route and the entries of the list by which it was let through,
 * of a refusal its route and its code. Only names that the policy or the list has are kept, and never what a client sent.
 */
import type { RefusalCode } from '../core/errors.ts'
import { coveredBy } from '../core/resources.ts'
import type { UsedFacts } from '../core/usage.ts'
import type { Counts } from './days.ts'
import { type Gathered, keyOf, later, refusedKeyOf } from './gathered.ts'

/** Refusals that say nothing of how a token is used: it has ended, or a failure of ours. */
const UNCOUNTED: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'token_unknown',
  'token_revoked',
  'token_expired',
  'unavailable',
])

/** Whether a refusal is counted. */
export const isCounted = (refusal: RefusalCode): boolean => !UNCOUNTED.has(refusal)

/** The counts of a day. */
export function countsOf(days: Map<number, Counts>, day: number): Counts {
  const known = days.get(day)
  if (known) return known
  const counts = { allowed: 0, refused: 0 }
  days.set(day, counts)
  return counts
}

/** Takes down what was let through. */
export function noteAllowed(gathered: Gathered, { match, named, places, grant }: UsedFacts, day: number): void {
  countsOf(gathered.days, day).allowed += 1
  if (!match || !grant) return
  const { route } = match.endpoint.view
  const known = gathered.routes.get(route)
  if (known) {
    known.count += 1
    if (day > known.day) known.day = day
  } else gathered.routes.set(route, { day, count: 1 })
  const { allowlist } = grant
  if (named === 'nothing') return
  if (allowlist === 'all') gathered.all = later(gathered.all, day)
  else if (named === 'filtered') gathered.shown = later(gathered.shown, day)
  else if (typeof named === 'object')
    for (let i = 0; i < named.length; i++) {
      const place = places?.[i]
      const ref = named[i]
      const entry = ref && coveredBy(allowlist, ref, typeof place === 'object' ? place.ancestors : [])
      if (!entry) continue
      const key = keyOf(entry)
      const before = gathered.resources.get(key)
      if (!before) gathered.resources.set(key, { kind: entry.kind, id: entry.id, route, day, count: 1 })
      else {
        before.count += 1
        if (day < before.day) continue
        before.day = day
        before.route = route
      }
    }
}

/** Takes down what was refused; of a path that is no route of the token's own surface only that it was. */
export function noteRefused(
  gathered: Gathered,
  { policy, record, match }: UsedFacts,
  code: RefusalCode,
  day: number,
): void {
  countsOf(gathered.days, day).refused += 1
  if (!match || !policy.types.has(record?.type as string)) return
  const { route } = match.endpoint.view
  const key = refusedKeyOf(route, code)
  const known = gathered.refused.get(key)
  if (known) {
    known.count += 1
    if (day > known.day) known.day = day
  } else gathered.refused.set(key, { route, code, day, count: 1 })
}
