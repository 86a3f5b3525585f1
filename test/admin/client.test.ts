/** The typed client, over a real socket and against answers that are not the API's. */
import { build } from 'esbuild'
import { SetupError } from 'plan-access-tokens'
import { AdminApiError, adminHandler, createAdminClient, toNode } from 'plan-access-tokens/admin'
import { describe, expect, it } from 'vitest'
import { worldWithNpm } from '../attack/world.ts'
import { DAY, START } from '../support/world.ts'
import { listen } from './server.ts'
import { actor, TOKEN } from './world.ts'

async function clientWorld(session = 'admin-1') {
  const w = await worldWithNpm()
  const address = await listen(toNode(adminHandler({ tokens: w.tokens, actor, basePath: '/admin' })))
  return {
    ...w,
    ask: w.ask,
    admin: createAdminClient({ baseUrl: `${address}/admin/`, headers: async () => ({ 'x-session': session }) }),
  }
}

/** What a call throws. */
const thrownBy = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return error
  }
}

/** What a call rejects with. */
const failure = (call: Promise<unknown>): Promise<AdminApiError> =>
  call.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: AdminApiError) => error,
  )

it('takes a token through its life', async () => {
  const { admin, ask, clock } = await clientWorld()
  const [figma] = await admin.policies()
  expect(figma?.types[0]?.name).toBe('rest')
  const report = await admin.parseLinks({ text: TOKEN.resources.join() })
  expect(report).toMatchObject({ resources: [{ kind: 'project', id: '123' }], mistakes: [] })
  const { token, secret } = await admin.create({ planId: '1001', ...TOKEN, idempotencyKey: 'once' })
  const again = await admin.create({ planId: '1001', ...TOKEN, idempotencyKey: 'once' })
  expect(again.token.id).toBe(token.id)
  expect((await ask('GET /v1/files/FileA0000000000000000aa', secret)).allowed).toBe(false)
  expect((await ask('GET /v1/files/FileA0000000000000000aa', again.secret)).allowed).toBe(true)
  const { version } = await admin.get({ id: token.id })
  expect(await admin.edit({ id: token.id, version, description: 'For the night' })).toMatchObject({
    version: version + 1,
  })
  expect(await failure(admin.edit({ id: token.id, version, name: 'x' }))).toMatchObject({
    code: 'version_conflict',
    status: 412,
  })
  clock.real.advance(DAY)
  expect(await admin.previewRefresh({ id: token.id })).toEqual({
    expiresAt: START + 31 * DAY,
    previousWorksUntil: START + 2 * DAY,
  })
  const refreshed = await admin.refresh({ id: token.id, retirePrevious: 'now', idempotencyKey: 'r' })
  expect((await ask('GET /v1/files/FileA0000000000000000aa', refreshed.secret)).allowed).toBe(true)
  const explained = await admin.explain({ id: token.id, route: 'GET /v1/me' })
  expect(explained.decision).toMatchObject({ allowed: false, code: 'endpoint_not_supported' })
  expect((await admin.revoke({ id: token.id })).status).toBe('revoked')
  const first = await admin.events({ planId: '1001', tokenId: token.id, limit: 2 })
  const rest = await admin.events({ planId: '1001', tokenId: token.id, after: first.next ?? '' })
  expect([...first.events, ...rest.events].map(({ type }) => type)).toEqual([
    ...['created', 'refreshed', 'edited', 'refreshed', 'revoked'],
  ])
  expect((await admin.list({ planId: '1001', status: 'revoked' })).tokens.map(({ id }) => id)).toEqual([token.id])
})

it('finds tokens by their words, and ends many that were looked at before', async () => {
  const { admin, ask } = await clientWorld()
  const words = { 'a.b [c]': 'x=1&y=2 %', team: 'ü' }
  const make = (name: string) => admin.create({ planId: '1001', ...TOKEN, name, metadata: words, contact: 'ops' })
  const { token, secret } = await make('One')
  expect((await admin.list({ planId: '1001', metadata: words, limit: 1 })).tokens).toEqual([token])
  expect((await admin.list({ planId: '1001', metadata: { team: 'u' } })).tokens).toEqual([])
  expect((await admin.edit({ id: token.id, metadata: { 'a.b [c]': null }, contact: null })).metadata).toEqual({
    team: 'ü',
  })
  const many = { planId: '1001', filter: { metadata: { team: 'ü' }, scope: TOKEN.scopes[0] as string } }
  const { count, tokens, stamp } = await admin.previewRevoke({ ...many, limit: 5 })
  expect([count, tokens.map(({ name }) => name)]).toEqual([1, ['One']])
  const { token: late } = await make('Two')
  expect(await failure(admin.revokeMany({ ...many, filter: {}, stamp }))).toMatchObject({ code: 'invalid_input' })
  const done = await admin.revokeMany({ ...many, stamp, reason: 'Gone' })
  expect(done).toEqual({ revoked: [token.id], ended: [], changed: [], failed: [] })
  expect((await ask('GET /v1/files/FileA0000000000000000aa', secret)).allowed).toBe(false)
  expect((await admin.get({ id: late.id })).status).toBe('active')
})

it('ends a thousand picked tokens, for whose ids no address has room', async () => {
  const { admin } = await clientWorld()
  const make = (name: string) => admin.create({ planId: '1001', ...TOKEN, name })
  const [{ token }, other] = [await make('One'), await make('Two')]
  const ids = [token.id, ...Array.from({ length: 999 }, (_, i) => `${'x'.repeat(250)}${i}`)]
  const many = { planId: '1001', filter: { ids } }
  const { count, tokens, stamp } = await admin.previewRevoke({ ...many, limit: 5 })
  expect([count, tokens.map(({ name }) => name)]).toEqual([1, ['One']])
  expect((await admin.revokeMany({ ...many, stamp })).revoked).toEqual([token.id])
  expect((await admin.get({ id: other.token.id })).status).toBe('active')
})

it('rejects with code, status and every issue', async () => {
  const { admin } = await clientWorld()
  const error = await failure(admin.create({ planId: '1001', ...TOKEN, name: '', lifetimeDays: 0 }))
  expect(error).toBeInstanceOf(AdminApiError)
  expect(error).toMatchObject({ name: 'AdminApiError', code: 'invalid_input', status: 400 })
  expect(error.issues.map(({ path }) => path)).toEqual(['name', 'lifetimeDays'])
  expect(error.message).toMatch(/^The input is not valid\.\n {2}name: .+\n {2}lifetimeDays: /)
  expect(await failure(admin.get({ id: 'a/b' }))).toMatchObject({ code: 'invalid_input', status: 400 })
  const { admin: member } = await clientWorld('member-1')
  expect(await failure(member.list({ planId: '1001' }))).toMatchObject({
    code: 'not_plan_admin',
    status: 403,
    issues: [],
  })
  const { admin: nobody } = await clientWorld('')
  expect(await failure(nobody.policies())).toMatchObject({ code: 'actor_missing', status: 401 })
})

describe('options that are wrong', () => {
  it.each([
    [undefined, ['baseUrl']],
    [{}, ['baseUrl']],
    ['http://x', ['options', 'baseUrl']],
    [{ baseUrl: new URL('http://x'), fetch: 1, headers: 'x', stepUp: true }, ['baseUrl', 'fetch', 'headers', 'stepUp']],
    [{ baseUrl: '/admin', haeders: {} }, ['haeders']],
  ])('%j are told all at once', (options, names) => {
    const error = thrownBy(() => createAdminClient(options as never))
    expect(error).toBeInstanceOf(SetupError)
    expect((error as SetupError).issues.map(({ path }) => path)).toEqual(names)
    for (const name of names) expect((error as SetupError).message).toContain(`\n  ${name}: `)
  })

  it('misspelt ones are told with what may have been meant, and a page loads no checker of schemas for it', async () => {
    const error = thrownBy(() => createAdminClient({ baseUrl: '/admin', haeders: {} } as never))
    expect(String(error)).toContain('Did you mean "headers"?')
    const { metafile, outputFiles } = await build({
      stdin: { contents: "export { createAdminClient } from './src/admin/client.ts'", resolveDir: process.cwd() },
      ...{ bundle: true, minify: true, format: 'esm', metafile: true, write: false, platform: 'neutral' },
    })
    expect(Object.keys(metafile.inputs).filter((input) => input.includes('/zod/'))).toEqual([])
    expect(outputFiles[0]!.contents.length).toBeLessThan(7_000)
  })

  it('are not those that are left out', () => {
    const left = { baseUrl: '/admin', fetch: undefined, headers: undefined, stepUp: undefined }
    expect(() => createAdminClient(left as never)).not.toThrow()
  })

  it('are told for a listener of Node too', () => {
    expect(() => toNode({} as never)).toThrow('handler: must be a Fetch handler')
  })
})

describe('an answer that is not of this API', () => {
  it.each([
    [200, '<html>Sign in</html>'],
    [200, ''],
    [200, 'null'],
    [502, '<html>Bad gateway</html>'],
    [502, '{"message":"no"}'],
  ])('%i with %j is answer_unreadable', async (status, body) => {
    const admin = createAdminClient({ baseUrl: '/admin', fetch: async () => new Response(body, { status }) })
    expect(await failure(admin.policies())).toMatchObject({ code: 'answer_unreadable', status, issues: [] })
  })

  it('is not looked for at another address', async () => {
    const address = await listen((_, response) => response.writeHead(302, { location: '/login' }).end())
    await expect(createAdminClient({ baseUrl: address }).policies()).rejects.toThrow(TypeError)
  })
})
