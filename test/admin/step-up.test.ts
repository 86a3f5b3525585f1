/** Step-up over the management API: the challenge, the client that repeats a call, and what a host says of a session. */
import { adminHandler, createAdminClient, toNode } from 'plan-access-tokens/admin'
import { describe, expect, it } from 'vitest'
import { worldWithNpm } from '../attack/world.ts'
import { START } from '../support/world.ts'
import { listen } from './server.ts'
import { adminWorld, TOKEN } from './world.ts'

const MFA = 'urn:example:mfa'
const RULES = {
  stepUp: { create: { acr: ['urn:example:key', MFA], maxAgeSeconds: 300 }, revoke: { maxAgeSeconds: 60 } },
}
const directory = { rules: () => RULES }

/** A session that can be made stronger. */
function session() {
  const said: { acr?: string; authTime?: number } = {}
  return { said, actor: () => ({ id: 'admin-1', ...said, address: '203.0.113.7', session: 's-17' }) }
}

describe('a change of a session that is too weak', () => {
  it('is answered with a challenge that says what is asked for', async () => {
    const w = await adminWorld({ directory })
    const seen = await w.call('POST /plans/1001/tokens', { body: TOKEN })
    expect(seen.status).toBe(401)
    expect(seen.headers.get('www-authenticate')).toBe(
      `Session realm="plan-access-tokens", error="insufficient_user_authentication", error_description="A stronger or a more recent authentication of the actor is needed.", acr_values="urn:example:key ${MFA}", max_age="300"`,
    )
    expect(seen.body).toMatchObject({
      code: 'insufficient_user_authentication',
      detail: `The rules of the plan ask for acr urn:example:key or ${MFA} and an authTime at most 300 seconds ago.`,
      acr_values: `urn:example:key ${MFA}`,
      max_age: 300,
    })
  })

  it('names only what is asked for', async () => {
    const w = await adminWorld()
    const { body } = await w.call('POST /plans/1001/tokens', { body: TOKEN })
    w.directory.replace.rules = () => RULES
    const { headers, body: problem } = await w.call(`POST /tokens/${body.token.id}/revoke`, { body: {} })
    expect(headers.get('www-authenticate')).toMatch(/, max_age="60"$/)
    expect(problem).not.toHaveProperty('acr_values')
  })

  it('is a challenge to nobody who is not signed in, and to no other refusal', async () => {
    const w = await adminWorld({ directory })
    const { headers } = await w.call('POST /plans/1001/tokens', { as: null, body: TOKEN })
    expect(headers.get('www-authenticate')).toBe('Session realm="plan-access-tokens"')
    expect((await w.call('GET /plans/1001/rules')).body).toEqual(RULES)
  })
})

describe('the client', () => {
  async function world(stepUp?: (said: ReturnType<typeof session>['said']) => boolean) {
    const w = await worldWithNpm()
    w.directory.replace.rules = () => RULES
    const { said, actor } = session()
    const address = await listen(toNode(adminHandler({ tokens: w.tokens, actor, basePath: '/admin' })))
    const asked: unknown[] = []
    const admin = createAdminClient({
      baseUrl: `${address}/admin`,
      ...(stepUp && {
        stepUp: async (what) => {
          asked.push(what)
          return stepUp(said)
        },
      }),
    })
    return { ...w, admin, asked }
  }
  const create = { planId: '1001', ...TOKEN }

  it('makes the call once more after a step-up, and the token is that of the one call', async () => {
    const w = await world((said) => Boolean(Object.assign(said, { acr: MFA, authTime: START })))
    const { token } = await w.admin.create({ ...create, idempotencyKey: 'once' })
    expect(w.asked).toEqual([{ acr: ['urn:example:key', MFA], maxAgeSeconds: 300 }])
    const { tokens } = await w.admin.list({ planId: '1001' })
    expect(tokens.filter(({ name }) => name === TOKEN.name).map(({ id }) => id)).toEqual([token.id])
    const { events } = await w.admin.events({ planId: '1001', tokenId: token.id })
    expect(events).toMatchObject([{ type: 'created', address: '203.0.113.7', session: 's-17' }])
  })

  it.each<[string, ((said: object) => boolean) | undefined, number]>([
    ['nobody to ask', undefined, 0],
    ['a person who does not want to', () => false, 1],
    ['a session that is no stronger afterwards', () => true, 1],
  ])('rejects with %s, and asks once at most', async (_, stepUp, times) => {
    const w = await world(stepUp)
    await expect(w.admin.create(create)).rejects.toMatchObject({
      code: 'insufficient_user_authentication',
      status: 401,
      stepUp: { maxAgeSeconds: 300 },
      message: expect.stringMatching(/needed\. The rules of the plan ask for acr .* seconds ago\.$/),
    })
    expect(w.asked).toHaveLength(times)
  })
})

describe('what the host says of a session', () => {
  /** A world in which `actor` gives something, once the document of the API was read. */
  async function saying(given: unknown, onError?: (error: unknown) => void) {
    let said: unknown = 'admin-1'
    const w = await adminWorld({ actor: () => said as never, ...(onError && { onError }) })
    said = given
    return w
  }

  it.each<[string, unknown]>([
    ['an empty id', { id: ' ' }],
    ['an id that is not known', { id: undefined, acr: MFA }],
    ['null', null],
  ])('with %s is nobody', async (_, given) => {
    const w = await saying(given)
    expect((await w.call('GET /plans/1001/tokens')).body.code).toBe('actor_missing')
  })

  it.each<[string, unknown]>([
    ['no id', { acr: MFA }],
    ['an id that is a number', { id: 1 }],
    ['a list', ['admin-1']],
  ])('with %s is a mistake of the set-up, which is told and lets nobody in', async (_, given) => {
    const told: unknown[] = []
    const w = await saying(given, (error) => told.push(error))
    expect((await w.call('GET /plans/1001/tokens')).body.code).toBe('internal')
    expect(told.map(String)).toEqual([expect.stringContaining('must give an id as text')])
  })

  it('with what is null is as if it were not said', async () => {
    const w = await saying({ id: 'admin-1', acr: null, authTime: null })
    expect((await w.call('GET /plans/1001/tokens')).status).toBe(200)
  })

  it.each<[string, object]>([
    ['a moment that is text', { authTime: '1' }],
    ['an acr of two words', { acr: 'a b' }],
  ])('and that cannot be right is the failure of the host, which is told: %s', async (_, said) => {
    const told: unknown[] = []
    const onError = (error: unknown) => void told.push(error)
    const w = await saying({ id: 'admin-1', ...said }, onError)
    expect((await w.call('GET /plans/1001/tokens')).body.code).toBe('internal')
    expect(String(told[0])).toContain(`${Object.keys(said)[0]}: `)
  })
})
