/** A policy's functions for spellings are the host's: a mistake in one of them lets nothing through, and breaks no call. */
import { createPlanTokens, definePolicy, memoryStore } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/fetch'
import { requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { invoices, invoicesData } from '../core/fixtures.ts'

const fail = (): never => {
  throw new Error('a mistake of the host')
}
const TOKEN = {
  actor: 'admin-1',
  planId: '1001',
  type: 'live',
  name: 'x',
  lifetimeDays: 1,
  scopes: ['invoice:read'],
} as const

describe.each([
  ['throws', fail],
  ['gives nothing', () => undefined],
  ['gives a number', () => 7],
])('a function that %s', (_, wrong) => {
  /** A token that an engine without a mistake has made, and one with the mistake over the same store. */
  async function world() {
    const ports = { store: memoryStore(), directory: testDirectory({ 1001: { tier: 'team', admins: ['admin-1'] } }) }
    const made = await createPlanTokens({ policy: invoices, ...ports }).create({ ...TOKEN, resources: 'all' })
    const spelling = { target: wrong as () => never, link: wrong as () => never }
    const policy = definePolicy(invoicesData(), { spelling })
    return { ...made, policy, tokens: createPlanTokens({ policy, ...ports, onWarning() {} }) }
  }

  it('for targets makes each request malformed, and rejects nowhere', async () => {
    const { tokens, token, secret } = await world()
    const request = requestWith(secret, 'GET /status')
    const malformed = { allowed: false, code: 'request_malformed', status: 400 }
    expect(await tokens.authorize(request)).toMatchObject(malformed)
    expect((await tokens.explain(request)).decision).toMatchObject(malformed)
    const question = { actor: 'admin-1', id: token.id, method: 'GET', url: '/status' }
    expect((await tokens.explain(question)).decision).toMatchObject(malformed)
    const handle = guard(tokens, () => new Response('inside'))
    const headers = { authorization: `Bearer ${secret.reveal()}` }
    expect((await handle(new Request('https://x.test/status', { headers }))).status).toBe(400)
  })

  it('for links makes each link malformed, with its place', async () => {
    const { tokens, policy } = await world()
    const link = 'https://invoices.test/p/7'
    expect(policy.parseLink(link)).toMatchObject({ ok: false, code: 'link_malformed' })
    expect(policy.parseLinks(`see ${link}`).mistakes).toMatchObject([{ link: 'see' }, { link, code: 'link_malformed' }])
    await expect(tokens.create({ ...TOKEN, resources: [link] })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'resources[0]' }],
    })
  })
})
