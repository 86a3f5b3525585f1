/**
 * The servers that `bench/http.ts` compares: each framework plain, guarded by the floor, and guarded by the package, with the
 * same two routes and handlers. A floor's guard is written in the framework's own way and does what a guard has to: it asks,
 * it hands the decision on where the package does, it answers 401, and it puts the two headers onto an answer without which
 * a cache may hand it to somebody else. So all guarded servers send the same bytes.
 */
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:http'
import { node } from '@elysiajs/node'
import { serve } from '@hono/node-server'
import Router from '@koa/router'
import { Elysia } from 'elysia'
import express from 'express'
import fastify from 'fastify'
import { H3, serve as serveH3 } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { guard as guardElysia } from 'plan-access-tokens/elysia'
import { guard as guardExpress } from 'plan-access-tokens/express'
import { guard as guardFastify } from 'plan-access-tokens/fastify'
import { guard as guardFetch, headersOf, judge } from 'plan-access-tokens/fetch'
import { forwardAuth, toNode } from 'plan-access-tokens/gateway'
import { guard as guardHono } from 'plan-access-tokens/hono'
import { guard as guardKoa } from 'plan-access-tokens/koa'
import { guard as guardNode } from 'plan-access-tokens/node'
import type { World } from '../engine-world.ts'
import { type Floor, type FloorRequest, floorAuthorize } from '../floor.ts'

/** How a server is guarded. */
export type Side = 'plain' | 'floor' | 'ours'

/** Listens on a free port of loopback and calls back with it. */
type Start = (
  world: Pick<World, 'tokens' | 'floor'>,
  side: Side,
  page: object,
  listening: (port: number) => void,
) => unknown

export const FRAMEWORKS = ['express', 'fastify', 'hono', 'koa', 'elysia', 'h3', 'node', 'fetch'] as const
export type Framework = (typeof FRAMEWORKS)[number]
/** What a server can be: a framework, or the door for gateways, whose plain side is the guard for Node's servers. */
export type Kind = Framework | 'gateway'

/** What the door for gateways believes. */
export const SECRET = 'bench'.repeat(8)

/** The route with the empty handler. The other one answers with a page of 50 kB. */
const EMPTY = '/v1/files/:key'
const PAGE = '/v1/files/:key/nodes'
const HOST = '127.0.0.1'
/** What the package sends with an answer (RFC 9111). */
const HEADERS = { 'Cache-Control': 'no-store', Vary: 'X-Figma-Token, Authorization' }

const isPage = (target: string): boolean => target.endsWith('/nodes')
const portOf = (address: unknown): number => (address as { port: number }).port

const ofNode = (floor: Floor, request: IncomingMessage) => floorAuthorize(floor, request as unknown as FloorRequest)

/** The floor's question about a Fetch `Request`: one header, and what follows the host. */
function ofFetch(floor: Floor, { method, url, headers }: Request) {
  return floorAuthorize(floor, {
    method,
    url: url.slice(url.indexOf('/', 8)),
    headers: { 'x-figma-token': headers.get('x-figma-token') ?? '' },
  })
}

export const SERVERS: { readonly [K in Kind]: Start } = {
  gateway({ tokens }, side, _, listening) {
    const options = { gateway: 'nginx', trust: { secret: SECRET }, onWarning: () => undefined } as const
    const guarded: RequestListener = guardNode(tokens, (_, response) => response.end())
    const server = createServer(side === 'ours' ? toNode(forwardAuth(tokens, options)) : guarded)
    server.listen(0, HOST, () => listening(portOf(server.address())))
  },

  express({ tokens, floor }, side, page, listening) {
    const app = express()
    if (side === 'ours') app.use(guardExpress(tokens))
    if (side === 'floor')
      app.use(async (request, response, next) => {
        const decision = await ofNode(floor, request)
        if (!decision.allowed) return void response.status(401).end()
        Object.assign(request, { planToken: decision })
        response.set(HEADERS)
        next()
      })
    app.get(EMPTY, (_, response) => void response.end())
    app.get(PAGE, (_, response) => void response.json(page))
    const server = app.listen(0, HOST, () => listening(portOf(server.address())))
  },

  fastify({ tokens, floor }, side, page, listening) {
    const app = fastify()
    if (side === 'ours') app.register(guardFastify(tokens))
    if (side === 'floor') {
      app.decorateRequest('planToken')
      app.addHook('onRequest', async (request, reply) => {
        const decision = await ofNode(floor, request.raw)
        if (!decision.allowed) return reply.code(401).send()
        request.planToken = decision as never
        reply.headers(HEADERS)
      })
    }
    // In a plugin of its own, so that the guard's hooks are there when the routes are made.
    app.register(async (routes) => {
      routes.get(EMPTY, (_, reply) => void reply.send())
      routes.get(PAGE, (_, reply) => void reply.send(page))
    })
    app.listen({ port: 0, host: HOST }, () => listening(portOf(app.server.address())))
  },

  hono({ tokens, floor }, side, page, listening) {
    const app = new Hono()
    if (side === 'ours') app.use(guardHono(tokens))
    if (side === 'floor')
      app.use(async (c, next) => {
        const decision = await ofFetch(floor, c.req.raw)
        if (!decision.allowed) return c.body(null, 401)
        c.set('planToken', decision as never)
        await next()
        for (const [name, value] of Object.entries(HEADERS)) c.header(name, value)
      })
    app.get(EMPTY, (c) => c.body(null))
    app.get(PAGE, (c) => c.json(page))
    serve({ fetch: app.fetch, port: 0, hostname: HOST }, ({ port }) => listening(port))
  },

  koa({ tokens, floor }, side, page, listening) {
    const app = new Koa()
    // Connections end with their round, which Koa would print.
    app.silent = true
    if (side === 'ours') app.use(guardKoa(tokens))
    if (side === 'floor')
      app.use(async (context, next) => {
        const decision = await ofNode(floor, context.req)
        if (decision.allowed) {
          context.state.planToken = decision
          context.set(HEADERS)
          return next()
        }
        context.status = 401
      })
    const router = new Router()
    router.get(EMPTY, (context) => {
      context.body = ''
    })
    router.get(PAGE, (context) => {
      context.body = page
    })
    app.use(router.routes())
    const server = app.listen(0, HOST, () => listening(portOf(server.address())))
  },

  elysia({ tokens, floor }, side, page, listening) {
    const app = new Elysia({ adapter: node() })
    if (side === 'ours') app.use(guardElysia(tokens))
    if (side === 'floor')
      app.decorate('planToken', null).onRequest(async (context) => {
        const { request, set } = context
        const decision = await ofFetch(floor, request)
        if (!decision.allowed) return new Response(null, { status: 401 })
        Object.assign(set.headers, HEADERS)
        ;(context as { planToken: unknown }).planToken = decision
        return undefined
      })
    app.get(EMPTY, () => '')
    app.get(PAGE, () => page)
    app.listen({ port: 0, hostname: HOST }, (server) => {
      const { raw } = server as unknown as {
        readonly raw: { ready(): Promise<unknown>; readonly node: { readonly server: { address(): unknown } } }
      }
      raw.ready().then(() => listening(portOf(raw.node.server.address())))
    })
  },

  h3({ tokens, floor }, side, page, listening) {
    const app = new H3()
    const judged = judge(tokens)
    if (side === 'ours')
      app.use(async (event, next) => {
        const found = await judged(event.req)
        if (found instanceof Response) return found
        Object.assign(event.context, { planToken: found })
        for (const [name, value] of Object.entries(headersOf(found))) event.res.headers.append(name, value)
        return next()
      })
    if (side === 'floor')
      app.use(async (event, next) => {
        const decision = await ofFetch(floor, event.req)
        if (!decision.allowed) return new Response(null, { status: 401 })
        Object.assign(event.context, { planToken: decision })
        for (const [name, value] of Object.entries(HEADERS)) event.res.headers.append(name, value)
        return next()
      })
    app.get(EMPTY, () => '')
    app.get(PAGE, () => page)
    const server = serveH3(app, { port: 0, hostname: HOST, silent: true })
    server.ready().then(() => listening(Number(new URL(server.url ?? '').port)))
  },

  node({ tokens, floor }, side, page, listening) {
    const handler: RequestListener = (request, response) => {
      if (!isPage(request.url ?? '')) return void response.end()
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(page))
    }
    const floored: RequestListener = async (request, response) => {
      const decision = await ofNode(floor, request)
      if (!decision.allowed) return void response.writeHead(401).end()
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
      handler(Object.assign(request, { planToken: decision }), response)
    }
    const listener = { plain: handler, floor: floored, ours: guardNode(tokens, handler) }[side]
    const server = createServer(listener)
    server.listen(0, HOST, () => listening(portOf(server.address())))
  },

  fetch({ tokens, floor }, side, page, listening) {
    const handler = ({ url }: Request): Response => (isPage(url) ? Response.json(page) : new Response(null))
    const floored = async (request: Request): Promise<Response> => {
      const decision = await ofFetch(floor, request)
      if (!decision.allowed) return new Response(null, { status: 401 })
      const response = handler(request)
      for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value)
      return response
    }
    const fetch = { plain: handler, floor: floored, ours: guardFetch(tokens, handler) }[side]
    serve({ fetch, port: 0, hostname: HOST }, ({ port }) => listening(port))
  },
}
