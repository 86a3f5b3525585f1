/** Witnesses put together, and the smallest of several. Which requests they are made of: policy/requests.ts. */
import type { CompiledEndpoint } from '../core/endpoints.ts'
import { credentialsOf } from './credentials.ts'
import { enoughFor, type ScopeSet } from './scope-sets.ts'
import { type Side, type TokenKind, tiersOf, tokensOf } from './side.ts'
import type { Asking, Witness } from './witness.ts'
import type { World } from './worlds.ts'

/** Who sends a request, and how. */
export interface Sender {
  readonly token: TokenKind
  readonly headers: Witness['headers']
  readonly tier: string
  readonly scopes: ScopeSet
}

/** A world and who sends a request in it, as a judge takes them. */
export type Situation = Pick<Witness, 'headers' | 'token' | 'plan' | 'places'>

/** Puts a sender into a world. */
export function situationOf({ planId, allowlist, places }: World, sender: Sender): Situation {
  const { token, headers, tier, scopes } = sender
  const { type, prefix } = token
  return { headers, token: { type, prefix, scopes, allowlist }, plan: { id: planId, tier }, places }
}

/** A witness of its parts. */
export function witnessOf(asking: Asking, world: World, sender: Sender): Witness {
  return { ...asking, ...situationOf(world, sender) }
}

/** The smallest of some witnesses, by what a person reads of it; the first of several. */
export function smallest(witnesses: readonly (Witness | undefined)[]): Witness | undefined {
  let best: Witness | undefined
  for (const witness of witnesses) if (witness && (!best || sizeOf(witness) < sizeOf(best))) best = witness
  return best
}

/** A witness whose length alone matters is read last. */
const OF_LENGTH = 1_000

function sizeOf({ path, query, body = '', bodyBytes, token, failing, places }: Witness): number {
  const { allowlist, scopes } = token
  const listed = allowlist === 'all' ? 0 : allowlist.length
  const parts = path.length + query.length + body.length + scopes.length + failing.length + places.length + listed
  return parts + (bodyBytes === undefined ? 0 : OF_LENGTH)
}

/** A sender whom a policy lets reach an endpoint, if there can be one. */
export function senderTo(endpoint: CompiledEndpoint, side: Side): Sender | undefined {
  const { policy } = side.judge
  const [headers] = credentialsOf(policy, policy)
  const [tier] = tiersOf(endpoint, policy.tiers)
  if (!headers || tier === undefined) return undefined
  for (const token of tokensOf(side)) {
    const [scopes] = enoughFor(policy, token.type, endpoint)
    if (scopes) return { token, headers, tier, scopes }
  }
  return undefined
}
