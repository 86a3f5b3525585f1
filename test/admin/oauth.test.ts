/** Introspection (RFC 7662) and revocation (RFC 7009), for the hosts that ask for them. */
import { describe, expect, it } from 'vitest'
import { DAY, START } from '../support/world.ts'
import { type AdminWorld, adminWorld, refused, type Sending, withToken } from './world.ts'

const client = (request: Request): boolean => request.headers.get('authorization') === `Basic ${btoa('api:password')}`
const AUTHORIZED = { authorization: `Basic ${btoa('api:password')}` }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

const oauthWorld = () => adminWorld({ introspection: { client } })
const post = (w: AdminWorld, path: string, body: string | Record<string, string>, sending: Sending = {}) =>
  w.call(`POST ${path}`, {
    as: null,
    ...sending,
    headers: { ...FORM, ...AUTHORIZED, ...sending.headers },
    body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
  })

describe('introspection', () => {
  it('says what a working secret may do, in seconds', async () => {
    const w = await oauthWorld()
    const { token } = w.ONE
    const { status, body } = await post(w, '/introspect', { token: w.ONE.secret, token_type_hint: 'access_token' })
    expect(status).toBe(200)
    expect(body).toEqual({
      active: true,
      scope: token.scopes.join(' '),
      token_type: 'Bearer',
      exp: (START + 90 * DAY) / 1_000,
      iat: START / 1_000,
      sub: '1001',
      jti: token.id,
      plan_id: '1001',
      plan_token_type: 'rest',
      resources: [{ kind: 'project', id: '123' }],
    })
    await w.refresh(w.ONE)
    const retiring = await post(w, '/introspect', { token: w.ONE.secret })
    expect(retiring.body.exp).toBe((START + DAY) / 1_000)
  })

  // What Ory Oathkeeper asks by default, whose Hydra answers so.
  it.each<[string, (all: readonly string[]) => string, boolean]>([
    ['none', () => '', true],
    ['one that it has', ([one = '']) => one, true],
    ['all that it has', (all) => all.join(' '), true],
    ['one that it has not', () => 'file_variables:write', false],
    ['one that it has and another', ([one = '']) => `${one}  file_variables:write`, false],
    ['one in another letter case', ([one = '']) => one.toUpperCase(), false],
  ])('is asked about a token for a client that needs scopes: %s', async (_, scopeOf, isActive) => {
    const w = await oauthWorld()
    const { token, secret } = await w.make({ scopes: ['file_content:read', 'file_comments:read'] })
    const { status, body, text } = await post(w, '/introspect', { token: secret, scope: scopeOf(token.scopes) })
    expect([status, body.active]).toEqual([200, isActive])
    if (!isActive) expect(text).toBe('{"active":false}')
  })

  it('says of all that does not work the same', async () => {
    const w = await oauthWorld()
    const expired = await w.make({ lifetimeDays: 1 })
    const revoked = await w.make()
    await w.tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
    w.clock.real.advance(DAY)
    for (const token of [expired.secret, revoked.secret, w.ALL.token.id, 'nonsense', `${w.ALL.secret}x`]) {
      const answer = await post(w, '/introspect', { token })
      expect([answer.status, answer.text]).toEqual([200, '{"active":false}'])
    }
  })
})

describe('revocation', () => {
  it('ends a secret, and says so of one that has ended; says of an unknown one that nothing was', async () => {
    const w = await oauthWorld()
    const ended = await post(w, '/revoke', { token: w.ALL.secret })
    expect((await w.ask('GET /v1/files/FileA0000000000000000aa')).allowed).toBe(false)
    for (const [token, text] of [
      [w.ALL.secret, '{"revoked":true}'],
      ['nonsense', '{"revoked":false}'],
    ] as const) {
      const answer = await post(w, '/revoke', { token })
      expect([answer.status, answer.text, [...answer.headers]]).toEqual([200, text, [...ended.headers]])
    }
    expect((await w.tokens.get({ actor: 'admin-1', id: w.ALL.token.id })).status).toBe('revoked')
    expect((await w.tokens.get({ actor: 'admin-1', id: w.ONE.token.id })).status).toBe('active')
  })

  it.each<[string, (secret: string) => string]>([
    ['a line of a file', (secret) => `KEY=${secret}`],
    ['several lines', (secret) => `# .env\r\nKEY="${secret}"\n\tOTHER=1\n`],
    ['JSON', (secret) => JSON.stringify({ token: secret })],
    [
      'an encoded URL',
      (secret) => encodeURIComponent(`https://x.example/?next=${encodeURIComponent(`/?t=${secret}`)}`),
    ],
  ])('finds a secret in %s', async (_, textOf) => {
    const w = await oauthWorld()
    const answer = await post(w, '/revoke', { token: textOf(w.ALL.secret) })
    expect([answer.status, answer.body]).toEqual([200, { revoked: true }])
    expect(await w.ask('GET /v1/files/FileA0000000000000000aa')).toMatchObject({ code: 'token_revoked' })
  })

  it('says when it could not be done', async () => {
    const w = await oauthWorld()
    w.store.replace.commit = () => Promise.reject(new Error('words'))
    const answer = refused(await post(w, '/revoke', { token: w.ALL.secret }), 'unavailable', 503)
    expect(answer.body.error).toBe('temporarily_unavailable')
    expect(answer.headers.get('retry-after')).toBe('1')
  })
})

describe.each(['/introspect', '/revoke'])('%s', (path) => {
  it('is there only if the host asks for it', async () => {
    const w = await adminWorld()
    refused(await w.call(`POST ${path}`, { body: {} }), 'not_found', 404)
    expect(w.contract.document.paths[path]).toBeUndefined()
    expect((await oauthWorld()).contract.document.paths[path]).toBeDefined()
  })

  it.each([false, undefined, 'yes', 1, {}, Promise.resolve(false)])(
    'takes no client of whom the host says %j',
    async (yes) => {
      const w = await adminWorld({ introspection: { client: () => yes as boolean } })
      const answer = refused(
        await post(w, path, { token: w.ALL.secret }, { as: 'admin-1' }),
        'client_unauthenticated',
        401,
      )
      expect(answer.body.error).toBe('invalid_client')
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="plan-access-tokens"')
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect((await w.ask('GET /v1/files/FileA0000000000000000aa')).allowed).toBe(true)
    },
  )

  it('takes no plan access token for a client', async () => {
    const w = await adminWorld({ introspection: { client: () => true } })
    for (const headers of Object.values(withToken(w.ONE)))
      refused(await post(w, path, { token: w.ALL.secret }, { headers }), 'plan_token_refused', 403)
    expect((await w.ask('GET /v1/files/FileA0000000000000000aa')).allowed).toBe(true)
  })

  it('lets the host read a credential in the form', async () => {
    const asked = async (request: Request) =>
      new URLSearchParams(await request.clone().text()).get('client_secret') === 'pw'
    const w = await adminWorld({ introspection: { client: asked } })
    expect((await post(w, path, { token: 'x', client_id: 'api', client_secret: 'pw' })).status).toBe(200)
    expect((await post(w, path, { token: 'x', client_id: 'api', client_secret: 'no' })).status).toBe(401)
  })

  it('takes no notice of parameters that it does not know', async () => {
    const w = await oauthWorld()
    const more = { token_type_hint: '', audience: 'https://api.example', client_id: 'api', x: '' }
    expect((await post(w, path, { token: w.ALL.secret, ...more })).status).toBe(200)
    const answer = await post(w, path, { token: w.ONE.secret, ...more })
    expect(answer.body).toMatchObject(path === '/introspect' ? { active: true } : { revoked: true })
  })

  it.each<[string, string, number]>([
    ['', 'request_malformed', 400],
    ['token=', 'invalid_input', 400],
    ['token_type_hint=x', 'invalid_input', 400],
    ['token=a&token=a', 'request_malformed', 400],
    ['token=a&t%6fken=b', 'request_malformed', 400],
    ['token=a&x=1&x=2', 'request_malformed', 400],
    ['token=a&x', 'request_malformed', 400],
    ['Token=a', 'invalid_input', 400],
    ['token=a=b', 'request_malformed', 400],
    ['token=%ff', 'request_malformed', 400],
    ['token=a%00', 'request_malformed', 400],
    ['{"token":"a"}', 'request_malformed', 400],
    [`token=${'a'.repeat(300_000)}`, 'body_too_large', 413],
  ])('refuses the form %.30j', async (form, code, status) => {
    const w = await oauthWorld()
    const answer = refused(await post(w, path, form), code, status)
    expect(answer.body.error).toBe('invalid_request')
  })

  it('refuses another content type, method, query or site', async () => {
    const w = await oauthWorld()
    const form = { token: w.ALL.secret }
    refused(
      await post(w, path, form, { headers: { 'content-type': 'application/json' } }),
      'media_type_unsupported',
      415,
    )
    refused(await post(w, path, form, { headers: { 'sec-fetch-site': 'cross-site' } }), 'cross_site', 403)
    refused(await post(w, path, form, { headers: { origin: 'https://evil.example' } }), 'cross_site', 403)
    refused(await post(w, `${path}?token=x`, form), 'request_malformed', 400)
    refused(await w.call(`GET ${path}`, { headers: AUTHORIZED }), 'method_not_allowed', 405)
    expect((await w.ask('GET /v1/files/FileA0000000000000000aa')).allowed).toBe(true)
  })
})
