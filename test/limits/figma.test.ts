/** `figmaLimits`: Figma's figures by plan and tier of endpoint, as its page on rate limits has them, for every route of the policy. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaErrors, figmaLimits, figmaPolicy } from 'plan-access-tokens/figma'
import { requestLimits } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { requestWith } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'
import { newDirectory, TOKEN } from '../support/world.ts'

/** Dev and Full seats, requests a minute. */
const PAGE = { organization: { 1: 15, 2: 50, 3: 100 }, enterprise: { 1: 20, 2: 100, 3: 150 } } as const

/** What the page lists, by the words of its table; what it does not list is under tier 2, or where its like is. */
const TIERS: readonly (readonly [tier: 1 | 2 | 3, route: RegExp])[] = [
  [1, /^GET \/v1\/files\/\{file_key\}$|\/nodes$|\/v1\/images\//],
  [
    3,
    /activity_logs|developer_logs|ai_usage|component|styles|\/meta$|analytics|payments|\/me$|oembed|^POST .*\/variables$/,
  ],
  [
    2,
    /comments|dev_resources|discovery|\/images$|\/projects$|\/files$|\/folders$|variables|versions|webhooks|code_connect/,
  ],
]

it('has the figures of the page for each route and each tier of plan', () => {
  const { groups, rules } = figmaLimits()
  const [policy] = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory: newDirectory() }).policies
  const routes = Object.keys(policy!.data.endpoints)
  expect(routes.length).toBeGreaterThan(50)
  for (const [tier, figures] of Object.entries(PAGE))
    for (const route of routes) {
      const level = TIERS.find(([, pattern]) => pattern.test(route))?.[0]
      const rule = rules.find(
        (one) =>
          one.tier === tier &&
          (one.endpoints === undefined || groups[one.endpoints as 'tier1'].includes(route as never)),
      )
      expect([route, rule?.requests, rule?.perSeconds]).toEqual([route, level && figures[level], 60])
    }
})

it('goes with every set of options of the policy, and answers in Figma’s words and headers', async () => {
  const limits = requestLimits({ limiter: memoryLimiter(), whenUnavailable: 'deny', ...figmaLimits() })
  const options = { store: memoryStore(), directory: newDirectory(), limits }
  createPlanTokens({ ...options, policy: figmaPolicy({ variablesRead: 'closed', endpointTiers: 'enforce' }) })
  const tokens = createPlanTokens({ ...options, policy: figmaPolicy({ errors: figmaErrors }) })
  for (const [planId, actor, file, most, tier] of [
    ['1001', 'admin-1', 'FileA', 15, 'org'],
    ['2002', 'admin-2', 'FileZ', 20, 'enterprise'],
  ] as const) {
    const { secret } = await tokens.create({
      ...TOKEN,
      actor,
      planId,
      scopes: ['file_content:read', 'file_metadata:read'],
    })
    const ask = (line: string) => tokens.authorize(requestWith(secret, line))
    for (let i = 0; i < most; i++) expect((await ask(`GET /v1/files/${file}`)).allowed).toBe(true)
    // The endpoints of one tier share a bucket; those of another have their own.
    const decision = await ask(`GET /v1/images/${file}?ids=1:2`)
    if (decision.allowed) throw new Error('It was allowed.')
    const response = decision.response()
    expect(response.status).toBe(429)
    expect(response.headers.get('x-figma-plan-tier')).toBe(tier)
    expect(response.headers.get('x-figma-rate-limit-type')).toBe('high')
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await response.json()).toEqual({ status: 429, err: 'Rate limit exceeded', message: 'Rate limit exceeded' })
    expect((await ask(`GET /v1/files/${file}/meta`)).allowed).toBe(true)
  }
})
