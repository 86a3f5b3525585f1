/**
 * `adminHandler`: the management API as one Fetch handler. Decides who asks, where a request goes and how it is answered. The
 * calls: admin/routes.ts. What is read of a request: admin/read.ts.
 */

import { type Actor, actorIn } from '../core/actor.ts'
import { faultOfContent } from '../core/body.ts'
import { PlanTokenError, SetupError } from '../core/errors.ts'
import { type Issue, issueAt, unknownNameSent } from '../core/issue.ts'
import { isDictionary } from '../core/objects.ts'
import { isCrossSite } from '../core/origin.ts'
import { read } from '../core/shape.ts'
import { decodeStrictly, readTargetOfUrl } from '../core/target.ts'
import type { Awaitable } from '../ports.ts'
import { mostLinksOf } from '../service/check-links.ts'
import { actor as actorSchema } from '../service/input.ts'
import { tell } from '../service/tell.ts'
import { type BodyLimits, readBytes } from './bytes.ts'
import { createDetector, type Detector } from './carries.ts'
import { readIfMatch } from './if-match.ts'
import { answerOAuth, type IntrospectionOptions, OAUTH_ROUTES, oauthErrorOf } from './oauth.ts'
import { openApiOf } from './openapi.ts'
import { readAdminOptions } from './options.ts'
import { HttpProblem, membersOf, problemHeaders, problemOf } from './problem.ts'
import { isOfType, readIdempotencyKey, readJson, readParameters, readShape, schemaFor } from './read.ts'
import type { AdminEngine, AdminRequest, Answer, Route } from './route.ts'
import { ROUTES } from './routes.ts'

/** What `adminHandler` takes. */
export interface AdminOptions {
  /** What `createPlanTokens` returned. */
  readonly tokens: AdminEngine
  /**
   * Who asks, by the host's own session: the id that the directory knows as an admin's, alone or with what is known of the session
   * (`{ id, acr, authTime, address, session }`), or `undefined`, which is 401. Called before anything else is done, with a body
   * that is not read yet; leave it unread.
   */
  readonly actor: (request: Request) => Awaitable<string | Actor | undefined>
  /** The path under which the routes begin, such as `/admin`. Not needed where the framework takes it off itself. */
  readonly basePath?: string
  /** The origin that browsers see, such as `https://example.com`, where a proxy stands in between. Default: the request's. */
  readonly origin?: string
  /** Adds `POST /introspect` (RFC 7662) and `POST /revoke` (RFC 7009). Default: neither. */
  readonly introspection?: IntrospectionOptions
  /** The longest body that is read, in bytes, 1 to 16,777,216. Default 262,144. */
  readonly bodyBytes?: number
  /** How long a body may take to arrive, in milliseconds, 1 to 600,000. Default 30,000. */
  readonly bodyTimeoutMs?: number
  /**
   * Told what is behind an answer of 500 or above, for a log: what `actor` threw, or a `PlanTokenError` `unavailable` with the
   * kind of the failure in `cause`. Not waited for; what it throws is dropped. Default: nobody is told.
   */
  readonly onError?: (error: unknown) => unknown
}

/** The management API: takes a Fetch `Request`, answers with a `Response`, never rejects. */
export type AdminHandler = (request: Request) => Promise<Response>

/** What is ready once the options are checked. */
interface Admin extends AdminOptions {
  readonly routes: readonly Route[]
  readonly basePath: string
  readonly limits: BodyLimits
  readonly mostEntries: number
  readonly detector: Detector
  readonly document: string
}

/**
 * Makes the management API as one Fetch handler.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 * @example
 * const handler = adminHandler({ tokens, actor: async (request) => (await sessionOf(request))?.userId, basePath: '/admin' })
 */
export function adminHandler(given: AdminOptions): AdminHandler {
  return managementHandler(given, ROUTES)
}

/** The same over other routes: the page has some of its own besides (hub/routes.ts). */
export function managementHandler(given: AdminOptions, routes: readonly Route[]): AdminHandler {
  const options = readAdminOptions(given)
  const { tokens, basePath = '', bodyBytes = 262_144, bodyTimeoutMs = 30_000, introspection } = options
  const document = JSON.stringify(openApiOf(introspection !== undefined))
  const detector = createDetector(tokens)
  const mostEntries = Math.max(...tokens.policies.map(mostLinksOf))
  const limits = { bytes: bodyBytes, timeoutMs: bodyTimeoutMs }
  const admin: Admin = { ...options, routes, basePath, limits, mostEntries, detector, document }
  return async (request) => {
    const oauth = oauthRouteOf(admin, request)
    try {
      return await (oauth ? answerForm(admin, oauth, request) : answer(admin, request))
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (problem.status >= 500) tell(options.onError, thrown)
      return refusal(admin, problem, request.method, oauth !== undefined)
    }
  }
}

/** Answers a request of an actor. */
async function answer(admin: Admin, request: Request): Promise<Response> {
  const { tokens, routes, detector, document } = admin
  if (detector.carries(request)) throw new HttpProblem('plan_token_refused')
  const actor = await actorOf(admin, request)
  if (actor === undefined) throw new HttpProblem('actor_missing')
  const { path, query } = targetOf(admin, request)
  if (path === '/openapi.json') {
    allow(request.method, ['GET'])
    const issues: Issue[] = []
    issues.push(...unknownParameters(readParameters(query, issues)))
    if (issues.length > 0) throw new PlanTokenError('invalid_input', { issues })
    return respond(200, document, request.method)
  }
  const { route, param } = routeOf(routes, request.method, path)
  if (route.method !== 'GET') refuseCrossSite(admin, request)
  const asked = await readAsked(admin, route, request, query)
  const answered = await route.call(tokens, { ...asked, actor, param })
  const { tag } = answered
  if (tag !== undefined && isKnown(request.headers.get('if-none-match'), tag))
    return new Response(null, { status: 304, headers: { ...ALWAYS, ETag: tag } })
  const status = answered.status ?? route.status ?? 200
  const body = answered.text ?? JSON.stringify(answered.make ? await answered.make() : answered.body)
  return respond(status, body, request.method, headersOfAnswer(route, answered))
}

/** Whether a client has what a tag names already. A proxy that compresses answers makes their tags weak (RFC 9110, section 13.1.2). */
const isKnown = (header: string | null, tag: string): boolean =>
  (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag)

/**
 * Who asks. Nothing, or an id that is none, is nobody; what cannot tell who it is at all is a mistake of the host's, which would look
 * as if everybody were signed out. What else is said of a session has to be right, since rules go by it.
 */
export async function actorOf(options: Pick<AdminOptions, 'actor'>, request: Request): Promise<Actor | undefined> {
  const given: unknown = await options.actor(request)
  if (isMistaken(given)) throw new SetupError('actor', [issueAt([], NO_ACTOR)])
  const actor = actorIn(given)
  const issues = actor ? read(actorSchema, actor).issues : []
  if (issues.length > 0) throw new SetupError('actor', issues)
  return actor
}

const NO_ACTOR = 'must give an id as text, or an object with an "id" that is text; or nothing, for nobody.'

/** Whether an answer of `actor` says neither who it is nor that it is nobody. */
function isMistaken(given: unknown): boolean {
  if (given == null || given === false || typeof given === 'string') return false
  if (!isDictionary(given) || !('id' in given)) return true
  return given.id != null && typeof given.id !== 'string'
}

function headersOfAnswer({ hasETag }: Route, { version, tag, headers }: Answer): Record<string, string> {
  const etag = hasETag && version !== undefined ? `"${version}"` : tag
  return { ...headers, ...(etag !== undefined && { ETag: etag }) }
}

/** Which endpoint of OAuth a request is for, if the host wants them. */
function oauthRouteOf({ introspection, basePath }: Admin, { url }: Request): (typeof OAUTH_ROUTES)[number] | undefined {
  const path = introspection && readTargetOfUrl(url)?.path
  return path && OAUTH_ROUTES.find((route) => path === basePath + route.path)
}

async function answerForm(admin: Admin, route: (typeof OAUTH_ROUTES)[number], request: Request): Promise<Response> {
  const { tokens, detector, introspection, limits } = admin
  if (detector.carries(request)) throw new HttpProblem('plan_token_refused')
  allow(request.method, ['POST'])
  refuseCrossSite(admin, request)
  if (targetOf(admin, request).query !== '') throw new HttpProblem('request_malformed')
  const body = await answerOAuth(route, tokens, introspection as IntrospectionOptions, request, limits)
  return respond(200, JSON.stringify(body), request.method)
}

const NOT_BELOW =
  'The path does not begin with the basePath of this API. Where a framework takes it off, the API is to be made without one.'

/** The path below the base and the query; only what can be read in one way. */
function targetOf({ basePath }: Admin, { url }: Request): { readonly path: string; readonly query: string } {
  const target = readTargetOfUrl(url)
  if (!target) throw new HttpProblem('request_malformed')
  const { path, query } = target
  if (!path.startsWith(`${basePath}/`)) throw new HttpProblem('not_found', { detail: NOT_BELOW })
  return { path: path.slice(basePath.length), query }
}

/** The route of a path, with its parameter. */
function routeOf(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly param: string } {
  const segments = path.split('/')
  const found = routes.flatMap((route) => {
    const wanted = route.path.split('/')
    const isHere = wanted.length === segments.length && wanted.every((one, i) => one[0] === '{' || one === segments[i])
    const at = wanted.findIndex((one) => one[0] === '{')
    return isHere ? [{ route, param: at === -1 ? '' : (decodeStrictly(segments[at] ?? '') ?? '') }] : []
  })
  if (found.length === 0) throw new HttpProblem('not_found')
  allow(
    method,
    found.map(({ route }) => route.method),
  )
  const wanted = method === 'HEAD' ? 'GET' : method
  return found.find(({ route }) => route.method === wanted) as (typeof found)[number]
}

function allow(method: string, methods: readonly string[]): void {
  const allowed = methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))
  if (!allowed.includes(method)) throw new HttpProblem('method_not_allowed', { headers: { Allow: allowed.join(', ') } })
}

function refuseCrossSite({ origin }: Admin, request: Request): void {
  if (isCrossSite(request, origin)) throw new HttpProblem('cross_site')
}

async function readAsked(
  { limits, mostEntries }: Admin,
  route: Route,
  request: Request,
  query: string,
): Promise<Omit<AdminRequest, 'actor' | 'param'>> {
  const { headers } = request
  const issues: Issue[] = []
  const parameters = readParameters(query, issues)
  const ofQuery = readShape(route.query, parameters)
  if (!route.query) issues.push(...unknownParameters(parameters))
  // A condition that is not looked at would be taken for one that was met.
  if (route.takes !== 'If-Match' && headers.has('if-match'))
    issues.push(issueAt(['If-Match'], 'is not taken here.', 'not_taken'))
  const key = route.takes === 'Idempotency-Key' ? readIdempotencyKey(headers, issues) : {}
  const match = route.takes === 'If-Match' ? readIfMatch(headers, issues) : {}
  const body = route.body && (await readBody(route, request, { limits, mostEntries }))
  const ofBody = readShape(route.body && schemaFor(route.body, body), body)
  // What the engine judges it tells itself, together with all that the policy says, unless something else is wrong already.
  if (issues.length > 0 || !ofQuery.isOfEngine || !ofBody.isOfEngine)
    throw new PlanTokenError('invalid_input', { issues: [...issues, ...ofQuery.issues, ...ofBody.issues] })
  return { query: parameters, body, ...key, ...match }
}

/** What is said of parameters where none is taken. */
const unknownParameters = (parameters: object): readonly Issue[] =>
  Object.keys(parameters).map((name) => unknownNameSent([], name, [], 'parameter'))

async function readBody(
  { types = [] }: Route,
  request: Request,
  { limits, mostEntries }: Pick<Admin, 'limits' | 'mostEntries'>,
): Promise<unknown> {
  if (faultOfContent(request.headers, undefined) !== undefined && !isOfType(request.headers, types)) {
    const detail = `${['application/json', ...types].join(' or ')} is taken here.`
    throw new HttpProblem('media_type_unsupported', { detail })
  }
  return readJson(await readBytes(request, limits), mostEntries)
}

/** The answer to what went wrong. Clients of OAuth read `error`, and only of plain JSON (RFC 6749, section 5.2). */
function refusal({ detector }: Admin, problem: HttpProblem, method: string, isOAuth: boolean): Response {
  const members = membersOf(problem, detector.holds)
  const body = isOAuth ? { error: oauthErrorOf(problem.code, problem.status), ...members } : members
  return respond(problem.status, JSON.stringify(body), method, {
    'Content-Type': isOAuth ? 'application/json' : 'application/problem+json',
    ...problemHeaders(problem),
  })
}

function respond(status: number, body: string, method: string, headers: Record<string, string> = {}): Response {
  return new Response(method === 'HEAD' ? null : body, {
    status,
    headers: { 'Content-Type': 'application/json', ...ALWAYS, ...headers },
  })
}

/** Headers of every answer. */
const ALWAYS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
}
