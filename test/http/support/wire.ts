/** Sends what no client sends: requests written by hand to a socket, and streams of HTTP/2 with any pseudo-header. */

import { connect as connect2 } from 'node:http2'
import { connect } from 'node:net'

/** What came back. Names of headers are in lower case, and repeated ones joined. */
export interface Reply {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** A request: header lines in turn, and a body in chunks, announced by its length unless it says otherwise. */
export interface Sending {
  readonly method: string
  readonly target: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: readonly string[]
  readonly chunked?: boolean
  /** Leaves the end of the body away, and the connection open. */
  readonly unfinished?: boolean
}

/**
 * Sends bytes, each part on its own, and resolves to all that comes back until the server closes.
 *
 * @param options.ends says that nothing more will come, which ends a wait for the rest of a message.
 * @param options.from the address of the loopback that it is sent from.
 */
export function exchange(
  port: number,
  parts: Iterable<Uint8Array | string>,
  { ends = false, from }: { readonly ends?: boolean; readonly from?: string } = {},
): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect({ port, host: '127.0.0.1', ...(from !== undefined && { localAddress: from }) })
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    // A server that refuses early may reset what is still being sent.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
    const iterator = parts[Symbol.iterator]()
    const sendNext = (): void => {
      const { done, value } = iterator.next()
      if (done && ends) socket.end()
      if (done || socket.destroyed) return
      socket.write(value, () => setImmediate(sendNext))
    }
    sendNext()
  })
}

/** A request of HTTP/1.1 in parts: its head, each chunk, and the end. */
export function partsOf({ method, target, headers = [], body, chunked = false }: Sending): readonly Uint8Array[] {
  const length = Buffer.byteLength((body ?? []).join(''))
  const framing = body ? [chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`] : []
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  const head = [`${method} ${target} HTTP/1.1`, 'Host: api.example', ...lines, ...framing, 'Connection: close', '', '']
  const chunks = (body ?? []).map((chunk) =>
    Buffer.from(chunked ? `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n` : chunk),
  )
  return [Buffer.from(head.join('\r\n'), 'latin1'), ...chunks, ...(body && chunked ? [Buffer.from('0\r\n\r\n')] : [])]
}

/** Sends a request over HTTP/1.1. */
export async function send1(port: number, sending: Sending, from?: string): Promise<Reply> {
  const parts = partsOf(sending)
  const sent = sending.unfinished ? parts.slice(0, -1) : parts
  return readReply(await exchange(port, sent, from === undefined ? {} : { from }))
}

/** Reads an answer of HTTP/1.1. Status 0 if there is none. */
export function readReply(text: string): Reply {
  const end = text.indexOf('\r\n\r\n')
  const [line = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n')
  const headers: { [name: string]: string } = {}
  for (const header of lines) {
    const colon = header.indexOf(':')
    const name = header.slice(0, colon).toLowerCase()
    const value = header.slice(colon + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  const rest = end === -1 ? '' : text.slice(end + 4)
  const body = headers['transfer-encoding'] === 'chunked' ? unchunked(rest) : rest
  return { status: Number(line.split(' ')[1] ?? 0), headers, body: Buffer.from(body, 'latin1').toString() }
}

function unchunked(text: string): string {
  const size = Number.parseInt(text, 16)
  const start = text.indexOf('\r\n') + 2
  return size > 0 ? text.slice(start, start + size) + unchunked(text.slice(start + size + 2)) : ''
}

/** Sends a request over HTTP/2 without TLS. Status 0 if the server or the client library refuses the frame itself. */
export function send2(port: number, { method, target, headers = [], body, unfinished }: Sending): Promise<Reply> {
  return new Promise((resolve) => {
    const session = connect2(`http://127.0.0.1:${port}`)
    const finish = (reply: Reply): void => {
      session.destroy()
      resolve(reply)
    }
    const failed = (): void => finish({ status: 0, headers: {}, body: '' })
    session.on('error', failed)
    try {
      const head = {
        ':method': method,
        ':path': target,
        ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      }
      const stream = session.request(head, { endStream: body === undefined })
      let status = 0
      let got: { [name: string]: string } = {}
      let text = ''
      stream.setEncoding('utf8')
      stream.on('response', ({ ':status': code = 0, ...rest }) => {
        status = code
        got = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]))
      })
      stream.on('data', (chunk: string) => {
        text += chunk
      })
      stream.on('error', failed)
      stream.on('end', () => status > 0 && finish({ status, headers: got, body: text }))
      stream.on('close', () => finish({ status, headers: got, body: text }))
      for (const chunk of body ?? []) stream.write(chunk)
      if (!unfinished) stream.end()
    } catch {
      failed()
    }
  })
}
