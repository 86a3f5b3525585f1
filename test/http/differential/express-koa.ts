/** Express 4 and 5 and Koa in their default and their most generous settings, with parsers before the guard and behind it. */
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import Router from '@koa/router'
import express, { type ErrorRequestHandler, type Express, type Handler } from 'express'
import Koa from 'koa'
import { guard as guardExpress } from 'plan-access-tokens/express'
import { guard as guardKoa } from 'plan-access-tokens/koa'
import { listen, one, type Running, textOf } from '../support/site.ts'
import { ROUTES } from './policy.ts'
import { runOf } from './runs.ts'
import type { Setup } from './servers.ts'

const require = createRequire(import.meta.url)
export const express4 = require('express4') as typeof express
const qs = require('qs') as { parse(text: string, options?: object): object }
const mount = require('koa-mount') as (prefix: string, app: Koa | Koa.Middleware) => Koa.Middleware
const bodyParser = require('koa-bodyparser') as (options?: object) => Koa.Middleware

/** Which parser stands before the guard; whatever there is stands behind it. */
export type Before = 'nothing' | 'json' | 'form' | 'text' | 'bytes'

/** How generous a server is. */
export interface Manner {
  readonly generous: boolean
  readonly before: Before
}

type ParsersOf = Readonly<Record<Exclude<Before, 'nothing'>, Handler>>

function parsersOf(create: typeof express, generous: boolean): ParsersOf {
  return {
    json: create.json(generous ? { strict: false, type: ['json', '+json', 'text/json'] } : {}),
    form: create.urlencoded({ extended: generous }),
    text: create.text({ type: generous ? '*/*' : 'text/plain' }),
    bytes: create.raw({ type: generous ? '*/*' : 'application/octet-stream' }),
  }
}

export function startExpress(create: typeof express, setup: Setup, manner: Manner): Promise<Running> {
  return listen(createServer(expressApp(create, setup, manner)))
}

/** An application of Express. */
export function expressApp(create: typeof express, { tokens, onRun }: Setup, { generous, before }: Manner): Express {
  const app = create()
  if (generous) {
    app.disable('case sensitive routing')
    app.disable('strict routing')
    app.set('query parser', (text: string) =>
      qs.parse(text, { allowDots: true, allowPrototypes: true, comma: true, delimiter: /[&;]/ }),
    )
    app.set('trust proxy', true)
  }
  const parsers = parsersOf(create, generous)
  const inner = create.Router(generous ? { mergeParams: true } : {})
  if (before !== 'nothing') inner.use(parsers[before])
  inner.use(guardExpress(tokens))
  inner.use(parsers.json, parsers.form, parsers.text)
  for (const route of ROUTES) {
    inner[lower(route.method)](route.path, (request, response) => {
      const { params, query, body, planToken } = request
      const found = { params, query, body, planToken, type: request.headers['content-type'] }
      onRun(runOf(route, { ...found, name: one(request.headers['x-case']) }))
      response.end('ran')
    })
  }
  app.use(inner)
  // Express would print every error, those of its own decoding too.
  app.use(((error, _request, response, _next) => void response.sendStatus(error.status ?? 500)) as ErrorRequestHandler)
  return app
}

const lower = (method: 'GET' | 'POST' | 'DELETE') => method.toLowerCase() as 'get' | 'post' | 'delete'

/** Reads what nobody has read, of one type, into `ctx.request.body`. */
function koaParser(type: RegExp, parse: (text: string) => unknown): Koa.Middleware {
  return async (context, next) => {
    const request = context.request as unknown as { body?: unknown }
    if (type.test(context.get('content-type')) && context.req.readable) {
      const text = await textOf(context.req)
      try {
        request.body = parse(text)
      } catch {
        context.throw(400)
      }
    }
    return next()
  }
}

export function startKoa({ tokens, onRun }: Setup, { generous, before }: Manner): Promise<Running> {
  const app = new Koa()
  app.silent = true
  const json = bodyParser({
    enableTypes: ['json'],
    strict: !generous,
    ...(generous && { extendTypes: { json: ['text/json'] } }),
  })
  const form = generous ? koaParser(/form/i, (text) => qs.parse(text)) : bodyParser({ enableTypes: ['form'] })
  const parsers = { json, form, text: koaParser(/./, String), bytes: koaParser(/./, Buffer.from) }
  if (before !== 'nothing') app.use(parsers[before])
  app.use(guardKoa(tokens) as Koa.Middleware)
  app.use(json)
  app.use(form)
  const router = new Router(generous ? { sensitive: false, strict: false } : {})
  addKoaRoutes(router, onRun)
  app.use(router.routes() as unknown as Koa.Middleware)
  return listen(createServer(app.callback()))
}

function addKoaRoutes(router: Router, onRun: Setup['onRun']): void {
  for (const route of ROUTES) {
    router[lower(route.method)](route.path, (context) => {
      const { params, query, state } = context
      const { body } = context.request as unknown as { body?: unknown }
      const found = { params, query, body, planToken: state.planToken, type: context.get('content-type') }
      onRun(runOf(route, { ...found, name: one(context.headers['x-case']) }))
      context.body = 'ran'
    })
  }
}

/** A mistake: the guard is mounted at the root of an API, in letters of its own, and the routes are not. */
export function startMountedAlone({ tokens, onRun }: Setup): Promise<Running> {
  const app = new Koa()
  app.silent = true
  app.use(mount('/reports', guardKoa(tokens, { when: () => true }) as Koa.Middleware))
  const router = new Router()
  addKoaRoutes(router, onRun)
  app.use(router.routes() as unknown as Koa.Middleware)
  return listen(createServer(app.callback()))
}

/** A mistake: something behind the guard rewrites the target. */
export function startRewritten({ tokens, onRun }: Setup): Promise<Running> {
  const app = express()
  app.use(guardExpress(tokens), (request, _, next) => {
    request.url = request.url.replace(/;.*/, '')
    next()
  })
  for (const route of ROUTES)
    app[lower(route.method)](route.path, (request, response) => {
      const { params, query, planToken } = request
      const name = one(request.headers['x-case'])
      onRun(runOf(route, { params, query, planToken, name, body: undefined, type: undefined }))
      response.end('ran')
    })
  app.use(((error, _request, response, _next) => void response.sendStatus(error.status ?? 500)) as ErrorRequestHandler)
  return listen(createServer(app))
}
