/** A gateway's handler as a listener of Node's `http` and `http2`, and so in Express, Fastify and Koa. Imports nothing of Node. */

import type { RenderedDenial } from '../core/denial.ts'
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { isThenable } from '../core/objects.ts'
import { bodyOf } from '../http/body.ts'
import { type NodeRequest, type NodeResponse, putAll } from '../http/node-side.ts'
import { ANSWERS, type Caller, type GatewayHandler } from './caller.ts'

/** A request of Node's `http` or `http2`, with the socket that it came by. */
export interface GatewayRequest extends NodeRequest {
  readonly socket?: {
    readonly remoteAddress?: string | undefined
    /** Whose request it is, with what it was told of headers. */
    readonly server?: { readonly maxHeadersCount?: number | null }
  } | null
}

/** After so many lines Node's `http` reads no further ones, and tells nobody, unless its server says another number; 0 is none. */
const MOST_HEADERS = 1_000

/**
 * The handler as a listener: `createServer(toNode(handler))`, or `app.use('/check', toNode(handler))` in Express. Put it before
 * parsers of bodies. The peer is that of the socket; no `X-Forwarded-For` is read.
 *
 * @throws SetupError, which is a TypeError, for what `forwardAuth` and `authzen` did not make.
 * @example
 * createServer(toNode(forwardAuth(tokens, { gateway: 'caddy', trust: 'loopback' }))).listen(4180, '127.0.0.1')
 */
export function toNode(
  handler: GatewayHandler,
): (request: GatewayRequest, response: NodeResponse) => Promise<void> | void {
  const answers = (handler as Partial<GatewayHandler> | undefined)?.[ANSWERS]
  if (!answers) throw new SetupError('toNode', [issueAt(['handler'], 'must be what forwardAuth() or authzen() made.')])
  return (request, response) => {
    const answered = answers(callerOf(request))
    return isThenable(answered) ? answered.then((answer) => send(response, answer)) : send(response, answered)
  }
}

function callerOf(request: GatewayRequest): Caller {
  const { method = '', url = '', headers, rawHeaders, socket } = request
  const most = socket?.server?.maxHeadersCount ?? MOST_HEADERS
  return {
    ...{ method, target: url, isRaw: true, headers, peer: socket?.remoteAddress },
    isCut: most > 0 && (rawHeaders?.length ?? 0) >= most * 2,
    ...(rawHeaders && { rawHeaders }),
    body: (limit) => bodyOf(request, limit),
  }
}

function send(response: NodeResponse, { status, headers, body }: RenderedDenial): void {
  putAll(response, headers)
  response.statusCode = status
  response.end(body)
}
