/** Each refusal over the wire: status, headers by RFC 6750 and RFC 9110, a body by RFC 9457, whatever the host's own renderer does. */
import { describe, expect, it } from 'vitest'
import type { Denial, RenderedDenial } from '../../src/core/denial.ts'
import { definePolicy } from '../../src/core/policy.ts'
import type { PolicyCode } from '../../src/core/policy-data.ts'
import { REFUSALS, type RefusalCode } from '../../src/core/refusals.ts'
import { compiled, invoices, invoicesData, policyWith } from './fixtures.ts'

/** Code, status and the error of the challenge (RFC 6750, section 3.1); `null` for no challenge, '' for one without error. */
const TABLE = [
  ['token_missing', 401, ''],
  ['request_malformed', 400, 'invalid_request'],
  ['token_malformed', 401, 'invalid_token'],
  ['token_unknown', 401, 'invalid_token'],
  ['token_revoked', 401, 'invalid_token'],
  ['token_expired', 401, 'invalid_token'],
  ['secret_retired', 401, 'invalid_token'],
  ['address_not_allowed', 403, null],
  ['token_wrong_type', 403, null],
  ['plan_not_eligible', 403, null],
  ['lifetime_exceeded', 401, 'invalid_token'],
  ['token_idle', 401, 'invalid_token'],
  ['endpoint_unknown', 403, null],
  ['endpoint_not_supported', 403, null],
  ['scope_missing', 403, null],
  ['rate_limited', 429, null],
  ['resource_not_in_plan', 403, null],
  ['resource_not_allowed', 403, null],
  ['unavailable', 503, null],
] as const satisfies readonly (readonly [RefusalCode, number, string | null])[]

const { denials, routes } = compiled(invoices)
/** `scope_missing` as an endpoint says it. */
const scopeMissing = (route: string): Denial => {
  const denial = routes.get(route)?.scopeMissing
  if (!denial) throw new TypeError(route)
  return denial
}
const everyDenial: readonly Denial[] = [
  ...TABLE.map(([code]) => denials.of(code)),
  ...[...routes.keys()].map(scopeMissing),
]

describe('the refusals', () => {
  it.each([
    [['x-key'], false, 'the header X-Key'],
    [[], true, 'the header Authorization, after the word Bearer'],
    [
      ['x-key', 'key'],
      true,
      'the header X-Key, or in the header Key, or in the header Authorization, after the word Bearer',
    ],
  ])('say where a secret that is missing belongs: %j, bearer: %j', (headers, bearer, places) => {
    const { message } = compiled(policyWith({}, { credential: { headers, bearer } })).denials.of('token_missing')
    expect(message).toBe(`The request carries no token. Send the secret of one in ${places}.`)
  })

  it('are these, each with its status', () => {
    expect(Object.entries(REFUSALS).map(([code, { status }]) => [code, status])).toEqual(
      TABLE.map(([code, status]) => [code, status]),
    )
  })

  it.each(TABLE)('%s is %i, with the challenge that fits', (code, status, error) => {
    const denial = denials.of(code)
    expect(denial).toMatchObject({ allowed: false, code, status })
    const challenge = denial.headers['WWW-Authenticate']
    if (error === null) expect(challenge).toBeUndefined()
    else if (error === '') expect(challenge).toBe('Bearer realm="invoices"')
    else expect(challenge).toBe(`Bearer realm="invoices", error="${error}", error_description="${denial.message}"`)
  })

  it.each(TABLE)('%s says what happened in a sentence and what to do, without quotation marks', (code) => {
    const { message } = denials.of(code)
    expect(message).toMatch(/^[A-Z][ !#-[\]-~]+\.$/)
    expect(message.startsWith(REFUSALS[code].title.slice(0, 20))).toBe(true)
  })

  it('tell a client to try again only where that can help', () => {
    const withRetry = everyDenial.filter(({ headers }) => 'Retry-After' in headers)
    expect(withRetry).toEqual([denials.of('rate_limited'), denials.of('unavailable')])
    expect(denials.of('unavailable').headers['Retry-After']).toMatch(/^[1-9][0-9]*$/)
  })

  it('are never stored, and vary with every header that may carry the secret', () => {
    for (const { headers } of everyDenial)
      expect(headers).toMatchObject({ 'Cache-Control': 'no-store', Vary: 'X-Invoice-Key, Authorization' })
    expect(denials.headers).toEqual({ 'Cache-Control': 'no-store', Vary: 'X-Invoice-Key, Authorization' })
    expect(compiled(policyWith({})).denials.headers.Vary).toBe('Authorization')
    const headerOnly = policyWith({}, { credential: { headers: ['x-key', 'api-key'], bearer: false } })
    expect(compiled(headerOnly).denials.headers.Vary).toBe('X-Key, Api-Key')
  })

  it('are made once, and nobody can change them', () => {
    for (const [code] of TABLE) expect(denials.of(code)).toBe(denials.of(code))
    for (const denial of everyDenial) expect(Object.isFrozen(denial) && Object.isFrozen(denial.headers)).toBe(true)
  })
})

describe('a missing scope', () => {
  it('names the scopes of the endpoint, and challenges for one that is not deprecated', () => {
    const denial = scopeMissing('GET /projects/{p}/invoices/{i}')
    expect(denial.scopes).toEqual(['invoice:read', 'invoices'])
    expect(denial.message).toMatch(/ It takes any one of invoice:read, invoices\.$/)
    expect(denial.headers['WWW-Authenticate']).toMatch(
      /^Bearer realm="invoices", error="insufficient_scope", error_description="[^"]+", scope="invoice:read"$/,
    )
  })

  it('names the only scope there is, deprecated or not', () => {
    const deprecated = policyWith(
      { 'GET /x': { scopes: ['old'], names: 'nothing' } },
      { scopes: { old: { deprecated: 'Use nothing.' } } },
    )
    const denial = compiled(deprecated).routes.get('GET /x')?.scopeMissing
    expect(denial?.message).toMatch(/ It takes old\.$/)
    expect(denial?.headers['WWW-Authenticate']).toMatch(/, scope="old"$/)
  })
})

describe('a closed endpoint', () => {
  it('hands its reason to a renderer of the policy, and shows it nowhere by itself', () => {
    const said: unknown[] = []
    const errors: PolicyCode['errors'] = ({ code, closed, status, headers, message }) => {
      said.push([code, closed])
      return { status, headers, body: message }
    }
    const policy = compiled(definePolicy(invoicesData(), { errors }))
    const denial = policy.routes.get('DELETE /accounts')?.notSupported
    expect(denial).toMatchObject({ code: 'endpoint_not_supported', status: 403, closed: 'it needs a person' })
    expect(denial?.rendered().body).toBe(policy.denials.of('endpoint_not_supported').message)
    expect(said).toEqual([['endpoint_not_supported', 'it needs a person']])
    expect(Object.isFrozen(denial)).toBe(true)
    const plain = routes.get('DELETE /accounts')?.notSupported
    expect(plain?.rendered()).toEqual(denials.of('endpoint_not_supported').rendered())
    expect(routes.get('GET /projects/{p}/invoices/{i}')?.notSupported).toBeUndefined()
  })
})

describe('the challenge', () => {
  it('is printable ASCII in the syntax of RFC 6750, and short, also for the longest names that a policy can have', () => {
    const scopes = Array.from({ length: 200 }, (_, i) => `${'s'.repeat(97)}${100 + i}`)
    const longest = policyWith(
      { 'GET /x': { scopes, names: 'nothing' } },
      { surface: `a${'b'.repeat(63)}`, scopes: Object.fromEntries(scopes.map((scope) => [scope, {}])) },
    )
    const { denials: long, routes: longRoutes } = compiled(longest)
    const all = [
      ...everyDenial,
      ...TABLE.map(([code]) => long.of(code)),
      ...[...longRoutes.values()].map((e) => e.scopeMissing),
    ]
    const challenges = all.flatMap(({ headers }) => headers['WWW-Authenticate'] ?? [])
    expect(challenges).toHaveLength(24)
    for (const challenge of challenges) {
      expect(challenge).toMatch(
        /^Bearer realm="[!#-[\]-~]+"(, error="[a-z_]+", error_description="[ !#-[\]-~]+"(, scope="[!#-[\]-~]+")?)?$/,
      )
      expect(challenge.length).toBeLessThan(2_000)
    }
  })
})

describe('the response', () => {
  it.each(TABLE)('to %s is problem+json', async (code, status) => {
    const denial = denials.of(code)
    const response = denial.response()
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
    for (const [name, value] of Object.entries(denial.headers)) expect(response.headers.get(name)).toBe(value)
    expect(await response.json()).toEqual({
      type: `urn:plan-access-tokens:error:${code}`,
      title: REFUSALS[code].title,
      status,
      detail: denial.message,
      code,
    })
  })

  it.each(TABLE)('to %s is there for servers without Fetch as well', async (code) => {
    const denial = denials.of(code)
    const { status, headers, body } = denial.rendered()
    const response = denial.response()
    expect([status, Object.fromEntries(new Headers(headers)), body]).toEqual([
      response.status,
      Object.fromEntries(response.headers),
      await response.text(),
    ])
  })

  it('is made anew each time, so that each can be read', async () => {
    const denial = denials.of('token_unknown')
    const [one, two] = [denial.response(), denial.response()]
    expect(await one.text()).toBe(await two.text())
  })

  it('to a missing scope says what the endpoint takes', async () => {
    const body = (await scopeMissing('POST /invoices').response().json()) as { detail: string }
    expect(body.detail).toBe(`${REFUSALS.scope_missing.title} It takes invoice:write.`)
  })
})

describe('a renderer of the host', () => {
  type Render = NonNullable<PolicyCode['errors']>
  const refusal = (render: Render, code: RefusalCode = 'token_revoked') =>
    compiled(definePolicy(invoicesData(), { errors: render })).denials.of(code)

  it('makes the response out of the refusal', async () => {
    const seen: Denial[] = []
    const denial = refusal((what) => {
      seen.push(what)
      return { status: 404, headers: { ...what.headers, 'Content-Type': 'text/plain' }, body: `no: ${what.code}` }
    })
    const response = denial.response()
    expect([response.status, await response.text(), response.headers.get('vary')]).toEqual([
      404,
      'no: token_revoked',
      denial.headers.Vary,
    ])
    expect(seen).toEqual([denial])
    expect(denial.status).toBe(401)
  })

  const rendered: RenderedDenial = { status: 403, headers: {}, body: '' }
  it.each<[string, Render]>([
    [
      'throws',
      () => {
        throw new Error('secret text')
      },
    ],
    ['gives nothing', () => undefined as never],
    ['gives an empty object', () => ({}) as never],
    ['gives a promise', (async () => rendered) as never],
    ['gives a status that there is not', () => ({ ...rendered, status: 99 })],
    ['gives a status that has no body', () => ({ ...rendered, status: 204, body: 'x' })],
    ['gives a status that is no refusal', () => ({ ...rendered, status: 200 })],
    ['gives no body', () => ({ status: 403, headers: {} }) as never],
    ['gives text for a status', () => ({ ...rendered, status: 'forbidden' }) as never],
    ['gives a header that cannot be sent', () => ({ ...rendered, headers: { 'x y': 'a\nb' } })],
  ])('that %s changes nothing: the refusal is sent as problem+json', async (_, render) => {
    const denial = refusal(render)
    const response = denial.response()
    expect([denial.rendered().status, response.status]).toEqual([401, 401])
    expect(response.headers.get('www-authenticate')).toMatch(/invalid_token/)
    expect(await response.json()).toMatchObject({ status: 401, code: 'token_revoked' })
  })
})
