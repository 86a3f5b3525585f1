/** The body of a request to verdaccio: read for the engine, and handed on as it was judged. */

import { faultOfContent, readGiven } from '../core/body.ts'
import { type BodyReading, unreadable } from '../core/body-reading.ts'
import { gatherBytes } from '../core/bytes.ts'
import { isSent, READ_BODY } from '../http/body.ts'
import type { VerdaccioRequest } from './types.ts'

/**
 * Keeps a body from flowing by until the engine asks for it, and then reads it as JSON, once: what was judged is the very value
 * that verdaccio works with, and no second parser can read it in another way. Gives what goes on to verdaccio.
 */
export function holdBack(request: VerdaccioRequest, limit: number, next: () => void): () => Promise<void> {
  let reading: BodyReading | Promise<BodyReading> | undefined
  const read = (): BodyReading | Promise<BodyReading> => {
    reading ??= readHeld(request, limit)
    return reading
  }
  Object.defineProperty(request, READ_BODY, { configurable: true, value: read })
  return async () => {
    // What Express' parsers go by.
    if (reading) Object.assign(request, { body: (await reading).value, _body: true })
    else request.resume()
    next()
  }
}

const NOTHING = new Uint8Array()

/** The body as JSON of at most `limit` bytes, or what is wrong with it. */
function readHeld(request: VerdaccioRequest, limit: number): BodyReading | Promise<BodyReading> {
  if (!isSent(request)) return unreadable('body_missing')
  const reason = faultOfContent(request.headers, request.rawHeaders)
  if (reason !== undefined) return unreadable(reason)
  return new Promise((resolve) => {
    const bytes = gatherBytes(limit)
    request.on('data', (chunk: Uint8Array) => {
      if (!bytes.add(chunk)) resolve(unreadable('body_too_long'))
    })
    request.on('end', () => {
      if (bytes.add(NOTHING)) resolve(readGiven(bytes.all(), limit))
    })
    for (const event of ['error', 'aborted', 'close']) request.on(event, () => resolve(unreadable('body_broken_off')))
    request.resume()
  })
}
