/** Canaries and leaks at the management API: made, listed and explained there, to admins alone, in the form of its document. */
import { type CanaryUse, canaryTokens, reportLeak } from 'plan-access-tokens/leaks'
import { expect, it } from 'vitest'
import { A } from '../attack/world.ts'
import { DAY, TOKEN } from '../support/world.ts'
import { adminWorld } from './world.ts'

const { actor: _, planId: __, ...WISH } = TOKEN

it('a canary is made, listed, explained and not refreshed', async () => {
  const uses: CanaryUse[] = []
  const introspection = { client: () => true }
  const w = await adminWorld({ introspection, world: { canaries: canaryTokens({ onUse: (use) => uses.push(use) }) } })
  const made = await w.call('POST /plans/1001/tokens', { body: { ...WISH, canary: true } })
  expect(made).toMatchObject({ status: 201, body: { token: { canary: true } } })
  const { token, secret } = made.body
  const path = `/tokens/${token.id}`
  expect((await w.call(`GET ${path}`)).body).toMatchObject({ canary: true, status: 'active' })
  const { body: page } = await w.call('GET /plans/1001/tokens?limit=500')
  expect(page.tokens.filter(({ canary }: { canary?: true }) => canary)).toMatchObject([{ id: token.id }])
  const asked = { id: token.id, route: 'GET /v1/files/{file_key}', params: { file_key: A } }
  const { body: explained } = await w.call('POST /explain', { body: asked })
  expect(explained.decision).toMatchObject({ allowed: false, code: 'token_unknown' })
  expect(JSON.stringify(explained.rules)).toContain('It is a canary')
  for (const line of [`GET ${path}/refresh`, `POST ${path}/refresh`])
    expect(await w.call(line, { ...(line.startsWith('POST') && { body: {} }) })).toMatchObject({
      status: 409,
      body: { code: 'token_is_canary' },
    })
  expect(await w.call(`PATCH ${path}`, { body: { canary: null } })).toMatchObject({ status: 400 })
  // Nobody but an admin of the plan is told.
  for (const as of ['admin-2', 'nobody'])
    expect((await w.call('POST /explain', { as, body: asked })).body).toMatchObject({ code: 'token_not_found' })
  const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `token=${secret}` }
  expect((await w.call('POST /introspect', form)).body).toEqual({ active: false })
  expect(uses).toMatchObject([{ tokenId: token.id }])
  await w.tokens.close()
  const { body: log } = await w.call(`GET /plans/1001/events?tokenId=${token.id}`)
  expect(log.events.map(({ type }: { type: string }) => type)).toEqual(['created', 'canary_used'])
})

it('is a mistake in the request where the engine has nobody to tell', async () => {
  const w = await adminWorld()
  const { status, body } = await w.call('POST /plans/1001/tokens', { body: { ...WISH, canary: true } })
  expect([status, body.issues]).toMatchObject([400, [{ path: 'canary' }]])
})

it('a leak is shown by the secret that was found, and in the log', async () => {
  const w = await adminWorld()
  const report = { text: w.ALL.secret, source: 'github', url: 'https://github.com/a/b', action: 'retire' } as const
  await reportLeak(w.tokens as never, report)
  const { body: token } = await w.call(`GET /tokens/${w.ALL.id}`)
  const [secret] = token.secrets
  expect(token.expiresAt).toBe(secret.leakedAt + DAY)
  const { body: log } = await w.call(`GET /plans/1001/events?tokenId=${w.ALL.id}&order=newest&limit=1`)
  expect(log.events).toMatchObject([{ type: 'leak_reported', source: 'github', url: 'https://github.com/a/b' }])
})
