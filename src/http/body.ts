/**
 * The body of a Node request, read for an endpoint that names resources there and put back, so that whoever comes after reads
 * it as if nobody had. Whether one is needed is the engine's question; what is judged of it: core/body.ts.
 */
import { faultOfContent, readGiven } from '../core/body.ts'
import { type BodyReading, readAs, unreadable } from '../core/body-reading.ts'
import { gatherBytes } from '../core/bytes.ts'
import type { MalformedReason } from '../core/malformed.ts'

/** A request of Node's `http` or `http2`, as far as its body is concerned. */
export interface NodeBody {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly rawHeaders?: readonly string[]
  /** Of `http`: whether the whole message has arrived. */
  readonly complete?: boolean
  /** Of `http2`: the stream underneath. */
  readonly stream?: { readonly readableEnded?: boolean; readonly endAfterHeaders?: boolean }
  readonly readableEnded?: boolean
  readonly readableFlowing?: boolean | null
  readonly readableEncoding?: string | null
  readonly destroyed?: boolean
  /** What a parser made of it, if one has run. */
  readonly body?: unknown
  /** The bytes that it made it of, where it keeps them, as Google's Functions Framework does. */
  readonly rawBody?: unknown
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

/** Where somebody who reads the body himself leaves the function by which the guard has it from him. */
export const READ_BODY = Symbol('readBody')

/**
 * The bytes of the stream, which can be read again afterwards; or what a parser has left, if the stream was read to its end; or
 * what is wrong with it. A promise only where it has to be waited for.
 *
 * A parser leaves something beside a stream that it has not read, too: Express 4 and koa-bodyparser an empty object for a type
 * that they do not know, Vercel's functions the value. Then the stream is read, and must say the same.
 *
 * @param parsed what a parser has left.
 * @param kept the bytes, where a parser that has read them keeps them beside what it made of them.
 */
export function bodyOf(
  request: NodeBody,
  limit: number,
  parsed: unknown = request.body,
  kept: unknown = request.rawBody,
): unknown {
  const own = (request as { readonly [READ_BODY]?: () => unknown })[READ_BODY]
  if (own) return own()
  const { headers } = request
  // Requests that were made up for a test have no stream.
  const hasStream = typeof request.read === 'function'
  const length = headers['content-length']
  if (hasStream && !isSent(request)) return unreadable('body_missing')
  const reason = faultOfContent(headers, request.rawHeaders)
  if (reason !== undefined) return unreadable(reason)
  if (Number(length ?? 0) > limit) return unreadable('body_too_long')
  if (!hasStream || request.readableEnded)
    return kept instanceof Uint8Array ? readAlike(kept, parsed, limit) : leftBy(parsed)
  if (request.destroyed) return unreadable('body_broken_off')
  if (request.readableFlowing || request.readableEncoding) return unreadable('body_was_read')
  const reading = readAndPutBack(request, limit, length === undefined ? undefined : Number(length))
  return parsed === undefined ? reading : reading.then((sent) => readAlike(sent, parsed, limit))
}

/** Whether there is a body, by the framing of the message (RFC 9112, section 6.3; RFC 9113, section 8.1). */
export function isSent({ headers, stream }: Pick<NodeBody, 'headers' | 'stream'>): boolean {
  const length = headers['content-length']
  if (length !== undefined) return Number(length) > 0
  return stream ? stream.endAfterHeaders !== true : headers['transfer-encoding'] !== undefined
}

/** Text would be read as JSON a second time: of a JSON string that holds JSON, it would be another value. */
function leftBy(parsed: unknown): unknown {
  return parsed === undefined || typeof parsed === 'string' ? unreadable('body_was_read') : parsed
}

/** The body as it was sent, if what somebody has made of it says the same. */
function readAlike(sent: Uint8Array | BodyReading, parsed: unknown, limit: number): BodyReading {
  const reading = readGiven(sent, limit)
  if (reading.malformed) return reading
  const left = parsed instanceof Uint8Array ? readGiven(parsed, limit) : readAs(parsed)
  const isAlike = left.malformed === undefined && textOf(reading.value) === textOf(left.value)
  return isAlike ? reading : unreadable('body_read_otherwise')
}

/** Whoever parses the same JSON has its names in the same order. */
function textOf(value: unknown): unknown {
  try {
    return JSON.stringify(value)
  } catch {
    // Nothing is equal to it.
    return Symbol('unreadable')
  }
}

function readAndPutBack(
  request: NodeBody,
  limit: number,
  announced: number | undefined,
): Promise<Uint8Array | BodyReading> {
  return new Promise((resolve) => {
    const gathered = gatherBytes(limit)
    let length = 0
    const leave = (): void => {
      request.off('readable', onReadable)
      for (const event of ENDS) request.off(event, onEnd)
    }
    const refuse = (reason: MalformedReason): void => {
      leave()
      // What is left of a body that is refused has to flow off: Node does so only for one that nobody has begun to read.
      request.resume()
      resolve(unreadable(reason))
    }
    const onEnd = (): void => refuse(length === 0 && request.complete !== false ? 'body_missing' : 'body_broken_off')
    const onReadable = (): void => {
      for (let chunk = request.read(); chunk instanceof Uint8Array; chunk = request.read()) {
        length += chunk.byteLength
        if (!gathered.add(chunk)) {
          refuse('body_too_long')
          return
        }
      }
      // Once everything is here, and before the stream says that it has ended, which it does not say twice.
      if (length === 0 || !isAllHere(request, length, announced)) return
      const bytes = gathered.all()
      request.unshift(bytes)
      leave()
      resolve(bytes)
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
