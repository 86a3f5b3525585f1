/** Fastify, Hono, Node's http with a router and a Fetch handler with one, in their default and their most generous settings. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { parse as parseQuery } from 'node:querystring'
import { createAdaptorServer } from '@hono/node-server'
import { type FastifyServerOptions, fastify } from 'fastify'
import findMyWay, { type Config, type HTTPVersion } from 'find-my-way'
import { type Context, Hono } from 'hono'
import type { Allowance } from 'plan-access-tokens'
import { guard as guardFastify } from 'plan-access-tokens/fastify'
import { guard as guardFetch } from 'plan-access-tokens/fetch'
import { guard as guardHono } from 'plan-access-tokens/hono'
import { guard as guardNode } from 'plan-access-tokens/node'
import { listen, one, type Running, textOf } from '../support/site.ts'
import type { Before, Manner } from './express-koa.ts'
import { ROUTES, type Route } from './policy.ts'
import { runOf } from './runs.ts'
import type { Setup } from './servers.ts'

const qs = createRequire(import.meta.url)('qs') as { parse(text: string, options?: object): Record<string, unknown> }

const GENEROUS = {
  caseSensitive: false,
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  maxParamLength: 1_000,
}
const queryOf = (text: string): Record<string, unknown> =>
  qs.parse(text, { allowDots: true, allowPrototypes: true, delimiter: /[&;]/ })
const lower = (method: Route['method']) => method.toLowerCase() as 'get' | 'post' | 'delete'

export async function startFastify({ tokens, onRun }: Setup, { generous }: Manner): Promise<Running> {
  const routerOptions = { ...GENEROUS, querystringParser: queryOf as never, useSemicolonDelimiter: true }
  const options: FastifyServerOptions = {
    forceCloseConnections: true,
    ...(generous && { routerOptions, onProtoPoisoning: 'ignore', onConstructorPoisoning: 'ignore' }),
  }
  const app = fastify(options)
  if (generous) {
    app.addContentTypeParser(/^[^;,]*form/, { parseAs: 'string' }, (_, body, done) =>
      done(null, qs.parse(String(body))),
    )
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  }
  await app.register(guardFastify(tokens))
  for (const route of ROUTES)
    app[lower(route.method)](route.path, async (request) => {
      const { params, query, body, planToken, headers } = request
      const found = { params: params as object, query, body, planToken, type: headers['content-type'] }
      onRun(runOf(route, { ...found, name: one(headers['x-case']) }))
      return 'ran'
    })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: app.addresses()[0]?.port ?? 0, close: () => app.close() }
}

/** The routes of a Hono application. */
function honoRoutes(
  app: Hono,
  generous: boolean,
  onRun: Setup['onRun'],
  planTokenOf: (c: Context) => Allowance | undefined,
) {
  for (const route of ROUTES)
    app[lower(route.method)](route.path, async (c: Context) => {
      const { req } = c
      const type = req.header('content-type')
      const read = (): Promise<unknown> =>
        /form/i.test(type ?? '') ? req.parseBody(generous ? { all: true, dot: true } : {}) : req.json()
      const body = req.method === 'GET' ? undefined : await read().catch(() => undefined)
      const query = generous ? req.queries() : req.query()
      onRun(
        runOf(route, { query, body, type, params: req.param(), planToken: planTokenOf(c), name: req.header('x-case') }),
      )
      return c.text('ran')
    })
  // Hono would print every error.
  app.onError((error, c) => c.body(null, (error as { status?: 500 }).status ?? 500))
}

const READERS: { readonly [B in Before]: (c: Context) => Promise<unknown> | undefined } = {
  nothing: () => undefined,
  json: (c) => c.req.json(),
  form: (c) => c.req.parseBody(),
  text: (c) => c.req.text(),
  bytes: (c) => c.req.arrayBuffer(),
}

export function startHono({ tokens, onRun }: Setup, { generous, before }: Manner): Promise<Running> {
  const app = new Hono({ strict: !generous })
  app.use(async (c, next) => {
    await READERS[before](c)?.catch(() => undefined)
    await next()
  })
  app.use(guardHono(tokens))
  honoRoutes(app, generous, onRun, (c) => c.get('planToken'))
  return listen(createAdaptorServer({ fetch: app.fetch }) as import('node:http').Server)
}

/** Node's http with find-my-way. `routing` beyond what is generous may be a mistake. */
export function startNode({ tokens, onRun }: Setup, { generous }: Manner, routing: object = {}): Promise<Running> {
  const router = findMyWay<HTTPVersion.V1>({
    ...(generous && GENEROUS),
    ...routing,
    defaultRoute: (_, response) => response.writeHead(404).end(),
  } as Config<HTTPVersion.V1>)
  for (const route of ROUTES)
    router.on(route.method, route.path, async (request, response, params, _, searchParams) => {
      const { planToken, headers } = request as IncomingMessage & { planToken?: Allowance }
      const body = await textOf(request as IncomingMessage).catch(() => '')
      const query = generous ? queryOf((request.url ?? '').split('?').slice(1).join('?')) : searchParams
      const type = headers['content-type']
      onRun(runOf(route, { params, query, body, type, planToken, name: one(headers['x-case']) }))
      response.end('ran')
    })
  const guarded = guardNode(tokens, (request: IncomingMessage, response: ServerResponse) =>
    router.lookup(request, response),
  )
  return listen(createServer(guarded))
}

/** A Fetch handler that routes by the path of the URL, leniently with find-my-way or with Hono. */
export function startFetch({ tokens, onRun }: Setup, { generous }: Manner): Promise<Running> {
  const fetch = generous ? fetchByPath(tokens, onRun) : fetchByHono(tokens, onRun)
  return listen(createAdaptorServer({ fetch }) as import('node:http').Server)
}

function fetchByHono(tokens: Setup['tokens'], onRun: Setup['onRun']) {
  const app = new Hono<{ Bindings: { planToken: Allowance } }>()
  honoRoutes(app as unknown as Hono, false, onRun, (c) => c.env.planToken)
  return guardFetch(tokens, (request, planToken) => app.fetch(request, { planToken }))
}

function fetchByPath(tokens: Setup['tokens'], onRun: Setup['onRun']) {
  const router = findMyWay<HTTPVersion.V1>(GENEROUS)
  for (const route of ROUTES) router.on(route.method, route.path, () => undefined, route)
  return guardFetch(tokens, async (request, planToken) => {
    const { pathname, search } = new URL(request.url)
    const found = router.find(request.method as 'GET', pathname)
    if (!found) return new Response(null, { status: 404 })
    const type = request.headers.get('content-type') ?? undefined
    const body = /form/i.test(type ?? '')
      ? await request.formData().then(
          (form) => Object.fromEntries(form),
          () => undefined,
        )
      : await request.text()
    const query = parseQuery(search.slice(1))
    const name = request.headers.get('x-case') ?? undefined
    onRun(runOf(found.store as Route, { params: found.params, query, body, type, planToken, name }))
    return new Response('ran')
  })
}
