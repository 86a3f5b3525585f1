/** `forwardAuth` itself: who is believed, which request is asked about, and what is answered, with Fetch and with Node. */
import { createServer } from 'node:http'
import fc from 'fast-check'
import { createPlanTokens, definePolicy, memoryStore, SetupError } from 'plan-access-tokens'
import {
  type ForwardAuthOptions,
  forwardAuth,
  type Gateway,
  type GatewayRequest,
  toNode,
} from 'plan-access-tokens/gateway'
import { testDirectory } from 'plan-access-tokens/testing'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, B, type World, world } from '../attack/world.ts'
import { listen } from '../http/support/site.ts'
import { send1 } from '../http/support/wire.ts'
import { SECRET } from './programs.ts'
import { startAuth } from './servers.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const TRUST = { secret: SECRET }
const OWN = ['X-Gateway-Secret', SECRET] as const
const TARGET = `/v1/files/${A}`
type Lines = readonly (readonly [string, string])[]

/** How each gateway asks about a request. */
const asks = (gateway: Gateway, method: string, url: string): Lines =>
  gateway === 'nginx'
    ? [
        ['X-Original-Method', method],
        ['X-Original-URI', url],
      ]
    : [
        ['X-Forwarded-Method', method],
        ['X-Forwarded-Uri', url],
      ]

const IN_HEADERS = ['traefik', 'caddy', 'nginx'] as const

/** Asks over a socket, and gives status and code. */
async function ask(port: number, headers: Lines, target = '/forward-auth') {
  const {
    status,
    body,
    headers: answered,
  } = await send1(port, {
    ...{ method: 'GET', target },
    headers: [['X-Figma-Token', w.ONE.secret], ...headers],
  })
  return { status, code: status === 200 ? 'allowed' : JSON.parse(body).code, headers: answered }
}

/** Asks as a Fetch request. */
async function askFetch(options: ForwardAuthOptions, headers: Lines, url = 'https://auth.example/forward-auth') {
  const response = await forwardAuth(w.tokens, { onWarning: () => undefined, ...options })(
    new Request(url, {
      headers: [['X-Figma-Token', w.ONE.secret], ...headers.map(([name, value]) => [name, value] as [string, string])],
    }),
  )
  return {
    status: response.status,
    code: response.ok ? 'allowed' : (await response.json()).code,
    headers: response.headers,
  }
}

describe.each(IN_HEADERS)('which request %s asks about', (gateway) => {
  const [method, uri] = asks(gateway, 'GET', TARGET).map(([name]) => name) as [string, string]
  const rows: readonly [name: string, headers: Lines, code: string][] = [
    ['is in its two headers', asks(gateway, 'GET', TARGET), 'allowed'],
    [
      'is that one whatever the headers of others say',
      [
        ...asks(gateway, 'GET', TARGET),
        ['X-Forwarded-Prefix', '/v1/files'],
        ['X-Original-URL', TARGET],
        ['Forwarded', 'for=1'],
      ],
      'allowed',
    ],
    ['may be another resource', asks(gateway, 'GET', `/v1/files/${B}`), 'resource_not_allowed'],
    ['may be by another method', asks(gateway, 'DELETE', TARGET), 'endpoint_unknown'],
    ['is not said without the target', asks(gateway, 'GET', TARGET).slice(0, 1), 'gateway_request_unreadable'],
    ['is not said without the method', asks(gateway, 'GET', TARGET).slice(1), 'gateway_request_unreadable'],
    ['is not said at all', [], 'gateway_request_unreadable'],
    ['is not said by an empty target', asks(gateway, 'GET', ''), 'gateway_request_unreadable'],
    [
      'is not said by the headers of another gateway',
      asks(gateway === 'nginx' ? 'caddy' : 'nginx', 'GET', TARGET),
      'gateway_request_unreadable',
    ],
  ]
  it.each(rows)('%s', async (_, headers, code) => {
    const { port } = await startAuth(w.tokens, { gateway, trust: TRUST })
    expect((await ask(port, [OWN, ...headers])).code).toBe(code)
    expect((await askFetch({ gateway, trust: TRUST, onError: () => undefined }, [OWN, ...headers])).code).toBe(code)
  })

  it.each([
    [uri, TARGET],
    [uri, `/v1/files/${B}`],
    [uri.toLowerCase(), TARGET],
    [method, 'GET'],
    [method, 'POST'],
  ])('is refused where %s comes twice (%s)', async (name, value) => {
    const { port, errors } = await startAuth(w.tokens, { gateway, trust: TRUST })
    expect(await ask(port, [OWN, ...asks(gateway, 'GET', TARGET), [name, value]])).toMatchObject({
      status: 403,
      code: 'gateway_request_unreadable',
    })
    expect(errors).toMatchObject([
      { name: 'GatewayError', code: 'gateway_request_unreadable', message: expect.stringContaining(uri) },
    ])
    // Fetch joins the lines, and no target and no method has a comma and a space.
    const fetched = await askFetch({ gateway, trust: TRUST, onError: () => undefined }, [
      OWN,
      ...asks(gateway, 'GET', TARGET),
      [name, value],
    ])
    expect(fetched.status).not.toBe(200)
  })

  it('is judged below a base path', async () => {
    const { port } = await startAuth(w.tokens, { gateway, trust: TRUST, basePath: '/api' })
    expect((await ask(port, [OWN, ...asks(gateway, 'GET', `/api${TARGET}`)])).code).toBe('allowed')
    expect((await ask(port, [OWN, ...asks(gateway, 'GET', TARGET)])).code).toBe('endpoint_unknown')
  })
})

describe('which request Envoy asks about', () => {
  it('is its own, behind the prefix', async () => {
    const { port } = await startAuth(w.tokens, { gateway: 'envoy', trust: TRUST, pathPrefix: '/check' })
    const codeOf = async (target: string) => (await ask(port, [OWN, ...asks('traefik', 'GET', TARGET)], target)).code
    expect(await codeOf(`/check${TARGET}?depth=1`)).toBe('allowed')
    expect(await codeOf(`/check/v1/files/${B}`)).toBe('resource_not_allowed')
    expect(await codeOf(`/check/v1/files/${B}/../${A}`)).toBe('request_malformed')
    expect(await codeOf(`/check/..${TARGET}`)).toBe('request_malformed')
    expect(await codeOf(TARGET)).toBe('gateway_request_unreadable')
    expect(await codeOf(`/checks${TARGET}`)).toBe('gateway_request_unreadable')
    expect(await codeOf(`/CHECK${TARGET}`)).toBe('gateway_request_unreadable')
  })

  it('cannot be told in a Fetch server, which resolves dots', async () => {
    const errors: unknown[] = []
    const options: ForwardAuthOptions = { gateway: 'envoy', trust: TRUST, onError: (error) => errors.push(error) }
    const answer = await askFetch(options, [OWN], `https://auth.example/v1/files/${B}/../${A}`)
    expect(answer).toMatchObject({ status: 403, code: 'gateway_request_unreadable' })
    expect(errors).toMatchObject([{ message: expect.stringContaining('toNode()') }])
  })
})

describe('who is believed', () => {
  const right = asks('nginx', 'GET', TARGET)
  it.each<readonly [string, Lines, string]>([
    ['with the secret', [OWN], 'allowed'],
    ['with the secret in another letter case of the name', [['x-gateway-SECRET', SECRET]], 'allowed'],
    ['without it', [], 'gateway_untrusted'],
    ['with an empty one', [['X-Gateway-Secret', '']], 'gateway_untrusted'],
    ['with a part of it', [['X-Gateway-Secret', SECRET.slice(0, -1)]], 'gateway_untrusted'],
    ['with more than it', [['X-Gateway-Secret', `${SECRET}x`]], 'gateway_untrusted'],
    ['with it in another case', [['X-Gateway-Secret', SECRET.toUpperCase()]], 'gateway_untrusted'],
    ['with it twice', [OWN, OWN], 'gateway_untrusted'],
    ['with it and another', [['X-Gateway-Secret', 'x'], OWN], 'gateway_untrusted'],
    [
      'with it in another header',
      [
        ['X-Secret', SECRET],
        ['Authorization', `Bearer ${SECRET}`],
      ],
      'gateway_untrusted',
    ],
    [
      'with an address that it says itself',
      [
        ['X-Forwarded-For', '127.0.0.1'],
        ['X-Real-IP', '::1'],
      ],
      'gateway_untrusted',
    ],
  ])('%s', async (_, headers, code) => {
    const { port, errors } = await startAuth(w.tokens, { gateway: 'nginx', trust: TRUST })
    expect((await ask(port, [...headers, ...right])).code).toBe(code)
    expect(
      (await askFetch({ gateway: 'nginx', trust: TRUST, onError: () => undefined }, [...headers, ...right])).code,
    ).toBe(code)
    expect(errors).toHaveLength(code === 'allowed' ? 0 : 1)
    for (const error of errors) expect(`${error} ${JSON.stringify(error)}`).not.toContain(SECRET.slice(0, 16))
  })

  it('any of several secrets while one is changed, in the header that the host names', async () => {
    const next = 'n'.repeat(32)
    const trust = { secret: [SECRET, next], header: 'X-Edge-Key' }
    const { port } = await startAuth(w.tokens, { gateway: 'nginx', trust })
    for (const secret of [SECRET, next])
      expect((await ask(port, [['X-Edge-Key', secret], ...right])).code).toBe('allowed')
    expect((await ask(port, [OWN, ...right])).code).toBe('gateway_untrusted')
  })

  it.each([
    ['127.0.0.1', 'allowed'],
    ['127.8.8.8', 'allowed'],
    ['::1', 'allowed'],
    ['::ffff:127.0.0.1', 'allowed'],
    ['::FFFF:127.0.0.1', 'allowed'],
    ['10.0.0.1', 'gateway_untrusted'],
    ['::ffff:10.0.0.1', 'gateway_untrusted'],
    ['127.0.0.1.evil.example', 'gateway_untrusted'],
    ['1127.0.0.1', 'gateway_untrusted'],
    ['::', 'gateway_untrusted'],
    ['', 'gateway_untrusted'],
    [undefined, 'gateway_untrusted'],
  ])('on the loopback: a socket from %s', async (remoteAddress, code) => {
    const listener = toNode(
      forwardAuth(w.tokens, {
        gateway: 'nginx',
        trust: 'loopback',
        onWarning: () => undefined,
        onError: () => undefined,
      }),
    )
    const server = createServer((request, response) =>
      // The address of the socket alone is made up.
      listener(
        Object.create(request, {
          socket: { value: { remoteAddress } },
          headers: { value: request.headers },
        }) as GatewayRequest,
        response,
      ),
    )
    const { port, close } = await listen(server)
    onTestFinished(close)
    expect((await ask(port, [...right, ['X-Forwarded-For', '127.0.0.1']])).code).toBe(code)
  })

  it('nobody on the loopback where there is no socket to ask', async () => {
    expect((await askFetch({ gateway: 'nginx', trust: 'loopback', onError: () => undefined }, right)).code).toBe(
      'gateway_untrusted',
    )
  })
})

describe('what is told of the token', () => {
  const policy = definePolicy({
    ...{ surface: 'shop', credential: { headers: [], bearer: true }, tiers: ['business'] },
    scopes: { read: {}, '-': {}, '-too-long': {}, 'a%2Db': {} },
    ...{ types: { live: { prefix: 'shop' } }, kinds: { item: { id: 'name' } } },
    links: { hosts: ['shop.example'], shapes: ['/i/{item}'] },
    endpoints: {
      'GET /items': { scopes: ['read', '-', '-too-long', 'a%2Db'], names: 'filtered' },
      'GET /open': { scopes: [], names: 'nothing', public: true },
    },
  })

  async function told(
    planId: string,
    scopes: readonly string[],
    items: readonly string[] | 'all',
    options: object = {},
  ) {
    const resources = Object.fromEntries((items === 'all' ? [] : items).map((id) => [`item:${id}`, {}]))
    const directory = testDirectory({ [planId]: { tier: 'business', admins: ['ada'], resources } })
    const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
    const { token, secret } = await tokens.create({
      ...{ actor: 'ada', planId, type: 'live', name: 'n', lifetimeDays: 1, scopes: scopes as never },
      resources: items === 'all' ? 'all' : items.map((id) => `https://shop.example/i/${id}`),
    })
    const handler = forwardAuth(tokens, { gateway: 'nginx', trust: TRUST, ...options })
    const headers = [OWN, ...asks('nginx', 'GET', '/items'), ['Authorization', `Bearer ${secret.reveal()}`] as const]
    const answer = await handler(
      new Request('http://auth', { headers: headers.map(([name, value]) => [name, value] as [string, string]) }),
    )
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe('')
    return { token, of: (name: string) => answer.headers.get(name) }
  }

  it('is plan, token, scopes and reach', async () => {
    const { token, of } = await told('acme', ['read'], ['i1', 'i2'])
    expect([of('x-plan-id'), of('x-token-id')]).toEqual(['acme', token.id])
    expect([of('x-token-scopes'), of('x-token-reach')]).toEqual(['read', 'item:i1 item:i2'])
    expect((await told('acme', ['read'], 'all')).of('x-token-reach')).toBe('all')
  })

  it('can be read back in one way, whatever ids and scopes are', async () => {
    const plan = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((id) => id.trim() !== '' && !/[\\/\p{Cc}]/u.test(id) && id !== '.' && id !== '..' && id !== '__proto__')
    await fc.assert(
      fc.asyncProperty(fc.oneof(plan, fc.constantFrom('-', '-too-long', '%2D', 'all', 'a b', 'ä')), async (planId) => {
        const { of } = await told(planId, ['-', 'read', '-too-long', 'a%2Db'], 'all')
        expect(of('x-plan-id')).toMatch(/^(?!-)[!-~]+$/)
        expect(decodeURIComponent(of('x-plan-id') ?? '')).toBe(planId)
        const scopes = (of('x-token-scopes') ?? '').split(' ')
        for (const scope of scopes) expect(scope).not.toMatch(/^-/)
        expect(scopes.map(decodeURIComponent).toSorted()).toEqual(['-', '-too-long', 'a%2Db', 'read'])
      }),
      { numRuns: 60 },
    )
  })

  it('is never cut: what would be too long says so', async () => {
    const items = Array.from({ length: 40 }, (_, i) => `item-${i}`)
    const { of } = await told('acme', ['read'], items, { headerLength: 64 })
    expect(of('x-token-reach')).toBe('-too-long')
    expect(of('x-token-scopes')).toBe('read')
    expect((await told('acme', ['read'], items)).of('x-token-reach')?.split(' ')).toHaveLength(40)
  })

  it('is a hyphen, and no empty header, where no token stands behind the request', async () => {
    const tokens = createPlanTokens({ policy, store: memoryStore(), directory: testDirectory({}) })
    const handler = forwardAuth(tokens, { gateway: 'nginx', trust: TRUST })
    const headers = Object.fromEntries([OWN, ...asks('nginx', 'GET', '/open')])
    const answer = await handler(new Request('http://auth', { headers }))
    expect(answer.status).toBe(200)
    for (const name of ['x-plan-id', 'x-token-id', 'x-token-scopes', 'x-token-reach'])
      expect(answer.headers.get(name)).toBe('-')
  })
})

describe('a header that a server of CGI takes for one about the token', () => {
  it.each([
    'X_Plan_Id',
    'x-plan_id',
    'X_PLAN-ID',
    'X-Token_Id',
    'X_Token_Scopes',
    'X-Token_Reach',
    'X_Token-Reach',
    'X.Plan.Id',
    'x-plan.id',
    'X!Token~Scopes',
  ])('is refused: %s', async (name) => {
    const { port } = await startAuth(w.tokens, { gateway: 'caddy', trust: TRUST })
    const headers = [OWN, ...asks('caddy', 'GET', TARGET), [name, '2002'] as const]
    expect(await ask(port, headers)).toMatchObject({ status: 400, code: 'gateway_header_forged' })
    expect((await askFetch({ gateway: 'caddy', trust: TRUST }, headers)).code).toBe('gateway_header_forged')
  })

  it.each([
    ['as Node counts', undefined, 1_100, 'gateway_headers_too_many'],
    ['as the server counts', 50, 100, 'gateway_headers_too_many'],
    ['of a server that counts none', 0, 1_100, 'gateway_header_forged'],
    ['of a server that takes more', 2_000, 1_100, 'gateway_header_forged'],
  ] as const)('is not hidden behind more headers than are read, %s', async (_, most, lines, code) => {
    const handler = forwardAuth(w.tokens, { gateway: 'caddy', trust: TRUST, onWarning: () => undefined })
    const server = createServer(toNode(handler))
    if (most !== undefined) server.maxHeadersCount = most
    const { port, close } = await listen(server)
    onTestFinished(close)
    // In the order of Caddy, which sorts them: behind its own, and before the one with underscores.
    const many = Array.from({ length: lines }, () => ['X-H', ''] as const)
    const headers = [...asks('caddy', 'GET', TARGET), OWN, ...many, ['X_Plan_Id', '2002'] as const]
    expect(await ask(port, headers)).toMatchObject({ status: 400, code })
  })

  it('is no other one', async () => {
    const { port } = await startAuth(w.tokens, { gateway: 'caddy', trust: TRUST })
    const others: Lines = [
      ['X.Plan', '1'],
      ['X_Plan', '1'],
      ['X_Plan_Ids', '1'],
      ['My_X_Plan_Id', '1'],
      ['X-Plan-Id', '1'],
    ]
    expect((await ask(port, [OWN, ...asks('caddy', 'GET', TARGET), ...others])).code).toBe('allowed')
  })
})

describe('a header that names another method, which Rails, Laravel and Symfony run', () => {
  it.each([
    'X-HTTP-Method-Override',
    'x-http-method',
    'X-Method-Override',
    'X_HTTP_Method_Override',
    'X.Method_Override',
  ])('is refused: %s', async (name) => {
    for (const gateway of IN_HEADERS) {
      const { port } = await startAuth(w.tokens, { gateway, trust: TRUST })
      const headers: Lines = [OWN, ...asks(gateway, 'GET', TARGET), [name, ' Delete ']]
      const answer = await ask(port, headers)
      expect([answer.status, answer.code]).toEqual([gateway === 'nginx' ? 403 : 400, 'gateway_method_overridden'])
      expect((await askFetch({ gateway, trust: TRUST }, headers)).code).toBe('gateway_method_overridden')
    }
  })

  it('is refused in one of several lines', async () => {
    const { port } = await startAuth(w.tokens, { gateway: 'caddy', trust: TRUST })
    const twice: Lines = ['GET', 'PUT'].map((method) => ['X-HTTP-Method-Override', method] as const)
    expect((await ask(port, [OWN, ...asks('caddy', 'GET', TARGET), ...twice])).code).toBe('gateway_method_overridden')
  })

  it('is no matter where it names the same, or nothing, nor is another header', async () => {
    const { port } = await startAuth(w.tokens, { gateway: 'caddy', trust: TRUST })
    const same: Lines = [
      ['X-HTTP-Method-Override', 'get'],
      ['X-Method-Override', ''],
      ['X-HTTP-Methods', 'DELETE'],
      ['My-X-HTTP-Method', 'DELETE'],
      ['Access-Control-Request-Method', 'DELETE'],
    ]
    const headers = [OWN, ...asks('caddy', 'GET', TARGET), ...same]
    expect((await ask(port, headers)).code).toBe('allowed')
    expect((await askFetch({ gateway: 'caddy', trust: TRUST }, headers)).code).toBe('allowed')
  })
})

describe('a header that names another target, which servers behind proxies of Microsoft go by', () => {
  it.each<[string, string]>([
    ['X-Original-URL', `/v1/files/${B}`],
    ['x-rewrite-url', `/v1/files/${B}`],
    ['X_Rewrite_Url', `/v1/files/${B}`],
    ['X.Original_URL', `/v1/files/${B}`],
    ['X-Original-URL', `https://api.example/v1/files/${B}`],
    ['X-Original-URL', `${TARGET}?depth=1`],
    ['X-Original-URL', `${TARGET}/`],
    ['X-Original-URL', 'v1'],
  ])('is refused: %s: %s', async (name, value) => {
    for (const gateway of IN_HEADERS) {
      const { port } = await startAuth(w.tokens, { gateway, trust: TRUST })
      const headers: Lines = [OWN, ...asks(gateway, 'GET', TARGET), [name, value]]
      const answer = await ask(port, headers)
      expect([answer.status, answer.code]).toEqual([gateway === 'nginx' ? 403 : 400, 'gateway_target_overridden'])
      expect((await askFetch({ gateway, trust: TRUST }, headers)).code).toBe('gateway_target_overridden')
    }
  })

  it.each<[string, string]>([
    ['X-Original-URL', TARGET],
    ['X-Rewrite-URL', `https://api.example:8443${TARGET}`],
    ['X-Original-URL', ''],
    ['X-Original-Host', 'api.example'],
    ['My-X-Original-URL', `/v1/files/${B}`],
  ])('is no matter where it names the same, or nothing, nor is another header: %s: %s', async (name, value) => {
    const { port } = await startAuth(w.tokens, { gateway: 'traefik', trust: TRUST })
    const headers: Lines = [OWN, ...asks('traefik', 'GET', TARGET), [name, value]]
    expect((await ask(port, headers)).code).toBe('allowed')
  })
})

describe('a wish for another protocol, behind which nobody would judge anything', () => {
  it.each([
    ['h2c'],
    ['H2C'],
    ['websocket, h2c'],
    ['h2c', 'websocket'],
    ['websocket', 'websocket'],
    ['TLS/1.0'],
    ['websocketx'],
  ])('is refused: %s %s', async (...wanted) => {
    const { port } = await startAuth(w.tokens, { gateway: 'caddy', trust: TRUST })
    const lines: Lines = wanted.flatMap((one) => (one === undefined ? [] : [['Upgrade', one] as const]))
    const headers: Lines = [OWN, ...asks('caddy', 'GET', TARGET), ...lines]
    expect(await ask(port, headers)).toMatchObject({ status: 400, code: 'gateway_upgrade_refused' })
    expect((await askFetch({ gateway: 'caddy', trust: TRUST }, headers)).code).toBe('gateway_upgrade_refused')
  })

  it.each(['websocket', 'WebSocket', ''])('is judged as any request where it is a WebSocket: "%s"', async (wanted) => {
    const { port } = await startAuth(w.tokens, { gateway: 'caddy', trust: TRUST })
    const upgrade: Lines = [['Upgrade', wanted]]
    expect((await ask(port, [OWN, ...asks('caddy', 'GET', TARGET), ...upgrade])).code).toBe('allowed')
    const elsewhere = await ask(port, [OWN, ...asks('caddy', 'GET', `/v1/files/${B}`), ...upgrade])
    expect(elsewhere.code).toBe('resource_not_allowed')
  })
})

describe('what nginx cannot pass on', () => {
  const headers = (code: string) => ({ status: code })
  it.each([
    ['/v1/me', 403, headers('403')],
    [`${TARGET}/`, 403, headers('400')],
  ])('%s stands in headers', async (url, status, { status: own }) => {
    const answer = await askFetch({ gateway: 'nginx', trust: TRUST }, [OWN, ...asks('nginx', 'GET', url)])
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-refusal-status')).toBe(own)
    expect(JSON.parse(answer.headers.get('x-refusal-body') ?? '')).toMatchObject({
      code: answer.code,
      status: Number(own),
    })
  })

  it.each([
    ['ASCII', '{"a":"b"}', '{"a":"b"}'],
    ['other characters', '{"a":"\u00e4\u{1f600}\u2028"}', '{"a":"\\u00e4\\ud83d\\ude00\\u2028"}'],
    ['several lines of text', 'a\nb', null],
    ['a line of other text', 'nein, für dich nicht', null],
    ['more than fits', `{"a":"${'x'.repeat(3_000)}"}`, null],
  ])('a body of the policy with %s', async (_, body, header) => {
    const odd = definePolicy(w.tokens.policies[0]?.data as never, {
      errors: () => ({ status: 404, headers: { 'Content-Type': 'application/json' }, body }),
    })
    const tokens = createPlanTokens({ policy: odd, store: memoryStore(), directory: testDirectory({}) })
    const handler = forwardAuth(tokens, { gateway: 'nginx', trust: TRUST, onWarning: () => undefined })
    const answer = await handler(
      new Request('http://auth', { headers: Object.fromEntries([OWN, ...asks('nginx', 'GET', TARGET)]) }),
    )
    expect([answer.status, answer.headers.get('x-refusal-status'), answer.headers.get('x-refusal-body')]).toEqual([
      403,
      '404',
      header,
    ])
    expect(await answer.text()).toBe(body)
  })
})

it('an engine that fails lets nothing through, and onError is told what it threw', async () => {
  const errors: unknown[] = []
  const broken = {
    policies: w.tokens.policies,
    decide: () => {
      throw new Error('broken')
    },
  }
  const later = { policies: w.tokens.policies, decide: () => Promise.reject(new Error('later')) }
  const nothing = { policies: w.tokens.policies, decide: () => undefined as never }
  for (const tokens of [broken, later, nothing]) {
    const handler = forwardAuth(tokens, {
      gateway: 'caddy',
      trust: TRUST,
      onWarning: () => undefined,
      onError: (error) => errors.push(error),
    })
    const answer = await handler(
      new Request('http://auth', { headers: Object.fromEntries([OWN, ...asks('caddy', 'GET', TARGET)]) }),
    )
    expect([answer.status, (await answer.json()).code]).toEqual([503, 'internal'])
  }
  expect(errors.map(String)).toEqual(['Error: broken', 'Error: later', 'TypeError: decide() gave no decision.'])
})

it('toNode takes what this module made and nothing else', () => {
  for (const handler of [undefined, async () => new Response()])
    expect(() => toNode(handler as never)).toThrow(SetupError)
})

it.each<readonly [string, object]>([
  ['two gateways', { gateway: ['nginx', 'traefik'] }],
  ['no trust', { trust: undefined }],
  ['a secret with a space', { trust: { secret: `${'a'.repeat(32)} ` } }],
  ['a secret of other characters', { trust: { secret: '\u00e4'.repeat(32) } }],
  ['a secret that is too long', { trust: { secret: 'a'.repeat(257) } }],
  ['no secret of several', { trust: { secret: [] } }],
  ['one short secret of several', { trust: { secret: [SECRET, 'short'] } }],
  ['a secret out of an environment that has none', { trust: { secret: undefined } }],
  ['a header of a gateway', { trust: { secret: SECRET, header: 'X-Original-URI' } }],
  ['a header about the token', { trust: { secret: SECRET, header: 'x-plan-id' } }],
  ['loopback in another spelling', { trust: 'localhost' }],
  ['bodies from Caddy', { gateway: 'caddy', bodies: true }],
])('does not start with %s', (_, change) => {
  const options = { gateway: 'nginx', trust: TRUST, onWarning: () => undefined, ...change }
  expect(() => forwardAuth(w.tokens, options as never)).toThrow(SetupError)
})
