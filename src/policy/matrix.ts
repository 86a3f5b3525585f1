/**
 * `policyMatrix`: what a policy allows, as tables that are made to be committed: the same policy gives the same text, in whatever
 * order its data is written. How it is printed: policy/matrix-text.ts.
 */
import type { CompiledEndpoint } from '../core/endpoints.ts'
import type { CompiledPolicy, Policy } from '../core/policy.ts'
import type { NamedResource } from '../core/policy-data.ts'
import { type Judge, judgeOf } from './judge.ts'
import type { MatrixData, MatrixEndpoint, MatrixType } from './matrix-data.ts'
import { matrixMarkdown, matrixText } from './matrix-text.ts'
import { alternativesOf, isGiven } from './scope-sets.ts'
import { word } from './words.ts'

/** What a policy allows, in three forms. */
export interface PolicyMatrix extends MatrixData {
  /** For a terminal. */
  toText(): string
  /** For a file in the repository, which `toMatchPolicyMatrix` compares. */
  toMarkdown(): string
  /** For programs; what `JSON.stringify` takes. */
  toJSON(): MatrixData
}

/**
 * What a policy allows: endpoints by scopes, kinds, types and tiers.
 *
 * @throws SetupError for what is no policy.
 * @example
 * writeFileSync('policy.md', policyMatrix(policy).toMarkdown())
 */
export function policyMatrix(policy: Policy): PolicyMatrix {
  const data = dataOf(judgeOf('policyMatrix', 'policy', policy))
  return Object.freeze({
    ...data,
    toText: () => matrixText(data),
    toMarkdown: () => matrixMarkdown(data),
    toJSON: () => data,
  })
}

/** By code units, so that no locale moves a line. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const sorted = (words: Iterable<string>): readonly string[] => [...words].sort(byText)

function dataOf({ policy, data }: Judge): MatrixData {
  const { credential, tiers, limits, types, kinds } = policy
  const endpoints = [...policy.routes.values()]
    .sort((a, b) => byText(a.view.path, b.view.path) || byText(a.view.method, b.view.method))
    .map((endpoint) => endpointRow(endpoint, policy, data))
  const routesBy = (has: (row: MatrixEndpoint, names: CompiledEndpoint | undefined) => boolean): readonly string[] =>
    endpoints.filter((row) => has(row, policy.routes.get(row.route))).map(({ route }) => route)
  return {
    v: 1,
    surface: policy.surface,
    credential: [...sorted(credential.headers), ...(credential.bearer ? ['authorization: Bearer'] : [])],
    tiers: sorted(tiers),
    limits: {
      lifetimeDays: limits.lifetimeDays,
      graceHours: limits.graceHours,
      liveSecrets: limits.liveSecrets,
      links: limits.links,
      resources: limits.resources,
      bodyBytes: limits.bodyBytes,
    },
    endpoints,
    types: sorted(types.keys()).flatMap((name) => typeRow(name, policy)),
    scopes: sorted([...policy.scopes.keys(), ...policy.reserved.keys()]).map((name) => ({
      name,
      types: sorted(types.keys()).filter((type) => isGiven(policy, type, [name])),
      routes: routesBy(({ scopes, closed }) => closed === undefined && scopes.some((set) => set.includes(name))),
      deprecated: policy.deprecated.has(name),
      aliases: sorted({ ...data.reserved, ...data.scopes }[name]?.aliases ?? []),
    })),
    kinds: sorted(kinds.keys()).map((name) => {
      const { id = 'any', max = 128, parents = [], under = false } = data.kinds[name] ?? {}
      const routes = routesBy((_, endpoint) => namesKind(endpoint, name))
      return {
        name,
        id,
        max,
        parents: under ? [...parents.slice(0, 1), ...sorted(parents.slice(1))] : sorted(parents),
        under,
        routes,
      }
    }),
    links: { hosts: sorted(data.links.hosts), shapes: sorted(data.links.shapes), tail: data.links.tail ?? 0 },
  }
}

function namesKind(endpoint: CompiledEndpoint | undefined, name: string): boolean {
  return (
    endpoint?.names.what === 'resources' &&
    endpoint.names.list.some(({ kind }) => (typeof kind === 'string' ? kind === name : kind.of.has(name)))
  )
}

function typeRow(name: string, { types }: CompiledPolicy): readonly MatrixType[] {
  const type = types.get(name)
  if (!type) return []
  const { prefix, grantable, fixed, addresses, selfRenewal } = type
  const needs = addresses === 'required' && { needsAddresses: true as const }
  const renews = selfRenewal && { renewsAfter: selfRenewal.afterPart }
  return [{ name, prefix, scopes: sorted(fixed ?? grantable), isFixed: fixed !== undefined, ...needs, ...renews }]
}

function endpointRow(endpoint: CompiledEndpoint, policy: CompiledPolicy, data: Policy['data']): MatrixEndpoint {
  const { view, closed, tiers, free } = endpoint
  const scopes = alternativesOf(endpoint)
  const { checks = {} } = data.endpoints[view.route] ?? {}
  return {
    route: view.route,
    ...(closed !== undefined && { closed }),
    scopes,
    ...(endpoint.isPublic && { public: true as const }),
    types: sorted(policy.types.keys()).filter((type) => scopes.some((set) => isGiven(policy, type, set))),
    tiers: sorted(tiers ?? policy.tiers),
    names: namesRow(data.endpoints[view.route]?.names ?? 'nothing'),
    allowlist: allowlistOf(endpoint),
    params: Object.fromEntries(
      sorted(free.keys()).map((param) => {
        const rule = free.get(param) ?? 'any'
        return [param, typeof rule === 'string' ? rule : sorted(rule)]
      }),
    ),
    checks: sorted(Object.keys(checks)),
  }
}

function allowlistOf({ names }: CompiledEndpoint): MatrixEndpoint['allowlist'] {
  if (names.what === 'filtered') return 'filtered'
  if (names.what !== 'resources') return names.what === 'nothing' ? 'any' : 'all resources'
  const isPlan = names.none === 'all' && names.list.some(({ kind, isAbove }) => kind === 'plan' && !isAbove)
  return isPlan ? 'all resources' : 'covering'
}

function namesRow(names: Policy['data']['endpoints'][string]['names']): readonly string[] {
  if (names === 'nothing') return ['nothing']
  if (names === 'plan') return ['the whole plan']
  if (names === 'filtered') return [FILTERED]
  if (!('anyOf' in names)) return names.map(nameText)
  return [...names.anyOf.map((name) => `any of: ${nameText(name)}`), `none: ${NONE[names.none]}`]
}

const FILTERED = 'what the token may see'
const NONE = { plan: 'the whole plan', refuse: 'is refused', filtered: FILTERED } as const

function nameText({ kind, at, prefix, stem, within, above }: NamedResource): string {
  const what = typeof kind === 'string' ? word(kind) : `${sorted(kind.of).map(word).join(' or ')} by ${word(kind.from)}`
  return [
    `${what} in ${word(at)}`,
    ...(prefix === undefined ? [] : [`after ${JSON.stringify(prefix)}`]),
    ...(stem === undefined ? [] : [`behind ${JSON.stringify(stem)}`]),
    ...(within === undefined ? [] : [`within ${word(within)}`]),
    ...(above ? ['only above another'] : []),
  ].join(' ')
}
