/** GitHub and GitGuardian as they send reports: signed bodies, and a server that tells GitHub's keys. */
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A key of GitHub's, by an id. */
export interface SigningKey {
  readonly id: string
  readonly pem: string
  readonly privateKey: KeyObject
}

export function newKey(id: string, namedCurve = 'P-256'): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  return { id, privateKey, pem: publicKey.export({ format: 'pem', type: 'spki' }).toString() }
}

/** What GitHub publishes, in its own form. */
export const published = (...keys: readonly Pick<SigningKey, 'id' | 'pem'>[]): string =>
  JSON.stringify({ public_keys: keys.map(({ id, pem }) => ({ key_identifier: id, key: pem, is_current: true })) })

/** The headers that GitHub sends with a body. */
export const signedBy = (key: SigningKey, body: string | Uint8Array): Record<string, string> => ({
  'Content-Type': 'application/json',
  'Github-Public-Key-Identifier': key.id,
  'Github-Public-Key-Signature': createSign('SHA256').update(body).sign(key.privateKey, 'base64'),
})

/** The headers that GitGuardian sends with a body. */
export const hmacOf = (secret: string, timestamp: string, body: string): Record<string, string> => ({
  'Content-Type': 'application/json',
  Timestamp: timestamp,
  'Gitguardian-Signature': `sha256=${createHmac('sha256', timestamp + secret)
    .update(body)
    .digest('hex')}`,
})

/** A server of this test, and its address. */
export async function serve(listener: RequestListener): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

/** A server of GitHub's keys, with how often it was asked, and by which headers. */
export interface KeyServer {
  readonly fetch: typeof fetch
  readonly asked: Record<string, string | string[] | undefined>[]
  /** What it answers from now on. */
  answers(listener: RequestListener): void
}

export async function serveKeys(...keys: readonly SigningKey[]): Promise<KeyServer> {
  const asked: KeyServer['asked'] = []
  let listener: RequestListener = (_, response) => response.end(published(...keys))
  const { origin } = await serve((request, response) => {
    asked.push(request.headers)
    listener(request, response)
  })
  return {
    asked,
    answers(next) {
      listener = next
    },
    // The address is GitHub's own; only the line leads here.
    fetch: (_, init) => fetch(origin, init),
  }
}
