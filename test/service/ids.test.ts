/**
 * An id that is none of its kind names nothing: the directory is not asked, so that nobody outside can send text to a column of
 * numbers. The directory here answers as one over PostgreSQL does, which throws for such text.
 */
import { createPlanTokens, type Directory, definePolicy, memoryStore } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, errorOf } from '../support/world.ts'

const UUID = '0190b0c4-7d2e-7cc0-8f1e-4c1f7f1b2a3d'

const policy = definePolicy({
  surface: 'app',
  credential: { headers: [], bearer: true },
  tiers: ['team'],
  scopes: { read: {} },
  types: { app: { prefix: 'app' } },
  kinds: {
    company: { id: 'integer' },
    invoice: { id: 'uuid', parents: ['company'] },
    space: { id: 'name' },
    page: { id: 'digits', max: 4, parents: ['space'], under: true },
    plan: { id: 'bigint' },
  },
  links: { hosts: ['app.test'], shapes: ['/c/{company}', '/{space}/{page}'] },
  endpoints: {
    'GET /companies/{id}': { scopes: ['read'], names: [{ kind: 'company', at: 'path:id' }] },
    'GET /companies/{c}/invoices/{i}': {
      scopes: ['read'],
      names: [
        { kind: 'company', at: 'path:c' },
        { kind: 'invoice', at: 'path:i', within: 'path:c' },
      ],
    },
    'GET /invoices': { scopes: ['read'], names: [{ kind: 'invoice', at: 'query:id', prefix: 'inv_' }] },
    'POST /invoices': { scopes: ['read'], names: [{ kind: 'invoice', at: 'body:ids[]' }] },
    'POST /any': {
      scopes: ['read'],
      names: [{ kind: { from: 'body:kind', of: ['company', 'invoice'] }, at: 'body:id' }],
    },
    'GET /-/pages/{page}': { scopes: ['read'], names: [{ kind: 'page', at: 'path:page', stem: 'docs/' }] },
  },
})

/** A directory over columns: what is asked of it has to fit, and is kept. */
function world() {
  const asked: string[] = []
  const column = (type: 'int4' | 'int8' | 'uuid' | 'text', value: string): void => {
    asked.push(value)
    const fits = { int4: /^-?\d{1,9}$|^-?[12]\d{9}$/, int8: /^-?\d{1,18}$/, uuid: /^[0-9a-f-]{36}$/i, text: /(?:)/ }[
      type
    ]
    if (!fits.test(value)) throw Object.assign(new Error(`invalid input syntax for type ${type}`), { code: '22P02' })
  }
  const place = { planId: '1', ancestors: [{ kind: 'company', id: '7' }] }
  const directory: Directory = {
    plan(id) {
      column('int8', id)
      return { id, tier: 'team' }
    },
    isPlanAdmin(actor, id) {
      column('int8', id)
      return id === '1' && actor === ADMIN
    },
    async locate({ kind, id }) {
      column(kind === 'company' ? 'int4' : kind === 'invoice' ? 'uuid' : 'text', id)
      if (kind === 'company') return id === '7' ? { planId: '1', ancestors: [] } : undefined
      return kind === 'space' || id === UUID ? place : undefined
    },
  }
  const errors: unknown[] = []
  const tokens = createPlanTokens({ policy, store: memoryStore(), directory, onError: (error) => errors.push(error) })
  const create = (change: object = {}) =>
    tokens.create({
      ...{ actor: ADMIN, planId: '1', type: 'app', name: 'A', lifetimeDays: 1, scopes: ['read'], resources: 'all' },
      ...change,
    } as Parameters<typeof tokens.create>[0])
  return { tokens, create, asked, errors }
}

describe('a request', () => {
  it.each<[string, unknown, string, readonly string[]]>([
    ['GET /companies/7', undefined, 'allowed', ['7']],
    ['GET /companies/8', undefined, 'resource_not_in_plan', ['8']],
    ['GET /companies/abc', undefined, 'resource_not_in_plan', []],
    ['GET /companies/7.0', undefined, 'resource_not_in_plan', []],
    ['GET /companies/-7', undefined, 'resource_not_in_plan', []],
    ['GET /companies/007', undefined, 'resource_not_in_plan', []],
    ['GET /companies/2147483648', undefined, 'resource_not_in_plan', []],
    ['GET /companies/99999999999999999999', undefined, 'resource_not_in_plan', []],
    ['GET /companies/%C3%BC', undefined, 'resource_not_in_plan', []],
    [`GET /companies/7/invoices/${UUID}`, undefined, 'allowed', ['7', UUID]],
    ['GET /companies/7/invoices/8', undefined, 'resource_not_in_plan', ['7']],
    [`GET /companies/x/invoices/${UUID}`, undefined, 'resource_not_in_plan', [UUID]],
    [`GET /invoices?id=inv_${UUID}`, undefined, 'allowed', [UUID]],
    ['GET /invoices?id=inv_7', undefined, 'resource_not_in_plan', []],
    ['POST /invoices', { ids: [UUID] }, 'allowed', [UUID]],
    ['POST /invoices', { ids: ["' or 1=1"] }, 'resource_not_in_plan', []],
    ['POST /invoices', { ids: [UUID, 'x'] }, 'resource_not_in_plan', [UUID]],
    ['POST /any', { kind: 'company', id: UUID }, 'resource_not_in_plan', []],
    ['POST /any', { kind: 'invoice', id: '7' }, 'resource_not_in_plan', []],
    // Below another kind: the directory is asked for what is above alone.
    ['GET /-/pages/12', undefined, 'allowed', ['docs']],
    ['GET /-/pages/x', undefined, 'resource_not_in_plan', []],
    ['GET /-/pages/12345', undefined, 'resource_not_in_plan', []],
  ])('%s %j is %s', async (line, body, said, seen) => {
    const { tokens, create, asked, errors } = world()
    const { secret } = await create()
    asked.length = 0
    const decision = await tokens.authorize(requestWith(secret, line, body === undefined ? {} : { body }))
    expect(decision.allowed ? 'allowed' : decision.code).toBe(said)
    expect(asked).toEqual(['1', ...seen])
    expect(errors).toEqual([])
  })

  it('that is asked about by a route says the same, in words', async () => {
    const { tokens, create } = world()
    const { token } = await create()
    const question = { actor: ADMIN, id: token.id, route: 'GET /companies/{id}', params: { id: 'abc' } } as const
    const { decision, rules } = await tokens.explain(question)
    expect(decision).toMatchObject({ allowed: false, code: 'resource_not_in_plan' })
    expect(rules.find(({ rule }) => rule === 'in_plan')?.reason).toContain('company in path:id')
  })
})

describe('a management call', () => {
  it.each(['abc', '1.5', '-1', '9223372036854775808', "' or 1=1"])('for the plan %j asks nobody', async (planId) => {
    const { tokens, create, asked, errors } = world()
    const calls = { create: () => create({ planId }), list: tokens.list, events: tokens.events }
    for (const call of Object.values(calls))
      expect((await errorOf(call({ actor: ADMIN, planId }))).code).toBe('not_plan_admin')
    expect([...asked, ...errors]).toEqual([])
  })

  it.each(['https://app.test/c/abc', 'https://app.test/c/2147483648', 'https://app.test/docs/12345'])(
    'with the link %s asks about no resource',
    async (link) => {
      const { create, asked } = world()
      const { issues } = await errorOf(create({ resources: [link] }))
      expect(issues).toMatchObject([{ path: 'resources[0]', message: expect.stringContaining('is not one') }])
      expect(asked).toEqual(['1', '1'])
    },
  )
})
