/** `tokensAffectedBy`: who is told of, in which forms tokens come, and that nothing which changes goes untold. */
import fc from 'fast-check'
import {
  createPlanTokens,
  definePolicy,
  memoryStore,
  type PolicyData,
  type ScopeAlternative,
  type Token,
  type TokenRecord,
} from 'plan-access-tokens'
import { type AffectedToken, type KnownToken, tokensAffectedBy } from 'plan-access-tokens/policy'
import { requestWith, testClock, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { DAY } from '../support/world.ts'

const policyOf = (change: object = {}) =>
  definePolicy({
    surface: 'test',
    credential: { headers: [], bearer: true },
    tiers: ['organization'],
    scopes: { a: {}, b: {}, c: {} },
    types: { live: { prefix: 'x' } },
    kinds: { file: {} },
    links: { hosts: [], shapes: [] },
    endpoints: { 'GET /x': { scopes: ['a', 'b', 'c'], names: 'nothing' } },
    ...change,
  } as PolicyData)
const before = policyOf()
const after = policyOf({ scopes: { a: {}, c: {} }, reserved: { b: {} } })

const clock = testClock()
const directory = testDirectory({ acme: { admins: ['ada'] } })
const store = memoryStore()
const tokens = createPlanTokens({ policy: before, store, directory, clock })
const owner = { actor: 'ada', planId: 'acme' }
const input = { ...owner, type: 'live', lifetimeDays: 30, resources: 'all' } as const
const make = (name: string, scopes: readonly string[], lifetimeDays = 30) =>
  tokens.create({ ...input, name, scopes, lifetimeDays })
const touched = (await make('touched', ['a', 'b'])).token
await make('untouched', ['a', 'c'])
await make('expired', ['b'], 1)
await tokens.revoke({ actor: 'ada', id: (await make('revoked', ['b'])).token.id })
clock.advance(2 * DAY)

const told = async (
  options: Omit<Parameters<typeof tokensAffectedBy>[0], 'now'>,
): Promise<readonly AffectedToken[]> => {
  const found = []
  for await (const one of tokensAffectedBy({ ...options, now: clock.now() })) found.push(one)
  return found
}
const views = (await tokens.list(owner)).tokens
const records = (await store.list({
  planId: 'acme',
  order: 'newest',
  now: clock.now(),
  limit: 100,
})) as readonly TokenRecord[]
const TOUCHED = [
  { id: touched.id, planId: 'acme', type: 'live', name: 'touched', changes: [{ code: 'scope_lost', scope: 'b' }] },
]

describe('the tokens that are told of', () => {
  it('are the living ones for which something changes, as records and as they are shown', async () => {
    expect(views).toHaveLength(4)
    for (const known of [views, records] as const) expect(await told({ before, after, tokens: known })).toEqual(TOUCHED)
  })

  it('may come one by one, and are told of as they come', async () => {
    const read: string[] = []
    async function* paged(): AsyncGenerator<KnownToken> {
      for (const token of [...records].sort((one, other) => (one.name < other.name ? 1 : -1))) {
        read.push(token.name)
        yield token
      }
    }
    const affected = tokensAffectedBy({ before, after, tokens: paged(), now: clock.now() })
    expect((await affected.next()).value?.name).toBe('touched')
    expect(read).toEqual(['untouched', 'touched'])
  })

  it('are compared with what they were granted where no policy of before is given', async () => {
    expect(await told({ after, tokens: records })).toEqual(TOUCHED)
    expect(await told({ after: before, tokens: records })).toEqual([])
  })

  it('are none of a type that neither policy has', async () => {
    const others = records.map((record) => ({ ...record, type: 'other' }))
    expect(
      await told({ before, after: policyOf({ tiers: ['none'] }), tokens: others, tierOf: () => 'organization' }),
    ).toEqual([])
  })

  it('are shown with what had stopped counting before, if it counts again', async () => {
    const reserved = createPlanTokens({ policy: after, store, directory, clock })
    const shown: readonly Token[] = (await reserved.list(owner)).tokens
    const again = [{ ...TOUCHED[0], changes: [{ code: 'scope_gained', scope: 'b' }] }]
    for (const known of [shown, records] as const)
      expect(await told({ before: after, after: before, tokens: known })).toEqual(again)
  })
})

it('takes nothing but policies and tokens, and says so at once', () => {
  expect(() => tokensAffectedBy({ before: {}, after: before.data, tokens: 7, now: 'x' } as never)).toThrow(
    /before: must be made by definePolicy[\s\S]*after: must be made by definePolicy[\s\S]*tokens: must be a list[\s\S]*now: must be a number/,
  )
})

it('a token that nothing is told of is answered alike by both policies, and one that loses or gains a route is not', async () => {
  const scope = fc.constantFrom('a', 'b', 'c')
  const alternatives = fc.uniqueArray(scope, { minLength: 1, maxLength: 2 })
  const endpoint = fc.record({
    scopes: alternatives as fc.Arbitrary<readonly ScopeAlternative[]>,
    closed: fc.option(fc.constant('no'), { nil: undefined, freq: 4 }),
  })
  const policy = fc
    .record({
      reserved: fc.option(scope, { nil: undefined }),
      granted: fc.option(alternatives, { nil: undefined }),
      fixed: fc.boolean(),
      x: fc.option(endpoint, { nil: undefined }),
      y: endpoint,
    })
    .map(({ reserved, granted, fixed, x, y }) => {
      const scopes = Object.fromEntries(['a', 'b', 'c'].filter((name) => name !== reserved).map((name) => [name, {}]))
      const chosen = granted?.filter((name) => name !== reserved) ?? []
      return policyOf({
        scopes,
        ...(reserved !== undefined && { reserved: { [reserved]: {} } }),
        types: { live: { prefix: 'x', ...(chosen.length > 0 && { [fixed ? 'fixed' : 'scopes']: chosen }) } },
        endpoints: {
          'GET /every': { scopes: Object.keys(scopes), names: 'nothing' },
          ...(x && { 'GET /x': { ...x, names: 'nothing' } }),
          'GET /y': { ...y, names: 'nothing' },
        },
      })
    })
  const world = memoryStore()
  const origin = createPlanTokens({ policy: before, store: world, directory })
  const made = await Promise.all(
    [['a'], ['b'], ['c'], ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']].map((scopes) =>
      origin.create({ ...input, name: scopes.join(), scopes }),
    ),
  )
  const count = { lost: 0, gained: 0, same: 0 }
  await fc.assert(
    fc.asyncProperty(policy, policy, async (from, to) => {
      const engines = [from, to].map((one) => createPlanTokens({ policy: one, store: world, directory }))
      const found = new Map<string, AffectedToken>()
      const all = (await world.list({
        planId: 'acme',
        order: 'newest',
        now: Date.now(),
        limit: 10,
      })) as readonly TokenRecord[]
      for await (const one of tokensAffectedBy({ before: from, after: to, tokens: all })) found.set(one.id, one)
      for (const { token, secret } of made)
        for (const path of ['/every', '/x', '/y']) {
          const [was, is] = await Promise.all(
            engines.map(async (engine) => (await engine.authorize(requestWith(secret, `GET ${path}`))).allowed),
          )
          const route = `GET ${path}`
          const said = found.get(token.id)?.changes.find((change) => 'route' in change && change.route === route)?.code
          expect(said).toBe(was === is ? undefined : is ? 'route_gained' : 'route_lost')
          count[was === is ? 'same' : is ? 'gained' : 'lost']++
        }
    }),
    { numRuns: 150, seed: 1 },
  )
  for (const times of Object.values(count)) expect(times).toBeGreaterThan(100)
})
