/** Decisions where there is no HTTP: about a secret, a route of the policy and its parameters; and below a base path. */
import type { Call, Decision, RequestLike } from 'plan-access-tokens'
import type { FigmaRoute } from 'plan-access-tokens/figma'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, newWorld } from '../support/world.ts'

const FILE = 'GET /v1/files/{file_key}'
const WEBHOOK = 'POST /v2/webhooks'

/** What can be compared of a decision: a refusal of a place in the request is made anew each time. */
const wordsOf = (decision: Decision) => JSON.parse(JSON.stringify(decision)) as unknown

async function opened() {
  const world = newWorld()
  const { id, secret } = await world.make({ scopes: ['file_content:read', 'webhooks:write'] })
  const say = async (call: Partial<Call<FigmaRoute>>, surface?: object) => {
    const asked = { secret, route: FILE, ...call } as Call<FigmaRoute>
    const decision = await world.tokens.authorize(asked, surface)
    const { decision: explained } = await world.tokens.explain(asked, surface)
    expect(wordsOf(explained)).toEqual(wordsOf(decision))
    return decision
  }
  const codeOf = async (call: Partial<Call<FigmaRoute>>) => {
    const decision = await say(call)
    return decision.allowed ? 'allowed' : `${decision.code} ${decision.reason ?? ''}`.trim()
  }
  return { ...world, id, secret, say, codeOf }
}

describe('a call', () => {
  it('is judged as the request of its route is, and at once where nothing has to be waited for', async () => {
    const { tokens, secret, say } = await opened()
    const decision = await say({ params: { file_key: 'FileA' } })
    expect(decision).toEqual(await tokens.authorize(requestWith(secret, 'GET /v1/files/FileA')))
    expect(decision).toMatchObject({ params: { file_key: 'FileA' }, resources: [{ kind: 'file', id: 'FileA' }] })
    expect(tokens.decide({ secret, route: FILE, params: { file_key: 'FileA' } })).toEqual(decision)
  })

  it.each<[string, Partial<Call<FigmaRoute>>, string]>([
    ['no secret', { secret: undefined, params: { file_key: 'FileA' } }, 'token_missing'],
    ['an empty secret', { secret: '', params: { file_key: 'FileA' } }, 'token_missing'],
    ['a secret that is none', { secret: 'figpat_x', params: { file_key: 'FileA' } }, 'token_malformed'],
    [
      'a secret that is no text',
      { secret: 7 as never, params: { file_key: 'FileA' } },
      'request_malformed credential_unreadable',
    ],
    ['another plan’s file', { params: { file_key: 'Elsewhere' } }, 'resource_not_in_plan'],
    ['a value with a slash', { params: { file_key: 'FileA/comments' } }, 'request_malformed path_encoding_forbidden'],
    ['a value of two dots', { params: { file_key: '..' } }, 'request_malformed path_dot_segment'],
    ['an empty value', { params: { file_key: '' } }, 'request_malformed path_slash_at_end'],
    ['a value that is nothing', { params: { file_key: undefined as never } }, 'request_malformed value_unreadable'],
    ['a value that is a list', { params: { file_key: ['FileA'] as never } }, 'request_malformed value_unreadable'],
    ['half a character', { params: { file_key: '\ud800' } }, 'request_malformed value_unreadable'],
    [
      'a scope that is missing',
      { route: 'GET /v1/files/{file_key}/comments', params: { file_key: 'FileA' } },
      'scope_missing',
    ],
  ])('with %s is refused as the same request is', async (_, call, code) => {
    expect(await (await opened()).codeOf(call)).toBe(code)
  })

  it('is a mistake of the host’s code where the policy has no such route, or the route no such parameter', async () => {
    const { tokens, secret } = await opened()
    for (const [call, path] of [
      [{ route: 'GET /v1/file/{file_key}' }, 'route'],
      [{ route: FILE }, 'params.file_key'],
      [{ route: FILE, params: { file_key: 'FileA', fileKey: 'FileB' } }, 'params.fileKey'],
    ] as const) {
      const refused = { code: 'invalid_input', issues: [expect.objectContaining({ path })] }
      await expect(tokens.authorize({ secret, ...call } as never)).rejects.toMatchObject(refused)
      await expect(tokens.explain({ secret, ...call } as never)).rejects.toMatchObject(refused)
      expect(() => tokens.decide({ secret, ...call } as never)).toThrow('not valid')
    }
  })

  it('is no request of a framework that has put a route and a secret of its own there', async () => {
    const { tokens, secret } = await opened()
    const plain = requestWith(secret, 'GET /v1/files/FileA')
    for (const asked of [
      { ...plain, route: { path: '/v1/files/:file_key' } },
      { ...plain, route: { path: '/v1/files/:file_key' }, secret: 'of a cookie' },
    ]) {
      expect(await tokens.authorize(asked)).toEqual(await tokens.authorize(plain))
      expect((await tokens.explain(asked)).decision.allowed).toBe(true)
    }
  })

  it('takes its body as JSON gives it, also later', async () => {
    const { codeOf } = await opened()
    const body = { context: 'team', context_id: '456' }
    for (const given of [body, () => body, async () => body])
      expect(await codeOf({ route: WEBHOOK, body: given })).toBe(await codeOf({ route: WEBHOOK, body }))
    expect(await codeOf({ route: WEBHOOK, body })).toBe('allowed')
    expect(await codeOf({ route: WEBHOOK, body: { ...body, context_id: '999' } })).toBe('resource_not_in_plan')
    expect(await codeOf({ route: WEBHOOK })).toBe('request_malformed body_missing')
  })
})

describe('a base path', () => {
  it.each<[string, string]>([
    ['/api/v1/files/FileA', 'allowed'],
    ['/v1/files/FileA', 'endpoint_unknown'],
    ['/API/v1/files/FileA', 'endpoint_unknown'],
    ['/apiv1/files/FileA', 'endpoint_unknown'],
    ['/api', 'endpoint_unknown'],
    ['/api/../v1/files/FileA', 'request_malformed'],
    ['/%61pi/v1/files/FileA', 'request_malformed'],
  ])('is taken off what is asked, and nothing else is: %s', async (url, code) => {
    const { tokens, secret, id } = await opened()
    const request: RequestLike = { method: 'GET', url, headers: { 'x-figma-token': secret } }
    const fetched = new Proxy(new Request('https://a.example/', { headers: { 'x-figma-token': secret } }), {
      get(target, name) {
        if (name === 'url') return `https://a.example${url}`
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    for (const asked of [request, fetched]) {
      const decision = await tokens.authorize(asked, { basePath: '/api' })
      expect(decision.allowed ? 'allowed' : decision.code).toBe(code)
      expect(wordsOf((await tokens.explain(asked, { basePath: '/api' })).decision)).toEqual(wordsOf(decision))
    }
    const { decision } = await tokens.explain({ actor: ADMIN, id, method: 'GET', url }, { basePath: '/api' })
    expect(decision.allowed ? 'allowed' : decision.code).toBe(code)
  })

  it('is no part of a route', async () => {
    const { say, id, tokens } = await opened()
    expect(await say({ params: { file_key: 'FileA' } }, { basePath: '/api' })).toMatchObject({ allowed: true })
    const question = { actor: ADMIN, id, route: FILE, params: { file_key: 'FileA' } } as const
    expect((await tokens.explain(question, { basePath: '/api' })).decision.allowed).toBe(true)
  })

  it.each(['api', '/api/', '/', '/a/../b', ''])(
    'that is none is a mistake of the host’s code: %j',
    async (basePath) => {
      const { tokens } = await opened()
      expect(() => tokens.decide({ method: 'GET', url: '/', headers: {} }, { basePath })).toThrow(TypeError)
      await expect(tokens.explain({ method: 'GET', url: '/', headers: {} }, { basePath })).rejects.toThrow(TypeError)
    },
  )
})
