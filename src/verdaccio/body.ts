/** The body of a request to verdaccio: read for the engine, and handed on as it was judged. */
import { parseJsonStrictly } from '../core/json.ts'
import { isPlainJson } from '../http/body.ts'
import { joined } from '../service/request.ts'
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

/** The body as JSON; `undefined`, which is a refusal, for anything else and for one that is longer than `limit` bytes. */
function readJson(request: VerdaccioRequest, limit: number): Promise<unknown> {
  const { headers } = request
  if (!isPlainJson(headers['content-type'], headers['content-encoding'])) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    request.on('data', (chunk: Uint8Array) => {
      length += chunk.byteLength
      if (length > limit) resolve(undefined)
      else chunks.push(chunk)
    })
    request.on('end', () => resolve(length > limit ? undefined : parseJsonStrictly(joined(chunks, length))))
    for (const event of ['error', 'aborted', 'close']) request.on(event, () => resolve(undefined))
    request.resume()
  })
}
