/** How tokens are used, over the management API: its routes, its client, and every answer as the document says. */
import { createAdminClient } from 'plan-access-tokens/admin'
import { requestWith } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
import { expect, it } from 'vitest'
import { adminWorld, requestOf } from '../admin/world.ts'
import { A } from '../attack/world.ts'
import { DAY } from '../support/world.ts'

it('the routes answer what the engine says, and so does the client', async () => {
  const w = await adminWorld({ world: { usage: usage({ quietDays: 90 }) } })
  const { call, contract, handler } = w
  const clock = w.clock.port
  const { id } = w.ALL.token
  const ask = async (secret: string, line: string) => (await w.tokens.authorize(requestWith(secret, line))).allowed
  await ask(w.ALL.secret, 'GET /v1/nothing')
  await w.tokens.planUsage({ actor: 'admin-1', planId: '1001' })
  clock.advance(2 * DAY)
  const { body } = await call('POST /plans/1001/tokens', { body: { ...WISH, name: 'Wide' } })
  clock.advance(2 * DAY)
  expect(await ask(body.secret, `GET /v1/files/${A}`)).toBe(true)
  for (let i = 0; i < 3; i++) expect(await ask(body.secret, `GET /v1/files/${A}/meta`)).toBe(false)

  const client = createAdminClient({
    baseUrl: 'https://api.example',
    headers: { 'x-session': 'admin-1' },
    fetch: (url, init) => handler(new Request(url, init)),
  })
  contract.seen.clear()
  const owner = { actor: 'admin-1', id: body.token.id }
  expect((await call(`GET /tokens/${body.token.id}/usage`)).body).toEqual(await w.tokens.usage(owner))
  expect(await client.usage({ id: owner.id })).toEqual(await w.tokens.usage(owner))
  const advice = await w.tokens.advice({ ...owner, window: 1 })
  expect(advice.edit).toEqual({ scopes: ['file_content:read'], version: 1 })
  expect(advice.refused).toHaveLength(1)
  expect((await call(`GET /tokens/${owner.id}/advice?window=1`)).body).toEqual(advice)
  expect(await client.advice({ id: owner.id, window: 1 })).toEqual(advice)
  expect((await client.advice({ id: owner.id })).withheld).toMatchObject([{ code: 'token_young' }])
  const plan = { actor: 'admin-1', planId: '1001' }
  expect((await call('GET /plans/1001/usage')).body).toEqual(await w.tokens.planUsage(plan))
  expect(await client.planUsage({ planId: '1001' })).toEqual(await w.tokens.planUsage(plan))
  const { tokens } = await client.unused({ planId: '1001', window: 1, limit: 500 })
  expect(tokens.map((token) => token.id)).toContain(id)
  expect(tokens.map((token) => token.id)).not.toContain(owner.id)
  expect([...contract.seen].sort()).toEqual([...['getAdvice 200', 'getPlanUsage 200', 'getUsage 200']])
  // What the advice says goes into the next call as it is.
  const { version, ...edit } = advice.edit ?? { version: 0 }
  const edited = await client.edit({ id: owner.id, ...edit, version })
  expect(edited.scopes).toEqual(['file_content:read'])
})

const WISH = {
  ...{ type: 'rest', lifetimeDays: 365, resources: 'all' },
  scopes: ['file_content:read', 'file_comments:read'],
}

it.each([
  ['GET /tokens/x/advice?window=0', 'invalid_input'],
  ['GET /tokens/x/advice?window=x', 'invalid_input'],
  ['GET /tokens/x/advice?days=1', 'invalid_input'],
  ['GET /tokens/x/usage?window=1', 'invalid_input'],
  ['GET /tokens/x/usage', 'token_not_found'],
  ['GET /plans/2002/usage', 'not_plan_admin'],
  ['GET /plans/2002/unused', 'not_plan_admin'],
  ['GET /plans/1001/unused?limit=501', 'invalid_input'],
  ['POST /tokens/x/usage', 'method_not_allowed'],
])('%s is %s', async (line, code) => {
  const { call } = await adminWorld({ world: { usage: usage() } })
  const { body } = await call(line, line.startsWith('POST') ? { body: {} } : {})
  expect(body.code).toBe(code)
})

it('an engine that gathers nothing says so, on each route', async () => {
  const { call, handler } = await adminWorld()
  for (const path of ['/tokens/x/usage', '/tokens/x/advice', '/plans/1001/usage', '/plans/1001/unused'])
    expect(await call(`GET ${path}`)).toMatchObject({ status: 404, body: { code: 'not_supported' } })
  expect((await handler(requestOf('GET /tokens/x/usage', { as: null }))).status).toBe(401)
})
