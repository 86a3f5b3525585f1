/** The two sides of a request that is a Fetch `Request`: what the engine is asked, and what is put onto the answer. */
import { pathStart } from '../core/target.ts'
import type { Allowed } from '../service/decision.ts'
import type { RequestLike } from '../service/request.ts'
import { headersOf, isVary, joinVary } from './answer.ts'
import { readFetchBody } from './fetch-body.ts'
import { NO_HEADERS } from './guard.ts'

/**
 * The question about a request. No `URL` is made of it: that would change the target before it is judged. Where its raw headers
 * are known, its own are not asked for: a server over Node makes them only then (`bench -- http`).
 */
export function questionOfFetch(request: Request, limit: number, rawHeaders?: readonly string[]): RequestLike {
  const { method, url } = request
  const body = () => readFetchBody(request, limit)
  return rawHeaders && rawHeaders.length > 0
    ? { method, url: targetIn(url), headers: NO_HEADERS, rawHeaders, body }
    : { method, url: targetIn(url), headers: request.headers, body }
}

/** What follows scheme and authority, if it is a path. */
function targetIn(url: string): string {
  const start = pathStart(url)
  return start === -1 ? '' : url.slice(start)
}

/**
 * The answer with the headers of the decision that let its request through (`headersOf`); `Vary` is joined, and what the handler
 * has set itself stands. It is a copy of it where its own cannot be changed, or must not be, since a handler
 * may give one answer to many and these headers are about one token. An answer that cannot be copied, such as an upgrade to
 * another protocol, stays as it is.
 *
 * @example
 * return withHeaders(Response.json(page), decision)
 */
export function withHeaders(response: Response, allowance: Allowed<string>): Response {
  const added = headersOf(allowance)
  const isOfAll = added === allowance.headers
  try {
    return putAll(isOfAll ? response : copyOf(response), added)
  } catch {
    try {
      return putAll(copyOf(response), added)
    } catch {
      return response
    }
  }
}

function copyOf(response: Response): Response {
  return new Response(response.body, response)
}

function putAll(response: Response, added: Readonly<Record<string, string>>): Response {
  const { headers } = response
  for (const name in added) {
    const value = added[name] as string
    if (isVary(name)) headers.set(name, joinVary(headers.get(name) ?? undefined, value))
    // What the handler says itself stands.
    else if (!headers.has(name)) headers.set(name, value)
  }
  return response
}
