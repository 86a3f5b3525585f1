/**
 * Which endpoint of the policy a method and a path are: a trie over path segments, in which a literal beats a parameter.
 * How a raw target becomes a clean path: core/target.ts. What an endpoint needs: core/policy-data.ts.
 */

import type { Denial } from './denial.ts'
import { fold } from './letter-case.ts'
import type { FreeParameter, PolicyCode } from './policy-data.ts'
import type { CompiledNames } from './policy-names.ts'
import type { ScopeAlternative } from './scope-alternatives.ts'
import { type CleanPath, decodeStrictly } from './target.ts'

/** An endpoint of the policy, as a decision names it. `Route`: the routes of the policy, as far as they are known. */
export interface EndpointView<Route extends string = string> {
  /** As the policy spells it: `'GET /v1/files/{file_key}'`. */
  readonly route: Route
  /** The policy's method: GET for a HEAD request too. */
  readonly method: string
  /** The policy's path: `'/v1/files/{file_key}'`. */
  readonly path: string
}

/** An endpoint made ready for decisions. */
export interface CompiledEndpoint {
  readonly view: EndpointView
  readonly params: readonly string[]
  readonly free: ReadonlyMap<string, FreeParameter>
  /** What is enough, as the policy says it. */
  readonly scopes: readonly ScopeAlternative[]
  /** The scopes that are enough alone, apart from those that are so only together: the first are looked through at every request. */
  readonly alone: readonly string[]
  readonly together: readonly (readonly string[])[]
  readonly tiers: ReadonlySet<string> | undefined
  readonly closed: string | undefined
  readonly isPublic: boolean
  readonly names: CompiledNames
  readonly checks: readonly NonNullable<PolicyCode['checks']>[string][]
  /** The refusal for want of a scope, made once. */
  readonly scopeMissing: Denial
  /** The refusal of a closed endpoint, made once. */
  readonly notSupported: Denial | undefined
}

/** An endpoint with the values of its parameters. */
export interface Match {
  readonly endpoint: CompiledEndpoint
  readonly values: Values
}

/**
 * The values of a route's parameters, in its order; of a single one, which is what most routes have, that alone: a list of it was a
 * twentieth of what `authorize` allocates (bench/engine.ts).
 */
export type Values = string | readonly string[]

/** The value of the parameter with an index, of a route that has it. */
export function valueAt(values: Values, index: number): string {
  return typeof values === 'string' ? values : (values[index] as string)
}

interface Node {
  readonly literals: Map<string, Node>
  /** The same by length and first letter, so that no segment of a path is cut out to look for it (bench/engine.ts). */
  readonly starts: Map<number, Literal[]>
  /** The children of each literal in one letter case; only in a tree in which a parameter stands beside a literal. */
  folded: Map<string, Node[]> | undefined
  parameter: Node | undefined
  endpoint: CompiledEndpoint | undefined
}

interface Literal {
  readonly text: string
  readonly node: Node
}

/** The endpoints of a policy, by method. */
export type EndpointTrie = ReadonlyMap<string, Node>

const newNode = (): Node => ({
  literals: new Map(),
  starts: new Map(),
  folded: undefined,
  parameter: undefined,
  endpoint: undefined,
})

/**
 * Builds the trie. `clash` is told of two routes that claim the same path, or would to a router that takes no notice of letter
 * case.
 */
export function buildTrie(
  endpoints: readonly CompiledEndpoint[],
  clash: (route: string, other: string) => void,
): EndpointTrie {
  const trie = new Map<string, Node>()
  const routes = new Map<string, string>()
  for (const endpoint of endpoints) {
    const { method, path, route } = endpoint.view
    let node = trie.get(method) ?? put(trie, method)
    for (const segment of segmentsOf(path)) node = childOf(node, segment)
    const claim = claimOf(method, path)
    const other = routes.get(claim)
    if (other !== undefined) clash(route, other)
    else {
      routes.set(claim, route)
      node.endpoint = endpoint
    }
  }
  for (const root of trie.values()) if (isMixed([root])) foldLiterals(root)
  return trie
}

/** What two routes have in common that claim the same path: names of parameters and letter case do not count. */
export function claimOf(method: string, path: string): string {
  const segments = segmentsOf(path).map((segment) => (parameterOf(segment) === undefined ? fold(segment) : '{}'))
  return `${method} ${segments.join('/')}`
}

/**
 * Whether a parameter stands beside a literal somewhere, so that one path can be meant by two routes. Of nodes that are one but for
 * letter case: in `/B/a` and `/b/{x}` it does.
 */
function isMixed(nodes: readonly Node[]): boolean {
  const parameters = nodes.flatMap(({ parameter }) => parameter ?? [])
  const literals = new Map<string, Node[]>()
  for (const node of nodes)
    for (const [literal, child] of node.literals)
      literals.set(fold(literal), [...(literals.get(fold(literal)) ?? []), child])
  return (parameters.length > 0 && (literals.size > 0 || isMixed(parameters))) || [...literals.values()].some(isMixed)
}

function foldLiterals(node: Node): void {
  node.folded = new Map()
  for (const [literal, child] of node.literals) {
    const key = fold(literal)
    node.folded.set(key, [...(node.folded.get(key) ?? []), child])
    foldLiterals(child)
  }
  if (node.parameter) foldLiterals(node.parameter)
}

/** The method and the path of a route. */
export function splitRoute(route: string): { readonly method: string; readonly path: string } {
  const space = route.indexOf(' ')
  return { method: route.slice(0, space), path: route.slice(space + 1) }
}

/** The segments of a route's path: none for `/`. */
export function segmentsOf(template: string): readonly string[] {
  return template === '/' ? [] : template.slice(1).split('/')
}

/** The name of the parameter that a segment is, if it is one. */
export function parameterOf(segment: string): string | undefined {
  return /^\{([A-Za-z]\w*)\}$/.exec(segment)?.[1]
}

function childOf(node: Node, segment: string): Node {
  if (parameterOf(segment) !== undefined) {
    node.parameter ??= newNode()
    return node.parameter
  }
  const known = node.literals.get(segment)
  if (known) return known
  const child = put(node.literals, segment)
  const start = startOf(segment, 0, segment.length)
  node.starts.set(start, [...(node.starts.get(start) ?? []), { text: segment, node: child }])
  return child
}

/** What most literals of one node differ in: length and first letter. */
function startOf(path: string, from: number, end: number): number {
  return ((end - from) << 7) | path.charCodeAt(from)
}

function literalAt({ starts }: Node, path: string, from: number, end: number): Node | undefined {
  const alike = starts.get(startOf(path, from, end))
  if (alike)
    for (let i = 0; i < alike.length; i++) {
      const { text, node } = alike[i] as Literal
      if (path.startsWith(text, from)) return node
    }
  return undefined
}

function put(nodes: Map<string, Node>, key: string): Node {
  const node = newNode()
  nodes.set(key, node)
  return node
}

/**
 * The endpoint for a method and a path, or `undefined`. Methods are case-sensitive (RFC 9110, section 9.1); HEAD is judged
 * as GET. A percent-encoded segment is never a literal. A path that another route claims but for letter case or encoding is
 * nobody's, since many routers take no notice of these.
 */
export function matchEndpoint(trie: EndpointTrie, method: string, path: CleanPath): Match | undefined {
  const root = trie.get(method === 'HEAD' ? 'GET' : method)
  if (!root) return undefined
  if (path.length === 1) return matchAt(root, NO_VALUES)
  const match = walk(root, path, 1, undefined)
  return match && root.folded && isClaimed(root, path.slice(1).split('/').map(decoded), 0, true) ? undefined : match
}

/** Whether some route has this path but for the letter case or the encoding of a literal. `isExact`: so far there was no difference. */
function isClaimed(node: Node, segments: readonly Segment[], depth: number, isExact: boolean): boolean {
  const segment = segments[depth]
  if (!segment) return !isExact && node.endpoint !== undefined
  for (const child of node.folded?.get(fold(segment.value)) ?? []) {
    if (isClaimed(child, segments, depth + 1, isExact && node.literals.get(segment.raw) === child)) return true
  }
  return node.parameter !== undefined && isClaimed(node.parameter, segments, depth + 1, isExact)
}

interface Segment {
  readonly raw: string
  readonly value: string
}

function decoded(raw: string): Segment {
  return { raw, value: raw.includes('%') ? (decodeStrictly(raw) as string) : raw }
}

/** The values of parameters on the way, the last one first, so that a way back needs no clean-up. */
interface Captured {
  readonly value: string
  readonly before: Captured | undefined
}

function walk(node: Node, path: string, from: number, captured: Captured | undefined): Match | undefined {
  const slash = path.indexOf('/', from)
  const end = slash === -1 ? path.length : slash
  const literal = node.starts.size === 0 ? undefined : literalAt(node, path, from, end)
  if (literal) {
    const found = slash === -1 ? matchAt(literal, valuesOf(captured)) : walk(literal, path, slash + 1, captured)
    if (found) return found
  }
  const parameter = node.parameter
  if (!parameter) return undefined
  const segment = path.slice(from, end)
  const value = segment.includes('%') ? (decodeStrictly(segment) as string) : segment
  return slash === -1
    ? matchAt(parameter, captured ? [...listOf(captured), value] : value)
    : walk(parameter, path, slash + 1, { value, before: captured })
}

function matchAt({ endpoint }: Node, values: Values): Match | undefined {
  return endpoint && fitsFree(endpoint, values) ? { endpoint, values } : undefined
}

function valuesOf(captured: Captured | undefined): Values {
  if (!captured) return NO_VALUES
  return captured.before ? listOf(captured) : captured.value
}

function listOf({ value, before }: Captured): readonly string[] {
  return before ? [...listOf(before), value] : [value]
}

const NO_VALUES: readonly string[] = Object.freeze([])

function fitsFree({ params, free }: CompiledEndpoint, values: Values): boolean {
  if (free.size === 0) return true
  return params.every((param, i) => fits(free.get(param), valueAt(values, i)))
}

/** Whether a value fits what a free parameter may be. */
export function fits(rule: FreeParameter | undefined, value: string): boolean {
  if (rule === undefined || rule === 'any') return true
  return rule === 'digits' ? /^[0-9]+$/.test(value) : rule.includes(value)
}

/** The values of the route's parameters, by name. */
export function paramsOf({ endpoint: { params }, values }: Match): { readonly [name: string]: string } {
  const named: { [name: string]: string } = {}
  for (let i = 0; i < params.length; i++) named[params[i] as string] = valueAt(values, i)
  return named
}
