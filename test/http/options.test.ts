/** What is peculiar to a guard: wrong options, types as a host writes them, and each framework's own ways around it. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
import express from 'express'
import fastify, { type FastifyServerOptions } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { type Allowance, SetupError } from 'plan-access-tokens'
import { guard as guardElysia } from 'plan-access-tokens/elysia'
import { guard as guardExpress } from 'plan-access-tokens/express'
import { guard as guardFastify } from 'plan-access-tokens/fastify'
import { guard as guardFetch, judge } from 'plan-access-tokens/fetch'
import { guard as guardHono } from 'plan-access-tokens/hono'
import { guard as guardKoa } from 'plan-access-tokens/koa'
import { guard as guardNode } from 'plan-access-tokens/node'
import { registryGuard } from 'plan-access-tokens/npm'
import { beforeAll, describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { A, fetchRequest, type World, world, worldWithNpm } from '../attack/world.ts'
import { listen } from './support/site.ts'
import { send1 } from './support/wire.ts'

const FILE = `/v1/files/${A}`

let w: World
beforeAll(async () => {
  w = await world()
})

const credential = () => ({ 'x-figma-token': w.ALL.secret })
const noHandler = () => new Response()
const GUARDS: { readonly [name: string]: (tokens: never, options: never) => unknown } = {
  elysia: guardElysia,
  express: guardExpress,
  fastify: guardFastify,
  hono: guardHono,
  koa: guardKoa,
  node: (tokens: never, options: never) => guardNode(tokens, () => undefined, options),
  fetch: (tokens: never, options: never) => guardFetch(tokens, noHandler, options),
  judge: (tokens: never, options: never) => judge(tokens, options),
}

describe.each(Object.entries(GUARDS))('%s', (_, guard) => {
  const problemsOf = (tokens: unknown, options?: unknown): readonly string[] => {
    try {
      guard(tokens as never, options as never)
    } catch (error) {
      if (error instanceof SetupError) return error.issues.map(({ path }) => path)
    }
    return []
  }

  it('tells every wrong option at once, at the start', () => {
    expect(problemsOf(w.tokens)).toEqual([])
    expect(problemsOf(undefined)).toEqual(['tokens'])
    const wrong = { surfce: 'x', surface: 'npm', optional: 'yes', when: '/v1', basePath: '/api/' }
    expect(problemsOf(w.tokens, wrong).toSorted()).toEqual(['basePath', 'optional', 'surface', 'surfce', 'when'])
    expect(problemsOf(w.tokens, null)).toEqual(['options'])
    const dots = ['/.', '/..', '/./x', '/../x', '/x/.', '/x/..', '/x/./y', '/x/../y', '/%2e%2e/x', '/..%2fx', '/..;/x']
    for (const basePath of [
      '',
      '/',
      '//',
      '//x',
      '/x//',
      'api',
      '/api?x',
      '/api#x',
      '/a//b',
      '/a\\b',
      '/%61pi',
      ...dots,
      7,
      /api/,
    ])
      expect(problemsOf(w.tokens, { basePath }), String(basePath)).toEqual(['basePath'])
    for (const basePath of ['/api/v2', '/.well-known', '/...', '/a..b', '/..a', '/a.', '/~x'])
      expect(problemsOf(w.tokens, { basePath, surface: 'figma', optional: false, when: () => true })).toEqual([])
  })
})

it('gives each framework what it takes, and the handler a typed decision', async () => {
  const app5 = express()
  app5.use(guardExpress(w.tokens))
  app5.use('/api', guardExpress(w.tokens, { when: (request: express.Request) => request.path !== '/' }))
  app5.get(FILE, (request) => expectTypeOf(request.planToken).toEqualTypeOf<Allowance | undefined>())
  const koa = new Koa()
  koa.use(guardKoa(w.tokens))
  const hono = new Hono()
  hono.use(guardHono(w.tokens))
  hono.get('/v1/files/:key', (c) => {
    expectTypeOf(c.get('planToken')).toEqualTypeOf<Allowance>()
    return c.text(c.get('planToken').token.name)
  })
  expect(await (await hono.request(FILE, { headers: credential() })).text()).toBe('Nightly export')
  createServer(guardNode(w.tokens, (request, response) => response.end(request.planToken.token.name)))
  createServer(guardNode(w.tokens, (_: IncomingMessage, response: ServerResponse) => response.destroy()))
  createServer2(guardNode(w.tokens, (request, response) => response.stream.end(request.planToken.token.name)))
  createServer(
    guardNode(
      w.tokens,
      (request, response) => {
        expectTypeOf(request.planToken).toEqualTypeOf<Allowance | undefined>()
        response.end()
      },
      { optional: true },
    ),
  )
  const GET = guardFetch(w.tokens, (request, planToken, context: { readonly id: string }) => {
    expectTypeOf(planToken).toEqualTypeOf<Allowance>()
    return new Response(`${planToken.token.name} ${context.id} ${request.method}`)
  })
  const response = await GET(fetchRequest(`GET ${FILE}`, w.ALL), { id: '7' })
  expect(await response.text()).toBe('Nightly export 7 GET')
})

it('says to `address` of each framework what that has of a request', () => {
  guardExpress(w.tokens, { address: (request: express.Request) => request.ip })
  guardFastify(w.tokens, { address: ({ ip }) => ip })
  guardKoa(w.tokens, { address: ({ ip }: Koa.Context) => ip })
  guardHono(w.tokens, { address: (c) => expectTypeOf(c.req.header('x-real-ip')).toEqualTypeOf<string | undefined>() })
  guardElysia(w.tokens, { address: ({ server, request }) => server?.requestIP(request)?.address })
  guardNode(w.tokens, (_: IncomingMessage, response: ServerResponse) => response.end(), {
    address: ({ socket }) => socket.remoteAddress,
  })
  const handler = (_: Request, __: Allowance, info: { readonly remoteAddr: { readonly hostname: string } }) =>
    new Response(info.remoteAddr.hostname)
  guardFetch(w.tokens, handler, {
    address: (_: Request, { remoteAddr }: { readonly remoteAddr: { readonly hostname: string } }) =>
      remoteAddr.hostname,
  })
  // @ts-expect-error the platform hands over nothing of the kind
  guardFetch(w.tokens, handler, { address: (_: Request, info: number) => String(info) })
  const judged = judge(w.tokens, { address: (_: Request, ip: string) => ip })
  expectTypeOf(judged).parameters.toEqualTypeOf<[Request, string]>()
  expectTypeOf(judge(w.tokens)).parameters.toEqualTypeOf<[Request]>()
})

describe('fastify', () => {
  it('lets no handler run for a path with a semicolon where the router ends paths there, in whichever way that is said', async () => {
    // Fastify takes it in both places; its types know one.
    const routerOptions = { useSemicolonDelimiter: true } as object
    for (const options of [{ useSemicolonDelimiter: true }, { routerOptions }, {}]) {
      const app = fastify(options as FastifyServerOptions)
      const ran: string[] = []
      await app.register(guardFastify(w.tokens))
      app.get('/v1/files/:key', async ({ params }) => void ran.push((params as { key: string }).key))
      const statusOf = async (url: string) => (await app.inject({ url, headers: credential() })).statusCode
      expect(await statusOf(FILE)).toBe(200)
      expect(await statusOf(`${FILE}?a=1;b=2`)).toBe(200)
      expect(ran.splice(0)).toHaveLength(2)
      for (const tail of [';', ';v=1', ';?v=1', ';/comments']) {
        expect(await statusOf(FILE + tail), tail).toBe(400)
        expect(await statusOf(`/v1/files${tail}/ABC`), tail).toBe(400)
      }
      expect(await statusOf(`${FILE}%3Bv`)).toBe(403)
      expect(ran).toEqual([])
    }
  })

  it('guards routes beside the plugin, plugins behind it and what is not found, in whatever scope it stands', async () => {
    const app = fastify()
    app.get('/v1/files/:key', async () => 'before')
    await app.register(guardFastify(w.tokens))
    app.get('/v1/files/:key/comments', async (request) => {
      expectTypeOf(request.planToken).toEqualTypeOf<Allowance>()
      return request.planToken.token.name
    })
    app.register(async (scope) => void scope.get('/v1/teams/:team/projects', async () => 'below'))
    app.setNotFoundHandler(async () => 'not found')
    for (const url of [FILE, `${FILE}/comments`, '/v1/teams/456/projects']) {
      expect((await app.inject({ url })).statusCode, url).toBe(401)
      expect((await app.inject({ url, headers: credential() })).statusCode, url).toBe(200)
    }
    expect((await app.inject({ url: '/nowhere' })).statusCode).toBe(401)
    expect((await app.inject({ url: `${FILE}/comments`, headers: credential() })).body).toBe('Nightly export')
    await app.close()
  })

  it('reads and leaves the body of a request that was made up', async () => {
    const app = fastify()
    await app.register(guardFastify(w.tokens))
    app.post('/v2/webhooks', async (request) => request.body)
    const send = (payload: object) =>
      app.inject({ method: 'POST', url: '/v2/webhooks', headers: credential(), payload })
    const good = { context: 'team', context_id: '456' }
    expect((await send(good)).json()).toEqual(good)
    expect((await send({ context: 'team', context_id: '956' })).statusCode).toBe(403)
    await app.close()
  })

  it('has a guard for each of two surfaces on one server', async () => {
    const both = await worldWithNpm()
    const app = fastify()
    for (const surface of ['figma', 'npm'])
      app.register(
        async (scope) => {
          await scope.register(guardFastify(both.tokens, { surface, basePath: `/${surface}` }))
          scope.get('/*', async (request) => request.planToken.token.type)
        },
        { prefix: `/${surface}` },
      )
    const ask = async (url: string, secret: string) =>
      (await app.inject({ url, headers: { authorization: `Bearer ${secret}` } })).body
    expect(await ask(`/figma${FILE}`, both.ALL.secret)).toBe('rest')
    expect(await ask('/npm/@acme/ui', both.NPM.secret)).toBe('npm')
    expect(JSON.parse(await ask('/npm/@acme/ui', both.ALL.secret))).toMatchObject({ code: 'token_wrong_type' })
    expect(JSON.parse(await ask(`/figma${FILE}`, both.NPM.secret))).toMatchObject({ code: 'token_wrong_type' })
    await app.close()
  })
})

it('express: two guards for two surfaces on one server', async () => {
  const both = await worldWithNpm()
  const app = express()
  app.use('/figma', guardExpress(both.tokens))
  app.use('/npm', guardExpress(both.tokens, { surface: 'npm' }))
  app.use((request, response) => void response.send(request.planToken?.token.type))
  const { port, close } = await listen(createServer(app))
  onTestFinished(close)
  const ask = (target: string, secret: string) =>
    send1(port, { method: 'GET', target, headers: [['Authorization', `Bearer ${secret}`]] })
  expect((await ask(`/figma${FILE}`, both.ALL.secret)).body).toBe('rest')
  expect((await ask('/npm/@acme/ui', both.NPM.secret)).body).toBe('npm')
  expect((await ask('/npm/@acme/ui', both.ALL.secret)).status).toBe(403)
})

it('node and express: survive an answer that was sent while the guard was waiting, a time-out for instance', async () => {
  const late = await world()
  const app = express()
  let ready = (): void => undefined
  const isAnswered = new Promise<void>((resolve) => {
    ready = resolve
  })
  late.store.replace.findByDigest = async () => {
    await isAnswered
    return undefined
  }
  const timedOut = (response: { writeHead(status: number): unknown; flushHeaders(): void }): void => {
    response.writeHead(408)
    response.flushHeaders()
    ready()
  }
  app.use((_, response, next) => {
    next()
    timedOut(response)
  })
  app.use(guardExpress(late.tokens))
  const handler = guardNode(late.tokens, () => undefined)
  const plain = createServer((request, response) => {
    void handler(request, response)
    timedOut(response)
  })
  for (const server of [createServer(app), plain]) {
    const { port, close } = await listen(server)
    onTestFinished(close)
    const headers = [['X-Figma-Token', late.ALL.secret] as const]
    expect((await send1(port, { method: 'GET', target: FILE, headers })).status).toBe(408)
  }
})

it('hono: heads an answer that the handler makes itself, and judges the path that getPath gives', async () => {
  const app = new Hono({ getPath: (request) => new URL(request.url).pathname.replace(/^\/tenant/, '') })
  app.use(guardHono(w.tokens))
  app.get('/v1/files/:key', () => new Response('own', { headers: { Vary: 'Accept', 'Cache-Control': 'private' } }))
  const ask = (target: string) => app.request(target, { headers: credential() })
  const response = await ask(`/tenant${FILE}`)
  expect(await response.text()).toBe('own')
  expect(response.headers.get('vary')).toBe('Accept, X-Figma-Token, Authorization')
  expect(response.headers.get('cache-control')).toBe('private')
  // Not the path of the URL, which names a file that the token may reach, but the one that is routed.
  const twisted = new Hono({ getPath: () => '/v1/me' })
  twisted.use(guardHono(w.tokens))
  twisted.get('/v1/me', (c) => c.text('me'))
  expect((await twisted.request(FILE, { headers: credential() })).status).toBe(403)
})

it('fetch: puts nothing about one token into an answer that others get too', async () => {
  const made = await w.make({ name: 'Shared' })
  await w.refresh(made)
  const shared = new Response(null, { status: 204 })
  const handle = guardFetch(w.tokens, () => shared)
  expect((await handle(fetchRequest(`GET ${FILE}`, made))).headers.has('sunset')).toBe(true)
  expect((await handle(fetchRequest(`GET ${FILE}`, w.ALL))).headers.has('sunset')).toBe(false)
  const redirect = guardFetch(w.tokens, () => Response.redirect('https://api.example/'))
  expect((await redirect(fetchRequest(`GET ${FILE}`, w.ALL))).headers.get('cache-control')).toBe('no-store')
})

it('fetch and hono: judge a body of one reading only', async () => {
  const handle = guardFetch(w.tokens, async (request) => new Response(await request.text()))
  const body = '{"context":"team","context_id":"456"}'
  const ask = (headers: Record<string, string>) =>
    handle(
      fetchRequest('POST /v2/webhooks', w.ALL, { body, headers: { 'content-type': 'application/json', ...headers } }),
    )
  expect(await (await ask({})).text()).toBe(body)
  expect((await ask({ 'content-encoding': 'deflate' })).status).toBe(400)
})

it('what an options object inherits is not taken, so nothing is used that was not judged', async () => {
  const inherited = Object.create({ optional: 'no' }) as { readonly optional?: true }
  const handle = guardFetch(w.tokens, () => new Response('HANDLER'), inherited)
  expect((await handle(new Request('https://api.example.com/v1/me'))).status).toBe(401)
})

it.each([undefined, { optional: true }])('a handler that is %j is told when the guard is made', (handler) => {
  for (const guard of [guardFetch, guardNode, registryGuard])
    expect(() => (guard as typeof guardNode)(w.tokens, handler as never)).toThrow(/handler: must be a function/)
})
