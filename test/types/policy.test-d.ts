/** How the names of a policy flow into `create`, `edit` and `explain`: what is misspelt or belongs elsewhere does not compile. */
import {
  type Allowance,
  type AnyGrants,
  createPlanTokens,
  type Decision,
  type Denial,
  type Directory,
  definePolicy,
  type PlanTokens,
  type Policy,
  type PolicyData,
  type PublicAllowance,
  type PublicRouteOf,
  type RouteOf,
  type ScopeOf,
  type Token,
  type TokenOnlyPolicy,
  type TokenStore,
  type TypeOf,
} from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/fetch'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expectTypeOf, it } from 'vitest'

declare const store: TokenStore
declare const directory: Directory
declare const json: string

const shared = {
  credential: { headers: [], bearer: true },
  tiers: ['team', 'business'],
  links: { hosts: ['x.test'], shapes: ['/p/{project}'] },
} as const

const invoices = definePolicy({
  ...shared,
  surface: 'invoices',
  scopes: { 'invoice:read': {}, 'invoice:write': {} },
  reserved: { 'account:close': {} },
  types: {
    live: { prefix: 'inv' },
    ci: { prefix: 'invci', scopes: ['invoice:read'] },
    cli: { prefix: 'invcli', fixed: ['invoice:read'] },
  },
  kinds: { project: { id: 'digits' }, invoice: { parents: ['project'] } },
  endpoints: {
    'GET /projects/{p}/invoices/{i}': {
      scopes: ['invoice:read'],
      names: [
        { kind: 'project', at: 'path:p' },
        { kind: 'invoice', at: 'path:i', within: 'path:p' },
      ],
    },
    'POST /invoices': { scopes: ['invoice:write', 'account:close'], names: [{ kind: 'plan', at: 'body:plan_id' }] },
  },
})

const packages = definePolicy({
  ...shared,
  surface: 'packages',
  scopes: { 'npm:read': {}, 'npm:write': {} },
  types: { npm: { prefix: 'acmenpm' } },
  kinds: { project: {} },
  endpoints: { 'GET /{name}': { scopes: ['npm:read', 'npm:write'], names: [{ kind: 'project', at: 'path:name' }] } },
})

const input = { actor: 'a', planId: '1', name: 'n', lifetimeDays: 1, resources: 'all' } as const
const question = { actor: 'a', id: '1' } as const

describe('the names of a policy', () => {
  it('are its types, the scopes of each, and its routes', () => {
    expectTypeOf<TypeOf<typeof invoices>>().toEqualTypeOf<'live' | 'ci' | 'cli'>()
    expectTypeOf<ScopeOf<typeof invoices, 'live'>>().toEqualTypeOf<'invoice:read' | 'invoice:write'>()
    expectTypeOf<ScopeOf<typeof invoices, 'ci'>>().toEqualTypeOf<'invoice:read'>()
    expectTypeOf<ScopeOf<typeof invoices, 'cli'>>().toEqualTypeOf<never>()
    expectTypeOf<ScopeOf<typeof invoices>>().toEqualTypeOf<'invoice:read' | 'invoice:write'>()
    expectTypeOf<RouteOf<typeof invoices>>().toEqualTypeOf<'GET /projects/{p}/invoices/{i}' | 'POST /invoices'>()
  })
})

describe('one policy', () => {
  const tokens = createPlanTokens({ policy: invoices, store, directory })

  it('takes its own types, scopes and routes', () => {
    void tokens.create({ ...input, type: 'live', scopes: ['invoice:read', 'invoice:write'] })
    void tokens.create({ ...input, type: 'ci', scopes: ['invoice:read'] })
    void tokens.create({ ...input, type: 'cli', scopes: [] })
    void tokens.edit({ ...question, scopes: ['invoice:write'] })
    void tokens.explain({ ...question, route: 'GET /projects/{p}/invoices/{i}', params: { p: '7', i: 'x' } })
    void tokens.explain({ ...question, method: 'GET', url: '/projects/7/invoices/x' })
    void tokens.explain(new Request('https://x.test/'))
  })

  it('does not take a misspelt scope', () => {
    // @ts-expect-error Did you mean 'invoice:read'?
    void tokens.create({ ...input, type: 'live', scopes: ['invoice:raed'] })
    // @ts-expect-error the same in an edit
    void tokens.edit({ ...question, scopes: ['invoice:raed'] })
  })

  it('does not take a scope that the type lacks', () => {
    // @ts-expect-error a ci token is granted invoice:read alone
    void tokens.create({ ...input, type: 'ci', scopes: ['invoice:write'] })
    // @ts-expect-error the scopes of a cli token are fixed
    void tokens.create({ ...input, type: 'cli', scopes: ['invoice:read'] })
  })

  it('does not take a reserved scope', () => {
    // @ts-expect-error known, but granted to nobody
    void tokens.create({ ...input, type: 'live', scopes: ['account:close'] })
  })

  it('does not take a type that it lacks', () => {
    // @ts-expect-error no such type
    void tokens.create({ ...input, type: 'lvie', scopes: ['invoice:read'] })
  })

  it('does not take a route that it lacks', () => {
    // @ts-expect-error no such route
    void tokens.explain({ ...question, route: 'GET /invoice/{id}' })
  })

  it('does not take what no call has', () => {
    // @ts-expect-error there is no such field
    void tokens.create({ ...input, type: 'live', scopes: [], expiresAt: 1 })
    // @ts-expect-error a description is text
    void tokens.edit({ ...question, description: null })
    // @ts-expect-error a lifetime is a number
    void tokens.create({ ...input, type: 'live', scopes: [], lifetimeDays: '90' })
    // @ts-expect-error only these two words
    void tokens.refresh({ ...question, retirePrevious: 'later' })
    // @ts-expect-error `undefined` is not the same as leaving a field out
    void tokens.edit({ ...question, name: undefined })
  })
})

describe('a list of policies', () => {
  const tokens = createPlanTokens({ policy: [invoices, packages], store, directory })

  it('takes the types, scopes and routes of each', () => {
    void tokens.create({ ...input, type: 'npm', scopes: ['npm:read'] })
    void tokens.create({ ...input, type: 'live', scopes: ['invoice:write'] })
    void tokens.edit({ ...question, scopes: ['npm:write'] })
    void tokens.explain({ ...question, route: 'GET /{name}' })
    void tokens.explain({ ...question, route: 'POST /invoices' }, { surface: 'invoices' })
    expectTypeOf(tokens.policies).items.toEqualTypeOf<typeof invoices | typeof packages>()
  })

  it('does not mix their scopes and types', () => {
    // @ts-expect-error another policy's scope
    void tokens.create({ ...input, type: 'npm', scopes: ['invoice:read'] })
    // @ts-expect-error another policy's scope, the other way round
    void tokens.create({ ...input, type: 'live', scopes: ['npm:read'] })
    // @ts-expect-error neither has it
    void tokens.explain({ ...question, route: 'GET /nope' })
  })
})

describe('a policy that is read at run time', () => {
  const dynamic = definePolicy(JSON.parse(json) as PolicyData)
  const tokens = createPlanTokens({ policy: dynamic, store, directory })

  it('takes plain text', () => {
    const scopes: string[] = []
    void tokens.create({ ...input, type: 'whatever', scopes: ['any'] })
    void tokens.create({ ...input, type: json, scopes })
    void tokens.edit({ ...question, scopes })
    void tokens.explain({ ...question, route: json })
    expectTypeOf<ScopeOf<typeof dynamic>>().toEqualTypeOf<string>()
    expectTypeOf<RouteOf<typeof dynamic>>().toEqualTypeOf<string>()
  })
})

describe('an engine of a known policy', () => {
  it('passes where any engine is wanted, and a known policy where any policy is', () => {
    const log = (tokens: PlanTokens<Policy>): unknown => tokens.policies
    log(createPlanTokens({ policy: invoices, store, directory }))
    log(createPlanTokens({ policy: [invoices, packages], store, directory }))
    log(createPlanTokens({ policy: definePolicy(JSON.parse(json) as PolicyData), store, directory }))
    expectTypeOf(invoices).toExtend<Policy>()
  })
})

describe('the public endpoints of a policy', () => {
  const open = definePolicy({
    ...shared,
    surface: 'open',
    scopes: { a: {}, b: {} },
    types: { t: { prefix: 't' } },
    kinds: { project: {} },
    endpoints: {
      'GET /': { scopes: ['a', ['a', 'b']], names: 'filtered' },
      'GET /status': { scopes: [], names: 'nothing', public: true },
    },
  })
  const tokens = createPlanTokens({ policy: open, store, directory })

  it('are known by their routes', () => {
    expectTypeOf<PublicRouteOf<typeof open>>().toEqualTypeOf<'GET /status'>()
    expectTypeOf<PublicRouteOf<typeof invoices>>().toEqualTypeOf<never>()
    expectTypeOf<PublicRouteOf<Policy>>().toEqualTypeOf<string>()
    expectTypeOf(definePolicy(JSON.parse(json) as PolicyData)).toExtend<Policy<AnyGrants, string, string>>()
    expectTypeOf(invoices).toExtend<TokenOnlyPolicy>()
    expectTypeOf(open).not.toExtend<TokenOnlyPolicy>()
    expectTypeOf(figmaPolicy()).toExtend<TokenOnlyPolicy>()
  })

  it('are what a decision can be without a token about', () => {
    expectTypeOf(tokens.authorize).returns.resolves.toEqualTypeOf<
      Allowance<'GET /' | 'GET /status'> | PublicAllowance<'GET /status'> | Denial
    >()
    guard(tokens, (_, { token }) => {
      expectTypeOf(token).toEqualTypeOf<Token | null>()
      return new Response()
    })
    guard(createPlanTokens({ policy: invoices, store, directory }), (_, { token }) => {
      expectTypeOf(token).toEqualTypeOf<Token>()
      return new Response()
    })
    // @ts-expect-error it may be let through without a token
    const sure: PlanTokens = tokens
    const any: PlanTokens<Policy> = tokens
    void [sure, any]
  })

  it('and all others are those that a decision can be about, in guards too', async () => {
    const decision = await tokens.authorize(new Request('https://open.example/'))
    if (decision.allowed) {
      expectTypeOf(decision.endpoint.route).toEqualTypeOf<'GET /' | 'GET /status'>()
      if (decision.token === null) expectTypeOf(decision.endpoint.route).toEqualTypeOf<'GET /status'>()
      // @ts-expect-error the policy has no such route
      void (decision.endpoint.route === 'GET /sttaus')
    }
    guard(tokens, (_, { endpoint }) => {
      expectTypeOf(endpoint.route).toEqualTypeOf<'GET /' | 'GET /status'>()
      return new Response()
    })
    const explained = (await tokens.explain(new Request('https://open.example/'))).decision
    if (explained.allowed) expectTypeOf(explained.endpoint.route).toEqualTypeOf<'GET /' | 'GET /status'>()
    const of: Decision<string> = decision
    void of
  })

  it('are any text where the policy is not known', async () => {
    const decision = await (tokens as PlanTokens<Policy>).authorize(new Request('https://open.example/'))
    if (decision.allowed) expectTypeOf(decision.endpoint.route).toEqualTypeOf<string>()
  })

  it('have no alternative with a scope that the policy lacks', () => {
    definePolicy({
      ...shared,
      surface: 's',
      scopes: { a: {} },
      types: { t: { prefix: 't' } },
      kinds: { project: {} },
      // @ts-expect-error no such scope
      endpoints: { 'GET /': { scopes: [['a', 'b']], names: 'nothing' } },
    })
  })
})

describe('definePolicy', () => {
  const endpoint = { scopes: ['a'], names: 'nothing' } as const
  const rest = { ...shared, surface: 's', kinds: { project: {} } } as const

  it('takes no scope, kind or type of source that the policy lacks', () => {
    definePolicy({
      ...rest,
      scopes: { a: {} },
      types: { t: { prefix: 't' } },
      // @ts-expect-error no such scope
      endpoints: { 'GET /': endpoint, 'GET /b': { scopes: ['b'], names: 'nothing' } },
    })
    definePolicy({
      ...rest,
      scopes: { a: {} },
      types: { t: { prefix: 't' } },
      // @ts-expect-error no such kind
      endpoints: { 'GET /': endpoint, 'GET /{x}': { scopes: [], names: [{ kind: 'projekt', at: 'path:x' }] } },
    })
    definePolicy({
      ...rest,
      scopes: { a: {} },
      types: { t: { prefix: 't' } },
      // @ts-expect-error a header is no source
      endpoints: { 'GET /': { scopes: ['a'], names: [{ kind: 'project', at: 'header:x' }] } },
    })
  })

  it('takes no type that grants what the policy lacks or reserves', () => {
    definePolicy({
      ...rest,
      scopes: { a: {} },
      reserved: { r: {} },
      // @ts-expect-error no such scope
      types: { t: { prefix: 't', scopes: ['b'] } },
      endpoints: { 'GET /': endpoint },
    })
    definePolicy({
      ...rest,
      scopes: { a: {} },
      reserved: { r: {} },
      // @ts-expect-error reserved
      types: { t: { prefix: 't', fixed: ['r'] } },
      endpoints: { 'GET /': endpoint },
    })
  })

  it('takes no endpoint that does not say what it names', () => {
    definePolicy({
      ...rest,
      scopes: { a: {} },
      types: { t: { prefix: 't' } },
      // @ts-expect-error names is missing
      endpoints: { 'GET /': { scopes: ['a'] } },
    })
  })
})
