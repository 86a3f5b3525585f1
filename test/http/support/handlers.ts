/** Starts a site on servers that have no router: `node:http`, `node:http2` and a Fetch handler. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createServer2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createAdaptorServer } from '@hono/node-server'
import type { Allowance, Allowed } from 'plan-access-tokens'
import { guard as guardFetch } from 'plan-access-tokens/fetch'
import { guard as guardNode } from 'plan-access-tokens/node'
import { addressOf, answerOf, findRoute, listen, one, optionsOf, type Running, type Site, textOf } from './site.ts'

type Request1or2 = (IncomingMessage | Http2ServerRequest) & { readonly planToken?: Allowance | undefined }
interface Answering {
  writeHead(status: number, headers?: { readonly [name: string]: string }): unknown
  end(text: string): unknown
}

export function startHttp(site: Site): Promise<Running> {
  const { tokens, cors } = site
  const options = {
    ...optionsOf(site, (request: IncomingMessage) => request.url ?? '', 'stays'),
    ...addressOf(
      site,
      (request: IncomingMessage) => request.socket.remoteAddress,
      ({ headers }) => headers['x-real-ip'],
    ),
  }
  const guarded = tokens
    ? guardNode(
        tokens,
        (request: IncomingMessage, response: ServerResponse) => handle(site, request, response),
        options,
      )
    : (request: IncomingMessage, response: ServerResponse) => handle(site, request, response)
  return listen(
    createServer((request, response) => {
      rewriteIn(site, request)
      if (cors) response.setHeader('Vary', 'Origin')
      return guarded(request, response)
    }),
  )
}

export function startHttp2(site: Site): Promise<Running> {
  const { tokens, cors } = site
  const options = {
    ...optionsOf(site, (request: Http2ServerRequest) => request.url, 'stays'),
    ...addressOf(site, (request: Http2ServerRequest) => request.socket.remoteAddress),
  }
  const plain = (request: Http2ServerRequest, response: Http2ServerResponse) => handle(site, request, response)
  const guarded = tokens ? guardNode(tokens, plain, options) : plain
  return listen(
    createServer2((request, response) => {
      rewriteIn(site, request)
      if (cors) response.setHeader('Vary', 'Origin')
      return guarded(request, response)
    }),
  )
}

function rewriteIn({ rewrite }: Site, request: IncomingMessage | Http2ServerRequest): void {
  if (rewrite) request.url = rewrite(request.url ?? '')
}

async function handle(site: Site, request: Request1or2, response: Answering): Promise<void> {
  const { method = '', url = '', planToken } = request
  const found = findRoute(site, method, url)
  if (!found) {
    response.writeHead(404)
    response.end('')
    return
  }
  try {
    const body = found.route.startsWith('POST') ? { body: await textOf(request) } : {}
    const answer = answerOf(site, { ...found, ...body, planToken, name: one(request.headers['x-case']) })
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(answer)
  } catch {
    // The client has gone.
  }
}

/** What the adapter for Node hands over beside a request. */
interface Platform {
  readonly incoming: IncomingMessage
}

export function startFetch(site: Site): Promise<Running> {
  const { tokens, rewrite, cors } = site
  const options = {
    ...optionsOf(site, (request: Request) => new URL(request.url).pathname, 'stays'),
    ...addressOf(
      site,
      (_: Request, { incoming }: Platform) => incoming.socket.remoteAddress,
      (request) => request.headers.get('x-real-ip'),
    ),
  }
  const answer = async (request: Request, planToken?: Allowed<string>): Promise<Response> => {
    const found = findRoute(site, request.method, request.url)
    const vary = cors ? { Vary: 'Origin' } : undefined
    if (!found) return new Response(null, { status: 404, ...(vary && { headers: vary }) })
    const body = found.route.startsWith('POST') ? { body: await request.text() } : {}
    const run = { ...found, ...body, planToken, name: request.headers.get('x-case') ?? undefined }
    return new Response(answerOf(site, run), { headers: { ...vary, 'Content-Type': 'application/json' } })
  }
  const behind = (request: Request, planToken: Allowed<string> | undefined, _: Platform) => answer(request, planToken)
  const guarded = tokens ? guardFetch(tokens, behind, options) : (request: Request) => answer(request)
  const fetch = async (request: Request, platform: Platform): Promise<Response> => {
    const response = await guarded(rewrite ? rewritten(request, rewrite) : request, platform)
    // A refusal knows nothing of the handler: what all answers need is put around the guard.
    if (cors && !response.headers.get('vary')?.includes('Origin')) response.headers.append('Vary', 'Origin')
    return response
  }
  return listen(createAdaptorServer({ fetch: fetch as never }) as import('node:http').Server)
}

/** The request with another target. */
export function rewritten(request: Request, rewrite: (target: string) => string): Request {
  const { origin, pathname, search } = new URL(request.url)
  return new Request(origin + rewrite(pathname) + search, request)
}
