/** The host's clock and randomness: what they may be, what is used where they are absent, and what happens when they are broken. */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestWith } from 'plan-access-tokens/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, newDirectory, newWorld, START, TOKEN } from '../support/world.ts'
import { steeredClock } from './support/steered-clock.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const throws = (): never => {
  throw new Error('no time')
}
const BROKEN: readonly [string, () => unknown][] = [
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['half a millisecond', () => 1_800_000_000_000.5],
  ['text', () => '1800000000000'],
  ['a Date', () => new Date()],
  ['nothing', () => undefined],
  ['an exception', throws],
]

describe('a clock', () => {
  it.each(BROKEN)('that gives %s lets nothing through and nothing be written', async (_, now) => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const { secret: second } = await world.tokens.refresh({ actor: ADMIN, id })
    const clock = { now: now as () => number }
    const { tokens, store, ask } = newWorld({ store: world.store, clock: clock as never })
    const before = await world.log()
    expect(await ask(second)).not.toBe('allowed')
    expect(await ask(secret)).not.toBe('allowed')
    const calls = [
      ...[
        tokens.create(TOKEN),
        tokens.create({ ...TOKEN, idempotencyKey: 'key' }),
        tokens.refresh({ actor: ADMIN, id }),
      ],
      ...[
        tokens.edit({ actor: ADMIN, id, name: 'Other' }),
        tokens.revoke({ actor: ADMIN, id }),
        tokens.revokeSecret({ text: secret }),
      ],
      ...[
        tokens.get({ actor: ADMIN, id }),
        tokens.list({ actor: ADMIN, planId: '1001' }),
        tokens.previewRefresh({ actor: ADMIN, id }),
      ],
      ...[tokens.sweep({ olderThan: 0 }), tokens.inspect({ secret: second.reveal() })],
    ]
    for (const call of calls) {
      const error = await errorOf(call as Promise<unknown>)
      expect([error.code, error.status]).toEqual(['unavailable', 503])
    }
    expect(await world.log()).toEqual(before)
    expect((await store.find(id))?.version).toBe(2)
  })

  it.each(BROKEN)('that gives %s makes explain refuse, or say that it cannot tell', async (_, now) => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const { tokens } = newWorld({ store: world.store, clock: { now: now as () => number } as never })
    for (const what of [
      requestWith(secret, 'GET /v1/files/FileA'),
      { actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' },
    ]) {
      const said = await tokens.explain(what).then(
        ({ decision }) => (decision.allowed ? 'allowed' : decision.code),
        (error) => error.code,
      )
      expect(['token_expired', 'unavailable']).toContain(said)
    }
  })

  it('that goes back lets nothing live longer than by its own dates, and revives nothing that ended by state', async () => {
    const { tokens, make, clock, ask } = newWorld()
    const { id, secret } = await make({ lifetimeDays: 1 })
    clock.advance(DAY)
    expect(await ask(secret)).toBe('token_expired')
    clock.advance(-1)
    expect(await ask(secret)).toBe('allowed')
    await tokens.revoke({ actor: ADMIN, id })
    clock.advance(-10 * DAY)
    expect(await ask(secret)).toBe('token_revoked')
  })

  it('with now alone is completed by the timers of the platform', async () => {
    const { tokens, make, directory } = newWorld({ timeoutMs: 20 })
    const { id } = await make()
    directory.isPlanAdmin = (() => new Promise(() => undefined)) as never
    expect(await codeOf(tokens.get({ actor: ADMIN, id }))).toBe('unavailable')
  })

  it('with now alone pauses by the platform after a lost answer', async () => {
    let commits = 0
    const { make, ask } = newWorld({
      port: (store) => ({
        ...store,
        commit: (record, event) => (commits++ < 2 ? Promise.reject(new Error('down')) : store.commit(record, event)),
      }),
    })
    const { secret } = await make()
    expect([commits, await ask(secret)]).toEqual([3, 'allowed'])
  })

  it('is the platform’s where the host gives none', async () => {
    const tokens = createPlanTokens({ policy: figmaPolicy(), store: memoryStore(), directory: newDirectory() })
    const before = Date.now()
    const { token, secret } = await tokens.create(TOKEN)
    expect(token.createdAt).toBeGreaterThanOrEqual(before)
    expect(token.createdAt).toBeLessThanOrEqual(Date.now())
    expect((await tokens.authorize(requestWith(secret, 'GET /v1/files/FileA'))).allowed).toBe(true)
  })

  it('whose monotonic time fails is completed by the platform’s', async () => {
    const { make, ask, directory } = newWorld({
      timeoutMs: 20,
      clock: { now: () => START, monotonic: throws } as never,
    })
    const { secret } = await make()
    expect(await ask(secret)).toBe('allowed')
    directory.plan = (() => new Promise(() => undefined)) as never
    expect(await ask(secret)).toBe('unavailable')
  })

  it('keeps its own this', async () => {
    class HostClock {
      #now = Date.parse('2027-01-31T12:00:00Z')
      now() {
        return this.#now
      }
      monotonic() {
        return this.#now
      }
      async sleep() {
        this.#now += 1
      }
    }
    const tokens = createPlanTokens({
      policy: figmaPolicy(),
      store: memoryStore(),
      directory: newDirectory(),
      clock: new HostClock(),
    })
    expect((await tokens.create(TOKEN)).token.createdAt).toBe(Date.parse('2027-01-31T12:00:00Z'))
  })

  it('steers the pause after a lost answer too, so that a test waits for nothing', async () => {
    const clock = steeredClock()
    let isDown = true
    const { tokens } = newWorld({
      clock,
      port: (store) => ({
        ...store,
        commit: (record, event) => (isDown ? Promise.reject(new Error('down')) : store.commit(record, event)),
      }),
    })
    const call = tokens.create(TOKEN)
    await clock.pass(5)
    isDown = false
    await clock.pass(50)
    expect((await call).token.version).toBe(1)
  })

  it('works where timers are plain numbers, as in browsers and on edge workers', async () => {
    const timers = setTimeout
    vi.stubGlobal('setTimeout', (run: () => void, ms: number) => Number(timers(run, ms)))
    const { make, ask, directory } = newWorld({ timeoutMs: 20 })
    const { secret } = await make()
    const { plan } = directory
    directory.plan = (async (id: string) => plan(id)) as never
    expect([await ask(secret), await ask(secret)]).toEqual(['allowed', 'allowed'])
    directory.plan = (() => new Promise(() => undefined)) as never
    expect(await ask(secret)).toBe('unavailable')
  })
})

describe('randomness', () => {
  const WRONG: readonly [string, unknown][] = [
    ['too few bytes', new Uint8Array(3)],
    ['none', new Uint8Array(0)],
    ['a list', [1, 2, 3]],
    ['text', 'random'],
    ['nothing', undefined],
    ['a promise', Promise.resolve(new Uint8Array(64))],
  ]
  it.each(WRONG)('that gives %s leads to unavailable and never to a secret', async (_, answer) => {
    const { tokens, store } = newWorld({ random: () => answer as Uint8Array })
    const error = await errorOf(tokens.create(TOKEN))
    expect([error.code, error.message]).toEqual(['unavailable', expect.stringContaining('random')])
    expect(await store.events({ limit: 1 })).toEqual([])
  })

  it('that gives more bytes than it was asked for is no source either', async () => {
    const { tokens } = newWorld({ random: (bytes) => new Uint8Array(bytes + 1) })
    expect(await codeOf(tokens.create(TOKEN))).toBe('unavailable')
  })

  it('that fails leads to unavailable, and nothing is written', async () => {
    const { tokens, store } = newWorld({
      random: () => {
        throw new Error('no entropy')
      },
    })
    expect(await codeOf(tokens.create(TOKEN))).toBe('unavailable')
    expect(await store.events({ limit: 1 })).toEqual([])
  })

  it('of the host is what secrets are drawn from', async () => {
    let state = 1
    const random = (bytes: number): Uint8Array =>
      Uint8Array.from({ length: bytes }, () => (state = (state * 16_807) % 2_147_483_647))
    const first = await newWorld({ random }).make()
    state = 1
    expect(await newWorld({ random }).make()).toEqual(first)
  })
})
