/** A body that a client completes after its token was revoked is refused, in every framework, over real sockets. */
import { connect as connect2 } from 'node:http2'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type World, world } from '../attack/world.ts'
import { ADMIN } from '../support/world.ts'
import { FRAMEWORKS } from './support/frameworks.ts'
import { newRegistry, PACKUMENT, serveGuard, servePlugin } from './support/registry.ts'
import { jsonRequest, request, serve } from './support/served.ts'
import { partsOf, type Reply, readReply, type Sending } from './support/wire.ts'

const TEXT = '{"context":"team","context_id":"456"}'
const WEBHOOKS = 'POST /v2/webhooks'

/** Resolves when the engine has come as far as the plan, which is asked for before the body is. */
function planAsked({ directory }: World): Promise<void> {
  return new Promise((resolve) => {
    directory.replace.plan = (id: string) => {
      resolve()
      return directory.real.plan(id)
    }
  })
}

/** Sends the head and half of the body, and the rest after something has happened. */
function send1Slowly(port: number, sending: Sending, meanwhile: () => Promise<unknown>): Promise<Reply> {
  const [head = '', ...chunks] = partsOf(sending)
  const body = Buffer.concat(chunks)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1')
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(readReply(received)))
    socket.write(head)
    socket.write(body.subarray(0, 20))
    meanwhile().then(() => socket.write(body.subarray(20)), reject)
  })
}

/** The same over HTTP/2. */
function send2Slowly(port: number, sending: Sending, meanwhile: () => Promise<unknown>): Promise<Reply> {
  const { method, target, headers = [], body = [] } = sending
  return new Promise((resolve, reject) => {
    const session = connect2(`http://127.0.0.1:${port}`)
    const stream = session.request({ ':method': method, ':path': target, ...Object.fromEntries(headers) })
    let status = 0
    let text = ''
    stream.setEncoding('utf8')
    stream.on('response', (head) => {
      status = head[':status'] ?? 0
    })
    stream.on('data', (chunk: string) => {
      text += chunk
    })
    stream.on('error', () => undefined)
    stream.on('close', () => session.close(() => resolve({ status, headers: {}, body: text })))
    const whole = body.join('')
    stream.write(whole.slice(0, 20))
    meanwhile().then(() => stream.end(whole.slice(20)), reject)
  })
}

describe.each(FRAMEWORKS)('$name', ({ isHttp2, ...framework }) => {
  const sendSlowly = isHttp2 ? send2Slowly : send1Slowly

  it.each([false, true])('refuses what was revoked while its body came (chunked: %s)', async (chunked) => {
    const w = await world()
    const { port, send, runs } = await serve({ ...framework, ...(isHttp2 && { isHttp2 }) }, { tokens: w.tokens })
    const sending = jsonRequest(WEBHOOKS, w.ALL, TEXT, { chunked: chunked && !isHttp2 })
    const asked = planAsked(w)
    const reply = await sendSlowly(port, sending, async () => {
      await asked
      await w.tokens.revoke({ actor: 'admin-1', id: w.ALL.token.id })
    })
    expect(reply.status).toBe(401)
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'token_revoked' })
    expect(runs).toEqual([])
    expect((await send(request('GET /v1/me', w.ALL))).status).toBe(401)
  })

  it('lets one through that came as slowly with a token that lives, longer than the store may take', async () => {
    const w = await world({ timeoutMs: 20 })
    const { port, runs } = await serve({ ...framework, ...(isHttp2 && { isHttp2 }) }, { tokens: w.tokens })
    const asked = planAsked(w)
    const reply = await sendSlowly(port, jsonRequest(WEBHOOKS, w.ALL, TEXT), async () => {
      await asked
      await new Promise((resolve) => setTimeout(resolve, 60))
    })
    expect(reply.status).toBe(200)
    expect(runs).toMatchObject([{ body: TEXT }])
  })
})

describe.each([
  ['registryGuard', serveGuard],
  ['the plugin of verdaccio', servePlugin],
])('%s', (_, serveIt) => {
  it.each([
    ['was revoked', 401],
    ['lives', 200],
  ])('judges a publish by its token when all of it is there: one that %s', async (state, status) => {
    const registry = await newRegistry()
    const { port, bodies } = await serveIt(registry)
    const asked = new Promise<void>((resolve) => {
      const { plan } = registry.directory
      registry.directory.plan = (id: string) => {
        resolve()
        return plan(id)
      }
    })
    const headers = [
      ['Authorization', `Bearer ${registry.secret}`] as const,
      ['Content-Type', 'application/json'] as const,
    ]
    const reply = await send1Slowly(
      port,
      { method: 'PUT', target: '/@acme%2fui', headers, body: [PACKUMENT] },
      async () => {
        await asked
        if (state === 'was revoked') await registry.tokens.revoke({ actor: ADMIN, id: registry.id })
      },
    )
    expect(reply.status).toBe(status)
    expect(bodies).toHaveLength(status === 200 ? 1 : 0)
  })
})
