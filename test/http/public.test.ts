/** What every guard does at a public endpoint: who sends no credential is let through, and whatever is sent is judged. */
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { FRAMEWORKS } from './support/frameworks.ts'
import { request, serve, varyOf } from './support/served.ts'

const policy = definePolicy({
  surface: 'test',
  credential: { headers: ['x-figma-token'], bearer: true },
  tiers: ['organization'],
  scopes: { read: {} },
  types: { live: { prefix: 'test' } },
  kinds: { file: {} },
  links: { hosts: [], shapes: [] },
  endpoints: {
    'GET /status': { scopes: [], names: 'nothing', public: true },
    'GET /files/{file}': { scopes: ['read'], names: [{ kind: 'file', at: 'path:file' }] },
  },
})
const directory = testDirectory({ acme: { admins: ['ada'], resources: { 'file:A': {} } } })
const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
const { secret, token } = await tokens.create({
  ...{ actor: 'ada', planId: 'acme', type: 'live', name: 'n', lifetimeDays: 1 },
  ...{ scopes: ['read'], resources: 'all' },
})
const routes = [
  { method: 'GET', path: '/status' },
  { method: 'GET', path: '/files/:file' },
] as const

describe.each(FRAMEWORKS)('$name', (framework) => {
  it.each([{}, { optional: true }])('lets a request without a credential through with %j', async (options) => {
    const { send, runs } = await serve(framework, { tokens, routes, options })
    const open = await send(request('GET /status'))
    expect([open.status, JSON.parse(open.body).tokenId]).toEqual([200, null])
    expect(varyOf(open)).toEqual(['x-figma-token', 'authorization'])
    expect(open.headers).not.toHaveProperty('cache-control')
    // A place with one type for all routes holds no decision without a token.
    const isTyped = /^(node:|fetch|elysia|h3)/.test(framework.name)
    expect(runs[0]?.planToken).toEqual(isTyped ? expect.objectContaining({ token: null }) : undefined)

    const known = await send(request('GET /status', secret.reveal()))
    expect([known.status, JSON.parse(known.body).tokenId]).toEqual([200, token.id])
    expect(known.headers).toMatchObject({ 'cache-control': 'no-store' })
    expect((await send(request('GET /status', 'nonsense'))).status).toBe(401)
    expect((await send(request('GET /files/A'))).status).toBe(options.optional ? 200 : 401)
    expect(runs).toHaveLength(options.optional ? 3 : 2)
  })
})
