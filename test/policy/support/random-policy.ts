/** Small policies by lot, and the same ones changed in a few places: what a comparison of policies is tried on. */
import { definePolicy, type Policy, type PolicyData, SetupError } from 'plan-access-tokens'
import type { Random } from '../../processes/random.ts'

/** A policy's data that can be changed. */
// biome-ignore lint/suspicious/noExplicitAny: the data of a policy that may be wrong, as JSON has it
type Draft = any

const TIERS = ['t1', 't2', 't3']
const SCOPES = ['a', 'b', 'c', 'r']
const KINDS = ['file', 'folder', 'doc']
const PREFIXES = ['one', 'two', 'three']
const HEADERS = ['x-key', 'x-token']
const WORDS = ['x', 'y', 'X', '@z', '1']
const FORMS = [undefined, undefined, 'digits', 'base62', 'name', 'integer', 'uuid']
const MAXIMA = [undefined, undefined, 1, 2, 3]
const VALUES = ['1', 'a', 'x', 'y', '-', 'P-1']

/** A random policy. */
export function randomPolicy(random: Random): Policy {
  for (;;) {
    const policy = defined(draft(random))
    if (policy) return policy
  }
}

/** The same policy with one to three places changed; each change is one that a person may make. */
export function changedPolicy(policy: Policy, random: Random): Policy {
  for (;;) {
    const data: Draft = structuredClone(policy.data)
    for (let changes = 1 + random.below(3); changes > 0; changes--) change(data, random)
    const changed = defined(data)
    if (changed) return changed
  }
}

const checks = { 'k@1': () => true, 'l@1': () => true }

function defined(data: Draft): Policy | undefined {
  try {
    return definePolicy(withScopes(data) as PolicyData, { checks })
  } catch (error) {
    if (error instanceof SetupError) return undefined
    throw error
  }
}

/** Every scope is used or reserved; some are reserved although they are used, and some had another name. */
function withScopes(data: Draft): Draft {
  const used = new Set(Object.values<Draft>(data.endpoints).flatMap(({ scopes }) => scopes.flat()))
  const infos = { ...data.scopes, ...data.reserved }
  const isGranted = (scope: string): boolean => scope !== 'r' && used.has(scope) && infos[scope]?.group !== 'reserved'
  const sections = new Map(
    [true, false].map((granted) => [granted, SCOPES.filter((scope) => isGranted(scope) === granted)]),
  )
  const section = (granted: boolean): Draft =>
    Object.fromEntries((sections.get(granted) ?? []).map((scope) => [scope, infos[scope] ?? {}]))
  data.scopes = section(true)
  data.reserved = section(false)
  for (const type of Object.values<Draft>(data.types)) {
    for (const field of ['scopes', 'fixed']) {
      if (!type[field]) continue
      type[field] = type[field].filter((scope: string) => scope in data.scopes)
      if (type[field].length === 0) delete type[field]
    }
  }
  return data
}

function draft(random: Random): Draft {
  const endpoints: Draft = {}
  for (let count = 1 + random.below(5); count > 0; count--) endpoints[routeOf(random)] = undefined
  for (const route of Object.keys(endpoints)) endpoints[route] = endpointOf(route, random)
  return {
    surface: 's',
    credential: { headers: some(HEADERS, random, 0.4), bearer: random.chance(0.8) },
    tiers: some(TIERS, random, 0.7),
    limits: limitsOf(random),
    scopes: random.chance(0.3) ? { a: { aliases: ['old-a'] } } : {},
    types: { live: typeOf(PREFIXES[0]!, random), ...(random.chance(0.5) && { ci: typeOf(PREFIXES[1]!, random) }) },
    kinds: Object.fromEntries(KINDS.map((kind) => [kind, kindOf(kind, random)])),
    links: { hosts: ['h.example'], shapes: random.chance(0.5) ? ['/f/{file}'] : ['/d/{folder}'] },
    endpoints,
  }
}

function some<T>(list: readonly T[], random: Random, probability: number): T[] {
  return list.filter(() => random.chance(probability))
}

function limitsOf(random: Random): Draft {
  return random.chance(0.3)
    ? {
        ...(random.chance(0.5) && { resources: 1 + random.below(3) }),
        ...(random.chance(0.5) && { bodyBytes: 20 + random.below(60) }),
      }
    : {}
}

function typeOf(prefix: string, random: Random): Draft {
  const scopes = some(SCOPES, random, 0.5)
  return random.chance(0.4) ? { prefix } : random.chance(0.7) ? { prefix, scopes } : { prefix, fixed: scopes }
}

function kindOf(kind: string, random: Random): Draft {
  const id = random.of(FORMS)
  const max = random.of(MAXIMA)
  const isUnder = kind === 'doc' && random.chance(0.6)
  return {
    ...(id && { id }),
    ...(max && { max }),
    ...(kind === 'doc' && { parents: ['folder'] }),
    ...(isUnder && { under: true }),
  }
}

function routeOf(random: Random): string {
  const params = ['{p}', '{q}', '{s}']
  const segments = Array.from({ length: 1 + random.below(3) }, () =>
    random.chance(0.5) ? random.of(WORDS) : (params.shift() ?? 'x'),
  )
  return `${random.of(['GET', 'GET', 'POST'])} /${segments.join('/')}`
}

function endpointOf(route: string, random: Random): Draft {
  const params = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const free: Draft = {}
  const named: Draft[] = []
  for (const param of params) {
    if (random.chance(0.35)) free[param] = freeOf(random)
    else named.push(namedOf(`path:${param}`, random))
  }
  if (random.chance(0.35)) named.push(namedOf(`query:${random.of(['m', 'n'])}`, random))
  if (random.chance(0.15)) named.push(namedOf(`query:${random.of(['m', 'n'])}`, random))
  const isPost = route.startsWith('POST')
  if (isPost && random.chance(0.6)) named.push(namedOf(random.of(BODY), random))
  if (isPost && random.chance(0.2)) named.push(namedOf(random.of(BODY), random))
  for (const name of named) {
    const other = random.of(named)
    if (other !== name && random.chance(0.4) && ![name.at, other.at].some((at) => at.includes('[]')))
      name.within = other.at
    if (name.within === other.at && random.chance(0.3)) other.above = true
  }
  const names = namesOf(named, random)
  if (named.length === 0 && random.chance(0.2))
    return { scopes: [], names: 'nothing', public: true, ...(Object.keys(free).length > 0 && { params: free }) }
  return {
    scopes: scopesOf(random),
    names,
    ...(Object.keys(free).length > 0 && { params: free }),
    ...(random.chance(0.25) && { tiers: some(TIERS, random, 0.6) }),
    ...(random.chance(0.1) && { closed: 'closed' }),
    ...(random.chance(0.15) && { checks: { [random.of(['k@1', 'l@1'])]: 'It holds.' } }),
  }
}

const BODY = ['body:e', 'body:e', 'body:f[]', 'body:g[].h', 'body:g[].i', 'body:j.k']

/** Alternatives, some of them scopes together; `definePolicy` refuses those that another one covers. */
function scopesOf(random: Random): Draft[] {
  return random.chance(0.7) ? some(SCOPES, random, 0.4) : [some(SCOPES, random, 0.5), ...some(SCOPES, random, 0.2)]
}

function freeOf(random: Random): Draft {
  return random.of(['any', 'digits', some(VALUES, random, 0.4)])
}

function namedOf(at: string, random: Random): Draft {
  const kind = random.chance(0.2)
    ? { from: random.of(['query:o', 'query:o', 'body:o']), of: some([...KINDS, 'plan'], random, 0.5) }
    : random.of([...KINDS, ...KINDS, 'plan'])
  return {
    kind,
    at,
    ...(random.chance(0.15) && { prefix: 'P-' }),
    ...(random.chance(0.2) && { stem: random.of(['a/', '1', 'x']) }),
  }
}

function namesOf(named: Draft[], random: Random): Draft {
  if (named.length === 0) return random.of(['nothing', 'plan', 'filtered'])
  return random.chance(0.3) ? { anyOf: named, none: random.of(['plan', 'refuse', 'filtered']) } : named
}

function change(data: Draft, random: Random): void {
  if (Object.keys(data.endpoints).length === 0) data.endpoints['GET /x'] = endpointOf('GET /x', random)
  const route = random.of(Object.keys(data.endpoints))
  const endpoint = data.endpoints[route]
  const type = random.of(['live', ...Object.keys(data.types)])
  const kind = random.of(KINDS)
  const changes: (() => void)[] = [
    () => (data.credential = { headers: some(HEADERS, random, 0.5), bearer: random.chance(0.7) }),
    () => (data.tiers = some(TIERS, random, 0.7)),
    () => (data.limits = limitsOf(random)),
    () => (data.types[type] = typeOf(random.of(PREFIXES), random)),
    () => (data.types[random.of(['ci', 'bot'])] = typeOf(random.of(PREFIXES), random)),
    () => delete data.types[type],
    () => (data.kinds[kind] = kindOf(kind, random)),
    () => (endpoint.scopes = scopesOf(random)),
    () => (data.scopes[random.of(SCOPES)] = random.of([{}, { group: 'reserved' }, { aliases: ['old-a'] }])),
    () => (endpoint.public = true),
    () => delete endpoint.public,
    () => (endpoint.tiers = some(TIERS, random, 0.6)),
    () => delete endpoint.tiers,
    () => (endpoint.closed = 'closed'),
    () => delete endpoint.closed,
    () => (endpoint.checks = { [random.of(['k@1', 'l@1'])]: 'It holds.' }),
    () => delete endpoint.checks,
    () => delete data.endpoints[route],
    () => {
      const added = routeOf(random)
      data.endpoints[added] = endpointOf(added, random)
    },
    () => (data.endpoints[route] = endpointOf(route, random)),
    () => (data.endpoints[route] = { ...endpointOf(route, random), scopes: endpoint.scopes }),
    () => {
      const { names } = endpointOf(route, random)
      if (Object.keys(endpoint.params ?? {}).length === 0) endpoint.names = names
    },
    () => {
      if (Array.isArray(endpoint.names))
        endpoint.names = { anyOf: endpoint.names, none: random.of(['plan', 'refuse', 'filtered']) }
      else if (typeof endpoint.names === 'object') endpoint.names = endpoint.names.anyOf
    },
    () => {
      const names = Array.isArray(endpoint.names) ? endpoint.names : endpoint.names.anyOf
      if (typeof names === 'object')
        Object.assign(random.of(names as Draft[]), namedOf(random.of(names as Draft[]).at, random))
    },
  ]
  random.of(changes)()
}
