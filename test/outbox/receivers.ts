/** Real receivers of webhooks on loopback: plain or with a certificate of their own, answering as a test says. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A request as it came. */
interface Got {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

export interface HttpReceiver {
  readonly port: number
  readonly got: Got[]
  /** How many connections there have been. */
  connections(): number
  /** Ends those that wait for a next request. */
  closeIdle(): void
  close(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown

const fine: Answer = (_, response) => response.writeHead(204).end()

/** Listens on loopback. @param tls a key and a certificate. */
export async function httpReceiver(answer: Answer = fine, tls?: { key: string; cert: string }): Promise<HttpReceiver> {
  const got: Got[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { method = '', url = '', headers } = request
    got.push({ method, path: url, headers: headers as Record<string, string>, body })
    answer(request, response, body)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void handle(request, response).catch(() => undefined)
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  let connections = 0
  server.on(tls ? 'secureConnection' : 'connection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    got,
    connections: () => connections,
    closeIdle: () => server.closeIdleConnections(),
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const OPENSSL = 'openssl'

/** Whether there is an openssl that makes certificates. */
export const hasOpenssl = ((): boolean => {
  try {
    execFileSync(OPENSSL, ['version'])
    return true
  } catch {
    return false
  }
})()
export const NEEDS_OPENSSL = 'skipped without it: apt-get install -y openssl'

/** A certificate for a name, signed by itself. */
export function certificateFor(name: string): {
  readonly key: string
  readonly cert: string
  readonly file: string
  remove(): void
} {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  execFileSync(
    OPENSSL,
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', file, ...subject],
    {
      stdio: 'ignore',
    },
  )
  return {
    ...{ key: readFileSync(key, 'utf8'), cert: readFileSync(file, 'utf8'), file },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
