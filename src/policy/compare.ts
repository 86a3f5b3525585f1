/**
 * What one policy lets through and another refuses: every sort of difference, each with the smallest request that was found for
 * it. Both answers are those of the rules (policy/judge.ts). How it is told: policy/diff.ts.
 */
import { differencesAt } from './compare-endpoint.ts'
import { differencesAtPublic } from './compare-public.ts'
import { differencesBefore } from './compare-token.ts'
import type { Difference } from './difference.ts'
import { type Side, sharedOf } from './side.ts'

/** All that one policy lets through and the other refuses. */
export function differencesOf(one: Side, other: Side): readonly Difference[] {
  const shared = sharedOf(one, other)
  const routes = one.table.routes.filter(({ endpoint }) => endpoint.closed === undefined)
  return [
    ...differencesBefore(routes, one, other),
    ...routes.flatMap((route) => differencesAtPublic(route, one, other)),
    ...(shared ? routes.flatMap((route) => differencesAt(route, one, other, shared)) : []),
  ]
}
