/** How tokens are used: what is gathered, how it is counted and bounded, and who is told. */
import { createHash } from 'node:crypto'
import { createPlanTokens, memoryStore, SetupError, type TokenStore } from 'plan-access-tokens'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { canaryTokens } from 'plan-access-tokens/leaks'
import { operator } from 'plan-access-tokens/operator'
import { requestWith } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, HOUR, newDirectory, newWorld, POLICY } from '../support/world.ts'
import { FIRST, LINK, OPEN, PLAN, usageWorld } from './world.ts'

const READ = ['file_content:read', 'file_comments:read'] as const

describe('what is gathered', () => {
  it('is the last day and the number of requests by route, by listed resource and by day', async () => {
    const { make, ask, usageOf, days, tokens } = await usageWorld()
    const { id, secret } = await make({ scopes: READ, resources: [LINK.project, LINK.B] })
    for (const line of [OPEN.A, OPEN.A, OPEN.B, OPEN.comments]) expect(await ask(secret, line)).toBe('allowed')
    await days(1)
    expect(await ask(secret, OPEN.A.replace('GET', 'HEAD'))).toBe('allowed')
    expect(await ask(secret, 'GET /v1/files/FileA/meta')).toBe('scope_missing')
    expect(await ask(secret, 'GET /v1/files/FileZ')).toBe('resource_not_in_plan')
    expect(await ask(secret, 'GET /v1/nothing/of/ours')).toBe('endpoint_unknown')

    const found = await usageOf(id)
    expect(found).toMatchObject({ tokenId: id, complete: true, since: FIRST })
    expect(found.routes).toEqual([
      { route: 'GET /v1/files/{file_key}', lastUsedOn: '2027-02-02', requests: 4, scopes: ['file_content:read'] },
      { route: 'GET /v1/files/{file_key}/comments', lastUsedOn: FIRST, requests: 1, scopes: ['file_comments:read'] },
    ])
    // A file of the project is let through by the project, which is what stands on the list.
    expect(found.resources).toEqual([
      {
        ...{ kind: 'project', id: '123', route: 'GET /v1/files/{file_key}' },
        ...{ lastUsedOn: '2027-02-02', requests: 4, listed: true },
      },
      {
        ...{ kind: 'file', id: 'FileB', route: 'GET /v1/files/{file_key}' },
        ...{ lastUsedOn: FIRST, requests: 1, listed: true },
      },
    ])
    // Of a path that is no route nothing but the number is kept.
    expect(found.refused).toEqual([
      { route: 'GET /v1/files/{file_key}', code: 'resource_not_in_plan', lastRefusedOn: '2027-02-02', requests: 1 },
      { route: 'GET /v1/files/{file_key}/meta', code: 'scope_missing', lastRefusedOn: '2027-02-02', requests: 1 },
    ])
    expect(JSON.stringify(found)).not.toMatch(/FileZ|nothing/)
    expect(found.days).toHaveLength(90)
    expect(found.days.slice(-3)).toEqual([
      { day: '2027-01-31', allowed: 0, refused: 0 },
      { day: FIRST, allowed: 4, refused: 0 },
      { day: '2027-02-02', allowed: 1, refused: 3 },
    ])
    expect((await tokens.planUsage(PLAN)).days.slice(-2)).toEqual(found.days.slice(-2))
  })

  it('is nothing by resource of a token that may reach all of its plan', async () => {
    const { make, ask, usageOf } = await usageWorld()
    const { id, secret } = await make()
    await ask(secret)
    expect(await usageOf(id)).toMatchObject({ resources: [], routes: [{ requests: 1 }] })
  })

  it('is nothing of a token that has ended, of a canary, of a failure of ours and of what is only judged anew', async () => {
    const directory = newDirectory()
    let isDown = false
    const asked = {
      ...directory,
      plan: (id: string) => (isDown ? Promise.reject(new Error('down')) : directory.plan(id)),
    }
    const world = await usageWorld({ directory: asked as typeof directory, canaries: canaryTokens(), onError() {} })
    const { make, ask, usageOf, tokens } = world
    const canary = await make({ canary: true })
    expect(await ask(canary.secret)).toBe('token_unknown')
    const { id, secret } = await make()
    isDown = true
    expect(await ask(secret)).toBe('unavailable')
    isDown = false
    await tokens.authorize(requestWith(secret, OPEN.A), { again: true })
    await tokens.explain(requestWith(secret, OPEN.A))
    await tokens.inspect({ secret })
    await tokens.revoke({ actor: ADMIN, id })
    expect(await ask(secret)).toBe('token_revoked')
    for (const of of [canary.id, id])
      expect(await usageOf(of)).toMatchObject({ complete: true, routes: [], resources: [], refused: [] })
    expect((await tokens.planUsage(PLAN)).days.filter(({ allowed, refused }) => allowed + refused > 0)).toEqual([])
  })

  it('holds the route of a refusal that comes before the endpoint is looked for', async () => {
    const { make, ask, usageOf, tokens, clock } = await usageWorld()
    const { id, secret } = await make()
    await tokens.refresh({ actor: ADMIN, id })
    clock.advance(25 * HOUR)
    expect(await ask(secret, OPEN.A)).toBe('secret_retired')
    expect((await usageOf(id)).refused).toMatchObject([{ route: 'GET /v1/files/{file_key}', code: 'secret_retired' }])
  })

  it('is bounded: of 600 listed files those used longest ago go, and the answer says that it is not whole', async () => {
    const keys = Array.from({ length: 600 }, (_, i) => `Key${i}`)
    const resources = Object.fromEntries(keys.map((key) => [`file:${key}`, {}]))
    const world = await usageWorld({ directory: newDirectory({ resources }) })
    const { make, ask, usageOf, days, adviceOn } = world
    const { id, secret } = await make({
      resources: keys.map((key) => `https://figma.com/design/${key}`),
      lifetimeDays: 300,
    })
    await days(1)
    for (const key of keys.slice(0, 300)) await ask(secret, `GET /v1/files/${key}`)
    await days(1)
    for (const key of keys.slice(300)) await ask(secret, `GET /v1/files/${key}`)
    const found = await usageOf(id)
    // With the one route, 500 altogether.
    expect(found.resources).toHaveLength(499)
    expect(found.resources.slice(0, 300).every(({ lastUsedOn }) => lastUsedOn === '2027-02-03')).toBe(true)
    expect(found).toMatchObject({ complete: false, since: '2027-02-03' })
    await days(10)
    expect(await adviceOn(id, 9)).toMatchObject({ withheld: [{ code: 'unused' }] })
    expect((await adviceOn(id, 10)).edit?.resources).toHaveLength(300)
    expect(await adviceOn(id, 11)).toMatchObject({ withheld: [{ code: 'incomplete' }], resources: [] })
    expect(await adviceOn(id, 12)).toMatchObject({ withheld: [{ code: 'token_young' }] })
  }, 30_000)

  it('is counted for 90 days, and older days go', async () => {
    const { make, ask, usageOf, days, store } = await usageWorld()
    const { id, secret } = await make({ lifetimeDays: 365 })
    for (let i = 0; i < 100; i++) {
      await ask(secret)
      await days(1)
    }
    const found = await usageOf(id)
    expect(found.days.map(({ allowed }) => allowed)).toEqual([...Array(89).fill(1), 0])
    const kept = await Promise.all(
      (await namesIn(store)).map(async (name) => (await store.readValue(name))?.value ?? ''),
    )
    for (const text of kept) expect((JSON.parse(text).days ?? []).length).toBeLessThanOrEqual(92)
  })
})

/** The names of values that were written: those of this world's one token and plan. */
async function namesIn(store: TokenStore): Promise<string[]> {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  const ids = (await store.list({ planId: '1001', order: 'newest', now: 0, limit: 10 })).map(({ id }) => id)
  return ['usage/since', `usage/plan/${hash('1001')}`, ...ids.map((id) => `usage/token/${hash(id)}`)]
}

describe('who is told', () => {
  it('is nobody but an admin of the plan', async () => {
    const { make, tokens } = await usageWorld()
    const { id } = await make()
    const other = { actor: 'admin-2', id }
    expect(await codeOf(tokens.usage(other))).toBe('token_not_found')
    expect(await codeOf(tokens.advice(other))).toBe('token_not_found')
    for (const call of [tokens.planUsage, tokens.unused])
      expect(await codeOf(call({ actor: 'admin-2', planId: '1001' }))).toBe('not_plan_admin')
  })

  it('is told of everything that is wrong with the question', async () => {
    const { tokens } = await usageWorld()
    const issuesOf = async (call: Promise<unknown>) => (await errorOf(call)).issues.map(({ path }) => path)
    expect(await issuesOf(tokens.advice({ actor: '', id: 'x', window: 0 }))).toEqual(['actor', 'window'])
    expect(await issuesOf(tokens.advice({ actor: 'x', id: 'x', window: 366 }))).toEqual(['window'])
    expect(await issuesOf(tokens.unused({ ...PLAN, window: 1.5, limit: 501, after: '?' }))).toEqual([
      'window',
      'limit',
      'after',
    ])
  })

  it('is nobody at all where nothing gathers, and the code says so', async () => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    const token = { actor: ADMIN, id }
    for (const call of [tokens.usage(token), tokens.advice(token), tokens.planUsage(PLAN), tokens.unused(PLAN)])
      expect(await codeOf(call)).toBe('not_supported')
  })

  it('hears nothing of how a token was used before it was moved to the plan', async () => {
    const world = await usageWorld()
    const { make, ask, usageOf, days, tokens, directory, adviceOn } = world
    const { id, secret } = await make()
    await ask(secret)
    await days(1)
    await operator(tokens).movePlan({ from: '1001', to: '2002', actor: 'ops', reason: 'They have merged' })
    const after = await tokens.usage({ actor: 'admin-2', id })
    expect(after).toMatchObject({ routes: [], complete: false, since: null })
    expect(await ask(secret, 'GET /v1/files/FileZ')).toBe('allowed')
    expect(await tokens.usage({ actor: 'admin-2', id })).toMatchObject({ routes: [{ requests: 1 }], since: null })
    directory.setPlan('2002', { admins: ['admin-2', ADMIN] })
    await days(3)
    expect(await usageOf(id)).toMatchObject({ complete: false, since: '2027-02-03', routes: [{ requests: 1 }] })
    expect((await adviceOn(id, 1)).withheld).toMatchObject([{ code: 'unused' }])
    // The plan that it was in keeps its own counts.
    expect((await tokens.planUsage(PLAN)).days.find(({ day }) => day === FIRST)).toMatchObject({ allowed: 1 })
  })
})

describe('several processes', () => {
  it('write to one value, and nothing of any is lost', async () => {
    const first = await usageWorld()
    const { store, clock, directory, make, usageOf } = first
    const { id, secret } = await make({ scopes: READ })
    const ports = { policy: POLICY, store, clock, directory }
    const others = [
      createAuthorizer({ ...ports, usage: usage() }),
      createAuthorizer({ ...ports, usage: usage() }),
      createAuthorizer({ ...ports, usage: usage() }),
    ]
    await Promise.all(
      others.map(async (one, i) => {
        for (let k = 0; k <= i; k++) await one.authorize(requestWith(secret, OPEN.A))
        await one.authorize(requestWith(secret, OPEN.comments))
      }),
    )
    await first.ask(secret)
    await Promise.all([...others.map((one) => one.close()), first.tokens.close()])
    const { routes, days } = await usageOf(id)
    expect(routes.map(({ requests }) => requests)).toEqual([7, 3])
    expect(days.at(-1)).toMatchObject({ allowed: 10 })
    expect((await first.tokens.planUsage(PLAN)).days.at(-1)).toMatchObject({ allowed: 10 })
  })

  it('of which one was killed lose what it had not written, and what was closed is written', async () => {
    const first = await usageWorld()
    const { store, clock, directory, make, usageOf } = first
    const { id, secret } = await make()
    const other = () => createAuthorizer({ policy: POLICY, store, clock, directory, usage: usage() })
    const killed = other()
    await killed.authorize(requestWith(secret, OPEN.A))
    expect((await usageOf(id)).routes).toEqual([])
    const closed = other()
    await closed.authorize(requestWith(secret, OPEN.A))
    await closed.close()
    expect((await usageOf(id)).routes).toMatchObject([{ requests: 1 }])
  })

  it('of which one does not gather are found out by the last use of a secret, which every one writes', async () => {
    const first = await usageWorld()
    const { store, clock, directory, make, adviceOn, ask, days } = first
    const { id, secret } = await make({ lifetimeDays: 365 })
    await ask(secret)
    await days(8)
    const silent = createAuthorizer({ policy: POLICY, store, clock, directory })
    await silent.authorize(requestWith(secret, OPEN.A))
    await silent.close()
    expect(await adviceOn(id, 7)).toMatchObject({ withheld: [{ code: 'uses_missing' }], unused: false, proof: [] })
  })

  it('that gathered nothing for a whole day know nothing from before', async () => {
    const world = await usageWorld()
    const { make, clock, usageOf, ask, adviceOn } = world
    const { id, secret } = await make({ lifetimeDays: 365 })
    await ask(secret)
    clock.advance(DAY)
    expect(await usageOf(id)).toMatchObject({ complete: true, since: FIRST })
    clock.advance(2 * DAY)
    expect(await usageOf(id)).toMatchObject({ complete: false, since: null, routes: [{ requests: 1 }] })
    await world.days(9)
    expect(await usageOf(id)).toMatchObject({ complete: false, since: '2027-02-06' })
    expect(await adviceOn(id, 8)).toMatchObject({ withheld: [{ code: 'incomplete' }], since: '2027-02-06' })
    expect(await adviceOn(id, 7)).toMatchObject({ withheld: [{ code: 'unused' }], unused: true })
  })

  it('that only answer admins do not hide that nobody gathers', async () => {
    const { make, clock, usageOf, store, directory } = await usageWorld()
    const { id } = await make()
    for (let i = 0; i < 3; i++) {
      clock.advance(DAY)
      const asking = createPlanTokens({ policy: POLICY, store, clock, directory, usage: usage() })
      await asking.usage({ actor: ADMIN, id })
      await asking.planUsage(PLAN)
      await asking.close()
    }
    expect(await usageOf(id)).toMatchObject({ complete: false, since: null })
  })

  it('may sleep for as many days as it was said', async () => {
    const world = await usageWorld({ usage: usage({ quietDays: 2 }) })
    const { make, clock, usageOf } = world
    const { id } = await make()
    clock.advance(3 * DAY)
    expect(await usageOf(id)).toMatchObject({ complete: true })
    clock.advance(DAY)
    expect(await usageOf(id)).toMatchObject({ complete: false })
  })
})

describe('what goes wrong', () => {
  it('in the store holds up no request, is told, and is written later', async () => {
    let isDown = false
    const told: string[] = []
    const world = await usageWorld({
      onError: (_, { method }) => void told.push(method),
      port: (store) => ({
        ...store,
        writeValue: async (name, value, version) => {
          if (isDown) throw new Error('down')
          return store.writeValue(name, value, version)
        },
      }),
    })
    const { make, ask, usageOf, tokens, days } = world
    const { id, secret } = await make()
    isDown = true
    for (let i = 0; i < 3; i++) expect(await ask(secret)).toBe('allowed')
    expect(await codeOf(usageOf(id))).toBe('unavailable')
    expect(told).toContain('store.writeValue')
    isDown = false
    expect((await usageOf(id)).routes).toMatchObject([{ requests: 3 }])
    await days(1)
    expect((await tokens.planUsage(PLAN)).days.at(-2)).toMatchObject({ allowed: 3 })
  })

  it('in a value that others write all the time is unavailable to whoever asks, and told', async () => {
    let isBusy = false
    const told: string[] = []
    const world = await usageWorld({
      onError: (_, { method }) => void told.push(method),
      port: (store) => ({ ...store, writeValue: async (...value) => !isBusy && store.writeValue(...value) }),
    })
    const { id, secret } = await world.make()
    isBusy = true
    await world.ask(secret)
    expect(await codeOf(world.usageOf(id))).toBe('unavailable')
    expect(told).toContain('store.writeValue')
  })

  it.each([
    '{',
    '{"v":2}',
    '[]',
    '{"v":1,"planId":"1001","routes":[["GET /v1/me",-1e300,1]],"resources":[],"refused":[],"days":[]}',
  ])('with a value, which says %s, is told, and nothing from before is known any more', async (text) => {
    const told: unknown[] = []
    const world = await usageWorld({ onError: (error) => void told.push(error) })
    const { make, ask, usageOf, store, days } = world
    const { id, secret } = await make()
    await ask(secret)
    await usageOf(id)
    for (const name of await namesIn(store)) {
      const { version = 0 } = (await store.readValue(name)) ?? {}
      await store.writeValue(name, text, version)
    }
    expect(await usageOf(id)).toMatchObject({ routes: [], complete: false, since: null })
    expect(told).toContainEqual(expect.objectContaining({ code: 'row_unreadable' }))
    await ask(secret)
    await usageOf(id)
    await days(2)
    expect(await usageOf(id)).toMatchObject({ routes: [{ requests: 1 }], complete: false, since: '2027-02-03' })
  })

  it('with a clock that was set back or ahead makes nothing look as if it were not used', async () => {
    const world = await usageWorld()
    const { make, ask, usageOf, clock, days, adviceOn } = world
    const { id, secret } = await make({ scopes: READ, lifetimeDays: 365 })
    await ask(secret)
    await usageOf(id)
    await days(30)
    const now = clock.now()
    clock.set(now - 20 * DAY)
    await ask(secret, OPEN.comments)
    await usageOf(id)
    clock.set(now)
    // It was used today, and so it says, not 20 days ago: an advice of the last days must not miss it.
    expect((await usageOf(id)).routes[0]).toMatchObject({
      route: 'GET /v1/files/{file_key}/comments',
      lastUsedOn: '2027-03-02',
    })
    clock.set(now + 30 * DAY)
    await ask(secret, OPEN.A)
    await usageOf(id)
    clock.set(now)
    await days(1)
    const { routes, complete } = await usageOf(id)
    expect(complete).toBe(false)
    expect(routes.every(({ lastUsedOn }) => lastUsedOn >= '2027-03-02' && lastUsedOn <= '2027-03-04')).toBe(true)
    expect((await adviceOn(id, 20)).edit).toBeUndefined()
  })

  it('with a day that changes amid is that both are counted', async () => {
    const { make, ask, usageOf, clock } = await usageWorld()
    const { id, secret } = await make()
    clock.set(Date.parse('2027-02-01T23:59:59.999Z'))
    await ask(secret)
    clock.advance(1)
    await ask(secret)
    const { routes, days } = await usageOf(id)
    expect(routes).toMatchObject([{ lastUsedOn: '2027-02-02', requests: 2 }])
    expect(days.slice(-2).map(({ allowed }) => allowed)).toEqual([1, 1])
  })
})

describe('a sweep', () => {
  it.each([true, false])('removes what is kept of tokens that are gone (removeValue: %s)', async (canRemove) => {
    const values = new Map<string, string>()
    const world = await usageWorld({
      port: ({ removeValue, ...store }) => ({
        ...store,
        async writeValue(name, value, version) {
          const isWritten = await store.writeValue(name, value, version)
          if (isWritten) values.set(name, value)
          return isWritten
        },
        ...(canRemove && {
          removeValue(name: string) {
            values.delete(name)
            return removeValue(name)
          },
        }),
      }),
    })
    const { make, ask, usageOf, tokens, clock, days } = world
    const [ended, living] = [await make(), await make({ lifetimeDays: 365 })]
    for (const { id, secret } of [ended, living]) {
      await ask(secret)
      await usageOf(id)
    }
    const kept = () => [...values].filter(([name, value]) => name.startsWith('usage/token/') && value !== '').length
    expect(kept()).toBe(2)
    await tokens.revoke({ actor: ADMIN, id: ended.id })
    await days(1)
    await tokens.sweep({ olderThan: clock.now() })
    expect(kept()).toBe(1)
    expect(await usageOf(living.id)).toMatchObject({ routes: [{ requests: 1 }] })
  })

  it('removes what a process writes of it while it is swept, too', async () => {
    const store = memoryStore()
    const world = await usageWorld({
      store,
      port: (under) => ({
        ...under,
        async sweep(query) {
          // Another process lets go of what it has noted before the token had ended.
          await late?.close()
          return under.sweep(query)
        },
      }),
    })
    const { make, tokens, clock, directory } = world
    const { id, secret } = await make()
    const late = createAuthorizer({ policy: POLICY, store, clock, directory, usage: usage() })
    await late.authorize(requestWith(secret, OPEN.A))
    await tokens.revoke({ actor: ADMIN, id })
    const names = await namesIn(store)
    clock.advance(DAY)
    await tokens.sweep({ olderThan: clock.now() })
    expect(await store.find(id)).toBeUndefined()
    expect(await store.readValue(names[2] as string)).toBeUndefined()
    // And behind the sweep: what it writes it takes away.
    const last = createAuthorizer({ policy: POLICY, store, clock, directory, usage: usage() })
    clock.set(clock.now() - DAY)
    const again = await make()
    await last.authorize(requestWith(again.secret, OPEN.A))
    await tokens.revoke({ actor: ADMIN, id: again.id })
    const [, , name = ''] = await namesIn(store)
    clock.advance(DAY)
    await tokens.sweep({ olderThan: clock.now() })
    await last.close()
    expect(await store.readValue(name)).toBeUndefined()
  })
})

describe('at start', () => {
  const given = { policy: POLICY, directory: newDirectory() }

  it.each([
    ['no usage()', memoryStore(), {}, 'must be made by usage().'],
    ['a store without readValue()', { ...memoryStore(), readValue: undefined }, usage(), 'readValue()'],
    ['a store without writeValue()', { ...memoryStore(), writeValue: undefined }, usage(), 'writeValue()'],
    ['a store without scan()', { ...memoryStore(), scan: undefined }, usage(), 'scan()'],
  ])('%s is a mistake', (_, store, gathering, message) => {
    const make = () => createPlanTokens({ ...given, store: store as never, usage: gathering as never })
    expect(make).toThrow(SetupError)
    expect(make).toThrow(message)
  })

  it('what only judges needs no scan()', () => {
    const store = { ...memoryStore(), scan: undefined } as unknown as TokenStore
    expect(createAuthorizer({ ...given, store, usage: usage() })).toBeDefined()
  })

  it.each([{ writeEverySeconds: 59 }, { writeEverySeconds: 3_601 }, { quietDays: -1 }, { quietDays: 91 }, { days: 1 }])(
    'usage(%o) is a mistake',
    (options) => {
      expect(() => usage(options as never)).toThrow(SetupError)
    },
  )
})
