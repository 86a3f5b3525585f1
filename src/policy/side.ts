/** One of two policies that are compared, and what tokens and plans it lets through before any endpoint is looked at. */
import type { CompiledEndpoint } from '../core/endpoints.ts'
import { credentialsOf, isTaken } from './credentials.ts'
import type { Judge } from './judge.ts'
import { type RouteTable, routeTable } from './overlap.ts'
import { isGiven, type ScopeSet } from './scope-sets.ts'
import { type Kinds, kindsOf } from './values.ts'
import type { Asking, Witness } from './witness.ts'

/** A policy with its routes and kinds. */
export interface Side {
  readonly judge: Judge
  readonly table: RouteTable
  readonly kinds: Kinds
  /** Which scopes count for which types, as text. */
  readonly grants: string
  /** The sorts of values by what is asked, since endpoints mostly ask the same. */
  readonly sorts: Map<string, readonly string[]>
  /** The requests that show all differences at endpoints of one shape, since endpoints of that shape differ alike. */
  readonly shapes: Map<string, readonly Asking[]>
}

/** A policy made ready for comparisons. */
export function sideOf(judge: Judge): Side {
  const { policy, data } = judge
  const types = [...policy.types.values()].map(({ name, grantable, fixed }) => [name, [...grantable], fixed])
  return {
    judge,
    table: routeTable(policy),
    kinds: kindsOf(data.kinds, policy.kinds),
    grants: JSON.stringify([types, [...policy.renamed]]),
    sorts: new Map(),
    shapes: new Map(),
  }
}

/** A token as far as it is judged before any endpoint. */
export interface TokenKind {
  readonly type: string
  readonly prefix: string
}

/** The tokens that some policies issue. */
export function tokensOf(...sides: readonly Side[]): readonly TokenKind[] {
  const tokens = sides.flatMap(({ judge }) =>
    [...judge.policy.types.values()].map(({ name, prefix }): TokenKind => ({ type: name, prefix })),
  )
  return [...new Map(tokens.map((token) => [JSON.stringify(token), token])).values()]
}

/** Whether a policy knows tokens of this type, and secrets that begin so. */
export function knows({ judge: { policy, prefixes } }: Side, { type, prefix }: TokenKind): boolean {
  return policy.types.has(type) && prefixes.has(prefix)
}

/** The tiers of which an endpoint lets plans through. */
export function tiersOf({ tiers }: CompiledEndpoint, all: Iterable<string>): readonly string[] {
  return [...all].filter((tier) => tiers === undefined || tiers.has(tier))
}

/** Sets of scopes with those first that a token of one of the types can be given by one of the policies. */
export function preferred(
  sets: readonly ScopeSet[],
  types: readonly string[],
  sides: readonly Side[],
): readonly ScopeSet[] {
  const canBe = (set: ScopeSet): boolean =>
    sides.some(({ judge }) => types.some((type) => isGiven(judge.policy, type, set)))
  return [...sets.filter(canBe), ...sets.filter((set) => !canBe(set))]
}

/** What both policies take: by nothing else can a difference be shown that lies in their endpoints. */
export interface Shared {
  readonly tokens: readonly TokenKind[]
  readonly tiers: readonly string[]
  readonly headers: Witness['headers']
}

/** What two policies both take; `undefined` if no request gets as far as an endpoint of both. */
export function sharedOf(one: Side, other: Side): Shared | undefined {
  const tokens = tokensOf(one, other).filter((token) => knows(one, token) && knows(other, token))
  const tiers = [...one.judge.policy.tiers].filter((tier) => other.judge.policy.tiers.has(tier))
  const headers = credentialsOf(one.judge.policy, other.judge.policy).find(
    (sent) => isTaken(one.judge, sent) && isTaken(other.judge, sent),
  )
  return tokens.length > 0 && tiers.length > 0 && headers ? { tokens, tiers, headers } : undefined
}
