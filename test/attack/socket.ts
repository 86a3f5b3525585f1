/**
 * A real server over a real socket: `node:http` hands its own request to `authorize`. Lines are written by hand, since no
 * client sends what an attacker sends. The guards of the frameworks belong to a later issue.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { PlanTokens, RequestLike } from 'plan-access-tokens'

/** What came back. */
interface Answer {
  readonly status: number
  readonly body: { readonly code?: string; readonly allowed?: boolean }
}

/** A server on a free port of the loopback. */
export interface Server {
  /** Sends a request with these header lines, in this order. */
  send(requestLine: string, headers: readonly string[]): Promise<Answer>
  close(): Promise<void>
}

/** Starts the server. What `authorize` allows is answered with 200. */
export async function serve(tokens: PlanTokens): Promise<Server> {
  const server = createServer(async (request, response) => {
    const decision = await tokens.authorize(request as IncomingMessage & RequestLike)
    if (decision.allowed) {
      response.end(JSON.stringify({ allowed: true }))
      return
    }
    const answer = decision.response()
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    send: async (requestLine, headers) => {
      const text = [`${requestLine} HTTP/1.1`, 'Host: api.example', ...headers, 'Connection: close', '', ''].join(
        '\r\n',
      )
      return read(await exchange(port, text))
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('end', () => resolve(received))
    socket.on('error', reject)
  })
}

function read(answer: string): Answer {
  const status = Number(answer.split(' ')[1])
  const body = answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)
  return { status, body: JSON.parse(body) as Answer['body'] }
}
