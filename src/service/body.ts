/**
 * The body of a request, when a rule asks for it: of a Fetch `Request` by what the engine was given for that, of others as they
 * have it. What is judged of it: core/body.ts.
 */
import { faultOfContent, readGiven } from '../core/body.ts'
import { type BodyReading, isReading, type ReadFetchBody, unreadable } from '../core/body-reading.ts'
import { isThenable } from '../core/objects.ts'
import type { Awaitable } from '../ports.ts'
import type { Within } from './deadlines.ts'
import { isFetchRequest, type RequestLike } from './request.ts'

/**
 * The body of a request, or of a question about a token by its id, which has no headers and so no content type; a promise only
 * where it has to be waited for.
 */
export function readBody(
  source: object,
  limit: number,
  { bodyWithin: within, readFetchBody }: { readonly bodyWithin: Within; readonly readFetchBody: ReadFetchBody },
): Awaitable<BodyReading> {
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
