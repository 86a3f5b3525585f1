/** `usage`, `advice` and `unused`, over a real management API whose clock is moved, and over a store that nobody gathers in. */
import { createServer } from 'node:http'
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { adminHandler, toNode } from 'plan-access-tokens/admin'
import { testClock, testDirectory } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
import { expect, it } from 'vitest'
import { listen } from '../admin/server.ts'
import { DAY } from '../support/world.ts'
import { INVOICES, migrated, project } from './project.ts'

async function overApi() {
  const clock = testClock()
  const tokens = createPlanTokens({
    ...{ policy: definePolicy(INVOICES), store: memoryStore(), clock, usage: usage({ quietDays: 90 }) },
    directory: testDirectory({
      acme: { tier: 'business', admins: ['admin-1'], resources: { 'client:12': {}, 'client:34': {} } },
    }),
  })
  const handler = adminHandler({ tokens, actor: () => 'admin-1', basePath: '/admin' })
  const url = await listen(createServer(toNode(handler)))
  const it = project({
    'plan-access-tokens.config.mjs': `
import { defineConfig } from 'plan-access-tokens/config'
export default defineConfig({ adminApi: { url: '${url}/admin' } })
`,
  })
  return { it, tokens, clock }
}

it('show how a token was used, and print the line that takes away what was not', async () => {
  const { it, tokens, clock } = await overApi()
  const owner = { actor: 'admin-1', planId: 'acme', type: 'live', lifetimeDays: 365 } as const
  const links = ['https://app.invoices.example/clients/12', 'https://app.invoices.example/clients/34']
  const { token, secret } = await tokens.create({
    ...{ ...owner, name: 'Export', scopes: ['invoice:read', 'invoice:write'], resources: links },
  } as never)
  await tokens.create({ ...owner, name: 'Forgotten', scopes: ['invoice:read'], resources: 'all' } as never)
  const ask = async (method: string, url: string) =>
    (await tokens.authorize({ method, url, headers: { authorization: `Bearer ${secret.reveal()}` } })).allowed
  expect(await ask('GET', '/v1/clients/12/invoices')).toBe(true)
  await tokens.usage({ actor: 'admin-1', id: token.id })
  clock.advance(60 * DAY)
  expect(await ask('GET', '/v1/clients/12/invoices')).toBe(true)
  for (let i = 0; i < 3; i++) expect(await ask('GET', '/v1/clients/99/invoices')).toBe(false)
  await tokens.close()

  const used = await it.run(['usage', token.id])
  expect(used).toMatchObject({ code: 0, stderr: expect.stringContaining('that is everything') })
  for (const part of ['GET /v1/clients/{client}/invoices', 'client 12', 'resource_not_in_plan', '2027-04-01'])
    expect(used.stdout).toContain(part)
  const json = JSON.parse((await it.run(['usage', token.id, '--json'])).stdout)
  expect(json.days).toHaveLength(90)
  const plan = JSON.parse((await it.run(['usage', '--plan', 'acme', '--json'])).stdout)
  expect(plan.days.at(-1)).toEqual({ day: '2027-04-01', allowed: 1, refused: 3 })
  expect((await it.run(['usage', '--plan', 'acme'])).stdout).toContain('2027-04-01')
  expect((await it.run(['usage'])).code).toBe(2)
  expect((await it.run(['usage', token.id, '--plan', 'acme'])).code).toBe(2)

  const advice = await it.run(['advice', token.id, '--window', '45'])
  expect(advice.code).toBe(0)
  for (const part of ['invoice:write', 'client 34', 'STAYS ALLOWED']) expect(advice.stdout).toContain(part)
  const line = /plan-access-tokens (edit .+)/.exec(advice.stderr)?.[1] ?? ''
  expect((await it.run(line.split(' '))).code).toBe(0)
  expect(await tokens.get({ actor: 'admin-1', id: token.id })).toMatchObject({
    scopes: ['invoice:read'],
    resources: [{ link: links[0] }],
  })
  expect((await it.run(['advice', token.id, '--window', '150'])).stderr).toContain('younger than the window')
  expect((await it.run(['advice', token.id, '--window', '0'])).code).toBe(4)

  const unused = await it.run(['unused', '--plan', 'acme', '--window', '30', '--all'])
  expect(unused.stdout).toContain('Forgotten')
  expect(unused.stdout).not.toContain('Export')
  const { tokens: listed } = JSON.parse((await it.run(['unused', '--plan', 'acme', '--json', '--limit', '1'])).stdout)
  expect(listed.length).toBeLessThanOrEqual(1)
}, 120_000)

it('say so where nobody gathers', async () => {
  const it = await migrated()
  for (const line of [
    ['usage', 'x'],
    ['advice', 'x'],
    ['unused', '--plan', 'acme'],
  ])
    expect(await it.run(line)).toMatchObject({ code: 4, stderr: expect.stringContaining('is not gathered here') })
}, 120_000)
