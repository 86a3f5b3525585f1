/**
 * The proof: made on demand and one at a time, counted from when its last page was sent; the
 * bound is raised before the first cursor is taken, and nothing is kept that was read before.
 */
import { describe, expect, it } from 'vitest'
import { ADMIN } from '../support/world.ts'
import { deployment, down, FRESH, late, never, UNWATCHED, WAIT, warmToken } from './support/processes.ts'
import { atRest, stateOf } from './support/steered-clock.ts'

describe('the first request of a process', () => {
  it('raises the bound, then takes the newest event as its cursor, then looks up', async () => {
    const d = deployment()
    const a = d.start()
    await d.admin.make()
    const { secret } = await d.admin.make()
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['watch', 'bound', 'events', 'findByDigest'])
    expect(a.queries()).toEqual([{ order: 'newest', limit: 1 }])
    expect(await d.store.bound(0)).toBe(FRESH)
  })

  it('takes no cursor before the bound is raised', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await d.admin.make()
    a.replace.bound = late(d.clock, 500, d.store.bound)
    const asked = a.ask(secret)
    await d.clock.pass(499)
    expect(a.calls()).toEqual(['watch', 'bound'])
    await d.clock.pass(1)
    expect(a.calls()).toEqual(['events', 'findByDigest'])
    expect(await asked).toBe('allowed')
  })

  it('in the first moment of a deployment finds no event, and remembers all the same', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    expect(await a.ask((await deployment().admin.make()).secret)).toBe('token_unknown')
    const { secret } = await d.admin.make()
    expect(await a.ask(secret)).toBe('allowed')
    a.calls()
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual([])
    // The news of that token is the first that there ever was.
    for (let i = 0; i < 2; i++) {
      await d.clock.pass(FRESH)
      expect(await a.ask(secret)).toBe('allowed')
    }
    a.calls()
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual([])
  })

  it('is one of many at once: they share one bound, one cursor and one watch', async () => {
    const d = deployment()
    const a = d.start()
    const made = await Promise.all(Array.from({ length: 50 }, () => d.admin.make()))
    a.replace.events = late(d.clock, 100, d.store.events)
    await d.done(Promise.all(made.map(({ secret }) => a.ask(secret))))
    expect(a.calls().filter((call) => call !== 'findByDigest')).toEqual(['watch', 'bound', 'events'])
  })

  it('makes every writer wait for this process, also those that keep nothing in memory', async () => {
    const d = deployment()
    const a = d.start()
    const { id } = await warmToken(d, a)
    const pending = d.admin.tokens.edit({ actor: ADMIN, id, name: 'Other' })
    await d.clock.pass(WAIT - 1)
    expect(await stateOf(pending)).toBe('waiting')
    await d.clock.pass(1)
    expect(await stateOf(pending)).toBe('resolved')
  })

  it('keeps no look-up that began before its cursor was taken', async () => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await d.admin.make()
    const other = await d.admin.make()
    let release: () => void = () => undefined
    // The first cursor cannot be taken, and so the record is read without one.
    a.replace.events = down
    a.replace.findByDigest = async (digest) => {
      const answer = await d.store.findByDigest(digest)
      await new Promise<void>((resolve) => (release = resolve))
      return answer
    }
    const early = a.ask(secret)
    await atRest()
    const edited = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })
    delete a.replace.events
    await d.clock.pass(FRESH)
    delete a.replace.findByDigest
    expect(await a.ask(other.secret)).toBe('allowed')
    release()
    expect(await early).toBe('allowed')
    expect(await a.ask(secret)).toBe('scope_missing')
    await d.done(edited)
  })

  it.each<[string, unknown]>([
    ['less than what it was raised to', FRESH - 1],
    ['nothing', undefined],
    ['NaN', Number.NaN],
    ['text', '1000'],
    ['more than any bound may be', 60_001],
  ])('takes no cursor where the store answers %s, and asks for each record', async (_, answer) => {
    const d = deployment()
    const a = d.start()
    const { secret } = await d.admin.make()
    a.replace.bound = async () => answer
    for (let i = 0; i < 3; i++) expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['watch', 'bound', 'findByDigest', 'findByDigest', 'findByDigest'])
  })

  it('takes no cursor where bound throws at once', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await d.admin.make()
    a.replace.bound = () => {
      throw new Error('down')
    }
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).not.toContain('events')
  })

  it('leaves a larger bound of the deployment as it is: changes wait for that one, memory lasts for its own', async () => {
    const d = deployment()
    await d.store.bound(5_000)
    const a = d.start()
    const { id, secret } = await warmToken(d, a)
    const pending = a.tokens.edit({ actor: ADMIN, id, name: 'Other' })
    await d.clock.pass(5_054)
    expect(await stateOf(pending)).toBe('waiting')
    await d.clock.pass(1)
    expect(await stateOf(pending)).toBe('resolved')
    // Its own memory still lasts no longer than it was told.
    expect(await a.ask(secret)).toBe('allowed')
    a.calls()
    await d.clock.pass(FRESH)
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['events'])
  })
})

describe('a proof', () => {
  it('is asked for the events from the last one seen on, that one included', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    for (let i = 0; i < 4; i++) await d.admin.make()
    await d.clock.pass(FRESH)
    await a.ask(secret)
    await d.clock.pass(FRESH)
    await a.ask(secret)
    const queries = a.queries()
    expect(queries[0]).toEqual({ after: 0, limit: 100 })
    for (const query of queries.slice(1)) expect(query).toEqual({ after: 4, limit: 100 })
    expect(queries.length).toBeGreaterThan(1)
  })

  it('is one at a time, however many ask for it', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    a.replace.events = late(d.clock, 400, d.store.events)
    await d.clock.pass(FRESH)
    const asked: Promise<unknown>[] = []
    for (let i = 0; i < 40; i++) {
      asked.push(a.ask(secret))
      await d.clock.pass(10)
    }
    expect(a.calls()).toEqual(['events'])
    await d.clock.pass(10)
    expect(await stateOf(Promise.all(asked))).toBe('resolved')
  })

  it('counts from when it was sent, not from when it was answered, to the millisecond', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    a.replace.events = late(d.clock, 300, d.store.events)
    await d.clock.pass(FRESH)
    const asked = a.ask(secret)
    await d.clock.pass(300)
    expect(await asked).toBe('allowed')
    a.replace.events = never
    await d.clock.pass(699)
    expect(await stateOf(a.ask(secret))).toBe('resolved')
    await d.clock.pass(1)
    expect(await stateOf(a.ask(secret))).toBe('waiting')
  })

  it('counts from when its last page was sent', async () => {
    const d = deployment()
    const a = d.start(UNWATCHED)
    const { secret } = await warmToken(d, a)
    for (let i = 0; i < 250; i++) await d.admin.make()
    a.replace.events = late(d.clock, 300, d.store.events)
    await d.clock.pass(FRESH)
    const before = d.clock.monotonic()
    expect(await d.done(a.ask(secret))).toBe('allowed')
    const pages = a.calls().length
    expect(pages).toBeGreaterThanOrEqual(3)
    expect(d.clock.monotonic() - before).toBe(pages * 300)
    a.replace.events = never
    // The last page was sent 300 ms ago.
    await d.clock.pass(699)
    expect(await stateOf(a.ask(secret))).toBe('resolved')
    await d.clock.pass(1)
    expect(await stateOf(a.ask(secret))).toBe('waiting')
  })

  it('that was sent too long before a request says nothing to it, even if it is answered just then', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    await d.clock.pass(FRESH)
    a.replace.events = late(d.clock, 2_500, d.store.events)
    const first = a.ask(secret)
    await d.clock.pass(FRESH)
    const second = a.ask(secret)
    a.calls()
    await d.clock.pass(1_500)
    expect([await first, await second]).toEqual(['allowed', 'allowed'])
    expect(a.calls()).toEqual(['findByDigest'])
  })
})
