/** AuthZEN over a socket: our own vocabulary, who may ask, and what is said of messages that are none. */
import { createServer } from 'node:http'
import { SetupError } from 'plan-access-tokens'
import { type AuthzenOptions, authzen, toNode } from 'plan-access-tokens/gateway'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, B, type World, world, Z } from '../attack/world.ts'
import { listen } from '../http/support/site.ts'
import { send1 } from '../http/support/wire.ts'
import { SECRET } from './programs.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const TRUST = { secret: SECRET }
const ONE = '/access/v1/evaluation'
const SEVERAL = '/access/v1/evaluations'

async function start(options: Partial<AuthzenOptions> = {}) {
  const errors: unknown[] = []
  const handler = authzen(w.tokens, { trust: TRUST, onError: (error) => errors.push(error), ...options })
  const { port, close } = await listen(createServer(toNode(handler)))
  onTestFinished(close)
  const post = async (path: string, message: unknown, headers: readonly (readonly [string, string])[] = []) => {
    const own = [['Authorization', `Bearer ${SECRET}`], ['Content-Type', 'application/json'], ...headers] as const
    const reply = await send1(port, {
      method: 'POST',
      target: path,
      headers: own,
      body: [typeof message === 'string' ? message : JSON.stringify(message)],
    })
    return { ...reply, json: reply.status === 200 ? JSON.parse(reply.body) : undefined }
  }
  return { port, handler, errors, post }
}

const subject = (id: string) => ({ type: 'plan_access_token', id })
const file = (key: string) => ({ type: 'route', id: '/v1/files/{file_key}', properties: { params: { file_key: key } } })
const GET = { name: 'GET' }

describe('an evaluation', () => {
  it.each<readonly [string, object, object]>([
    ['of a route', { action: GET, resource: file(A) }, { decision: true }],
    [
      'of a route of another resource',
      { action: GET, resource: file(B) },
      { decision: false, context: { code: 'resource_not_allowed', status: 403 } },
    ],
    [
      'of a resource that is nowhere',
      { action: GET, resource: file('Nowhere') },
      { decision: false, context: { code: 'resource_not_in_plan' } },
    ],
    ['of a target', { action: GET, resource: { type: 'target', id: `/v1/files/${A}?depth=1` } }, { decision: true }],
    [
      'of a target that can be read in two ways',
      { action: GET, resource: { type: 'target', id: `/v1/files/${B}/../${A}` } },
      { decision: false, context: { code: 'request_malformed' } },
    ],
    ...(['query', 'params'] as const).map((name): [string, object, object] => [
      `of a target with ${name} beside it, which would not be judged`,
      {
        action: GET,
        resource: { type: 'target', id: `/v1/files/${A}`, properties: { [name]: name === 'query' ? 'ids=1:2' : {} } },
      },
      { decision: false, context: { error: { status: 400 } } },
    ]),
    [
      'of a target for nobody',
      { subject: subject(''), action: GET, resource: { type: 'target', id: `/v1/files/${A}` } },
      { decision: false, context: { code: 'token_missing' } },
    ],
    [
      'of a route with a query',
      {
        action: GET,
        resource: { type: 'route', id: '/v2/webhooks', properties: { query: 'context=project&context_id=123' } },
      },
      { decision: true },
    ],
    [
      'of a body',
      {
        action: { name: 'POST' },
        resource: {
          type: 'route',
          id: '/v1/dev_resources',
          properties: { body: { dev_resources: [{ file_key: A }] } },
        },
      },
      { decision: true },
    ],
    [
      'of a body with another resource',
      {
        action: { name: 'POST' },
        resource: {
          type: 'target',
          id: '/v1/dev_resources',
          properties: { body: { dev_resources: [{ file_key: B }] } },
        },
      },
      { decision: false, context: { code: 'resource_not_allowed' } },
    ],
    [
      'of a route that the policy does not have',
      { action: GET, resource: { type: 'route', id: '/v1/nothing' } },
      { decision: false, context: { error: { status: 400 } } },
    ],
    [
      'of a route without its parameter',
      { action: GET, resource: { type: 'route', id: '/v1/files/{file_key}' } },
      { decision: false, context: { error: { status: 400 } } },
    ],
    [
      'of a parameter that is no text',
      { action: GET, resource: { ...file(A), properties: { params: { file_key: 7 } } } },
      { decision: false },
    ],
    [
      'of a parameter that would be another path',
      { action: GET, resource: file(`${A}/comments`) },
      { decision: false, context: { code: 'request_malformed' } },
    ],
    [
      'of a resource of another type',
      { action: GET, resource: { type: 'file', id: A } },
      { decision: false, context: { error: { status: 400 } } },
    ],
    [
      'of another subject',
      { subject: { type: 'user', id: 'ada' }, action: GET, resource: file(A) },
      { decision: false, context: { error: { status: 400 } } },
    ],
    [
      'of a token by its id',
      { subject: 'ID', action: GET, resource: file(A) },
      { decision: false, context: { code: 'token_malformed' } },
    ],
    [
      'of nobody',
      { subject: subject(''), action: GET, resource: file(A) },
      { decision: false, context: { code: 'token_missing' } },
    ],
  ])('%s', async (_, message, expected) => {
    const { post, errors } = await start()
    const whole = { subject: subject(w.ONE.secret), ...message }
    const sent = (whole as { subject: unknown }).subject === 'ID' ? { ...whole, subject: subject(w.ONE.id) } : whole
    const { json, headers } = await post(ONE, sent)
    expect(json).toMatchObject(expected)
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    expect(JSON.stringify(json)).not.toContain(w.ONE.secret)
    expect(errors).toEqual([])
  })

  it('that is permitted says which token and plan', async () => {
    const { post } = await start()
    const { json } = await post(ONE, { subject: subject(w.ONE.secret), action: GET, resource: file(A) })
    expect(json).toEqual({ decision: true, context: { plan_id: '1001', token_id: w.ONE.id } })
  })

  it('is no oracle: what is unknown and what is another plan’s have one answer', async () => {
    const { post } = await start()
    const answers = await Promise.all(
      ['Nowhere', Z].map((key) => post(ONE, { subject: subject(w.ALL.secret), action: GET, resource: file(key) })),
    )
    expect(answers[0]?.json).toMatchObject({ decision: false, context: { code: 'resource_not_in_plan' } })
    expect(answers[1]?.body).toBe(answers[0]?.body)
  })
})

describe('who may ask', () => {
  const message = () => JSON.stringify({ subject: subject(w.ONE.secret), action: GET, resource: file(A) })
  it.each([
    ['nobody without the secret', []],
    ['nobody with another', [['Authorization', `Bearer ${SECRET}x`]]],
    ['nobody with it in another scheme', [['Authorization', `Basic ${SECRET}`]]],
    [
      'nobody with two',
      [
        ['Authorization', `Bearer ${SECRET}`],
        ['Authorization', `Bearer ${SECRET}`],
      ],
    ],
    ['nobody with it in the header of a gateway', [['X-Gateway-Secret', SECRET]]],
    ['no client with its token', [['Authorization', 'TOKEN']]],
  ] as const)('%s', async (_, headers) => {
    const { port, errors } = await start()
    const lines = headers.map(([name, value]) => [name, value === 'TOKEN' ? `Bearer ${w.ONE.secret}` : value] as const)
    for (const target of [ONE, SEVERAL]) {
      const reply = await send1(port, {
        method: 'POST',
        target,
        headers: [...lines, ['Content-Type', 'application/json']],
        body: [message()],
      })
      expect(reply).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="authzen"' } })
      expect(reply.body).not.toContain('decision')
    }
    expect(errors).toMatchObject([{ code: 'gateway_untrusted' }, { code: 'gateway_untrusted' }])
  })

  it('the loopback, where that is trusted, and with Fetch nobody then', async () => {
    const { port, handler } = await start({ trust: 'loopback' })
    const headers = [['Content-Type', 'application/json']] as const
    expect((await send1(port, { method: 'POST', target: ONE, headers, body: [message()] })).status).toBe(200)
    const fetched = await handler(
      new Request(`https://pdp.example${ONE}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: message(),
      }),
    )
    expect(fetched.status).toBe(401)
  })

  it('whoever has the secret, with Fetch too', async () => {
    const { handler } = await start()
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${SECRET}` }
    const answer = await handler(new Request(`https://pdp.example${ONE}`, { method: 'POST', headers, body: message() }))
    expect(await answer.json()).toMatchObject({ decision: true })
  })
})

describe('a message that is none', () => {
  const good = { subject: subject('x'), action: GET, resource: file(A) }
  it.each<readonly [string, unknown, RegExp]>([
    ['no JSON', '{', /JSON/],
    ['no object', '[]', /object/],
    [
      'a name twice',
      '{"subject":{"type":"a","id":"b"},"subject":{"type":"a","id":"c"}}',
      /twice|more than once|repeated|same name/i,
    ],
    ['properties as text', { ...good, action: { name: 'GET', properties: 'x' } }, /action\.properties/],
    ['context as text', { ...good, context: 'x' }, /context/],
    ['two things wrong', { ...good, subject: 'a', action: { name: 1 } }, /subject: .*action\.name: /],
    ['no evaluations but something else', { ...good, evaluations: 'x' }, /evaluations/],
    [
      'another semantic',
      { ...good, evaluations: [{}], options: { evaluations_semantic: 'any' } },
      /evaluations_semantic/,
    ],
    ['too many evaluations', { ...good, evaluations: Array.from({ length: 101 }, () => ({})) }, /100 entries/],
    ['too long', { ...good, context: { text: 'x'.repeat(300_000) } }, /longer/],
  ])('%s', async (_, message, words) => {
    const { post } = await start()
    const { status, body, headers } = await post(SEVERAL, message)
    expect([status, headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8'])
    expect(body).toMatch(words)
  })

  it('by another method, another path or another type', async () => {
    const { port, post } = await start()
    const headers = [['Authorization', `Bearer ${SECRET}`]] as const
    expect(await send1(port, { method: 'GET', target: ONE, headers })).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    })
    expect((await post('/access/v1/search/subject', good)).status).toBe(404)
    expect((await post(`${ONE}?x=1`, good)).status).toBe(404)
    expect(
      (
        await send1(port, {
          method: 'POST',
          target: ONE,
          headers: [...headers, ['Content-Type', 'text/plain']],
          body: [JSON.stringify(good)],
        })
      ).status,
    ).toBe(400)
    expect((await send1(port, { method: 'POST', target: ONE, headers })).status).toBe(400)
  })
})

describe('evaluations', () => {
  const of = (...keys: readonly string[]) => ({
    ...{ subject: subject(w.ONE.secret), action: GET },
    evaluations: keys.map((key) => (key === '' ? {} : { resource: file(key) })),
  })
  const decisions = (json: { evaluations: readonly { decision: boolean }[] }) =>
    json.evaluations.map(({ decision }) => decision)

  it.each([
    ['execute_all', [A, B, A], [true, false, true]],
    ['deny_on_first_deny', [A, B, A], [true, false]],
    ['deny_on_first_deny', [A, A], [true, true]],
    ['deny_on_first_deny', [A, '', A], [true, false]],
    ['permit_on_first_permit', [B, A, B], [false, true]],
    ['permit_on_first_permit', [B, ''], [false, false]],
    [undefined, [B, A, ''], [false, true, false]],
  ] as const)('%s of %j', async (semantic, keys, expected) => {
    const { post } = await start()
    const { json } = await post(SEVERAL, {
      ...of(...keys),
      ...(semantic && { options: { evaluations_semantic: semantic, other: 1 } }),
    })
    expect(decisions(json)).toEqual(expected)
    expect(Object.keys(json)).toEqual(['evaluations'])
  })

  it('has what is missing in one of them in its context', async () => {
    const { post } = await start()
    const { json } = await post(SEVERAL, { ...of(A, ''), evaluations: [...of(A, '').evaluations, 7] })
    expect(json.evaluations.slice(1)).toEqual([
      { decision: false, context: { error: { status: 400, message: 'resource: is missing.' } } },
      { decision: false, context: { error: { status: 400, message: expect.any(String) } } },
    ])
  })
})

describe('the identifier of a request', () => {
  it.each(['bfe9eb29-ab87-4ca3-be83-a1d5d8305716', 'any text; it is arbitrary'])('comes back: %s', async (id) => {
    const { post, port } = await start()
    const header = [['X-Request-ID', id]] as const
    for (const message of [{ subject: subject('x'), action: GET, resource: file(A) }, '{'])
      expect((await post(ONE, message, header)).headers['x-request-id']).toBe(id)
    expect((await send1(port, { method: 'POST', target: ONE, headers: header })).headers['x-request-id']).toBe(id)
  })

  it('is not made up', async () => {
    const { post } = await start()
    expect((await post(ONE, '{')).headers).not.toHaveProperty('x-request-id')
  })
})

describe('the metadata', () => {
  it.each([
    ['https://pdp.example.com', '', '/.well-known/authzen-configuration'],
    ['https://pdp.example.com:8443/tenant1', '/tenant1', '/.well-known/authzen-configuration/tenant1'],
  ])('of %s', async (identifier, path, place) => {
    const { port, post } = await start({ identifier })
    const reply = await send1(port, { method: 'GET', target: place })
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(reply.body)).toEqual({
      policy_decision_point: identifier,
      access_evaluation_endpoint: identifier + ONE,
      access_evaluations_endpoint: identifier + SEVERAL,
    })
    expect((await send1(port, { method: 'POST', target: place })).status).toBe(405)
    expect(
      (await post(path + ONE, { subject: subject(w.ONE.secret), action: GET, resource: file(A) })).json.decision,
    ).toBe(true)
  })

  it('is not there without an identifier', async () => {
    const { port } = await start()
    expect((await send1(port, { method: 'GET', target: '/.well-known/authzen-configuration' })).status).toBe(404)
  })
})

describe('a vocabulary of the host’s', () => {
  const message = {
    subject: { type: 'user', id: 'alice' },
    action: { name: 'read' },
    resource: { type: 'file', id: A },
  }

  it('asks what the host says', async () => {
    const { post } = await start({
      ask: async ({ subject: { id }, resource }) =>
        id === 'alice'
          ? { secret: w.ONE.secret, route: 'GET /v1/files/{file_key}', params: { file_key: resource.id } }
          : undefined,
    })
    expect((await post(ONE, message)).json.decision).toBe(true)
    expect((await post(ONE, { ...message, resource: { type: 'file', id: B } })).json.decision).toBe(false)
    expect((await post(ONE, { ...message, subject: { type: 'user', id: 'bob' } })).json.decision).toBe(false)
  })

  it.each(['throws', 'rejects'])('denies where it %s, and onError is told', async (how) => {
    const { post, errors } = await start({
      ask: () => {
        if (how === 'throws') throw new Error('mine')
        return Promise.reject(new Error('mine'))
      },
    })
    expect((await post(ONE, message)).json).toEqual({
      decision: false,
      context: { error: { status: 500, message: 'It could not be evaluated.' } },
    })
    expect(errors.map(String)).toEqual(['Error: mine'])
  })
})

it('a store that does not answer denies', async () => {
  const { post } = await start()
  w.store.replace.findByDigest = () => Promise.reject(new Error('down'))
  onTestFinished(() => void delete w.store.replace.findByDigest)
  const { json } = await post(ONE, { subject: subject(w.ONE.secret), action: GET, resource: file(A) })
  expect(json).toMatchObject({ decision: false, context: { code: 'unavailable', status: 503 } })
})

it.each([
  'http://pdp.example.com',
  'https://pdp.example.com/',
  'https://pdp.example.com?x',
  'https://pdp.example.com#x',
  'https://user@pdp.example.com',
  'https://pdp.example.com/a/../b',
  'https://PDP.example.com',
  'pdp.example.com',
])('does not start as %s', (identifier) => {
  expect(() => authzen(w.tokens, { trust: TRUST, identifier })).toThrow(SetupError)
})

it('goes by the address that the caller tells of the client, for a token that may be used from some alone', async () => {
  const made = await w.make({ addresses: ['203.0.113.0/24'] })
  const of = (context?: object) => ({
    subject: subject(made.secret),
    action: GET,
    resource: file(A),
    ...(context && { context }),
  })
  const { post } = await start({ address: ({ context }) => context?.ip })
  for (const [context, expected] of [
    [{ ip: '203.0.113.7' }, { decision: true }],
    [{ ip: '198.51.100.7' }, { decision: false, context: { code: 'address_not_allowed', status: 403 } }],
    [{ ip: ['203.0.113.7'] }, { decision: false }],
    [undefined, { decision: false }],
  ] as const)
    expect((await post(ONE, of(context))).json).toMatchObject(expected)
  const without = await start()
  const headers = [['X-Forwarded-For', '203.0.113.7']] as const
  expect((await without.post(ONE, of({ ip: '203.0.113.7' }), headers)).json).toMatchObject({ decision: false })
  expect(() => authzen(w.tokens, { trust: TRUST, address: 'x' as never })).toThrow(/address: must be a function/)
})
