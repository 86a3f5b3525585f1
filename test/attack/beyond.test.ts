/** Attacks beyond the cases of attack-cases.json: each was possible once, or nearly. */
import { createPlanTokens, definePolicy, type Endpoint, memoryStore, PlanTokenError } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { expectAllowed, expectDenied, requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'

const ADMIN = { actor: 'admin-1', planId: '1001' }
const REST = {
  ...ADMIN,
  type: 'rest',
  name: 'Test',
  lifetimeDays: 30,
  scopes: ['webhooks:read', 'file_dev_resources:write'],
} as const
const tree = () =>
  testDirectory({
    '1001': { admins: ['admin-1'], resources: { 'file:A': { 'item:a1': {} }, 'file:B': { 'item:b1': {} } } },
    '2002': { resources: { 'team:900': {}, 'file:Z': {} } },
  })

async function world(resources: 'all' | string[]) {
  const directory = tree()
  const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory, timeoutMs: 100 })
  const { token, secret } = await tokens.create({ ...REST, resources })
  return { directory, tokens, token, secret }
}

describe('a query of webhooks', () => {
  const A = 'context=file&context_id=A'
  it.each([
    `${A}&%5Bcontext_id%5D=900`,
    `${A}&%5Bplan_api_id%5D=organization-2002`,
    'plan_api_id=organization-1001&%5Bcontext%5D=team&%5Bcontext_id%5D=900',
    `${A}&context.id=900`,
    `${A}&context%20id=900`,
    `${A}&context_id%00=900`,
    `${A}&x=1;context_id=900`,
    `${'a&'.repeat(1_000)}${A}`,
    `${'&'.repeat(1_000)}${A}`,
  ])('that servers read in another way is malformed: %.60s', async (query) => {
    const { tokens, secret } = await world(['https://figma.com/design/A'])
    expectDenied(await tokens.authorize(requestWith(secret, `GET /v2/webhooks?${query}`)), 'request_malformed')
  })

  it('that names one file plainly is judged by that file', async () => {
    const { tokens, secret } = await world(['https://figma.com/design/A'])
    expectAllowed(await tokens.authorize(requestWith(secret, `GET /v2/webhooks?${A}`)))
  })
})

const shared = {
  surface: 'files',
  credential: { headers: [], bearer: true },
  tiers: ['organization'],
  scopes: { read: {} },
  types: { key: { prefix: 'key' } },
  kinds: { file: { id: 'base62' }, item: { id: 'base62' } },
  links: { hosts: ['files.example'], shapes: ['/{file}'] },
} as const

type Endpoints = { readonly [route: string]: Endpoint<'read', 'file' | 'item'> }

async function keyFor(endpoints: Endpoints, resources: 'all' | string[]) {
  const policy = definePolicy({ ...shared, endpoints })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory: tree() })
  const { secret } = await tokens.create({
    ...ADMIN,
    type: 'key',
    name: 'Key',
    lifetimeDays: 1,
    scopes: ['read'],
    resources,
  })
  return (line: string) => tokens.authorize(requestWith(secret, line))
}

describe('a policy', () => {
  it('has "within" hold however often the resource is named', async () => {
    const ask = await keyFor(
      {
        'GET /f/{file}/items/{item}': {
          scopes: ['read'],
          names: {
            anyOf: [
              { kind: 'file', at: 'path:file' },
              { kind: 'item', at: 'query:before' },
              { kind: 'item', at: 'path:item', within: 'path:file' },
            ],
            none: 'refuse',
          },
        },
      },
      'all',
    )
    expectAllowed(await ask('GET /f/A/items/a1?before=b1'))
    expectDenied(await ask('GET /f/A/items/b1'), 'resource_not_in_plan')
    expectDenied(await ask('GET /f/A/items/b1?before=b1'), 'resource_not_in_plan')
  })

  it('has no literal that can be spelt as a parameter', async () => {
    const ask = await keyFor(
      {
        'GET /logs/{day}': { scopes: ['read'], names: 'nothing', params: { day: 'any' } },
        'GET /logs/(all)': { scopes: ['read'], names: 'plan' },
      },
      ['https://files.example/A'],
    )
    expectDenied(await ask('GET /logs/(all)'), 'resource_not_allowed')
    expectDenied(await ask('GET /logs/%28all%29'), 'endpoint_unknown')
    expectDenied(await ask('GET /logs/(ALL)'), 'endpoint_unknown')
    expectAllowed(await ask('GET /logs/monday'))
  })

  it('may use names that a validator uses itself', async () => {
    const data = {
      ...shared,
      scopes: { _zod: {} },
      endpoints: { 'GET /x': { scopes: ['_zod'], names: 'nothing' } },
    } as const
    expect(definePolicy(data).scopes.map(({ name }) => name)).toEqual(['_zod'])
    const { tokens, token } = await world('all')
    const question = { actor: 'admin-1', id: token.id, route: 'GET /v1/me', params: { _zod: 'x' } } as const
    await expect(tokens.explain(question)).rejects.toThrow(PlanTokenError)
  })

  it('is refused where a link shape stands for too many links', () => {
    const shapes = [`/a${'[/b]'.repeat(18)}/{file}`]
    const data = {
      ...shared,
      links: { hosts: ['files.example'], shapes },
      endpoints: { 'GET /x': { scopes: ['read'], names: 'nothing' } },
    } as const
    expect(() => definePolicy(data)).toThrow(/links\.shapes\[0\]/)
  })
})

describe('a port', () => {
  it('is not asked on where a resource that lies elsewhere was found', async () => {
    const { tokens, directory, secret } = await world('all')
    let asked = 0
    directory.locate = () => {
      asked += 1
      return undefined
    }
    const body = { dev_resources: Array.from({ length: 1_000 }, (_, i) => ({ file_key: `Z${i}` })) }
    expectDenied(
      await tokens.authorize(requestWith(secret, 'POST /v1/dev_resources', { body })),
      'resource_not_in_plan',
    )
    expect(asked).toBeLessThan(50)
    body.dev_resources.push({ file_key: 'one more' })
    expectDenied(await tokens.authorize(requestWith(secret, 'POST /v1/dev_resources', { body })), 'request_malformed')
  })

  it('cannot hang by a promise within a promise', async () => {
    const { directory, secret } = await world('all')
    // biome-ignore lint/suspicious/noThenProperty: that is the attack
    const nested = { then: (resolve: (value: unknown) => void) => resolve(new Promise(() => undefined)) }
    const store = { ...memoryStore(), findByDigest: () => nested as never }
    const tokens = createPlanTokens({ policy: figmaPolicy(), store, directory, timeoutMs: 50 })
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /v1/files/A')), 'unavailable')
  })
})
