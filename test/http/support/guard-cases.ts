/**
 * What is asked of every guard over a real socket: who gets through, what the handler finds, and what the others are answered.
 * Whose guards: guards.test.ts, and nestjs/ beside it.
 */
import type { PlanTokens, RefusalCode } from 'plan-access-tokens'
import { figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { canaryTokens } from 'plan-access-tokens/leaks'
import { requestLimits } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { beforeAll, expect, it } from 'vitest'
import { A, B, type World, world, worldWithNpm, Z } from '../../attack/world.ts'
import { DAY, type Made } from '../../support/world.ts'
import type { Framework } from './frameworks.ts'
import { breakStore, decide, jsonRequest, request, serve, varyOf } from './served.ts'
import type { Sending } from './wire.ts'

/** A request that most tokens may make. */
export const FILE = `GET /v1/files/${A}`

/** The world of the cases. */
export let w: World
let elsewhere: World
let retired: Made
let revoked: Made
let narrow: Made
/** A secret that has been replaced and still works, and the moment of that. */
export let previous: Made
let refreshedAt: number
let canary: Made
let uses: string[]

beforeAll(async () => {
  uses = []
  w = await world({ canaries: canaryTokens({ onUse: ({ tokenId }) => uses.push(tokenId) }) })
  elsewhere = await world()
  retired = await w.make({ name: 'Retired' })
  await w.refresh(retired, { retirePrevious: 'now' })
  revoked = await w.make({ name: 'Revoked' })
  await w.tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
  narrow = await w.make({ name: 'Narrow', scopes: ['webhooks:read'] })
  canary = await w.make({ name: 'Canary', canary: true })
  previous = await w.make({ name: 'Previous' })
  w.clock.real.advance(5_000)
  refreshedAt = w.clock.real.now()
  await w.refresh(previous)
})

/** Each refusal that a client can meet. */
const REFUSED: readonly (readonly [RefusalCode, () => Sending])[] = [
  ['token_missing', () => request(FILE)],
  ['token_missing', () => request(FILE, undefined, { headers: [['Authorization', 'Basic YTpi']] })],
  ['request_malformed', () => request(FILE, w.ALL, { headers: [['Authorization', `Bearer ${w.ONE.secret}`]] })],
  ['request_malformed', () => request(`GET /v2/webhooks?context=%&context_id=1`, w.ALL)],
  ['token_malformed', () => request(FILE, 'figpat_nonsense')],
  ['token_unknown', () => request(FILE, elsewhere.ALL)],
  ['token_revoked', () => request(FILE, revoked)],
  ['secret_retired', () => request(FILE, retired)],
  ['endpoint_unknown', () => request('GET /v9/nothing', w.ALL)],
  ['endpoint_not_supported', () => request('GET /v1/me', w.ALL)],
  ['scope_missing', () => request(FILE, narrow)],
  ['resource_not_in_plan', () => request(`GET /v1/files/${Z}`, w.ALL)],
  ['resource_not_allowed', () => request(`GET /v1/files/${B}`, w.ONE)],
  ['resource_not_allowed', () => request('GET /v2/webhooks', w.ONE)],
]

/** Headers by which somebody says that he is inside. */
export const SPOOFED = [
  ...([
    'X-Forwarded-For',
    'X-Real-IP',
    'X-Client-IP',
    'X-Cluster-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
  ] as const),
  ...([
    'Fastly-Client-IP',
    'Fly-Client-IP',
    'X-Envoy-External-Address',
    'X-Original-Forwarded-For',
    'Client-IP',
  ] as const),
].map((name) => [name, '203.0.113.7'] as const)

/** Registers the cases of one guard. */
export function guardCases(framework: Framework): void {
  it('runs the handler for what is allowed, with the decision in its own place', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens })
    const reply = await send(request(`${FILE}?depth=1`, w.ONE))
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.body)).toMatchObject({ route: 'GET /v1/files/:file_key', tokenId: w.ONE.token.id })
    expect(runs[0]?.planToken).toMatchObject({
      allowed: true,
      token: { id: w.ONE.token.id, name: 'One project' },
      endpoint: { route: 'GET /v1/files/{file_key}' },
      params: { file_key: A },
      resources: [{ kind: 'file', id: A }],
    })
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store' })
    expect(varyOf(reply)).toEqual(['x-figma-token', 'authorization'])
    expect(reply.headers).not.toHaveProperty('deprecation')
    expect(reply.headers).not.toHaveProperty('sunset')
  })

  it('waits where the engine has to, and where a host has put its own function in place of decide', async () => {
    const { authorize, decide } = w.tokens
    const engines: PlanTokens[] = [
      { ...w.tokens, decide: authorize },
      { ...w.tokens, decide: new Proxy(decide, {}) },
    ]
    for (const tokens of engines) {
      const { send, runs } = await serve(framework, { tokens })
      expect((await send(request(FILE, w.ONE))).status).toBe(200)
      expect(runs[0]?.planToken?.token?.id).toBe(w.ONE.token.id)
      expect((await send(request(`GET /v1/files/${B}`, w.ONE))).status).toBe(403)
      expect((await send(request(FILE))).status).toBe(401)
      expect(runs).toHaveLength(1)
      const free = await serve(framework, { tokens, options: { optional: true } })
      expect((await free.send(request(FILE))).status).toBe(200)
      expect((await free.send(request(FILE, revoked))).status).toBe(401)
    }
  })

  it('answers a canary as a secret that does not exist, byte for byte, and tells that it was used', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens })
    w.clock.real.advance(60_000)
    const before = uses.length
    const answersTo = async (secret: string): Promise<string> => {
      const replies = [
        await send(request(FILE, secret)),
        await send(jsonRequest('POST /v2/webhooks', secret, { context: 'team', context_id: '456' })),
        await send(request('GET /v1/nowhere', secret)),
        await send(request(FILE, undefined, { headers: [['Authorization', `Bearer ${secret}`]] })),
      ]
      return JSON.stringify(replies.map(({ headers: { date: _, ...headers }, ...rest }) => ({ ...rest, headers })))
    }
    expect(await answersTo(canary.secret)).toBe(await answersTo(elsewhere.ALL.secret))
    expect([runs, uses.slice(before)]).toEqual([[], [canary.id]])
  })

  it('takes the secret as a bearer too, and judges HEAD as GET', async () => {
    const { send } = await serve(framework, { tokens: w.tokens })
    const bearer = { headers: [['Authorization', `Bearer ${w.ALL.secret}`] as const] }
    expect(await send(request(FILE, undefined, bearer))).toMatchObject({ status: 200 })
    expect(await send(request(`HEAD /v1/files/${A}`, w.ALL))).toMatchObject({ status: 200, body: '' })
    const refused = await send(request(`HEAD /v1/files/${A}`))
    expect(refused).toMatchObject({ status: 401, body: '' })
    expect(refused.headers).toMatchObject({ 'www-authenticate': 'Bearer realm="figma"' })
  })

  it('answers every refusal as the decision renders it, and runs no handler', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens })
    for (const [code, make] of REFUSED) {
      if (code === 'endpoint_unknown' && framework.answersUnrouted) continue
      const sending = make()
      const decision = await decide(w.tokens, sending)
      if (decision.allowed) throw new Error(`${code} is allowed`)
      const { status, headers, body } = decision.rendered()
      const reply = await send(sending)
      expect(JSON.parse(reply.body), code).toMatchObject({ code, status })
      expect(reply, code).toMatchObject({ status, body })
      for (const name in headers) expect(reply.headers[name.toLowerCase()], `${code} ${name}`).toBe(headers[name])
    }
    expect(runs).toEqual([])
  })

  it('answers 503 with Retry-After when the store fails', async () => {
    const broken = await world()
    const { send, runs } = await serve(framework, { tokens: broken.tokens })
    breakStore(broken)
    const reply = await send(request(FILE, broken.ALL))
    expect(reply.status).toBe(503)
    expect(reply.headers['retry-after']).toBe('1')
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'unavailable' })
    expect(runs).toEqual([])
  })

  it('tells how the limit of requests stands, and answers 429 with Retry-After beyond it', async () => {
    const limits = requestLimits({
      ...{ limiter: memoryLimiter(), whenUnavailable: 'deny' },
      rules: [{ name: 'all', requests: 2, perSeconds: 86_400 }],
    })
    const limited = await world({ limits, policy: [figmaPolicy({ errors: figmaErrors })] })
    const { send, runs } = await serve(framework, { tokens: limited.tokens, options: { optional: true } })
    const ask = (line: string, secret?: Made) => send(request(line, secret))
    // Whoever has no token, or none that works, takes nothing.
    for (const secret of [undefined, elsewhere.ALL]) await ask(FILE, secret)
    const one = await ask(FILE, limited.ALL)
    expect(one.status).toBe(200)
    expect(one.headers).toMatchObject({ ratelimit: '"all";r=1;t=43200', 'ratelimit-policy': '"all";q=2;w=86400' })
    expect((await ask(`HEAD /v1/files/${A}`, limited.ALL)).status).toBe(200)
    const handled = runs.length
    const refused = await ask(FILE, limited.ALL)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(43_000)
    expect(refused.headers).toMatchObject({
      'ratelimit-policy': '"all";q=2;w=86400',
      'x-figma-plan-tier': 'org',
      'x-figma-rate-limit-type': 'high',
      'x-figma-upgrade-link': 'https://www.figma.com/pricing',
    })
    expect(refused.headers.ratelimit).toMatch(/^"all";r=0;t=86(399|400)$/)
    expect(JSON.parse(refused.body)).toMatchObject({ status: 429, err: 'Rate limit exceeded' })
    expect(runs).toHaveLength(handled)
    expect((await ask(FILE, limited.ONE)).status).toBe(200)
  })

  it('keeps a token to its addresses by the socket, and believes no header', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens, address: 'socket' })
    const here = await w.make({ addresses: ['127.0.0.0/8', '::1'] })
    const there = await w.make({ addresses: ['203.0.113.0/24'] })
    expect((await send(request(FILE, here))).status).toBe(200)
    expect((await send(request(FILE, w.ALL))).status).toBe(200)
    for (const headers of [[], SPOOFED]) {
      const refused = await send(request(FILE, there, { headers }))
      expect(refused.status).toBe(403)
      expect(JSON.parse(refused.body)).toMatchObject({ code: 'address_not_allowed' })
    }
    expect(runs).toHaveLength(2)
  })

  it('refuses such a token where nobody says where it came from, or that fails', async () => {
    const anywhere = await w.make({ addresses: ['0.0.0.0/0', '::/0'] })
    const fails = (): never => {
      throw new Error('no')
    }
    const odd = [undefined, fails, () => undefined, () => ({}), () => '127.0.0.1:80', async () => '127.0.0.1']
    for (const address of odd) {
      const { send, runs } = await serve(framework, { tokens: w.tokens, ...(address && { options: { address } }) })
      expect((await send(request(FILE, anywhere, { headers: SPOOFED }))).status).toBe(403)
      expect((await send(request(FILE, w.ALL))).status).toBe(200)
      expect(runs).toHaveLength(1)
    }
    expect(w.warnings.filter((line) => line.includes('Give the guard the option address'))).toHaveLength(1)
    const { send } = await serve(framework, { tokens: w.tokens, options: { address: () => '127.0.0.1' } })
    expect((await send(request(FILE, anywhere))).status).toBe(200)
  })

  it("answers with the policy's own rendering", async () => {
    const own = await world({ policy: [figmaPolicy({ errors: figmaErrors })] })
    const { send } = await serve(framework, { tokens: own.tokens })
    const reply = await send(request(FILE, 'figpat_nonsense'))
    expect(reply.status).toBe(403)
    expect(JSON.parse(reply.body)).toMatchObject({ status: 403, err: expect.any(String) })
  })

  it('lets a request without a token through if that is optional, and refuses a wrong one all the same', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens, options: { optional: true } })
    const session = { headers: [['Cookie', 'session=1'] as const, ['Authorization', 'Basic YTpi'] as const] }
    expect(await send(request('GET /v1/me', undefined, session))).toMatchObject({ status: 200 })
    expect(runs[0]?.planToken).toBeUndefined()
    expect(await send(request(FILE, w.ALL))).toMatchObject({ status: 200 })
    expect(runs[1]?.planToken?.token?.id).toBe(w.ALL.token.id)
    expect((await send(request('GET /v1/me', w.ALL, session))).status).toBe(403)
    expect((await send(request(FILE, revoked))).status).toBe(401)
    expect((await send(request(FILE, 'nonsense'))).status).toBe(401)
    expect(runs).toHaveLength(2)
  })

  it('guards what `when` does not exempt, and everything if `when` fails or says nothing', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens, when: (target) => target !== '/v1/me' })
    expect(await send(request('GET /v1/me'))).toMatchObject({ status: 200 })
    expect(runs[0]?.planToken).toBeUndefined()
    expect((await send(request(FILE))).status).toBe(401)
    expect(await send(request(FILE, w.ALL))).toMatchObject({ status: 200 })
    const fails = (): never => {
      throw new Error('no')
    }
    const saysNothing = (() => undefined) as unknown as () => boolean
    for (const when of [fails, saysNothing]) {
      const guarded = await serve(framework, { tokens: w.tokens, when })
      expect((await guarded.send(request(FILE))).status).toBe(401)
      expect((await guarded.send(request(FILE, w.ALL))).status).toBe(200)
    }
  })

  it('guards what lies under a path', async () => {
    const { send, runs } = await serve(framework, { tokens: w.tokens, mount: '/api' })
    const reply = await send(request(`GET /api/v1/files/${A}`, w.ONE))
    expect(reply.status).toBe(200)
    expect(runs[0]?.planToken).toMatchObject({ params: { file_key: A } })
    expect((await send(request(`GET /api/v1/files/${B}`, w.ONE))).status).toBe(403)
    expect((await send(request(`GET /api/v1/files/${A}`))).status).toBe(401)
    for (const target of [`/v1/files/${A}`, `/api/api/v1/files/${A}`, `/apiv1/files/${A}`, '/api'])
      expect((await send(request(`GET ${target}`, w.ALL))).status, target).toBeGreaterThanOrEqual(400)
    expect(runs).toHaveLength(1)
  })

  it('judges the target that was rewritten before it', async () => {
    const rewrite = (target: string) => target.replace(/^\/old\//, '/v1/')
    const { send, runs } = await serve(framework, { tokens: w.tokens, rewrite })
    expect((await send(request(`GET /old/files/${A}`, w.ONE))).status).toBe(200)
    expect(runs[0]?.planToken?.params).toEqual({ file_key: A })
    expect((await send(request(`GET /old/files/${B}`, w.ONE))).status).toBe(403)
    expect(runs).toHaveLength(1)
  })

  it('tells a client that its secret is being retired, since when and until when', async () => {
    const { send } = await serve(framework, { tokens: w.tokens })
    const reply = await send(request(FILE, previous))
    expect(reply.status).toBe(200)
    // RFC 9745: a date as a structured field. RFC 8594: an HTTP date.
    expect(reply.headers.deprecation).toBe(`@${refreshedAt / 1_000}`)
    expect(reply.headers.sunset).toBe(new Date(refreshedAt + DAY).toUTCString())
    const refused = await send(request(`GET /v1/files/${Z}`, previous))
    expect(refused.status).toBe(403)
    expect(refused.headers).not.toHaveProperty('deprecation')
  })

  it("joins Vary with a CORS middleware's, whatever the answer", async () => {
    const { send } = await serve(framework, { tokens: w.tokens, cors: true })
    for (const secret of [w.ALL, previous, revoked]) {
      const reply = await send(request(FILE, secret, { headers: [['Origin', 'https://app.example']] }))
      expect(varyOf(reply).toSorted()).toEqual(['authorization', 'origin', 'x-figma-token'])
      expect(reply.headers['cache-control']).toBe('no-store')
    }
  })

  it('speaks for one surface of several', async () => {
    const both = await worldWithNpm()
    const routes = [
      { method: 'GET', path: '/v1/files/:file_key' },
      { method: 'GET', path: '/@acme/:package' },
    ] as const
    const bearer = ({ secret }: Made) => ({ headers: [['Authorization', `Bearer ${secret}`] as const] })
    const figma = await serve(framework, { tokens: both.tokens, routes })
    const npm = await serve(framework, { tokens: both.tokens, routes, options: { surface: 'npm' } })
    expect((await figma.send(request(FILE, undefined, bearer(both.ALL)))).status).toBe(200)
    expect((await npm.send(request('GET /@acme/ui', undefined, bearer(both.NPM)))).status).toBe(200)
    const crossed = await npm.send(request('GET /@acme/ui', undefined, bearer(both.ALL)))
    expect(JSON.parse(crossed.body)).toMatchObject({ code: 'token_wrong_type' })
    expect(varyOf(crossed)).toEqual(['authorization'])
    expect((await figma.send(request(FILE, undefined, bearer(both.NPM)))).status).toBe(403)
    expect((await npm.send(request(FILE, undefined, bearer(both.NPM)))).status).toBe(403)
  })
}
