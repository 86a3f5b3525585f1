/** What the guard of an MCP server is told, and what it makes of it: for each tool an endpoint of the policy. */
import * as z from 'zod/mini'
import { addressSchema } from '../core/came-from.ts'
import { splitRoute } from '../core/endpoints.ts'
import { mayBeNumber } from '../core/kinds.ts'
import type { Policy } from '../core/policy.ts'
import type { Endpoint, Names } from '../core/policy-data.ts'
import { resourcesIn } from '../core/policy-names.ts'
import { readOptions, type Tell } from '../core/setup.ts'
import { judged, whole } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import { createDecider, type GuardEngine } from '../http/guard.ts'
import type { NodeRequest } from '../http/node-side.ts'

/** An endpoint of the policy, and which arguments of a tool its parameters are. */
export type McpEndpoint =
  | string
  | {
      /** The route, as the policy spells it. */
      readonly route: string
      /**
       * For names of the route's path and of its query, the argument that has the value. Default: the one of the same name. A body
       * is always all of the arguments.
       */
      readonly arguments?: { readonly [name: string]: string }
    }

/** What `mcpGuard` takes. */
export interface McpGuardOptions {
  /** The policy. Default: the engine's first. */
  readonly surface?: string
  /** The policy's endpoint for the connection itself, such as `POST /mcp`: whoever may not call it learns nothing. */
  readonly connection: string
  /** The tools by their names. A tool that is not named here is neither shown nor called. */
  readonly tools: { readonly [tool: string]: McpEndpoint }
  /**
   * Further methods of the protocol, such as `resources/read`, by their names; what is an argument of a tool is a field of their
   * `params`. A method that the guard does not know by itself and that is not named here is refused.
   */
  readonly methods?: { readonly [method: string]: McpEndpoint }
  /** The names of the tools that the server has, where they are known: what is not in `tools`, and the reverse, is told at start. */
  readonly served?: readonly string[]
  /** The address of the server, such as `https://mcp.example/mcp`, for RFC 9728: challenges then say where the metadata is. */
  readonly resource?: string
  /** Says which address a request came from, as that of the other guards does (docs/addresses.md). */
  readonly address?: (request: NodeRequest) => unknown
  /** How long a body may take to arrive, in milliseconds, 1 to 600,000. Default 30,000. */
  readonly bodyTimeoutMs?: number
  /** The issuers of its access tokens (RFC 9728), if there are any besides plan admins. */
  readonly authorizationServers?: readonly string[]
}

/** An endpoint made ready. */
export interface Called {
  readonly route: string
  readonly method: string
  readonly path: string
  readonly endpoint: Endpoint
  /** The names in the path, each with its argument. */
  readonly params: readonly (readonly [name: string, argument: string])[]
  /** The names in the query that the policy reads. */
  readonly query: readonly (readonly [name: string, argument: string])[]
  /** The sources of path and query that name resources whose ids are text, so that a number is none of them (core/kinds.ts). */
  readonly texts: ReadonlySet<string>
}

/** The options made ready. */
export interface Told {
  readonly policy: Policy
  readonly connection: Called
  readonly tools: ReadonlyMap<string, Called>
  readonly methods: ReadonlyMap<string, Called>
  readonly resource: URL | undefined
  readonly authorizationServers: readonly string[]
  readonly address: ((request: NodeRequest) => unknown) | undefined
  readonly bodyTimeoutMs: number
}

const endpoint = z.union([
  z.string(),
  z.strictObject({ route: z.string(), arguments: z.optional(z.record(z.string(), z.string())) }),
])
const schema = z.strictObject({
  tokens: z.unknown(),
  surface: z.optional(z.unknown()),
  connection: z.string(),
  tools: z.record(z.string(), endpoint),
  methods: z.optional(z.record(z.string(), endpoint)),
  served: z.optional(z.array(z.string())),
  resource: z.optional(judged((value) => (isResource(value) ? undefined : RESOURCE))),
  address: z.optional(addressSchema),
  bodyTimeoutMs: z.optional(whole(1, 600_000)),
  authorizationServers: z.optional(z.array(judged((value) => (isResource(value) ? undefined : ISSUER)))),
})

const AS_URL = 'of http only on this machine, without a user, a query or a fragment.'
const RESOURCE = `must be a URL such as "https://mcp.example/mcp", ${AS_URL}`
const ISSUER = `must be the URL of an issuer, such as "https://login.example", ${AS_URL}`

/**
 * Reads the options.
 *
 * @throws SetupError with every mistake at once.
 */
export function readMcpOptions(tokens: GuardEngine, options: McpGuardOptions): Told {
  const { surface } = Object(options) as McpGuardOptions
  createDecider(tokens, surface === undefined ? undefined : { surface }, {}, 'mcpGuard')
  const policy = tokens.policies.find((one) => surface === undefined || one.surface === surface) as Policy
  const read = readOptions<McpGuardOptions>('mcpGuard', schema, options, { tokens }, (given, tell) => {
    tellEndpoint(policy, ['connection'], given.connection, tell)
    if (typeof given.connection === 'string' && policy.data.endpoints[given.connection]?.public)
      tell(['connection'], 'must not be public: whoever connects has a token.')
    if (typeof given.connection === 'string' && paramsIn(given.connection).length > 0)
      tell(['connection'], 'must have no parameters: there are no arguments yet.')
    if (typeof given.connection === 'string' && readsResources(policy.data.endpoints[given.connection]?.names))
      tell(['connection'], 'must name no resource: there are no arguments yet.')
    if (Object.hasOwn(Object(given.methods), 'tools/call'))
      tell(['methods', 'tools/call'], 'is judged by what `tools` says of each tool. Name them there.')
    for (const field of ['tools', 'methods'] as const)
      for (const [name, one] of Object.entries(Object(given[field]))) tellEndpoint(policy, [field, name], one, tell)
    if (Array.isArray(given.served)) tellServed(Object.keys(Object(given.tools)), given.served, tell)
  })
  const made = (one: McpEndpoint): Called => calledOf(policy, one)
  const each = (all: { readonly [name: string]: McpEndpoint } = {}): ReadonlyMap<string, Called> =>
    new Map(Object.entries(all).map(([name, one]) => [name, made(one)]))
  return {
    policy,
    connection: made(read.connection),
    tools: each(read.tools),
    methods: each(read.methods),
    resource: read.resource === undefined ? undefined : new URL(read.resource),
    authorizationServers: read.authorizationServers ?? [],
    address: read.address,
    bodyTimeoutMs: read.bodyTimeoutMs ?? 30_000,
  }
}

function tellEndpoint({ data }: Policy, at: readonly string[], given: unknown, tell: Tell): void {
  const route: unknown = typeof given === 'string' ? given : Object(given).route
  if (typeof route !== 'string') return
  const found = Object.hasOwn(data.endpoints, route) ? data.endpoints[route] : undefined
  if (!found) {
    tell(at, `is not a route of this policy.${didYouMean(route, Object.keys(data.endpoints))}`)
    return
  }
  const known = [...paramsIn(route), ...queryOf(found.names)]
  for (const name of Object.keys(Object(Object(given).arguments)))
    if (!known.includes(name))
      tell([...at, 'arguments', name], `is no name in the path or the query of the route.${didYouMean(name, known)}`)
}

function tellServed(tools: readonly string[], served: readonly unknown[], tell: Tell): void {
  for (const name of served)
    if (typeof name === 'string' && !tools.includes(name))
      tell(['tools', name], 'is a tool of the server and has no endpoint. Without one it is refused.')
  for (const name of tools) if (!served.includes(name)) tell(['tools', name], 'is no tool of the server.')
}

function calledOf({ data }: Policy, given: McpEndpoint): Called {
  const { route, arguments: args = {} } = typeof given === 'string' ? { route: given } : given
  const endpoint = data.endpoints[route] as Endpoint
  const pair = (name: string) => [name, Object.hasOwn(args, name) ? (args[name] as string) : name] as const
  return {
    ...{ route, endpoint, ...splitRoute(route) },
    ...{ params: paramsIn(route).map(pair), query: queryOf(endpoint.names).map(pair) },
    texts: new Set(resourcesIn(endpoint.names).flatMap((one) => (mayBeNumber(one, data.kinds) ? [] : [one.at]))),
  }
}

function paramsIn(route: string): readonly string[] {
  return [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
}

/** The names of the query that an endpoint reads. */
function queryOf(names: Names): readonly string[] {
  const sources = resourcesIn(names).flatMap(({ at, kind }) => [at, ...(typeof kind === 'string' ? [] : [kind.from])])
  return [...new Set(sources.filter((at) => at.startsWith('query:')).map((at) => at.slice('query:'.length)))]
}

/** Whether an endpoint is never open to a request that names nothing. */
function readsResources(names: Names | undefined): boolean {
  if (typeof names !== 'object') return false
  return 'anyOf' in names ? names.none === 'refuse' : names.length > 0
}

function isResource(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value) || /[?#"\\\s]/.test(value)) return false
  const { protocol, hostname, username, password } = new URL(value)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return username + password === '' && (protocol === 'https:' || (protocol === 'http:' && isLocal))
}
