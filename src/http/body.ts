/**
 * The body of a Node request, read for an endpoint that names resources there and put back, so that whoever comes after reads
 * it as if nobody had. Whether one is needed is the engine's question; how JSON is read: core/json.ts.
 */
import { gatherBytes } from '../core/bytes.ts'

/** A request of Node's `http` or `http2`, as far as its body is concerned. */
export interface NodeBody {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  /** Of `http`: whether the whole message has arrived. */
  readonly complete?: boolean
  /** Of `http2`: the stream underneath. */
  readonly stream?: { readonly readableEnded?: boolean }
  readonly readableEnded?: boolean
  readonly readableFlowing?: boolean | null
  readonly readableEncoding?: string | null
  readonly destroyed?: boolean
  /** What a parser made of it, if one has run. */
  readonly body?: unknown
  /** The next bytes, or `null`. */
  read(): unknown
  /** Puts bytes back in front. */
  unshift(chunk: Uint8Array): unknown
  /** Lets the rest flow by. */
  resume(): unknown
  /** Listens to an event. */
  on(event: string, listener: () => void): unknown
  /** Listens no longer. */
  off(event: string, listener: () => void): unknown
}

/** JSON in UTF-8. Another parser may read other types or charsets differently, and the handler's is not known here. */
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i

/**
 * Whether a body is JSON in UTF-8 (RFC 8259, section 8.1) as it stands. In an encoding it could be one text to the guard and,
 * unpacked, another to the handler: a brace may begin both JSON and a raw DEFLATE stream.
 */
export function isPlainJson(contentType: unknown, contentEncoding: unknown): boolean {
  const isPlain = contentEncoding === undefined || contentEncoding === null
  return isPlain && typeof contentType === 'string' && JSON_TYPE.test(contentType)
}

/**
 * The body that a parser has left, or the bytes of the stream, which can be read again afterwards. `undefined`, which is a
 * refusal, if there is none, it is longer than `limit`, no JSON by its headers, compressed, or read by somebody already.
 */
export async function bodyOf(request: NodeBody, limit: number): Promise<unknown> {
  if (request.body !== undefined) return request.body
  const { headers } = request
  if (!isPlainJson(headers['content-type'], headers['content-encoding'])) return undefined
  const length = headers['content-length']
  const isSent =
    length === undefined ? headers['transfer-encoding'] !== undefined || request.stream : Number(length) > 0
  if (!isSent || Number(length ?? 0) > limit) return undefined
  if (request.readableEnded || request.destroyed || request.readableFlowing || request.readableEncoding)
    return undefined
  return readAndPutBack(request, limit, length === undefined ? undefined : Number(length))
}

function readAndPutBack(
  request: NodeBody,
  limit: number,
  announced: number | undefined,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const gathered = gatherBytes(limit)
    let length = 0
    const done = (bytes: Uint8Array | undefined): void => {
      request.off('readable', onReadable)
      for (const event of ENDS) request.off(event, onEnd)
      // What is left of a body that is refused has to flow off: Node does so only for one that nobody has begun to read.
      if (bytes === undefined) request.resume()
      resolve(bytes)
    }
    const onEnd = (): void => done(undefined)
    const onReadable = (): void => {
      for (let chunk = request.read(); chunk instanceof Uint8Array; chunk = request.read()) {
        length += chunk.byteLength
        if (!gathered.add(chunk)) {
          done(undefined)
          return
        }
      }
      // Once everything is here, and before the stream says that it has ended, which it does not say twice.
      if (length === 0 || !isAllHere(request, length, announced)) return
      const bytes = gathered.all()
      request.unshift(bytes)
      done(bytes)
    }
    request.on('readable', onReadable)
    for (const event of ENDS) request.on(event, onEnd)
  })
}

/** Requests that were made up for a test, such as those of Fastify's `inject`, know no `complete`. */
function isAllHere({ complete, stream }: NodeBody, length: number, announced: number | undefined): boolean {
  if (complete === undefined && !stream) return length === announced
  return complete === true || stream?.readableEnded === true
}

const ENDS = ['end', 'error', 'close', 'aborted'] as const
