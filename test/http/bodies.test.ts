/** Endpoints that name resources in the body: it is judged, and the handler reads the same body as if nobody had. */

import { connect as connect2 } from 'node:http2'
import { connect } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { A, B, type World, world, Z } from '../attack/world.ts'
import { FRAMEWORKS } from './support/frameworks.ts'
import { jsonRequest, request, serve } from './support/served.ts'
import { partsOf } from './support/wire.ts'

const WEBHOOKS = 'POST /v2/webhooks'
const DEV_RESOURCES = 'POST /v1/dev_resources'
const ofTeam = (id: string) => ({ event_type: 'FILE_UPDATE', context: 'team', context_id: id, description: 'ä€😀' })
const ofFiles = (...keys: readonly string[]) => ({ dev_resources: keys.map((file_key) => ({ file_key, name: 'n' })) })

/** A text in pieces that cut through its characters. */
const pieces = (text: string): readonly string[] => text.match(/[\s\S]{1,17}/gu) ?? []

let w: World
beforeAll(async () => {
  w = await world()
})

describe.each(FRAMEWORKS)('$name', (framework) => {
  it.each([false, true])('judges what the body names and leaves every byte of it (chunked: %s)', async (chunked) => {
    const { send, runs } = await serve(framework, { tokens: w.tokens })
    const long = { ...ofTeam('456'), passcode: 'x'.repeat(200_000) }
    const texts = [JSON.stringify(ofTeam('456')), ` ${JSON.stringify(ofTeam('456'), null, 2)}\n`, JSON.stringify(long)]
    for (const text of texts)
      for (const body of [[text], text.length < 1_000 ? pieces(text) : [text.slice(0, 70_000), text.slice(70_000)]]) {
        expect(await send(jsonRequest(WEBHOOKS, w.ONE, text, { body, chunked }))).toMatchObject({ status: 403 })
        const reply = await send(jsonRequest(WEBHOOKS, w.ALL, text, { body, chunked }))
        expect(reply.status).toBe(200)
        expect(runs.at(-1)).toMatchObject({ body: text, planToken: { resources: [{ kind: 'team', id: '456' }] } })
      }
  })

  it('refuses a body that names what the token may not reach, or nothing, or is not there', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens })
    const codeOf = async (sending: ReturnType<typeof request>) => JSON.parse((await send(sending)).body).code as string
    expect(await codeOf(jsonRequest(DEV_RESOURCES, w.ONE, ofFiles(A, B)))).toBe('resource_not_allowed')
    expect(await codeOf(jsonRequest(DEV_RESOURCES, w.ALL, ofFiles(A, Z)))).toBe('resource_not_in_plan')
    const nothings = ['{}', '', 'null', '{"dev_resources":[]}', '{"dev_resources":[{"name":"n"}]}']
    for (const text of nothings)
      expect(await codeOf(jsonRequest(DEV_RESOURCES, w.ALL, text)), text).toBe('request_malformed')
    expect(await codeOf(request(DEV_RESOURCES, w.ALL))).toBe('request_malformed')
    expect(runs).toEqual([])
    expect((await send(jsonRequest(DEV_RESOURCES, w.ONE, ofFiles(A)))).status).toBe(200)
    expect(runs).toHaveLength(1)
  })

  it('refuses a body that another parser could read otherwise', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens })
    const text = JSON.stringify(ofTeam('456'))
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json']
    const charsets = ['utf-16', 'utf-16le', 'utf-7', 'latin1', 'utf-8;charset=utf-16', '"utf-8"x', 'utf-8, text/plain']
    for (const type of [...types, ...charsets.map((name) => `application/json; charset=${name}`)]) {
      const reply = await send(request(WEBHOOKS, w.ALL, { body: [text], headers: [['Content-Type', type]] }))
      expect(reply.status, type).toBe(400)
    }
    for (const encoding of ['gzip', 'deflate', 'br', 'identity', 'x-unknown']) {
      const reply = await send(jsonRequest(WEBHOOKS, w.ALL, text, { headers: [['Content-Encoding', encoding]] }))
      expect(reply.status, encoding).toBe(400)
    }
    const twice = `{"context":"team","context_id":"456","context_id":"956"}`
    for (const body of [twice, `\u{feff}${text}`, `${text}${text}`, text.slice(0, -1), `[${text}]`])
      expect((await send(jsonRequest(WEBHOOKS, w.ALL, body))).status, body).toBe(400)
    expect(runs).toEqual([])
    for (const type of ['application/json', 'Application/JSON; Charset=UTF-8', 'application/json;charset="utf-8"'])
      expect((await send(request(WEBHOOKS, w.ALL, { body: [text], headers: [['Content-Type', type]] }))).status).toBe(
        200,
      )
  })

  it.each([false, true])('refuses a body over the limit and goes on serving (chunked: %s)', async (chunked) => {
    const { send, runs } = await serve(framework, { tokens: w.tokens })
    const huge = JSON.stringify({ ...ofTeam('456'), description: 'x'.repeat(1_100_000) })
    const body = chunked ? [huge.slice(0, 600_000), huge.slice(600_000)] : [huge]
    // Of an announced length nothing but the head is needed.
    const reply = await send(jsonRequest(WEBHOOKS, w.ALL, huge, { body, chunked, unfinished: !chunked }))
    expect(reply.status).toBe(400)
    expect(runs).toEqual([])
    expect((await send(jsonRequest(WEBHOOKS, w.ALL, ofTeam('456')))).status).toBe(200)
  })

  it('leaves bodies alone that no rule asks for', async () => {
    const { send } = await serve(framework, { tokens: w.tokens })
    expect((await send(request(`GET /v1/files/${A}`, w.ALL, { body: ['not json'] }))).status).toBe(200)
  })

  it('survives a client that goes away in the middle of its body', async () => {
    const { send, port, runs } = await serve(framework, { tokens: w.tokens })
    const sending = jsonRequest(WEBHOOKS, w.ALL, ofTeam('456'))
    for (let i = 0; i < 5; i++) await (framework.isHttp2 ? leave2(port, sending) : leave1(port, sending))
    expect((await send(sending)).status).toBe(200)
    expect(runs).toHaveLength(1)
  })

  it('refuses a body that never ends, as soon as the engine has waited long enough', async () => {
    const impatient = await world({ bodyTimeoutMs: 50 })
    const { runs, send } = await serve(framework, { tokens: impatient.tokens })
    const half = { body: ['{"context":', '"team"'], chunked: true, unfinished: true }
    const reply = await send(jsonRequest(WEBHOOKS, impatient.ALL, '', half))
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'request_malformed' })
    expect(runs).toEqual([])
    expect((await send(request(`GET /v1/files/${A}`, impatient.ALL))).status).toBe(200)
  })
})

const PARSING = FRAMEWORKS.filter(({ parsesBefore }) => parsesBefore)

describe.each(PARSING)('$name with its own parser', (framework) => {
  it.each(['before', 'after'] as const)('judges what the handler gets (parser %s the guard)', async (parser) => {
    const { send, runs } = await serve(framework, { tokens: w.tokens, parser })
    for (const chunked of [false, true]) {
      expect((await send(jsonRequest(WEBHOOKS, w.ALL, ofTeam('456'), { chunked }))).status).toBe(200)
      expect(JSON.parse(runs.at(-1)?.body ?? '')).toEqual(ofTeam('456'))
      expect((await send(jsonRequest(WEBHOOKS, w.ALL, ofTeam('956'), { chunked }))).status).toBe(403)
      expect((await send(jsonRequest(WEBHOOKS, w.ALL, {}, { chunked }))).status).toBe(400)
    }
    expect(runs).toHaveLength(2)
  })
})

/** Sends half of a body over HTTP/1.1 and goes away. */
function leave1(port: number, sending: ReturnType<typeof request>): Promise<void> {
  const [head = '', body = new Uint8Array()] = partsOf(sending)
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('close', () => resolve())
    socket.on('error', () => undefined)
    socket.write(head)
    socket.write(body.subarray(0, 10), () => setImmediate(() => socket.destroy()))
  })
}

/** Sends half of a body over HTTP/2 and cancels the stream. */
function leave2(port: number, { method, target, headers = [] }: ReturnType<typeof request>): Promise<void> {
  return new Promise((resolve) => {
    const session = connect2(`http://127.0.0.1:${port}`)
    const stream = session.request({ ':method': method, ':path': target, ...Object.fromEntries(headers) })
    stream.on('error', () => undefined)
    stream.on('close', () => session.close(resolve))
    stream.write('{"context":', () => setImmediate(() => stream.close(8)))
  })
}
