/** What Figma's policy says beside its endpoints: token type, scopes, credential, limits, tiers. */
import { type Issue, PlanTokenError } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { expectAllowed, expectDenied, requestWith } from 'plan-access-tokens/testing'
import { describe, expect, test } from 'vitest'
import { figmaWorld, GRANTABLE, PLAN } from './world.ts'

const policy = figmaPolicy()
const RESERVED = [
  'file_comments:write',
  'file_variables:write',
  'file_code_connect:write',
  'current_user:read',
  'selections:read',
]

async function issuesOf(scopes: readonly string[]): Promise<readonly Issue[]> {
  const { tokens } = figmaWorld()
  const input = {
    actor: 'admin-1',
    planId: PLAN,
    type: 'rest',
    name: 'x',
    lifetimeDays: 1,
    scopes,
    resources: 'all',
  } as const
  const error = await tokens.create(input).catch((thrown: unknown) => thrown)
  if (!(error instanceof PlanTokenError)) throw new Error('The scopes were taken.')
  expect(error.code).toBe('invalid_input')
  return error.issues
}

describe("Figma's policy", () => {
  test('is the surface figma with one type, rest', () => {
    expect(policy.surface).toBe('figma')
    expect(policy.types.map(({ name, prefix, title, fixed }) => [name, prefix, title, fixed])).toEqual([
      ['rest', 'figpat', 'REST API', []],
    ])
  })

  test('is data: it survives JSON', () => {
    expect(JSON.parse(JSON.stringify(policy.data))).toEqual(policy.data)
  })

  test('allows a year at most, 24 hours of grace, ten live secrets and a thousand links', () => {
    expect(policy.limits).toMatchObject({ lifetimeDays: 365, graceHours: 24, liveSecrets: 10, links: 1_000 })
  })

  test('grants 22 scopes, each titled and grouped', () => {
    expect(GRANTABLE).toHaveLength(22)
    const granted = policy.scopes.filter(({ types }) => types.includes('rest'))
    expect(granted.map(({ name }) => name)).toEqual(GRANTABLE)
    for (const { title, group } of granted) expect(title && group).toBeTruthy()
  })

  test('knows the scopes that cannot be granted, and grants them to no type', () => {
    expect(policy.scopes.filter(({ types }) => types.length === 0).map(({ name }) => name)).toEqual(RESERVED)
  })

  test.each(RESERVED)('refuses to grant %s', async (scope) => {
    expect((await issuesOf(['file_content:read', scope])).map(({ path }) => path)).toEqual(['scopes[1]'])
  })

  test('grants the deprecated files:read with a warning', async () => {
    const { tokens } = figmaWorld()
    const scopes = ['files:read', 'file_content:read']
    const { token } = await tokens.create({
      ...{ actor: 'admin-1', planId: PLAN, type: 'rest', name: 'x', lifetimeDays: 1, resources: 'all' },
      scopes,
    })
    expect(token.warnings).toEqual([{ code: 'scope_deprecated', scope: 'files:read' }])
    expect(policy.scopes.filter(({ deprecated }) => deprecated).map(({ name }) => name)).toEqual(['files:read'])
  })

  test.each([
    ['starter', false],
    ['professional', false],
    ['organization', true],
    ['enterprise', true],
  ])('tokens for a plan of the tier %s: %s', async (tier, eligible) => {
    const made = await figmaWorld({}, tier)
      .make({ scopes: ['projects:read'] })
      .then(() => true)
      .catch((error: PlanTokenError) => error.code)
    expect(made).toBe(eligible || 'plan_not_eligible')
  })
})

describe('the credential', async () => {
  const { tokens, secretWith } = figmaWorld()
  const secret = await secretWith(['file_content:read'])
  const other = await secretWith(['files:read'])
  const LINE = 'GET /v1/files/FileA'
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

  test.each(['X-Figma-Token', 'x-figma-token', 'X-FIGMA-TOKEN', 'Authorization'])(
    'is taken from %s',
    async (header) => {
      expectAllowed(await tokens.authorize(requestWith(secret, LINE, { header })))
    },
  )

  test('may stand in both places if it is the same', async () => {
    const headers = bearer(secret)
    expectAllowed(await tokens.authorize(requestWith(secret, LINE, { header: 'X-Figma-Token', headers })))
  })

  test('is malformed if the two places hold different ones, though both would do', async () => {
    const headers = bearer(other)
    expectDenied(
      await tokens.authorize(requestWith(secret, LINE, { header: 'X-Figma-Token', headers })),
      'request_malformed',
    )
  })

  test('is not taken from the query', async () => {
    for (const param of ['access_token', 'token', 'X-Figma-Token'])
      expectDenied(
        await tokens.authorize({ method: 'GET', url: `/v1/files/FileA?${param}=${secret}`, headers: {} }),
        'token_missing',
      )
  })

  test('names its headers in Vary', async () => {
    const { headers } = expectAllowed(await tokens.authorize(requestWith(secret, LINE)))
    expect(headers).toEqual({ 'Cache-Control': 'no-store', Vary: 'X-Figma-Token, Authorization' })
  })
})
