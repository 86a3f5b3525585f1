/** A request or a call as it comes, read as far as the rules need it before any I/O. Its body, when a rule asks for it: service/body.ts. */
import { credentialOf, type HeadersLike, isMissing, readCredential } from '../core/credential.ts'
import { matchEndpoint } from '../core/endpoints.ts'
import type { Malformed } from '../core/malformed.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { speltBy } from '../core/spell.ts'
import { isPlainTarget, malformedTarget, pathStart, readFullTarget, targetOfUrl } from '../core/target.ts'
import type { Engine } from './engine.ts'
import { type Inquiry, inquiryOf } from './inquiry.ts'
import { targetOf } from './route-target.ts'

/** A request as Node and its frameworks have it. A Fetch `Request` is taken as it is. */
export interface RequestLike {
  /** Case-sensitive (RFC 9110, section 9.1); HEAD is judged as GET. */
  readonly method: string
  /** The raw request target in origin form, `/path?query`, before any router has rewritten it. */
  readonly url: string
  readonly headers: HeadersLike
  /**
   * Node's names and values in turn; read instead of `headers` where there are any, since Node drops repeated lines. Adapters of
   * serverless platforms leave them empty.
   */
  readonly rawHeaders?: readonly string[]
  /**
   * What JSON gave, or its text or bytes; needed only by endpoints that name resources in the body. Or a function that gives
   * one of them or a promise of it, called once and only for such an endpoint. In each case `headers` must say that it is JSON
   * in UTF-8 (`Content-Type: application/json`), since a handler may go by them.
   */
  readonly body?: unknown
}

/**
 * What is asked where there is no HTTP request: in a queue, a socket, a resolver of GraphQL or a procedure of gRPC or tRPC. The
 * route is one of the policy's, so that there is no path to be read in two ways.
 *
 * @example
 * await tokens.authorize({ secret, route: 'GET /v1/files/{file_key}', params: { file_key: 'ABC' } })
 */
export interface Call<Route extends string = string> {
  /** As the client sent it; `undefined` or empty text if it sent none. */
  readonly secret: string | undefined
  /** A route of the policy, as the policy spells it. */
  readonly route: Route
  /** The values of the route's parameters, not encoded. All of them. */
  readonly params?: { readonly [name: string]: string }
  /** The query, percent-encoded, with or without `?` in front. */
  readonly query?: string
  /** What JSON gave, for endpoints that name resources in the body; or a function that gives it or a promise of it. */
  readonly body?: unknown
}

/** What a decision can be asked about. */
export type Asked<Route extends string = string> = RequestLike | Request | Call<Route>

/** Whether it is a call and no request, which has headers. A request of Express has a `route` too, and of cookie-parser a `secret`. */
export function isCall(asked: object): asked is Call {
  return 'secret' in asked && !('headers' in asked)
}

/**
 * The facts that a request or a call alone gives. The target is read only if there is a credential of ours to judge it for, or
 * none at all and the policy has public endpoints.
 */
export function readAsked(engine: Engine, policy: CompiledPolicy, asked: Asked, basePath: string | undefined): Inquiry {
  const { prefixes, legacy } = engine
  const credential = isCall(asked)
    ? credentialOf(asked.secret)
    : readCredential(policy.credential, asked.headers, (asked as RequestLike).rawHeaders, prefixes, legacy)
  const isOurs = typeof credential === 'string' && engine.isWellFormed(credential)
  const key = !isOurs && legacy && typeof credential === 'string' ? legacy.read(credential) : undefined
  const wellFormed = isOurs || key !== undefined
  const inquiry = inquiryOf(engine, policy, asked, credential, wellFormed)
  if (key) inquiry.legacy = key
  if (!wellFormed && !(policy.hasPublic && isMissing(credential))) return inquiry
  if (isCall(asked)) putAsked(inquiry, asked, basePath)
  else putTarget(inquiry, basePath === undefined ? asked : below(basePath, asked))
  // Whether anything is asked of a request without a credential is up to its endpoint.
  if (!wellFormed) putMatch(inquiry)
  return inquiry
}

/**
 * Reads the target of a request or a call.
 *
 * @throws PlanTokenError `invalid_input` for a call of a route that the policy does not have, or with other parameters.
 */
export function putAsked(
  inquiry: Inquiry,
  asked: Asked | Parameters<typeof targetOf>[0],
  basePath: string | undefined,
): void {
  if ('headers' in asked || !('route' in asked)) {
    putTarget(inquiry, basePath === undefined ? asked : below(basePath, asked))
    return
  }
  const target = targetOf(asked, inquiry.policy)
  if (!target) {
    inquiry.malformed = { reason: 'value_unreadable', source: 'params' }
    return
  }
  putTarget(inquiry, target)
  putMatch(inquiry)
  if (inquiry.match?.endpoint === inquiry.policy.routes.get(asked.route)) return
  // A value may make it the path of another route.
  inquiry.match = undefined
  inquiry.method = undefined
}

/** The request as the policy knows it. What lies elsewhere is given no method, and so is no endpoint of the policy. */
export function below(
  basePath: string,
  request: Pick<RequestLike | Request, 'method' | 'url'>,
): { readonly method: string; readonly url: string } {
  const { method, url } = request
  // Only a Fetch request has an absolute URL.
  const start = isFetchRequest(request) ? pathStart(url) : 0
  const isBelow = typeof url === 'string' && start >= 0 && url.startsWith(`${basePath}/`, start)
  if (isBelow) return { method, url: url.slice(start + basePath.length) }
  return { method: '', url: start > 0 ? url.slice(start) : url }
}

/** Reads the target. Of most requests it is a path alone, of which no object is made (bench/engine.ts). */
function putTarget(inquiry: Inquiry, request: Pick<RequestLike | Request, 'method' | 'url'>): void {
  const { method, url } = request
  const { spelling } = inquiry.policy
  const spelt = spelling ? speltBy(spelling, url) : url
  const isUrl = isFetchRequest(request)
  const text = isUrl ? targetOfUrl(spelt) : spelt
  inquiry.method = method
  if (isPlainTarget(text)) {
    inquiry.path = text
    return
  }
  const target = readFullTarget(text)
  if (target) {
    inquiry.path = target.path
    inquiry.query = target.query
  } else inquiry.malformed = malformedIn(url, spelt, isUrl)
}

/** Finds the endpoint. Not before the token is known, since most of what is refused earlier needs none. */
export function putMatch(inquiry: Inquiry): void {
  const { path, method, policy } = inquiry
  if (inquiry.match || path === undefined || typeof method !== 'string') return
  inquiry.match = matchEndpoint(policy.trie, method, path)
}

/** Places are told in the target that was sent, and so not in another spelling of it. */
function malformedIn(url: unknown, spelt: unknown, isUrl: boolean): Malformed {
  const malformed = malformedTarget(spelt, isUrl)
  return spelt === url ? malformed : { reason: malformed.reason }
}

/** Whether it is a Fetch `Request`, of whichever realm or library. */
export function isFetchRequest(request: object): request is Request {
  return (
    typeof (request as { clone?: unknown }).clone === 'function' &&
    typeof (request as { arrayBuffer?: unknown }).arrayBuffer === 'function'
  )
}
