/**
 * The guard of an MCP server over Streamable HTTP. What a message asks for: mcp/messages.ts. What goes out: mcp/outgoing.ts. Whose
 * a session is: mcp/sessions.ts.
 */
import { readGiven } from '../core/body.ts'
import { type BodyReading, unreadable } from '../core/body-reading.ts'
import { addressIn } from '../core/came-from.ts'
import type { Denial } from '../core/denial.ts'
import { sentenceOf } from '../core/malformed.ts'
import { bodyOf } from '../http/body.ts'
import type { GuardEngine } from '../http/guard.ts'
import { type NodeRequest, type NodeResponse, putAll, putHeaders } from '../http/node-side.ts'
import type { Allowance } from '../service/decision.ts'
import type { SurfaceOptions } from '../service/surface.ts'
import { readMessages } from './messages.ts'
import { challengeWith, metadataOf, type ProtectedResource } from './metadata.ts'
import { type Called, type McpGuardOptions, readMcpOptions } from './options.ts'
import { watch } from './outgoing.ts'
import { questionOfCall } from './question.ts'
import { createSessions } from './sessions.ts'
import { visibleIn, visibleInEvent } from './visible.ts'

/** Goes on to the server, or to whoever handles errors. */
export type McpNext = (error?: unknown) => unknown

/** A middleware, with the metadata of the server beside it. */
export interface McpGuard {
  /** Goes on for what the policy lets through, with the body that was judged in `request.body`, and answers the rest. */
  (request: NodeRequest, response: NodeResponse, next: McpNext): void
  /** The document of RFC 9728 and the path at which clients look for it; `undefined` without `resource`. */
  readonly metadata: { readonly path: string; readonly document: ProtectedResource } | undefined
}

/** What is wrong with a target, to somebody who has sent arguments and no target. */
const NOT_IN_PATH =
  'An argument cannot stand in the path or the query of the endpoint: it is missing or empty, neither text nor a whole number, a number where ids are text, or makes another path of it.'

/**
 * A middleware in front of an MCP server: each message is an endpoint of the policy, a tool's call by the tool's name. Hand
 * `request.body` on to the transport, so that it gets what was judged. Handlers of tools find the decision in
 * `authInfo.extra.planToken`.
 *
 * @throws SetupError, which is a TypeError, with every mistake at once.
 * @example
 * const guard = mcpGuard(tokens, { connection: 'POST /mcp', tools: { read_file: 'GET /v1/files/{file_key}' } })
 * app.all('/mcp', guard, (req, res) => transport.handleRequest(req, res, req.body))
 */
export function mcpGuard(tokens: GuardEngine, options: McpGuardOptions): McpGuard {
  const told = readMcpOptions(tokens, options)
  const { policy, connection, address } = told
  const { surface } = policy
  const sessions = createSessions()
  const metadata = metadataOf(told)

  /** Read once: a stream may outlive what is known of its socket. */
  const whereOf = (request: NodeRequest): SurfaceOptions =>
    address ? { surface, address: addressIn(address, [request]) } : { surface }
  /** @param again whether a limit of requests has counted it. */
  const ask = async (
    request: NodeRequest,
    which: SurfaceOptions,
    called: Called,
    given: unknown,
    again: boolean,
  ): Promise<Allowance | Denial> => {
    const decision = await tokens.decide(questionOfCall(request, called, given), { ...which, again })
    if (decision.allowed === false) return decision
    // A value may make the path that of another route.
    if (decision.allowed === true && decision.token && decision.endpoint.route === called.route) return decision
    const refused = await tokens.decide({ ...questionOfCall(request, connection, undefined), url: '//' }, which)
    if (refused.allowed !== false) throw new TypeError('decide() gave no decision.')
    return refused
  }
  const refuse = (response: NodeResponse, denial: Denial, called: Called): void => {
    const { status, headers } = denial
    const { 'WWW-Authenticate': challenge, ...rest } = headers
    const scopes = status === 401 ? [called.endpoint.scopes[0] ?? []].flat() : []
    putAll(response, rest)
    if (challenge !== undefined)
      putAll(response, { 'WWW-Authenticate': challengeWith(challenge, metadata?.url, scopes) })
    const { code, reason } = denial
    const isOfArguments = called !== connection && reason !== undefined && /^(path|target)_/.test(reason)
    const message = isOfArguments ? NOT_IN_PATH : denial.message
    answer(response, status, { code: -32001, message, data: { code, ...(reason !== undefined && { reason }) } })
  }

  const judge = async (request: NodeRequest, response: NodeResponse, next: McpNext): Promise<void> => {
    const { method = '', headers } = request
    const where = whereOf(request)
    const connected = await ask(request, where, connection, undefined, false)
    if (!connected.allowed) return refuse(response, connected, connection)
    if (method !== 'POST' && method !== 'GET' && method !== 'DELETE') {
      putAll(response, { ...connected.headers, Allow: 'POST, GET, DELETE' })
      return answer(response, 405, { code: -32000, message: 'The method is not one of MCP.' })
    }
    const session = headers['mcp-session-id']
    // Without a session a stream that is resumed is nobody's, and may have been another token's.
    const isResumed = method === 'GET' && headers['last-event-id'] !== undefined
    if ((session !== undefined || isResumed) && !sessions.isOf(session, connected.token.id)) {
      putAll(response, connected.headers)
      return answer(response, 404, { code: -32001, message: 'There is no such session. Begin a new one.' })
    }
    let latest: Allowance = connected
    let called: Allowance | undefined
    if (method === 'POST') {
      const reading = await bodyIn(request, policy.limits.bodyBytes, told.bodyTimeoutMs)
      const asked = reading.malformed
        ? ({ status: 400, code: -32700, message: sentenceOf(reading.malformed) } as const)
        : readMessages(reading.value, told, headers)
      if ('status' in asked) {
        putAll(response, connected.headers)
        return answer(response, asked.status, asked)
      }
      // Each anew, since the token may have ended while the body was on its way. One that is refused refuses all.
      const allowed: Allowance[] = []
      for (const one of asked) {
        const decision = await ask(request, where, one.called, one.given, one.called === connection)
        if (!decision.allowed) return refuse(response, decision, one.called)
        allowed.push(decision)
      }
      if (asked.length === 1 && asked[0] && asked[0].called !== connection) called = allowed[0]
      Object.assign(request, { body: reading.value })
    } else if (method === 'DELETE') sessions.end(session)
    putHeaders(response, called ?? connected)
    const planToken = called ?? connected
    Object.assign(request, { planToken, auth: authOf(planToken) })
    watch(response, {
      head(header) {
        const begun = header('mcp-session-id')
        if (begun !== undefined && session === undefined) sessions.begin(begun, connected.token)
      },
      json: (text) => visibleIn(text, told, latest),
      async event(text) {
        const still = await ask(request, where, connection, undefined, true)
        if (!still.allowed) return undefined
        latest = still
        return visibleInEvent(text, told, latest)
      },
    })
    next()
  }
  const guard = (request: NodeRequest, response: NodeResponse, next: McpNext): void => {
    judge(request, response, next).catch(next)
  }
  return Object.assign(guard, {
    metadata: metadata && { path: metadata.path, document: metadata.document },
  })
}

/** The body as JSON, read strictly and put back. */
async function bodyIn(request: NodeRequest, limit: number, timeoutMs: number): Promise<BodyReading> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<BodyReading>((resolve) => {
    timer = setTimeout(() => resolve(unreadable('body_too_slow')), timeoutMs)
  })
  const given = Promise.resolve(bodyOf(request, limit)).then((body) => readGiven(body, limit))
  return Promise.race([given, late]).finally(() => clearTimeout(timer))
}

/** What the SDK hands to handlers as `authInfo`. Its `token` is the id: the secret is nobody's business behind the guard. */
function authOf(planToken: Allowance): object {
  const { id, planId, scopes, expiresAt } = planToken.token
  return { token: id, clientId: planId, scopes, expiresAt: Math.floor(expiresAt / 1_000), extra: { planToken } }
}

/** Answers with an error of JSON-RPC without an id, which nobody has to trust. */
function answer(response: NodeResponse, status: number, error: object): void {
  const { code, message, data } = error as { code: number; message: string; data?: object }
  if (response.headersSent) {
    response.end()
    return
  }
  response.setHeader('Content-Type', 'application/json')
  response.statusCode = status
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code, message, ...(data && { data }) }, id: null }))
}
