/**
 * A `node:http` server that lets through what `authorize` lets through: the code to start from. It knows nothing of the demo.
 * What it answers to an allowed request is the handler's affair.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Allowance, PlanTokens } from 'plan-access-tokens'

/** Answers a request that was let through. Route, parameters and resources stand in the decision, already read. */
export type Handler = (decision: Allowance, response: ServerResponse, body: Buffer | undefined) => void | Promise<void>

/** A server that listens. */
export interface Site {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly address: string
  /** Takes no new request, lets those under way end, and resolves when nothing is open any more. */
  close(): Promise<void>
}

/** The most that a body may have, in bytes. */
const MAX_BODY = 1_048_576
/** How long requests that are under way may still take when the server closes, in milliseconds. */
const CLOSE_AFTER = 1_000

/** Starts a guarded server on a free port of the loopback interface. */
export async function listen(
  tokens: PlanTokens,
  handler: Handler,
  options: { readonly surface?: string } = {},
): Promise<Site> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => fail(response))
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === 'too long') {
      response.writeHead(413, { Connection: 'close', 'Cache-Control': 'no-store' }).end()
      return
    }
    const { method = '', url = '', headers, rawHeaders } = request
    const decision = await tokens.authorize({ method, url, headers, rawHeaders, body }, options)
    if (!decision.allowed) {
      await render(decision.response(), response)
      return
    }
    for (const [name, value] of Object.entries(decision.headers)) response.setHeader(name, value)
    // A client that still sends a replaced secret is told until when it may.
    const { worksUntil } = decision.secret
    if (worksUntil !== null) response.setHeader('Secret-Works-Until', new Date(worksUntil).toISOString())
    await handler(decision, response, body)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_AFTER)
      await closed
      clearTimeout(timer)
    },
  }
}

/** The body as it came, `undefined` if there is none. */
async function readBody(request: IncomingMessage): Promise<Buffer | 'too long' | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  // The stream is not destroyed when the loop is left, so that the answer can still be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length
    if (length > MAX_BODY) return 'too long'
    chunks.push(chunk as Buffer)
  }
  return length === 0 ? undefined : Buffer.concat(chunks, length)
}

/** Sends a refusal, which comes as a Fetch `Response`, over Node's own. */
async function render(refusal: Response, response: ServerResponse): Promise<void> {
  response.writeHead(refusal.status, Object.fromEntries(refusal.headers))
  response.end(Buffer.from(await refusal.arrayBuffer()))
}

/** The handler failed, or the client has gone. */
function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(500, { 'Cache-Control': 'no-store' }).end()
}
