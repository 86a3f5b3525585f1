/** `toNode`: the management API on Node's servers and in the frameworks over them, over real sockets. */

import { once } from 'node:events'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { json as readJson } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { adminHandler, createAdminClient, toNode } from 'plan-access-tokens/admin'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type World, world } from '../attack/world.ts'
import { listen, sendRaw } from './server.ts'
import { actor, TOKEN } from './world.ts'

// It has no types of its own.
const express4 = createRequire(import.meta.url)('express4') as typeof express

/** Every way to mount the API below `/admin`. */
const MOUNTS: { readonly [framework: string]: (w: World) => Promise<string> } = {
  node: ({ tokens }) => listen(toNode(adminHandler({ tokens, actor, basePath: '/admin' }))),
  'express 5': ({ tokens }) => {
    const app = express()
    app.use('/admin', toNode(adminHandler({ tokens, actor })))
    return listen(app)
  },
  'express 5 behind a parser': ({ tokens }) => {
    const app = express()
    app.use(express.json())
    app.use('/admin', toNode(adminHandler({ tokens, actor })))
    return listen(app)
  },
  'express 4': ({ tokens }) => {
    const app = express4()
    app.use('/admin', toNode(adminHandler({ tokens, actor })))
    return listen(app)
  },
  fastify: async ({ tokens }) => {
    const app = fastify()
    const listener = toNode(adminHandler({ tokens, actor, basePath: '/admin' }))
    app.addHook('onRequest', async (request, reply) => {
      if (request.raw.url?.startsWith('/admin/')) await listener(reply.hijack().request.raw, reply.raw)
    })
    onTestFinished(() => app.close())
    return app.listen({ port: 0, host: '127.0.0.1' })
  },
  koa: ({ tokens }) => {
    const app = new Koa()
    const listener = toNode(adminHandler({ tokens, actor, basePath: '/admin' }))
    app.use((ctx, next) => {
      if (!ctx.path.startsWith('/admin/')) return next()
      ctx.respond = false
      return listener(ctx.req, ctx.res)
    })
    return listen(app.callback())
  },
  hono: ({ tokens }) => {
    const app = new Hono()
    const handler = adminHandler({ tokens, actor, basePath: '/admin' })
    app.all('/admin/*', (c) => handler(c.req.raw))
    return listen(getRequestListener(app.fetch))
  },
}

describe.each(Object.keys(MOUNTS))('in %s', (framework) => {
  it('manages tokens, and refuses whom it should', async () => {
    const w = await world()
    const address = await (MOUNTS[framework] as (w: World) => Promise<string>)(w)
    const admin = createAdminClient({ baseUrl: `${address}/admin`, headers: { 'x-session': 'admin-1' } })
    const { token, secret } = await admin.create({ planId: '1001', ...TOKEN })
    expect((await w.ask('GET /v1/files/FileA0000000000000000aa', secret)).allowed).toBe(true)
    expect((await admin.edit({ id: token.id, name: 'Ü', version: 1 })).name).toBe('Ü')
    await admin.refresh({ id: token.id, retirePrevious: 'now' })
    expect((await w.ask('GET /v1/files/FileA0000000000000000aa', secret)).allowed).toBe(false)
    expect((await admin.list({ planId: '1001', search: 'Ü' })).tokens).toMatchObject([{ id: token.id, version: 3 }])

    const post = (headers: Record<string, string>, body = '{}') =>
      fetch(`${address}/admin/tokens/${token.id}/revoke`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      })
    expect((await post({})).status).toBe(401)
    expect((await post({ 'x-session': 'admin-2' })).status).toBe(404)
    expect((await post({ 'x-session': 'admin-1', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post({ 'x-session': 'admin-1', origin: 'http://evil.example' })).status).toBe(403)
    expect((await post({ 'x-session': 'admin-1', 'x-figma-token': 'x' })).status).toBe(403)
    expect((await admin.get({ id: token.id })).status).toBe('active')
    expect((await post({ 'x-session': 'admin-1', origin: address })).status).toBe(200)
    const head = await fetch(`${address}/admin/tokens/${token.id}`, {
      method: 'HEAD',
      headers: { 'x-session': 'admin-1' },
    })
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, '"4"', ''])
  })
})

describe('over a raw socket', () => {
  const start = async () => {
    const w = await world()
    return { w, address: await listen(toNode(adminHandler({ tokens: w.tokens, actor, bodyTimeoutMs: 200 }))) }
  }
  const head = (line: string, ...lines: readonly string[]) =>
    [`${line} HTTP/1.1`, 'Host: x.example', 'Connection: close', 'X-Session: admin-1', ...lines, '', ''].join('\r\n')
  const JSON_TYPE = 'Content-Type: application/json'

  it.each<[string, string, number]>([
    ['dot segments', head('GET /x/../policies'), 400],
    ['an encoded letter', head('GET /%70olicies'), 400],
    ['an absolute target', head('GET http://x.example/policies'), 400],
    ['another host in the path', head('GET //evil.example/policies'), 400],
    ['a backslash', head('GET /\\policies'), 400],
    ['a fragment', head('GET /policies#x'), 400],
    ['a host that is none', head('GET /policies').replace('x.example', 'a/b?c'), 200],
    ['a method that Fetch cannot hold', head('TRACE /policies'), 401],
    ['two sessions', head('GET /plans/1001/tokens', 'X-Session: admin-2'), 403],
    ['two content types', `${head('POST /links', JSON_TYPE, 'Content-Type: text/plain', 'Content-Length: 2')}{}`, 415],
    [
      'two origins',
      head('POST /links', JSON_TYPE, 'Origin: http://x.example', 'Origin: http://y.example', 'Content-Length: 2') +
        '{}',
      403,
    ],
    ['two tokens', head('GET /policies', 'X-Figma-Token: a', 'X-Figma-Token: b'), 403],
    [
      'a token in chunks',
      `${head('POST /links', JSON_TYPE, 'Transfer-Encoding: chunked')}6\r\n{"text\r\n5\r\n":""}\r\n0\r\n\r\n`,
      200,
    ],
    ['a body that stops', `${head('POST /links', JSON_TYPE, 'Content-Length: 20')}{"text"`, 408],
    ['a body that does not begin', head('POST /links', JSON_TYPE, 'Content-Length: 20'), 408],
    ['a length that is too large', `${head('POST /links', JSON_TYPE, 'Content-Length: 300000')}{`, 413],
    [
      'chunks without end',
      head('POST /links', JSON_TYPE, 'Transfer-Encoding: chunked') + `10000\r\n${' '.repeat(65_536)}\r\n`.repeat(5),
      413,
    ],
  ])('%s', async (_, message, status) => {
    const { address } = await start()
    const answer = await sendRaw(address, message)
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect(answer.toLowerCase()).toContain('cache-control: no-store')
  })
})

it('a body that was read before, by whomever, is no empty one', async () => {
  const w = await world()
  const listener = toNode(adminHandler({ tokens: w.tokens, actor }))
  const address = await listen(async (request, response) => {
    await readJson(request)
    await listener(request, response)
  })
  const response = await fetch(`${address}/tokens/${w.ALL.token.id}/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session': 'admin-1' },
    body: '{"retirePrevious":"now"}',
  })
  expect(response.status).toBe(400)
  expect((await w.tokens.get({ actor: 'admin-1', id: w.ALL.token.id })).version).toBe(1)
})

it('speaks HTTP/2', async () => {
  const w = await world()
  const server = createHttp2Server(toNode(adminHandler({ tokens: w.tokens, actor })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const session = connectHttp2(address)
  onTestFinished(async () => {
    session.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const stream = session.request({
    ':method': 'POST',
    ':path': '/links',
    'content-type': 'application/json',
    'x-session': 'admin-1',
    origin: address,
  })
  stream.end('{"text":"https://www.figma.com/file/abc"}')
  const [headers] = (await once(stream, 'response')) as [{ readonly ':status': number }]
  expect(headers[':status']).toBe(200)
  expect(await readJson(stream)).toMatchObject({ resources: [{ kind: 'file', id: 'abc' }] })
})

it('lets go of an HTTP/2 request whose body does not arrive, after the whole answer', async () => {
  const w = await world()
  const server = createHttp2Server(toNode(adminHandler({ tokens: w.tokens, actor, bodyTimeoutMs: 50 })))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    session.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const stream = session.request({
    ...{ ':method': 'POST', ':path': '/links', 'content-type': 'application/json', 'x-session': 'admin-1' },
  })
  stream.write('{"text"')
  const [headers] = (await once(stream, 'response')) as [{ readonly ':status': number }]
  expect(headers[':status']).toBe(408)
  let text = ''
  stream.on('data', (chunk) => {
    text += chunk
  })
  // The client has not ended it: the rest of the body was still to be written.
  await once(stream, 'close')
  expect(JSON.parse(text)).toMatchObject({ code: 'body_timeout' })
  expect(stream.rstCode).toBe(0)
})
