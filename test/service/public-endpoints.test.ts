/** Public endpoints: what a request without a credential gets there, and that one which is sent is judged as ever. */
import {
  createPlanTokens,
  type DecisionInfo,
  definePolicy,
  memoryStore,
  type PublicAllowance,
  type RequestLike,
} from 'plan-access-tokens'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import {
  expectAllowed,
  expectDenied,
  requestWith,
  testClock,
  testDirectory,
  tokensInEachState,
} from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'

const policy = definePolicy({
  surface: 'test',
  credential: { headers: ['x-key'], bearer: true },
  tiers: ['organization'],
  scopes: { read: {} },
  types: { live: { prefix: 'test' } },
  kinds: { file: {} },
  links: { hosts: ['x.test'], shapes: ['/{file}'] },
  endpoints: {
    'GET /status': { scopes: [], names: 'nothing', public: true },
    'GET /docs/{page}': { scopes: [], names: 'nothing', public: true, params: { page: ['a', 'b'] } },
    'GET /me': { scopes: [], names: 'nothing' },
    'GET /files/{file}': { scopes: ['read'], names: [{ kind: 'file', at: 'path:file' }] },
  },
})

const told: DecisionInfo[] = []
const clock = testClock()
const store = memoryStore()
const looked: string[] = []
const findByDigest = (digest: string) => {
  looked.push(digest)
  return store.findByDigest(digest)
}
const directory = testDirectory({ acme: { admins: ['ada'], resources: { 'file:A': {} } }, other: {} })
const options = { policy, store: { ...store, findByDigest }, directory, clock, onWarning() {} }
const tokens = createPlanTokens({ ...options, onDecision: (info) => void told.push(info) })
const input = { actor: 'ada', planId: 'acme', type: 'live', name: 'n', lifetimeDays: 30, resources: 'all' } as const
const states = await tokensInEachState(tokens, clock, { ...input, scopes: ['read'] })
const bare = (url: string, headers: RequestLike['headers'] = {}): RequestLike => ({ method: 'GET', url, headers })

describe('a request without a credential', () => {
  it('is let through to a public endpoint, and says that no token stands behind it', async () => {
    looked.length = 0
    told.length = 0
    const decision = expectAllowed(await tokens.authorize(bare('/docs/a?x=1'))) as PublicAllowance
    expect({ ...decision, covers: undefined }).toEqual({
      allowed: true,
      token: null,
      endpoint: { route: 'GET /docs/{page}', method: 'GET', path: '/docs/{page}' },
      params: { page: 'a' },
      resources: [],
      secret: null,
      headers: { Vary: 'X-Key, Authorization' },
      reach: {},
      covers: undefined,
    })
    expect(decision.covers({ kind: 'file', id: 'A', planId: 'acme', ancestors: [] })).toBe(false)
    expect(looked).toEqual([])
    expect(told).toEqual([
      { surface: 'test', allowed: true, status: 200, route: 'GET /docs/{page}', durationMs: expect.any(Number) },
    ])
  })

  it('is let through in every form in which one asks', async () => {
    const authorizer = createAuthorizer(options)
    for (const asked of [
      bare('/status'),
      { ...bare('/status'), method: 'HEAD' },
      new Request('https://x.test/status'),
      bare('/status', { authorization: 'Basic YTpi' }),
      { secret: undefined, route: 'GET /docs/{page}', params: { page: 'b' } } as const,
      { secret: '', route: 'GET /status' } as const,
    ]) {
      expect(expectAllowed(await authorizer.authorize(asked)).token).toBeNull()
      expect(expectAllowed(await tokens.decide(asked)).token).toBeNull()
    }
    expect(expectAllowed(await tokens.authorize(bare('/api/status'), { basePath: '/api' })).token).toBeNull()
  })

  it.each([
    '/me',
    '/files/A',
    '/docs/c',
    '/Status',
    '/status/',
    '//status',
    '/%73tatus',
    '/status/../status',
    '/',
    '*',
  ])('is token_missing everywhere else: %s', async (url) => {
    expectDenied(await tokens.authorize(bare(url)), 'token_missing')
    expectDenied(await tokens.authorize(bare('/status'), { basePath: '/api' }), 'token_missing')
  })
})

describe('a credential that is sent', () => {
  it.each([
    ['nonsense', 'token_malformed'],
    ['', 'token_malformed'],
  ] as const)('is refused as ever if it is no secret: %j', async (secret, code) => {
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /status')), code)
  })

  it('is refused as ever if it does not work, is sent twice, or belongs to a plan without tokens', async () => {
    const ask = (secret: typeof states.active.secret) => tokens.authorize(requestWith(secret, 'GET /status'))
    expect(expectAllowed(await ask(states.active.secret)).token?.id).toBe(states.active.token.id)
    expectDenied(await ask(states.expired.secret), 'token_expired')
    expectDenied(await ask(states.revoked.secret), 'token_revoked')
    expectDenied(await ask(states.retired.secret), 'secret_retired')
    const twice = bare('/status', { 'x-key': 'test_a', authorization: 'Bearer test_b' })
    expectDenied(await tokens.authorize(twice), 'request_malformed')
    directory.setPlan('acme', { suspended: true })
    expectDenied(await ask(states.active.secret), 'plan_not_eligible')
    directory.setPlan('acme', { suspended: false })
  })

  it('gets what every token gets: nothing of the answer is kept by a cache', async () => {
    const { headers } = expectAllowed(await tokens.authorize(requestWith(states.active.secret, 'GET /status')))
    expect(headers).toEqual({ 'Cache-Control': 'no-store', Vary: 'X-Key, Authorization' })
  })
})

describe('explain', () => {
  it('asks a request without a credential nothing about a token', async () => {
    const { decision, rules } = await tokens.explain(bare('/status'))
    expect(decision).toMatchObject({ allowed: true, token: null })
    expect(rules.every(({ ok }) => ok)).toBe(true)
    expect(rules.find(({ rule }) => rule === 'credential')?.reason).toBe(
      'The request carries no credential, and GET /status needs none.',
    )
    expect(rules.find(({ rule }) => rule === 'alive')?.reason).toMatch(/^Not asked: the endpoint is public/)
    expect(rules.find(({ rule }) => rule === 'endpoint')?.reason).toBe('GET /status is open to plan access tokens.')
  })

  it('says what is missing where the endpoint is not public, and judges what was sent where it is', async () => {
    const { decision, rules } = await tokens.explain(bare('/me'))
    expect(expectDenied(decision, 'token_missing').code).toBe(rules[0]?.code)
    expectDenied((await tokens.explain(requestWith('nonsense', 'GET /status'))).decision, 'token_malformed')
    const byId = await tokens.explain({ actor: 'ada', id: states.active.token.id, route: 'GET /status' })
    expect(expectAllowed(byId.decision).token?.id).toBe(states.active.token.id)
  })
})

it('a policy without public endpoints reads no target of a request without a credential', async () => {
  const { 'GET /me': me, 'GET /files/{file}': file } = policy.data.endpoints as Record<string, never>
  const closed = definePolicy({ ...policy.data, endpoints: { 'GET /me': me, 'GET /files/{file}': file } } as never)
  const engine = createPlanTokens({ ...options, policy: closed })
  let reads = 0
  const request = {
    ...bare(''),
    get url() {
      reads++
      return '/me'
    },
  }
  expectDenied(await engine.authorize(request), 'token_missing')
  expect(reads).toBe(0)
  expectDenied(await tokens.authorize(request), 'token_missing')
  expect(reads).toBeGreaterThan(0)
})
