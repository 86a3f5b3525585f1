/** Advice about a token: what was not used, an edit that takes it away with its proof, and why there is none where that is not known. */
import { definePolicy } from 'plan-access-tokens'
import { canaryTokens } from 'plan-access-tokens/leaks'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, newDirectory, POLICY } from '../support/world.ts'
import { LINK, OPEN, PLAN, type UsageWorld, usageWorld } from './world.ts'

const WIDE = ['file_content:read', 'files:read', 'file_comments:read', 'file_metadata:read'] as const
const FILE = 'GET /v1/files/{file_key}'
const COMMENTS = 'GET /v1/files/{file_key}/comments'

describe('an edit that narrows', () => {
  it('takes away scopes and resources that were not used, and every route that was used is proven to stay', async () => {
    const { make, ask, days, adviceOn, tokens } = await usageWorld()
    const { id, secret, token } = await make({
      scopes: WIDE,
      resources: [LINK.A, LINK.B, LINK.project],
      lifetimeDays: 365,
    })
    await days(5)
    for (const line of [OPEN.A, OPEN.comments, OPEN.B]) expect(await ask(secret, line)).toBe('allowed')
    for (let i = 0; i < 3; i++) await ask(secret, 'GET /v1/projects/124/files')
    await days(4)

    const advice = await adviceOn(id, 8)
    expect(advice).toEqual({
      tokenId: id,
      window: 8,
      from: '2027-02-02',
      since: '2027-02-01',
      unused: false,
      // files:read is deprecated and opens most, so it goes first.
      scopes: ['files:read', 'file_metadata:read'],
      resources: [{ kind: 'project', id: '123' }],
      refused: [
        {
          ...{ route: 'GET /v1/projects/{project_id}/files', code: 'resource_not_allowed' },
          ...{ lastRefusedOn: '2027-02-06', requests: 3 },
        },
      ],
      edit: {
        scopes: ['file_content:read', 'file_comments:read'],
        resources: [LINK.A, LINK.B],
        version: token.version,
      },
      proof: [
        { route: FILE, allowed: true },
        { route: COMMENTS, allowed: true },
        { route: COMMENTS, resource: { kind: 'file', id: 'FileA' }, allowed: true },
        { route: FILE, resource: { kind: 'file', id: 'FileB' }, allowed: true },
      ],
      withheld: [],
    })
    const edited = await tokens.edit({ actor: ADMIN, id, ...(advice.edit as object) })
    expect(edited).toMatchObject({ scopes: ['file_content:read', 'file_comments:read'], version: token.version + 1 })
    for (const line of [OPEN.A, OPEN.comments, OPEN.B]) expect(await ask(secret, line)).toBe('allowed')
    expect(await ask(secret, 'GET /v1/projects/123/files')).toBe('scope_missing')
    // Nothing was left to take away, and nothing was done by itself.
    expect(await adviceOn(id, 8)).toMatchObject({ scopes: [], resources: [], proof: [] })
    expect((await adviceOn(id, 8)).edit).toBeUndefined()
  })

  it('is of another version where the token was edited meanwhile', async () => {
    const { make, ask, days, adviceOn, tokens } = await usageWorld()
    const { id, secret } = await make({ scopes: WIDE, lifetimeDays: 365 })
    await days(2)
    await ask(secret)
    const { edit } = await adviceOn(id, 1)
    await tokens.edit({ actor: ADMIN, id, name: 'Another' })
    await expect(tokens.edit({ actor: ADMIN, id, ...(edit as object) })).rejects.toMatchObject({
      code: 'version_conflict',
    })
  })

  it('never leaves a token without scopes or resources', async () => {
    const policy = definePolicy({
      ...{ surface: 'plain', credential: { headers: [], bearer: true }, tiers: ['organization'] },
      ...{
        scopes: { 'a:read': {}, 'b:read': {} },
        types: { live: { prefix: 'live' } },
        kinds: { file: { id: 'base62' } },
      },
      links: { hosts: ['example.com'], shapes: ['/f/{file}'] },
      endpoints: {
        'GET /open': { scopes: [], names: 'nothing' },
        'GET /f/{id}': { scopes: ['a:read'], names: [{ kind: 'file', at: 'path:id' }] },
        'GET /b/{id}': { scopes: ['b:read'], names: [{ kind: 'file', at: 'path:id' }] },
      },
    })
    const world = await usageWorld({ policy })
    const wish = { type: 'live', scopes: ['a:read', 'b:read'], lifetimeDays: 365 } as const
    const { id, secret } = await world.make({ ...wish, resources: ['https://example.com/f/FileA'] })
    await world.days(2)
    const bearer = { headers: { authorization: `Bearer ${secret}` } }
    expect((await world.tokens.authorize({ ...bearer, method: 'GET', url: '/open' })).allowed).toBe(true)
    const advice = await world.adviceOn(id, 1)
    expect(advice.edit?.scopes).toHaveLength(1)
    expect(advice).toMatchObject({
      resources: [{ kind: 'file', id: 'FileA' }],
      withheld: [{ code: 'no_resource_used', field: 'resources' }],
    })
    expect(advice.edit).not.toHaveProperty('resources')
  })

  it('leaves scopes alone that come with a type', async () => {
    const { data } = POLICY
    const policy = definePolicy({
      ...data,
      types: { ...data.types, fixed: { prefix: 'figfix', fixed: ['file_content:read', 'file_comments:read'] } },
    } as unknown as typeof data)
    const world = await usageWorld({ policy })
    const { id, secret } = await world.make({
      type: 'fixed',
      scopes: [],
      resources: [LINK.A, LINK.B],
      lifetimeDays: 365,
    })
    await world.days(2)
    await world.ask(secret)
    const { scopes, edit } = await world.adviceOn(id, 1)
    expect(scopes).toEqual([])
    expect(edit).toEqual({ resources: [LINK.A], version: 1 })
  })
})

describe('there is no edit, and it says why', () => {
  type Case = [code: string, lay: (world: UsageWorld) => Promise<string>, window?: number]
  const used = async (world: UsageWorld, wish: object = {}, lines: readonly string[] = [OPEN.A]): Promise<string> => {
    const { id, secret } = await world.make({ scopes: WIDE, lifetimeDays: 365, ...wish })
    await world.days(2)
    for (const line of lines) expect(await world.ask(secret, line)).toBe('allowed')
    return id
  }
  it.each<Case>([
    ['token_young', (world) => used(world), 2],
    [
      'incomplete',
      async (world) => {
        const id = await used(world)
        world.clock.advance(3 * DAY)
        await world.days(3)
        return id
      },
      4,
    ],
    ['unused', (world) => used(world, {}, [])],
    [
      'token_ended',
      async (world) => {
        const id = await used(world)
        await world.tokens.revoke({ actor: ADMIN, id })
        return id
      },
    ],
    ['token_is_canary', (world) => used(world, { canary: true }, [])],
    [
      'resources_changed',
      async (world) => {
        const id = await used(world, { resources: [LINK.project, LINK.B] })
        await world.tokens.edit({ actor: ADMIN, id, resources: [LINK.A, LINK.B] })
        return id
      },
    ],
    [
      'resources_changed',
      async (world) => {
        const id = await used(world)
        await world.tokens.edit({ actor: ADMIN, id, resources: [LINK.A, LINK.B] })
        return id
      },
    ],
    [
      'links_outdated',
      async (world) => {
        const id = await used(world, { resources: [LINK.A, LINK.B] })
        world.directory.remove('file:FileA')
        return id
      },
    ],
  ])('%s', async (code, lay, window = 1) => {
    const world = await usageWorld({ canaries: canaryTokens() })
    const id = await lay(world)
    const advice = await world.adviceOn(id, window)
    expect(advice.withheld).toMatchObject([{ code, message: expect.stringMatching(/^[A-Z`].+\.$/) }])
    expect(advice.edit?.resources).toBeUndefined()
    if (advice.withheld[0]?.field === undefined) expect(advice).toMatchObject({ scopes: [], resources: [], proof: [] })
    expect(advice.unused).toBe(code === 'unused')
  })

  it('plan_rules: what would stay is forbidden by the rules of the plan', async () => {
    const { testDirectory } = await import('plan-access-tokens/testing')
    const directory = testDirectory({ 1001: { admins: [ADMIN], resources: { 'file:FileA': {} }, rules: {} } })
    const world = await usageWorld({ directory })
    const id = await used(world)
    directory.setPlan('1001', { rules: { scopes: ['files:read'] } })
    expect((await world.adviceOn(id, 1)).withheld).toMatchObject([{ code: 'plan_rules', field: 'scopes' }])
  })

  it('route_unknown: the policy no longer has a route that was used', async () => {
    const world = await usageWorld()
    const id = await used(world)
    await world.usageOf(id)
    const { data } = POLICY
    const { [FILE]: _, ...endpoints } = data.endpoints
    const later = await usageWorld({
      ...{ store: world.store, clock: world.clock, directory: world.directory },
      policy: definePolicy({ ...data, endpoints } as unknown as typeof data),
    })
    expect((await later.adviceOn(id, 1)).withheld).toMatchObject([{ code: 'route_unknown' }])
  })

  it('type_unknown: no policy here has the type', async () => {
    const world = await usageWorld()
    const id = await used(world)
    await world.usageOf(id)
    const { data } = POLICY
    const types = { other: { prefix: 'figoth' } }
    const later = await usageWorld({
      ...{ store: world.store, clock: world.clock, directory: world.directory },
      policy: definePolicy({ ...data, types } as unknown as typeof data),
    })
    expect((await later.adviceOn(id, 1)).withheld).toMatchObject([{ code: 'type_unknown' }])
  })

  it('reach_shown: a list was asked for, which shows whatever the token may see', async () => {
    const policy = definePolicy({
      ...{ surface: 'plain', credential: { headers: [], bearer: true }, tiers: ['organization'] },
      ...{ scopes: { 'a:read': {} }, types: { live: { prefix: 'live' } }, kinds: { file: { id: 'base62' } } },
      links: { hosts: ['example.com'], shapes: ['/f/{file}'] },
      endpoints: {
        'GET /f': { scopes: ['a:read'], names: 'filtered' },
        'GET /f/{id}': { scopes: ['a:read'], names: [{ kind: 'file', at: 'path:id' }] },
      },
    })
    const world = await usageWorld({ policy })
    const links = ['https://example.com/f/FileA', 'https://example.com/f/FileB']
    const { id, secret } = await world.make({ type: 'live', scopes: ['a:read'], resources: links, lifetimeDays: 365 })
    await world.days(2)
    for (const url of ['/f', '/f/FileA'])
      await world.tokens.authorize({ headers: { authorization: `Bearer ${secret}` }, method: 'GET', url })
    const advice = await world.adviceOn(id, 1)
    expect(advice).toMatchObject({ withheld: [{ code: 'reach_shown', field: 'resources' }], resources: [] })
    expect(advice.edit).toBeUndefined()
  })
})

describe('tokens that nobody uses', () => {
  it('are listed page by page, without canaries, young ones, ended ones and those of other plans', async () => {
    const directory = newDirectory()
    directory.setPlan('2002', { admins: [ADMIN] })
    const world = await usageWorld({ directory, canaries: canaryTokens() })
    const { make, ask, days, tokens } = world
    const wish = { lifetimeDays: 365 }
    const made = []
    for (let i = 0; i < 5; i++) made.push(await make({ ...wish, name: `Old ${i}` }))
    await make({ ...wish, canary: true })
    await make({ ...wish, planId: '2002' })
    await make({ lifetimeDays: 5, name: 'Ended' })
    await ask((made[1] as (typeof made)[0]).secret)
    await days(12)
    await ask((made[0] as (typeof made)[0]).secret)
    await days(1)
    await make({ ...wish, name: 'Young' })
    await tokens.close()
    const found: string[] = []
    for (let after: string | undefined, i = 0; i < 20; i++) {
      const page = await tokens.unused({ ...PLAN, window: 12, limit: 2, ...(after !== undefined && { after }) })
      expect(page.tokens.length).toBeLessThanOrEqual(2)
      found.push(...page.tokens.map(({ name }) => name))
      after = page.next
      if (after === undefined) break
    }
    expect(found.sort()).toEqual(['Old 1', 'Old 2', 'Old 3', 'Old 4'])
    expect((await tokens.unused({ ...PLAN, window: 13 })).tokens).toEqual([])
    expect((await tokens.unused({ ...PLAN, window: 90 })).tokens).toEqual([])
  })

  it('are not claimed where the store does not say when tokens were used', async () => {
    let isDown = false
    const world = await usageWorld({
      onError() {},
      port: (store) => ({
        ...store,
        lastUse: async (ids) => (isDown ? Promise.reject(new Error('x')) : store.lastUse(ids)),
      }),
    })
    await world.make({ lifetimeDays: 365 })
    await world.days(3)
    isDown = true
    await expect(world.tokens.unused({ ...PLAN, window: 1 })).rejects.toMatchObject({ code: 'unavailable' })
    const none = await usageWorld({ port: ({ lastUse: _, recordUse: __, ...store }) => store })
    await expect(none.tokens.unused(PLAN)).rejects.toMatchObject({ code: 'not_supported' })
  })
})

it('advice asks of a request no more than of any other: requestWith of a narrowed token is judged as before', async () => {
  const world = await usageWorld()
  const { id, secret } = await world.make({ scopes: WIDE, lifetimeDays: 365 })
  await world.days(2)
  await world.tokens.authorize(requestWith(secret, OPEN.A))
  const before = await world.store.find(id)
  await world.adviceOn(id, 1)
  expect(await world.store.find(id)).toBe(before)
  expect(await world.log()).toEqual(['created'])
})
