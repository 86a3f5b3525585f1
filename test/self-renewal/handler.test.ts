/** `selfRenewalHandler` over real sockets: in Node, Express, Fastify and Hono, with what attackers send. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { serve } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { SetupError } from 'plan-access-tokens'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { canaryTokens } from 'plan-access-tokens/leaks'
import { selfRenewalHandler } from 'plan-access-tokens/self-renewal'
import { afterEach, describe, expect, it } from 'vitest'
import { ADMIN, DAY, newWorld, START } from '../support/world.ts'
import { type RenewingWorld, renewingWorld } from './world.ts'

const closes: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closes.splice(0)) await close()
})

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closes.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server of Node with the endpoint, and a token that is due. */
async function dueOverHttp(options: Parameters<typeof renewingWorld>[0] = {}, wish = {}) {
  const world = renewingWorld(options)
  const { id, secret } = await world.makeRenewing(wish)
  world.clock.advance(15 * DAY)
  const handler = selfRenewalHandler({ tokens: world.tokens })
  const url = `${await listening(toNode(handler))}/self/refresh`
  return { world, id, secret, url }
}

const post = (url: string, secret: string | undefined, headers: Record<string, string> = {}, method = 'POST') =>
  fetch(url, {
    method,
    headers: { ...(secret !== undefined && { 'X-Figma-Token': secret }), 'Idempotency-Key': 'k', ...headers },
  })

/** A request as bytes, and its answer. */
async function raw(url: string, lines: readonly string[]): Promise<string> {
  const { port, pathname } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.end(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

describe('the endpoint', () => {
  it('answers with the new secret and its dates, and no more of the token, for nobody to keep', async () => {
    const { world, id, secret, url } = await dueOverHttp()
    const answer = await post(url, secret)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('vary')).toMatch(/X-Figma-Token/)
    const body = await answer.json()
    expect(body).toEqual({
      ...{ id, secret: expect.any(String), expiresAt: START + 45 * DAY, renewFrom: START + 30 * DAY },
      ...{ renewUntil: START + 365 * DAY, previousWorksUntil: START + 16 * DAY },
    })
    expect(await world.ask(body.secret)).toBe('allowed')
  })

  it('reads the secret where guards read it, and as a bearer token', async () => {
    const { secret, url } = await dueOverHttp()
    const answer = await post(url, undefined, { Authorization: `Bearer ${secret}` })
    expect(answer.status).toBe(200)
  })

  it('answers what is wrong with a credential as a guard does, with a challenge of RFC 6750', async () => {
    const { world, url, secret } = await dueOverHttp()
    const none = await post(url, undefined)
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="figma"'])
    const two = await post(url, secret, { Authorization: `Bearer ${secret.replace(/.$/, 'x')}` })
    expect([two.status, (await two.json()).code]).toEqual([400, 'request_malformed'])
    expect(two.headers.get('www-authenticate')).toMatch(/error="invalid_request"/)
    const unknown = await post(url, (await newWorld().make()).secret)
    expect([unknown.status, (await unknown.json()).code]).toEqual([401, 'token_unknown'])
    expect(unknown.headers.get('www-authenticate')).toMatch(/error="invalid_token"/)
    expect(await world.log()).toEqual(['created'])
  })

  it.each([
    ['two lines of it', ['X-Figma-Token: SECRET', 'X-Figma-Token: SECRET']],
    ['two spellings of its name', ['X-Figma-Token: SECRET', 'x-figma-token: other']],
    ['it and another bearer', ['X-Figma-Token: SECRET', 'Authorization: Bearer figpat_x']],
    ['two authorizations', ['Authorization: Bearer SECRET', 'Authorization: Bearer SECRET']],
  ])('refuses %s', async (_, lines) => {
    const { world, url, secret } = await dueOverHttp()
    const sent = lines.map((line) => line.replace('SECRET', secret))
    const text = await raw(url, [...sent, 'Idempotency-Key: k'])
    expect(text).toMatch(/^HTTP\/1.1 400 /)
    expect(text).toContain('"code":"request_malformed"')
    expect(text).not.toContain(secret)
    expect(await world.log()).toEqual(['created'])
  })

  it.each([
    ['no key', [], 'idempotency_key_missing'],
    ['two lines of keys', ['Idempotency-Key: a', 'idempotency-key: b'], 'idempotency_key_unreadable'],
    ['an empty key', ['Idempotency-Key: '], 'idempotency_key_unreadable'],
    ['a key with a space', ['Idempotency-Key: a b'], 'idempotency_key_unreadable'],
  ])('refuses %s', async (_, lines, code) => {
    const { url, secret } = await dueOverHttp()
    const text = await raw(url, [`X-Figma-Token: ${secret}`, ...lines])
    expect(text).toMatch(/^HTTP\/1.1 400 /)
    expect(text).toContain(`"code":"${code}"`)
  })

  it('lies at one path by one method', async () => {
    const { url, secret, world } = await dueOverHttp()
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      const answer = await post(url, secret, {}, method)
      expect([answer.status, answer.headers.get('allow')], method).toEqual([405, 'POST'])
    }
    for (const path of ['/self/refresh/', '/self', '/Self/refresh', '/x/self/refresh', '/self%2Frefresh'])
      expect((await post(new URL(path, url).href, secret)).status, path).toBeGreaterThanOrEqual(400)
    expect((await post(`${url}?token=${secret}`, undefined)).status).toBe(400)
    expect(await world.log()).toEqual(['created'])
  })

  it('refuses pages of other sites, and gives them no leave', async () => {
    const { url, secret, world } = await dueOverHttp()
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const answer = await post(url, secret, headers)
      expect([answer.status, (await answer.json()).code]).toEqual([403, 'cross_site'])
      expect(answer.headers.has('access-control-allow-origin')).toBe(false)
    }
    expect(await world.log()).toEqual(['created'])
    expect((await post(url, secret, { Origin: new URL(url).origin, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200)
  })

  it('tells the wait of what is too early', async () => {
    const { url, secret } = await dueOverHttp()
    const { secret: newer } = await (await post(url, secret)).json()
    const answer = await post(url, newer, { 'Idempotency-Key': 'l' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, String((15 * DAY) / 1_000)])
    expect(await answer.json()).toMatchObject({ code: 'renewal_too_early', renewFrom: START + 30 * DAY })
  })

  it('answers a canary byte for byte as what is unknown, but for the date', async () => {
    const { world, url } = await dueOverHttp({ canaries: canaryTokens() })
    const canary = await world.make({ canary: true })
    const bytes = async (secret: string) => (await raw(url, [`X-Figma-Token: ${secret}`])).replace(/^Date: .*$/m, '')
    expect(await bytes(canary.secret)).toBe(await bytes((await newWorld().make()).secret))
    await world.tokens.close()
  })

  it('goes by the address that the host believes', async () => {
    const world = renewingWorld()
    const { secret } = await world.makeRenewing({ addresses: ['127.0.0.1'] })
    const other = await world.makeRenewing({ addresses: ['203.0.113.0/24'] })
    world.clock.advance(15 * DAY)
    const believing = selfRenewalHandler({
      tokens: world.tokens,
      address: (_request, from: { readonly socket: { readonly remoteAddress?: string | undefined } }) =>
        from.socket.remoteAddress,
    })
    const url = `${await listening(toNode(believing))}/self/refresh`
    const deaf = `${await listening(toNode(selfRenewalHandler({ tokens: world.tokens })))}/self/refresh`
    expect((await (await post(deaf, secret)).json()).code).toBe('address_not_allowed')
    expect((await (await post(url, other.secret)).json()).code).toBe('address_not_allowed')
    expect((await post(url, other.secret, { 'X-Forwarded-For': '203.0.113.7' })).status).toBe(403)
    expect((await post(url, secret)).status).toBe(200)
  })

  it('gives a stolen old secret nothing, and ends the token where the host wants that', async () => {
    const { world, url, secret, id } = await dueOverHttp({ onSuperseded: 'revoke' } as never)
    const { secret: newer } = await (await post(url, secret)).json()
    world.clock.advance(DAY)
    const answer = await post(url, secret, { 'Idempotency-Key': 'thief' })
    const body = await answer.text()
    expect([answer.status, body.includes('secret_superseded'), body.includes(id)]).toEqual([409, true, false])
    expect(await world.ask(newer)).toBe('token_revoked')
  })
})

/** Where it is mounted, and what it then takes off its path. */
const MOUNTS: { readonly [framework: string]: (world: RenewingWorld) => Promise<string> } = {
  async Node({ tokens }) {
    return listening(toNode(selfRenewalHandler({ tokens, basePath: '/api' })))
  },
  async Express({ tokens }) {
    const app = express()
    app.use('/api', toNode(selfRenewalHandler({ tokens })))
    app.use(express.json())
    return listening(app)
  },
  async Fastify({ tokens }) {
    const app = fastify()
    const handler = toNode(selfRenewalHandler({ tokens, basePath: '/api' }))
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
      scope.all('/api/self/refresh', (request, reply) => {
        reply.hijack()
        return handler(request.raw, reply.raw)
      })
    })
    closes.push(() => app.close())
    return app.listen({ port: 0, host: '127.0.0.1' })
  },
  async Hono({ tokens }) {
    const handler = selfRenewalHandler({ tokens, basePath: '/api' })
    const app = new Hono().all('/api/self/refresh', (c) => handler(c.req.raw))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
    await once(server, 'listening')
    closes.push(() => server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
}

describe.each(Object.entries(MOUNTS))('in %s', (_, mount) => {
  it('renews, refuses and repeats', async () => {
    const world = renewingWorld()
    const { secret } = await world.makeRenewing()
    const url = `${await mount(world)}/api/self/refresh`
    const early = await post(url, secret)
    expect([early.status, (await early.json()).code]).toEqual([409, 'renewal_too_early'])
    world.clock.advance(15 * DAY)
    const first = await (await post(url, secret, { 'Content-Type': 'application/json' })).json()
    const second = await (await post(url, secret)).json()
    expect([await world.ask(first.secret), await world.ask(second.secret)]).toEqual(['secret_retired', 'allowed'])
    expect((await post(url, undefined)).status).toBe(401)
  })
})

describe('the options', () => {
  it('are judged all at once when the server starts', () => {
    const { tokens } = newWorld()
    const make = (options: object) => () => selfRenewalHandler(options as never)
    expect(make({ tokens })).toThrow(/tokens: must be what createPlanTokens gave with the option selfRenewal/)
    expect(make({})).toThrow(SetupError)
    const wrong = {
      tokens: renewingWorld().tokens,
      basePath: 'api/',
      surface: 'x',
      origin: 'y',
      address: 1,
      onError: 1,
      more: 1,
    }
    for (const field of ['basePath', 'surface', 'origin', 'address', 'onError', 'more'])
      expect(make(wrong)).toThrow(new RegExp(`${field}: `))
    for (const origin of ['ws://example.com', 'https://Example.com', 'https://example.com/', 'null'])
      expect(make({ tokens: renewingWorld().tokens, origin })).toThrow('origin: must be an origin')
  })
})

describe('over the management API', () => {
  it('an admin allows it, sees it, sets its end, and takes it away', async () => {
    const world = renewingWorld()
    const handler = adminHandler({ tokens: world.tokens as never, actor: () => ADMIN, basePath: '/admin' })
    const call = async (method: string, path: string, body?: object) => {
      const answer = await handler(
        new Request(`http://x/admin${path}`, {
          method,
          ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
        }),
      )
      return { status: answer.status, body: await answer.json() }
    }
    const input = { type: 'rest', name: 'Job', lifetimeDays: 30, scopes: ['file_content:read'], resources: 'all' }
    const made = await call('POST', '/plans/1001/tokens', { ...input, selfRenewal: true, renewUntil: START + 90 * DAY })
    expect(made.body.token.selfRenewal).toEqual({ until: START + 90 * DAY, chosen: true })
    const path = `/tokens/${made.body.token.id}`
    const byDefault = await call('PATCH', path, { renewUntil: null })
    expect(byDefault.body.selfRenewal).toEqual({ until: START + 365 * DAY })
    const without = await call('PATCH', path, { selfRenewal: null })
    expect([without.status, 'selfRenewal' in without.body]).toEqual([200, false])
    const wrong = await call('PATCH', path, { renewUntil: 'soon', name: '' })
    expect([wrong.status, wrong.body.issues.map((one: { path: string }) => one.path)]).toEqual([
      400,
      ['name', 'renewUntil'],
    ])
    const { policies } = (await call('GET', '/policies')).body
    expect(policies[0].types.find((one: { name: string }) => one.name === 'rest').selfRenewal).toEqual({
      afterPart: 0.5,
    })
    const document = (await call('GET', '/openapi.json')).body
    expect(document.components.schemas.Token.properties.selfRenewal).toBeDefined()
    expect(JSON.stringify(document.paths)).toContain('renewUntil')
  })
})
