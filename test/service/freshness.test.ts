/**
 * "Immediately" where other processes may answer from memory: what ends or changes resolves
 * once the deployment's bound has passed, by a steered clock; and is unavailable where the bound cannot be read.
 */
import type { TokenStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf, newWorld, type World } from '../support/world.ts'
import { settled } from './support/lossy-store.ts'
import { type SteeredClock, stateOf, steeredClock } from './support/steered-clock.ts'

const BOUND = 200
/** The bound, one per cent and five milliseconds: by clocks that run differently. */
const WAIT = BOUND * 1.01 + 5

type Call = (world: Pick<World, 'tokens' | 'make'>, id: string, secret: string) => Promise<unknown>
const many: Call = async ({ tokens }) => {
  const plan = { actor: ADMIN, planId: '1001', filter: {} }
  const { stamp } = await tokens.previewRevoke(plan)
  return tokens.revokeMany({ ...plan, stamp })
}
const CALLS: { readonly [call: string]: Call } = {
  revoke: ({ tokens }, id) => tokens.revoke({ actor: ADMIN, id }),
  'revoke of what is revoked': ({ tokens }, id) => tokens.revoke({ actor: ADMIN, id }),
  revokeMany: many,
  edit: ({ tokens }, id) => tokens.edit({ actor: ADMIN, id, name: 'Other' }),
  refresh: ({ tokens }, id) => tokens.refresh({ actor: ADMIN, id }),
  'revokeSecret of the newest': ({ tokens }, _, secret) => tokens.revokeSecret({ text: secret }),
  'revokeSecret of an earlier one': ({ tokens }, _, secret) => tokens.revokeSecret({ text: secret }),
  'a repeated create, which ends the lost secret': ({ make }) => make({ idempotencyKey: 'key' }),
}

/** A world over a store with a bound, in which each call has what it needs. */
async function boundWorld(name: string, bound: TokenStore['bound'] = async () => BOUND, freshnessMs = 0) {
  const steered = steeredClock()
  /** How much of its time a timer takes. */
  const timers = { part: 1 }
  const clock: SteeredClock = { ...steered, sleep: (ms) => steered.sleep(ms * timers.part) }
  let isReady = false
  const world = newWorld({
    ...{ clock, freshnessMs },
    port: (store) => ({ ...store, bound: (ms) => (isReady ? bound(ms) : Promise.resolve(0)) }),
  })
  const { id, secret } = await world.make({ idempotencyKey: 'key' })
  if (name.includes('earlier')) await settled(clock, world.tokens.refresh({ actor: ADMIN, id }))
  if (name.includes('is revoked')) await settled(clock, world.tokens.revoke({ actor: ADMIN, id }))
  isReady = true
  return { ...world, clock, timers, id, secret }
}

describe.each(Object.entries(CALLS))('%s', (name, call) => {
  it('resolves when the bound has passed, one per cent and five milliseconds more, and not earlier', async () => {
    const world = await boundWorld(name)
    const before = world.clock.monotonic()
    const pending = call(world, world.id, world.secret)
    await world.clock.pass(WAIT - 1)
    expect(await stateOf(pending)).toBe('waiting')
    await world.clock.pass(1)
    expect(await stateOf(pending)).toBe('resolved')
    expect(world.clock.monotonic() - before).toBe(WAIT)
  })

  it('is written, and refuses here, before it resolves', async () => {
    const world = await boundWorld(name)
    const pending = call(world, world.id, world.secret)
    await world.clock.pass(1)
    expect((await world.store.find(world.id))?.version).toBeGreaterThan(1)
    if (/revoke/.test(name)) expect(await world.ask(world.secret)).toMatch(/token_revoked|secret_retired/)
    await settled(world.clock, pending)
  })

  it('looks again after the timer, since timers fire early', async () => {
    const world = await boundWorld(name)
    world.timers.part = 0.5
    const pending = call(world, world.id, world.secret)
    await world.clock.pass(WAIT - 1)
    expect(await stateOf(pending)).toBe('waiting')
    await settled(world.clock, pending)
    expect(world.clock.monotonic()).toBeGreaterThanOrEqual(WAIT)
  })

  it('resolves at once where there is no bound to wait for', async () => {
    const world = await boundWorld(name, async () => 0)
    const pending = call(world, world.id, world.secret)
    await world.clock.pass(0)
    expect(await stateOf(pending)).toBe('resolved')
  })

  it('is unavailable if the bound cannot be read', async () => {
    const world = await boundWorld(name, () => Promise.reject(new Error('select digest')))
    const error = await errorOf(settled(world.clock, call(world, world.id, world.secret)))
    expect([error.code, error.status, error.message]).toEqual([
      'unavailable',
      503,
      expect.not.stringContaining('select'),
    ])
  })
})

describe('the bound', () => {
  it.each<[string, TokenStore['bound']]>([
    ['never answers', () => new Promise(() => undefined)],
    [
      'throws',
      () => {
        throw new Error('select digest')
      },
    ],
    ['says nothing', async () => undefined as never],
    ['says NaN', async () => Number.NaN],
    ['says Infinity', async () => Number.POSITIVE_INFINITY],
    ['says less than nothing', async () => -1],
    ['says it in text', async () => '200' as never],
    ['answers at once and with nonsense', (() => null) as never],
  ])('that cannot be read leaves a revoke unavailable, though it is written: the store %s', async (_, bound) => {
    const world = await boundWorld('revoke', bound)
    expect(await codeOf(settled(world.clock, world.tokens.revoke({ actor: ADMIN, id: world.id })))).toBe('unavailable')
    expect(await world.ask(world.secret)).toBe('token_revoked')
  })

  it('is asked for after the commit was answered, without raising it', async () => {
    const asked: unknown[] = []
    const clock = steeredClock()
    const world = newWorld({
      clock,
      port: (store) => ({
        ...store,
        async commit(record, event) {
          const answer = await store.commit(record, event)
          asked.push(event.type)
          return answer
        },
        async bound(ms) {
          asked.push(ms)
          return store.bound(ms)
        },
      }),
    })
    const { id } = await world.make()
    await settled(clock, world.tokens.revoke({ actor: ADMIN, id }))
    expect(asked).toEqual(['created', 'revoked', 0])
  })

  it('that is smaller than the process’s own gives way to it', async () => {
    const world = await boundWorld('edit', async () => 50, 1_000)
    const pending = world.tokens.edit({ actor: ADMIN, id: world.id, name: 'Other' })
    await world.clock.pass(1_014)
    expect(await stateOf(pending)).toBe('waiting')
    await world.clock.pass(1)
    expect(await stateOf(pending)).toBe('resolved')
  })

  it('of a store that has not heard of any yet gives way to the process’s own as well', async () => {
    const world = await boundWorld('revoke', async () => 0, 1_000)
    const pending = world.tokens.revoke({ actor: ADMIN, id: world.id })
    await world.clock.pass(1_014)
    expect(await stateOf(pending)).toBe('waiting')
    await settled(world.clock, pending)
  })

  it('is nothing that a first create waits for, nor reading', async () => {
    const world = await boundWorld('edit', () => Promise.reject(new Error('asked')))
    await world.make()
    await world.make({ idempotencyKey: 'other' })
    await world.tokens.get({ actor: ADMIN, id: world.id })
    await world.tokens.list({ actor: ADMIN, planId: '1001' })
    expect(await world.ask(world.secret)).toBe('allowed')
  })

  it('is waited for by a second revoke as by the first', async () => {
    const world = await boundWorld('revoke')
    const first = world.tokens.revoke({ actor: ADMIN, id: world.id })
    await world.clock.pass(100)
    const second = world.tokens.revoke({ actor: ADMIN, id: world.id })
    await world.clock.pass(WAIT - 100)
    expect([await stateOf(first), await stateOf(second)]).toEqual(['resolved', 'waiting'])
    await world.clock.pass(100)
    expect(await stateOf(second)).toBe('resolved')
  })

  it('is waited for by monotonic time alone: a wall clock that jumps ahead ends no wait', async () => {
    const world = await boundWorld('revoke')
    const { now } = world.clock
    const pending = world.tokens.revoke({ actor: ADMIN, id: world.id })
    await world.clock.pass(1)
    world.clock.now = () => now() + 3_600_000
    await world.clock.pass(WAIT - 2)
    expect(await stateOf(pending)).toBe('waiting')
    await settled(world.clock, pending)
  })

  it('is none in a store that has no bound', async () => {
    const world = newWorld({ clock: steeredClock(), port: ({ bound: _, ...store }) => store })
    const { id } = await world.make()
    expect((await world.tokens.revoke({ actor: ADMIN, id })).status).toBe('revoked')
  })
})
