/**
 * Parsers around the guard, in every order, as Express, Koa and Fastify have them: a handler never acts on a body other than the
 * one that was judged, and what a parser leaves of a body that it has not read is not the body.
 */
import { createServer, IncomingMessage, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'
import { type Allowance, createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { guard as guardExpress } from 'plan-access-tokens/express'
import { guard as guardFastify } from 'plan-access-tokens/fastify'
import { guard as guardKoa } from 'plan-access-tokens/koa'
import { guard as guardNode } from 'plan-access-tokens/node'
import { testDirectory } from 'plan-access-tokens/testing'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { listen, type Running } from './support/site.ts'
import { type Reply, send1 } from './support/wire.ts'

const require = createRequire(import.meta.url)
const express4 = require('express4') as typeof express
const bodyParser = require('koa-bodyparser') as (options?: {
  readonly enableTypes: readonly string[]
}) => Koa.Middleware

const policy = definePolicy({
  surface: 'templates',
  credential: { headers: [], bearer: true },
  tiers: ['organization'],
  scopes: { render: {} },
  types: { rest: { prefix: 'tpl' } },
  kinds: { template: { id: 'name' } },
  links: { hosts: ['templates.example'], shapes: ['/t/{template}'] },
  endpoints: {
    'POST /templates/{template}/render': {
      scopes: ['render'],
      names: {
        anyOf: [
          { kind: 'template', at: 'path:template' },
          { kind: 'template', at: 'body:template' },
        ],
        none: 'refuse',
      },
    },
    'POST /render': { scopes: ['render'], names: [{ kind: 'template', at: 'body:template' }] },
  },
})
const tokens = createPlanTokens({
  policy,
  store: memoryStore(),
  directory: testDirectory({ p1: { admins: ['ada'], resources: { 'template:ABC': {}, 'template:DEF': {} } } }),
})

let secret: string
beforeAll(async () => {
  const made = await tokens.create({
    ...{ actor: 'ada', planId: 'p1', type: 'rest', name: 'x', lifetimeDays: 1, scopes: ['render'] },
    resources: ['https://templates.example/t/ABC'],
  })
  secret = made.secret.reveal()
})

/** What a handler found: the body as its framework gives it, and what was judged. */
interface Run {
  readonly body: unknown
  readonly planToken: Allowance | undefined
}

type Part = 'json' | 'form' | 'text' | 'guard'
type Start = (order: readonly Part[], onRun: (run: Run) => void) => Promise<Running>

const startExpress =
  (create: typeof express): Start =>
  (order, onRun) => {
    const app = create()
    for (const part of order) {
      if (part === 'guard') app.use(guardExpress(tokens))
      if (part === 'json') app.use(create.json())
      if (part === 'form') app.use(create.urlencoded({ extended: true }))
      if (part === 'text') app.use(create.text())
    }
    app.use((incoming, response) => {
      onRun(incoming as Run)
      response.json({})
    })
    app.use(
      ((error, _request, response, _next) =>
        void response.sendStatus(error.status ?? 500)) as express.ErrorRequestHandler,
    )
    return listen(createServer(app))
  }

const startKoa: Start = (order, onRun) => {
  const app = new Koa()
  app.silent = true
  // One parser for those that stand beside each other: a second one does nothing after the first.
  const at = order.indexOf('guard')
  const [before, after] = [order.slice(0, at), order.slice(at + 1)]
  if (before.length > 0) app.use(bodyParser({ enableTypes: before }))
  app.use(guardKoa(tokens))
  if (after.length > 0) app.use(bodyParser({ enableTypes: after }))
  app.use((context) => {
    onRun({ body: (context.request as { body?: unknown }).body, planToken: context.state.planToken })
    context.body = {}
  })
  return listen(createServer(app.callback()))
}

/** Its parsers always come after the guard. */
const startFastify: Start = async (order, onRun) => {
  const app = fastify({ forceCloseConnections: true })
  if (!order.includes('json')) app.removeContentTypeParser('application/json')
  if (!order.includes('text')) app.removeContentTypeParser('text/plain')
  if (order.includes('form'))
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
  await app.register(guardFastify(tokens))
  app.post('*', async (incoming) => {
    onRun(incoming as Run)
    return {}
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: app.addresses()[0]?.port ?? 0, close: () => app.close() }
}

const ORDERS: readonly (readonly Part[])[] = [
  ['guard'],
  ['guard', 'json'],
  ['guard', 'json', 'form'],
  ['guard', 'form', 'json'],
  ['json', 'guard'],
  ['json', 'guard', 'form'],
  ['form', 'guard', 'json'],
  ['form', 'guard'],
  ['json', 'form', 'guard'],
  ['form', 'json', 'guard'],
  ['json', 'form', 'text', 'guard'],
  ['json', 'guard', 'form', 'text'],
  ['text', 'guard', 'json'],
]
const AFTER = ORDERS.filter(([first]) => first === 'guard')

const SITES: readonly (readonly [string, Start, readonly (readonly Part[])[]])[] = [
  ['express 4', startExpress(express4), ORDERS],
  ['express 5', startExpress(express), ORDERS],
  ['koa', startKoa, ORDERS],
  ['fastify', startFastify, AFTER],
]

const JSON_DEF = '{"template":"DEF"}'
/** Types, each with a body that a parser of it would read DEF in. */
const OTHERS: readonly (readonly [string | undefined, string])[] = [
  ['application/x-www-form-urlencoded', 'template=DEF'],
  ['application/x-www-form-urlencoded; charset=utf-8', 'template=DEF'],
  ['application/x-www-form-urlencoded', '{"template":"ABC","x":"&template=DEF&y="}'],
  ['application/x-www-form-urlencoded', ''],
  ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="template"\r\n\r\nDEF\r\n--x--\r\n'],
  ['text/plain', JSON_DEF],
  ['text/json', JSON_DEF],
  ['application/vnd.api+json', JSON_DEF],
  ['application/json-seq', `\u001e${JSON_DEF}\n`],
  ['application/json;\tcharset=utf-8', JSON_DEF],
  ['application/json; charset=utf-16', JSON_DEF],
  [undefined, JSON_DEF],
  [undefined, 'template=DEF'],
]

const PATHS = ['/templates/ABC/render', '/render']

describe.each(SITES)('%s', (_, start, orders) => {
  describe.each(orders.map((order) => [order.join(', '), order] as const))('with %s', (_title, order) => {
    async function site() {
      const runs: Run[] = []
      const { port, close } = await start(order, (run) => void runs.push(run))
      onTestFinished(close)
      const post = (target: string, type: string | undefined, body: string, chunked = false): Promise<Reply> => {
        const headers = [
          ['Authorization', `Bearer ${secret}`] as const,
          ...(type === undefined ? [] : [['Content-Type', type] as const]),
        ]
        return send1(port, { method: 'POST', target, headers, body: [body], chunked })
      }
      return { runs, post }
    }

    it('refuses every body of another type, whoever could read it', async () => {
      const { runs, post } = await site()
      for (const target of PATHS)
        for (const [type, body] of OTHERS)
          for (const chunked of [false, true]) {
            const reply = await post(target, type, body, chunked)
            // A parser before the guard may refuse it first, in words of its own.
            expect([400, 415], `${target} ${type}: ${body}`).toContain(reply.status)
            if (order[0] === 'guard') expect(JSON.parse(reply.body)).toMatchObject({ code: 'request_malformed' })
          }
      expect(runs).toEqual([])
    })

    it('judges JSON as the handler gets it, or refuses it', async () => {
      const { runs, post } = await site()
      for (const chunked of [false, true]) {
        for (const target of PATHS) {
          const before = runs.length
          const allowed = await post(target, 'application/json', '{"template":"ABC"}', chunked)
          expect(['200', '400', '415']).toContain(String(allowed.status))
          for (const { body, planToken } of runs.slice(before)) {
            expect(planToken?.resources).toEqual([{ kind: 'template', id: 'ABC' }])
            // Where nobody parses it, it waits in the stream.
            const isParsed = order.includes('json')
            expect(body).toEqual(
              isParsed ? { template: 'ABC' } : order.includes('form') && body !== undefined ? {} : undefined,
            )
          }
          expect((await post(target, 'application/json', JSON_DEF, chunked)).status).not.toBe(200)
          expect((await post(target, 'application/json', '{"template":"\\ud800"}', chunked)).status).not.toBe(200)
        }
        expect((await post('/render', 'application/json', '{}', chunked)).status).not.toBe(200)
      }
      for (const { planToken } of runs) expect(planToken?.resources).toEqual([{ kind: 'template', id: 'ABC' }])
    })
  })
})

describe.each(SITES)('%s with a parser of JSON', (_, start, orders) => {
  const withJson = orders.filter((order) => order.includes('json'))
  // Express 4 and Koa's parser leave an empty object where only another parser stands before the guard.
  const isOpen = (order: readonly Part[]): boolean =>
    order.indexOf('json') < order.indexOf('guard') || order[0] === 'guard'
  it.each(withJson.filter(isOpen).map((order) => [order.join(', '), order] as const))(
    'takes it with %s',
    async (_title, order) => {
      const runs: Run[] = []
      const { port, close } = await start(order, (run) => void runs.push(run))
      onTestFinished(close)
      const headers = [['Authorization', `Bearer ${secret}`] as const, ['Content-Type', 'application/json'] as const]
      for (const target of PATHS) {
        const sending = { method: 'POST', target, headers, body: ['{"template":"ABC"}'] }
        expect((await send1(port, sending)).status).toBe(200)
        expect(runs.at(-1)?.body).toEqual({ template: 'ABC' })
      }
    },
  )
})

describe('what stands in `request.body` beside a stream that nobody has read', () => {
  /** A server that puts a body there before the guard, as platforms do that have the whole request already. */
  async function preset(body: unknown) {
    const runs: unknown[] = []
    const listener: RequestListener = guardNode(tokens, (incoming, response) => {
      runs.push((incoming as { body?: unknown }).body)
      response.end('{}')
    }) as RequestListener
    const { port, close } = await listen(
      createServer((incoming, response) => listener(Object.assign(incoming, { body }), response)),
    )
    onTestFinished(close)
    const post = async (text: string): Promise<number> => {
      const headers = [['Authorization', `Bearer ${secret}`] as const, ['Content-Type', 'application/json'] as const]
      return (await send1(port, { method: 'POST', target: '/render', headers, body: [text] })).status
    }
    return { post, runs }
  }

  const ABC = '{"template":"ABC"}'
  it.each<[string, unknown, string, number]>([
    ['the same value', { template: 'ABC' }, ABC, 200],
    ['its bytes', Buffer.from(` ${ABC}`), ABC, 200],
    ['an empty object', {}, ABC, 400],
    ['another value', { template: 'DEF' }, ABC, 400],
    ['more', { template: 'ABC', more: 1 }, ABC, 400],
    ['less', { template: 'ABC' }, '{"template":"ABC","more":1}', 400],
    ['other bytes', Buffer.from(JSON_DEF), ABC, 400],
    ['text', ABC, ABC, 400],
    ['nothing but null', null, ABC, 400],
    ['the first of two names', { template: 'ABC' }, '{"template":"ABC","template":"DEF"}', 400],
    ['the last of two names', { template: 'DEF' }, '{"template":"ABC","template":"DEF"}', 400],
    ['a value of a form', { template: 'ABC' }, 'template=ABC', 400],
    ['something that cannot be written as JSON', { template: 1n }, ABC, 400],
  ])('has to say the same: %s', async (_, body, sent, status) => {
    const { post, runs } = await preset(body)
    expect(await post(sent)).toBe(status)
    expect(runs).toEqual(status === 200 ? [body] : [])
  })

  it('is judged as it stands where there is no stream, as in a request that was made up', async () => {
    const answer = async (body: unknown): Promise<number> =>
      new Promise((resolve) => {
        const response = {
          ...{ headersSent: false, statusCode: 200, setHeader: () => undefined, getHeader: () => undefined },
          end() {
            resolve(this.statusCode)
          },
        }
        const headers = { 'content-type': 'application/json' }
        const rawHeaders = ['Authorization', `Bearer ${secret}`, 'Content-Type', 'application/json']
        const mock = { method: 'POST', url: '/render', headers, rawHeaders, body }
        guardNode(tokens, (_, mine) => mine.end())(mock as never, response as never)
      })
    expect(await answer({ template: 'ABC' })).toBe(200)
    expect(await answer(Buffer.from(ABC))).toBe(200)
    for (const body of [{ template: 'DEF' }, {}, undefined, ABC, new URLSearchParams('template=ABC'), new Map()])
      expect(await answer(body)).not.toBe(200)
  })

  it('is a serverless platform that hands bytes over and fills the stream with them', async () => {
    class FromEvent extends IncomingMessage {
      readonly body: Buffer
      constructor(body: Buffer, secretOf: string) {
        super(new Socket())
        this.body = body
        this.method = 'POST'
        this.url = '/render'
        this.complete = true
        this.headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
        this.rawHeaders = ['Authorization', `Bearer ${secretOf}`, 'Content-Type', 'application/json']
      }
      override _read(): void {
        this.push(this.body)
        this.push(null)
      }
    }
    const answer = (text: string): Promise<number> =>
      new Promise((resolve) => {
        const response = {
          ...{ headersSent: false, statusCode: 200, setHeader: () => undefined, getHeader: () => undefined },
          end() {
            resolve(this.statusCode)
          },
        }
        guardNode(tokens, async (incoming, mine) => {
          let read = ''
          for await (const chunk of incoming as never as AsyncIterable<Buffer>) read += chunk
          expect(read).toBe(text)
          mine.end()
        })(new FromEvent(Buffer.from(text), secret) as never, response as never)
      })
    expect(await answer(ABC)).toBe(200)
    expect(await answer(JSON_DEF)).toBe(403)
  })
})
