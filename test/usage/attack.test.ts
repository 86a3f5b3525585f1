/** Whoever wants to fill it, to hide a use in it, or to learn from it. */
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { requestWith } from 'plan-access-tokens/testing'
import { usage } from 'plan-access-tokens/usage'
import { expect, it, vi } from 'vitest'
import { ADMIN, POLICY } from '../support/world.ts'
import { LINK, OPEN, PLAN, usageWorld } from './world.ts'

it('ten thousand paths, ids and methods leave no name behind, and little altogether', async () => {
  const writes: string[] = []
  const world = await usageWorld({
    port: (store) => ({
      ...store,
      writeValue(name, value, version) {
        writes.push(value)
        return store.writeValue(name, value, version)
      },
    }),
  })
  const { make, ask, usageOf } = world
  const { id, secret } = await make({ resources: [LINK.A] })
  for (let i = 0; i < 2_500; i++) {
    await ask(secret, `GET /v1/evil${i}/x`)
    await ask(secret, `GET /v1/files/Evil${i}`)
    await ask(secret, `EVIL${i % 100} /v1/files/FileA`)
    await ask(secret, `GET /v1/files/FileA?evil=${i}`)
  }
  const found = await usageOf(id)
  expect(found.routes).toMatchObject([{ requests: 2_500 }])
  expect(found.resources).toMatchObject([{ kind: 'file', id: 'FileA', requests: 2_500 }])
  expect(found.refused).toMatchObject([{ code: 'resource_not_in_plan', requests: 2_500 }])
  expect(found.days.at(-1)).toMatchObject({ allowed: 2_500, refused: 7_500 })
  expect(writes.join('')).not.toMatch(/evil/i)
  expect(Math.max(...writes.map((value) => value.length))).toBeLessThan(500)
}, 60_000)

it('many routes that are refused push out none that was let through', async () => {
  const { make, ask, usageOf, days, adviceOn } = await usageWorld()
  const { id, secret } = await make({ scopes: ['file_content:read', 'file_comments:read'], lifetimeDays: 365 })
  await days(2)
  await ask(secret, OPEN.comments)
  for (const route of Object.keys(POLICY.data.endpoints)) {
    const [method = '', path = ''] = route.split(' ')
    await ask(secret, `${method} ${path.replaceAll(/\{\w+\}/g, 'FileA')}`)
  }
  const { refused, routes } = await usageOf(id)
  expect(refused.length).toBeLessThanOrEqual(100)
  expect(routes.map(({ route }) => route)).toContain('GET /v1/files/{file_key}/comments')
  expect((await adviceOn(id, 1)).scopes).not.toContain('file_comments:read')
})

it('a request is answered as before by an engine in which gathering fails, and it is told', async () => {
  const told: string[] = []
  const world = await usageWorld({
    onError: (_, { method }) => void told.push(method),
    port: (store) => ({
      ...store,
      readValue: () => Promise.reject(new Error('x')),
      writeValue: () => new Promise(() => 0),
    }),
  }).catch((error: unknown) => error)
  // Whoever asks hears that the store fails.
  expect(world).toMatchObject({ code: 'unavailable' })
  expect(told).toContain('store.readValue')
})

it('what is written once a minute is written by itself, and a store that hangs holds up neither a request nor close()', async () => {
  const world = await usageWorld()
  const { store, clock, directory, make, usageOf } = world
  const { id, secret } = await make()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const other = createAuthorizer({ policy: POLICY, store, clock, directory, usage: usage() })
    await other.authorize(requestWith(secret, OPEN.A))
    await vi.advanceTimersByTimeAsync(59_000)
    expect((await usageOf(id)).routes).toEqual([])
    await vi.advanceTimersByTimeAsync(2_000)
    expect((await usageOf(id)).routes).toMatchObject([{ requests: 1 }])

    const hanging = { ...store, writeValue: () => new Promise<boolean>(() => undefined) }
    const held = createAuthorizer({
      ...{ policy: POLICY, clock, directory },
      store: hanging,
      usage: usage(),
      onError() {},
    })
    expect((await held.authorize(requestWith(secret, OPEN.A))).allowed).toBe(true)
    const closing = held.close()
    await vi.advanceTimersByTimeAsync(5_000)
    await closing
  } finally {
    vi.useRealTimers()
  }
})

it('a record that was broken by hand shows and advises nothing wrong', async () => {
  const world = await usageWorld()
  const { make, ask, usageOf, adviceOn, store, days } = world
  const { id, secret } = await make({ resources: [LINK.A, LINK.B], lifetimeDays: 365 })
  await days(2)
  await ask(secret)
  await usageOf(id)
  const record = await store.find(id)
  for (const resources of ['ALL', 5, null, [{ kind: 'file' }]]) {
    const broken = await usageWorld({
      ...{ clock: world.clock, directory: world.directory },
      port: () => ({ ...store, find: async () => ({ ...record, resources }) as never }),
    }).catch((error: unknown) => error)
    if (!(broken && typeof broken === 'object' && 'adviceOn' in broken)) continue
    const { edit } = await (broken as typeof world).adviceOn(id, 1).catch(() => ({ edit: undefined }))
    expect(edit?.resources).toBeUndefined()
  }
  expect((await adviceOn(id, 5)).edit).toEqual({ resources: [LINK.A], version: 1 })
})

it('an admin of another plan learns nothing by a window, a page or an id, and a plan that does not exist is one of others', async () => {
  const { make, tokens } = await usageWorld()
  const { id } = await make()
  for (const of of [id, 'nothing'])
    for (const call of [tokens.usage, tokens.advice])
      await expect(call({ actor: 'admin-2', id: of })).rejects.toMatchObject({ code: 'token_not_found', issues: [] })
  await expect(tokens.planUsage({ actor: ADMIN, planId: 'nothing' })).rejects.toMatchObject({ code: 'not_plan_admin' })
  expect(JSON.stringify(await tokens.planUsage(PLAN))).not.toContain(id)
})
