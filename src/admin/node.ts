/** A Fetch handler as a listener of Node's `http` and `http2`, and so in Express, Fastify and Koa. Imports nothing of Node. */
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { readTarget } from '../core/target.ts'

/** A request of Node's `http` or `http2`. */
export interface ListenedRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Missing or empty where an adapter of a serverless platform made the request; then `headers` are read. */
  readonly rawHeaders?: readonly string[]
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly socket: object
  readonly httpVersionMajor: number
  readonly complete: boolean
  /** Of `http2`: the stream underneath. */
  readonly stream?: {
    readonly endAfterHeaders: boolean
    readonly readableEnded: boolean
    /** Of an event emitter. */
    once(event: string, listener: () => void): unknown
    /** Ends the stream with a code. */
    close(code?: number): void
  }
  /** What a parser made of the body, if one has run. */
  readonly body?: unknown
  readonly readableEnded: boolean
  readonly destroyed: boolean
  /** Of an event emitter. */
  on(event: string, listener: (chunk: Uint8Array) => void): unknown
  /** Of a stream. */
  pause(): unknown
  /** Of a stream. */
  resume(): unknown
}

/** A response of Node's `http` or `http2`. */
export interface ListenedResponse {
  statusCode: number
  /** Replaces a header. */
  setHeader(name: string, value: string): unknown
  /** Sends the body and ends the answer. */
  end(body: Uint8Array): unknown
}

/**
 * The handler as a listener: `createServer(toNode(handler))`, `app.use('/admin', toNode(handler))` in Express. Put it before
 * parsers of bodies. The handler gets the request of Node too, as a second argument. The scheme is that of the socket: behind a proxy give `adminHandler` the `origin`.
 *
 * @throws SetupError, which is a TypeError, for what is no handler.
 * @example
 * createServer(toNode(adminHandler({ tokens, actor }))).listen(3000)
 */
export function toNode<Listened extends ListenedRequest = ListenedRequest>(
  handler: (request: Request, from: Listened) => Promise<Response>,
): (request: Listened, response: ListenedResponse) => Promise<void> {
  if (typeof handler !== 'function')
    throw new SetupError('toNode', [
      issueAt(['handler'], 'must be a Fetch handler, such as what adminHandler() returns.'),
    ])
  return async (request, response) => {
    const answer = await handler(fetchRequestOf(request), request)
    const body = new Uint8Array(await answer.arrayBuffer())
    response.statusCode = answer.status
    for (const [name, value] of answer.headers) response.setHeader(name, value)
    // What was not read is not waited for.
    if (!request.complete && request.httpVersionMajor === 1) response.setHeader('Connection', 'close')
    // RFC 9113, section 8.1: an answer may be complete before its request, which is then asked to stop without an error.
    const { stream } = request
    if (stream && !stream.endAfterHeaders && !stream.readableEnded) stream.once('finish', () => stream.close(NO_ERROR))
    response.end(body)
  }
}

const NO_ERROR = 0

/** A target that no grammar lets through, in place of one that a URL cannot hold as it was sent. */
const UNREADABLE = '/%'

/** A target that a slash too many alone keeps from being read: a URL holds it as it is, and a page can say where to go. */
function withoutSlash(url: string | undefined): string | undefined {
  return url?.endsWith('/') && !url.includes('?') ? url.slice(0, -1) : undefined
}

function fetchRequestOf(request: ListenedRequest): Request {
  const { method = 'GET', url, socket, headers } = request
  const scheme = (socket as { readonly encrypted?: unknown }).encrypted ? 'https' : 'http'
  const host = headers[':authority'] ?? headers.host
  const isHost = typeof host === 'string' && /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i.test(host)
  const base = `${scheme}://${isHost && URL.canParse(`${scheme}://${host}`) ? host : 'host.invalid'}`
  const target = readTarget(url) || readTarget(withoutSlash(url)) ? url : UNREADABLE
  const hasBody = method !== 'GET' && method !== 'HEAD'
  try {
    return new Request(base + target, {
      method,
      headers: headersIn(request),
      ...(hasBody && { body: bodyOf(request), duplex: 'half' }),
    } as RequestInit)
  } catch {
    // A method or a header that Fetch cannot hold.
    return new Request(base + UNREADABLE)
  }
}

/**
 * All lines, a repeated one too: Fetch joins them with a comma, and what is joined is refused where it matters. Adapters of
 * serverless platforms leave the raw lines out or empty.
 */
function headersIn({ rawHeaders: raw = [], headers: parsed }: ListenedRequest): Headers {
  const headers = new Headers()
  for (let i = 0; i + 1 < raw.length; i += 2) append(headers, raw[i] as string, raw[i + 1] as string)
  if (raw.length === 0)
    // A length may be a number there.
    for (const [name, value = []] of Object.entries(parsed))
      for (const line of typeof value === 'object' ? value : [String(value)]) append(headers, name, line)
  return headers
}

/** A line of HTTP/2 that tells of the request itself is none of its headers. */
function append(headers: Headers, name: string, value: string): void {
  if (!name.startsWith(':')) headers.append(name, value)
}

/** The body, read only when it is asked for; or what a parser has left of it, as JSON. */
function bodyOf(request: ListenedRequest): BodyInit {
  const { body, readableEnded } = request
  if (readableEnded && body !== undefined) return JSON.stringify(body)
  let isRead = false
  let isOpen = true
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const broken = (): void => controller.error(new TypeError('The body broke off, or somebody has read it.'))
        if (isRead) return void request.resume()
        if (readableEnded || request.destroyed) return broken()
        isRead = true
        const end = (close: () => void): void => {
          if (isOpen) close()
          isOpen = false
        }
        request.on('end', () => end(() => controller.close()))
        for (const event of ['error', 'aborted', 'close']) request.on(event, () => end(broken))
        request.on('data', (chunk) => {
          if (!isOpen) return
          controller.enqueue(new Uint8Array(chunk))
          request.pause()
        })
      },
      cancel() {
        isOpen = false
        request.pause()
      },
    },
    { highWaterMark: 0 },
  )
}
