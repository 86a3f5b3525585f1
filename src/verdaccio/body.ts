/** The body of a request to verdaccio: read for the engine, and handed on as it was judged. */

import { gatherBytes } from '../core/bytes.ts'
import { parseJsonStrictly } from '../core/json.ts'
import { isPlainJson } from '../http/body.ts'
import type { VerdaccioRequest } from './types.ts'

/**
 * Keeps a body from flowing by until the engine asks for it, and then reads it as JSON, once: what was judged is the very value
 * that verdaccio works with, and no second parser can read it in another way. Gives what goes on to verdaccio.
 */
export function holdBack(request: VerdaccioRequest, limit: number, next: () => void): () => Promise<void> {
  let reading: Promise<unknown> | undefined
  const read = (): Promise<unknown> => {
    reading ??= readJson(request, limit)
    return reading
  }
  Object.defineProperty(request, 'body', { configurable: true, get: read })
  return async () => {
    Object.defineProperty(request, 'body', { configurable: true, writable: true, value: await reading })
    // What Express' parsers go by.
    if (reading) request._body = true
    else request.resume()
    next()
  }
}

const NOTHING = new Uint8Array()

/** The body as JSON; `undefined`, which is a refusal, for anything else and for one that is longer than `limit` bytes. */
function readJson(request: VerdaccioRequest, limit: number): Promise<unknown> {
  const { headers } = request
  if (!isPlainJson(headers['content-type'], headers['content-encoding'])) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const bytes = gatherBytes(limit)
    request.on('data', (chunk: Uint8Array) => {
      if (!bytes.add(chunk)) resolve(undefined)
    })
    request.on('end', () => resolve(bytes.add(NOTHING) ? parseJsonStrictly(bytes.all()) : undefined))
    for (const event of ['error', 'aborted', 'close']) request.on(event, () => resolve(undefined))
    request.resume()
  })
}
