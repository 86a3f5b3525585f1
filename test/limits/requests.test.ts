/** A request beyond its limit is `rate_limited`, whose bucket it is taken from is plain, and nobody without a token makes one. */
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { requestLimits } from 'plan-access-tokens/limits'
import { requestWith } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'
import { ADMIN, DAY, newWorld, POLICY } from '../support/world.ts'
import { ALL, FILE, limitedWorld } from './world.ts'

it('lets as many requests through as the limit has, and refuses the next with 429 and Retry-After', async () => {
  const { make, decide } = limitedWorld({})
  const { secret } = await make()
  const [one, two, three] = [await decide(secret), await decide(secret), await decide(secret)]
  expect(one).toMatchObject({
    allowed: true,
    limit: { name: 'all', requests: 2, perSeconds: 60, remaining: 1, retryAfter: 0, tier: 'organization' },
    headers: { 'RateLimit-Policy': '"all";q=2;w=60', RateLimit: '"all";r=1;t=30', 'Cache-Control': 'no-store' },
  })
  expect(two).toMatchObject({ allowed: true, limit: { remaining: 0 }, headers: { RateLimit: '"all";r=0;t=60' } })
  expect(three).toMatchObject({ allowed: false, code: 'rate_limited', status: 429, limit: { retryAfter: 30 } })
  if (three.allowed) return
  const response = three.response()
  expect(response.status).toBe(429)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'retry-after': '30',
    'ratelimit-policy': '"all";q=2;w=60',
    ratelimit: '"all";r=0;t=60',
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
  })
  expect(response.headers.has('www-authenticate')).toBe(false)
  expect(await response.json()).toMatchObject({ code: 'rate_limited', status: 429 })
})

it('counts each token by itself, all secrets of one together, and HEAD as GET', async () => {
  const { make, tokens, ask } = limitedWorld({})
  const [one, other] = [await make(), await make()]
  const { secret } = await tokens.refresh({ actor: ADMIN, id: one.id })
  expect(await ask(one.secret)).toBe('allowed')
  expect(await ask(secret, 'HEAD /v1/files/FileA')).toBe('allowed')
  expect(await ask(one.secret)).toBe('rate_limited')
  expect(await ask(secret, 'HEAD /v1/files/FileA')).toBe('rate_limited')
  expect(await ask(other.secret)).toBe('allowed')
})

it('counts all tokens of a plan together where the rule says so, and takes nothing from another plan', async () => {
  const { make, ask, takes } = limitedWorld({ rules: [{ ...ALL, per: 'plan' }] })
  const [one, other] = [await make(), await make()]
  const elsewhere = await make({ actor: 'admin-2', planId: '2002' })
  expect([await ask(one.secret), await ask(other.secret)]).toEqual(['allowed', 'allowed'])
  expect([await ask(one.secret), await ask(other.secret)]).toEqual(['rate_limited', 'rate_limited'])
  expect(await ask(elsewhere.secret, 'GET /v1/files/FileZ')).toBe('allowed')
  expect(new Set(takes.map(({ key }) => key))).toEqual(new Set(['all:plan:1001', 'all:plan:2002']))
})

it('asks after the scope and before bodies are read and the directory is asked for a place', async () => {
  const { make, tokens, directory, takes } = limitedWorld({ rules: [{ ...ALL, requests: 1 }] })
  const { secret } = await make({ scopes: ['file_dev_resources:write'] })
  const headers = { 'x-figma-token': secret, 'content-type': 'application/json' }
  let reads = 0
  const body = () => {
    reads += 1
    return { dev_resources: [{ file_key: 'FileA' }] }
  }
  const write = { method: 'POST', url: '/v1/dev_resources', headers, body }
  expect((await tokens.authorize(requestWith(secret, FILE))).allowed).toBe(false)
  expect(takes).toEqual([])
  expect((await tokens.authorize(write)).allowed).toBe(true)
  directory.locate = () => {
    throw new Error('The directory was asked.')
  }
  expect(await tokens.authorize(write)).toMatchObject({ code: 'rate_limited' })
  expect(reads).toBe(1)
})

it('makes no bucket for an unknown, wrong or dead token, a closed endpoint, a missing scope or no token', async () => {
  const { make, tokens, clock, directory, takes } = limitedWorld({})
  const fresh = await make()
  const revoked = await make()
  await tokens.revoke({ actor: ADMIN, id: revoked.id })
  const expired = await make({ lifetimeDays: 1 })
  const unknown = await newWorld().make()
  const suspended = await make({ actor: 'admin-2', planId: '2002' })
  directory.setPlan('2002', { suspended: true })
  clock.advance(DAY)
  const asked: readonly (readonly [string, string])[] = [
    [revoked.secret, FILE],
    [expired.secret, FILE],
    [unknown.secret, FILE],
    [suspended.secret, 'GET /v1/files/FileZ'],
    [`${fresh.secret}x`, FILE],
    ['', FILE],
    [fresh.secret, 'GET /v1/me'],
    [fresh.secret, 'GET /nowhere'],
    [fresh.secret, 'GET /v1/files/FileA/comments'],
    [fresh.secret, 'GET /v1//files'],
  ]
  for (const [secret, line] of asked) {
    const decision = await tokens.authorize(requestWith(secret, line))
    expect(decision.allowed).toBe(false)
    if (!decision.allowed) expect(decision.code).not.toBe('rate_limited')
    await tokens.explain(requestWith(secret, line))
  }
  expect(takes).toEqual([])
})

it('takes nothing for a refused request, so that a storm of retries makes nobody wait longer', async () => {
  const { make, decide } = limitedWorld({ rules: [{ ...ALL, requests: 1 }] })
  const { secret } = await make()
  await decide(secret)
  const waits = new Set<number>()
  for (let i = 0; i < 500; i++) {
    const decision = await decide(secret)
    if (!decision.allowed) waits.add(decision.limit?.retryAfter ?? Number.NaN)
  }
  expect(Math.max(...waits)).toBeLessThanOrEqual(60)
})

it('lets exactly as many of a thousand requests at once through as the limit has', async () => {
  const { make, ask } = limitedWorld({ rules: [{ ...ALL, requests: 100, perSeconds: 86_400 }] })
  const { secret } = await make()
  const said = await Promise.all(Array.from({ length: 1_000 }, () => ask(secret)))
  expect(said.filter((word) => word === 'allowed')).toHaveLength(100)
  expect(new Set(said)).toEqual(new Set(['allowed', 'rate_limited']))
})

it('says of a token that was revoked meanwhile that it was, and takes nothing', async () => {
  const { make, tokens, ask, takes } = limitedWorld({ rules: [{ ...ALL, requests: 1 }] })
  const { id, secret } = await make()
  expect([await ask(secret), await ask(secret)]).toEqual(['allowed', 'rate_limited'])
  await tokens.revoke({ actor: ADMIN, id })
  expect(await ask(secret)).toBe('token_revoked')
  expect(takes).toHaveLength(2)
})

it('takes nothing and refuses nothing where a request is judged again', async () => {
  const { make, tokens, takes } = limitedWorld({ rules: [{ ...ALL, requests: 1 }] })
  const { secret } = await make()
  const request = requestWith(secret, FILE)
  expect((await tokens.authorize(request)).allowed).toBe(true)
  for (let i = 0; i < 3; i++) {
    const decision = await tokens.authorize(request, { again: true })
    expect(decision.allowed).toBe(true)
    expect(decision.headers).not.toHaveProperty('RateLimit')
  }
  expect(takes).toHaveLength(1)
  expect((await tokens.authorize(request)).allowed).toBe(false)
})

it('decides without a promise where the limiter answers at once', async () => {
  const { make, tokens } = limitedWorld({})
  const { secret } = await make()
  const request = { method: 'GET', url: '/v1/files/FileA', headers: { 'x-figma-token': secret } }
  expect([tokens.decide(request), tokens.decide(request), tokens.decide(request)]).toMatchObject([
    { allowed: true },
    { allowed: true },
    { code: 'rate_limited' },
  ])
})

it('counts in a process that only judges, too', async () => {
  const { make, store, directory, clock } = newWorld()
  const { secret } = await make()
  const limiter = { take: () => ({ allowed: false, remaining: 0, retryMs: 1, fullMs: 1 }) }
  const limits = requestLimits({ limiter, whenUnavailable: 'deny', rules: [ALL] })
  const authorizer = createAuthorizer({ policy: POLICY, store, directory, clock, limits })
  // A wait of a millisecond is one of a second to a client.
  expect(await authorizer.authorize(requestWith(secret, FILE))).toMatchObject({
    code: 'rate_limited',
    headers: { 'Retry-After': '1' },
  })
})

it('tells onDecision how the limit stands, and nothing where there is none', async () => {
  const told: unknown[] = []
  const rules = [{ name: 'free', endpoints: 'GET /v1/files/{file_key}/versions', unlimited: true as const }, ALL]
  const { make, ask } = limitedWorld({ rules }, { onDecision: ({ limit }) => told.push(limit) })
  const { secret } = await make({ scopes: ['file_content:read', 'file_versions:read'] })
  for (let i = 0; i < 3; i++) await ask(secret)
  expect(await ask(secret, 'GET /v1/files/FileA/versions')).toBe('allowed')
  expect(told).toMatchObject([
    { name: 'all', remaining: 1, retryAfter: 0 },
    { name: 'all', remaining: 0 },
    { name: 'all', remaining: 0, retryAfter: 30 },
    undefined,
  ])
})

it('explains how the limit stands without taking, also by the id of a token', async () => {
  const { make, tokens, ask, takes } = limitedWorld({})
  const { id, secret } = await make()
  const why = async (what: Parameters<typeof tokens.explain>[0]) => {
    const { decision, rules } = await tokens.explain(what)
    const verdict = rules.find(({ rule }) => rule === 'limit')
    return [decision.allowed, verdict?.ok, verdict?.reason]
  }
  const question = { actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' }
  for (let i = 0; i < 5; i++) {
    const reason = 'By the limit "all", 2 of 2 requests per 60 s are left.'
    expect(await why(requestWith(secret, FILE))).toEqual([true, true, reason])
    expect(await why(question)).toEqual([true, true, reason])
  }
  expect(takes).toEqual([])
  await ask(secret)
  await ask(secret)
  const reason =
    'There were more requests than the limit allows. It is the limit "all" of 2 requests per 60 s; the next one is possible in 30 s.'
  expect(await why(question)).toEqual([false, false, reason])
  const { rules } = await tokens.explain(question)
  expect(rules.slice(-4)).toMatchObject([
    { rule: 'limit', ok: false, code: 'rate_limited' },
    { rule: 'names', ok: true },
    { rule: 'in_plan', ok: true },
    { rule: 'allowlist', ok: true },
  ])
})

it('names no rule of limits in an explanation where there are none', async () => {
  const { make, tokens } = newWorld()
  const { secret } = await make()
  const { rules } = await tokens.explain(requestWith(secret, FILE))
  expect(rules.map(({ rule }) => rule)).not.toContain('limit')
})

it('says that a limiter cannot be looked at where it cannot', async () => {
  const limiter = { take: () => ({ allowed: true, remaining: 1, retryMs: 0, fullMs: 1 }) }
  const { make, tokens, takes } = limitedWorld({ limiter })
  const { secret } = await make()
  const { decision, rules } = await tokens.explain(requestWith(secret, FILE))
  expect(decision.allowed).toBe(true)
  expect(rules.find(({ rule }) => rule === 'limit')?.reason).toMatch(/^No limit applies, or none that can be looked at/)
  expect(takes).toEqual([])
})
