/** What goes over the wire: nothing that the client sent, one well-formed challenge, problem+json, and Figma's own form. */
import { inspect } from 'node:util'
import type { Denial, RefusalCode } from 'plan-access-tokens'
import { figmaErrors, figmaPolicy } from 'plan-access-tokens/figma'
import { expect } from 'vitest'
import { attacksOf } from './attack.ts'
import { everyRefusal, expectNoSecret, expectNothingLikeASecret, textOf, textOfDenial } from './refusals.ts'
import { denied, neverAllowed, STATUS } from './verdicts.ts'
import { A, EVERY_SCOPE, fetchRequest, JSON_TYPE, rawRequest, world } from './world.ts'

const attack = attacksOf('leaks')

/** 200 letters that occur nowhere else; a part of them is enough to give them away. */
const LETTERS = 'zqxj'.repeat(50)
const PART = 'zqxjz'

attack('g05', async () => {
  const told: unknown[] = []
  const w = await world({ onDecision: (info) => told.push(info) })
  const { secret } = w.ALL
  const headers = { 'x-figma-token': secret }
  const at = (url: string) => rawRequest({ url, headers })
  const requests = [
    ...[LETTERS, `figpat_${LETTERS}`, `${secret}${LETTERS}`, `${LETTERS}, ${secret}`, `${secret} ${LETTERS}`].flatMap(
      (value) => [
        rawRequest({ headers: { 'x-figma-token': value } }),
        rawRequest({ headers: { authorization: `Bearer ${value}` } }),
        rawRequest({ headers: { authorization: value } }),
        rawRequest({ headers: { ...headers, authorization: `Bearer figpat_${value}` } }),
        rawRequest({ headers: { 'x-figma-token': [secret, value] } }),
      ],
    ),
    ...[
      `/${LETTERS}`,
      `/v1/files/${LETTERS}`,
      `/v1/files/${LETTERS}/`,
      `/v1/files/${A}/${LETTERS}`,
      `//${LETTERS}`,
    ].map(at),
    ...[`/v1/files/${LETTERS}%00`, `/v1/files/${LETTERS}%2f`, `/v1/files/%zz${LETTERS}`, `/v1/\r\n${LETTERS}`].map(at),
    ...[
      `context=${LETTERS}&context_id=1`,
      `context=file&context_id=${LETTERS}`,
      `plan_api_id=${LETTERS}`,
      `context=%${LETTERS}&context_id=1`,
    ].map((query) => at(`/v2/webhooks?${query}`)),
    at(`/v1/me?${LETTERS}=${LETTERS}`),
    rawRequest({ headers: { ...headers, [`x-${LETTERS}`]: LETTERS, cookie: LETTERS }, url: '/v1/me' }),
    rawRequest({ headers, method: LETTERS }),
    rawRequest({
      headers: { ...headers, ...JSON_TYPE },
      method: 'POST',
      url: '/v2/webhooks',
      body: { context: LETTERS, context_id: LETTERS },
    }),
    rawRequest({ headers: { ...headers, ...JSON_TYPE }, method: 'POST', url: '/v2/webhooks', body: LETTERS }),
    fetchRequest(`GET /v1/files/${LETTERS}`, w.ALL),
  ]
  for (const [i, request] of requests.entries()) {
    const what = `request ${i}: ${inspect(request).slice(0, 120)}`
    const denial = neverAllowed(await w.tokens.authorize(request), what)
    expect(await textOfDenial(denial), what).not.toContain(PART)
    const { rules, decision } = await w.tokens.explain(request)
    expect(textOf(rules), what).not.toContain(PART)
    expect(await textOfDenial(decision), what).not.toContain(PART)
  }
  expect(told).toHaveLength(requests.length)
  expect(textOf(told)).not.toContain(PART)
})

const QUOTED = '"[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"'
/** RFC 9110, section 11.6.1: one scheme, then parameters; every value here is a quoted string of printable ASCII. */
const ONE_CHALLENGE = new RegExp(`^Bearer( [a-z_]+=${QUOTED}(, [a-z_]+=${QUOTED})*)?$`)

attack('g06', async () => {
  const w = await world()
  const narrow = await w.make({ scopes: ['projects:read'] })
  const odd = ['a"b', 'a%22b', 'a%0d%0ab', 'a\r\nSet-Cookie: x=1', 'caf\u00e9', 'caf%C3%A9', '%E4%BD%A0', "a'b,c=d"]
  const targets = [...odd.map((key) => `/v1/files/${key}`), `/v1/files/${A}`, '/v1/me', '/v9']
  const { refusals, w: other } = await everyRefusal()
  const decisions = await Promise.all([
    ...targets.flatMap((url) =>
      [w.ALL.secret, narrow.secret, `${w.ALL.secret}x`, undefined].map((secret) =>
        w.tokens.authorize(rawRequest({ url, headers: secret === undefined ? {} : { 'x-figma-token': secret } })),
      ),
    ),
    ...refusals.map(({ request }) => other.tokens.authorize(request)),
  ])
  const denials = decisions.filter((decision): decision is Denial => !decision.allowed)
  expect(new Set(denials.map((denial) => denial.status))).toEqual(new Set([400, 401, 403, 429, 503]))
  for (const denial of denials) {
    const challenge = denial.headers['WWW-Authenticate']
    expect(denial.response().headers.get('WWW-Authenticate')).toBe(challenge ?? null)
    if (denial.status === 401) expect(challenge, denial.code).toBeDefined()
    if (denial.code === 'scope_missing') {
      expect(challenge).toContain('error="insufficient_scope"')
      const named = /scope="([^"]*)"/.exec(challenge ?? '')?.[1]?.split(' ') ?? []
      expect(named.length).toBeGreaterThan(0)
      for (const scope of named) expect(EVERY_SCOPE).toContain(scope)
    }
    if (challenge === undefined) continue
    expect(challenge).toMatch(ONE_CHALLENGE)
    expect(challenge).not.toMatch(/[\r\n]/)
    expect(challenge.length).toBeLessThan(2_000)
    for (const part of ['a"b', '%22', 'caf', 'Set-Cookie', "a'b", '%E4', '%0d']) expect(challenge).not.toContain(part)
  }
})

attack('g07', async () => {
  const { w, refusals } = await everyRefusal()
  for (const { code, request } of refusals) {
    const denial = denied(await w.tokens.authorize(request), code)
    const response = denial.response()
    expect(response.headers.get('Content-Type'), code).toBe('application/problem+json')
    expect(response.headers.get('Cache-Control'), code).toBe('no-store')
    const vary = response.headers.get('Vary')?.toLowerCase().split(/, */) ?? []
    expect(vary, code).toEqual(expect.arrayContaining(['x-figma-token', 'authorization']))
    const text = await response.text()
    const problem = JSON.parse(text) as { readonly [field: string]: unknown }
    expect(problem, code).toMatchObject({ status: STATUS[code], code })
    for (const field of ['type', 'title', 'detail']) expect(problem[field], `${code} ${field}`).toMatch(/\S/)
    expect(URL.canParse(String(problem.type)), code).toBe(true)
    const ids = (await w.store.real.events({ limit: 1_000 })).map((event) => event.tokenId)
    for (const hidden of [...ids, '1001', '2002', '3003', '/project/123', 'figma.com', 'admin-1'])
      expect(text, code).not.toContain(hidden)
  }
})

attack('g08', async () => {
  const own = await everyRefusal()
  const figma = await everyRefusal({ policy: [figmaPolicy({ errors: figmaErrors })] })
  const BAD_TOKEN: readonly RefusalCode[] = [
    ...([
      'token_missing',
      'token_malformed',
      'token_unknown',
      'token_revoked',
      'token_expired',
      'secret_retired',
    ] as const),
    'token_wrong_type',
  ]
  const wordings: { [code: string]: string } = {}
  for (const { code, request } of figma.refusals) {
    const denial = denied(await figma.w.tokens.authorize(request), code)
    const response = denial.response()
    const text = await response.text()
    const body = JSON.parse(text) as { readonly status: number; readonly err: string; readonly message: string }
    expect(Object.keys(body), code).toEqual(['status', 'err', 'message'])
    expect(body.message, code).toBe(body.err)
    expect(body.status, code).toBe(response.status)
    expect(body.err, code).toMatch(/\S/)
    if (BAD_TOKEN.includes(code)) expect(response.status, code).toBe(403)
    wordings[code] = body.err
    expect(response.headers.get('Content-Type'), code).toMatch(/^application\/json/)
    expect(response.headers.get('Cache-Control'), code).toBe('no-store')
    const shown = [textOf(denial), text, JSON.stringify([...response.headers])].join('\n')
    expectNoSecret(shown, figma.w.secrets, code)
    expectNothingLikeASecret(shown, code)
  }
  expect(wordings).toMatchObject({
    token_unknown: 'Invalid token',
    token_revoked: 'Invalid token',
    token_expired: 'Token expired',
  })
  for (const { code, request } of own.refusals) {
    const rendered = figmaErrors(denied(await own.w.tokens.authorize(request), code))
    const err = wordings[code]
    expect(JSON.parse(rendered.body), code).toEqual({ status: rendered.status, err, message: err })
  }
})
