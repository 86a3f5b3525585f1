/** The sets of scopes that are enough for an endpoint, each without a scope too many. How scopes are judged: core/decide.ts. */
import type { CompiledEndpoint } from '../core/endpoints.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { isEnoughFor } from '../core/scope-order.ts'

/** Scopes that a token holds together, in order. */
export type ScopeSet = readonly string[]

/** The alternatives of an endpoint. One that takes no scope has the empty set alone. */
export function alternativesOf({ scopes }: CompiledEndpoint): readonly ScopeSet[] {
  return scopes.length === 0 ? [[]] : fewest(scopes.map((scope) => [scope].flat()))
}

/** Whether a token of a type can be given these scopes. */
export function isGiven({ types }: CompiledPolicy, type: string, scopes: ScopeSet): boolean {
  const { grantable, fixed } = types.get(type) ?? {}
  return scopes.every((scope) => (fixed ? fixed.includes(scope) : grantable?.has(scope)))
}

/** Beyond so many ways to write the scopes of one alternative, earlier names are left out. */
const MOST_NAMES = 64

/**
 * Sets that may be enough for an endpoint: its alternatives, each scope by its name and by earlier ones; and none, for types whose
 * scopes are fixed.
 */
export function candidatesFor({ renamed }: CompiledPolicy, endpoint: CompiledEndpoint): readonly ScopeSet[] {
  const namesOf = (scope: string): readonly string[] => [
    scope,
    ...[...renamed].flatMap(([alias, name]) => (name === scope ? alias : [])),
  ]
  const named = alternativesOf(endpoint).flatMap((set): readonly ScopeSet[] => {
    const names = set.map(namesOf)
    if (names.reduce((product, { length }) => product * length, 1) > MOST_NAMES) return [set]
    return names.reduce<readonly ScopeSet[]>(
      (sets, some) => sets.flatMap((so) => some.map((name) => [...so, name])),
      [[]],
    )
  })
  return [[], ...named]
}

/** The smallest sets with which a token of a type may use an endpoint. */
export function enoughFor(policy: CompiledPolicy, type: string, endpoint: CompiledEndpoint): readonly ScopeSet[] {
  return fewest(candidatesFor(policy, endpoint).filter((set) => isEnoughFor(policy, type, endpoint, set)))
}

/** Each set of one list with each of the other. */
export function unionsOf(sets: readonly ScopeSet[], others: readonly ScopeSet[]): readonly ScopeSet[] {
  return sets.flatMap((set) => others.map((other) => [...new Set([...set, ...other])]))
}

/** The sets less those that hold all of another one; each sorted. */
export function fewest(sets: readonly ScopeSet[]): readonly ScopeSet[] {
  const unique = new Map(sets.map((set) => set.toSorted()).map((set) => [JSON.stringify(set), set]))
  const all = [...unique.values()].sort((a, b) => a.length - b.length)
  return all.filter((set) => !all.some((other) => other !== set && other.every((scope) => set.includes(scope))))
}
