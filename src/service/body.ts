/**
 * The body of a request, when a rule asks for it: of a Fetch `Request` out of a clone, of others as they have it. What is
 * judged of it: core/body.ts.
 */
import { faultOfContent, readGiven } from '../core/body.ts'
import { type BodyReading, isReading, unreadable } from '../core/body-reading.ts'
import { gatherBytes } from '../core/bytes.ts'
import { isThenable } from '../core/objects.ts'
import type { Awaitable } from '../ports.ts'
import type { Within } from './deadlines.ts'
import { isFetchRequest, type RequestLike } from './request.ts'

/**
 * The body of a request, or of a question about a token by its id, which has no headers and so no content type; a promise only
 * where it has to be waited for. A Fetch body can still be read by the handler.
 */
export function readBody(source: object, limit: number, within: Within): Awaitable<BodyReading> {
  try {
    const { body } = source as { readonly body?: unknown }
    const given = isFetchRequest(source) ? readFetchBody(source, limit) : typeof body === 'function' ? body() : body
    if (!isThenable(given)) return judged(source, given, limit)
    return within(given).then((had) => judged(source, had, limit), broken)
  } catch (error) {
    return broken(error)
  }
}

function broken(error: unknown): BodyReading {
  return unreadable((error as { code?: unknown } | undefined)?.code === 'TIMEOUT' ? 'body_too_slow' : 'body_broken_off')
}

/** A body that is not there needs no content type. */
function judged(source: object, given: unknown, limit: number): BodyReading {
  const isMissing = given === undefined || (isReading(given) && given.malformed !== undefined)
  const reason = isMissing || !('headers' in source) ? undefined : faultOfContent(source.headers, rawOf(source))
  return reason === undefined ? readGiven(given, limit) : unreadable(reason)
}

const rawOf = (source: object): unknown => (source as Partial<RequestLike>).rawHeaders

/** In more pieces than this no body is read: what keeps them for the handler takes hundreds of bytes for each. */
const MOST_PIECES = 50_000

/**
 * The bytes of a Fetch body, read from a clone, if its headers say that it is JSON and it is no longer than `limit`; or what
 * is wrong with it.
 */
export function readFetchBody(request: Request, limit: number): Awaitable<Uint8Array | BodyReading> {
  if (request.bodyUsed) return unreadable('body_was_read')
  if (!request.body) return unreadable('body_missing')
  const { headers } = request
  const reason = faultOfContent(headers, undefined)
  if (reason !== undefined) return unreadable(reason)
  if (Number(headers.get('content-length') ?? 0) > limit) return unreadable('body_too_long')
  // Somebody is reading it.
  if (request.body.locked) return unreadable('body_was_read')
  return readClone(request, limit)
}

async function readClone(request: Request, limit: number): Promise<Uint8Array | BodyReading> {
  const reader = (request.clone().body as ReadableStream<Uint8Array>).getReader()
  const gathered = gatherBytes(limit)
  try {
    for (let pieces = 0; ; pieces++) {
      const { done, value } = await reader.read()
      if (done) return gathered.all()
      if (pieces === MOST_PIECES) return unreadable('body_in_pieces')
      if (!gathered.add(value)) return unreadable('body_too_long')
    }
  } finally {
    // Not awaited: a stream that never ends may never answer.
    reader.cancel().catch(() => undefined)
  }
}
