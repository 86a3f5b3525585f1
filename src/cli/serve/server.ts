/**
 * The server of `serve`: the handlers for gateways, and what a platform asks of a process. How it begins and ends:
 * cli/commands/serve.ts.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type GatewayHandler, toNode } from '../../gateway/index.ts'

/** Where `forwardAuth` is. */
export const FORWARD_AUTH = '/forward-auth'

/** What is served. */
export interface Served {
  readonly forwardAuth?: GatewayHandler | undefined
  /** Whether paths go on behind that of `forwardAuth`: to Envoy it is a prefix. */
  readonly isPrefix: boolean
  readonly authzen?: GatewayHandler | undefined
  /** Whether the engine can be used. Never rejects. */
  readonly isReady: () => Promise<boolean>
  /** Whether the process is about to end. */
  readonly isEnding: () => boolean
}

/** nginx keeps a connection for 60 seconds by default: whoever closes it earlier answers some question with a reset. */
const KEEP_ALIVE_MS = 75_000
/** All headers of a request: nginx takes 32 kB of a client, and adds some. */
const HEADER_BYTES = 65_536

/** Makes the server. */
export function createGatewayServer({ forwardAuth, isPrefix, authzen, isReady, isEnding }: Served): Server {
  const forward = forwardAuth && toNode(forwardAuth)
  const evaluate = authzen && toNode(authzen)
  const listener = (request: IncomingMessage, response: ServerResponse): unknown => {
    const { url = '', method } = request
    if (isEnding()) response.setHeader('Connection', 'close')
    if (url === '/healthz' || url === '/readyz') {
      if (method !== 'GET' && method !== 'HEAD') return answer(response, 405, 'method not allowed')
      return url === '/healthz' ? answer(response, 200, 'alive') : answerReady(response)
    }
    // Caddy leaves the query of the request that it asks about behind the path of its question.
    if (
      forward &&
      (url === FORWARD_AUTH || url.startsWith(`${FORWARD_AUTH}?`) || (isPrefix && url.startsWith(`${FORWARD_AUTH}/`)))
    )
      return forward(request, response)
    return evaluate ? evaluate(request, response) : answer(response, 404, 'not found')
  }
  const answerReady = async (response: ServerResponse): Promise<void> => {
    const ready = !isEnding() && (await isReady())
    answer(response, ready ? 200 : 503, ready ? 'ready' : 'not ready')
  }
  const server = createServer({ maxHeaderSize: HEADER_BYTES, requestTimeout: 30_000 }, listener)
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // Bounded by their bytes. By default Node leaves the later ones away, which the server behind then sees alone.
  server.maxHeadersCount = 0
  return server
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' }).end(`${text}\n`)
}

/** A question that is asked once at a time, and whose answer counts for a while: whoever asks often costs the store nothing. */
export function keptFor(ms: number, ask: () => Promise<boolean>): () => Promise<boolean> {
  let kept: { readonly until: number; readonly answer: Promise<boolean> } | undefined
  return () => {
    const now = performance.now()
    if (!kept || kept.until < now) {
      const answer = ask()
      const mine = { until: Number.POSITIVE_INFINITY, answer }
      kept = mine
      const end = (): void => {
        if (kept === mine) kept = { until: performance.now() + ms, answer }
      }
      answer.then(end, end)
    }
    return kept.answer
  }
}

/** Takes no more connections, and resolves when what runs has ended: `false` if it was cut off after the time. */
export async function endServer(server: Server, timeoutMs: number): Promise<boolean> {
  let isWhole = true
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that waits for its next request is closed at once, one that is busy as soon as it waits.
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const late = setTimeout(() => {
    isWhole = false
    server.closeAllConnections()
  }, timeoutMs)
  await closed
  clearInterval(idle)
  clearTimeout(late)
  return isWhole
}
