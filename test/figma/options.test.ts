/**
 * What each option of `figmaPolicy` changes, and that it changes nothing else: the answers of all 60 endpoints under an
 * option are compared with those under the defaults. Options that are wrong are refused by name.
 */
import { SetupError } from 'plan-access-tokens'
import { type FigmaPolicyOptions, figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { expectAllowed, expectDenied, requestWith } from 'plan-access-tokens/testing'
import { describe, expect, test } from 'vitest'
import { CLOSED, ROWS, requestOf, variantsOf } from './rows.ts'
import { figmaWorld, GRANTABLE } from './world.ts'

/** The answer to each endpoint for a token that holds everything: `allowed`, or the refusal. */
async function answers(options: FigmaPolicyOptions = {}, tier = 'organization'): Promise<{ [route: string]: string }> {
  const { tokens, secretWith } = figmaWorld(options, tier)
  const secret = await secretWith(GRANTABLE)
  const entries = ROWS.map(async (row) => {
    const [variant] = variantsOf(row, 'listed')
    const decision = await tokens.authorize(requestOf(secret, variant as NonNullable<typeof variant>))
    return [row.route, decision.allowed ? 'allowed' : decision.code]
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** The routes whose answer is another one than by default, with that answer. */
async function changes(options: FigmaPolicyOptions, tier?: string): Promise<{ [route: string]: string }> {
  const [before, after] = await Promise.all([answers(), answers(options, tier)])
  return Object.fromEntries(Object.entries(after).filter(([route, answer]) => before[route] !== answer))
}

const ANALYTICS = ['component', 'style', 'variable'].flatMap((what) =>
  ['actions', 'usages'].map((which) => `GET /v1/analytics/libraries/{file_key}/${what}/${which}`),
)
const ENTERPRISE = [
  'GET /v1/files/{file_key}/variables/local',
  'GET /v1/files/{file_key}/variables/published',
  ...ANALYTICS,
  'GET /v1/activity_logs',
  'POST /v1/developer_logs',
  'GET /v1/ai_usage/daily',
  'GET /v1/discovery',
]
const all = (routes: readonly string[], answer: string) => Object.fromEntries(routes.map((route) => [route, answer]))

describe('the options of figmaPolicy', () => {
  test('by default every endpoint but the thirteen closed ones is open', async () => {
    for (const [route, answer] of Object.entries(await answers()))
      expect(answer, route).toBe(CLOSED.has(route) ? 'endpoint_not_supported' : 'allowed')
  })

  test.each<FigmaPolicyOptions>([
    {},
    { variablesRead: 'open' },
    { payments: 'closed' },
    { discovery: 'open' },
    { endpointTiers: 'open' },
    { errors: figmaErrors },
    { hosts: ['www.figma-gov.com', 'figma.com'] },
    { prefix: 'figd' },
    { variablesRead: undefined, payments: undefined, discovery: undefined, endpointTiers: undefined } as never,
  ])('%o is what holds without it', async (options) => {
    expect(await changes(options)).toEqual({})
  })

  test("variablesRead: 'closed' closes the two endpoints that read variables", async () => {
    expect(await changes({ variablesRead: 'closed' })).toEqual(all(ENTERPRISE.slice(0, 2), 'endpoint_not_supported'))
  })

  test("payments: 'open' opens payments, which has no scope and names nothing: a limited token reaches it too", async () => {
    expect(await changes({ payments: 'open' })).toEqual(all(['GET /v1/payments'], 'allowed'))
    const { tokens, secretWith } = figmaWorld({ payments: 'open' })
    const secret = await secretWith(['webhooks:read'], 'listed')
    const { resources } = expectAllowed(
      await tokens.authorize(requestOf(secret, { line: 'GET /v1/payments?user_id=1', resources: [] })),
    )
    expect(resources).toEqual([])
  })

  test("discovery: 'closed' closes discovery", async () => {
    expect(await changes({ discovery: 'closed' })).toEqual(all(['GET /v1/discovery'], 'endpoint_not_supported'))
  })

  test("endpointTiers: 'enforce' refuses thirteen endpoints to an organization with plan_not_eligible, but for the closed one", async () => {
    expect(await changes({ endpointTiers: 'enforce' })).toEqual(all(ENTERPRISE, 'plan_not_eligible'))
    const tiered = Object.entries(figmaPolicy({ endpointTiers: 'enforce' }).data.endpoints).filter(
      ([, { tiers }]) => tiers,
    )
    expect(tiered.map(([route]) => route).sort()).toEqual([...ENTERPRISE, 'POST /v1/files/{file_key}/variables'].sort())
  })

  test("endpointTiers: 'enforce' refuses nothing to an enterprise plan", async () => {
    expect(await changes({ endpointTiers: 'enforce' }, 'enterprise')).toEqual({})
  })

  test('options work together: what is closed is said to be closed, whatever the tier', async () => {
    const closed = { variablesRead: 'closed', discovery: 'closed', payments: 'open', endpointTiers: 'enforce' } as const
    expect(await changes(closed)).toEqual({
      ...all(ENTERPRISE, 'plan_not_eligible'),
      ...all([...ENTERPRISE.slice(0, 2), 'GET /v1/discovery'], 'endpoint_not_supported'),
      'GET /v1/payments': 'allowed',
    })
  })

  test('no option changes the scopes, kinds, links or types of the policy', () => {
    const { endpoints, ...rest } = figmaPolicy().data
    const other = figmaPolicy({
      variablesRead: 'closed',
      discovery: 'closed',
      payments: 'open',
      endpointTiers: 'enforce',
    })
    expect(other.data).toEqual({ ...rest, endpoints: expect.anything() })
    expect(Object.keys(other.data.endpoints)).toEqual(Object.keys(endpoints))
  })
})

describe('the option prefix', () => {
  test('gives secrets the form that a program asks for, and nothing else is taken for one', async () => {
    const { tokens, secretWith } = figmaWorld({ prefix: 'figd' })
    const secret = await secretWith(['file_content:read'])
    expect(secret).toMatch(/^figd_[0-9A-Za-z]{38}$/)
    expectAllowed(await tokens.authorize(requestWith(secret, 'GET /v1/files/FileA')))
    const other = await figmaWorld().secretWith(['file_content:read'])
    expectDenied(await tokens.authorize(requestWith(other, 'GET /v1/files/FileA')), 'token_malformed')
  })

  test('is what secret scanners look for', () => {
    expect(figmaPolicy({ prefix: 'figd' }).types.map(({ secretPattern }) => secretPattern)).toEqual([
      String.raw`\bfigd_[0-9A-Za-z]{38}\b`,
    ])
  })
})

describe('the option hosts', () => {
  const GOV = 'https://www.figma-gov.com/design/FileA'

  test('stands in place of the hosts of figma.com, for every way to read a link', async () => {
    const policy = figmaPolicy({ hosts: ['www.figma-gov.com', 'figma-gov.com'] })
    expect(policy.parseLink(GOV)).toEqual({ ok: true, resource: { kind: 'file', id: 'FileA' } })
    expect(policy.parseLinks(`${GOV}, figma.com/design/FileA`)).toMatchObject({
      resources: [{ id: 'FileA', link: GOV }],
      mistakes: [
        {
          code: 'link_wrong_host',
          message:
            'The host must be www.figma-gov.com or figma-gov.com. A right one looks like https://www.figma-gov.com/design/123.',
        },
      ],
    })
  })

  test('holds where a token is made, and changes nothing of what a request may name', async () => {
    const create = (link: string, options: FigmaPolicyOptions) => {
      const world = figmaWorld(options)
      const made = world.tokens.create({
        ...{ actor: 'admin-1', planId: '1001', type: 'rest', name: 'x', lifetimeDays: 1 },
        ...{ scopes: ['file_content:read'], resources: [link] },
      })
      return made.then(({ secret }) => world.tokens.authorize(requestWith(secret, 'GET /v1/files/FileA')))
    }
    const gov = { hosts: ['www.figma-gov.com'] }
    expectAllowed(await create(GOV, gov))
    await expect(create(GOV, {})).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(create('https://figma.com/design/FileA', gov)).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('a wrong option of figmaPolicy', () => {
  const problemsOf = (options: unknown) => {
    try {
      figmaPolicy(options as FigmaPolicyOptions)
    } catch (error) {
      if (error instanceof SetupError) return error.issues.map(({ path, message }) => ({ path, message }))
      throw error
    }
    throw new Error('The options were taken.')
  }

  test('is refused by its name if it does not exist, with a guess at what was meant', () => {
    const [problem, ...others] = problemsOf({ paymnets: 'open' })
    expect(others).toEqual([])
    expect(problem?.path).toBe('paymnets')
    expect(problem?.message).toContain('Did you mean "payments"?')
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('is refused if it is %s', (option) => {
    expect(problemsOf(JSON.parse(`{"${option}":"open"}`)).map(({ path }) => path)).toEqual([option])
  })

  test.each([null, 'open', 5, true, [], () => undefined])('is refused if the options are %o', (options) => {
    expect(problemsOf(options)).toHaveLength(1)
  })

  test.each(['variablesRead', 'payments', 'discovery', 'endpointTiers'])(
    '%s takes its two words and nothing else',
    (option) => {
      const wrong = [
        'Open',
        'on',
        '',
        'open ',
        true,
        false,
        null,
        0,
        1,
        [],
        ['open'],
        {},
        option === 'endpointTiers' ? 'closed' : 'enforce',
      ]
      for (const value of wrong) {
        const [problem, ...others] = problemsOf({ [option]: value })
        expect(others).toEqual([])
        expect(problem?.path).toBe(option)
        expect(problem?.message).toMatch(/^must be "(open|closed)" or "(open|closed|enforce)"\.$/)
      }
    },
  )

  test('hosts takes names of hosts in lower case, without a port, and one at least', () => {
    for (const hosts of ['figma.com', null, {}, []])
      expect(problemsOf({ hosts }).map(({ path }) => path)).toEqual(['hosts'])
    for (const host of [
      'Figma.com',
      'figma.com:443',
      'https://figma.com',
      'figma.com/',
      '*.figma.com',
      '',
      'figma.com.',
      7,
    ])
      expect(problemsOf({ hosts: ['figma.com', host] })).toEqual([
        { path: 'hosts[1]', message: expect.stringMatching(/^must be/) },
      ])
  })

  test('prefix takes what secrets may begin with', () => {
    for (const prefix of ['', '7x', 'fig-d', 'fig d', 'x'.repeat(65), null, 7])
      expect(problemsOf({ prefix })).toEqual([
        { path: 'prefix', message: expect.stringMatching(/^must begin with a letter/) },
      ])
  })

  test('errors takes a function', () => {
    for (const value of ['figma', {}, null, true])
      expect(problemsOf({ errors: value })).toEqual([{ path: 'errors', message: 'must be a function.' }])
  })

  test('all are said at once', () => {
    const issues = problemsOf({ paymnets: 'open', discovery: 'yes', errors: 1, variablesRead: 'open' })
    expect(issues.map(({ path }) => path).sort()).toEqual(['discovery', 'errors', 'paymnets'])
  })
})
