/**
 * The guard in front of a small server of our own, over raw sockets: what no client of the SDK sends, what goes out, and what is
 * told at start. With the SDK: sdk.test.ts.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, createServer } from 'node:http2'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import type { RequestLimits } from 'plan-access-tokens'
import { requestLimits, type Take } from 'plan-access-tokens/limits'
import { type McpGuardOptions, mcpGuard } from 'plan-access-tokens/mcp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSessions } from '../../src/mcp/sessions.ts'
import { type Reply, send1 } from '../http/support/wire.ts'
import { type Any, serve } from './sdk.ts'
import { type Made, OPTIONS, world } from './world.ts'

type Header = readonly [string, string]

/** Starts the guard before a handler that keeps what it is given. */
async function start(
  options: Partial<McpGuardOptions> = {},
  handler: (request: Any, response: ServerResponse) => unknown = (_, response) => response.end('{}'),
  limits?: RequestLimits,
) {
  const w = world(options, limits)
  const got: Any[] = []
  const port = await serve(w.guard, (request, response) => {
    got.push(request.body)
    return handler(request, response)
  })
  const bearer = (secret: string | undefined): readonly Header[] =>
    secret === undefined ? [] : [['Authorization', `Bearer ${secret}`]]
  const post = (made: Made | undefined, body: unknown, headers: readonly Header[] = []): Promise<Reply> =>
    send1(port, {
      ...{ method: 'POST', target: '/mcp' },
      headers: [...bearer(made?.secret), ['Content-Type', 'application/json'], ...headers],
      body: [typeof body === 'string' ? body : JSON.stringify(body)],
    })
  const other = (method: string, made: Made | undefined, headers: readonly Header[] = []): Promise<Reply> =>
    send1(port, { method, target: '/mcp', headers: [...bearer(made?.secret), ...headers] })
  return { ...w, port, got, post, other }
}

const message = (method: string, params?: object, id: unknown = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params && { params }),
})
const call = (name: unknown, args?: unknown) =>
  message('tools/call', { name, ...(args !== undefined && { arguments: args }) })
const codeOf = ({ body }: Reply): unknown => JSON.parse(body).error?.data?.code ?? JSON.parse(body).error?.code

it('a body that does not arrive in its time is answered, and that is what is said', async () => {
  const { port, make } = await start({ bodyTimeoutMs: 50 })
  const { secret } = await make(['connect'])
  const socket = connectTcp(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const head = ['POST /mcp HTTP/1.1', 'Host: x', `Authorization: Bearer ${secret}`]
  socket.write([...head, 'Content-Type: application/json', 'Content-Length: 90', '', '{'].join('\r\n'))
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 400 .*The body did not arrive in time\./s)
})

describe('a message', () => {
  it.each([
    ['initialize', 200],
    ['server/discover', 200],
    ['ping', 200],
    ['tools/list', 200],
    ['logging/setLevel', 200],
    ['notifications/initialized', 200],
    ['notifications/cancelled', 200],
    ['notifications/progress', 200],
    ['notifications/roots/list_changed', 200],
    ['resources/list', 403],
    ['resources/read', 403],
    ['resources/templates/list', 403],
    ['resources/subscribe', 403],
    ['subscriptions/listen', 403],
    ['prompts/list', 403],
    ['prompts/get', 403],
    ['completion/complete', 403],
    ['tasks/get', 403],
    ['tasks/result', 403],
    ['sampling/createMessage', 403],
    ['tools/calls', 403],
    ['constructor', 403],
    ['', 403],
  ])('%s of a token with no scope for it is answered with %i', async (method, status) => {
    const { post, make, got } = await start()
    const made = await make(['connect'])
    expect((await post(made, message(method))).status).toBe(status)
    expect(got).toHaveLength(status === 200 ? 1 : 0)
    expect((await post(undefined, message(method))).status).toBe(401)
  })

  it('of a method that the host names is an endpoint of the policy, by its params', async () => {
    const methods = {
      'resources/list': 'GET /v1/me',
      'resources/read': { route: 'GET /v1/files/{file_key}', arguments: { file_key: 'uri' } },
    }
    const { post, make } = await start({ methods })
    const made = await make(['files:read'], ['ABC'])
    expect((await post(made, message('resources/list'))).status).toBe(200)
    expect((await post(made, message('resources/read', { uri: 'ABC' }))).status).toBe(200)
    expect(codeOf(await post(made, message('resources/read', { uri: 'DEF' })))).toBe('resource_not_allowed')
    expect(codeOf(await post(made, message('resources/read')))).toBe('request_malformed')
    expect((await post(made, message('resources/read', { uri: 'ABC', Uri: 'DEF' }))).status).toBe(400)
    expect((await post(made, message('prompts/list'))).status).toBe(403)
  })

  it('hands on the value that was judged, and the answers of a client to the server', async () => {
    const { post, make, got } = await start()
    const made = await make(['files:read'], ['ABC'])
    const sent = call('read_file', { file: 'ABC', more: [1] })
    expect((await post(made, sent)).status).toBe(200)
    expect((await post(made, { jsonrpc: '2.0', id: 7, result: { roots: [] } })).status).toBe(200)
    expect(got).toEqual([sent, { jsonrpc: '2.0', id: 7, result: { roots: [] } }])
  })

  it('that can be read in two ways is refused, and nothing else of its kind', async () => {
    const { post, make, got } = await start()
    const made = await make(['files:read', 'files:write', 'admin'])
    const file = (value: string) =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_file","arguments":${value}}}`
    const bodies: readonly unknown[] = [
      file('{"file":"ABC","file":"DEF"}'),
      file('{"__proto__":{"file":"ABC"}}'),
      file('{"file":["ABC"]}'),
      file('{"file":{"toString":"ABC"}}'),
      file('{"file":null}'),
      file('{"file":1.5}'),
      file('{"file":true}'),
      file('["ABC"]'),
      file('"ABC"'),
      file('null'),
      file('{"File":"ABC"}'),
      file('{"file":"ABC","File":"DEF"}'),
      ...['JSONRPC', 'Id', 'Method', 'Params', 'Result', 'Error'].map((name) => ({ ...message('ping'), [name]: 'x' })),
      ...['Name', 'URI', 'Argument\u017f'].map((name) => message('ping', { [name]: 'x' })),
      { jsonrpc: '2.0', id: 7, result: {}, Method: 'tools/call' },
      file('{"file":"\\ud800"}'),
      '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"wipe"}}',
      '',
      'null',
      '7',
      '[]',
      '[[]]',
      '"ping"',
      `${JSON.stringify(message('ping'))}${JSON.stringify(message('ping'))}`,
      { ...message('ping'), jsonrpc: '1.0' },
      { id: 1, method: 'ping' },
      { jsonrpc: '2.0', id: 1 },
      { ...message('ping'), method: ['ping'] },
      { ...message('ping'), params: [] },
      call(['read_file'], { file: 'ABC' }),
      Array.from({ length: 101 }, () => message('ping')),
    ]
    for (const body of bodies)
      expect((await post(made, body)).status, JSON.stringify(body).slice(0, 90)).toBeGreaterThanOrEqual(400)
    const types = ['text/plain', 'application/json; charset=utf-16', 'application/x-www-form-urlencoded']
    for (const type of types) {
      const headers: readonly Header[] = [
        ['Authorization', `Bearer ${made.secret}`],
        ['Content-Type', type],
      ]
      const sent = { method: 'POST', target: '/mcp', headers, body: [JSON.stringify(message('ping'))] }
      expect((await send1((await start()).port, sent)).status, type).toBeGreaterThanOrEqual(400)
    }
    expect(got).toEqual([])
    expect((await post(made, file('{"file":"ABC","more":1,"More":2,"in":{"File":1}}'))).status).toBe(200)
  })

  it('whose value makes the path of another endpoint is refused, whatever that one takes', async () => {
    const { post, make, got } = await start()
    const made = await make(['files:read'])
    // GET /v1/files/all is an endpoint of its own, which any token may call.
    expect(codeOf(await post(made, call('read_file', { file: 'all' })))).toBe('request_malformed')
    for (const file of ['..', '.', 'ABC/../DEF', 'ABC?x', 'ABC#x', 'ABC%2F', '$&', 'ABC\\DEF'])
      expect((await post(made, call('read_file', { file }))).status, file).toBeGreaterThanOrEqual(400)
    expect(got).toEqual([])
  })

  it('is told of its arguments where they make no path, and not of a path that it has not sent', async () => {
    const { post, make } = await start()
    const made = await make(['files:read'], ['ABC'])
    const messageOf = async (tool: string, args: object) =>
      JSON.parse((await post(made, call(tool, args))).body).error.message
    for (const file of [undefined, null, '', ['ABC'], '..', 'ABC/', 'all', 7])
      expect(await messageOf('read_file', { file }), String(file)).toMatch(/^An argument cannot stand in the path/)
    for (const value of [['ABC'], 7])
      expect(await messageOf('search', { in: value })).toMatch(/^An argument cannot stand in the path or the query/)
    expect(await messageOf('make_files', { files: 7 })).not.toMatch(/^An argument/)
  })

  it('may be a number as an id only where ids of the kind are numbers, and is text there too', async () => {
    const { post, make } = await start()
    const made = await make(['files:read'])
    // No plan has such a folder, so one that is read as an id is refused for that.
    for (const folder of [7, '7']) {
      expect(codeOf(await post(made, call('read_folder', { folder })))).toBe('resource_not_in_plan')
      expect(codeOf(await post(made, call('search_folder', { within: folder })))).toBe('resource_not_in_plan')
    }
    expect((await post(made, call('page', { page: 7 }))).status).toBe(200)
    for (const folder of [7.5, 2 ** 53])
      expect(codeOf(await post(made, call('read_folder', { folder }))), String(folder)).toBe('request_malformed')
  })

  it('names resources in a query too, each once', async () => {
    const { post, make } = await start()
    const made = await make(['files:read'], ['ABC'])
    expect((await post(made, call('search', { in: 'ABC', q: 'x&in=DEF' }))).status).toBe(200)
    expect(codeOf(await post(made, call('search', { in: 'DEF' })))).toBe('resource_not_allowed')
    expect((await post(made, call('search', { in: 'ABC&in=DEF' }))).status).toBeGreaterThanOrEqual(400)
    expect((await post(made, call('search', {}))).status).toBeGreaterThanOrEqual(400)
  })

  it('says in its headers what it says itself, or is refused', async () => {
    const { post, make } = await start()
    const made = await make(['files:read'])
    const statusOf = async (body: unknown, ...headers: readonly Header[]) => (await post(made, body, headers)).status
    const read = call('read_file', { file: 'ABC' })
    expect(await statusOf(read, ['Mcp-Method', 'tools/call'], ['Mcp-Name', 'read_file'])).toBe(200)
    expect(await statusOf(read, ['Mcp-Name', `=?base64?${btoa('read_file')}?=`])).toBe(200)
    expect(await statusOf(read, ['Mcp-Method', 'tools/list'])).toBe(400)
    expect(await statusOf(read, ['Mcp-Name', 'whoami'])).toBe(400)
    expect(await statusOf(read, ['Mcp-Name', '=?base64?***?='])).toBe(400)
    expect(await statusOf(read, ['Mcp-Method', 'tools/call'], ['Mcp-Method', 'ping'])).toBe(400)
    expect(await statusOf([read], ['Mcp-Method', 'tools/call'])).toBe(400)
  })
})

describe('a limit of requests', () => {
  it('counts a request once for the connection and once for each call of a tool, and no event of a stream', async () => {
    const takes: string[] = []
    let left = 3
    const take = ({ key }: Take) => {
      takes.push(key.split(':')[0] ?? '')
      left -= 1
      return { allowed: left >= 0, remaining: Math.max(0, left), retryMs: 7_000, fullMs: 60_000 }
    }
    const rules = [
      { name: 'connection', endpoints: 'POST /mcp', requests: 9, perSeconds: 60 },
      { name: 'tools', requests: 9, perSeconds: 60 },
    ]
    const events = (_: unknown, response: ServerResponse) => {
      response.setHeader('Content-Type', 'text/event-stream')
      for (let i = 0; i < 5; i++) response.write(`data: ${JSON.stringify(message('x', {}, i))}\n\n`)
      response.end()
    }
    const { make, post } = await start({}, events, requestLimits({ limiter: { take }, whenUnavailable: 'deny', rules }))
    const made = await make(['files:read'])
    const listed = await post(made, message('tools/list'))
    expect([listed.status, listed.body.match(/data:/g)?.length, takes]).toEqual([200, 5, ['connection']])
    const read = await post(made, call('read_file', { file: 'ABC' }))
    expect([read.status, takes]).toEqual([200, ['connection', 'connection', 'tools']])
    expect(read.headers.ratelimit).toBe('"tools";r=0;t=60')
    const refused = await post(made, call('read_file', { file: 'ABC' }))
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '7', 'ratelimit-policy': '"connection";q=9;w=60' },
    })
    expect(codeOf(refused)).toBe('rate_limited')
    expect((await post(undefined, message('ping'))).status).toBe(401)
    expect(takes).toHaveLength(4)
  })
})

describe('a batch', () => {
  it('with one forbidden member is refused whole', async () => {
    const { post, make, got } = await start()
    const made = await make(['files:read'], ['ABC'])
    const good = [message('ping'), call('read_file', { file: 'ABC' }), call('whoami')]
    expect((await post(made, good)).status).toBe(200)
    expect(got).toEqual([good])
    const bad = [
      call('read_file', { file: 'DEF' }),
      call('wipe'),
      call('nothing'),
      message('prompts/get'),
      {},
      null,
      [good],
    ]
    for (const member of bad)
      for (const place of [0, 1, 3]) {
        const body = good.toSpliced(place, 0, member as never)
        expect((await post(made, body)).status, JSON.stringify(body)).toBeGreaterThanOrEqual(400)
      }
    expect(got).toHaveLength(1)
  })
})

describe('a session', () => {
  const server = (_: Any, response: ServerResponse): void => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'session-1' })
    response.end('{"jsonrpc":"2.0","id":1,"result":{}}')
  }
  const SESSION: Header = ['Mcp-Session-Id', 'session-1']

  it('belongs to the token that began it, whatever its secret, until it ends', async () => {
    const { post, other, make, tokens } = await start({}, server)
    const [mine, yours] = [await make(['files:read']), await make(['files:read'])]
    expect((await post(mine, message('ping'), [SESSION])).status).toBe(404)
    expect((await post(mine, message('initialize'))).status).toBe(200)
    expect((await post(mine, message('ping'), [SESSION])).status).toBe(200)
    for (const method of ['GET', 'DELETE']) expect((await other(method, yours, [SESSION])).status).toBe(404)
    expect((await post(yours, message('ping'), [SESSION])).status).toBe(404)
    // A server that gives an id twice gives nobody another's session.
    expect((await post(yours, message('initialize'))).status).toBe(200)
    expect((await post(yours, message('ping'), [SESSION])).status).toBe(404)
    expect((await post(mine, message('ping'), [SESSION, SESSION])).status).toBe(404)
    const { secret } = await tokens.refresh({ actor: 'ada', id: mine.id })
    expect((await post({ ...mine, secret: secret.reveal() }, message('ping'), [SESSION])).status).toBe(200)
    expect((await other('DELETE', mine, [SESSION])).status).toBe(200)
    expect((await post(mine, message('ping'), [SESSION])).status).toBe(404)
  })

  it.each([
    ['of the same plan', 'acme'],
    ['of another plan', 'other'],
  ])('is not forgotten because another token %s begins many', (_, planId) => {
    const sessions = createSessions()
    const [mine, yours] = [
      { id: 'mine', planId: 'acme' },
      { id: 'yours', planId },
    ]
    for (const session of ['mine-1', 'mine-2']) sessions.begin(session, mine)
    for (let i = 0; i < 10_100; i++) sessions.begin(`yours-${i}`, yours)
    const isKept = (session: string, tokenId: string) => sessions.isOf(session, tokenId)
    expect(['mine-1', 'mine-2'].map((session) => isKept(session, 'mine'))).toEqual([true, true])
    // 10,000 in all: of the other's, the newest.
    expect([isKept('yours-101', 'yours'), isKept('yours-102', 'yours')]).toEqual([false, true])
    sessions.end('mine-1')
    expect(isKept('mine-1', 'mine')).toBe(false)
    sessions.begin('yours-one-more', yours)
    expect(isKept('yours-102', 'yours')).toBe(true)
  })

  it('is not forgotten because another plan makes many tokens, each with one', () => {
    const sessions = createSessions()
    const mine = { id: 'mine', planId: 'acme' }
    for (const session of ['mine-1', 'mine-2']) sessions.begin(session, mine)
    for (let i = 0; i < 10_050; i++) sessions.begin(`yours-${i}`, { id: `token-${i}`, planId: 'other' })
    expect(['mine-1', 'mine-2'].map((session) => sessions.isOf(session, 'mine'))).toEqual([true, true])
    expect([51, 52].map((i) => sessions.isOf(`yours-${i}`, `token-${i}`))).toEqual([false, true])
  })

  it('is where a stream can be resumed: without one it is nobody’s', async () => {
    const { post, other, make, got } = await start({}, server)
    const [mine, yours] = [await make(['files:read']), await make(['files:read'])]
    await post(mine, message('initialize'))
    const last: Header = ['Last-Event-ID', 'event-1']
    expect((await other('GET', mine, [last, SESSION])).status).toBe(200)
    for (const headers of [[last], [last, SESSION]]) expect((await other('GET', yours, headers)).status).toBe(404)
    expect((await other('GET', mine, [last])).status).toBe(404)
    expect(got).toHaveLength(2)
    expect((await other('GET', mine)).status).toBe(200)
  })
})

describe('a request', () => {
  it('of another method is answered with those that there are, and only to a token', async () => {
    const { other, make, got } = await start()
    const made = await make(['connect'])
    const reply = await other('PUT', made)
    expect([reply.status, reply.headers.allow]).toEqual([405, 'POST, GET, DELETE'])
    expect((await other('PUT', undefined)).status).toBe(401)
    expect(got).toEqual([])
  })

  it('with two credentials, or one in another place, is refused', async () => {
    const { post, other, make } = await start()
    const [made, more] = [await make(['connect']), await make(['connect'])]
    expect((await post(made, message('ping'), [['Authorization', `Bearer ${more.secret}`]])).status).toBe(400)
    expect((await other('GET', undefined, [['X-Api-Key', made.secret]])).status).toBe(401)
  })

  it('is challenged as RFC 6750 and RFC 9728 say, and finds the metadata', async () => {
    const { post, make, guard } = await start({
      ...{ resource: 'https://mcp.example/team/mcp', authorizationServers: ['https://login.example'] },
    })
    const where = 'resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/team/mcp"'
    const challengeOf = async (made: Made | undefined, body: unknown) =>
      (await post(made, body)).headers['www-authenticate']
    expect(await challengeOf(undefined, call('read_file', { file: 'ABC' }))).toBe(`Bearer realm="mcp", ${where}`)
    expect(await challengeOf({ id: '', secret: 'agent_x' }, message('ping'))).toMatch(
      /^Bearer realm="mcp", error="invalid_token".*resource_metadata=/,
    )
    const reply = await post(await make(['connect']), call('read_file', { file: 'ABC' }))
    expect([reply.status, codeOf(reply)]).toEqual([403, 'scope_missing'])
    expect(reply.headers['www-authenticate']).toMatch(
      /error="insufficient_scope".*scope="files:read", resource_metadata="https:/,
    )
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(guard.metadata).toEqual({
      path: '/.well-known/oauth-protected-resource/team/mcp',
      document: {
        resource: 'https://mcp.example/team/mcp',
        authorization_servers: ['https://login.example'],
        scopes_supported: ['connect', 'files:read', 'files:write', 'admin'],
        bearer_methods_supported: ['header'],
      },
    })
    expect(world().guard.metadata).toBeUndefined()
  })

  it('runs nothing where what a host has put in place of decide fails, or decides nothing', async () => {
    const { tokens, make } = world()
    const made = await make(['connect'])
    for (const decide of [() => Promise.reject(new Error('x')), () => undefined, () => ({ allowed: 'yes' })]) {
      const guard = mcpGuard({ ...tokens, decide: decide as never }, OPTIONS)
      const ran: unknown[] = []
      const port = await serve(guard, (_, response) => void response.end(String(ran.push(1))))
      const headers: readonly Header[] = [['Authorization', `Bearer ${made.secret}`]]
      expect((await send1(port, { method: 'GET', target: '/mcp', headers })).status).toBe(500)
      expect(ran).toEqual([])
    }
  })
})

describe('what goes out', () => {
  const LIST = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    result: { tools: [{ name: 'wipe' }, { name: 'whoami' }, { name: 'hidden' }, 7] },
  })
  const SHOWN = { jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'whoami' }] } }
  const dataOf = ({ body }: Reply): unknown[] =>
    [...body.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''))

  it.each<[string, (response: ServerResponse) => void]>([
    [
      'in one piece',
      (response) =>
        void response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': LIST.length }).end(LIST),
    ],
    [
      'in pieces',
      (response) => {
        response.setHeader('Content-Type', 'application/json')
        response.setHeader('Content-Length', LIST.length)
        for (const piece of LIST.match(/.{1,9}/g) ?? []) response.write(Buffer.from(piece))
        response.end()
      },
    ],
    [
      'with flat headers',
      (response) =>
        void response
          .writeHead(200, ['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(LIST.length)])
          .end(LIST),
    ],
  ])('shows a list as JSON %s with the tools of the token', async (_, write) => {
    const { post, make } = await start({}, (_request, response) => write(response))
    const reply = await post(await make(['connect']), message('tools/list'))
    expect(JSON.parse(reply.body)).toEqual(SHOWN)
    expect(reply.headers['cache-control']).toBe('no-store')
  })

  it.each(['application/json', 'text/event-stream', 'text/plain'])('goes out over HTTP/2 as %s', async (type) => {
    const { guard, make } = world()
    const body = type === 'text/event-stream' ? `data: ${LIST}\n\n` : LIST
    const server = createServer((request, response) =>
      guard(request, response as never, () => void response.writeHead(200, { 'Content-Type': type }).end(body)),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.destroy()
      server.close()
    })
    const { secret } = await make(['connect'])
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
    const stream = client.request({ ':method': 'POST', ':path': '/mcp', ...headers })
    stream.end(JSON.stringify(message('tools/list')))
    const shown = (await text(stream)).replace(/^data: /, '').trim()
    expect(JSON.parse(shown)).toEqual(type === 'text/plain' ? JSON.parse(LIST) : SHOWN)
  })

  it.each([1, 7, 1_000])('shows lists in a stream that comes in pieces of %i bytes', async (size) => {
    const stream = `: hello\n\nevent: message\nid: 1\ndata: ${LIST}\n\nevent: message\r\ndata: ${LIST}\r\n\r\ndata: {"jsonrpc":"2.0","method":"x"}\n\n`
    const { other, make } = await start({}, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.flushHeaders()
      for (let at = 0; at < stream.length; at += size) response.write(stream.slice(at, at + size))
      response.end()
    })
    const reply = await other('GET', await make(['connect']))
    expect(dataOf(reply)).toEqual([SHOWN, SHOWN, { jsonrpc: '2.0', method: 'x' }])
    expect(reply.body).toMatch(/^: hello\n\nevent: message\nid: 1\n/)
  })

  it('cuts a stream off at the first message after the token was revoked', async () => {
    const open: ServerResponse[] = []
    const { port, make, revoke } = await start({}, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      open.push(response)
      response.write('data: 1\n\n')
    })
    const made = await make(['connect'])
    const headers: readonly Header[] = [['Authorization', `Bearer ${made.secret}`]]
    const reply = send1(port, { method: 'GET', target: '/mcp', headers })
    while (open.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    open[0]?.write('data: 2\n\n')
    await new Promise((resolve) => setTimeout(resolve, 30))
    await revoke(made.id)
    open[0]?.write('data: 3\n\n')
    expect((await reply).body).toMatch(/data: 1\s+.*data: 2/s)
    expect((await reply).body).not.toContain('data: 3')
  })

  it('does not go out where it cannot be read', async () => {
    const { other, post, make } = await start({}, (request, response) => {
      const isList = request.method === 'POST'
      response.writeHead(200, { 'Content-Type': isList ? 'application/json' : 'text/event-stream' })
      response.end(`data: {"result":{"tools":[{"name":"wipe"}]}\n\n`)
    })
    const made = await make(['connect'])
    for (const reply of [await other('GET', made), await post(made, message('tools/list'))])
      expect(reply.body).not.toContain('wipe')
  })

  it('does not go out where it is packed before the guard could read it', async () => {
    const { post, make } = await start({}, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
      response.end(gzipSync(LIST))
    })
    expect((await post(await make(['connect']), message('tools/list'))).status).toBe(0)
  })

  it('leaves an answer of another type as it is', async () => {
    const { other, make } = await start({}, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' })
      response.write('as ')
      response.end('it is')
    })
    expect((await other('GET', await make(['connect']))).body).toContain('it is')
  })
})

describe('at start', () => {
  it('every mistake is told at once', () => {
    const { tokens } = world()
    const options = {
      connection: 'POST /mpc',
      tools: {
        read_file: { route: 'GET /v1/files/{file_key}', arguments: { file: 'file_key' } },
        gone: 'GET /v1/nothing',
        odd: 7,
      },
      served: ['read_file', 'other'],
      resource: 'http://mcp.example/mcp',
      authorizationServers: ['https://login.example', 'login.example', 'https://:pass@login.example'],
      methods: { 'tools/call': 'GET /v1/me' },
      nope: true,
    }
    let message = ''
    try {
      mcpGuard(tokens, options as never)
    } catch (error) {
      message = String(error)
    }
    for (const said of [
      'mcpGuard() found mistakes in the set-up:',
      'connection: is not a route of this policy. Did you mean "POST /mcp"?',
      'tools.read_file.arguments.file: is no name in the path or the query of the route.',
      'tools.gone: is not a route of this policy.',
      'tools.odd: ',
      'tools.other: is a tool of the server and has no endpoint. Without one it is refused.',
      'tools.gone: is no tool of the server.',
      'resource: must be a URL such as',
      'authorizationServers[1]: must be the URL of an issuer',
      'authorizationServers[2]: must be the URL of an issuer',
      'methods["tools/call"]: is judged by what `tools` says of each tool. Name them there.',
      'nope: is not a field here.',
    ])
      expect(message).toContain(said)
    expect(() => mcpGuard(tokens, { ...OPTIONS, connection: 'GET /v1/files/{file_key}' })).toThrow(
      /must have no parameters/,
    )
    for (const connection of ['POST /v1/files', 'GET /v1/search'])
      expect(() => mcpGuard(tokens, { ...OPTIONS, connection })).toThrow(/connection: must name no resource/)
    expect(() => mcpGuard(tokens, { ...OPTIONS, surface: 'other' })).toThrow(
      /surface: is "other", and must be one of mcp/,
    )
    expect(() => mcpGuard({} as never, OPTIONS)).toThrow(/tokens: must be what createPlanTokens/)
    expect(() => mcpGuard(tokens, undefined as never)).toThrow(/connection: /)
  })
})

it('keeps a token to its addresses: when it connects, at each message and while a stream lasts', async () => {
  let here: string | undefined = '203.0.113.7'
  const options = { address: () => here }
  const stream = (_: Any, response: ServerResponse): void => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n')
    // What is known of the socket may go; the stream was opened from where it was opened.
    here = undefined
    response.end('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n')
  }
  const { make, post, tokens } = await start(options, stream)
  const made = await make(['connect'])
  await tokens.edit({ actor: 'ada', id: made.id, addresses: ['203.0.113.0/24'] })
  const reply = await post(made, message('ping'))
  expect([reply.status, reply.body.match(/data: /g)?.length]).toEqual([200, 2])
  const refused = await post(made, message('ping'))
  expect([refused.status, codeOf(refused)]).toEqual([403, 'address_not_allowed'])
  const plain = await start({ address: ({ socket }) => socket?.remoteAddress })
  const own = await plain.make(['connect'])
  for (const [addresses, status] of [
    [['127.0.0.1'], 200],
    [['203.0.113.7'], 403],
  ] as const) {
    await plain.tokens.edit({ actor: 'ada', id: own.id, addresses })
    expect((await plain.post(own, message('ping'), [['X-Forwarded-For', '203.0.113.7']])).status).toBe(status)
  }
})
