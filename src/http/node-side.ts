/** The two sides of a request in Node and in the frameworks over it: what the engine is asked, and how it is answered. */
import type { RenderedDenial } from '../core/denial.ts'
import type { Allowed } from '../service/decision.ts'
import type { RequestLike } from '../service/request.ts'
import { headersOf, isVary, joinVary } from './answer.ts'
import { bodyOf, type NodeBody } from './body.ts'
import { asSent } from './guard.ts'

/** A request of Node's `http` or `http2`. */
export interface NodeRequest extends NodeBody {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Missing or empty where an adapter of a serverless platform made the request; then `headers` are read. */
  readonly rawHeaders?: readonly string[]
  /** What it came by, with the address of the other side. */
  readonly socket?: { readonly remoteAddress?: string | undefined } | null
}

/**
 * A response of Node's `http` or `http2`: what a guard uses, and what a small handler writes with. A handler that needs more
 * says its own type, such as `ServerResponse`.
 */
export interface NodeResponse {
  /** A header that was set. */
  getHeader(name: string): number | string | readonly string[] | undefined
  /** Sets a header. */
  setHeader(name: string, value: string): unknown
  readonly headersSent: boolean
  statusCode: number
  /** Sends status and headers. */
  writeHead(status: number, headers?: { readonly [name: string]: string }): unknown
  /** Sends a part of the body. */
  write(chunk: string | Uint8Array): unknown
  /** Ends the answer. */
  end(): unknown
  /** Sends the body and ends the answer. */
  end(body: string | Uint8Array): unknown
}

/**
 * The question about a request: its method and target as the router that follows will see them.
 *
 * @param parsed where a parser leaves the body that it has read, if not in `request.body`.
 */
export function questionOf(request: NodeRequest, limit: number, parsed?: { readonly body?: unknown }): RequestLike {
  const { method = '', url = '' } = request
  return asSent(method, url, request, () => bodyOf(request, limit, parsed?.body))
}

/** Puts the decision where a handler looks for it. */
export function withPlanToken<Req extends object, Found>(
  request: Req,
  planToken: Found,
): Req & { readonly planToken: Found } {
  const mine = request as Req & { planToken: Found }
  mine.planToken = planToken
  return mine
}

/** Puts the headers of an allowance onto the response, beside what is there. */
export function putHeaders(response: NodeResponse, allowance: Allowed<string>): void {
  putAll(response, headersOf(allowance))
}

/** Sends a refusal. If headers were already sent (by a timeout, say), only ends the response. */
export function refuse(response: NodeResponse, { status, headers, body }: RenderedDenial): void {
  if (response.headersSent) {
    response.end()
    return
  }
  putAll(response, headers)
  response.statusCode = status
  response.end(body)
}

/** Puts headers onto the response, `Vary` beside what is there. */
export function putAll(response: NodeResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return
  for (const name in headers) {
    const value = headers[name] as string
    const before = isVary(name) ? response.getHeader(name) : undefined
    response.setHeader(name, before === undefined ? value : joinVary(String(before), value))
  }
}
