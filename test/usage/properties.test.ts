/**
 * Random policies, tokens and uses: the edit that is advised still allows every request that was allowed, and no scope more can go.
 * And what is gathered, put together in any order and by any number of processes, is the same.
 */
import fc from 'fast-check'
import { createPlanTokens, definePolicy, memoryStore, type Policy } from 'plan-access-tokens'
import { testClock, testDirectory } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
import { expect, it } from 'vitest'
import { secretWith } from '../../src/policy/judge.ts'
import { add, bound, type Gathered, MOST_USED, newGathered } from '../../src/usage/gathered.ts'
import { readToken, textOfToken } from '../../src/usage/kept.ts'
import { ADMIN, DAY } from '../support/world.ts'

const SCOPES = ['a:read', 'b:read', 'c:read', 'd:read', 'e:read']
const FILES = ['F1', 'F2', 'F3', 'F4']
const LINKS = ['file/F1', 'file/F2', 'file/F3', 'folder/1', 'folder/2']

const alternative = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SCOPES) },
  { weight: 1, arbitrary: fc.subarray(SCOPES, { minLength: 2, maxLength: 3 }) },
)
const endpoint = fc.record({
  scopes: fc.uniqueArray(alternative, { minLength: 0, maxLength: 3, selector: (one) => JSON.stringify(one) }),
  names: fc.constantFrom('nothing', 'file', 'file', 'folder', 'filtered'),
})
const world = fc.record({
  endpoints: fc.array(endpoint, { minLength: 1, maxLength: 6 }),
  scopes: fc.subarray(SCOPES, { minLength: 1 }),
  resources: fc.oneof(fc.constant('all' as const), fc.subarray(LINKS, { minLength: 1 })),
  uses: fc.array(
    fc.record({
      endpoint: fc.nat(5),
      file: fc.constantFrom(...FILES),
      folder: fc.constantFrom('1', '2'),
      wait: fc.nat(2),
    }),
    { maxLength: 15 },
  ),
  window: fc.integer({ min: 1, max: 12 }),
})
type Drawn = typeof world extends fc.Arbitrary<infer T> ? T : never

/** Without what a policy must not say: several scopes together of which fewer are enough. */
function plainest(scopes: readonly (string | string[])[]): readonly (string | string[])[] {
  const holds = (all: readonly string[], one: string | string[]) => [one].flat().every((scope) => all.includes(scope))
  return scopes.filter((all) => typeof all === 'string' || !scopes.some((one) => one !== all && holds(all, one)))
}

function policyOf({ endpoints }: Drawn): Policy {
  const routes = endpoints.map(({ scopes, names }, i) => {
    const path = names === 'file' || names === 'folder' ? `/r${i}/{id}` : `/r${i}`
    return [
      `GET ${path}`,
      { scopes: plainest(scopes), names: path.endsWith('}') ? [{ kind: names, at: 'path:id' }] : names },
    ] as const
  })
  return definePolicy({
    ...{ surface: 'drawn', credential: { headers: [], bearer: true }, tiers: ['organization'] },
    scopes: Object.fromEntries(SCOPES.map((scope) => [scope, {}])),
    types: { live: { prefix: 'live' } },
    kinds: { folder: { id: 'digits' }, file: { id: 'base62', parents: ['folder'] } },
    links: { hosts: ['example.com'], shapes: ['/file/{file}', '/folder/{folder}'] },
    endpoints: {
      ...Object.fromEntries(routes),
      // Each scope has to be used by something.
      ...Object.fromEntries(SCOPES.map((scope, i) => [`GET /s${i}`, { scopes: [scope], names: 'nothing' }])),
    },
  } as never) as unknown as Policy
}

const linksOf = (resources: Drawn['resources']) =>
  resources === 'all' ? resources : resources.map((one) => `https://example.com/${one}`)

it('an edit that is advised allows every request that was allowed in the window, and no scope more can go', async () => {
  let edits = 0
  const property = fc.asyncProperty(world, async (drawn) => {
    const directory = testDirectory({
      1001: {
        admins: [ADMIN],
        resources: { 'folder:1': { 'file:F1': {}, 'file:F2': {} }, 'folder:2': { 'file:F3': {}, 'file:F4': {} } },
      },
    })
    const clock = testClock()
    const tokens = createPlanTokens({
      ...{ policy: policyOf(drawn), store: memoryStore(), directory, clock },
      usage: usage({ quietDays: 90 }),
    })
    const nobodys = { authorization: `Bearer ${secretWith('live')}` }
    await tokens.authorize({ method: 'GET', url: '/', headers: nobodys })
    await tokens.planUsage({ actor: ADMIN, planId: '1001' })
    clock.advance(DAY)
    const { token, secret } = await tokens.create({
      ...{ actor: ADMIN, planId: '1001', type: 'live', name: 'Drawn', lifetimeDays: 365 },
      ...{ scopes: drawn.scopes, resources: linksOf(drawn.resources) },
    })
    clock.advance(13 * DAY)
    const owner = { actor: ADMIN, id: token.id }
    const headers = { authorization: `Bearer ${secret.reveal()}` }
    const asked: { readonly url: string; readonly at: number }[] = []
    for (const { endpoint: i, file, folder, wait } of drawn.uses) {
      clock.advance(wait * DAY)
      const index = i % drawn.endpoints.length
      const { names } = drawn.endpoints[index]!
      const url = `/r${index}${names === 'file' ? `/${file}` : names === 'folder' ? `/${folder}` : ''}`
      if ((await tokens.authorize({ method: 'GET', url, headers })).allowed) asked.push({ url, at: clock.now() })
    }
    const { edit, proof, scopes, resources, withheld } = await tokens.advice({ ...owner, window: drawn.window })
    if (!edit) {
      expect(proof).toEqual([])
      return
    }
    edits += 1
    expect([edit.scopes?.length, edit.resources?.length]).not.toContain(0)
    const from = (Math.floor(clock.now() / DAY) - drawn.window) * DAY
    const within = asked.filter(({ at }) => at >= from)
    const isAllAllowed = async (): Promise<boolean> => {
      const all = await Promise.all(within.map(({ url }) => tokens.authorize({ method: 'GET', url, headers })))
      return all.every(({ allowed }) => allowed)
    }
    const edited = await tokens.edit({ ...owner, ...edit })
    expect(await isAllAllowed()).toBe(true)
    expect(token.scopes.filter((scope) => !edited.scopes.includes(scope))).toEqual(scopes)
    if (edit.resources) expect((token.resources.length as number) - edit.resources.length).toBe(resources.length)
    if (!withheld.some(({ field }) => field === undefined) && edited.scopes.length > 1)
      for (const scope of edited.scopes) {
        await tokens.edit({ ...owner, scopes: edited.scopes.filter((one) => one !== scope) })
        expect(await isAllAllowed()).toBe(false)
        await tokens.edit({ ...owner, scopes: edited.scopes })
      }
  })
  await fc.assert(property, { numRuns: 150 })
  expect(edits).toBeGreaterThan(20)
}, 120_000)

const last = fc.record({ day: fc.integer({ min: 20_000, max: 20_100 }), count: fc.integer({ min: 1, max: 9 }) })
const day = fc.option(fc.integer({ min: 20_000, max: 20_100 }), { nil: undefined })
const gathered: fc.Arbitrary<Gathered> = fc
  .record({
    from: day,
    lost: day,
    all: day,
    shown: day,
    routes: fc.array(fc.tuple(fc.constantFrom('GET /a', 'GET /b', 'GET /{c}'), last), { maxLength: 4 }),
    resources: fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('GET /a', 'GET /b'), last), {
      maxLength: 4,
    }),
    refused: fc.array(fc.tuple(fc.constantFrom('GET /a', 'GET /b'), last), { maxLength: 4 }),
    days: fc.array(fc.tuple(fc.integer({ min: 20_090, max: 20_100 }), fc.nat(9), fc.nat(9)), { maxLength: 4 }),
  })
  .map(({ routes, resources, refused, days, ...marks }) => ({
    ...newGathered('1001'),
    ...marks,
    routes: new Map(routes),
    resources: new Map(resources.map(([id, route, one]) => [`file\n${id}`, { kind: 'file', id, route, ...one }])),
    refused: new Map(
      refused.map(([route, one]) => [`scope_missing ${route}`, { route, code: 'scope_missing', ...one }]),
    ),
    days: new Map(days.map(([at, allowed, no]) => [at, { allowed, refused: no }])),
  }))

/** What is kept of several parts, put together in one order. */
function together(parts: readonly Gathered[]): unknown {
  const all = newGathered('1001')
  for (const part of parts) add(all, readToken('x', textOfToken(part, 20_100))!)
  const { routes, resources, refused, days, ...marks } = readToken('x', textOfToken(all, 20_100))!
  const sorted = <T>(map: ReadonlyMap<string | number, T>) =>
    [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  return { marks, routes: sorted(routes), resources: sorted(resources), refused: sorted(refused), days: sorted(days) }
}

it('what several processes have gathered is the same in whichever order it is written', () => {
  fc.assert(
    fc.property(fc.array(gathered, { minLength: 2, maxLength: 4 }), fc.nat(), (parts, seed) => {
      const other = parts.map((part, i) => ({ part, at: (i * 7 + seed) % 5 })).sort((a, b) => a.at - b.at)
      expect(together(other.map(({ part }) => part))).toEqual(together(parts))
    }),
  )
})

it('a value stays within its size, whatever the names are, and notes up to when something is missing', () => {
  const all = newGathered('1001')
  for (let i = 0; i < 1_200; i++) {
    const id = `${i}${'文'.repeat(1_000)}`
    all.resources.set(`file\n${id}`, { kind: 'file', id, route: 'GET /a', day: 20_000 + (i % 100), count: 1 })
  }
  const text = textOfToken(all, 20_100)
  expect(new TextEncoder().encode(text).length).toBeLessThan(1_000_000)
  const read = readToken('x', text)!
  expect(read.resources.size).toBeGreaterThan(100)
  const oldest = Math.min(...[...read.resources.values()].map(({ day: at }) => at))
  expect(read.lost).toBeGreaterThanOrEqual(oldest - 1)
  bound(read, 20_100)
  expect(read.resources.size).toBeLessThanOrEqual(MOST_USED)
})
