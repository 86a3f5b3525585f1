/** The body of a Fetch `Request`, read from a clone, so that the handler still can. What is judged of it: core/body.ts. */
import { faultOfContent } from '../core/body.ts'
import { type BodyReading, unreadable } from '../core/body-reading.ts'
import { gatherBytes } from '../core/bytes.ts'

/** In more pieces than this no body is read: what keeps them for the handler takes hundreds of bytes for each. */
const MOST_PIECES = 50_000

/**
 * The bytes of a Fetch body, read from a clone, if its headers say that it is JSON and it is no longer than `limit`; or what
 * is wrong with it.
 */
export function readFetchBody(
  request: Request,
  limit: number,
): Uint8Array | BodyReading | Promise<Uint8Array | BodyReading> {
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
