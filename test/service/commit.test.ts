/**
 * Writing when answers get lost: no secret is handed out for what was not written, nothing is written
 * twice, and what was written is found out.
 */
import { inspect } from 'node:util'
import type { TokenStore } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf, newWorld, TOKEN } from '../support/world.ts'
import { type Fate, HEARD, lossy, settled } from './support/lossy-store.ts'
import { steeredClock } from './support/steered-clock.ts'

/** A world in which the next commits have a fate. */
function lossyWorld() {
  const clock = steeredClock()
  let port: ReturnType<typeof lossy> | undefined
  const world = newWorld({ clock, port: (store) => (port = lossy(store, clock)) })
  return { ...world, clock, arm: (...fates: readonly Fate[]) => port?.arm(...fates) }
}
type LossyWorld = ReturnType<typeof lossyWorld>

/** Each call that writes: what it needs first, and the call. It gives the secret that it issued, if it issues any. */
const CALLS: { readonly [call: string]: (world: LossyWorld) => Promise<() => Promise<string | undefined>> } = {
  create:
    async ({ make }) =>
    async () =>
      (await make({ idempotencyKey: 'key' })).secret,
  refresh: async ({ tokens, make }) => {
    const { id } = await make()
    return async () => (await tokens.refresh({ actor: ADMIN, id })).secret.reveal()
  },
  edit: async ({ tokens, make }) => {
    const { id } = await make()
    return async () => void (await tokens.edit({ actor: ADMIN, id, name: 'Other' }))
  },
  revoke: async ({ tokens, make }) => {
    const { id } = await make()
    return async () => void (await tokens.revoke({ actor: ADMIN, id }))
  },
  revokeSecret: async ({ tokens, make }) => {
    const { secret } = await make()
    return async () => void (await tokens.revokeSecret({ text: secret }))
  },
}

const MENDED: readonly (readonly Fate[])[] = [
  ['is done'],
  ['throws at once', 'is done'],
  ['throws before writing', 'is done'],
  ['throws before writing', 'throws before writing', 'throws at once', 'is done'],
  ['throws after writing'],
  ['throws before writing', 'throws after writing', 'never answers'],
  ['never answers', 'is done'],
  ['writes and never answers'],
  ['is written three seconds later', 'never answers', 'is done'],
  ['is written three seconds later', 'throws before writing', 'never answers', 'is done'],
  [{ answers: false, written: false }, 'is done'],
  ['throws before writing', { answers: false, written: false }, 'is done'],
]
const LOST: readonly (readonly [string, ...Fate[]])[] = [
  ['unavailable', 'throws at once'],
  ['unavailable', 'throws before writing'],
  ['unavailable', 'never answers'],
  ['version_conflict', { answers: false, written: false }],
  ...[undefined, null, 1, 'true', {}, []].map((answers): [string, Fate] => [
    'unavailable',
    { answers, written: false },
  ]),
]
const told = (fates: readonly Fate[]): string =>
  fates
    .map((fate) =>
      typeof fate === 'string' ? fate : `answers ${inspect(fate.answers)}${fate.written ? ' after writing' : ''}`,
    )
    .join(', then ')

describe.each(Object.entries(CALLS))('%s', (_, prepare) => {
  it.each(MENDED.map((fates) => [told(fates), fates] as const))(
    'is done exactly once if commit %s',
    async (__, fates) => {
      const world = lossyWorld()
      const call = await prepare(world)
      const before = (await world.log()).length
      world.arm(...fates)
      const secret = await settled(world.clock, call())
      expect(await world.log()).toHaveLength(before + 1)
      if (secret !== undefined) expect(await world.ask(secret)).toBe('allowed')
      await world.clock.pass(60_000)
      expect(await world.log()).toHaveLength(before + 1)
    },
  )

  it.each(LOST.map(([code, ...fates]) => [code, told(fates), fates] as const))(
    'is %s and writes nothing if commit always %s',
    async (code, __, fates) => {
      const world = lossyWorld()
      const call = await prepare(world)
      const before = await world.log()
      world.arm(...fates)
      const error = await errorOf(settled(world.clock, call()))
      expect(error.code).toBe(code)
      expect(inspect(error)).not.toMatch(/insert|digest|figpat_|[0-9a-f]{64}/)
      expect(await world.log()).toEqual(before)
    },
  )

  it('is unavailable, and written once at most, if commit writes and answers nonsense', async () => {
    const world = lossyWorld()
    const call = await prepare(world)
    const before = (await world.log()).length
    world.arm({ answers: undefined, written: true })
    expect(await codeOf(settled(world.clock, call()))).toBe('unavailable')
    expect(await world.log()).toHaveLength(before + 1)
  })

  it('throws what the store says, is written by no later try, and by the next call', async () => {
    const world = lossyWorld()
    const call = await prepare(world)
    const before = await world.log()
    world.arm('says that nothing is written', 'is done')
    await expect(settled(world.clock, call())).rejects.toBe(HEARD)
    await world.clock.pass(60_000)
    expect(await world.log()).toEqual(before)
    await settled(world.clock, call())
    expect(await world.log()).toHaveLength(before.length + 1)
  })

  it.each<[string, number, Fate[]]>([
    ['done once if the write before comes late', 1, ['is written three seconds later', 'says that nothing is written']],
    ['unavailable if the write before may still come', 0, ['never answers', 'says that nothing is written']],
  ])('is %s', async (_what, written, fates) => {
    const world = lossyWorld()
    const call = await prepare(world)
    const before = (await world.log()).length
    world.arm(...fates)
    const outcome = await settled(world.clock, call()).then(
      () => 1,
      (error: { readonly code?: unknown }) => (error.code === 'unavailable' ? 0 : error),
    )
    await world.clock.pass(60_000)
    expect([outcome, (await world.log()).length - before]).toEqual([written, written])
  })

  it('is written once at most if every write comes long after the call has failed', async () => {
    const world = lossyWorld()
    const call = await prepare(world)
    const before = (await world.log()).length
    world.arm('is written three seconds later')
    await settled(world.clock, call()).catch(() => undefined)
    await world.clock.pass(60_000)
    expect(await world.log()).toHaveLength(before + 1)
  })
})

describe('a change whose answer was lost', () => {
  /** An engine beside the one whose answers get lost, over the same store. */
  const beside = ({ store, clock }: LossyWorld) => newWorld({ store, clock }).tokens

  it('and that was not written is judged anew after what somebody else wrote, so that both last', async () => {
    const world = lossyWorld()
    const { id } = await world.make()
    world.arm('throws before writing', 'is done')
    const call = world.tokens.edit({ actor: ADMIN, id, name: 'Mine' })
    const other = beside(world).edit({ actor: ADMIN, id, description: 'Theirs' })
    await other
    expect(await settled(world.clock, call)).toMatchObject({ name: 'Mine', description: 'Theirs', version: 3 })
    expect(await world.log()).toEqual(['created', 'edited', 'edited'])
  })

  it.each([1, 99, 100, 101, 250])('and that was written is found in the log under %i later changes', async (later) => {
    const world = lossyWorld()
    const { id } = await world.make()
    const others = beside(world)
    world.arm('writes and never answers')
    const call = world.tokens.refresh({ actor: ADMIN, id })
    await world.clock.pass(0)
    for (let i = 0; i < later; i++) await others.edit({ actor: ADMIN, id, name: `Name ${i}` })
    const { secret } = await settled(world.clock, call)
    expect(await world.ask(secret)).toBe('allowed')
    expect((await world.log()).filter((type) => type === 'refreshed')).toHaveLength(1)
    expect((await world.tokens.get({ actor: ADMIN, id })).version).toBe(2 + later)
  })

  it.each([1, 100, 250])(
    'and that was not written is not found under %i later changes, and is written',
    async (later) => {
      const world = lossyWorld()
      const { id } = await world.make()
      const others = beside(world)
      world.arm('never answers', 'is done')
      const call = world.tokens.revoke({ actor: ADMIN, id })
      await world.clock.pass(0)
      for (let i = 0; i < later; i++) await others.edit({ actor: ADMIN, id, name: `Name ${i}` })
      expect(await settled(world.clock, call)).toMatchObject({ status: 'revoked', version: 2 + later })
      expect((await world.log()).filter((type) => type === 'revoked')).toHaveLength(1)
    },
  )

  it('and that was written is found in the log among many changes of other tokens', async () => {
    const world = lossyWorld()
    const { id } = await world.make()
    const others = beside(world)
    world.arm('writes and never answers')
    const call = world.tokens.refresh({ actor: ADMIN, id })
    await world.clock.pass(0)
    await others.edit({ actor: ADMIN, id, name: 'Theirs' })
    for (let i = 0; i < 150; i++) await others.create(TOKEN)
    const { secret } = await settled(world.clock, call)
    expect(await world.ask(secret)).toBe('allowed')
    expect((await world.log()).filter((type) => type === 'refreshed')).toHaveLength(1)
  })

  it('and of which nobody ever knows is unavailable, and names the call whose answer was lost', async () => {
    const clock = steeredClock()
    let isDown = false
    const world = newWorld({
      clock,
      port: (store) => {
        const port = lossy(store, clock)
        port.arm('is done', 'throws before writing', { answers: false, written: false })
        const commit: TokenStore['commit'] = (record, event) => {
          isDown = record.version === 2
          return port.commit(record, event)
        }
        return { ...port, commit, find: (id) => (isDown ? Promise.reject(new Error('down')) : store.find(id)) }
      },
    })
    const { id } = await world.make()
    const error = await errorOf(settled(clock, world.tokens.revoke({ actor: ADMIN, id })))
    expect(error).toMatchObject({ code: 'unavailable', cause: { method: 'store.commit' } })
  })

  it('is looked for no further back than the version that it was to make', async () => {
    const clock = steeredClock()
    let pages = 0
    const world = newWorld({
      clock,
      port: (store) => {
        const port = lossy(store, clock)
        port.arm('is done', ...Array.from({ length: 300 }, () => 'is done' as const), 'never answers', 'is done')
        const events: TokenStore['events'] = (query) => {
          pages += 1
          return store.events(query)
        }
        return { ...port, events }
      },
    })
    const { id } = await world.make()
    for (let i = 0; i < 300; i++) await world.tokens.edit({ actor: ADMIN, id, name: `Name ${i}` })
    const others = newWorld({ store: world.store, clock }).tokens
    const call = world.tokens.revoke({ actor: ADMIN, id })
    await clock.pass(0)
    for (let i = 0; i < 99; i++) await others.edit({ actor: ADMIN, id, name: `Later ${i}` })
    expect((await settled(clock, call)).status).toBe('revoked')
    expect(pages).toBe(1)
  })

  it('is not looked for without end in a log whose pages do not move on', async () => {
    const clock = steeredClock()
    let pages = 0
    const world = newWorld({
      clock,
      port: (store) => {
        const port = lossy(store, clock)
        port.arm('is done', 'never answers')
        const events: TokenStore['events'] = ({ after: _, ...query }) => {
          pages += 1
          return store.events(query)
        }
        return { ...port, events }
      },
    })
    const { id } = await world.make()
    const others = newWorld({ store: world.store, clock }).tokens
    const call = world.tokens.revoke({ actor: ADMIN, id })
    await clock.pass(0)
    for (let i = 0; i < 150; i++) await others.edit({ actor: ADMIN, id, name: `Name ${i}` })
    expect(await codeOf(settled(clock, call))).toBe('unavailable')
    expect(pages).toBeLessThan(100)
  })

  it('of a refresh that somebody else’s refresh overtook is version_conflict, and hands out no secret', async () => {
    const world = lossyWorld()
    const { id } = await world.make()
    world.arm('never answers', 'is done')
    const call = world.tokens.refresh({ actor: ADMIN, id })
    await world.clock.pass(0)
    const { secret } = await beside(world).refresh({ actor: ADMIN, id })
    expect(await codeOf(settled(world.clock, call))).toBe('version_conflict')
    expect(await world.ask(secret)).toBe('allowed')
  })

  it('is found out although looking for it fails at first, in whatever way', async () => {
    for (const failure of [
      () => Promise.reject(new Error('down')),
      () => new Promise<never>(() => undefined),
      () => {
        throw new Error('down')
      },
    ]) {
      const clock = steeredClock()
      let failures = 0
      const world = newWorld({
        clock,
        port: (store) => {
          const port = lossy(store, clock)
          port.arm('throws after writing', 'is done')
          return { ...port, find: (id) => (failures++ < 1 ? failure() : store.find(id)) }
        },
      })
      const { token, secret } = await settled(clock, world.tokens.create(TOKEN))
      expect(token.version).toBe(1)
      expect(await world.ask(secret)).toBe('allowed')
      expect(await world.log()).toEqual(['created'])
    }
  })

  it.each<[string, ...Fate[]]>([
    ['while nothing else is answered', 'is written three seconds later', 'never answers'],
    ['while it is sent again', 'is written three seconds later', 'is written three seconds later'],
    ['between two tries that fail', 'is written three seconds later', 'throws before writing'],
  ])('and that comes in late %s is known as soon as it does', async (_, ...fates) => {
    const clock = steeredClock()
    const world = newWorld({
      clock,
      port: (store) => {
        const port = lossy(store, clock)
        port.arm(...fates)
        return { ...port, find: () => Promise.reject(new Error('down')) }
      },
    })
    const began = clock.monotonic()
    const { secret } = await settled(clock, world.tokens.create(TOKEN))
    expect(clock.monotonic() - began).toBeLessThanOrEqual(3_100)
    expect(await world.ask(secret)).toBe('allowed')
    await clock.pass(60_000)
    expect(await world.log()).toEqual(['created'])
  })

  it('and that comes in late as anything but true is not taken for written', async () => {
    const clock = steeredClock()
    const world = newWorld({
      clock,
      port: (store) => ({
        ...store,
        find: () => Promise.reject(new Error('down')),
        commit: () => clock.sleep(3_000).then(() => 'true' as unknown as boolean),
      }),
    })
    expect(await codeOf(settled(clock, world.tokens.create(TOKEN)))).toBe('unavailable')
    expect(await world.log()).toEqual([])
  })

  it('is unavailable if it can never be found out, even if it was written', async () => {
    const clock = steeredClock()
    const world = newWorld({
      clock,
      port: (store) => {
        const port = lossy(store, clock)
        port.arm('throws after writing')
        return { ...port, find: () => Promise.reject(new Error('down')) }
      },
    })
    expect(await codeOf(settled(clock, world.tokens.create(TOKEN)))).toBe('unavailable')
  })

  it('is repeated with the very same record and event', async () => {
    const pairs: unknown[] = []
    const clock = steeredClock()
    const world = newWorld({
      clock,
      port: (store) => {
        const port = lossy(store, clock)
        port.arm('throws before writing', 'throws before writing', 'is done')
        return {
          ...port,
          commit(record, event) {
            pairs.push([record, event])
            return port.commit(record, event)
          },
        }
      },
    })
    await settled(clock, world.make())
    expect(pairs).toHaveLength(3)
    expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1)
  })
})

describe('a conflict', () => {
  it('is tried again a bounded number of times', async () => {
    let commits = 0
    const world = newWorld({
      port: (store) => ({
        ...store,
        async commit(record, event) {
          if (event.type === 'created') return store.commit(record, event)
          commits++
          return false
        },
      }),
    })
    const { id } = await world.make()
    expect(await codeOf(world.tokens.edit({ actor: ADMIN, id, name: 'Other' }))).toBe('version_conflict')
    expect(commits).toBeGreaterThan(1)
    expect(commits).toBeLessThanOrEqual(100)
  })
})
