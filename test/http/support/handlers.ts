/** Starts a site on servers that have no router: `node:http`, `node:http2` and a Fetch handler. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createServer2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createAdaptorServer } from '@hono/node-server'
import type { Allowance, Allowed } from 'plan-access-tokens'
import { guard as guardFetch } from 'plan-access-tokens/fetch'
import { guard as guardNode } from 'plan-access-tokens/node'
import { answerOf, findRoute, listen, one, optionsOf, type Running, type Site, textOf } from './site.ts'

type Request1or2 = (IncomingMessage | Http2ServerRequest) & { readonly planToken?: Allowance | undefined }
interface Answering {
  writeHead(status: number, headers?: { readonly [name: string]: string }): unknown
  end(text: string): unknown
}

export function startHttp(site: Site): Promise<Running> {
  const { tokens, cors } = site
  const options = optionsOf(site, (request: IncomingMessage) => request.url ?? '', 'stays')
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
  const options = optionsOf(site, (request: Http2ServerRequest) => request.url, 'stays')
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

export function startFetch(site: Site): Promise<Running> {
  const { tokens, rewrite, cors } = site
  const options = optionsOf(site, (request: Request) => new URL(request.url).pathname, 'stays')
  const answer = async (request: Request, planToken?: Allowed<string>): Promise<Response> => {
    const found = findRoute(site, request.method, request.url)
    const vary = cors ? { Vary: 'Origin' } : undefined
    if (!found) return new Response(null, { status: 404, ...(vary && { headers: vary }) })
    const body = found.route.startsWith('POST') ? { body: await request.text() } : {}
    const run = { ...found, ...body, planToken, name: request.headers.get('x-case') ?? undefined }
    return new Response(answerOf(site, run), { headers: { ...vary, 'Content-Type': 'application/json' } })
  }
  const guarded = tokens ? guardFetch(tokens, answer, options) : (request: Request) => answer(request)
  const fetch = async (request: Request): Promise<Response> => {
    const response = await guarded(rewrite ? rewritten(request, rewrite) : request)
    // A refusal knows nothing of the handler: what all answers need is put around the guard.
    if (cors && !response.headers.get('vary')?.includes('Origin')) response.headers.append('Vary', 'Origin')
    return response
  }
  return listen(createAdaptorServer({ fetch }) as import('node:http').Server)
}

/** The request with another target. */
export function rewritten(request: Request, rewrite: (target: string) => string): Request {
  const { origin, pathname, search } = new URL(request.url)
  return new Request(origin + rewrite(pathname) + search, request)
}
