/** `testPolicy`: right policies pass, and a policy that was made wider than the expected one in any of many ways does not. */
import { definePolicy, type Policy, type PolicyData } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { type PolicyCase, testDirectory, testPolicy } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { invoicesData } from '../core/fixtures.ts'

async function failures(cases: readonly PolicyCase[]): Promise<string[]> {
  const failed: string[] = []
  for (const { run } of cases)
    await run().catch((error: Error) => {
      failed.push(error.message)
    })
  return failed
}

const invoices = (): Policy => definePolicy(invoicesData() as unknown as PolicyData)

describe('the cases of a policy', () => {
  it('pass for Figma’s policy, every endpoint with some', async () => {
    const policy = figmaPolicy()
    const cases = testPolicy(policy)
    expect(await failures(cases)).toEqual([])
    expect(new Set(cases.flatMap(({ route }) => route ?? []))).toEqual(new Set(Object.keys(policy.data.endpoints)))
  })

  it('fail where an endpoint checks nothing, until that is said to be meant', async () => {
    expect(await failures(testPolicy(invoices()))).toEqual([
      expect.stringContaining('GET /status: refuses a token without a scope that it takes. It takes no scope'),
      expect.stringContaining(
        'GET /status: refuses a token that is limited to something else. It names nothing of a plan',
      ),
      expect.stringContaining('GET /status: refuses a resource of another plan.'),
    ])
    expect(await failures(testPolicy(invoices(), { skip: ['GET /status'] }))).toEqual([])
    expect(await failures(testPolicy(invoices(), { skip: (_, route) => route === 'GET /status' }))).toEqual([])
  })

  it('say what was expected, what came, and by which request', async () => {
    const data = invoicesData()
    Object.assign(data.endpoints['GET /accounts'], { scopes: ['invoice:read', 'invoice:write'] })
    const wider = definePolicy(data as unknown as PolicyData)
    const cases = testPolicy(wider, { expected: invoices(), skip: ['GET /status'] })
    expect(await failures(cases)).toEqual([
      expect.stringMatching(
        /^GET \/accounts: refuses a token without a scope that it takes\. Expected to be refused with scope_missing, but it was allowed The request: GET \/accounts — live token with /,
      ),
    ])
  })

  it('ask a directory of the host’s own', async () => {
    const nothing = testDirectory({})
    const failed = await failures(testPolicy(invoices(), { directory: () => nothing, skip: ['GET /status'] }))
    expect(failed).toContainEqual(expect.stringContaining('lets a token with invoice:read through'))
  })

  it('refuse a name under skip that no case has, and what is no policy', () => {
    expect(() => testPolicy(invoices(), { skip: ['GET /statsu'] })).toThrow(
      'skip[0]: is neither a case nor a route. Did you mean "GET /status"?',
    )
    expect(() => testPolicy(invoices(), { expected: {} } as never)).toThrow('expected: must be a policy')
    expect(() => testPolicy({} as never)).toThrow('policy: must be a policy that definePolicy made.')
  })
})

// biome-ignore lint/suspicious/noExplicitAny: an endpoint that each case changes at will
type Draft = any

/** Ways in which an endpoint is made wider; `undefined` where it cannot be in this one. */
const WIDER: { readonly [way: string]: (endpoint: Draft, params: readonly string[]) => Draft | undefined } = {
  'is opened': ({ closed, ...open }) => closed && open,
  'names nothing': (endpoint, params) => ({
    ...endpoint,
    names: 'nothing',
    params: Object.fromEntries(params.map((param) => [param, 'any'])),
  }),
  'takes no scope': (endpoint) => endpoint.scopes.length > 0 && { ...endpoint, scopes: [] },
  'takes another scope': (endpoint) => ({
    ...endpoint,
    scopes: [...new Set([...endpoint.scopes, 'file_content:read'])],
  }),
  'needs only one of its resources': ({ names, ...rest }) =>
    Array.isArray(names) &&
    names.length > 1 && { ...rest, names: { anyOf: names.map(({ within, ...name }) => name), none: 'refuse' } },
  'needs no resource above': ({ names, ...rest }) =>
    Array.isArray(names) &&
    names.some(({ within }) => within) && { ...rest, names: names.map(({ within, ...name }) => name) },
  'reads fewer resources': ({ names, ...rest }) =>
    names.anyOf?.length > 1 && { ...rest, names: { ...names, anyOf: names.anyOf.slice(1) } },
  'shows a list': (endpoint) => endpoint.names === 'plan' && { ...endpoint, names: 'filtered' },
  'is public': ({ tiers, closed, ...endpoint }, params) =>
    closed === undefined && {
      ...endpoint,
      ...{ scopes: [], names: 'nothing', public: true },
      params: Object.fromEntries(params.map((param) => [param, 'any'])),
    },
}

describe('a policy that is wider than the expected one', () => {
  const figma = figmaPolicy()
  /** One endpoint for each thing that endpoints say. */
  const routes = new Map<string, string>()
  for (const [route, endpoint] of Object.entries(figma.data.endpoints)) {
    const { scopes, closed, ...said } = endpoint
    routes.set(JSON.stringify([said, scopes.length, closed === undefined]), route)
  }

  it.each(Object.entries(WIDER))('fails where an endpoint %s', async (_, widen) => {
    let tried = 0
    for (const route of routes.values()) {
      const params = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
      const endpoint: Draft = figma.data.endpoints[route]
      const wider = widen(endpoint, params)
      const isSame = !wider || JSON.stringify(wider) === JSON.stringify(endpoint)
      // What is closed stays closed, whatever else it says.
      if (isSame || wider.closed !== undefined) continue
      tried += 1
      const policy = policyWith(figma.data, route, wider)
      const cases = testPolicy(policy, { expected: figma }).filter((one) => one.route === route)
      expect(await failures(cases), route).not.toEqual([])
    }
    expect(tried).toBeGreaterThan(0)
  })

  it('fails where it has an endpoint, a tier or a scope of a type more', async () => {
    const expected = invoices()
    const more = (change: (data: Draft) => void): Policy => {
      const data: Draft = invoicesData()
      change(data)
      return definePolicy(data)
    }
    const skip = ['GET /status']
    const endpoint = more((data) => (data.endpoints['GET /all'] = { scopes: ['invoice:read'], names: 'plan' }))
    expect(await failures(testPolicy(endpoint, { expected, skip }))).toEqual([
      'has no open endpoint that was not expected. It has GET /all.',
    ])
    const type = more((data) => data.types.ci.scopes.push('invoice:write'))
    expect(await failures(testPolicy(type, { expected, skip }))).toEqual([
      'gives no type a scope that was not expected. It gives invoice:write for ci.',
    ])
    const tier = more((data) => data.tiers.push('free'))
    expect(await failures(testPolicy(tier, { expected, skip }))).toContainEqual(
      expect.stringContaining('POST /invoices: refuses a plan of the tier free.'),
    )
  })
})

/** The policy with one endpoint changed. Scopes that nothing uses any more are reserved. */
function policyWith(data: PolicyData, route: string, endpoint: Draft): Policy {
  const endpoints: Draft = { ...data.endpoints, [route]: endpoint }
  const used = new Set(Object.values<Draft>(endpoints).flatMap(({ scopes }) => scopes.flat()))
  const isUsed = ([scope]: [string, unknown]): boolean => used.has(scope)
  const scopes = Object.entries(data.scopes)
  return definePolicy({
    ...data,
    endpoints,
    scopes: Object.fromEntries(scopes.filter(isUsed)),
    reserved: { ...data.reserved, ...Object.fromEntries(scopes.filter((entry) => !isUsed(entry))) },
  } as PolicyData)
}
