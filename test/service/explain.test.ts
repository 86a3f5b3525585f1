/** `explain` of a request: every rule with its verdict, in a stable order, the first refusal being what `authorize` says. */

import type { RequestLike } from 'plan-access-tokens'
import { createPlanTokens } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestWith, tokensInEachState } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, newWorld, TOKEN } from '../support/world.ts'
import { packagesPolicy } from './support/small-policy.ts'

const RULES = [
  ...[
    'credential',
    'secret',
    'target',
    'known',
    'alive',
    'address',
    'type',
    'plan',
    'plan_rules',
    'endpoint',
    'tier',
    'scope',
    'names',
  ],
  ...['in_plan', 'allowlist'],
]

const world = newWorld()
const policy = [figmaPolicy({ endpointTiers: 'enforce' }), packagesPolicy()]
const tokens = createPlanTokens({ policy, store: world.store, directory: world.directory, clock: world.clock })
const scopes = [
  'file_content:read',
  'projects:read',
  'webhooks:read',
  'webhooks:write',
  'org:activity_log_read',
] as const
const states = await tokensInEachState(tokens, world.clock, { ...TOKEN, scopes })
const limited = (await tokens.create({ ...TOKEN, scopes, resources: ['https://figma.com/files/team/456'] })).secret
const npm = (await tokens.create({ ...TOKEN, type: 'npm', scopes: ['npm:read'] })).secret
const starter = await (async () => {
  world.directory.setPlan('3003', { tier: 'enterprise' })
  const { secret } = await tokens.create({ ...TOKEN, actor: 'admin-3', planId: '3003' })
  world.directory.setPlan('3003', { tier: 'starter' })
  return secret
})()
const { secret: unknown } = await newWorld().make()
const { active, refreshed } = states
const FILE = 'GET /v1/files/FileA'
const bare = (headers: Record<string, string | string[]>, line = FILE): RequestLike => ({
  method: 'GET',
  url: line.slice(4),
  headers,
})

/** A request for each rule that can refuse, and one for each way through: what refuses it, and with which code. */
const TABLE: readonly [string, RequestLike, string | undefined, string][] = [
  ['no credential', bare({}), 'credential', 'token_missing'],
  [
    'two credentials',
    bare({ 'x-figma-token': 'a', authorization: 'Bearer figpat_b' }),
    'credential',
    'request_malformed',
  ],
  ['a typing error', requestWith('figpat_typo', FILE), 'secret', 'token_malformed'],
  ['a typing error and a bad path', requestWith('figpat_typo', 'GET /v1//files'), 'secret', 'token_malformed'],
  [
    'a path that can be read in two ways',
    requestWith(active.secret, 'GET /v1/files/../me'),
    'target',
    'request_malformed',
  ],
  ['a trailing slash', requestWith(active.secret, `${FILE}/`), 'target', 'request_malformed'],
  ['an unknown secret', requestWith(unknown, FILE), 'known', 'token_unknown'],
  ['a revoked token', requestWith(states.revoked.secret, FILE), 'alive', 'token_revoked'],
  ['an expired token', requestWith(states.expired.secret, FILE), 'alive', 'token_expired'],
  [
    'an expired token on an unknown endpoint',
    requestWith(states.expired.secret, 'GET /nowhere'),
    'alive',
    'token_expired',
  ],
  ['another type', requestWith(npm, FILE), 'type', 'token_wrong_type'],
  ['a plan of a lower tier', requestWith(starter, FILE), 'plan', 'plan_not_eligible'],
  ['an unknown endpoint', requestWith(active.secret, 'GET /nowhere'), 'endpoint', 'endpoint_unknown'],
  ['another method', requestWith(active.secret, 'PATCH /v1/files/FileA'), 'endpoint', 'endpoint_unknown'],
  ['a closed endpoint', requestWith(active.secret, 'GET /v1/me'), 'endpoint', 'endpoint_not_supported'],
  ['an endpoint of another tier', requestWith(active.secret, 'GET /v1/activity_logs'), 'tier', 'plan_not_eligible'],
  ['no scope for it', requestWith(active.secret, `${FILE}/comments`), 'scope', 'scope_missing'],
  [
    'names that cannot be read',
    requestWith(active.secret, 'POST /v2/webhooks', { body: {} }),
    'names',
    'request_malformed',
  ],
  [
    'a query that names a thing twice',
    requestWith(active.secret, 'GET /v2/webhooks?context=team&context_id=1&context_id=2'),
    'names',
    'request_malformed',
  ],
  ['a resource of another plan', requestWith(active.secret, 'GET /v1/files/FileZ'), 'in_plan', 'resource_not_in_plan'],
  [
    'a resource that does not exist',
    requestWith(active.secret, 'GET /v1/files/Nowhere'),
    'in_plan',
    'resource_not_in_plan',
  ],
  ['a resource that is not listed', requestWith(limited, 'GET /v1/files/FileB'), 'allowlist', 'resource_not_allowed'],
  ['the whole plan for a limited token', requestWith(limited, 'GET /v2/webhooks'), 'allowlist', 'resource_not_allowed'],
  ['a request that is fine', requestWith(active.secret, FILE), undefined, 'allowed'],
  ['HEAD', requestWith(active.secret, 'HEAD /v1/files/FileA'), undefined, 'allowed'],
  ['the secret before', requestWith(refreshed.previous, FILE), undefined, 'allowed'],
  ['a listed resource', requestWith(limited, FILE), undefined, 'allowed'],
  [
    'several resources',
    requestWith(active.secret, 'POST /v2/webhooks', { body: { context: 'team', context_id: '456', team_id: '457' } }),
    undefined,
    'allowed',
  ],
  ['the whole plan', requestWith(active.secret, 'GET /v2/webhooks'), undefined, 'allowed'],
  [
    'a Fetch request',
    new Request('https://api.example/v1/files/FileA', {
      headers: { 'x-figma-token': active.secret.reveal() },
    }) as never,
    undefined,
    'allowed',
  ],
]

describe('explain of a request', () => {
  it.each(TABLE)('%s', async (_, request, refuses, code) => {
    const { decision, rules } = await tokens.explain(request)
    expect(rules.map(({ rule }) => rule)).toEqual(RULES)
    const first = rules.find(({ ok }) => !ok)
    expect([first?.rule, decision.allowed ? 'allowed' : decision.code]).toEqual([refuses, code])
    expect(first?.code).toBe(refuses && code)
    const authorized = await tokens.authorize(request)
    expect(JSON.parse(JSON.stringify(decision))).toEqual(JSON.parse(JSON.stringify(authorized)))
    for (const { ok, code: refusal, reason } of rules) {
      if (ok) expect(refusal).toBeUndefined()
      expect(reason).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('never shows a secret, a digest, or what the client sent', async () => {
    for (const [, request] of TABLE) {
      const text = JSON.stringify(await tokens.explain(request))
      expect(text).not.toMatch(/figpat_|acmenpm_|[0-9a-f]{64}|Nowhere|nowhere|FileZ|\.\.\/me/)
    }
  })

  it('judges what it can beyond the first refusal, and says of the rest that it was not judged', async () => {
    const { rules } = await tokens.explain(requestWith(states.expired.secret, 'GET /v1/files/FileZ/comments'))
    expect(rules.filter(({ code }) => code !== undefined).map(({ rule, code }) => [rule, code])).toEqual([
      ['alive', 'token_expired'],
      ['scope', 'scope_missing'],
      ['in_plan', 'resource_not_in_plan'],
    ])
    expect(rules.at(-1)).toEqual({
      rule: 'allowlist',
      ok: false,
      reason: expect.stringContaining('Not judged'),
      reasons: [expect.objectContaining({ code: 'not_judged' })],
    })
    const { rules: without } = await tokens.explain(bare({}, 'GET /v1/me'))
    expect(without.filter(({ code }) => code !== undefined).map(({ code }) => code)).toEqual([
      'token_missing',
      'endpoint_not_supported',
    ])
  })

  it('says of what lies elsewhere nothing more than of what does not exist', async () => {
    for (const secret of [active.secret, limited]) {
      const foreign = await tokens.explain(requestWith(secret, 'GET /v1/files/FileZ'))
      const absent = await tokens.explain(requestWith(secret, 'GET /v1/files/Nowhere'))
      expect(JSON.stringify(foreign)).toBe(JSON.stringify(absent))
    }
  })

  it('gives the token with an allowance', async () => {
    const { decision } = await tokens.explain(requestWith(active.secret, FILE))
    expect(decision).toMatchObject({ allowed: true, token: { id: active.token.id, status: 'active' } })
  })

  it('names dates and scopes of the token, so that a customer can be told', async () => {
    const reasonOf = async (request: RequestLike, name: string) =>
      (await tokens.explain(request)).rules.find(({ rule }) => rule === name)?.reason
    expect(await reasonOf(requestWith(states.expired.secret, FILE), 'alive')).toContain('2027-02-01T12:00:00.000Z')
    expect(await reasonOf(requestWith(states.retired.secret, FILE), 'alive')).toContain('2027-')
    expect(await reasonOf(requestWith(active.secret, `${FILE}/comments`), 'scope')).toContain('file_comments:read')
    expect(await reasonOf(requestWith(active.secret, `${FILE}/comments`), 'scope')).toContain('projects:read')
  })

  it('of a retired secret says so, as authorize does', async () => {
    const second = (await tokens.refresh({ actor: ADMIN, id: active.token.id, retirePrevious: 'now' })).secret
    const { decision } = await tokens.explain(requestWith(active.secret, FILE))
    expect(decision).toMatchObject({ code: 'secret_retired' })
    expect((await tokens.explain(requestWith(second, FILE))).decision.allowed).toBe(true)
  })
})

describe('explain where a port fails', () => {
  it('says unavailable where authorize does, and what came before as it is', async () => {
    for (const [method, rule] of [
      ['plan', 'plan'],
      ['locate', 'in_plan'],
    ] as const) {
      const broken = { ...world.directory, [method]: () => Promise.reject(new Error('select digest')) }
      const engine = createPlanTokens({ policy, store: world.store, directory: broken, clock: world.clock })
      const request = requestWith(limited, FILE)
      const { decision, rules } = await engine.explain(request)
      const first = rules.find(({ ok }) => !ok)
      expect([first?.rule, first?.code, (await engine.authorize(request)).allowed]).toEqual([
        rule,
        'unavailable',
        false,
      ])
      expect(decision).toMatchObject({ allowed: false, code: 'unavailable', status: 503 })
      expect(JSON.stringify(rules)).not.toContain('select')
      expect(rules).toHaveLength(RULES.length)
    }
  })

  it('says unavailable for the token where the store fails, and judges the endpoint all the same', async () => {
    const store = { ...world.store, findByDigest: () => Promise.reject(new Error('down')) }
    const engine = createPlanTokens({ policy, store, directory: world.directory, clock: world.clock })
    const { decision, rules } = await engine.explain(requestWith(limited, 'GET /v1/me'))
    expect(decision).toMatchObject({ code: 'unavailable' })
    expect(rules.filter(({ code }) => code !== undefined).map(({ rule, code }) => `${rule} ${code}`)).toEqual([
      ...['known unavailable', 'endpoint endpoint_not_supported'],
    ])
  })

  it('keeps an earlier refusal as the decision', async () => {
    const broken = { ...world.directory, locate: () => Promise.reject(new Error('down')) }
    const engine = createPlanTokens({ policy, store: world.store, directory: broken, clock: world.clock })
    const { decision, rules } = await engine.explain(requestWith(states.revoked.secret, FILE))
    expect(decision).toMatchObject({ code: 'token_revoked' })
    expect(rules.at(-1)).toEqual({
      rule: 'allowlist',
      ok: false,
      reason: expect.stringContaining('did not answer'),
      reasons: [expect.objectContaining({ code: 'no_answer' })],
    })
  })

  it('outlives a day by the clock', async () => {
    world.clock.advance(400 * DAY)
    expect((await tokens.explain(requestWith(limited, FILE))).decision).toMatchObject({ code: 'token_expired' })
  })
})
