/** Ports that fail: they throw, reject, hang, or answer too late. Whatever they do, nothing is let through and nothing is left over. */
import { inspect } from 'node:util'
import type { Directory, TokenStore } from 'plan-access-tokens'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ADMIN, errorOf, newDirectory, newWorld, TOKEN } from '../support/world.ts'
import { settled } from './support/lossy-store.ts'
import { atRest, type SteeredClock, stateOf, steeredClock } from './support/steered-clock.ts'

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => void process.on('unhandledRejection', note))
afterEach(async () => {
  await atRest()
  process.off('unhandledRejection', note)
  expect(unhandled.splice(0)).toEqual([])
})

const TEXT = 'select * from tokens where digest = abc'
const FAILURES: { readonly [failure: string]: (clock: SteeredClock) => never } = {
  'throws at once': () => {
    throw new Error(TEXT)
  },
  rejects: () => Promise.reject(new Error(TEXT)) as never,
  'rejects with nothing': () => Promise.reject(undefined) as never,
  'never answers': () => new Promise(() => undefined) as never,
  'rejects too late': (clock) => clock.sleep(60_000).then(() => Promise.reject(new Error(TEXT))) as never,
}
type Fails = { readonly store?: keyof TokenStore; readonly directory?: keyof Directory }

/** A world in which one method of one port fails from the moment that `fail` is called. */
function failingWorld({ store: method, directory: asked }: Fails, failure: (clock: SteeredClock) => never) {
  const clock = steeredClock()
  const directory = newDirectory()
  let isFailing = false
  const failing = <F extends (...args: never[]) => unknown>(call: F): F =>
    ((...args: never[]) => (isFailing ? failure(clock) : call(...args))) as F
  const world = newWorld({
    clock,
    directory: asked
      ? { ...directory, [asked]: failing(directory[asked] as (...args: never[]) => unknown) }
      : directory,
    port(memory) {
      const store: TokenStore = memory
      return method ? { ...store, [method]: failing(store[method] as (...args: never[]) => unknown) } : store
    },
  })
  const fail = (): void => {
    isFailing = true
  }
  return { ...world, clock, fail }
}

const FILES = { body: { dev_resources: [{ file_key: 'FileA' }, { file_key: 'FileB' }] } }
const REQUESTS: readonly [string, Fails, string, object][] = [
  ['findByDigest', { store: 'findByDigest' }, 'GET /v1/files/FileA', {}],
  ['plan', { directory: 'plan' }, 'GET /v1/files/FileA', {}],
  ['locate for one resource', { directory: 'locate' }, 'GET /v1/files/FileA', {}],
  ['locate for several resources', { directory: 'locate' }, 'POST /v1/dev_resources', FILES],
]

describe.each(Object.entries(FAILURES))('where a port %s', (_, failure) => {
  it.each(REQUESTS)('a request is refused as unavailable: %s', async (__, fails, line, options) => {
    const world = failingWorld(fails, failure)
    const { secret } = await world.make({ scopes: ['file_content:read', 'file_dev_resources:write'] })
    world.fail()
    expect(await settled(world.clock, world.ask(secret, line, options))).toBe('unavailable')
    await world.clock.pass(120_000)
  })

  const CALLS: readonly [Fails, keyof typeof calls][] = [
    [{ directory: 'isPlanAdmin' }, 'create'],
    [{ directory: 'plan' }, 'create'],
    [{ directory: 'locate' }, 'create'],
    [{ store: 'find' }, 'get'],
    [{ directory: 'isPlanAdmin' }, 'get'],
    [{ store: 'list' }, 'list'],
    [{ store: 'events' }, 'events'],
    [{ store: 'find' }, 'edit'],
    [{ directory: 'locate' }, 'edit'],
    [{ store: 'find' }, 'refresh'],
    [{ directory: 'plan' }, 'refresh'],
    [{ store: 'lastUse' }, 'repeat'],
    [{ directory: 'plan' }, 'previewRefresh'],
    [{ store: 'find' }, 'revoke'],
    [{ store: 'findByDigest' }, 'revokeSecret'],
    [{ store: 'findByDigest' }, 'inspect'],
    [{ directory: 'plan' }, 'inspect'],
    [{ store: 'sweep' }, 'sweep'],
    [{ store: 'find' }, 'explain'],
    [{ directory: 'isPlanAdmin' }, 'explain'],
  ]
  const LINK = ['https://figma.com/design/FileA']
  const calls = {
    create: ({ tokens }: Failing) => tokens.create({ ...TOKEN, resources: LINK }),
    get: ({ tokens }: Failing, id: string) => tokens.get({ actor: ADMIN, id }),
    list: ({ tokens }: Failing) => tokens.list({ actor: ADMIN, planId: '1001' }),
    events: ({ tokens }: Failing) => tokens.events({ actor: ADMIN, planId: '1001' }),
    edit: ({ tokens }: Failing, id: string) => tokens.edit({ actor: ADMIN, id, resources: LINK }),
    refresh: ({ tokens }: Failing, id: string) => tokens.refresh({ actor: ADMIN, id }),
    repeat: ({ tokens }: Failing) => tokens.create({ ...TOKEN, idempotencyKey: 'key' }),
    previewRefresh: ({ tokens }: Failing, id: string) => tokens.previewRefresh({ actor: ADMIN, id }),
    revoke: ({ tokens }: Failing, id: string) => tokens.revoke({ actor: ADMIN, id }),
    revokeSecret: ({ tokens }: Failing, _id: string, secret: string) => tokens.revokeSecret({ text: secret }),
    inspect: ({ tokens }: Failing, _id: string, secret: string) => tokens.inspect({ secret }),
    sweep: ({ tokens }: Failing) => tokens.sweep({ olderThan: 0 }),
    explain: ({ tokens }: Failing, id: string) =>
      tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' }),
  }
  type Failing = ReturnType<typeof failingWorld>

  it.each(CALLS)('a management call is unavailable, and writes nothing: %j %s', async (fails, call) => {
    const world = failingWorld(fails, failure)
    const { id, secret } = await world.make({ idempotencyKey: 'key' })
    world.fail()
    const error = await errorOf(settled(world.clock, calls[call](world, id, secret) as Promise<unknown>))
    expect([error.code, error.status]).toEqual(['unavailable', 503])
    expect(inspect(error)).not.toContain('select')
    await world.clock.pass(120_000)
    expect((await world.store.find(id))?.version).toBe(1)
    expect(world.clock.sleepers()).toBeLessThan(3)
  })
})

describe('where the store answers nonsense', () => {
  const NONSENSE = [undefined, null, 5, 'rows', {}, [null]]
  const answering = (method: keyof TokenStore, answer: unknown) => {
    let calls = 0
    const nonsense = async () => {
      calls += 1
      if (calls > 50) throw new Error('asked for ever')
      return answer
    }
    const world = newWorld({ port: (store) => ({ ...store, [method]: nonsense }) })
    return { ...world, calls: () => calls }
  }

  it('a page is unavailable', async () => {
    for (const answer of NONSENSE) {
      const { tokens: lists } = answering('list', answer)
      expect((await errorOf(lists.list({ actor: ADMIN, planId: '1001' }))).code).toBe('unavailable')
      const { tokens: logs } = answering('events', answer)
      expect((await errorOf(logs.events({ actor: ADMIN, planId: '1001' }))).code).toBe('unavailable')
    }
  })

  it('a repeated call with a key is unavailable, since the uses are not known', async () => {
    for (const answer of NONSENSE) {
      const { tokens } = answering('lastUse', answer)
      const repeat = { ...TOKEN, idempotencyKey: 'key' }
      await tokens.create(repeat)
      expect((await errorOf(tokens.create(repeat))).code).toBe('unavailable')
    }
  })

  it('a sweep is unavailable, and ends', async () => {
    for (const answer of [...NONSENSE, { records: Number.NaN, events: 0 }, { records: -1, events: 0 }]) {
      const { tokens, calls } = answering('sweep', answer)
      expect((await errorOf(tokens.sweep({ olderThan: 0 }))).code).toBe('unavailable')
      expect(calls()).toBeLessThan(3)
    }
  })
})

describe('a time limit', () => {
  /** A world whose look-up is answered when the test says so. */
  function slowWorld(timeoutMs?: number) {
    const clock = steeredClock()
    const answers: (() => void)[] = []
    const world = newWorld({
      ...{ clock, ...(timeoutMs && { timeoutMs }) },
      port: (store) => ({
        ...store,
        findByDigest: (digest) =>
          new Promise<void>((resolve) => void answers.push(resolve)).then(() => store.findByDigest(digest)),
      }),
    })
    return { ...world, clock, answers }
  }

  it('is two seconds unless the host says otherwise', async () => {
    for (const [given, limit] of [
      [undefined, 2_000],
      [100, 100],
      [30_000, 30_000],
    ] as const) {
      const { make, ask, clock } = slowWorld(given)
      const { secret } = await make()
      const asked = ask(secret)
      await clock.pass(limit * 0.99)
      expect(await stateOf(asked)).toBe('waiting')
      await clock.pass(limit)
      expect(await stateOf(asked)).toBe('resolved')
      expect(await asked).toBe('unavailable')
    }
  })

  it('of one call ends no other that was made later', async () => {
    const { make, ask, clock, answers } = slowWorld(1_000)
    const { secret } = await make()
    const first = ask(secret)
    await clock.pass(800)
    const second = ask(secret)
    await clock.pass(600)
    expect([await stateOf(first), await stateOf(second)]).toEqual(['resolved', 'waiting'])
    answers[1]?.()
    expect([await first, await second]).toEqual(['unavailable', 'allowed'])
  })

  it('takes answers in whatever order they come', async () => {
    const { make, ask, clock, answers } = slowWorld(1_000)
    const { secret } = await make()
    const asked = [1, 2, 3, 4].map(() => ask(secret))
    await clock.pass(10)
    for (const i of [1, 3, 0]) answers[i]?.()
    await clock.pass(3_000)
    expect(await Promise.all(asked)).toEqual(['allowed', 'allowed', 'unavailable', 'allowed'])
  })

  it('drops an answer that comes too late', async () => {
    const { make, ask, clock, answers } = slowWorld(1_000)
    const { secret } = await make()
    const asked = ask(secret)
    await clock.pass(3_000)
    answers[0]?.()
    expect(await asked).toBe('unavailable')
  })

  it('judges again after a wait: a token that ended meanwhile is refused', async () => {
    const clock = steeredClock()
    const directory = newDirectory()
    const world = newWorld({
      ...{ clock, timeoutMs: 600_000 },
      directory: { ...directory, locate: (ref) => clock.sleep(60_000).then(() => directory.locate(ref)) },
    })
    const { id, secret } = await world.make({ lifetimeDays: 1 })
    await world.tokens.refresh({ actor: ADMIN, id })
    await clock.pass(86_400_000 - 30_000)
    expect(await settled(clock, world.ask(secret))).toBe('token_expired')
  })
})
