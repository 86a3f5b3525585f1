/**
 * What every framework is asked to serve in these tests: the same few routes, with or without a guard, and a record of each
 * handler that ran. How each framework does it: frameworks.ts and handlers.ts.
 */
import type { Server } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Allowed, PlanTokens, Policy } from 'plan-access-tokens'

/** A route, its parameters named as the policy names them. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
}

/** A handler that ran. */
export interface Run {
  readonly route: string
  readonly params: { readonly [name: string]: string }
  readonly planToken: Allowed<string> | undefined
  /** The header `X-Case`, by which a test knows its request again. */
  readonly name: string | undefined
  /** The body as the handler read it, of a POST. */
  readonly body?: string
}

/** What is served. */
export interface Site {
  /** Absent: there is no guard. */
  readonly tokens?: PlanTokens<Policy>
  readonly options?: {
    readonly surface?: string
    readonly optional?: boolean
    readonly basePath?: string
    readonly address?: () => unknown
  }
  /** Where the guard takes the address from, in the way that docs/addresses.md shows: the socket, or the one proxy in front. */
  readonly address?: 'socket' | 'proxy'
  /** Which targets are guarded. */
  readonly when?: (target: string) => boolean
  /** The path under which everything lies, `/api`; taken off by the framework where it does such a thing. */
  readonly mount?: string
  /** Rewrites the target before the guard, in the framework's own way. */
  readonly rewrite?: (target: string) => string
  readonly routes: readonly Route[]
  /** Sets `Vary: Origin` before the guard. */
  readonly cors?: boolean
  /** Where the framework's JSON parser stands, if the site has one: before the guard or after it. */
  readonly parser?: 'before' | 'after'
  readonly onRun?: (run: Run) => void
}

/** A server on a free port of the loopback. */
export interface Running {
  readonly port: number
  close(): Promise<void>
}

/** What a handler answers with. */
export function answerOf(site: Site, run: Run): string {
  site.onRun?.(run)
  const { route, params, planToken, body } = run
  return JSON.stringify({ route, params, tokenId: planToken?.token?.id ?? null, body })
}

/** The guard's options, for a framework that leaves the mount in the target or takes it off. */
export function optionsOf<Req>(site: Site, targetOf: (request: Req) => string, mount: 'stays' | 'goes') {
  const { options, when, mount: basePath } = site
  return {
    ...options,
    ...(when && { when: (request: Req) => when(targetOf(request)) }),
    ...(basePath !== undefined && mount === 'stays' && { basePath }),
  }
}

/** Where the proxy of these tests sends from. */
export const PROXY = '127.0.0.1'

/** The guard's option `address`. @param proxy where the framework itself cannot be told of a proxy. */
export function addressOf<From extends readonly unknown[]>(
  { address }: Site,
  socket: (...from: From) => unknown,
  proxy: (...from: From) => unknown = socket,
) {
  return address && { address: address === 'socket' ? socket : proxy }
}

/** Listens. */
export async function listen(server: Server | Http2Server): Promise<Running> {
  const sockets = new Set<{ destroy(): unknown }>()
  server.on('connection', (socket: { destroy(): unknown; on(event: 'close', then: () => void): unknown }) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** The text of a stream. */
export async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString()
}

/** One value of a header. */
export function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

/**
 * Finds a route as leniently as any router does: whatever host and case, with empty segments left out and everything decoded.
 * For the servers that have no router of their own.
 */
export function findRoute(site: Site, method: string, target: string): Pick<Run, 'route' | 'params'> | undefined {
  const segments = segmentsOf(target)
  const prefix = site.mount ? segmentsOf(site.mount) : []
  if (!prefix.every((name, i) => same(name, segments[i]))) return undefined
  const rest = segments.slice(prefix.length)
  for (const { method: wanted, path } of site.routes) {
    const pattern = segmentsOf(path)
    if (wanted !== (method === 'HEAD' ? 'GET' : method.toUpperCase()) || pattern.length !== rest.length) continue
    if (!pattern.every((name, i) => name.startsWith(':') || same(name, rest[i]))) continue
    const params = pattern.flatMap((name, i) => (name.startsWith(':') ? [[name.slice(1), rest[i]]] : []))
    return { route: `${wanted} ${path}`, params: Object.fromEntries(params) as Record<string, string> }
  }
  return undefined
}

function segmentsOf(target: string): readonly string[] {
  try {
    return new URL(target, 'http://api.example').pathname.split('/').filter(Boolean).map(decodeURIComponent)
  } catch {
    return []
  }
}

function same(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase()
}
