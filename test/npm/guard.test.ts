/**
 * What a registry behind the guard can read of a request, in every form in which Node has it: all of it but the secret. And what
 * `npm logout` ends. Over real sockets.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http'
import { connect, createServer as createServer2 } from 'node:http2'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { SetupError } from 'plan-access-tokens'
import { type RegistryGuardOptions, registryGuard } from 'plan-access-tokens/npm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { npmHome } from '../support/npm-clients.ts'
import { ADMIN } from '../support/world.ts'
import { npmWorld } from './world.ts'

/** A server with this listener, and its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** What every log of a request could hold: the request itself with all that hangs on it, as deep as it goes. */
const everythingIn = (what: object): string => inspect(what, { depth: 12, showHidden: true, getters: true })

describe('a registry behind the guard', () => {
  it('reads headers, headersDistinct, rawHeaders and trailersDistinct, and no secret in any', async () => {
    const { tokens, make } = npmWorld()
    const { secret } = await make()
    const seen: IncomingMessage[] = []
    const port = await serve(
      registryGuard(tokens, async (incoming: IncomingMessage, response: ServerResponse) => {
        for await (const _ of incoming) void _
        seen.push(incoming)
        const { headers, headersDistinct, rawHeaders, trailersDistinct, trailers } = incoming
        response.end(JSON.stringify({ headers, headersDistinct, rawHeaders, trailersDistinct, trailers }))
      }),
    )
    const sent = request({
      ...{ port, method: 'DELETE', path: '/-/package/@acme%2fui/dist-tags/next' },
      headers: {
        ...{ 'X-One': '1', Authorization: `Bearer ${secret}`, 'X-Many': ['a', 'b'], Trailer: 'X-End' },
        'Transfer-Encoding': 'chunked',
      },
    })
    sent.addTrailers({ 'X-End': 'over' })
    sent.end('x')
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    let text = ''
    for await (const chunk of answer) text += chunk
    const { headers, headersDistinct, rawHeaders, trailersDistinct, trailers } = JSON.parse(text)
    expect(headers).toMatchObject({ 'x-one': '1', 'x-many': 'a, b' })
    expect(headersDistinct).toMatchObject({ 'x-one': ['1'], 'x-many': ['a', 'b'] })
    expect(Object.keys(headersDistinct).toSorted()).toEqual(Object.keys(headers).toSorted())
    expect(rawHeaders.filter((_: string, i: number) => i % 2 === 0)).toEqual(
      expect.arrayContaining(['X-One', 'X-Many', 'Trailer']),
    )
    expect([trailers, trailersDistinct]).toEqual([{ 'x-end': 'over' }, { 'x-end': ['over'] }])
    expect(text.toLowerCase()).not.toContain('authorization')
    expect(everythingIn(seen[0] as IncomingMessage)).not.toContain(secret)
  })

  it('reads the same over HTTP/2', async () => {
    const { tokens, make } = npmWorld()
    const { secret } = await make()
    const guarded = registryGuard(tokens, (incoming, response) => {
      const { headers, rawHeaders } = incoming
      response.end(JSON.stringify({ headers: { ...headers }, rawHeaders, url: incoming.url }))
    })
    const urls: unknown[] = []
    const server = createServer2((incoming, response) => {
      response.once('finish', () => urls.push([incoming.url, incoming.headers[':path'], incoming.rawHeaders]))
      guarded(incoming as never, response as never)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.destroy()
      server.close()
    })
    const send = async (method: string, path: string): Promise<string> => {
      const stream = client.request({
        ...{ ':method': method, ':path': path, authorization: `Bearer ${secret}`, 'x-one': '1' },
      })
      stream.end()
      let text = ''
      for await (const chunk of stream) text += chunk
      return text
    }
    const text = await send('GET', '/@acme%2fui')
    expect(JSON.parse(text)).toMatchObject({ url: '/@acme%2fui', headers: { 'x-one': '1' } })
    expect(text).not.toContain(secret)
    expect(await send('DELETE', `/-/user/token/${secret}`)).toBe('{"ok":true}')
    expect(urls).toHaveLength(2)
    expect(JSON.stringify(urls)).not.toContain(secret)
  })
})

describe('npm logout', () => {
  /** Logs out with one secret in the header and one in the path; whoever logs requests sees them after the answer. */
  async function logout(options: RegistryGuardOptions<IncomingMessage>, other = false, more = '') {
    const { tokens, make } = npmWorld()
    const [mine, theirs] = [await make(), await make()]
    const logged: string[] = []
    const guarded = registryGuard(tokens, () => expect.unreachable('a registry never sees it'), options)
    const port = await serve((incoming, response) => {
      const before = Object.assign(incoming, { originalUrl: incoming.url })
      response.once('finish', () => logged.push(everythingIn(before)))
      guarded(incoming, response)
    })
    const path = (other ? theirs : mine).secret
    const answer = await fetch(`http://127.0.0.1:${port}${options.basePath ?? ''}/-/user/token/${path}${more}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${mine.secret}` },
    })
    const statusOf = async ({ token }: typeof mine) => (await tokens.get({ actor: ADMIN, id: token.id })).status
    expect(logged).toHaveLength(1)
    for (const { secret } of [mine, theirs]) expect(logged[0]).not.toContain(secret)
    return {
      status: answer.status,
      body: await answer.text(),
      mine: await statusOf(mine),
      theirs: await statusOf(theirs),
    }
  }
  const GONE = { status: 200, body: '{"ok":true}', theirs: 'active' }

  it('ends nothing, or by option the token whose secret it is, and never another', async () => {
    expect(await logout({})).toEqual({ ...GONE, mine: 'active' })
    expect(await logout({ logout: 'revoke' })).toEqual({ ...GONE, mine: 'revoked' })
    expect(await logout({ logout: 'revoke' }, true)).toEqual({ ...GONE, mine: 'active' })
    expect(await logout({ logout: 'revoke', basePath: '/npm' })).toEqual({ ...GONE, mine: 'revoked' })
    expect(await logout({ logout: 'revoke' }, false, '?x=/y')).toEqual({ ...GONE, mine: 'revoked' })
    expect(await logout({ logout: 'revoke' }, true, '?x=/y')).toEqual({ ...GONE, mine: 'active' })
  })

  it('that cannot end the token says so', async () => {
    const { tokens, make } = npmWorld()
    const { secret } = await make()
    const failing = { ...tokens, revokeSecret: () => Promise.reject(new Error(`no ${secret}`)) }
    const port = await serve(registryGuard(failing, () => undefined, { logout: 'revoke' }))
    const answer = await fetch(`http://127.0.0.1:${port}/-/user/token/${secret}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${secret}` },
    })
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { error: 'The token could not be ended just now. Try again later.' },
    ])
  })

  it('is judged without the secret of its path, which no decision holds', async () => {
    const { tokens, make } = npmWorld()
    const { secret } = await make()
    const headers = { authorization: `Bearer ${secret}` }
    const ask = (url: string) => tokens.authorize({ method: 'DELETE', url, headers })
    const decision = await ask(`/-/user/token/${secret}`)
    expect(decision).toMatchObject({ allowed: true, params: {}, resources: [] })
    expect(JSON.stringify(decision)).not.toContain(secret)
    for (const url of ['/-/user/token/', '/-/user/token/..', '/-/user/token/a/b', '/-/user/token/a%2fb'])
      expect(await ask(url), url).toMatchObject({ allowed: false })
  })

  it.each([[{ logout: 'end' }], [{ logout: true }]])('takes no other option: %o', (options) => {
    expect(() => registryGuard(npmWorld().tokens, () => undefined, options as never)).toThrow(SetupError)
  })

  it('that shall end a token needs the whole engine, and wrong options are told as before', () => {
    const { decide, policies } = npmWorld().tokens
    expect(() => registryGuard({ decide, policies }, () => undefined, { logout: 'revoke' })).toThrow(/revokeSecret/)
    expect(() => registryGuard(undefined as never, () => undefined)).toThrow(
      /what createPlanTokens\(\) or createAuthorizer\(\) returns/,
    )
    expect(() => registryGuard(npmWorld().tokens, () => undefined, { logOut: 'keep' } as never)).toThrow(/logOut/)
  })
})

it('secrets have the one form that npm masks, in texts, addresses and errors', async () => {
  const npm = join(npmHome(), 'package.json')
  const { redact, redactLog } = createRequire(npm)('@npmcli/redact')
  const { make } = npmWorld()
  for (let i = 0; i < 50; i++) {
    const secret = (await make()).secret
    const address = `http://127.0.0.1:4873/-/user/token/${secret}`
    expect(secret).toMatch(/^npm_[A-Za-z0-9]{36,48}$/)
    expect(redact(address)).toBe('http://127.0.0.1:4873/-/user/token/npm_***')
    expect(redactLog([`--//a.example/:_authToken=${secret}`, 'x'])).toEqual(['--//a.example/:_authToken=npm_***', 'x'])
  }
})

it('keeps a token to its addresses by what the host says of the request', async () => {
  const { tokens, make } = npmWorld()
  const address = (incoming: IncomingMessage) => incoming.socket.remoteAddress
  const port = await serve(
    registryGuard(tokens, (_: IncomingMessage, response: ServerResponse) => response.end(), { address }),
  )
  const whoami = async (secret: string) =>
    (
      await fetch(`http://127.0.0.1:${port}/-/whoami`, {
        headers: { authorization: `Bearer ${secret}`, 'x-forwarded-for': '203.0.113.7' },
      })
    ).status
  expect(await whoami((await make({ addresses: ['127.0.0.1'] })).secret)).toBe(200)
  expect(await whoami((await make({ addresses: ['203.0.113.7'] })).secret)).toBe(403)
})
