/** Express and Fastify as Nest hands them to a guard: where the target, the body and the answer are. */

import { bodyOf } from '../http/body.ts'
import { allowReply, type FastifyReplyLike, putOnReply } from '../http/fastify-side.ts'
import { asSent } from '../http/guard.ts'
import { type NodeRequest, type NodeResponse, putAll, putHeaders } from '../http/node-side.ts'
import type { Allowed } from '../service/decision.ts'
import type { RequestLike } from '../service/request.ts'

/** A response of Express, or a reply of Fastify. */
export type NestResponse = NodeResponse | FastifyReplyLike

/** A request of Express, or of Fastify around Node's. */
export interface NestRequest {
  readonly raw?: NodeRequest
  readonly body?: unknown
  /** The bytes of the body, with Nest's option `rawBody`. */
  readonly rawBody?: unknown
  /** Of Express: the route that was found. */
  readonly route?: { readonly path?: unknown }
  /** Of Fastify: the same. */
  readonly routeOptions?: { readonly url?: unknown }
}

/** What one of the two does in its own way. */
export interface Side {
  /** The request of Node's, and the target that was routed; `undefined` if that is not known any more. */
  sentTo(request: NestRequest): { readonly incoming: NodeRequest; readonly url: string | undefined }
  /** The path of the route that was found, as Nest has registered it. */
  routeOf(request: NestRequest): unknown
}

/** Whether it is Fastify's. */
export function isReply(response: NestResponse): response is FastifyReplyLike {
  return typeof (response as { code?: unknown }).code === 'function'
}

/** Puts the headers of an allowance onto the response. */
export function allow(response: NestResponse, allowance: Allowed<string>): void {
  if (isReply(response)) allowReply(response, allowance)
  else putHeaders(response, allowance)
}

/** Puts headers onto the response, `Vary` beside what is there. */
export function put(response: NestResponse, headers: Readonly<Record<string, string>>): void {
  if (!isReply(response)) putAll(response, headers)
  else if (!response.sent) putOnReply(response, headers)
}

/**
 * The question about a request whose body Nest has parsed already: what the handler gets is what is judged, and where its bytes
 * were kept, they must say the same.
 */
export function questionAbout(request: NestRequest, { sentTo }: Side, limit: number): RequestLike {
  const { incoming, url } = sentTo(request)
  if (url === undefined)
    throw new TypeError(
      'The target of the request is not known. Something has put its own function in place of setOnRequestHook() of the Fastify adapter after start: call it before app.init().',
    )
  return asSent(incoming.method ?? '', url, incoming, () => bodyOf(incoming, limit, request.body, request.rawBody))
}

/** What an adapter of Nest is asked for. */
export interface NestAdapter {
  getType(): string
  getInstance(): unknown
  setOnRequestHook?(hook: OnRequest): void
  /** The hook that was set before. */
  readonly onRequestHook?: OnRequest
}

type OnRequest = (request: NestRequest, reply: unknown, done: (error?: Error) => void) => unknown

/** Express judges what it routes: a middleware that rewrites `req.url` comes before its router. */
const EXPRESS: Side = {
  sentTo: (request) => {
    const incoming = request as NodeRequest
    return { incoming, url: incoming.url ?? '' }
  },
  routeOf: ({ route }) => route?.path,
}

/** Where the target that was routed stands on Node's request: nobody else has the name. */
const TARGET = Symbol('target')
type Routed = NodeRequest & { [TARGET]?: string }

/**
 * Fastify routes first, and then runs middlewares, for which `req.url` is rewritten in place and put back by what they leave. So
 * the target is kept before any of them runs.
 */
function fastifySide(adapter: NestAdapter): Side {
  const before = adapter.onRequestHook
  adapter.setOnRequestHook?.((request, reply, done) => {
    const { raw } = request
    if (raw) (raw as Routed)[TARGET] = raw.url ?? ''
    return before ? before.call(adapter, request, reply, done) : done()
  })
  return {
    sentTo: ({ raw }) => ({ incoming: raw as NodeRequest, url: (raw as Routed)[TARGET] }),
    routeOf: ({ routeOptions }) => routeOptions?.url,
  }
}

/** The side of an adapter, or why there is none. */
export function sideOf(adapter: NestAdapter): Side | string {
  const type = adapter.getType()
  if (type === 'express') return EXPRESS
  if (type !== 'fastify') return 'must be Express or Fastify: no other adapter of Nest is known.'
  if (!adapter.setOnRequestHook) return 'has no setOnRequestHook(). Update @nestjs/platform-fastify to 11.1.6 or later.'
  return fastifySide(adapter)
}
