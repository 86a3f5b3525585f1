/** Lists: what an endpoint with the names `filtered` lets through, and what the decision says that the token may see. */
import fc from 'fast-check'
import { type Allowance, createPlanTokens, definePolicy, memoryStore, type PlacedResource } from 'plan-access-tokens'
import { expectAllowed, expectDenied, requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'

const policy = definePolicy({
  surface: 'test',
  credential: { headers: [], bearer: true },
  tiers: ['organization'],
  scopes: { read: {}, write: {} },
  types: { live: { prefix: 'test' } },
  kinds: {
    team: { id: 'digits' },
    project: { id: 'digits', parents: ['team'] },
    file: { id: 'name', parents: ['project'] },
    page: { id: 'digits', parents: ['file'], under: true },
  },
  links: { hosts: ['x.test'], shapes: ['/t/{team}', '/p/{project}', '/f/{file}/{page}', '/f/{file}'] },
  endpoints: {
    'GET /files': { scopes: ['read'], names: 'filtered' },
    'POST /search': { scopes: ['read'], names: 'filtered' },
    'GET /pages': {
      scopes: ['read'],
      names: { anyOf: [{ kind: 'file', at: 'query:file' }], none: 'filtered' },
    },
    'GET /one/{kind}/{id}': {
      scopes: [],
      names: [{ kind: { from: 'path:kind', of: ['team', 'project', 'file', 'page', 'plan'] }, at: 'path:id' }],
    },
    'POST /one': {
      scopes: ['write'],
      names: [{ kind: { from: 'body:kind', of: ['team', 'project', 'file', 'page', 'plan'] }, at: 'body:id' }],
    },
  },
})

const directory = testDirectory({
  acme: {
    admins: ['ada'],
    resources: {
      'team:1': { 'project:12': { 'file:A': {}, 'file:B': {} }, 'project:13': { 'file:C': {} } },
      'file:D': {},
    },
  },
  other: { resources: { 'team:2': { 'file:E': {} } } },
})
const tokens = createPlanTokens({ policy, store: memoryStore(), directory })
const make = async (resources: 'all' | readonly string[], scopes: readonly ('read' | 'write')[] = ['read', 'write']) =>
  (await tokens.create({ actor: 'ada', planId: 'acme', type: 'live', name: 'n', lifetimeDays: 1, scopes, resources }))
    .secret
const allowanceOf = async (resources: 'all' | readonly string[], line = 'GET /files'): Promise<Allowance> =>
  expectAllowed(await tokens.authorize(requestWith(await make(resources), line)))

describe('an endpoint with the names filtered', () => {
  it('lets through a token of whatever resources, which holds its scope and sends no body', async () => {
    for (const resources of ['all', ['https://x.test/f/A']] as const)
      for (const line of ['GET /files', 'POST /search', 'GET /pages'])
        expect((await allowanceOf(resources, line)).resources).toEqual([])
    const secret = await make('all', ['write'])
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /files')), 'scope_missing')
  })

  it('names what is there where it may name something', async () => {
    const secret = await make(['https://x.test/f/A'])
    expect(expectAllowed(await tokens.authorize(requestWith(secret, 'GET /pages?file=A'))).resources).toEqual([
      { kind: 'file', id: 'A' },
    ])
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /pages?file=B')), 'resource_not_allowed')
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /pages?file=A&file=B')), 'request_malformed')
    expectDenied(await tokens.authorize(requestWith(secret, 'GET /pages?file=')), 'request_malformed')
  })

  it('is explained as a list', async () => {
    const secret = await make(['https://x.test/f/A'])
    const { rules } = await tokens.explain(requestWith(secret, 'GET /files'))
    const reasonOf = (name: string) => rules.find(({ rule }) => rule === name)?.reason
    expect(reasonOf('names')).toMatch(/its answer holds only what the token may see/)
    expect(reasonOf('allowlist')).toBe('The endpoint shows only what is on the allowlist, or below it.')
  })
})

describe('reach', () => {
  it('is all, or what is listed by kind, whatever the endpoint names', async () => {
    const links = ['https://x.test/p/12', 'https://x.test/p/13', 'https://x.test/f/D']
    for (const line of ['GET /files', 'GET /one/project/12']) {
      expect((await allowanceOf('all', line)).reach).toBe('all')
      expect((await allowanceOf(links, line)).reach).toEqual({ project: ['12', '13'], file: ['D'] })
    }
  })

  it('is the same frozen object each time, without a prototype', async () => {
    const secret = await make(['https://x.test/p/12'])
    const [one, two] = await Promise.all(
      [1, 2].map(async () => expectAllowed(await tokens.authorize(requestWith(secret, 'GET /files'))).reach),
    )
    expect(one).toBe(two)
    expect(Object.getPrototypeOf(one)).toBeNull()
    expect(Object.isFrozen(one) && one !== 'all' && Object.isFrozen(one?.project)).toBe(true)
    expect((one as { readonly [kind: string]: unknown }).constructor).toBeUndefined()
  })

  it('is shown neither by JSON nor by a copy', async () => {
    const allowance = await allowanceOf(['https://x.test/p/12'])
    expect(Object.keys(allowance)).toEqual([
      ...['allowed', 'token', 'endpoint', 'params', 'resources', 'secret', 'headers'],
    ])
    expect(JSON.stringify(allowance)).not.toContain('reach')
  })
})

describe('covers', () => {
  it('says of each resource what authorize says of a request that names it', async () => {
    const link = fc.constantFrom('t/1', 'p/12', 'p/13', 'f/A', 'f/B', 'f/C', 'f/D', 'f/A/1')
    const lists = fc.oneof(fc.constant('all' as const), fc.uniqueArray(link, { minLength: 1, maxLength: 3 }))
    const ref = fc.oneof(
      fc.record({ kind: fc.constantFrom('team', 'project'), id: fc.constantFrom('1', '12', '13', '2', 'x') }),
      fc.record({ kind: fc.constant('file'), id: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'none', 'x y') }),
      fc.record({ kind: fc.constant('page'), id: fc.constantFrom('A/1', 'B/1', 'E/1', 'none/1', '1', 'A/x') }),
      fc.record({ kind: fc.constant('plan'), id: fc.constantFrom('acme', 'other') }),
    )
    const said = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(lists, ref, async (list, { kind, id }) => {
        const secret = await make(list === 'all' ? list : list.map((path) => `https://x.test/${path}`))
        const allowance = expectAllowed(await tokens.authorize(requestWith(secret, 'GET /files')))
        const asked = await tokens.authorize(requestWith(secret, 'POST /one', { body: { kind, id } }))
        // Of a kind that is under another one, the directory knows that one; the plan lies in itself.
        const place =
          kind === 'plan'
            ? { planId: id, ancestors: [] }
            : directory.locate(kind === 'page' ? { kind: 'file', id: id.split('/')[0] ?? '' } : { kind, id })
        expect(allowance.covers({ kind, id, ...place })).toBe(asked.allowed)
        said[`${asked.allowed}`]++
      }),
      { numRuns: 400, seed: 1 },
    )
    expect(Math.min(said.true, said.false)).toBeGreaterThan(50)
  })

  it('says no to what is not said or cannot be read', async () => {
    const place = { planId: 'acme', ancestors: [] }
    const listed = await allowanceOf(['https://x.test/f/A'])
    const all = await allowanceOf('all')
    expect(listed.covers({ kind: 'file', id: 'A', ...place })).toBe(true)
    expect(listed.covers({ kind: 'file', id: 'A', planId: 'acme' })).toBe(true)
    const wrong: readonly unknown[] = [
      undefined,
      null,
      'file:A',
      [],
      { kind: 'file', id: 'A' },
      { kind: 'file', id: 'A', ...place, planId: 'other' },
      { kind: 'file', id: 'A', ...place, ancestors: 'team:1' },
      { kind: 'file', id: 'A', ...place, ancestors: [{ kind: 'team' }] },
      { kind: 'file', id: 7, ...place },
      { kind: 'folder', id: 'A', ...place },
      { kind: 'constructor', id: 'A', ...place },
      { kind: 'project', id: 'A', ...place },
      { kind: 'plan', id: 'acme', ...place, planId: 'other' },
      { kind: 'plan', id: 'acme', ...place, ancestors: [{ kind: 'file', id: 'A' }] },
      {
        ...{ kind: 'file', id: 'A', ancestors: [] },
        get planId() {
          throw new Error('unreadable')
        },
      },
    ]
    for (const resource of wrong)
      for (const allowance of [listed, all]) expect(allowance.covers(resource as PlacedResource)).toBe(false)
  })

  it('goes by the token that was judged, whatever somebody puts into the decision', async () => {
    const decision = { ...(await allowanceOf('all')) } as { -readonly [F in keyof Allowance]: Allowance[F] }
    const all = await allowanceOf('all')
    Object.assign(all, { token: { ...decision.token, planId: 'other' } })
    expect(all.covers({ kind: 'file', id: 'E', planId: 'other' })).toBe(false)
    expect(all.covers({ kind: 'file', id: 'A', planId: 'acme' })).toBe(true)
  })
})
