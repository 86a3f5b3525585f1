/**
 * Node's own sockets, reached without an import, so that bundles for other platforms load. Where they are not there, nobody can
 * say which address a connection goes to. What is done with them: outbox/webhooks/post.ts.
 */
import { hasStandingClocks } from '../../service/platform.ts'

/** What is used of a connection's request. */
export interface SocketRequest {
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'response', listener: (response: SocketResponse) => void): unknown
  end(body: string): unknown
  destroy(error?: Error): unknown
  readonly reusedSocket?: boolean
}

/** What is used of a response. */
export interface SocketResponse {
  readonly statusCode?: number
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  on(event: 'data', listener: (chunk: { readonly length: number }) => void): unknown
  on(event: 'error' | 'end' | 'close', listener: () => void): unknown
  destroy(): unknown
}

interface HttpModule {
  readonly Agent: new (options: object) => object
  request(options: object): SocketRequest
}

/** The parts of Node that a webhook takes. */
export interface Sockets {
  readonly http: HttpModule
  readonly https: HttpModule
  /** All addresses that a name has now. */
  lookUp(host: string): Promise<readonly string[]>
}

interface Dns {
  lookup(host: string, options: { readonly all: true }): Promise<readonly { readonly address: string }[]>
}

/** Node's sockets; `undefined` where there are none, on Cloudflare Workers for instance, whose `http` only looks like it. */
export function socketsOf(platform: unknown = globalThis): Sockets | undefined {
  if (hasStandingClocks()) return undefined
  try {
    const host = (platform as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
    const load = (id: string): unknown => host?.getBuiltinModule?.(id)
    const [http, https] = [load('node:http') as HttpModule, load('node:https') as HttpModule]
    const dns = load('node:dns/promises') as Dns | undefined
    if (!http || !https || !dns) return undefined
    return {
      ...{ http, https },
      lookUp: async (name) => (await dns.lookup(name, { all: true })).map(({ address }) => address),
    }
  } catch {
    return undefined
  }
}
