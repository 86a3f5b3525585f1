/** Behind what speaks as Traefik and as Envoy do: targets, forged headers, refusals, and bodies that are sent along. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { A, type World, world } from '../attack/world.ts'
import { jsonRequest, request } from '../http/support/served.ts'
import { TARGETS, VALID } from '../http/support/targets.ts'
import { send1 } from '../http/support/wire.ts'
import { SECRET } from './programs.ts'
import { startApi, startAuth } from './servers.ts'
import { startEnvoy, startTraefik } from './stand-ins.ts'

let w: World
beforeAll(async () => {
  w = await world()
})

const TRUST = { secret: SECRET }
const GATEWAYS = [
  { gateway: 'traefik', options: {}, start: startTraefik },
  { gateway: 'envoy', options: { pathPrefix: '/forward-auth' }, start: startEnvoy },
] as const

const FORGED = [
  ['X-Plan-Id', '2002'],
  ['x-token-reach', 'all'],
  ['X-Forwarded-Uri', `/v1/files/${A}`],
  ['X-Forwarded-Method', 'GET'],
  ['X-Original-URI', `/v1/files/${A}`],
  ['X-Gateway-Secret', 'forged'],
  ['X-Envoy-Auth-Partial-Body', 'false'],
  ['X-Envoy-Original-Path', `/v1/files/${A}`],
] as const

describe.each(GATEWAYS)('$gateway', ({ gateway, options, start }) => {
  it('lets through what the policy allows of each target, as it was sent', async () => {
    const api = await startApi()
    const auth = await startAuth(w.tokens, { gateway, trust: TRUST, ...options })
    const port = await start({ auth: auth.port, api: api.port })
    for (const target of TARGETS) await send1(port, request(`GET ${target}`, w.ONE, { headers: FORGED }))
    for (const { method, url, headers } of api.seen) {
      const decision = await w.tokens.authorize({ method, url, headers: { 'x-figma-token': w.ONE.secret } })
      expect(decision.allowed ? 'allowed' : decision.code, url).toBe('allowed')
      expect(headers).toMatchObject({ 'x-plan-id': '1001', 'x-token-id': w.ONE.id, 'x-token-reach': 'project:123' })
    }
    const arrived = api.seen.map(({ url }) => url)
    for (const target of VALID) expect(arrived).toContain(target)
  })

  it.each([
    [`GET /v1/files/${A}`, undefined, 401, 'token_missing'],
    [`GET /v1/files/${A}/`, 'ONE', 400, 'request_malformed'],
    ['GET /v1/me', 'ONE', 403, 'endpoint_not_supported'],
  ] as const)('gives the refusal itself of %s', async (line, who, status, code) => {
    const api = await startApi()
    const auth = await startAuth(w.tokens, { gateway, trust: TRUST, ...options })
    const port = await start({ auth: auth.port, api: api.port })
    const reply = await send1(port, request(line, who && w.ONE, { headers: FORGED }))
    expect(reply.status).toBe(status)
    expect(JSON.parse(reply.body)).toMatchObject({ code, status })
    expect(api.seen).toEqual([])
  })

  it('sends bodies along, which are judged', async () => {
    const api = await startApi()
    const auth = await startAuth(w.tokens, { gateway, trust: TRUST, bodies: true, ...options })
    expect(auth.handler.bodyRoutes).toEqual([])
    const port = await start({ auth: auth.port, api: api.port, forwardBody: true, withRequestBody: true })
    const body = (key: string) => ({
      dev_resources: [{ name: 'n', url: 'https://x.example', file_key: key, node_id: '1:2' }],
    })
    expect((await send1(port, jsonRequest('POST /v1/dev_resources', w.ALL, body(A), { headers: FORGED }))).status).toBe(
      200,
    )
    expect(api.seen).toMatchObject([{ method: 'POST', body: JSON.stringify(body(A)) }])
    const refused = await send1(
      port,
      jsonRequest('POST /v1/dev_resources', w.ALL, body('Elsewhere'), { headers: FORGED }),
    )
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'resource_not_in_plan' })
    expect(api.seen).toHaveLength(1)
  })

  it('is refused where it was to send bodies along and does not', async () => {
    const api = await startApi()
    const auth = await startAuth(w.tokens, { gateway, trust: TRUST, bodies: true, ...options })
    const port = await start({ auth: auth.port, api: api.port })
    const body = { dev_resources: [{ name: 'n', url: 'https://x.example', file_key: A, node_id: '1:2' }] }
    const reply = await send1(port, jsonRequest('POST /v1/dev_resources', w.ALL, body, { headers: FORGED }))
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'gateway_body_missing', status: 403 })
    expect(api.seen).toEqual([])
  })
})

it('Traefik refuses a body above its limit itself', async () => {
  const api = await startApi()
  const auth = await startAuth(w.tokens, { gateway: 'traefik', trust: TRUST, bodies: true })
  const port = await startTraefik({ auth: auth.port, api: api.port, forwardBody: true, maxBodySize: 10 })
  expect((await send1(port, jsonRequest('POST /v1/dev_resources', w.ALL, { dev_resources: [] }))).status).toBe(401)
  expect([api.seen, auth.asked]).toEqual([[], []])
})

it('the server behind Traefik does not get the secret of the gateway', async () => {
  const api = await startApi()
  const auth = await startAuth(w.tokens, { gateway: 'traefik', trust: TRUST })
  const port = await startTraefik({ auth: auth.port, api: api.port })
  await send1(port, request(`GET /v1/files/${A}`, w.ONE))
  expect(JSON.stringify(api.seen[0]?.rawHeaders)).not.toContain(SECRET)
})

it.each(['true', 'TRUE', '', 'false, false'])('a body that Envoy may have cut off (%j) is none', async (partial) => {
  const api = await startApi()
  const auth = await startAuth(w.tokens, { gateway: 'envoy', trust: TRUST, bodies: true, pathPrefix: '/forward-auth' })
  const port = await startEnvoy({ auth: auth.port, api: api.port, withRequestBody: true, partial })
  const body = { dev_resources: [{ name: 'n', url: 'https://x.example', file_key: A, node_id: '1:2' }] }
  const reply = await send1(port, jsonRequest('POST /v1/dev_resources', w.ALL, body))
  expect(JSON.parse(reply.body)).toMatchObject({ code: 'gateway_body_missing' })
  expect(api.seen).toEqual([])
})

it('a failure of ours lets nothing through an Envoy that was told to let failures through', async () => {
  const api = await startApi()
  const auth = await startAuth(w.tokens, { gateway: 'envoy', trust: TRUST, pathPrefix: '/forward-auth' })
  const port = await startEnvoy({ auth: auth.port, api: api.port, failureModeAllow: true })
  w.store.replace.findByDigest = () => Promise.reject(new Error('down'))
  onTestFinished(() => void delete w.store.replace.findByDigest)
  const reply = await send1(port, request(`GET /v1/files/${A}`, w.ONE))
  expect(reply).toMatchObject({ status: 403, headers: { 'retry-after': '1', 'x-refusal-status': '503' } })
  expect(JSON.parse(reply.body)).toMatchObject({ code: 'unavailable' })
  expect(api.seen).toEqual([])
})
