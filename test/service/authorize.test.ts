/** `authorize`: what a handler is given, and that as little is asked as a refusal needs. What ports answer: authorize-ports.test.ts. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { expectAllowed, expectDenied, requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, newDirectory, newWorld, START, TOKEN } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

const FILE = 'GET /v1/files/FileA'

describe('an allowance', () => {
  it('carries the token without digests, endpoint, parameters, resources, the secret’s end and headers', async () => {
    const { tokens, make } = newWorld()
    const { id, secret } = await make({ scopes: ['file_dev_resources:write'] })
    const request = requestWith(secret, 'DELETE /v1/files/FileA/dev_resources/devA')
    const allowance = expectAllowed(await tokens.authorize(request))
    const route = 'DELETE /v1/files/{file_key}/dev_resources/{dev_resource_id}'
    // When it was used is not part of what was judged.
    const { lastUsedAt: _, ...token } = await tokens.get({ actor: ADMIN, id })
    expect({ ...allowance }).toEqual({
      allowed: true,
      token: { ...token, secrets: [{ issuedAt: START, worksUntil: null }] },
      endpoint: { route, method: 'DELETE', path: '/v1/files/{file_key}/dev_resources/{dev_resource_id}' },
      params: { file_key: 'FileA', dev_resource_id: 'devA' },
      resources: [
        { kind: 'file', id: 'FileA' },
        { kind: 'dev_resource', id: 'devA' },
      ],
      secret: { worksUntil: null },
      headers: { 'Cache-Control': 'no-store', Vary: 'X-Figma-Token, Authorization' },
    })
    expect(JSON.stringify(allowance)).not.toMatch(/[0-9a-f]{64}/)
  })

  it('decodes parameters once, so that a handler need not', async () => {
    const directory = newDirectory()
    directory.locate = ({ id }) => (id === 'a b%41' ? { planId: '1001', ancestors: [] } : undefined)
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory })
    const npm = { ...TOKEN, type: 'npm', scopes: ['npm:read'], lifetimeDays: 1 } as const
    const { secret } = await tokens.create(npm)
    const allowance = expectAllowed(await tokens.authorize(requestWith(secret, 'GET /p/a%20b%2541/7')))
    expect(allowance.params).toEqual({ package: 'a b%41', version: '7' })
    expect(expectAllowed(await tokens.authorize(requestWith(secret, 'GET /ping'))).resources).toEqual([])
  })

  it('judges HEAD as GET and says so', async () => {
    const { tokens, make, ask } = newWorld()
    const { secret } = await make()
    const { endpoint } = expectAllowed(await tokens.authorize(requestWith(secret, 'HEAD /v1/files/FileA')))
    expect(endpoint).toMatchObject({ method: 'GET', route: 'GET /v1/files/{file_key}' })
    expect(await ask(secret, 'HEAD /v1/me')).toBe('endpoint_not_supported')
    expect(await ask(secret, 'HEAD /v2/webhooks/72/pause')).toBe('endpoint_unknown')
  })

  it('lets through what names nothing, and only a plan of the endpoint’s own tier to what has one', async () => {
    const directory = newDirectory()
    const tokens = createPlanTokens({ policy: packagesPolicy(), store: memoryStore(), directory })
    const { secret } = await tokens.create({ ...TOKEN, type: 'npm', scopes: ['npm:read'] })
    expectAllowed(await tokens.authorize(requestWith(secret, 'GET /ping')))
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /report')), 'plan_not_eligible')
    directory.setPlan('1001', { tier: 'enterprise' })
    expectAllowed(await tokens.authorize(requestWith(secret, 'GET /report')))
  })
})

describe('a refusal', () => {
  it('asks the store for nothing that is no secret of ours, and the directory for nothing that is refused before', async () => {
    const asked: string[] = []
    const world = newWorld({
      port: (store) => ({
        ...store,
        findByDigest(digest) {
          asked.push('store')
          return store.findByDigest(digest)
        },
      }),
    })
    const { plan, locate } = world.directory
    Object.assign(world.directory, {
      plan: (id: string) => asked.push('plan') && plan(id),
      locate: (ref: never) => asked.push('locate') && locate(ref),
    })
    const { id, secret } = await world.make()
    const costs = async (text: string, line = FILE): Promise<string[]> => {
      asked.length = 0
      await world.ask(text, line)
      return [...asked]
    }
    expect(await costs('figpat_x')).toEqual([])
    expect(await costs(secret, 'GET /v1/../files')).toEqual([])
    expect(await costs((await newWorld().make()).secret)).toEqual(['store'])
    expect(await costs(secret, 'GET /nowhere')).toEqual(['store', 'plan'])
    expect(await costs(secret, 'GET /v1/activity_logs')).toEqual(['store', 'plan'])
    expect(await costs(secret)).toEqual(['store', 'plan', 'locate'])
    await world.tokens.revoke({ actor: ADMIN, id })
    expect(await costs(secret)).toEqual(['store'])
  })

  it('for want of a scope names the scopes that the endpoint takes', async () => {
    const { tokens, make } = newWorld()
    const { secret } = await make()
    const denial = expectDenied(await tokens.authorize(requestWith(secret, `${FILE}/comments`)), 'scope_missing')
    expect(denial.scopes).toEqual(['file_comments:read', 'files:read'])
    expect(denial.headers['WWW-Authenticate']).toContain('scope="file_comments:read"')
    expect(denial.response().status).toBe(403)
  })

  it('is an answer and never an exception, whatever stands for a request', async () => {
    const { tokens } = newWorld()
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap')
        },
        ownKeys: () => {
          throw new Error('trap')
        },
      },
    )
    for (const request of [
      undefined,
      null,
      5,
      'GET /',
      [],
      {},
      { headers: null },
      { headers: 5, method: 5, url: {} },
      { method: 'GET', url: '/', headers: trap },
      trap,
    ]) {
      const decision = await tokens.authorize(request as never)
      expect(decision).toMatchObject({ allowed: false })
      expect(['token_missing', 'request_malformed']).toContain(decision.allowed || decision.code)
    }
    for (const none of [undefined, null, 5, 'GET /', trap])
      expect(await tokens.authorize(none as never)).toMatchObject({ code: 'request_malformed', reason: 'request_form' })
  })

  it('is token_missing or endpoint_unknown for methods and targets of the wrong type', async () => {
    const { tokens, make } = newWorld()
    const { secret } = await make()
    const headers = { 'x-figma-token': secret }
    expectDenied(
      await tokens.authorize({ method: undefined, url: '/v1/files/FileA', headers } as never),
      'endpoint_unknown',
    )
    expectDenied(await tokens.authorize({ method: 'GET', url: undefined, headers } as never), 'request_malformed')
  })
})

it('a deployment of one policy needs no list', async () => {
  const tokens = createPlanTokens({ policy: [figmaPolicy()], store: memoryStore(), directory: newDirectory() })
  const { secret } = await tokens.create(TOKEN)
  expectAllowed(await tokens.authorize(requestWith(secret, FILE), { surface: 'figma' }))
})
