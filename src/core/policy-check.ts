/**
 * What makes a policy's data a policy: its shape, and that everything it names exists and is used. All problems are
 * gathered, so that one run shows them all.
 */
import { parameterOf, segmentsOf } from './endpoints.ts'
import { PolicyError } from './errors.ts'
import type { Endpoint, NamedResource, PolicyData, TokenType } from './policy-data.ts'
import { POLICY_FIELDS, policySchema } from './policy-schema.ts'
import { PLAN_KIND } from './resources.ts'
import { issuesOf, pathText } from './shape.ts'
import { didYouMean } from './suggest.ts'

type Problem = (path: string, message: string) => void

/** A frozen copy of the data as JSON, if it has the shape of a policy; else throws with everything that is off. */
export function checkShape(data: unknown): PolicyData {
  let copy: unknown
  try {
    const json = JSON.stringify(data)
    if (/"__proto__"\s*:/.test(json))
      throw new PolicyError([{ path: '__proto__', message: 'is not a name that can be used.' }])
    copy = JSON.parse(json)
  } catch (error) {
    if (error instanceof PolicyError) throw error
    throw new PolicyError([{ path: 'policy', message: 'must be plain data that can be written as JSON.' }])
  }
  const parsed = policySchema.safeParse(copy)
  if (!parsed.success) throw new PolicyError(issuesOf(parsed.error, POLICY_FIELDS))
  return deepFreeze(copy) as PolicyData
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(Object.freeze(value))) deepFreeze(inner)
  return value
}

/** Whether everything that the data names exists, and is used. */
export function checkMeaning(data: PolicyData, problem: Problem): void {
  const known = new Set([...Object.keys(data.scopes), ...Object.keys(data.reserved ?? {})])
  for (const scope of Object.keys(data.reserved ?? {})) {
    if (Object.hasOwn(data.scopes, scope))
      problem(pathText(['reserved', scope]), 'is grantable as well. A scope is one or the other.')
  }
  if (data.credential.headers.length === 0 && !data.credential.bearer)
    problem('credential', 'must have at least one place for the secret.')
  if (data.credential.headers.includes('authorization'))
    problem('credential.headers', 'must not hold "authorization": say bearer: true.')
  checkTypes(data, known, problem)
  checkKinds(data, problem)
  for (const [route, endpoint] of Object.entries(data.endpoints)) checkEndpoint(route, endpoint, data, known, problem)
  const used = new Set(Object.values(data.endpoints).flatMap((endpoint) => endpoint.scopes))
  for (const scope of Object.keys(data.scopes)) {
    if (!used.has(scope))
      problem(pathText(['scopes', scope]), 'is used by no endpoint. Use it, remove it, or declare it under "reserved".')
  }
}

function checkTypes(data: PolicyData, known: ReadonlySet<string>, problem: Problem): void {
  const prefixes = new Map<string, string>()
  const types = Object.entries<TokenType>(data.types)
  if (types.length === 0) problem('types', 'must hold at least one type.')
  for (const [name, { prefix, scopes, fixed }] of types) {
    const other = prefixes.get(prefix)
    if (other !== undefined) problem(`types.${name}.prefix`, `is the prefix of "${other}" too.`)
    prefixes.set(prefix, name)
    if (scopes && fixed) problem(`types.${name}`, 'has scopes to choose and fixed ones. It must be one of the two.')
    for (const [field, list] of Object.entries({ scopes, fixed })) {
      for (const [i, scope] of (list ?? []).entries()) {
        if (!known.has(scope))
          problem(`types.${name}.${field}[${i}]`, `is not a scope of this policy.${didYouMean(scope, known)}`)
        else if (!Object.hasOwn(data.scopes, scope))
          problem(`types.${name}.${field}[${i}]`, 'is reserved and cannot be granted.')
      }
    }
  }
}

function checkKinds({ kinds }: PolicyData, problem: Problem): void {
  for (const [name, { parents = [] }] of Object.entries(kinds)) {
    for (const [i, parent] of parents.entries()) {
      if (!Object.hasOwn(kinds, parent))
        problem(`kinds.${name}.parents[${i}]`, `is not a kind of this policy.${didYouMean(parent, Object.keys(kinds))}`)
    }
  }
}

const ROUTE = /^([A-Z]+) (\/|(?:\/(?:\{[A-Za-z][A-Za-z0-9_]*\}|[A-Za-z0-9._~@!$&'()*+,;=:-]+))+)$/
/** Methods whose bodies mean nothing (RFC 9110, section 9.3). */
const BODILESS = new Set(['GET', 'DELETE'])

function checkEndpoint(
  route: string,
  endpoint: Endpoint,
  data: PolicyData,
  known: ReadonlySet<string>,
  problem: Problem,
): void {
  const path = pathText(['endpoints', route])
  const [, method = '', template = ''] = ROUTE.exec(route) ?? []
  if (template === '' || segmentsOf(template).some((segment) => segment === '.' || segment === '..')) {
    problem(path, 'is not a route. Write it as "GET /v1/files/{file_key}".')
    return
  }
  if (method === 'HEAD') problem(path, 'is judged as GET. Leave it out.')
  for (const [i, scope] of endpoint.scopes.entries()) {
    if (!known.has(scope)) problem(`${path}.scopes[${i}]`, `is not a scope of this policy.${didYouMean(scope, known)}`)
  }
  for (const [i, tier] of (endpoint.tiers ?? []).entries()) {
    if (!data.tiers.includes(tier))
      problem(`${path}.tiers[${i}]`, `is not a tier of this policy.${didYouMean(tier, data.tiers)}`)
  }
  checkParams(path, method, template, endpoint, data, problem)
}

function checkParams(
  path: string,
  method: string,
  template: string,
  { names, params: free = {} }: Endpoint,
  data: PolicyData,
  problem: Problem,
): void {
  const params = segmentsOf(template).flatMap((segment) => parameterOf(segment) ?? [])
  const resources: readonly NamedResource[] = typeof names === 'string' ? [] : 'anyOf' in names ? names.anyOf : names
  const kinds = [...Object.keys(data.kinds), PLAN_KIND]
  const sources = resources.flatMap(({ kind, at }) => (typeof kind === 'string' ? [at] : [at, kind.from]))
  for (const { kind } of resources) {
    for (const name of typeof kind === 'string' ? [kind] : kind.of) {
      if (!kinds.includes(name))
        problem(`${path}.names`, `has the kind "${name}", which the policy lacks.${didYouMean(name, kinds)}`)
    }
  }
  if (BODILESS.has(method) && sources.some((source) => source.startsWith('body:')))
    problem(`${path}.names`, `takes a resource from the body, which ${method} has none of.`)
  for (const [i, param] of params.entries()) {
    const isResource = sources.includes(`path:${param}`)
    if (params.indexOf(param) !== i) problem(path, `has the parameter "${param}" twice.`)
    else if (isResource && Object.hasOwn(free, param))
      problem(`${path}.params.${param}`, 'is a resource of this endpoint and cannot be free as well.')
    else if (!isResource && !Object.hasOwn(free, param))
      problem(
        path,
        `has the parameter "${param}", which is no resource. Name its resource, or declare it under "params".`,
      )
  }
  for (const param of Object.keys(free))
    if (!params.includes(param)) problem(`${path}.params.${param}`, 'is not a parameter of the route.')
}
