/** What a policy can say beyond scopes and names: checks, second spellings, and kinds whose ids begin with another's. */
import { createPlanTokens, definePolicy, memoryStore, type PolicyCode } from 'plan-access-tokens'
import { requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'

const data = {
  surface: 'pages',
  credential: { headers: [], bearer: true },
  tiers: ['enterprise'],
  scopes: { 'page:write': {} },
  types: { live: { prefix: 'pages' } },
  kinds: { book: { id: 'name' }, page: { id: 'name', parents: ['book'], under: true } },
  links: { hosts: ['pages.example'], shapes: ['/b/{book}', '/b/{book}/{page}'] },
  endpoints: {
    'PUT /novel/{page}': {
      scopes: ['page:write'],
      names: [{ kind: 'page', at: 'path:page', stem: 'novel/' }],
      checks: { 'text@1': 'The body has a text.' },
    },
    'GET /novel/{page}': { scopes: ['page:write'], names: [{ kind: 'page', at: 'path:page', stem: 'novel/' }] },
    'POST /moves': {
      scopes: ['page:write'],
      names: [{ kind: 'page', at: 'body:from', prefix: 'p_', stem: 'novel/' }],
    },
  },
} as const

async function world(code: PolicyCode) {
  const policy = definePolicy(data, code)
  const directory = testDirectory({ p1: { tier: 'enterprise', admins: ['ada'], resources: { 'book:novel': {} } } })
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
  const input = {
    actor: 'ada',
    planId: 'p1',
    type: 'live',
    name: 'x',
    lifetimeDays: 1,
    scopes: ['page:write'],
  } as const
  const { secret, token } = await tokens.create({ ...input, resources: ['pages.example/b/novel/12'] })
  const ask = async (line: string, body?: unknown) => {
    const decision = await tokens.authorize(requestWith(secret, line, { body }))
    return decision.allowed ? decision.resources : decision.code
  }
  return { ask, tokens, token, input }
}
const PAGE = [{ kind: 'page', id: 'novel/12' }]

describe('a check', () => {
  const hasText: PolicyCode = { checks: { 'text@1': ({ body }) => (body as { text?: unknown })?.text === 'yes' } }

  it('is asked with the parameters, the resources and the body, and refuses what it says no to', async () => {
    const asked: unknown[] = []
    const { ask } = await world({
      checks: {
        'text@1': (request) => {
          asked.push(request)
          return true
        },
      },
    })
    expect(await ask('PUT /novel/12', { text: 'x' })).toEqual(PAGE)
    expect(asked).toMatchObject([{ params: { page: '12' }, resources: PAGE, body: { text: 'x' } }])
    expect(await ask('GET /novel/12')).toEqual(PAGE)
    expect(asked).toHaveLength(1)
  })

  it('that says anything but true, that fails or that does not exist lets nothing through', async () => {
    const { ask } = await world(hasText)
    expect(await ask('PUT /novel/12', { text: 'yes' })).toEqual(PAGE)
    for (const body of [{ text: 'no' }, {}, undefined, 'yes'])
      expect(await ask('PUT /novel/12', body)).toBe('request_malformed')
    const truthy = await world({ checks: { 'text@1': (() => 1) as unknown as () => boolean } })
    expect(await truthy.ask('PUT /novel/12', {})).toBe('request_malformed')
    // Nothing waits for one, and what it rejects with ends no process.
    const late = await world({ checks: { 'text@1': (() => Promise.reject(new Error('no'))) as never } })
    expect(await late.ask('PUT /novel/12', { text: 'yes' })).toBe('request_malformed')
    const throwing = await world({
      checks: {
        'text@1': () => {
          throw new Error('no')
        },
      },
    })
    // What it throws at is the client's doing, and no fault that the client may cause.
    expect(await throwing.ask('PUT /novel/12', {})).toBe('request_malformed')
    expect(await (await world({})).ask('PUT /novel/12', { text: 'yes' })).toBe('request_malformed')
  })

  it('moves nothing under the rules, whatever it does to the resources that it is asked about', async () => {
    const { ask } = await world({
      checks: {
        'text@1': ({ resources }) => {
          ;(resources as { kind: string; id: string }[])[0] = { kind: 'page', id: 'novel/12' }
          return true
        },
      },
    })
    expect(await ask('PUT /novel/13', {})).toBe('resource_not_allowed')
    const emptying = await world({
      checks: { 'text@1': ({ resources }) => (resources as unknown[]).splice(0).length === 1 },
    })
    expect(await emptying.ask('PUT /novel/13', {})).toBe('resource_not_allowed')
    expect(await emptying.ask('PUT /novel/12', {})).toEqual(PAGE)
  })

  it('grants nothing to a token that may not', async () => {
    const { ask } = await world({ checks: { 'text@1': () => true } })
    expect(await ask('PUT /novel/13', {})).toBe('resource_not_allowed')
  })
})

describe('a second spelling', () => {
  it('of a target is judged as what it becomes, and by the same grammar', async () => {
    const { ask } = await world({ spelling: { target: (target) => target.replace('/n/', '/novel/') } })
    expect(await ask('GET /n/12')).toEqual(PAGE)
    expect(await ask('GET /n/../12')).toBe('request_malformed')
    expect(await ask('GET /n/13')).toBe('resource_not_allowed')
    const wild = await world({ spelling: { target: () => '/novel/..' } })
    expect(await wild.ask('GET /novel/12')).toBe('request_malformed')
  })
})

describe('a kind that is under another', () => {
  it('has ids that begin with that one’s, in links and in requests, and lies where that one lies', async () => {
    const { ask, token, tokens, input } = await world({})
    expect(token.resources).toEqual([{ kind: 'page', id: 'novel/12', link: 'pages.example/b/novel/12' }])
    expect(await ask('POST /moves', { from: 'p_12' })).toEqual(PAGE)
    expect(await ask('POST /moves', { from: 'p_' })).toBe('request_malformed')
    const book = await tokens.create({ ...input, resources: ['https://pages.example/b/novel'] })
    expect((await tokens.authorize(requestWith(book.secret, 'GET /novel/99'))).allowed).toBe(true)
    await expect(tokens.create({ ...input, resources: ['pages.example/b/other/1'] })).rejects.toThrow(
      'There is no such page in this plan.',
    )
  })
})
