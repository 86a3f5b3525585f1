/**
 * A proof that fails, hangs or is late, and clocks that jump (6.3): a process that cannot prove that it
 * has seen everything asks the store, and refuses where that fails too.
 */
import { describe, expect, it } from 'vitest'
import { add } from '../stores/records.ts'
import { ADMIN, HOUR, newWorld, START } from '../support/world.ts'
import { deployment, down, FRESH, late, never, UNWATCHED, WAIT, warmToken } from './support/processes.ts'
import { atRest, stateOf } from './support/steered-clock.ts'

const OTHER = { scopes: ['file_comments:read'] } as const

describe('a proof that fails', () => {
  it('leaves the store, which is asked straight away for a quarter of the bound, and then proved again', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    a.replace.events = down
    await d.clock.pass(FRESH)
    for (const [ms, calls] of [
      [0, ['events', 'findByDigest']],
      [0, ['findByDigest']],
      [FRESH / 4 - 1, ['findByDigest']],
      [1, ['events', 'findByDigest']],
      [1, ['findByDigest']],
    ] as const) {
      await d.clock.pass(ms)
      expect(await a.ask(secret)).toBe('allowed')
      expect(a.calls()).toEqual(calls)
    }
    delete a.replace.events
    await d.clock.pass(FRESH / 4)
    expect(await a.ask(secret)).toBe('allowed')
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events'])
  })

  it('half-way through the window takes nothing from what was proved before', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    a.replace.events = down
    a.replace.findByDigest = down
    await d.clock.pass(600)
    expect(await a.ask(secret)).toBe('allowed')
    await d.clock.pass(FRESH / 4 - 1)
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events'])
    await d.clock.pass(1)
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events'])
    await d.clock.pass(149)
    expect(await a.ask(secret)).toBe('allowed')
    await d.clock.pass(1)
    expect(await a.ask(secret)).toBe('unavailable')
  })

  it('and a store that fails too are unavailable, and nothing else', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    a.replace.events = down
    a.replace.findByDigest = down
    await d.clock.pass(FRESH)
    for (let i = 0; i < 5; i++) {
      expect(await a.ask(secret)).toBe('unavailable')
      await d.clock.pass(100)
    }
    delete a.replace.findByDigest
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('shows what is refused at once, and the change of nobody else is lost by it', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { id, secret } = await warmToken(d, a)
    await d.clock.pass(FRESH)
    a.replace.events = down
    expect(await a.ask(secret)).toBe('allowed')
    const said = d.admin.tokens.edit({ actor: ADMIN, id, ...OTHER }).then(() => a.ask(secret))
    expect(await d.done(said)).toBe('scope_missing')
  })
})

describe('news that cannot be read', () => {
  it('keeps no process from its memory for ever: the next proof begins behind it', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    // The second event stays unreadable, whoever asks for it.
    a.replace.events = async (query) =>
      (await d.store.events(query)).map((event) => (event.seq === 2 ? { ...event, version: null as never } : event))
    await add(d.store)
    await add(d.store)
    await d.clock.pass(FRESH)
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events', 'findByDigest'])
    await d.clock.pass(FRESH / 4)
    expect([await a.ask(secret), await a.ask(secret)]).toEqual(['allowed', 'allowed'])
    expect(a.calls()).toEqual(['bound', 'events', 'findByDigest'])
  })

  it('because there is more of it than was asked for is no proof', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await d.admin.make()
    await add(d.store)
    a.replace.events = (query) => d.store.events({ ...query, limit: query.limit + 1 })
    for (let i = 0; i < 3; i++) {
      expect(await a.ask(secret)).toBe('allowed')
      expect(a.calls()).toContain('findByDigest')
      await d.clock.pass(FRESH)
    }
  })
})

describe('a proof that hangs', () => {
  it('leaves time to ask the store for the one record', async () => {
    const d = deployment()
    const a = d.start({ ...UNWATCHED, timeoutMs: 2_000 })
    const { secret } = await warmToken(d, a)
    await d.clock.pass(FRESH)
    a.replace.events = never
    a.replace.findByDigest = late(d.clock, 500, d.store.findByDigest)
    const asked = a.ask(secret)
    await d.clock.pass(999)
    expect(a.calls()).toEqual(['events'])
    await d.clock.pass(1_000)
    expect(await stateOf(asked)).toBe('resolved')
    expect(await asked).toBe('allowed')
  })

  it.each(['bound', 'events'] as const)(
    'in its %s, in a process that has no memory yet, does so as well',
    async (method) => {
      const d = deployment()
      const a = d.start({ ...UNWATCHED, timeoutMs: 2_000 })
      const { secret } = await d.admin.make()
      a.replace[method] = never
      const asked = a.ask(secret)
      await d.clock.pass(1_999)
      expect(await asked).toBe('allowed')
    },
  )

  it('and a store that hangs too are refused within the time limit', async () => {
    const d = deployment()
    const a = d.start({ ...UNWATCHED, timeoutMs: 2_000 })
    const { secret } = await warmToken(d, a)
    await d.clock.pass(FRESH)
    a.replace.events = never
    a.replace.findByDigest = never
    const asked = a.ask(secret)
    await d.clock.pass(1_999)
    expect(await stateOf(asked)).toBe('waiting')
    await d.clock.pass(251)
    expect(await asked).toBe('unavailable')
  })

  it('page after page, each within its time, still leaves no request without an answer', async () => {
    const d = deployment()
    const a = d.start({ ...UNWATCHED, timeoutMs: 2_000 })
    const { secret } = await warmToken(d, a)
    for (let i = 0; i < 900; i++) await add(d.store)
    a.replace.events = late(d.clock, 400, d.store.events)
    await d.clock.pass(FRESH)
    expect(await d.done(a.ask(secret))).toBe('allowed')
  })
})

describe('a clock', () => {
  /** A warm process of whose token the scope is taken, with the change seen by nobody yet but waited for by its writer. */
  async function changed() {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { id, secret } = await warmToken(d, a)
    const edited = d.admin.tokens.edit({ actor: ADMIN, id, ...OTHER })
    await atRest()
    expect(await a.ask(secret)).toBe('allowed')
    return { d, a, secret, edited }
  }

  it.each([
    ['a wall clock that jumps an hour ahead: a machine that slept', { wall: HOUR, monotonic: 0 }, 0],
    ['a wall clock that goes back an hour while the monotonic one goes on', { wall: -HOUR, monotonic: 2_000 }, 0],
    ['a wall clock that goes back as time passes', { wall: -HOUR, monotonic: 0 }, WAIT],
    ['a monotonic clock that stood still', { wall: 0, monotonic: -WAIT }, WAIT],
    ['a monotonic clock that runs ahead', { wall: 0, monotonic: FRESH }, 0],
  ])('%s: the store is asked', async (_, jump, passes) => {
    const { d, a, secret, edited } = await changed()
    Object.assign(a.skew, jump)
    await d.clock.pass(passes)
    a.calls()
    expect(await a.ask(secret)).toBe('scope_missing')
    const calls = a.calls()
    expect([calls[0], calls.at(-1)]).toEqual(['events', 'findByDigest'])
    await d.done(edited)
  })

  it('that goes back and then ahead again lengthens nothing', async () => {
    const { d, a, secret, edited } = await changed()
    a.skew.wall = -HOUR
    await d.clock.pass(FRESH / 2)
    expect(await a.ask(secret)).toBe('allowed')
    a.skew.wall = 0
    await d.clock.pass(FRESH / 2)
    expect(await a.ask(secret)).toBe('scope_missing')
    await d.done(edited)
  })

  it('that jumps ahead during a proof makes it worth nothing to who comes after the jump', async () => {
    const { d, a, secret, edited } = await changed()
    a.replace.events = late(d.clock, 100, d.store.events)
    await d.clock.pass(FRESH)
    const first = a.ask(secret)
    await d.clock.pass(50)
    a.skew.wall = HOUR
    const second = a.ask(secret)
    expect(await d.done(Promise.all([first, second]))).toEqual(['scope_missing', 'scope_missing'])
    await d.done(edited)
  })

  it('that jumps ahead lets a failed proof be tried again', async () => {
    const { d, a, secret, edited } = await changed()
    a.replace.events = down
    await d.clock.pass(FRESH)
    await a.ask(secret)
    a.calls()
    a.skew.wall = HOUR
    await a.ask(secret)
    expect(a.calls()).toEqual(['events', 'findByDigest'])
    await d.done(edited)
  })

  it.each([Number.NaN, undefined, 'text'])('that says %s proves nothing, and lets nothing through', async (now) => {
    const d = deployment()
    const { secret } = await d.admin.make()
    const clock = { ...d.clock, now: () => now as number }
    const { ask } = newWorld({ store: d.store, clock: clock as never, freshnessMs: FRESH })
    for (let i = 0; i < 3; i++) expect(await ask(secret)).toBe('token_expired')
  })

  it('that breaks takes no process down with it, whatever is under way', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const d = deployment()
    let isBroken = false
    const now = (): number => {
      if (isBroken) throw new Error('no time')
      return d.clock.now()
    }
    const { secret } = await d.admin.make()
    let release: () => void = () => undefined
    const world = newWorld({
      ...{ store: d.store, clock: { ...d.clock, now } as never, freshnessMs: FRESH },
      port: (store) => ({
        ...store,
        events: (query) => new Promise<void>((resolve) => (release = resolve)).then(() => store.events(query)),
      }),
    })
    const first = world.ask(secret)
    await atRest()
    release()
    expect(await first).toBe('allowed')
    await d.clock.pass(FRESH / 2 + 1)
    expect(await world.ask(secret)).toBe('allowed')
    isBroken = true
    expect(await world.ask(secret)).toBe('unavailable')
    release()
    await atRest()
    expect(await world.ask(secret)).toBe('unavailable')
    isBroken = false
    const last = world.ask(secret)
    await atRest()
    release()
    expect(await last).toBe('allowed')
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
    expect(d.clock.now()).toBeGreaterThan(START)
  })
})
