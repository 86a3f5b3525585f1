/**
 * Which routes of a policy one path can lead to: a literal segment takes requests away from a parameter, and so does one that
 * differs in letter case alone. How a path is matched: core/endpoints.ts.
 */
import { type CompiledEndpoint, parameterOf, segmentsOf } from '../core/endpoints.ts'
import { fold } from '../core/letter-case.ts'
import type { CompiledPolicy } from '../core/policy.ts'

/** An endpoint with the segments of its route. */
export interface Route {
  readonly endpoint: CompiledEndpoint
  readonly method: string
  /** Each segment: a literal, or `undefined` for a parameter. */
  readonly literals: readonly (string | undefined)[]
  /** The same in one letter case. */
  readonly folded: readonly (string | undefined)[]
}

/** The routes of a policy, by what a path must have in common with them. */
export interface RouteTable {
  readonly routes: readonly Route[]
  /** The routes that one path can lead to as well as to this one, itself included if the policy has it. */
  meeting(route: Route): readonly Route[]
  /**
   * Whether a parameter stands beside a literal somewhere in the tree of a method: from then on no path of it leads to a route that
   * another one claims but for letter case.
   */
  isMixed(method: string): boolean
}

/** Builds the table. */
export function routeTable(policy: CompiledPolicy): RouteTable {
  const routes = [...policy.routes.values()].map(routeOf)
  const bySize = new Map<string, Route[]>()
  for (const route of routes) {
    const key = sizeOf(route)
    const same = bySize.get(key)
    if (same) same.push(route)
    else bySize.set(key, [route])
  }
  return {
    routes,
    meeting: (route) => (bySize.get(sizeOf(route)) ?? []).filter((other) => doMeet(route, other)),
    isMixed: (method) => policy.trie.get(method)?.folded !== undefined,
  }
}

function routeOf(endpoint: CompiledEndpoint): Route {
  const { method, path } = endpoint.view
  const literals = segmentsOf(path).map((segment) => (parameterOf(segment) === undefined ? segment : undefined))
  const folded = literals.map((literal) => (literal === undefined ? undefined : fold(literal)))
  return { endpoint, method, literals, folded }
}

const sizeOf = ({ method, literals }: Route): string => `${method} ${literals.length}`

function doMeet(a: Route, b: Route): boolean {
  for (let i = 0; i < a.folded.length; i++) {
    const one = a.folded[i]
    const other = b.folded[i]
    if (one !== other && one !== undefined && other !== undefined) return false
  }
  return true
}
