/** What each route of the management API does, and that every answer is the one that the served document promises. */
import { adminHandler } from 'plan-access-tokens/admin'
import { describe, expect, it } from 'vitest'
import { REGISTRY } from '../npm/world.ts'
import { DAY, START } from '../support/world.ts'
import { actor, adminWorld, refused, requestOf, TOKEN } from './world.ts'

describe('what can be chosen', () => {
  it('lists every surface with its scopes, types and limits', async () => {
    const w = await adminWorld()
    const { body } = await w.call('GET /policies')
    expect(body.policies.map((policy: { surface: string }) => policy.surface)).toEqual(['figma', 'npm'])
    expect(body.policies[0].limits).toMatchObject({ lifetimeDays: 365, graceHours: 24, liveSecrets: 10 })
    expect(body.policies[0].scopes).toContainEqual(
      expect.objectContaining({ name: 'file_content:read', types: ['rest'] }),
    )
    expect(body.policies[1].types).toMatchObject([{ name: 'npm', prefix: 'npm' }])
  })

  it('reads pasted links of a surface: the right ones and every mistake with its place', async () => {
    const w = await adminWorld()
    const text = 'https://www.figma.com/files/1001/project/123, http://figma.com/x'
    const { body } = await w.call('POST /links', { body: { text } })
    expect(body.resources).toEqual([{ kind: 'project', id: '123', link: text.split(',')[0], planId: '1001' }])
    expect(body.mistakes).toMatchObject([{ start: 46, end: text.length, code: 'link_not_https' }])
    const npm = await w.call('POST /links', { body: { text: `${REGISTRY}/@acme/ui`, surface: 'npm' } })
    expect(npm.body.resources).toMatchObject([{ kind: 'package', id: '@acme/ui' }])
    const wrong = refused(await w.call('POST /links', { body: { text, surface: 'npn' } }), 'invalid_input', 400)
    expect(wrong.body.issues).toEqual([
      {
        path: 'surface',
        at: ['surface'],
        message: 'must be one of figma, npm. Did you mean "npm"?',
        code: 'not_one_of',
        params: { values: ['figma', 'npm'] },
      },
    ])
  })
})

describe('the rules of a plan', () => {
  it('are told to an admin of it, and keep a token from being made', async () => {
    const w = await adminWorld()
    expect((await w.call('GET /plans/1001/rules')).body).toEqual({})
    w.directory.replace.rules = () => ({ maxLifetimeDays: 7, allResources: false })
    expect((await w.call('GET /plans/1001/rules')).body).toEqual({ maxLifetimeDays: 7, allResources: false })
    refused(await w.call('GET /plans/2002/rules'), 'not_plan_admin', 403)
    const made = refused(await w.call('POST /plans/1001/tokens', { body: TOKEN }), 'invalid_input', 400)
    expect(made.body.issues.map(({ path }: { path: string }) => path)).toContain('lifetimeDays')
  })
})

describe('the life of a token', () => {
  it('is created, used, read, edited, refreshed and revoked', async () => {
    const w = await adminWorld()
    const made = await w.call('POST /plans/1001/tokens', { body: TOKEN })
    expect(made.status).toBe(201)
    const { token, secret } = made.body
    expect(token).toMatchObject({
      planId: '1001',
      name: TOKEN.name,
      status: 'active',
      createdBy: 'admin-1',
      version: 1,
    })
    expect(new URL(made.headers.get('location') as string, 'https://x/base/plans/1001/tokens').pathname).toBe(
      `/base/tokens/${token.id}`,
    )
    expect((await w.ask('GET /v1/projects/123/files', secret)).allowed).toBe(false)
    expect((await w.ask('GET /v1/files/FileA0000000000000000aa', secret)).allowed).toBe(true)

    const got = await w.call(`GET /tokens/${token.id}`)
    expect(got.body).toMatchObject({ id: token.id, version: 1 })
    expect(got.headers.get('etag')).toBe('"1"')
    expect(got.text).not.toContain(secret)

    const edited = await w.call(`PATCH /tokens/${token.id}`, {
      headers: { 'content-type': 'application/merge-patch+json', 'if-match': '"1"' },
      body: { name: 'Renamed', resources: 'all' },
    })
    expect(edited.body).toMatchObject({ name: 'Renamed', resources: 'all', scopes: TOKEN.scopes, version: 2 })
    expect(edited.headers.get('etag')).toBe('"2"')

    w.clock.real.advance(DAY)
    const preview = await w.call(`GET /tokens/${token.id}/refresh`)
    expect(preview.body).toEqual({ expiresAt: START + 31 * DAY, previousWorksUntil: START + 2 * DAY })
    const refreshed = await w.call(`POST /tokens/${token.id}/refresh`, { body: {} })
    expect(refreshed.body.token).toMatchObject({ expiresAt: START + 31 * DAY, version: 3 })
    for (const one of [secret, refreshed.body.secret])
      expect((await w.ask('GET /v1/files/FileA0000000000000000aa', one)).allowed).toBe(true)
    const now = await w.call(`POST /tokens/${token.id}/refresh`, { body: { retirePrevious: 'now' } })
    expect(now.status).toBe(200)
    for (const [one, allowed] of [
      [secret, false],
      [refreshed.body.secret, false],
      [now.body.secret, true],
    ] as const)
      expect((await w.ask('GET /v1/files/FileA0000000000000000aa', one)).allowed).toBe(allowed)

    const revoked = await w.call(`POST /tokens/${token.id}/revoke`, { body: { reason: 'Not needed' } })
    expect(revoked.body).toMatchObject({ status: 'revoked', revokedBy: 'admin-1' })
    expect((await w.call(`POST /tokens/${token.id}/revoke`, { body: {} })).body).toEqual(revoked.body)
    refused(await w.call(`POST /tokens/${token.id}/refresh`, { body: {} }), 'token_not_active', 409)
    refused(await w.call(`GET /tokens/${token.id}/refresh`), 'token_not_active', 409)

    const log = await w.call(`GET /plans/1001/events?tokenId=${token.id}&order=newest`)
    const types = log.body.events.map((event: { type: string }) => event.type)
    expect(types).toEqual(['revoked', 'refreshed', 'refreshed', 'edited', 'created'])
    expect(log.body.events[0].reason).toBe('Not needed')
    expect(log.body.events[3].changes.name).toEqual({ before: TOKEN.name, after: 'Renamed' })
  })

  it('empties a description by null (RFC 7396), and nothing else', async () => {
    const w = await adminWorld()
    const { id } = (await w.make({ description: 'For the export' })).token
    const patch = (body: object) => w.call(`PATCH /tokens/${id}`, { body })
    expect((await patch({ description: null })).body).toMatchObject({ description: '', name: 'Nightly export' })
    for (const field of ['name', 'scopes', 'resources']) {
      const { body } = refused(await patch({ [field]: null }), 'invalid_input', 400)
      expect(body.issues).toHaveLength(1)
      expect(body.issues[0].path).toBe(field)
    }
    refused(await patch({}), 'invalid_input', 400)
    for (const field of ['id', 'status', 'lifetimeDays', 'version', 'actor', 'planId', 'expiresAt'])
      expect(refused(await patch({ name: 'x', [field]: 1 }), 'invalid_input').body.issues[0].path).toBe(field)
  })
})

describe('If-Match', () => {
  it('edits only the version that was read', async () => {
    const w = await adminWorld()
    const { id } = w.ALL.token
    const patch = (name: string, match?: string) =>
      w.call(`PATCH /tokens/${id}`, { body: { name }, headers: match === undefined ? {} : { 'if-match': match } })
    expect((await patch('One', '"1"')).status).toBe(200)
    refused(await patch('Two', '"1"'), 'version_conflict', 412)
    for (const tag of [
      'W/"2"',
      '"abc"',
      '"02"',
      '"99999999999999999999"',
      '""',
      '"1", "3"',
      'W/"2", "1,2"',
      '"\u00e9"',
    ])
      refused(await patch('Two', tag), 'version_conflict', 412)
    for (const tag of ['2', '"2', '"2" "3"', '', ',', '*, "2"', '"1", 2', '"2""3"', 'w/"2"', '"2 3"']) {
      const { body } = refused(await patch('Two', tag), 'invalid_input', 400)
      expect(body.issues[0].path).toBe('If-Match')
    }
    expect((await w.call(`GET /tokens/${id}`)).body).toMatchObject({ name: 'One', version: 2 })
    expect((await patch('Three', '*')).body.name).toBe('Three')
    expect((await patch('Four')).body.name).toBe('Four')
  })

  it('takes a list, of which the token has to have one, with empty elements and whatever else is no version', async () => {
    const w = await adminWorld()
    const { id } = w.ALL.token
    const patch = (match: string, body: object = { name: `For ${match.length}` }) =>
      w.call(`PATCH /tokens/${id}`, { body, headers: { 'if-match': match } })
    const lists = ['"1", "7"', '"9" ,\t"2"', ', "3",, W/"8"', '"x,y","4"', '"5","5"', 'W/"6", "6"']
    for (const [i, list] of lists.entries()) expect((await patch(list)).body.version).toBe(i + 2)
    refused(await patch('"1", "2"'), 'version_conflict', 412)
    refused(await patch('"7", "1"', { name: 7 }), 'invalid_input', 400)
    const twice = await w.call(`PATCH /tokens/nothing`, { body: { name: 'x' }, headers: { 'if-match': '"1", "2"' } })
    refused(twice, 'token_not_found', 404)
    const { body } = await w.call(`GET /tokens/${id}`)
    expect(body).toMatchObject({ version: 7 })
  })

  it('takes a list also where somebody edits the token in between', async () => {
    const w = await adminWorld()
    const { id } = w.ALL.token
    const { get } = w.tokens
    let looks = 0
    const changed = {
      ...w.tokens,
      async get(input: never) {
        const token = await get(input)
        if (looks++ < 2) await w.tokens.edit({ actor: 'admin-1', id, name: `Between ${looks}` })
        return token
      },
    }
    const handler = adminHandler({ tokens: changed as typeof w.tokens, actor })
    const patch = async (match: string) => {
      const response = await handler(
        requestOf(`PATCH /tokens/${id}`, { body: { name: 'Mine' }, headers: { 'if-match': match } }),
      )
      return response.status
    }
    expect(await patch('"1", "2", "3"')).toBe(200)
    looks = 0
    expect(await patch('"4", "99"')).toBe(412)
  })

  it('is refused where it is not looked at, rather than ignored', async () => {
    const w = await adminWorld()
    const { id } = w.ALL.token
    const headers = { 'if-match': '"7"' }
    for (const path of [`/tokens/${id}/revoke`, `/tokens/${id}/refresh`])
      refused(await w.call(`POST ${path}`, { headers, body: {} }), 'invalid_input', 400)
    expect((await w.call(`GET /tokens/${id}`)).body).toMatchObject({ status: 'active', version: 1 })
  })
})

describe('Idempotency-Key', () => {
  it('gives the same token again with a fresh secret', async () => {
    const w = await adminWorld()
    const create = (name = 'x', key = 'key-1') =>
      w.call('POST /plans/1001/tokens', { body: { ...TOKEN, name }, headers: { 'idempotency-key': key } })
    const first = await create()
    const second = await create()
    expect(second.body.token.id).toBe(first.body.token.id)
    expect(second.body.secret).not.toBe(first.body.secret)
    expect((await w.ask('GET /v1/files/FileA0000000000000000aa', first.body.secret)).allowed).toBe(false)
    refused(await create('y'), 'idempotency_key_reused', 422)
    expect((await create('x', 'key-2')).body.token.id).not.toBe(first.body.token.id)

    const { id } = first.body.token
    const refresh = (body: object = {}) =>
      w.call(`POST /tokens/${id}/refresh`, { body, headers: { 'idempotency-key': 'r' } })
    const refreshed = await refresh()
    const again = await refresh()
    for (const [one, allowed] of [
      [refreshed.body.secret, false],
      [again.body.secret, true],
    ] as const)
      expect((await w.ask('GET /v1/files/FileA0000000000000000aa', one)).allowed).toBe(allowed)
    refused(await refresh({ retirePrevious: 'now' }), 'idempotency_key_reused', 422)
    refused(await create(), 'idempotency_key_spent', 409)
  })

  it.each(['', 'a b', 'a, b', 'é', 'x'.repeat(201)])('must be one plain word, not %j', async (key) => {
    const w = await adminWorld()
    const answer = await w.call('POST /plans/1001/tokens', { body: TOKEN, headers: { 'idempotency-key': key } })
    expect(refused(answer, 'invalid_input', 400).body.issues[0].path).toBe('Idempotency-Key')
  })
})

it('answers HEAD as GET without a body', async () => {
  const w = await adminWorld()
  const answer = await w.call(`HEAD /tokens/${w.ALL.token.id}`)
  expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([200, '', '"1"'])
  expect((await w.call('HEAD /tokens/nobody')).status).toBe(404)
})

it.each([
  ['PUT /policies', 'GET, HEAD'],
  ['DELETE /tokens/x', 'GET, HEAD, PATCH'],
  ['OPTIONS /plans/1001/tokens', 'GET, HEAD, POST'],
  ['HEAD /links', 'POST'],
  ['get2 /explain', 'POST'],
  ['POST /openapi.json', 'GET, HEAD'],
])('answers %s with the methods that there are', async (line, allow) => {
  const w = await adminWorld()
  const answer = await w.call(line)
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
})

it('says the failure of a store without its words', async () => {
  const w = await adminWorld()
  w.store.replace.find = async () => {
    throw new Error(`secret words ${w.ALL.secret}`)
  }
  const answer = refused(await w.call(`GET /tokens/${w.ALL.token.id}`), 'unavailable', 503)
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(answer.text).not.toContain('words')
})

it.each([
  ['actor', { actor: () => Promise.reject(new Error('session words')) }],
  ['tokens', {}],
])('says an unexpected error of %s without its words', async (what, options) => {
  const w = await adminWorld()
  const { adminHandler } = await import('plan-access-tokens/admin')
  const get = () => Promise.reject(new TypeError('engine words'))
  const handler = adminHandler({ tokens: { ...w.tokens, get }, actor: () => 'admin-1', ...options })
  const response = await handler(new Request('https://api.example/tokens/x'))
  const text = await response.text()
  expect(response.status, what).toBe(500)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(JSON.parse(text)).toEqual({
    type: 'urn:plan-access-tokens:error:internal',
    title: 'Something went wrong.',
    status: 500,
    code: 'internal',
    issues: [],
  })
})
