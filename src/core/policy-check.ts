/**
 * What makes a policy's data a policy: its shape, and that everything it names exists and is used. All problems are
 * gathered, so that one run shows them all.
 */

import { parameterOf, segmentsOf } from './endpoints.ts'
import { SetupError } from './errors.ts'
import { deepFreeze } from './freeze.ts'
import { type Issue, issueAt } from './issue.ts'
import { isDictionary } from './objects.ts'
import type { Endpoint, Names, PolicyCode, PolicyData, ScopeInfo, TokenType } from './policy-data.ts'
import { resourcesIn } from './policy-names.ts'
import { codeSchema, policySchema } from './policy-schema.ts'
import { PLAN_KIND } from './resources.ts'
import type { Tell } from './setup.ts'
import { read } from './shape.ts'
import { didYouMean } from './suggest.ts'

/** Data with the shape of a policy, as far as it had it, and what is wrong with the rest. */
export interface ReadPolicy {
  readonly data: PolicyData
  readonly issues: Issue[]
  /** What was left out of the data, with those of its fields that have their shape. */
  readonly parts: { readonly types: Parts<TokenType>; readonly endpoints: Parts<Endpoint> }
}

/** Entries by name, each without the fields that are wrong. */
type Parts<Entry> = { readonly [name: string]: Part<Entry> }

/** An entry, or what is right of it. */
interface Part<Entry> {
  readonly entry: Partial<Entry>
  readonly wrong: ReadonlySet<string>
}

const whole = <Entry extends object>(entry: Entry): Part<Entry> => ({ entry, wrong: new Set() })

/** A frozen copy of the data as JSON. What has not the shape of a policy is left out of it, so that the rest can be checked too. */
export function readShape(data: unknown): ReadPolicy {
  const copy = jsonOf(data)
  const { issues: wrong, unknown } = read(policySchema, copy)
  const issues = [...wrong]
  if (!isDictionary(copy)) throw new SetupError('definePolicy', issues)
  const kept: { [section: string]: unknown } = { ...EMPTY, ...copy }
  const parts: { readonly [section: string]: { [name: string]: Part<object> } } = {
    types: Object.create(null),
    endpoints: Object.create(null),
  }
  for (const issue of wrong) {
    const [section, entry] = issue.at as string[]
    // Unknown fields are reported but do not block further checks.
    if (section === undefined || unknown.has(issue)) continue
    const entries = kept[section] as { [name: string]: unknown }
    if (entry === undefined || !ENTRIES.includes(section)) kept[section] = EMPTY[section]
    else if (section === 'types' || section === 'endpoints') {
      partOf(parts[section] as { [name: string]: Part<object> }, entry, entries[entry], issue.at[2])
      delete entries[entry]
    } else entries[entry] = section === 'links' ? [] : {}
  }
  return { data: deepFreeze(kept) as unknown as PolicyData, issues, parts: parts as unknown as ReadPolicy['parts'] }
}

/** Keeps an entry that is left out, and takes a field out of it; one that is wrong as a whole has none. */
function partOf(parts: { [name: string]: Part<object> }, name: string, entry: unknown, field: unknown): void {
  const { entry: before, wrong } = parts[name] ?? whole(isDictionary(entry) ? entry : {})
  const { [field as string]: _, ...rest } = (field === undefined ? {} : before) as { readonly [field: string]: unknown }
  parts[name] = { entry: rest, wrong: new Set([...wrong, String(field)]) }
}

/** The code of a policy, of which nothing is kept where something is wrong with it. */
export function readCode(code: PolicyCode, issues: Issue[]): PolicyCode {
  const wrong = read(codeSchema, { code }).issues
  issues.push(...wrong)
  return wrong.length === 0 ? code : {}
}

/** Sections that hold entries by name: a wrong one is left out alone, or stays by its name, so that it is told of once. */
const ENTRIES = ['scopes', 'reserved', 'types', 'kinds', 'endpoints', 'links']
/** What stands in for a section that is missing or wrong. */
const EMPTY: { readonly [section: string]: unknown } = {
  surface: 'policy',
  credential: { headers: [], bearer: true },
  tiers: [],
  scopes: {},
  types: {},
  kinds: {},
  links: { hosts: [], shapes: [] },
  endpoints: {},
}

function jsonOf(data: unknown): unknown {
  try {
    const json = JSON.stringify(data)
    if (!/"__proto__"\s*:/.test(json)) return JSON.parse(json)
  } catch {
    // Said below.
  }
  throw new SetupError('definePolicy', [issueAt([], 'must be an object of plain JSON, without the name "__proto__".')])
}

/** Whether everything that the data names exists and, where all of it is there, is used. */
export function checkMeaning({ data, issues, parts }: ReadPolicy, tell: Tell): void {
  const isComplete = !issues.some(({ at }) => ['scopes', 'types', 'endpoints'].includes(String(at[0])))
  const known = new Set([...Object.keys(data.scopes), ...Object.keys(data.reserved ?? {})])
  for (const scope of Object.keys(data.reserved ?? {})) {
    if (Object.hasOwn(data.scopes, scope)) tell(['reserved', scope], 'is grantable as well.')
  }
  checkAliases(data, known, tell)
  if (data.credential.headers.length === 0 && !data.credential.bearer)
    tell(['credential'], 'must have at least one place for the secret.')
  checkTypes(data, parts.types, known, isComplete, tell)
  for (const [name, { parents = [] }] of Object.entries(data.kinds)) {
    for (const [i, parent] of parents.entries())
      mustBeOne('kind', parent, Object.keys(data.kinds), ['kinds', name, 'parents', i], tell)
  }
  for (const [route, endpoint] of Object.entries(data.endpoints))
    checkEndpoint(route, whole(endpoint), data, known, tell)
  for (const [route, part] of Object.entries(parts.endpoints)) checkEndpoint(route, part, data, known, tell)
  const used = new Set(Object.values(data.endpoints).flatMap((endpoint) => endpoint.scopes.flat()))
  for (const scope of Object.keys(data.scopes)) {
    if (isComplete && !used.has(scope))
      tell(['scopes', scope], 'is used by no endpoint. Use it, or declare it under "reserved".')
  }
}

/** An earlier name stands for one scope, and is none itself. */
function checkAliases(data: PolicyData, known: ReadonlySet<string>, tell: Tell): void {
  const taken = new Map<string, string>()
  for (const [section, infos] of Object.entries({ scopes: data.scopes, reserved: data.reserved ?? {} }))
    for (const [scope, { aliases = [] }] of Object.entries<ScopeInfo>(infos))
      for (const [i, alias] of aliases.entries()) {
        const at = [section, scope, 'aliases', i]
        const other = taken.get(alias)
        if (known.has(alias)) tell(at, 'is a scope of the policy.')
        else if (other !== undefined) tell(at, `is an alias of "${other}" already.`)
        taken.set(alias, scope)
      }
}

/** Says so if a name is none of those that the policy has. A section that is empty was left out, and told of already. */
function mustBeOne(what: string, name: string, names: readonly string[], at: readonly PropertyKey[], tell: Tell): void {
  if (names.length > 0 && !names.includes(name))
    tell(at, `names the ${what} "${name}", which the policy lacks.${didYouMean(name, names)}`)
}

function checkTypes(
  data: PolicyData,
  parts: Parts<TokenType>,
  known: ReadonlySet<string>,
  isComplete: boolean,
  tell: Tell,
): void {
  const prefixes = new Map<string, string>()
  const types = Object.entries<TokenType>(data.types)
  if (types.length === 0 && isComplete) tell(['types'], 'must hold at least one type.')
  const named: readonly [string, Partial<TokenType>][] = [
    ...types,
    ...Object.entries(parts).map(([name, { entry }]): [string, Partial<TokenType>] => [name, entry]),
  ]
  for (const [name, { prefix, scopes, fixed }] of named) {
    const other = prefix && prefixes.get(prefix)
    if (other !== undefined) tell(['types', name, 'prefix'], `is the prefix of "${other}" too.`)
    if (prefix !== undefined) prefixes.set(prefix, name)
    if (scopes && fixed) tell(['types', name], 'has scopes to choose and fixed ones. It must be one of the two.')
    for (const [field, list] of Object.entries({ scopes, fixed })) {
      for (const [i, scope] of (list ?? []).entries()) {
        const at = ['types', name, field, i]
        mustBeOne('scope', scope, [...known], at, tell)
        if (Object.hasOwn(data.reserved ?? {}, scope)) tell(at, 'is reserved and cannot be granted.')
      }
    }
  }
}

const ROUTE = /^(?!HEAD )([A-Z]+) (\/|(?:\/(?:\{[A-Za-z]\w*\}|(?!:)[\w.~@!$&'()+,=:-]+))+)$/
/** Whether text is a route that a policy can hold: `GET /v1/files/{file_key}`. */
export function isRoute(text: string): boolean {
  const [, , template = ''] = ROUTE.exec(text) ?? []
  const segments = segmentsOf(template)
  const params = segments.flatMap((segment) => parameterOf(segment) ?? [])
  return template !== '' && new Set(params).size === params.length && !segments.some(isDots)
}

const SEMICOLON =
  'is not a route: no request with a semicolon in its path is read, since some servers end a segment there.'
const isDots = (segment: string): boolean => segment === '.' || segment === '..'

/** Methods whose bodies mean nothing (RFC 9110, section 9.3). */
export const BODILESS = new Set(['GET', 'DELETE'])

function checkEndpoint(
  route: string,
  { entry: endpoint, wrong }: Part<Endpoint>,
  data: PolicyData,
  known: ReadonlySet<string>,
  tell: Tell,
): void {
  const at = ['endpoints', route]
  const [, method = '', template = ''] = ROUTE.exec(route) ?? []
  if (template === '' || segmentsOf(template).some(isDots)) {
    tell(
      at,
      route.includes(';')
        ? SEMICOLON
        : 'is not a route. Write it as "GET /v1/files/{file_key}"; HEAD is judged as GET.',
    )
    return
  }
  const { scopes, names, params } = endpoint
  if (scopes) checkScopes([...at, 'scopes'], scopes, known, tell)
  if (endpoint.public && scopes && names) checkPublic(at, { ...endpoint, scopes, names }, tell)
  for (const [i, tier] of (endpoint.tiers ?? []).entries()) {
    mustBeOne('tier', tier, data.tiers, [...at, 'tiers', i], tell)
  }
  if (names && !wrong.has('params')) checkParams(at, method, template, { names, params }, data, tell)
}

/** Each alternative must let in somebody whom no other lets in. */
function checkScopes(
  at: readonly PropertyKey[],
  alternatives: Endpoint['scopes'],
  known: ReadonlySet<string>,
  tell: Tell,
): void {
  const sets = alternatives.map((scopes) => new Set([scopes].flat()))
  for (const [i, alternative] of alternatives.entries()) {
    const own = sets[i] as ReadonlySet<string>
    for (const [j, scope] of [alternative].flat().entries()) {
      const place = typeof alternative === 'string' ? [...at, i] : [...at, i, j]
      mustBeOne('scope', scope, [...known], place, tell)
      if (alternative.indexOf(scope) < j) tell(place, 'is in the list already.')
    }
    // Of two that are the same, the second one is told of.
    const other = sets.findIndex(
      (set, j) => j !== i && (j < i || set.size < own.size) && [...set].every((scope) => own.has(scope)),
    )
    if (other !== -1)
      tell(
        [...at, i],
        `is covered by ${[...(sets[other] as ReadonlySet<string>)].join(' and ')}, which is enough. Leave it out.`,
      )
  }
}

/** What a public endpoint cannot have: all of it is asked of a token. */
function checkPublic(at: readonly PropertyKey[], endpoint: Endpoint, tell: Tell): void {
  if (endpoint.scopes.length > 0) tell([...at, 'scopes'], 'must be empty where the endpoint is public.')
  if (endpoint.names !== 'nothing') tell([...at, 'names'], 'must be "nothing" where the endpoint is public.')
  for (const field of ['tiers', 'closed', 'checks'] as const)
    if (endpoint[field] !== undefined) tell([...at, field], 'cannot be said of an endpoint that is public.')
}

function checkParams(
  at: readonly PropertyKey[],
  method: string,
  template: string,
  { names, params: free = {} }: { readonly names: Names; readonly params: Endpoint['params'] | undefined },
  data: PolicyData,
  tell: Tell,
): void {
  const params = segmentsOf(template).flatMap((segment) => parameterOf(segment) ?? [])
  const resources = resourcesIn(names)
  const kinds = [...Object.keys(data.kinds), PLAN_KIND]
  const sources = resources.flatMap(({ kind, at }) => (typeof kind === 'string' ? [at] : [at, kind.from]))
  for (const { kind } of resources) {
    for (const name of typeof kind === 'string' ? [kind] : kind.of) {
      mustBeOne('kind', name, kinds, [...at, 'names'], tell)
    }
  }
  if (BODILESS.has(method) && sources.some((source) => source.startsWith('body:')))
    tell([...at, 'names'], `takes a resource from the body, which ${method} has none of.`)
  for (const [i, param] of params.entries()) {
    const isResource = sources.includes(`path:${param}`)
    if (params.indexOf(param) !== i) tell(at, `has the parameter "${param}" twice.`)
    else if (isResource && Object.hasOwn(free, param))
      tell([...at, 'params', param], 'is a resource and cannot be free as well.')
    else if (!isResource && !Object.hasOwn(free, param))
      tell(at, `has the parameter "${param}", which is no resource. Name its resource, or declare it under "params".`)
  }
  for (const param of Object.keys(free))
    if (!params.includes(param)) tell([...at, 'params', param], 'is not a parameter of the route.')
}
