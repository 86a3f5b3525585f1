/** The OpenAPI document: it tells all routes, holds every answer, and a client that is generated from it works. */
import { OpenAPIClientAxios } from 'openapi-client-axios'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { expect, it } from 'vitest'
import { world } from '../attack/world.ts'
import { listen } from './server.ts'
import { actor, adminWorld, TOKEN } from './world.ts'

it('tells every route once, in the words of OpenAPI 3.1', async () => {
  const { contract } = await adminWorld({ introspection: { client: () => true } })
  const { document } = contract
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId}: ${method} ${path}`),
  )
  expect(operations).toEqual([
    'getPolicies: get /policies',
    'parseLinks: post /links',
    'listTokens: get /plans/{planId}/tokens',
    'createToken: post /plans/{planId}/tokens',
    'previewRevoke: get /plans/{planId}/tokens/revoke',
    'revokeTokens: post /plans/{planId}/tokens/revoke',
    'previewRevokeOf: post /plans/{planId}/tokens/revoke/preview',
    'listEvents: get /plans/{planId}/events',
    'exportEvents: get /plans/{planId}/events/export',
    'getRules: get /plans/{planId}/rules',
    'getPlanUsage: get /plans/{planId}/usage',
    'listUnusedTokens: get /plans/{planId}/unused',
    'getToken: get /tokens/{id}',
    'editToken: patch /tokens/{id}',
    'approveToken: post /tokens/{id}/approve',
    'declineToken: post /tokens/{id}/decline',
    'collectToken: post /tokens/{id}/collect',
    'previewRefresh: get /tokens/{id}/refresh',
    'refreshToken: post /tokens/{id}/refresh',
    'revokeToken: post /tokens/{id}/revoke',
    'getUsage: get /tokens/{id}/usage',
    'getAdvice: get /tokens/{id}/advice',
    'explain: post /explain',
    'getOpenApi: get /openapi.json',
    'introspect: post /introspect',
    'revokeSecret: post /revoke',
  ])
  const text = JSON.stringify(document)
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
    expect(Object.keys(document.components.schemas)).toContain(name)
  expect(text).not.toContain('"$schema"')
})

it('is what the routes really take and give', async () => {
  const { call, contract, ALL } = await adminWorld()
  const { id } = ALL.token
  contract.seen.clear()
  await call('GET /policies')
  await call('GET /openapi.json')
  await call('POST /links', { body: { text: 'https://www.figma.com/file/abc http://x' } })
  await call('GET /plans/1001/tokens?limit=1&order=expiry')
  await call('POST /plans/1001/tokens', { body: TOKEN })
  await call('PATCH /tokens/x', { body: { name: 'x' } })
  await call(`PATCH /tokens/${id}`, { body: { description: null, resources: TOKEN.resources } })
  await call(`PATCH /tokens/${id}`, { body: { name: 'x' }, headers: { 'if-match': '"9"' } })
  await call(`GET /tokens/${id}`)
  await call(`GET /tokens/${id}/refresh`)
  await call(`POST /tokens/${id}/refresh`, { body: {} })
  await call(`POST /tokens/${id}/revoke`, { body: {} })
  await call('POST /explain', { body: { id, method: 'GET', url: '/v1/files/A' } })
  await call('POST /explain', { body: { id, route: 'GET /v1/me', body: { any: [1] } } })
  const { body } = await call(
    'GET /plans/1001/tokens/revoke?limit=1&metadata[a.%22b]=x&expiresBefore=1893456000000&status=active&canary=true',
  )
  const filter = { metadata: { 'a."b': 'x' }, expiresBefore: 1_893_456_000_000, status: 'active', canary: true }
  const many = { filter, stamp: body.stamp, reason: 'x', limit: 1 }
  expect((await call('POST /plans/1001/tokens/revoke', { body: many })).body.revoked).toEqual([])
  await call('GET /plans/1001/events')
  expect([...contract.seen].sort()).toEqual([
    'createToken 201',
    'editToken 200',
    'editToken 404',
    'editToken 412',
    'explain 200',
    'getOpenApi 200',
    'getPolicies 200',
    'getToken 200',
    'listEvents 200',
    'listTokens 200',
    'parseLinks 200',
    'previewRefresh 200',
    'previewRevoke 200',
    'refreshToken 200',
    'revokeToken 200',
    'revokeTokens 200',
  ])
})

it('would not hold for an answer with a digest in it', async () => {
  const { contract, ALL } = await adminWorld()
  const request = new Request(`https://api.example/tokens/${ALL.token.id}`)
  const answered = { status: 200, type: 'application/json', body: ALL.token as object }
  contract.check(request, undefined, answered)
  const leaky = { ...answered, body: { ...ALL.token, secrets: [{ ...ALL.token.secrets[0], digest: 'x' }] } }
  expect(() => contract.check(request, undefined, leaky)).toThrow('must NOT have additional properties')
})

it('makes a client at run time that creates, lists, refreshes and revokes', async () => {
  const w = await world()
  const address = await listen(toNode(adminHandler({ tokens: w.tokens, actor, basePath: '/admin' })))
  const headers = { 'x-session': 'admin-1', 'content-type': 'application/json' }
  const definition = `${address}/admin/openapi.json`
  const response = await fetch(definition, { headers })
  const document = (await response.json()) as { servers: { url: string }[] }
  const server = new URL(document.servers[0]?.url ?? '', definition).href.replace(/\/$/, '')
  const api = new OpenAPIClientAxios({
    definition: document as never,
    withServer: { url: server },
    axiosConfigDefaults: { headers, validateStatus: () => true },
  })
  const client = await api.init()
  const operations = client as unknown as {
    readonly [id: string]: (
      params: object,
      data?: object,
    ) => Promise<{ readonly status: number; readonly data: unknown }>
  }
  const call = async (id: string, params: object, sent?: object) => {
    const { status, data } = (await operations[id]?.(params, sent)) ?? { status: 0, data: {} }
    return { status, body: data as { token: { id: string }; tokens: object[]; secret: string } }
  }
  const created = await call('createToken', { planId: '1001' }, TOKEN)
  expect(created.status).toBe(201)
  const { id } = created.body.token
  const listed = await call('listTokens', { planId: '1001', search: 'From the (page)', limit: 10 })
  expect(listed.body.tokens).toEqual([])
  expect((await call('listTokens', { planId: '1001', search: 'From the page' })).body.tokens).toMatchObject([{ id }])
  const refreshed = await call('refreshToken', { id, 'Idempotency-Key': 'k' }, { retirePrevious: 'now' })
  expect((await w.ask('GET /v1/files/FileA0000000000000000aa', created.body.secret)).allowed).toBe(false)
  expect((await w.ask('GET /v1/files/FileA0000000000000000aa', refreshed.body.secret)).allowed).toBe(true)
  expect((await call('editToken', { id, 'If-Match': '"1"' }, { name: 'x' })).status).toBe(412)
  expect((await call('revokeToken', { id }, {})).body).toMatchObject({ status: 'revoked' })
  expect((await call('getToken', { id: 'unknown' })).status).toBe(404)
})
