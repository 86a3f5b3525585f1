/** The plainest request that a policy lets through at each of its endpoints. */
import type { CompiledEndpoint } from '../core/endpoints.ts'
import { senderTo, situationOf } from './candidates.ts'
import type { Route } from './overlap.ts'
import { requestsTo } from './requests.ts'
import type { Side } from './side.ts'
import type { Asking } from './witness.ts'
import { type World, worldsFor } from './worlds.ts'

/** A request that a policy lets through, with the worlds in which it does. */
export interface Plain {
  readonly endpoint: CompiledEndpoint
  readonly asking: Asking
  readonly worlds: readonly World[]
}

/** The plainest request that a policy lets through at one of its routes; if there is one, one that a limited token may send too. */
export function plainRequest({ endpoint, ...route }: Route, side: Side): Plain | undefined {
  const sender = senderTo(endpoint, side)
  if (!sender) return undefined
  let plainest: Plain | undefined
  for (const { plain } of requestsTo({ endpoint, ...route }, side, side)) {
    for (const asking of plain) {
      const facts = side.judge.read(asking)
      if (facts.match?.endpoint !== endpoint) continue
      const isLetThrough = (world: World): boolean => side.judge.finish(facts, situationOf(world, sender)).allowed
      const worlds = worldsFor(facts, facts).filter(isLetThrough)
      if (worlds.length === 0) continue
      const found = { endpoint, asking, worlds }
      if (endpoint.names.what === 'plan' || worlds.some(({ allowlist }) => allowlist !== 'all')) return found
      plainest ??= found
    }
  }
  return plainest
}
