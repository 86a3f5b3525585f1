/** Who gets the page and sees which plans, and what a person and the host are told when something fails on the host's side. */
import { memoryStore, type Policy } from 'plan-access-tokens'
import { type HubOptions, hubHandler } from 'plan-access-tokens/hub'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { NPM_POLICY } from '../npm/world.ts'
import { newWorld, POLICY } from '../support/world.ts'
import { bootOf, hubWorld, PATH, PLAN } from './world.ts'

const engine = newWorld<Policy>({ policy: [POLICY, NPM_POLICY] }).tokens
const RIGHT = { tokens: engine, actor: () => 'ada', plans: () => [] }

/** The page as a person gets it. */
async function pageWith(options: Partial<HubOptions> = {}) {
  const world = await hubWorld(options)
  const get = (path = PATH, init?: RequestInit) => world.hub(new Request(`https://acme.example${path}`, init))
  return { ...world, get, html: async () => (await get()).text() }
}

describe('who gets the page', () => {
  it.each<[string, unknown]>([
    ['nobody', undefined],
    ['null', null],
    ['empty text', ' '],
  ])('%s is not signed in', async (_, actor) => {
    expect((await (await pageWith({ actor: () => actor as string })).get()).status).toBe(401)
  })

  it.each<[string, unknown]>([
    ['a number', 5],
    ['an object without an id', { acr: 'urn:example:mfa' }],
  ])('%s is a mistake of the host, which is told, and nobody gets the page', async (_, actor) => {
    const told: unknown[] = []
    const { get } = await pageWith({ actor: () => actor as string, onError: (error) => void told.push(error) })
    const answer = await get()
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('Website')])
    expect(told).toEqual([expect.objectContaining({ name: 'SetupError' })])
  })

  it('a plan access token in any header is nobody, and the host is not asked', async () => {
    let asked = 0
    const { get, make } = await pageWith({ actor: () => `ada${asked++ && ''}` })
    const { secret } = await make('Nightly export')
    for (const headers of [
      { 'x-figma-token': secret },
      { 'x-figma-token': '' },
      { authorization: `Bearer ${secret}` },
      { authorization: `Basic ${btoa(`ada:${secret}`)}` },
      { cookie: `a=b; token=${secret}` },
      { 'x-whatever': secret },
    ] as HeadersInit[])
      for (const method of ['GET', 'HEAD']) expect((await get(PATH, { headers, method })).status).toBe(403)
    expect((await get(`${PATH}?token=${secret}`)).status).toBe(403)
    expect(asked).toBe(0)
  })

  it('sees the plans that the engine lets one manage, whatever the host says', async () => {
    const plan = (id: string, more: object = {}) => ({ id, tier: 'organization', name: `Plan ${id}`, ...more })
    const plans = [
      plan('1004'),
      plan('nowhere'),
      plan('1002'),
      plan(PLAN, { suspended: true }),
      plan('1003', { tier: 'starter' }),
    ]
    const { html, state } = await pageWith({ plans: () => plans })
    expect(bootOf(await html()).plans).toEqual([
      { id: '1002', name: 'Plan 1002', closed: {} },
      { id: PLAN, name: `Plan ${PLAN}`, closed: { rest: 'suspended', npm: 'suspended' } },
      { id: '1003', name: 'Plan 1003', closed: { rest: 'tier', npm: 'tier' } },
    ])
    state.actor = 'bob'
    expect(bootOf(await html()).plans.map(({ id }) => id)).toEqual([PLAN])
    state.actor = 'nobody'
    const boot = bootOf(await html())
    expect([boot.plans, boot.first]).toEqual([[], undefined])
  })

  it('an engine in an object of the host does as well', async () => {
    const calls: string[] = []
    class Logged {
      readonly policies = engine.policies
    }
    for (const name of Object.keys(engine).filter((one) => one !== 'policies'))
      Object.defineProperty(Logged.prototype, name, {
        value(this: unknown, input: unknown, ...rest: unknown[]) {
          expect(this).toBeInstanceOf(Logged)
          calls.push(name)
          return (engine[name as 'list'] as (...args: unknown[]) => unknown)(input, ...rest)
        },
      })
    const tokens = new Logged() as unknown as HubOptions['tokens']
    const hub = hubHandler({ ...RIGHT, tokens, plans: () => [{ id: '1', tier: '', name: 'One' }] })
    expect((await hub(new Request('https://acme.example/'))).status).toBe(200)
    const answer = await hub(new Request('https://acme.example/api/plans/1/tokens'))
    expect(await answer.json()).toMatchObject({ code: 'not_plan_admin' })
    expect(calls).toEqual(['list', 'list'])
  })
})

describe('what fails on the side of the host', () => {
  const failure = new Error('The database of sessions is down.')
  it.each<[string, Partial<Record<keyof HubOptions, unknown>>, string, string]>([
    ['an actor that throws', { actor: () => Promise.reject(failure) }, '', failure.message],
    ['an actor that throws for the API', { actor: () => Promise.reject(failure) }, '/api/policies', failure.message],
    ['plans that reject', { plans: () => Promise.reject(failure) }, '', failure.message],
    [
      'plans that forget to return',
      { plans: () => undefined },
      '',
      'must give a list of { id, name, tier }; this is no list',
    ],
    ['one plan and no list', { plans: () => ({ id: PLAN, name: 'Acme', tier: '' }) }, '', 'this is no list'],
    ['plans of ids', { plans: () => [PLAN] }, '', 'id of entry 1 is no text'],
    ['a plan without a tier', { plans: () => [{ id: PLAN, name: 'Acme' }] }, '', 'tier of entry 1 is no text'],
    [
      'a plan of nothing',
      { plans: () => [{ id: PLAN, name: 'Acme', tier: '' }, null] },
      '',
      'id of entry 2 is no text',
    ],
  ])('%s: the host is told, the person is not', async (_, change, path, message) => {
    const told: unknown[] = []
    const { get } = await pageWith({ ...change, onError: (error: unknown) => told.push(error) } as Partial<HubOptions>)
    const answer = await get(PATH + path)
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain(message)
    expect(told.map(String)).toEqual([expect.stringContaining(message)])
  })

  it('a store that is down is told with its kind, and what a client did wrong is not', async () => {
    const told: unknown[] = []
    const store = { ...memoryStore(), list: () => Promise.reject(new RangeError('secret detail')) }
    const directory = testDirectory({ [PLAN]: { admins: ['ada'] } })
    const { tokens } = newWorld({ store, directory })
    const hub = hubHandler({ ...RIGHT, tokens, onError: (error) => told.push(error) })
    const get = (path: string) => hub(new Request(`https://acme.example/api${path}`))
    expect((await get('/nothing')).status).toBe(404)
    expect((await get(`/plans/${PLAN}/tokens?limit=x`)).status).toBe(400)
    expect(told).toEqual([])
    expect((await get(`/plans/${PLAN}/tokens`)).status).toBe(503)
    expect(told).toEqual([expect.objectContaining({ code: 'unavailable', cause: expect.anything() })])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw failure
      },
    ],
    ['rejects', () => Promise.reject(failure)],
  ])('a log that %s changes nothing', async (_, onError) => {
    const { get } = await pageWith({ plans: () => Promise.reject(failure), onError })
    expect((await get()).status).toBe(500)
  })
})
