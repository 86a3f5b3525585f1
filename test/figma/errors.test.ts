/** `figmaErrors`: every refusal in the form that clients of Figma's API read, and as the answer of real decisions. */
import {
  createPlanTokens,
  type Decision,
  type Denial,
  definePolicy,
  memoryStore,
  type RefusalCode,
} from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { requestLimits } from 'plan-access-tokens/limits'
import { expectDenied, requestWith, testClock, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, test } from 'vitest'
import { REFUSALS } from '../../src/core/refusals.ts'
import { tableBelow } from '../conformance/page.ts'

const HOUR = 3_600_000

/** What each refusal reads as, in the words of docs/figma-conformance.md. */
const ANSWERS: { readonly [C in RefusalCode]: readonly [status: number, err: string] } = {
  token_missing: [403, 'Invalid token'],
  request_malformed: [400, 'Bad request. The path ends with a slash. Send it without.'],
  token_malformed: [403, 'Invalid token'],
  token_unknown: [403, 'Invalid token'],
  token_revoked: [403, 'Invalid token'],
  token_expired: [403, 'Token expired'],
  secret_retired: [403, 'Token expired'],
  address_not_allowed: [403, 'This token is not allowed from this IP address'],
  token_wrong_type: [403, 'Invalid token'],
  plan_not_eligible: [403, 'Limited by Figma plan'],
  lifetime_exceeded: [403, 'Token expired'],
  token_idle: [403, 'Token expired'],
  endpoint_unknown: [404, 'Not found'],
  endpoint_not_supported: [403, 'This endpoint is not available to plan access tokens'],
  rate_limited: [429, 'Rate limit exceeded'],
  scope_missing: [403, 'Invalid scope. This endpoint requires the projects:read or files:read scope'],
  resource_not_in_plan: [404, 'Not found'],
  resource_not_allowed: [403, 'This token has no access to this resource'],
  unavailable: [503, 'Service unavailable'],
}
/** What Figma's page on rate limits says of its 429, beside `Retry-After`. */
const LIMIT_HEADERS = {
  'X-Figma-Plan-Tier': 'org',
  'X-Figma-Rate-Limit-Type': 'high',
  'X-Figma-Upgrade-Link': 'https://www.figma.com/pricing',
}
const CODES = Object.keys(REFUSALS) as RefusalCode[]

/** Brings about each refusal by a request. */
async function refusals(errors: typeof figmaErrors | undefined): Promise<{ readonly [C in RefusalCode]: Denial }> {
  const other = definePolicy({
    surface: 'builds',
    ...{ credential: { headers: [], bearer: true }, tiers: ['organization'], scopes: { 'build:run': {} } },
    types: { build: { prefix: 'bld' } },
    ...{ kinds: { project: {} }, links: { hosts: ['b.example'], shapes: ['/p/{project}'] } },
    endpoints: { 'GET /builds': { scopes: ['build:run'], names: 'plan' } },
  })
  const directory = testDirectory({
    '1001': { admins: ['admin-1'], resources: { 'team:456': { 'file:FileA': {} }, 'file:FileB': {} } },
    '2002': { admins: ['admin-1'] },
    '3003': { admins: ['admin-1'], rules: {} },
    '4004': { admins: ['admin-1'] },
  })
  let isDown = false
  const locate: typeof directory.locate = (resource) => {
    if (isDown) throw new Error('down')
    return directory.locate(resource)
  }
  const clock = testClock()
  const limits = requestLimits({
    limiter: { take: () => ({ allowed: false, remaining: 0, retryMs: 9_000, fullMs: 60_000 }) },
    whenUnavailable: 'deny',
    rules: [{ name: 'meta', endpoints: 'GET /v1/files/{file_key}/meta', requests: 5, perSeconds: 60 }],
  })
  const options = { store: memoryStore(), directory: { ...directory, locate }, clock, limits }
  const tokens = createPlanTokens({
    policy: [figmaPolicy(errors ? { errors } : {}), other],
    ...options,
    addresses: addressRanges(),
    onWarning() {},
  })
  const elsewhere = createPlanTokens({ policy: figmaPolicy(), ...options, store: memoryStore() })
  const base = { actor: 'admin-1', planId: '1001', name: 'x', lifetimeDays: 90, resources: 'all' } as const
  const rest = { ...base, type: 'rest', scopes: ['file_content:read', 'file_metadata:read'] } as const
  const { token, secret } = await tokens.create(rest)
  const one = await tokens.create({ ...rest, resources: ['https://figma.com/files/1001/team/456'] })
  const revoked = await tokens.create(rest)
  await tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
  const short = await tokens.create({ ...rest, lifetimeDays: 1 })
  const suspended = await tokens.create({ ...rest, planId: '2002' })
  directory.setPlan('2002', { suspended: true })
  const inside = await tokens.create({ ...rest, addresses: ['203.0.113.0/24'] })
  const build = await tokens.create({ ...base, type: 'build', scopes: ['build:run'] })
  const old = await tokens.create({ ...rest, planId: '3003' })
  directory.setPlan('3003', { rules: { maxLifetimeDays: 1 } })
  const idle = await tokens.create({ ...rest, planId: '4004' })
  directory.setPlan('4004', { rules: { idleDays: 1 } })
  const unknown = await elsewhere.create(rest)
  const fresh = await tokens.refresh({ actor: 'admin-1', id: token.id })
  clock.advance(24 * HOUR)

  const A = 'GET /v1/files/FileA'
  const ask = (value: Parameters<typeof requestWith>[0], line: string) => tokens.authorize(requestWith(value, line))
  const denied = async (code: RefusalCode, decision: Promise<Decision>) => expectDenied(await decision, code)
  const found = {
    token_missing: await denied(
      'token_missing',
      tokens.authorize({ method: 'GET', url: '/v1/files/FileA', headers: {} }),
    ),
    request_malformed: await denied('request_malformed', ask(fresh.secret, `${A}/`)),
    token_malformed: await denied('token_malformed', ask('figd_someone-elses', A)),
    token_unknown: await denied('token_unknown', ask(unknown.secret, A)),
    token_revoked: await denied('token_revoked', ask(revoked.secret, A)),
    token_expired: await denied('token_expired', ask(short.secret, A)),
    secret_retired: await denied('secret_retired', ask(secret, A)),
    address_not_allowed: await denied('address_not_allowed', ask(inside.secret, A)),
    token_wrong_type: await denied('token_wrong_type', ask(build.secret, A)),
    plan_not_eligible: await denied('plan_not_eligible', ask(suspended.secret, A)),
    lifetime_exceeded: await denied('lifetime_exceeded', ask(old.secret, A)),
    token_idle: await denied('token_idle', ask(idle.secret, A)),
    endpoint_unknown: await denied('endpoint_unknown', ask(fresh.secret, 'GET /v1/nothing')),
    endpoint_not_supported: await denied('endpoint_not_supported', ask(fresh.secret, 'GET /v1/me')),
    rate_limited: await denied('rate_limited', ask(fresh.secret, `${A}/meta`)),
    scope_missing: await denied('scope_missing', ask(fresh.secret, 'GET /v1/teams/456/projects')),
    resource_not_in_plan: await denied('resource_not_in_plan', ask(fresh.secret, 'GET /v1/files/FileQ')),
    resource_not_allowed: await denied('resource_not_allowed', ask(one.secret, 'GET /v1/files/FileB')),
  }
  isDown = true
  return { ...found, unavailable: await denied('unavailable', ask(fresh.secret, A)) }
}

const plain = await refusals(undefined)
const figma = await refusals(figmaErrors)

describe.each(CODES)('%s', (code) => {
  const [status, err] = ANSWERS[code]

  test(`reads as ${status} "${err}"`, () => {
    const rendered = figmaErrors(plain[code])
    expect(rendered.status).toBe(status)
    expect(JSON.parse(rendered.body)).toEqual({ status, err, message: err })
    expect(Object.keys(JSON.parse(rendered.body))).toEqual(['status', 'err', 'message'])
  })

  test('keeps the headers of the refusal, and is JSON', () => {
    const { headers } = figmaErrors(plain[code])
    const own = code === 'rate_limited' ? LIMIT_HEADERS : {}
    expect(headers).toEqual({ ...plain[code].headers, ...own, 'Content-Type': 'application/json; charset=utf-8' })
    expect(headers).toMatchObject({ 'Cache-Control': 'no-store', Vary: 'X-Figma-Token, Authorization' })
  })

  test('is what rendered() and response() give under figmaPolicy({ errors: figmaErrors }), each time anew', async () => {
    expect(figma[code].rendered()).toEqual(figmaErrors(plain[code]))
    for (const response of [figma[code].response(), figma[code].response()]) {
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
      for (const [name, value] of Object.entries(plain[code].headers)) expect(response.headers.get(name)).toBe(value)
      expect(await response.json()).toEqual({ status, err, message: err })
    }
  })

  test('stays what it is: the renderer changes neither code, status, message nor headers of the decision', () => {
    const bare = ({ response: _, rendered: __, ...denial }: Denial) => denial
    expect(bare(figma[code])).toEqual(bare(plain[code]))
    expect(figma[code].status).toBe(REFUSALS[code].status)
  })

  test('is problem+json without it, with the members err and message', async () => {
    const response = plain[code].response()
    expect(response.status).toBe(REFUSALS[code].status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const { message, reason } = plain[code]
    expect(await response.json()).toEqual({
      ...{ type: `urn:plan-access-tokens:error:${code}`, title: REFUSALS[code].title, status: REFUSALS[code].status },
      ...{ detail: message, code, ...(reason !== undefined && { reason }) },
      // What clients of Figma's API tell a refusal by.
      ...{ err: message, message },
    })
  })
})

test('a bad token is 403 whatever is bad about it, and an unavailable service says when to try again', () => {
  const bad = CODES.filter((code) => /^(token|secret|lifetime)_/.test(code))
  expect(bad).toHaveLength(9)
  for (const code of bad) expect(figmaErrors(plain[code]).status).toBe(403)
  expect(figmaErrors(plain.unavailable).headers['Retry-After']).toBe('1')
})

test('a malformed request is told its cause with what to do, and without one the words of Figma alone', () => {
  const said = (denial: Denial) => JSON.parse(figmaErrors(denial).body).err
  expect(said(plain.request_malformed)).toBe('Bad request. The path ends with a slash. Send it without.')
  expect(plain.request_malformed.message).toContain(said(plain.request_malformed).replace('Bad request. ', ''))
  const { reason: _, ...without } = plain.request_malformed
  expect(said(without)).toBe('Bad request')
})

test('one scope is named alone, several are joined by "or"', () => {
  const [scope] = plain.scope_missing.scopes ?? []
  const single = figmaErrors({ ...plain.scope_missing, scopes: [String(scope)] })
  expect(JSON.parse(single.body).err).toBe('Invalid scope. This endpoint requires the projects:read scope')
})

test('a resource that does not exist and an endpoint that does not exist read alike, and repeat nothing of the request', () => {
  expect(figmaErrors(plain.resource_not_in_plan).body).toBe(figmaErrors(plain.endpoint_unknown).body)
  for (const code of CODES) expect(JSON.stringify(figmaErrors(plain[code]))).not.toMatch(/FileQ|figd_|v1\/nothing/)
})

test('docs/figma-conformance.md has each of them in its table, with status and text', () => {
  const said = tableBelow('How figmaErrors words things').flatMap(([codes = '', status, err = '']) =>
    codes.split(', ').map((code) => [code.replaceAll('`', ''), [Number(status), err]] as const),
  )
  const wanted = CODES.map((code) => {
    const [status, err] = ANSWERS[code]
    return [
      code,
      [
        status,
        err.replace('projects:read or files:read', '…').replace('The path ends with a slash. Send it without.', '…'),
      ],
    ]
  })
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(wanted))
  expect(said).toHaveLength(CODES.length)
})
