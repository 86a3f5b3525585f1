/**
 * The operations of a document, as a policy would spell them: route, parameters, security. What they mean for a token:
 * openapi/security.ts and openapi/resources.ts.
 */
import { claimOf } from '../core/endpoints.ts'
import { isDictionary, isObject } from '../core/objects.ts'
import { isRoute } from '../core/policy-check.ts'
import type { Tell } from '../core/setup.ts'
import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './read.ts'
import { follow, refOf } from './refs.ts'
import { type Bases, basesOf, otherThan, type Server } from './servers.ts'
import { EXTENSION, leadsOn } from './unread.ts'

/** A parameter of the path or the query. */
export interface OperationParameter {
  readonly name: string
  readonly in: 'path' | 'query'
  /** As a policy spells it: `path:file_key`. */
  readonly source: string
  readonly required: boolean
  readonly schema: OpenApiSchema | undefined
  /** What `x-plan-resource` says of it; `undefined` if nothing. */
  readonly extension: unknown
}

/** A security requirement: the schemes that it asks for together, each with its list of scopes. */
export type Requirement = { readonly [scheme: string]: readonly string[] }

/** One operation. */
export interface Operation {
  /** `GET /v1/files/{file_key}`, with what the servers put before it. */
  readonly route: string
  readonly method: string
  /** Where it stands in the document. */
  readonly at: readonly string[]
  readonly object: OpenApiOperation
  readonly parameters: readonly OperationParameter[]
  /** Whether an extension stands in it where none is read, its body left aside. */
  readonly isUnread: boolean
  /** The names of the route's parameters. */
  readonly params: readonly string[]
  /** Its own security or the document's; `undefined` where neither says anything. */
  readonly security: readonly Requirement[] | undefined
  /** Why no policy can hold it. */
  readonly leftOut?: { readonly code: 'route_form' | 'server_unclear' | 'judged_as_get'; readonly message: string }
  /** The host that serves it, if that is not known to be the document's; empty for the one where the document lies. */
  readonly otherHost?: string
}

/** What is read of a path item and an operation, which the validator has seen. */
interface Item {
  readonly [field: string]: unknown
  readonly servers?: readonly Server[]
  readonly parameters?: readonly unknown[]
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/**
 * Every operation of a document, in its order.
 *
 * @param basePath stands in place of what the document's own servers put before its paths.
 * @param tell is told of what makes the document ambiguous, with its place in the document.
 */
export function operationsOf(
  document: OpenApiDocument,
  basePath: string | undefined,
  tell: Tell,
): readonly Operation[] {
  const bases = basesOf((document.servers ?? []) as readonly Server[])
  const prefix = basePath ?? onlyPrefix(bases, tell)
  const operations: Operation[] = []
  const claims = new Map<string, string>()
  const paths = (document.paths ?? {}) as { readonly [path: string]: unknown }
  for (const [path, written] of Object.entries(paths)) {
    if (!path.startsWith('/')) continue
    const lost = { isUnread: false }
    const item = itemOf(document, path, written, lost, tell)
    lose(document, item, [...METHODS, 'parameters'], lost)
    for (const method of METHODS) {
      const object = item[method]
      if (!isDictionary(object)) continue
      const operation = operationOf({ document, bases, prefix, path, method, item, object, lost: { ...lost }, tell })
      operations.push(operation)
      const other = operation.leftOut ? undefined : claims.get(claimOf(operation.method, pathOf(operation)))
      if (other !== undefined)
        tell(operation.at, `claims the same path as "${other}": names of parameters and letter case do not count.`)
      else if (!operation.leftOut) claims.set(claimOf(operation.method, pathOf(operation)), operation.route)
    }
  }
  if (operations.length === 0) tell(['paths'], 'has no operations.')
  return operations
}

const pathOf = ({ route, method }: Operation): string => route.slice(method.length + 1)

function onlyPrefix({ prefixes, problem }: Bases, tell: Tell): string {
  const [prefix, ...others] = prefixes
  if (problem !== undefined) tell(['servers'], `${problem} Say what paths begin with: basePath, such as "/v1" or "".`)
  else if (others.length > 0) {
    const list = prefixes.map((one) => JSON.stringify(one)).join(', ')
    tell(['servers'], `put different paths before the operations: ${list}. Say which counts by basePath.`)
  }
  return prefix ?? ''
}

/** A path item behind its reference. What stands beside a reference has no meaning (OpenAPI, "Path Item Object"). */
function itemOf(document: OpenApiDocument, path: string, written: unknown, lost: Lost, tell: Tell): Item {
  if (refOf(written) !== undefined && METHODS.some((method) => isObject((written as Item)[method])))
    tell(['paths', path], 'has operations beside a "$ref", which can be read in two ways.')
  return partOf(document, written, ['paths', path], lost, tell) ?? {}
}

/** Whether an extension stands where none is read. */
interface Lost {
  isUnread: boolean
}

function lose(document: OpenApiDocument, part: object, read: readonly string[], lost: Lost): void {
  if (leadsOn(document, part, read)) lost.isUnread = true
}

/** An object of the document behind its references. What stands beside a reference is not read. */
function partOf(
  document: OpenApiDocument,
  written: unknown,
  at: readonly PropertyKey[],
  lost: Lost,
  tell: Tell,
): Item | undefined {
  const found = follow(document, written, (reference) => lose(document, reference, ['$ref'], lost))
  if ('problem' in found) tell([...at, '$ref'], found.problem)
  else if (isDictionary(found.part)) return found.part
  return undefined
}

interface Found {
  readonly document: OpenApiDocument
  readonly bases: Bases
  readonly prefix: string
  readonly path: string
  readonly method: string
  readonly item: Item
  readonly object: Item
  readonly lost: Lost
  readonly tell: Tell
}

/** What is read of an operation, or is no part of a request. */
const OF_OPERATION = ['parameters', 'requestBody', 'responses', 'callbacks', EXTENSION]

function operationOf(given: Found): Operation {
  const { document, bases, prefix, path, method: field, item, object, lost } = given
  const at = ['paths', path, field]
  const method = field.toUpperCase()
  const servers = object.servers ?? item.servers
  const own = servers && servers.length > 0 ? basesOf(servers) : undefined
  const before = own && !own.prefixes.includes(prefix) ? onlyOf(own.prefixes) : prefix
  const { template, params } = routePath(`${before ?? ''}${path}`)
  const route = `${method} ${template}`
  const otherHost = own && otherThan(own.hosts, bases.hosts)
  const leftOut = before === undefined ? SERVER_UNCLEAR : leftOutFor(route, item)
  lose(document, object, OF_OPERATION, lost)
  const parameters = parametersOf(given, at, params)
  return {
    route,
    method,
    at,
    object: object as unknown as OpenApiOperation,
    parameters,
    isUnread: lost.isUnread,
    params,
    security: securityOf(document, object),
    ...(leftOut && { leftOut }),
    ...(otherHost !== undefined && { otherHost }),
  }
}

/** A path of the document as a policy spells it: `{file-key}` is called `file_key`. */
function routePath(path: string): { readonly template: string; readonly params: readonly string[] } {
  const params: string[] = []
  const template = path.replaceAll(/(?<=\/)\{([^{}/]*)\}(?=\/|$)/g, (_, name: string) => {
    params.push(routeName(name))
    return `{${routeName(name)}}`
  })
  return { template, params }
}

const routeName = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_')

const onlyOf = ([one, ...others]: readonly string[]): string | undefined => (others.length === 0 ? one : undefined)

const SERVER_UNCLEAR = { code: 'server_unclear', message: 'Its own servers put no one path before it.' } as const

function leftOutFor(route: string, item: Item): Operation['leftOut'] {
  if (route.startsWith('HEAD ') && isDictionary(item.get))
    return { code: 'judged_as_get', message: 'A HEAD request is judged as GET.' }
  if (isRoute(route)) return undefined
  const message =
    'A policy cannot hold its path: each parameter has to be a whole segment with a name of its own, and no segment may be empty or percent-encoded.'
  return { code: 'route_form', message }
}

/** The parameters of path and query: those of the path item, in whose place the operation's own stand. */
function parametersOf(
  { document, item, object, lost, tell }: Found,
  at: readonly string[],
  params: readonly string[],
): readonly OperationParameter[] {
  const found = new Map<string, OperationParameter>()
  for (const [place, list] of [
    [at.slice(0, -1), item.parameters],
    [at, object.parameters],
  ] as const) {
    for (const [i, written] of (list ?? []).entries()) {
      const parameter = partOf(document, written, [...place, 'parameters', i], lost, tell)
      if (!parameter) continue
      const name = String(parameter.name)
      const isRead = parameter.in === 'query' || (parameter.in === 'path' && params.includes(routeName(name)))
      lose(document, parameter, isRead ? [EXTENSION] : [], lost)
      if (parameter.in !== 'path' && parameter.in !== 'query') continue
      const source = parameter.in === 'path' ? `path:${routeName(name)}` : `query:${name}`
      const extension = parameter[EXTENSION]
      // One of the path item that the operation's own stands in place of.
      if (found.get(source)?.extension !== undefined && extension === undefined) lost.isUnread = true
      found.set(source, {
        name,
        in: parameter.in,
        source,
        required: parameter.in === 'path' || parameter.required === true,
        schema: schemaOf(document, parameter),
        extension,
      })
    }
  }
  return [...found.values()]
}

function schemaOf(document: OpenApiDocument, { schema, content }: Item): OpenApiSchema | undefined {
  const [media] = isDictionary(content) ? Object.values(content) : []
  const found = follow(document, schema ?? (isDictionary(media) ? media.schema : undefined))
  return 'part' in found && isObject(found.part) ? (found.part as OpenApiSchema) : undefined
}

/** An empty list of the whole document says nothing of one operation; that of an operation says that it needs no token. */
function securityOf(document: OpenApiDocument, object: Item): readonly Requirement[] | undefined {
  const own = object.security as readonly Requirement[] | undefined
  if (own) return own
  const all = document.security as readonly Requirement[] | undefined
  return all && all.length > 0 ? all : undefined
}
