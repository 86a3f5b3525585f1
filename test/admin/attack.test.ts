/** Attacks on the management API: by nobody, by a member, by an admin of another plan, with a plan token, from another site. */
import { adminHandler } from 'plan-access-tokens/admin'
import { describe, expect, it } from 'vitest'
import { changingNothing } from '../attack/verdicts.ts'
import {
  type AdminWorld,
  actor,
  adminWorld,
  BASE,
  refused,
  requestOf,
  type Sending,
  TOKEN,
  withToken,
} from './world.ts'

/** Every call on a plan and on a token, with bodies that would be let through. */
const onPlan = (planId: string): readonly (readonly [string, Sending?])[] => [
  [`GET /plans/${planId}/tokens`],
  [`HEAD /plans/${planId}/tokens`],
  [`POST /plans/${planId}/tokens`, { body: { ...TOKEN, resources: 'all' } }],
  [`POST /plans/${planId}/tokens`, { body: { ...TOKEN, name: '' } }],
  [`POST /plans/${planId}/tokens`, { body: { ...TOKEN, resources: 'all' }, headers: { 'idempotency-key': 'k' } }],
  [`GET /plans/${planId}/tokens?metadata[team]=x`],
  [`GET /plans/${planId}/tokens/revoke`],
  [`POST /plans/${planId}/tokens/revoke`, { body: { filter: {}, stamp: `1.1.${'0'.repeat(32)}.` } }],
  [`GET /plans/${planId}/events`],
  [`GET /plans/${planId}/events?order=newest`],
]
const onToken = (id: string): readonly (readonly [string, Sending?])[] => [
  [`GET /tokens/${id}`],
  [`HEAD /tokens/${id}`],
  [`PATCH /tokens/${id}`, { body: { name: 'Mine' } }],
  [`PATCH /tokens/${id}`, { body: { name: '', scopes: ['nonsense'] } }],
  [`PATCH /tokens/${id}`, { body: { name: 'Mine' }, headers: { 'if-match': '"1"' } }],
  [`PATCH /tokens/${id}`, { body: { name: 'Mine' }, headers: { 'if-match': '"abc"' } }],
  [`GET /tokens/${id}/refresh`],
  [`POST /tokens/${id}/refresh`, { body: {} }],
  [`POST /tokens/${id}/refresh`, { body: { retirePrevious: 'now' }, headers: { 'idempotency-key': 'k' } }],
  [`POST /tokens/${id}/revoke`, { body: {} }],
  ['POST /explain', { body: { id, method: 'GET', url: '/v1/me' } }],
  ['POST /explain', { body: { id, route: 'GET /v1/me', surface: 'npm' } }],
]
const others: readonly (readonly [string, Sending?])[] = [
  ['GET /policies'],
  ['GET /openapi.json'],
  ['POST /links', { body: { text: 'x' } }],
  ['GET /nothing'],
  ['DELETE /policies'],
]
const every = (w: AdminWorld) => [...onPlan('1001'), ...onToken(w.ALL.token.id), ...others]

/** All that a caller can see. */
const seen = async (w: AdminWorld, line: string, sending?: Sending) => {
  const { status, headers, text } = await w.call(line, sending)
  return { status, text, headers: [...headers] }
}

it('says the same to nobody, whatever is asked, and reads nothing', async () => {
  const w = await adminWorld()
  const answers = new Set<string>()
  const before = w.store.calls.length
  for (const [line, sending] of [...every(w), ...onToken('unknown'), ['GET /..%2f'], ['GET /a//b']] as const)
    for (const as of [null, '', ' ']) {
      const answer = await w.call(line, { ...sending, as })
      expect(answer.status, line).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Session realm="plan-access-tokens"')
      if (!line.startsWith('HEAD')) answers.add(answer.text)
    }
  expect(answers.size).toBe(1)
  expect(w.store.calls.length).toBe(before)
})

it('asks for the actor before the body is read', async () => {
  const w = await adminWorld()
  let pulled = false
  const pull = (): void => {
    pulled = true
  }
  const body = new ReadableStream({ pull }, { highWaterMark: 0 })
  const response = await w.handler(requestOf('POST /plans/1001/tokens', { as: null, body }))
  expect([response.status, pulled]).toEqual([401, false])
})

it.each([
  ...[undefined, null, ''].map((who) => [who, 401] as const),
  // What a host meant by these nobody knows: it is told, and nobody is let in.
  ...[0, 1, true, {}, ['admin-1']].map((who) => [who, 500] as const),
])('lets nobody in as %j', async (who, status) => {
  const w = await adminWorld()
  const told: unknown[] = []
  const onError = (error: unknown): void => void told.push(error)
  const handler = adminHandler({ tokens: w.tokens, actor: () => who as string, onError })
  const before = w.store.calls.length
  expect((await handler(requestOf('GET /policies'))).status).toBe(status)
  expect(w.store.calls.length).toBe(before)
  expect(told).toHaveLength(status === 500 ? 1 : 0)
})

describe.each(['member-1', 'admin-2', 'admin-3', '__proto__'])('%s, who is no admin of the plan', (as) => {
  it('changes and sees nothing of it', async () => {
    const w = await adminWorld()
    await changingNothing(w, async () => {
      for (const [line, sending] of onPlan('1001')) {
        const answer = await w.call(line, { ...sending, as })
        expect(answer.status, line).toBe(403)
        if (answer.text) refused(answer, 'not_plan_admin')
      }
      for (const [line, sending] of onToken(w.ALL.token.id))
        expect((await w.call(line, { ...sending, as })).status).toBe(404)
    })
  })

  it('cannot tell another plan, or a token of it, from one that does not exist', async () => {
    const w = await adminWorld()
    const unknown = 'V1StGXR8_Z5jdHi6B-myT'
    const pairs = [
      ...onPlan('1001').map((call, i) => [call, onPlan('9999')[i] as typeof call] as const),
      ...onToken(w.ALL.token.id).map((call, i) => [call, onToken(unknown)[i] as typeof call] as const),
    ]
    for (const [[line, sending], [other, otherSending]] of pairs) {
      const foreign = await seen(w, line, { ...sending, as })
      expect(foreign, line).toEqual(await seen(w, other, { ...otherSending, as }))
      expect(foreign.text).not.toContain(w.ALL.token.id)
    }
  })
})

it('says of a resource of another plan what it says of none', async () => {
  const w = await adminWorld()
  const link = (id: string) => `https://www.figma.com/files/project/${id}`
  const make = async (id: string) =>
    refused(await w.call('POST /plans/1001/tokens', { body: { ...TOKEN, resources: [link(id)] } }), 'invalid_input')
      .text
  expect((await make('923')).replaceAll('923', 'X')).toBe((await make('555')).replaceAll('555', 'X'))
})

describe('a plan access token', () => {
  it('never counts as an actor, wherever it stands, not even beside a session', async () => {
    const w = await adminWorld()
    const asked: Request[] = []
    const who = (request: Request): string => {
      asked.push(request)
      return 'admin-1'
    }
    const handler = adminHandler({ tokens: w.tokens, actor: who })
    await changingNothing(w, async () => {
      for (const [where, headers] of Object.entries(withToken(w.ALL)))
        for (const [line, sending] of every(w)) {
          const request = requestOf(line, { ...sending, headers: { ...sending?.headers, ...headers } })
          const response = await handler(request)
          expect(response.status, `${where}: ${line}`).toBe(403)
          const text = await response.text()
          if (request.method !== 'HEAD') expect(JSON.parse(text).code).toBe('plan_token_refused')
          expect(text).not.toContain(w.ALL.secret)
        }
    })
    expect(asked).toEqual([])
  })

  it('is refused in the URL, and whichever surface it is of', async () => {
    const w = await adminWorld()
    refused(await w.call(`GET /tokens/${w.ALL.secret}`), 'plan_token_refused', 403)
    refused(await w.call(`GET /plans/1001/tokens?search=${w.ALL.secret}`), 'plan_token_refused', 403)
    const headers = { authorization: `Bearer ${w.NPM.secret}` }
    refused(await w.call('GET /policies', { headers }), 'plan_token_refused', 403)
  })

  it('does not keep out other credentials of the host', async () => {
    const w = await adminWorld()
    for (const authorization of [
      'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x',
      'Basic YWRtaW46cGFzcw==',
      'Basic %%',
      'Session figp',
    ])
      expect((await w.call('GET /policies', { headers: { authorization } })).status, authorization).toBe(200)
  })

  it('is not repeated, even as the name of a field', async () => {
    const w = await adminWorld()
    const answer = await w.call('POST /plans/1001/tokens', { body: { ...TOKEN, [w.ALL.secret]: 1 } })
    expect(refused(answer, 'invalid_input', 400).text).not.toContain(w.ALL.secret)
  })
})

const unsafe = (w: AdminWorld): readonly (readonly [string, Sending])[] => [
  ['POST /plans/1001/tokens', { body: TOKEN }],
  [`PATCH /tokens/${w.ALL.token.id}`, { body: { name: 'x' } }],
  [`POST /tokens/${w.ALL.token.id}/refresh`, { body: {} }],
  [`POST /tokens/${w.ALL.token.id}/revoke`, { body: {} }],
  ['POST /explain', { body: { id: w.ALL.token.id, method: 'GET', url: '/v1/me' } }],
  ['POST /links', { body: { text: 'x' } }],
]

describe('a page of another site', () => {
  it.each<[Record<string, string>, string, number]>([
    [{ 'sec-fetch-site': 'cross-site' }, 'cross_site', 403],
    [{ 'sec-fetch-site': 'same-site' }, 'cross_site', 403],
    [{ 'sec-fetch-site': 'same-origin, cross-site' }, 'cross_site', 403],
    [{ 'sec-fetch-site': '' }, 'cross_site', 403],
    [{ origin: 'https://evil.example' }, 'cross_site', 403],
    [{ origin: 'http://api.example' }, 'cross_site', 403],
    [{ origin: 'https://api.example:8443' }, 'cross_site', 403],
    [{ origin: 'https://api.example.evil.example' }, 'cross_site', 403],
    [{ origin: 'null' }, 'cross_site', 403],
    [{ origin: '' }, 'cross_site', 403],
    [{ origin: BASE, 'sec-fetch-site': 'cross-site' }, 'cross_site', 403],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 'cross_site', 403],
    [{ 'content-type': 'text/plain' }, 'media_type_unsupported', 415],
    [{ 'content-type': 'text/plain; application/json' }, 'media_type_unsupported', 415],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 'media_type_unsupported', 415],
    [{ 'content-type': 'multipart/form-data; boundary=application/json' }, 'media_type_unsupported', 415],
    [{ 'content-type': 'application/json, text/plain' }, 'media_type_unsupported', 415],
    [{ 'content-type': 'application/json; charset=utf-16' }, 'media_type_unsupported', 415],
    [{ 'content-type': 'application/jsonp' }, 'media_type_unsupported', 415],
    [{ 'content-type': '' }, 'media_type_unsupported', 415],
    [{ 'content-encoding': 'gzip' }, 'media_type_unsupported', 415],
  ])('with %j changes nothing', async (headers, code, status) => {
    const w = await adminWorld()
    await changingNothing(w, async () => {
      for (const [line, sending] of unsafe(w)) refused(await w.call(line, { ...sending, headers }), code, status)
    })
  })

  it.each<Record<string, string>>([
    {},
    { 'sec-fetch-site': 'same-origin', origin: BASE },
    { 'sec-fetch-site': 'none' },
    { 'content-type': 'application/json; charset=UTF-8' },
  ])('is not what sends %j', async (headers) => {
    const w = await adminWorld()
    for (const [line, sending] of unsafe(w))
      expect((await w.call(line, { ...sending, headers })).status, line).toBeLessThan(300)
  })

  it('is told from the own one by the origin that browsers see', async () => {
    const w = await adminWorld({ origin: 'https://admin.example.com' })
    const post = (origin: string) => w.call('POST /links', { body: { text: 'x' }, headers: { origin } })
    expect((await post('https://admin.example.com')).status).toBe(200)
    refused(await post(BASE), 'cross_site', 403)
  })

  it('gets only what it may not read: no answer allows another origin', async () => {
    const w = await adminWorld()
    const answer = await w.call('GET /policies', { headers: { origin: 'https://evil.example' } })
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })
})

it('takes the session of the host', () => {
  expect(actor(requestOf('GET /policies'))).toBe('admin-1')
})
