/** `onError`: each error of what the host gave, itself, with the method that failed; the caller's error has its kind alone. */
import { type ErrorInfo, memoryStore, type PlanTokenError, type TokenStore } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, errorOf, newDirectory, newWorld, TOKEN, type World } from '../support/world.ts'
import { atRest, steeredClock } from './support/steered-clock.ts'

const FILE = 'GET /v1/files/FileA'
/** As a driver throws one: with words, and without a code. */
const DRIVER = new Error('(conn=7, no: 1045) Access denied for user "app"')
const fail = () => {
  throw DRIVER
}
const reject = () => Promise.reject(DRIVER)
const hang = () => new Promise(() => undefined)

type Told = [unknown, ErrorInfo][]

/** A world whose ports fail once `broken` says which. */
async function worldWith(broken: { directory?: object; store?: object } = {}) {
  const told: Told = []
  const changes: { store: object } = { store: {} }
  const world = newWorld({
    timeoutMs: 20,
    onError: (error, info) => told.push([error, info]),
    port: (store) =>
      new Proxy(store, { get: (_, name) => Reflect.get({ ...store, ...changes.store }, name) }) as TokenStore,
  })
  const made = await world.make()
  Object.assign(world.directory, broken.directory)
  changes.store = broken.store ?? {}
  return { ...world, ...made, told }
}

type Broken = World & { readonly id: string; readonly secret: string }
const CALLS: { readonly [call: string]: (world: Broken) => Promise<unknown> } = {
  create: ({ tokens }) => tokens.create({ ...TOKEN, resources: ['https://figma.com/design/FileA'] }),
  get: ({ tokens, id }) => tokens.get({ actor: ADMIN, id }),
  list: ({ tokens }) => tokens.list({ actor: ADMIN, planId: '1001' }),
  events: ({ tokens }) => tokens.events({ actor: ADMIN, planId: '1001' }),
  refresh: ({ tokens, id }) => tokens.refresh({ actor: ADMIN, id }),
  revoke: ({ tokens, id }) => tokens.revoke({ actor: ADMIN, id }),
  revokeSecret: ({ tokens, secret }) => tokens.revokeSecret({ text: secret }),
  inspect: ({ tokens, secret }) => tokens.inspect({ secret }),
  sweep: ({ tokens }) => tokens.sweep({ olderThan: 0 }),
}

describe.each([
  ['directory', 'plan', ['create', 'refresh', 'inspect']],
  ['directory', 'isPlanAdmin', ['create', 'get', 'list', 'events', 'revoke']],
  ['directory', 'locate', ['create']],
  ['store', 'findByDigest', ['revokeSecret', 'inspect']],
  ['store', 'find', ['get', 'refresh', 'revoke']],
  ['store', 'list', ['list']],
  ['store', 'events', ['events']],
  ['store', 'sweep', ['sweep']],
] as const)('%s.%s', (port, method, calls) => {
  it.each(calls)('that throws or rejects in %s is told of as it is', async (call) => {
    for (const how of [fail, reject]) {
      const world = await worldWith({ [port]: { [method]: how } })
      const error = await errorOf((CALLS[call] as (world: Broken) => Promise<unknown>)(world))
      expect(error).toMatchObject({ code: 'unavailable', cause: { name: 'Error', method: `${port}.${method}` } })
      expect(JSON.stringify([error.message, error.cause])).not.toContain('conn=7')
      expect(world.told).toEqual([[DRIVER, { method: `${port}.${method}` }]])
      expect(world.told[0]?.[0]).toBe(DRIVER)
    }
  })

  it.each(calls)('that hangs in %s is told of as late', async (call) => {
    const world = await worldWith({ [port]: { [method]: hang } })
    const error = await errorOf((CALLS[call] as (world: Broken) => Promise<unknown>)(world))
    expect(error.cause).toEqual({ name: 'TimeoutError', code: 'TIMEOUT', method: `${port}.${method}` })
    expect(world.told).toEqual([
      [expect.objectContaining({ message: 'No answer within 20 ms.' }), { method: `${port}.${method}` }],
    ])
  })
})

describe('authorize', () => {
  it.each([
    ['store', 'findByDigest'],
    ['directory', 'plan'],
    ['directory', 'locate'],
  ] as const)('refuses where %s.%s fails, and tells of it once', async (port, method) => {
    for (const how of [fail, reject, hang]) {
      const infos: unknown[] = []
      const { told, ...world } = await worldWith({ [port]: { [method]: how } })
      const decision = await world.tokens.authorize(requestWith(world.secret, FILE))
      expect(decision).toMatchObject({ allowed: false, code: 'unavailable', status: 503 })
      expect(told.map(([, info]) => info)).toEqual([{ method: `${port}.${method}` }])
      if (how !== hang) expect(told[0]?.[0]).toBe(DRIVER)
      infos.push(decision)
      expect(JSON.stringify(infos)).not.toContain('conn=7')
    }
  })

  it('tells onDecision which method it was', async () => {
    const errors: (PlanTokenError | undefined)[] = []
    const { ask, make, directory } = newWorld({ onDecision: ({ error }) => errors.push(error) })
    const { secret } = await make()
    directory.locate = reject as never
    expect(await ask(secret)).toBe('unavailable')
    expect(errors[0]?.cause).toEqual({ name: 'Error', method: 'directory.locate' })
  })

  it('tells of a clock that fails', async () => {
    const told: Told = []
    const clock = { now: (): number => Date.parse('2027-01-31T12:00:00Z') }
    const world = newWorld({ clock: clock as never, onError: (error, info) => told.push([error, info]) })
    const { secret } = await world.make()
    clock.now = fail
    expect(await world.ask(secret)).toBe('unavailable')
    expect(told).toEqual([[DRIVER, { method: 'clock.now' }]])
  })
})

it('explain tells of what failed as authorize does', async () => {
  const { told, tokens, secret } = await worldWith({ directory: { plan: reject } })
  expect((await tokens.explain(requestWith(secret, FILE))).decision).toMatchObject({ code: 'unavailable' })
  expect(told).toEqual([[DRIVER, { method: 'directory.plan' }]])
})

it('hears of a commit that failed and was written all the same', async () => {
  const store = memoryStore()
  const told: Told = []
  let fails = 1
  const world = newWorld({
    store,
    onError: (error, info) => told.push([error, info]),
    port: () => ({
      ...store,
      async commit(record, event) {
        const written = await store.commit(record, event)
        if (fails-- > 0) throw DRIVER
        return written
      },
    }),
  })
  expect((await world.make()).id).toBeTruthy()
  expect(told).toEqual([[DRIVER, { method: 'store.commit' }]])
})

it('hears of what fails in the background: proofs of freshness, uses, the watch', async () => {
  const store = memoryStore()
  const told: Told = []
  const clock = steeredClock()
  const world = newWorld({
    store,
    clock: clock as never,
    freshnessMs: 1_000,
    onError: (error, info) => told.push([error, info]),
    port: () => ({ ...store, events: reject, recordUse: reject, watch: fail }),
  })
  const { secret } = await world.make()
  expect(await world.ask(secret)).toBe('allowed')
  await atRest()
  await clock.pass(20_000)
  expect([...new Set(told.map(([error, { method }]) => (error === DRIVER ? method : 'another')))].toSorted()).toEqual([
    ...['store.events', 'store.recordUse', 'store.watch'],
  ])
})

it('hears of onDecision when it fails', async () => {
  for (const hook of [fail, reject]) {
    const told: Told = []
    const world = newWorld({ onDecision: hook, onError: (error, info) => told.push([error, info]) })
    const { secret } = await world.make()
    expect(await world.ask(secret)).toBe('allowed')
    await atRest()
    expect(told).toEqual([[DRIVER, { method: 'onDecision' }]])
  }
})

it('may itself throw, reject or hang, and changes nothing', async () => {
  for (const onError of [fail, reject, hang]) {
    const world = newWorld({ onError, directory: { ...newDirectory() } })
    const { secret } = await world.make()
    Object.assign(world.directory, { locate: reject })
    expect(await world.ask(secret)).toBe('unavailable')
  }
})
