/** `createAuthorizer`: answers as the whole engine does over the same store, judged by the same options, and manages nothing. */
import { createPlanTokens, memoryStore, SetupError } from 'plan-access-tokens'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { guard } from 'plan-access-tokens/fetch'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestWith, testClock } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, newDirectory, START, TOKEN } from '../support/world.ts'

/** A process that manages tokens and one that judges requests, over one store. */
async function processes(given: { readonly freshnessMs?: number } = {}) {
  const clock = testClock(START)
  const options = { policy: figmaPolicy(), store: memoryStore(), directory: newDirectory(), clock, ...given }
  const tokens = createPlanTokens(options)
  const authorizer = createAuthorizer(options)
  const { token, secret } = await tokens.create({ ...TOKEN, resources: ['https://www.figma.com/file/FileA'] })
  const send = (line: string, text = secret.reveal()) => requestWith(text, line, { header: 'x-figma-token' })
  return { clock, options, tokens, authorizer, token, secret: secret.reveal(), send }
}

it('has these calls and no others', async () => {
  const { authorizer, tokens } = await processes()
  expect(Object.keys(authorizer).sort()).toEqual(['authorize', 'close', 'decide', 'inspect', 'policies', 'ready'])
  expect(Object.keys(tokens)).toEqual(expect.arrayContaining(Object.keys(authorizer)))
})

it.each<[string, string | undefined, string?]>([
  ['GET /v1/files/FileA', undefined],
  ['GET /v1/files/FileB', 'resource_not_allowed'],
  ['GET /v1/files/FileZ', 'resource_not_in_plan'],
  ['GET /v1/files/FileA/comments', 'scope_missing'],
  ['GET /v1/me', 'endpoint_not_supported'],
  ['GET /v1/nothing', 'endpoint_unknown'],
  ['GET /v1/files/FileA/', 'request_malformed'],
  ['GET /v1/files/FileA', 'token_malformed', 'figpat_x'],
])('decides %s as the whole engine does: %s', async (line, code, text) => {
  const { authorizer, tokens, send } = await processes()
  const decision = await authorizer.authorize(send(line, text))
  expect(decision.allowed ? undefined : decision.code).toBe(code)
  expect(JSON.stringify(decision)).toBe(JSON.stringify(await tokens.authorize(send(line, text))))
})

it('takes a call of a route, and says the same of a secret', async () => {
  const { authorizer, tokens, secret } = await processes()
  const call = { secret, route: 'GET /v1/files/{file_key}', params: { file_key: 'FileA' } } as const
  expect(await authorizer.inspect({ secret })).toEqual(await tokens.inspect({ secret }))
  expect(await authorizer.authorize(call)).toMatchObject({ allowed: true })
  await expect(authorizer.authorize({ ...call, params: {} } as never)).rejects.toMatchObject({ code: 'invalid_input' })
  expect(await authorizer.inspect({ secret: 'figpat_x' })).toEqual({ active: false })
})

it('refuses what another process has revoked as soon as that says so, out of its memory too', async () => {
  const { authorizer, tokens, token, send } = await processes({ freshnessMs: 50 })
  const ask = () => authorizer.authorize(send('GET /v1/files/FileA'))
  for (let i = 0; i < 3; i++) expect(await ask()).toMatchObject({ allowed: true })
  await tokens.revoke({ actor: ADMIN, id: token.id })
  expect(await ask()).toMatchObject({ allowed: false, code: 'token_revoked' })
  await Promise.all([authorizer.close(), tokens.close()])
})

it('guards a handler', async () => {
  const { authorizer, secret } = await processes()
  const handler = guard(authorizer, (_, { token }) => new Response(token.name))
  const fetch = (headers: HeadersInit) => handler(new Request('https://api.example/v1/files/FileA', { headers }))
  expect(await (await fetch({ 'x-figma-token': secret })).text()).toBe(TOKEN.name)
  expect((await fetch({})).status).toBe(401)
})

it('says at start what cannot be used', async () => {
  const { options, authorizer } = await processes()
  await authorizer.ready({ planId: '1001' })
  const directory = { ...options.directory, plan: () => 'organization' as never }
  await expect(createAuthorizer({ ...options, directory }).ready()).rejects.toThrow('directory.plan')
})

describe('wrong options', () => {
  const problemsOf = (make: (options: never) => unknown, options: object): unknown => {
    try {
      make(options as never)
      return []
    } catch (error) {
      expect(error).toBeInstanceOf(SetupError)
      return (error as SetupError).issues
    }
  }

  it.each<[string, object]>([
    ['nothing at all', { policy: undefined, store: undefined, directory: undefined }],
    ['an unknown one', { colour: 'red' }],
    ['no policy', { policy: [] }],
    ['two of one surface', { policy: [figmaPolicy(), figmaPolicy()] }],
    ['a bound that the store does not have', { freshnessMs: 100, store: { ...memoryStore(), bound: undefined } }],
    ['times out of range', { timeoutMs: 0, bodyTimeoutMs: -1, freshnessMs: 60_001, directoryMaxAgeMs: 'x' }],
    ['hooks that are none', { onDecision: 1, onError: 1, onWarning: 1, clock: {} }],
  ])('%s: the same is said as by createPlanTokens', async (_, wrong) => {
    const { options } = await processes()
    const problems = problemsOf(createAuthorizer, { ...options, ...wrong })
    expect(problems).not.toEqual([])
    expect(problems).toEqual(problemsOf(createPlanTokens, { ...options, ...wrong }))
  })

  it('a source of randomness has no use, and is refused', async () => {
    const { options } = await processes()
    const problems = problemsOf(createAuthorizer, { ...options, random: (bytes: number) => new Uint8Array(bytes) })
    expect(problems).toMatchObject([{ path: 'random' }])
  })
})
