/** Starts a site in each framework, plain or guarded. Servers without a router of their own: handlers.ts. */

import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { createAdaptorServer } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import Router from '@koa/router'
import express, { type ErrorRequestHandler, type Request } from 'express'
import fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import Koa from 'koa'
import { guard as guardExpress } from 'plan-access-tokens/express'
import { guard as guardFastify } from 'plan-access-tokens/fastify'
import { guard as guardHono } from 'plan-access-tokens/hono'
import { guard as guardKoa } from 'plan-access-tokens/koa'
import { startFetch, startHttp, startHttp2 } from './handlers.ts'
import { startElysia, startH3 } from './middleware.ts'
import { addressOf, answerOf, listen, one, optionsOf, PROXY, type Running, type Site, textOf } from './site.ts'

/** A framework. */
export interface Framework {
  readonly name: string
  /** HTTP/2 without TLS; otherwise HTTP/1.1. */
  readonly isHttp2?: boolean
  /** Whether it sees only a URL that was made of the target. */
  readonly seesUrl?: boolean
  /** Whether it can have a parser before the guard. */
  readonly parsesBefore?: boolean
  /** Whether a doubled slash behind a mount goes with it, so that neither guard nor router sees it. */
  readonly mountTakesSlash?: boolean
  /** Whether a target without a route never comes to the guard. */
  readonly answersUnrouted?: boolean
  start(site: Site): Promise<Running>
}

// These have no types: the second name of a package, and two small middlewares.
const require = createRequire(import.meta.url)
const express4 = require('express4') as typeof express
const mount = require('koa-mount') as (prefix: string, app: Koa) => Koa.Middleware
const bodyParser = require('koa-bodyparser') as () => Koa.Middleware

export const FRAMEWORKS: readonly Framework[] = [
  { name: 'express 5', parsesBefore: true, start: (site) => startExpress(express, site) },
  { name: 'express 4', mountTakesSlash: true, parsesBefore: true, start: (site) => startExpress(express4, site) },
  { name: 'fastify', start: startFastify },
  { name: 'hono on Node', parsesBefore: true, start: startHono },
  { name: 'koa', parsesBefore: true, start: startKoa },
  { name: 'node:http', start: startHttp },
  { name: 'node:http2', isHttp2: true, start: startHttp2 },
  { name: 'fetch', seesUrl: true, start: startFetch },
  { name: 'elysia on Node', seesUrl: true, start: startElysia },
  { name: 'h3 on Node', seesUrl: true, start: startH3 },
]

const methodOf = (method: 'GET' | 'POST') => method.toLowerCase() as 'get' | 'post'

function startExpress(create: typeof express, site: Site): Promise<Running> {
  const { tokens, rewrite, parser, mount: prefix } = site
  const app = create()
  if (site.address === 'proxy') app.set('trust proxy', PROXY)
  const inner = create.Router()
  if (rewrite)
    app.use((request, _, next) => {
      request.url = rewrite(request.url)
      next()
    })
  if (site.cors)
    app.use((_, response, next) => {
      response.vary('Origin')
      next()
    })
  if (parser === 'before') inner.use(create.json())
  if (tokens)
    inner.use(
      guardExpress(tokens, {
        ...optionsOf(site, (request: Request) => request.url, 'goes'),
        ...addressOf(site, (request: Request) => request.ip),
      }),
    )
  if (parser === 'after') inner.use(create.json())
  for (const { method, path } of site.routes) {
    inner[methodOf(method)](path, (request, response, next) => {
      const handle = async (): Promise<void> => {
        const { planToken } = request
        const params = request.params as Record<string, string>
        const run = { route: `${method} ${path}`, params, planToken, name: one(request.headers['x-case']) }
        const body = method === 'GET' ? {} : { body: parser ? JSON.stringify(request.body) : await textOf(request) }
        response.type('json').send(answerOf(site, { ...run, ...body }))
      }
      handle().catch(next)
    })
  }
  app.use(prefix ?? '/', inner)
  // Express would print every error, those of its own decoding too.
  app.use(((error, _request, response, _next) => void response.sendStatus(error.status ?? 500)) as ErrorRequestHandler)
  return listen(createServer(app))
}

async function startFastify(site: Site): Promise<Running> {
  const { tokens, rewrite, mount: prefix } = site
  const options: FastifyServerOptions = {
    forceCloseConnections: true,
    ...(site.address === 'proxy' && { trustProxy: PROXY }),
    ...(rewrite && { rewriteUrl: (request) => rewrite(request.url ?? '') }),
  }
  const app = fastify(options)
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body))
  if (site.cors) app.addHook('onRequest', async (_, reply) => void reply.header('vary', 'Origin'))
  const routes = async (scope: FastifyInstance): Promise<void> => {
    if (tokens)
      await scope.register(
        guardFastify(tokens, {
          ...optionsOf(site, (request: FastifyRequest) => request.url, 'stays'),
          ...addressOf(site, (request: FastifyRequest) => request.ip),
        }),
      )
    for (const { method, path } of site.routes) {
      scope[methodOf(method)](path, async (request, reply) => {
        const { planToken, body } = request
        const params = request.params as Record<string, string>
        const run = { route: `${method} ${path}`, params, planToken, name: one(request.headers['x-case']) }
        reply.type('application/json')
        return answerOf(site, { ...run, ...(typeof body === 'string' && { body }) })
      })
    }
  }
  await (prefix ? app.register(routes, { prefix }) : routes(app))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: app.addresses()[0]?.port ?? 0, close: () => app.close() }
}

function startHono(site: Site): Promise<Running> {
  const { tokens, rewrite, parser, mount: prefix } = site
  const inner = new Hono()
  if (parser === 'before')
    inner.use(async (c, next) => {
      if (c.req.method === 'POST') await c.req.json()
      await next()
    })
  const pathOf = (request: globalThis.Request) => new URL(request.url).pathname
  const address = addressOf(
    site,
    (c: Context) => getConnInfo(c).remote.address,
    (c) => c.req.header('x-real-ip'),
  )
  if (tokens) inner.use(guardHono(tokens, { ...optionsOf(site, pathOf, 'stays'), ...address }))
  for (const { method, path } of site.routes) {
    inner[methodOf(method)](path, async (c: Context) => {
      const { req } = c
      const run = { route: `${method} ${path}`, params: req.param(), planToken: c.get('planToken') }
      const body = method === 'GET' ? {} : { body: await req.text() }
      const answer = answerOf(site, { ...run, ...body, name: req.header('x-case') })
      return c.body(answer, 200, { 'Content-Type': 'application/json' })
    })
  }
  const app = new Hono(rewrite ? { getPath: (request) => rewrite(pathOf(request)) } : {})
  // Hono would print every error.
  app.onError((error, c) => c.body(null, (error as { status?: 500 }).status ?? 500))
  if (site.cors) app.use(cors({ origin: 'https://app.example' }))
  app.route(prefix ?? '/', inner)
  return listen(createAdaptorServer({ fetch: app.fetch }) as import('node:http').Server)
}

function startKoa(site: Site): Promise<Running> {
  const { tokens, rewrite, parser, mount: prefix } = site
  const app = new Koa()
  app.silent = true
  if (site.address === 'proxy') Object.assign(app, { proxy: true, maxIpsCount: 1 })
  if (rewrite)
    app.use((context, next) => {
      context.url = rewrite(context.url)
      return next()
    })
  if (site.cors)
    app.use((context, next) => {
      context.vary('Origin')
      return next()
    })
  const inner = new Koa()
  if (parser === 'before') inner.use(bodyParser())
  if (tokens)
    inner.use(
      guardKoa(tokens, {
        ...optionsOf(site, (context: Koa.Context) => context.url, 'goes'),
        ...addressOf(site, (context: Koa.Context) => context.ip),
      }),
    )
  if (parser === 'after') inner.use(bodyParser())
  const router = new Router()
  for (const { method, path } of site.routes) {
    router[methodOf(method)](path, async (context) => {
      const { params, state } = context
      const run = { route: `${method} ${path}`, params, planToken: state.planToken }
      const parsed = (context.request as { rawBody?: string }).rawBody
      const body = method === 'GET' ? {} : { body: parser ? (parsed ?? '') : await textOf(context.req) }
      context.type = 'json'
      context.body = answerOf(site, { ...run, ...body, name: one(context.headers['x-case']) })
    })
  }
  inner.use(router.routes() as unknown as Koa.Middleware)
  app.use(mount(prefix ?? '/', inner))
  return listen(createServer(app.callback()))
}
