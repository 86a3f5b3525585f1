/**
 * Who asks a gateway's handler, in one form for Fetch and for Node: the request as it came, and the address of its socket where
 * there is one. Whether it is believed: gateway/trust.ts. What is answered: gateway/forward-auth.ts and gateway/authzen.ts.
 */
import { valueIn, valueInRaw } from '../core/body.ts'
import type { HeadersLike } from '../core/credential.ts'
import type { RenderedDenial } from '../core/denial.ts'
import { pathStart } from '../core/target.ts'
import { readFetchBody } from '../http/fetch-body.ts'
import type { Awaitable } from '../ports.ts'

/** A request to a handler. */
export interface Caller {
  readonly method: string
  /** The target of the request itself, not of the one that a gateway asks about. */
  readonly target: string
  /** Whether `target` is what was sent. A `URL` that somebody has made of it has lost dot segments, and a fragment. */
  readonly isRaw: boolean
  readonly headers: HeadersLike
  /** Node's names and values in turn, which have repeated lines. */
  readonly rawHeaders?: readonly string[]
  /** Whether headers may have been left out: what is not there to us may be there to the server behind. */
  readonly isCut?: boolean
  /** The address of the other side of the socket; `undefined` where nobody knows it. */
  readonly peer: string | undefined
  /** The body, at most so many bytes, or what is wrong with it. */
  body(limit: number): unknown
}

/** What `address` gets of a gateway's question. */
export interface GatewayCaller {
  /** The value of a header; `undefined` if it is not there, is empty, or comes in several lines. */
  header(name: string): string | undefined
}

/** Where a handler keeps the function that answers in one form for all. */
export const ANSWERS = Symbol('answers')

/**
 * Takes a Fetch `Request` and answers with a `Response`; never rejects. In a server of Node put `toNode` around it: there is a
 * socket, whose address can be trusted, and a target as it was sent.
 */
export interface GatewayHandler {
  (request: Request): Promise<Response>
  /** @internal */
  readonly [ANSWERS]: Answers
}

/** Answers a request. Never throws and never rejects. */
export type Answers = (caller: Caller) => Awaitable<RenderedDenial>

/** A handler out of what it answers. */
export function handlerOf<More extends object>(answers: Answers, more: More): GatewayHandler & Readonly<More> {
  const handler = async (request: Request): Promise<Response> => {
    const { status, headers, body } = await answers(callerOf(request))
    return new Response(body === '' ? null : body, { status, headers })
  }
  return Object.freeze(Object.assign(handler, { [ANSWERS]: answers, ...more }))
}

/** A Fetch request has no socket that could be asked, and its URL is no raw target. */
function callerOf(request: Request): Caller {
  const { method, url, headers } = request
  const start = pathStart(url)
  return {
    ...{ method, headers, isRaw: false, peer: undefined },
    target: start === -1 ? '' : url.slice(start),
    body: (limit) => readFetchBody(request, limit),
  }
}

type Line = readonly [name: string, value: unknown]

/** All lines of a request's headers, as far as they are known. */
export function linesOf({ headers, rawHeaders = [] }: Pick<Caller, 'headers' | 'rawHeaders'>): readonly Line[] {
  if (rawHeaders.length > 0)
    return rawHeaders.flatMap((name, i): Line[] => (i % 2 === 0 ? [[name, rawHeaders[i + 1]]] : []))
  return isOfFetch(headers) ? [...headers] : Object.entries(headers)
}

/** Of whichever realm or library. */
const isOfFetch = (headers: object): headers is Headers =>
  typeof (headers as { entries?: unknown }).entries === 'function'

/** The value of a header; `undefined` if it is not there, `false` if there is more than one line of it. */
export function headerOf({ headers, rawHeaders: raw = [] }: Caller, name: string): string | false | undefined {
  const value = raw.length > 0 ? valueInRaw(raw, name) : valueIn(headers, name)
  return value === undefined || typeof value === 'string' ? value : false
}
