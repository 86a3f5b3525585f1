/**
 * Takes down what a request has used, in memory: of an allowance its route and the entries of the list by which it was let through,
 * of a refusal its route and its code. Only names that the policy or the list has are kept, and never what a client sent.
 */
import { placeAt } from '../core/reach.ts'
import type { RefusalCode } from '../core/refusals.ts'
import { coveredBy, type ResourceRef } from '../core/resources.ts'
import type { UsedFacts } from '../core/usage.ts'
import { type Gathered, keyOf, type LastRefused, type LastResource, later, refusedKeyOf } from './gathered.ts'

/** Refusals that say nothing of how a token is used: it has ended, or a failure of ours. */
const UNCOUNTED: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'token_unknown',
  'token_revoked',
  'token_expired',
  'unavailable',
])

/** Whether a refusal is counted. */
export const isCounted = (refusal: RefusalCode): boolean => !UNCOUNTED.has(refusal)

/** What was counted last on a day. */
function latelyOf(gathered: Gathered, day: number): NonNullable<Gathered['lately']> {
  if (gathered.lately?.day === day) return gathered.lately
  const counts = gathered.days.get(day) ?? { allowed: 0, refused: 0 }
  gathered.days.set(day, counts)
  gathered.lately = { day, counts, refused: undefined, resource: undefined }
  return gathered.lately
}

/** Takes down what was let through. */
export function noteAllowed(gathered: Gathered, { match, named, places, grant }: UsedFacts, day: number): void {
  const lately = latelyOf(gathered, day)
  lately.counts.allowed += 1
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
      const place = placeAt(places, i)
      const ref = named[i]
      const entry = ref && coveredBy(allowlist, ref, typeof place === 'object' ? place.ancestors : [])
      if (!entry) continue
      if (lately.resource?.id !== entry.id || lately.resource.kind !== entry.kind)
        lately.resource = resourceIn(gathered, entry, route, day)
      const last = lately.resource
      last.count += 1
      if (day < last.day) continue
      last.day = day
      last.route = route
    }
}

function resourceIn({ resources }: Gathered, { kind, id }: ResourceRef, route: string, day: number): LastResource {
  const key = keyOf({ kind, id })
  const last = resources.get(key) ?? { kind, id, route, day, count: 0 }
  resources.set(key, last)
  return last
}

/** Takes down what was refused; of a path that is no route of the token's own surface only that it was. */
export function noteRefused(
  gathered: Gathered,
  { policy, record, match }: UsedFacts,
  code: RefusalCode,
  day: number,
): void {
  const lately = latelyOf(gathered, day)
  lately.counts.refused += 1
  if (!match || !policy.types.has(record?.type as string)) return
  const { route } = match.endpoint.view
  if (lately.refused?.code !== code || lately.refused.route !== route)
    lately.refused = refusedIn(gathered, route, code, day)
  const last = lately.refused
  last.count += 1
  if (day > last.day) last.day = day
}

function refusedIn({ refused }: Gathered, route: string, code: string, day: number): LastRefused {
  const key = refusedKeyOf(route, code)
  const last = refused.get(key) ?? { route, code, day, count: 0 }
  refused.set(key, last)
  return last
}
