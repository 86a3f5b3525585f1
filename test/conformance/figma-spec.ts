/**
 * Reads an OpenAPI document and a policy into the same form, and tells where the two part. What may differ, and that the
 * comparison bites: figma-spec.test.ts. Strict about what it reads, so that a new way of saying something in the document
 * fails instead of being passed over.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Endpoint, PolicyData } from 'plan-access-tokens'
import { parse } from 'yaml'

/** What an operation is compared by. */
export interface Operation {
  /** The alternatives, sorted. */
  readonly scopes: readonly string[]
  /** Whether a plan access token may use it at all. */
  readonly open: boolean
}

/** One place where the document and the policy part. */
export interface Difference {
  readonly route: string
  readonly what: 'only_in_spec' | 'only_in_policy' | 'scopes' | 'openness'
}

/** The parts of an OpenAPI document that are looked at. */
export interface OpenApi {
  readonly info: { readonly version: string }
  readonly paths: { [path: string]: { [method: string]: SpecOperation } }
}

export interface SpecOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly description?: string
  security: { [scheme: string]: readonly string[] }[]
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly responses: { readonly [status: string]: { readonly $ref?: string } }
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } }
}

interface Schema {
  readonly type?: string
  readonly properties?: { readonly [name: string]: Schema }
  readonly items?: Schema
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch']
const OAUTH = ['OAuth2', 'OrgOAuth2']
const SCHEMES = ['PersonalAccessToken', 'PlanAccessToken', ...OAUTH]

const published = createRequire(import.meta.url).resolve('@figma/rest-api-spec/openapi/openapi.yaml')
const document = parse(readFileSync(published, 'utf8')) as OpenApi

/** The published document, as it lies in the package. A copy at each call, so that a test may change it. */
export function readPublishedSpec(): OpenApi {
  const { info, paths } = document
  return structuredClone({ info, paths })
}

/** Every operation of a document by its route, `GET /v1/files/{file_key}`. */
export function specOperations({ paths }: OpenApi): ReadonlyMap<string, SpecOperation> {
  const operations = new Map<string, SpecOperation>()
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!METHODS.includes(method)) throw new Error(`"${path}" has "${method}", which this reader does not know.`)
      operations.set(`${method.toUpperCase()} ${path}`, operation)
    }
  }
  return operations
}

/** A document's operations in the form of the comparison. */
export function operationsOfSpec(spec: OpenApi): ReadonlyMap<string, Operation> {
  return mapValues(specOperations(spec), (operation, route) => ({
    scopes: [...scopesOf(operation, route)].sort(),
    open: operation.security.some((requirement) => 'PlanAccessToken' in requirement),
  }))
}

/**
 * The alternatives that an OAuth requirement lists. An operation for plan access tokens alone has no such requirement; the
 * document then names the scope in its description.
 */
function scopesOf({ security, description = '' }: SpecOperation, route: string): ReadonlySet<string> {
  const scopes = new Set<string>()
  let isSaid = false
  for (const requirement of security) {
    const [scheme = '', ...further] = Object.keys(requirement)
    if (!SCHEMES.includes(scheme) || further.length > 0)
      throw new Error(`${route} asks for ${JSON.stringify(requirement)}, which this reader does not know.`)
    if (!OAUTH.includes(scheme)) continue
    isSaid = true
    for (const scope of requirement[scheme] ?? []) scopes.add(scope)
  }
  if (isSaid) return scopes
  return new Set([...description.matchAll(/`([a-z_]+:[a-z_]+)` scope/g)].map((match) => match[1] as string))
}

/** A policy's endpoints in the form of the comparison. */
export function operationsOfPolicy({ endpoints }: PolicyData): ReadonlyMap<string, Operation> {
  return mapValues(new Map(Object.entries(endpoints)), ({ scopes, closed }) => ({
    scopes: scopes.flat().sort(),
    open: closed === undefined,
  }))
}

/** One endpoint of a policy, which must have it. */
export function endpointOf({ endpoints }: PolicyData, route: string): Endpoint {
  const endpoint = endpoints[route]
  if (!endpoint) throw new Error(`The policy has no "${route}".`)
  return endpoint
}

/** Every place where the two part, in both directions, in a fixed order. */
export function differences(
  spec: ReadonlyMap<string, Operation>,
  ours: ReadonlyMap<string, Operation>,
): readonly Difference[] {
  const found: Difference[] = []
  for (const route of [...new Set([...spec.keys(), ...ours.keys()])].sort()) {
    const theirs = spec.get(route)
    const own = ours.get(route)
    if (!own) found.push({ route, what: 'only_in_spec' })
    else if (!theirs) found.push({ route, what: 'only_in_policy' })
    else {
      if (theirs.scopes.join(' ') !== own.scopes.join(' ')) found.push({ route, what: 'scopes' })
      if (theirs.open !== own.open) found.push({ route, what: 'openness' })
    }
  }
  return found
}

/** Where an operation takes values from, spelt as a policy spells it: `path:file_key`, `body:dev_resources[].id`. */
export function sourcesOf({ parameters = [], requestBody }: SpecOperation): readonly string[] {
  const schema = requestBody?.content['application/json'].schema
  return [...parameters.map((parameter) => `${parameter.in}:${parameter.name}`), ...(schema ? fieldsOf(schema) : [])]
}

function fieldsOf({ properties = {} }: Schema, prefix = 'body:'): readonly string[] {
  return Object.entries(properties).flatMap(([name, inner]) => {
    if (inner.type === 'array' && inner.items?.properties) return fieldsOf(inner.items, `${prefix}${name}[].`)
    return inner.properties ? fieldsOf(inner, `${prefix}${name}.`) : [`${prefix}${name}`]
  })
}

function mapValues<From, To>(
  map: ReadonlyMap<string, From>,
  change: (value: From, key: string) => To,
): ReadonlyMap<string, To> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]))
}
