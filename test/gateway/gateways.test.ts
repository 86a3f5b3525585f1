/**
 * Real nginx and Caddy, with the configurations of docs/gateways.md: what reaches the server behind, what a client gets, and that
 * no target is one resource to us and another to that server.
 */

import type { ForwardAuthOptions } from 'plan-access-tokens/gateway'
import { requestLimits } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, B, type World, world } from '../attack/world.ts'
import { jsonRequest, request } from '../http/support/served.ts'
import { findRoute, type Site } from '../http/support/site.ts'
import { FEW_TARGETS, MANNERS, TARGETS, VALID } from '../http/support/targets.ts'
import { type Sending, send1 } from '../http/support/wire.ts'
import { CADDY, NGINX, type Program, SECRET, startGateway } from './programs.ts'
import { type Seen, startApi, startAuth } from './servers.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

/** A gateway with an API behind it and the authorization beside it. */
async function start(
  program: Program,
  change?: (configuration: string) => string,
  more: object = {},
  { tokens }: Pick<World, 'tokens'> = w,
) {
  const api = await startApi()
  const auth = await startAuth(tokens, { gateway: program.gateway, trust: { secret: SECRET }, ...more })
  const port = await startGateway(program, { auth: auth.port, api: api.port, ...(change && { change }) })
  return { api, auth, send: (sending: Sending) => send1(port, sending) }
}

/** Headers by which a client says that it has been let through already, or that it asks for something else. */
const FORGED = [
  ['X-Plan-Id', '2002'],
  ['X-Token-Id', 'forged'],
  ['X-Token-Scopes', 'admin'],
  ['X-Token-Reach', 'all'],
  ['x-plan-id', '3003'],
  ['X-Original-Method', 'GET'],
  ['X-Original-URI', `/v1/files/${A}`],
  ['X-Forwarded-Method', 'GET'],
  ['X-Forwarded-Uri', `/v1/files/${A}`],
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Refusal-Status', '200'],
  ['X-Gateway-Secret', 'forged'],
] as const

const TOKEN_NAMES = ['x-plan-id', 'x-token-id', 'x-token-scopes', 'x-token-reach'] as const

/** All lines of the headers about the token, as the API got them. */
const toldOf = ({ rawHeaders }: Seen): readonly (readonly [string, string | undefined])[] =>
  rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && (TOKEN_NAMES as readonly string[]).includes(name.toLowerCase())
      ? [[name.toLowerCase(), rawHeaders[i + 1]] as const]
      : [],
  )

describe.each([NGINX, CADDY].map((program) => [`${program.gateway} (${program.needs})`, program] as const))(
  '%s',
  (_title, program) => {
    it.runIf(program.isThere)(
      'tells the server behind about the token, and nothing that the client has forged',
      async () => {
        const { api, send } = await start(program)
        const { token } = w.ONE
        expect((await send(request(`GET /v1/files/${A}?depth=1`, w.ONE, { headers: FORGED }))).body).toBe('served')
        expect(api.seen[0]).toMatchObject({ method: 'GET', url: `/v1/files/${A}?depth=1` })
        expect(Object.fromEntries(toldOf(api.seen[0] as Seen))).toEqual({
          'x-plan-id': '1001',
          'x-token-id': token.id,
          'x-token-scopes': token.scopes.join(' '),
          'x-token-reach': 'project:123',
        })
        expect(toldOf(api.seen[0] as Seen)).toHaveLength(4)
      },
    )

    it.runIf(program.isThere)('strips what was forged where no token stands behind the request', async () => {
      const { api, send } = await start(program, undefined, { optional: true })
      await send(request('GET /anything', undefined, { headers: FORGED }))
      expect(toldOf(api.seen[0] as Seen).toSorted()).toEqual(TOKEN_NAMES.map((name) => [name, '-']).toSorted())
    })

    it.runIf(program.isThere)('lets nobody take the headers away that it has set', async () => {
      const { api, send } = await start(program)
      const named = 'X-Plan-Id, X-Token-Reach, X-Original-URI, X-Forwarded-Uri, X-Forwarded-Method, X-Gateway-Secret'
      await send(request(`GET /v1/files/${B}`, w.ONE, { headers: [...FORGED, ['Connection', named]] }))
      expect(api.seen).toEqual([])
      await send(request(`GET /v1/files/${A}`, w.ONE, { headers: [...FORGED, ['Connection', named]] }))
      // A gateway may leave out what the client has called a matter of this connection; nothing else comes in its place.
      for (const [name, value] of toldOf(api.seen[0] as Seen))
        expect([name, value]).not.toEqual([name, expect.stringMatching(/forged|admin|^all$|[23]00[23]/)])
    })

    it.runIf(program.isThere)('keeps the secret of the token from the server behind where it is told to', async () => {
      const off = (text: string): string =>
        text
          .replace('proxy_set_header Host', 'proxy_set_header X-Figma-Token "";\n        proxy_set_header Host')
          .replace('\t\treverse_proxy', '\t\trequest_header -X-Figma-Token\n\t\treverse_proxy')
      const { api, send } = await start(program, off)
      expect((await send(request(`GET /v1/files/${A}`, w.ONE))).status).toBe(200)
      expect(JSON.stringify(api.seen[0]?.rawHeaders)).not.toContain(w.ONE.secret)
    })

    it.runIf(program.isThere)('hands no wish for another protocol on, so that nothing goes by unjudged', async () => {
      const { api, send } = await start(program)
      const h2c = [
        ['Connection', 'Upgrade, HTTP2-Settings'],
        ['Upgrade', 'h2c'],
        ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
      ] as const
      expect((await send(request(`GET /v1/files/${A}`, w.ONE, { headers: h2c }))).body).toBe('served')
      expect(api.seen.map(({ rawHeaders }) => rawHeaders.map((text) => text.toLowerCase()))).toEqual([
        expect.not.arrayContaining(['upgrade']),
      ])
    })

    it.runIf(program.isThere)('hands on no header that a server of CGI takes for one of these', async () => {
      const { api, send } = await start(program)
      for (const name of ['X_Plan_Id', 'X-Plan_Id', 'X_Token-Reach'])
        await send(request(`GET /v1/files/${A}`, w.ONE, { headers: [[name, 'forged']] }))
      expect(JSON.stringify(api.seen.map(({ rawHeaders }) => rawHeaders))).not.toContain('forged')
    })

    it.runIf(program.isThere).each([
      ['no token', `GET /v1/files/${A}`, undefined, 401, 'token_missing'],
      ['another resource', `GET /v1/files/${B}`, 'ONE', 403, 'resource_not_allowed'],
      ['a target that can be read in two ways', `GET /v1/files/${A}/`, 'ONE', 400, 'request_malformed'],
      ['no endpoint', 'GET /v1/nothing', 'ONE', 403, 'endpoint_unknown'],
      ['a token nobody has', `GET /v1/files/${A}`, 'unknown', 401, 'token_malformed'],
    ] as const)('gives the refusal itself: %s', async (_, line, who, status, code) => {
      const { api, auth, send } = await start(program)
      const reply = await send(request(line, who === 'ONE' ? w.ONE : who, { headers: FORGED }))
      expect(reply).toMatchObject({
        status,
        headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      })
      expect(JSON.parse(reply.body)).toMatchObject({ code, status })
      // One challenge and no more, where there is one.
      const challenge = reply.headers['www-authenticate'] ?? ''
      expect(challenge.split('Bearer realm=')).toHaveLength(status === 403 ? 1 : 2)
      expect(api.seen).toEqual([])
      expect(auth.errors).toEqual([])
    })

    it.runIf(program.isThere)(
      'answers 429 beyond a limit, with when to come again and how the limit stands',
      async () => {
        const limits = requestLimits({
          ...{ limiter: memoryLimiter(), whenUnavailable: 'deny' },
          rules: [{ name: 'all', requests: 1, perSeconds: 86_400 }],
        })
        const limited = await world({ limits })
        const { api, send } = await start(program, undefined, {}, limited)
        const ask = () => send(request(`GET /v1/files/${A}`, limited.ONE))
        const allowed = await ask()
        expect(allowed.status).toBe(200)
        if (program === NGINX) expect(allowed.headers.ratelimit).toBe('"all";r=0;t=86400')
        const refused = await ask()
        expect(refused.status).toBe(429)
        expect(Number(refused.headers['retry-after'])).toBeGreaterThan(86_000)
        expect(refused.headers).toMatchObject({
          'content-type': 'application/problem+json',
          'ratelimit-policy': '"all";q=1;w=86400',
          ratelimit: expect.stringMatching(/^"all";r=0;t=\d+$/),
        })
        expect(JSON.parse(refused.body)).toMatchObject({ code: 'rate_limited', status: 429 })
        expect(api.seen).toHaveLength(1)
      },
    )

    it.runIf(program.isThere)('says when to come again while the store does not answer', async () => {
      const { api, send } = await start(program)
      w.store.replace.findByDigest = () => Promise.reject(new Error('down'))
      onTestFinished(() => void delete w.store.replace.findByDigest)
      const reply = await send(request(`GET /v1/files/${A}`, w.ONE))
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
      expect(JSON.parse(reply.body)).toMatchObject({ code: 'unavailable' })
      expect(api.seen).toEqual([])
    })

    it.runIf(program.isThere)('lets nothing through while there is nobody to ask', async () => {
      const api = await startApi()
      const port = await startGateway(program, { auth: 1, api: api.port })
      expect((await send1(port, request(`GET /v1/files/${A}`, w.ONE))).status).toBeGreaterThanOrEqual(500)
      expect(api.seen).toEqual([])
    })

    it.runIf(program.isThere)('is not believed with another secret', async () => {
      const { api, auth, send } = await start(program, (text) => text.replaceAll('THE SECRET', 'x'.repeat(64)))
      const headers = [...FORGED, ['X-Gateway-Secret', SECRET] as const]
      const reply = await send(request(`GET /v1/files/${A}`, w.ONE, { headers }))
      expect(reply.status).toBe(403)
      expect(JSON.parse(reply.body)).toMatchObject({ code: 'gateway_untrusted' })
      expect(auth.errors).toMatchObject([{ code: 'gateway_untrusted' }])
      expect(api.seen).toEqual([])
    })

    it.runIf(program.isThere)('is believed on the loopback without a secret', async () => {
      const { send } = await start(program, (text) => text.replace(/.*THE SECRET.*\n/, ''), { trust: 'loopback' })
      expect((await send(request(`GET /v1/files/${A}`, w.ONE))).status).toBe(200)
    })

    it.runIf(program.isThere)(
      'refuses endpoints that are judged by a body, and hands on bodies of others',
      async () => {
        const { api, auth, send } = await start(program)
        expect(auth.handler.bodyRoutes).toContain('POST /v1/dev_resources')
        expect(auth.warnings).toEqual([expect.stringContaining('POST /v1/dev_resources')])
        const dev = { dev_resources: [{ name: 'n', url: 'https://x.example', file_key: A, node_id: '1:2' }] }
        const refused = await send(jsonRequest('POST /v1/dev_resources', w.ALL, dev))
        expect(refused.status).toBe(403)
        expect(JSON.parse(refused.body)).toMatchObject({ code: 'gateway_body_missing' })
        expect(api.seen).toEqual([])
        const query = { text: 'q'.repeat(100_000) }
        expect((await send(jsonRequest('POST /v1/developer_logs', w.ALL, query))).status).toBe(200)
        expect(api.seen).toMatchObject([{ method: 'POST', body: JSON.stringify(query) }])
      },
    )
  },
)

it.runIf(NGINX.isThere)(`what nginx has decoded is another target than what goes on (${NGINX.needs})`, async () => {
  const { api, send } = await start(NGINX, (text) =>
    text
      .replace('location / {', 'location / {\n        set $decoded $uri;')
      .replace('X-Original-URI $request_uri', 'X-Original-URI $decoded'),
  )
  for (const target of TARGETS) await send(request(`GET ${target}`, w.ONE))
  const codes = await Promise.all(
    api.seen.map(async ({ method, url }) => {
      const decision = await w.tokens.authorize({ method, url, headers: { 'x-figma-token': w.ONE.secret } })
      return decision.allowed ? 'allowed' : decision.code
    }),
  )
  expect(codes).toContain('request_malformed')
})

/** What the API is taken to serve: it reads targets as leniently as any router does. */
const SITE: Site = {
  routes: [
    { method: 'GET', path: '/v1/files/:file_key' },
    { method: 'GET', path: '/v1/files/:file_key/comments' },
    { method: 'GET', path: '/v1/teams/:team_id/projects' },
    { method: 'GET', path: '/v1/me' },
    { method: 'GET', path: '/v2/webhooks' },
    { method: 'POST', path: '/v2/webhooks' },
    { method: 'POST', path: '/v1/dev_resources' },
  ],
}

/** How a gateway can be set, and what the API's paths begin with then. */
interface Setting {
  readonly name: string
  readonly program: Program
  readonly change?: (configuration: string) => string
  readonly sent?: (target: string) => string
  readonly options?: object
}

const below = (target: string): string => target.replace(/^([a-z]+:\/\/[^/]*)?(?=[/\\])/i, '$1/api')
const SETTINGS: readonly Setting[] = [
  { name: 'nginx as the page has it', program: NGINX },
  {
    name: 'nginx with merge_slashes off',
    program: NGINX,
    change: (text) => text.replace('auth_request /_auth;', 'merge_slashes off;\n    auth_request /_auth;'),
  },
  {
    name: 'nginx that takes a path off, so that it sends what it has decoded',
    program: NGINX,
    change: (text) =>
      text.replace('location / {', 'location /api/ {').replace('proxy_pass http://api;', 'proxy_pass http://api/;'),
    sent: below,
    options: { basePath: '/api' },
  },
  {
    name: 'nginx that sends what it has decoded',
    program: NGINX,
    change: (text) => text.replace('proxy_pass http://api;', 'proxy_pass http://api/;'),
  },
  { name: 'Caddy as the page has it', program: CADDY },
  {
    name: 'Caddy that takes a path off behind the question',
    program: CADDY,
    change: (text) => text.replace('\t\treverse_proxy', '\t\turi strip_prefix /api\n\t\treverse_proxy'),
    sent: below,
    options: { basePath: '/api' },
  },
]

describe('no target is one resource to us and another to the server behind', () => {
  it.for(SETTINGS.map((setting) => [`${setting.name} (${setting.program.needs})`, setting] as const))(
    '%s',
    async ([, { program, change, sent = (target: string) => target, options }], { skip }) => {
      if (!program.isThere) skip()
      const { api, send } = await start(program, change, options)
      const sendings = [
        ...TARGETS.map((target) => request(`GET ${sent(target)}`, w.ONE)),
        ...MANNERS.flatMap(({ method, headers = [] }) =>
          FEW_TARGETS.map((target) => request(`${method} ${sent(target)}`, w.ONE, { headers })),
        ),
      ].map((sending, i) => ({ ...sending, headers: [...(sending.headers ?? []), ['X-Case', String(i)] as const] }))
      expect(sendings.length).toBeGreaterThan(400)
      const queue = [...sendings]
      const work = async (): Promise<void> => {
        for (let next = queue.pop(); next; next = queue.pop()) await send(next)
      }
      await Promise.all(Array.from({ length: 8 }, work))

      for (const { method, url, headers } of api.seen) {
        const sending = sendings[Number(headers['x-case'])]
        const what = `${sending?.method} ${sending?.target} arrived as ${method} ${url}`
        const decision = await w.tokens.authorize({ method, url, headers: { 'x-figma-token': w.ONE.secret } })
        expect(decision.allowed ? 'allowed' : decision.code, what).toBe('allowed')
        if (decision.allowed) expect(findRoute(SITE, method, url)?.params, what).toEqual(decision.params)
        expect(headers['x-token-id'], what).toBe(w.ONE.id)
      }
      // The test bites: what is valid arrives, and arrives as it was sent.
      const arrived = api.seen.map(({ url }) => url)
      for (const target of VALID) expect(arrived, target).toContain(target)
    },
  )
})

describe(`nginx and tokens that may be used from some addresses (${NGINX.needs})`, () => {
  it.runIf(NGINX.isThere)('goes by the address that nginx tells, and by none that a client writes', async () => {
    const own = (text: string): string =>
      text.replace(
        'proxy_set_header X-Gateway-Secret',
        'proxy_set_header X-Real-IP $remote_addr;\n        proxy_set_header X-Gateway-Secret',
      )
    const api = await startApi()
    const address: ForwardAuthOptions['address'] = ({ header }) => header('X-Real-IP')
    const auth = await startAuth(w.tokens, { gateway: 'nginx', trust: { secret: SECRET }, address })
    const port = await startGateway(NGINX, { auth: auth.port, api: api.port, change: own })
    const made = await w.make({ addresses: ['127.0.0.2'] })
    const send = async (from: string, headers: Sending['headers'] = []) =>
      (await send1(port, request(`GET /v1/files/${A}`, made, { headers }), from)).status
    expect(await send('127.0.0.2')).toBe(200)
    for (const name of ['X-Real-IP', 'X-Forwarded-For', 'x-real-ip']) {
      expect(await send('127.0.0.3', [[name, '127.0.0.2']])).toBe(403)
      expect(await send('127.0.0.2', [[name, '127.0.0.3']])).toBe(200)
    }
    expect(api.seen).toHaveLength(4)
  })
})
