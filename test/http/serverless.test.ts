/**
 * Requests that no Node server made: those of serverless-http, whose raw header lines are empty, and plain objects of tests. Their
 * parsed headers are read then.
 */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import Router from '@koa/router'
import express from 'express'
import Koa from 'koa'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { guard as guardExpress } from 'plan-access-tokens/express'
import { guard as guardKoa } from 'plan-access-tokens/koa'
import { guard as guardNode, type NodeResponse } from 'plan-access-tokens/node'
import serverless from 'serverless-http'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import { jsonRequest } from './support/served.ts'
import { listen } from './support/site.ts'
import { send1 } from './support/wire.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

interface Answer {
  readonly statusCode: number
  readonly body: string
}

/** An event as API Gateway sends it to a function. */
const eventWith = (headers: object, method = 'GET', path = `/v1/files/${A}`, body?: string) => ({
  ...{ version: '2.0', rawPath: path, rawQueryString: '', headers, body, isBase64Encoded: false },
  requestContext: { http: { method, path, sourceIp: '127.0.0.1' } },
})

function expressApp() {
  const app = express().use(guardExpress(w.tokens))
  app.get('/v1/files/:key', (request, response) => void response.json({ name: request.planToken?.token.name }))
  app.post('/v1/dev_resources', (_, response) => void response.json({ name: 'posted' }))
  return app
}

function koaApp() {
  const router = new Router()
  router.get('/v1/files/:key', (context) => {
    context.body = { name: (context.state as { planToken: { token: { name: string } } }).planToken.token.name }
  })
  return new Koa().use(guardKoa(w.tokens)).use(router.routes())
}

describe.each([
  ['Express', expressApp],
  ['Koa', koaApp],
] as const)('%s in a function', (_, appOf) => {
  const ask = async (headers: object): Promise<Answer> => (await serverless(appOf())(eventWith(headers), {})) as Answer

  it('lets a token through, by either header and in any letter case', async () => {
    for (const headers of [
      { 'x-figma-token': w.ALL.secret },
      { 'X-Figma-Token': w.ALL.secret },
      { authorization: `Bearer ${w.ALL.secret}` },
    ]) {
      const answer = await ask(headers)
      expect(answer.statusCode).toBe(200)
      expect(JSON.parse(answer.body)).toEqual({ name: w.ALL.token.name })
    }
  })

  it('refuses what is no token, and two that differ', async () => {
    expect((await ask({})).statusCode).toBe(401)
    expect((await ask({ 'x-figma-token': 'figpat_x' })).statusCode).toBe(401)
    const two = { 'x-figma-token': w.ALL.secret, authorization: `Bearer ${w.ONE.secret}` }
    expect((await ask(two)).statusCode).toBe(400)
  })
})

it('the management API knows who asks, by the parsed headers', async () => {
  const actor = (request: Request) => request.headers.get('x-actor') ?? undefined
  const app = express().use('/admin', toNode(adminHandler({ tokens: w.tokens, actor })))
  const ask = async (headers: object) =>
    (await serverless(app)(eventWith(headers, 'GET', '/admin/plans/1001/tokens'), {})) as Answer
  expect((await ask({})).statusCode).toBe(401)
  const answer = await ask({ 'x-actor': 'admin-1' })
  expect(answer.statusCode).toBe(200)
  expect(answer.body).toContain(w.ALL.token.id)
})

it.each([{ rawHeaders: [] }, {}])(
  'a request of a test that has %j beside its headers is read by these',
  async (raw) => {
    const names: string[] = []
    const handler = guardNode(w.tokens, ({ planToken }) => names.push(planToken.token.name))
    const ask = async (headers: { [name: string]: string }) => {
      const request = Object.assign(Readable.from([]), { method: 'GET', url: `/v1/files/${A}`, headers, ...raw })
      const response = { headersSent: false, statusCode: 0, getHeader: () => undefined, setHeader() {}, end() {} }
      await handler(request as never, response as unknown as NodeResponse)
      return response.statusCode
    }
    await ask({ 'x-figma-token': w.ALL.secret })
    expect(names).toEqual([w.ALL.token.name])
    expect(await ask({ 'x-figma-token': 'figpat_x' })).toBe(401)
    expect(names).toHaveLength(1)
  },
)

it('judges the bytes that a platform has kept of a body, and what it has made of them has to say the same', async () => {
  const keep = (request: object, _: unknown, rawBody: Buffer) => void Object.assign(request, { rawBody })
  const app = express().use(express.json({ verify: keep }))
  const ran: unknown[] = []
  app
    .use(guardExpress(w.tokens))
    .post('/v2/webhooks', (request, response) => void response.json(ran.push(request.body)))
  const { port, close } = await listen(createServer(app))
  onTestFinished(close)
  const ask = async (body: string) => (await send1(port, jsonRequest('POST /v2/webhooks', w.ALL, body))).status
  expect(await ask('{"context":"team","context_id":"456"}')).toBe(200)
  // The parser takes the last value, and another one the first.
  expect(await ask('{"context":"team","context_id":"956","context_id":"456"}')).toBe(400)
  expect(ran).toEqual([{ context: 'team', context_id: '456' }])
})
