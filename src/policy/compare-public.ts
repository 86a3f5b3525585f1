/** What is refused of requests without a token, at the public endpoints of a policy. */
import { smallest, witnessOf } from './candidates.ts'
import { isUnchanged } from './compare-endpoint.ts'
import { headersOf } from './credentials.ts'
import type { Difference } from './difference.ts'
import type { Route } from './overlap.ts'
import { requestsTo } from './requests.ts'
import { type Side, tokensOf } from './side.ts'
import type { Witness } from './witness.ts'

/** What the other policy refuses at a public endpoint: everything without a token, or what carries a header that it alone reads. */
export function differencesAtPublic(route: Route, one: Side, other: Side): readonly Difference[] {
  const { endpoint } = route
  if (!endpoint.isPublic) return []
  const read = headersOf(other.judge.policy).filter((name) => !headersOf(one.judge.policy).includes(name))
  // Whatever both policies read as they did is answered as it was.
  if (read.length === 0 && isUnchanged(route, one, other)) return []
  const [token] = tokensOf(one)
  const [tier] = one.judge.policy.tiers
  if (!token || tier === undefined) return []
  const world = { planId: '1', allowlist: 'all', places: [] } as const
  const refused = (headers: Witness['headers']): Witness | undefined => {
    for (const { plain } of requestsTo(route, one, other)) {
      for (const asking of plain) {
        const witness = witnessOf(asking, world, { token, headers, tier, scopes: [] })
        const facts = one.judge.read(asking)
        if (facts.match?.endpoint !== endpoint || !one.judge.finish(facts, witness).isAnonymous) continue
        if (!other.judge.finish(other.judge.read(asking), witness).allowed) return witness
      }
    }
    return undefined
  }
  const witness = refused({}) ?? smallest(read.map((name) => refused({ [name]: 'other' })))
  if (!witness) return []
  const verdict = other.judge.finish(other.judge.read(witness), witness)
  const { rule = 'credential' } = verdict
  const nobody = { types: [], tiers: [], scopes: [] }
  return [{ rule, verdict, isAnonymous: true, routes: [endpoint.view.route], ...nobody, witness, limited: witness }]
}
