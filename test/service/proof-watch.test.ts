/**
 * The watch: a hint that makes a process prove earlier which answers from memory anyway, and nothing more;
 * without it, or with one that fails, the proof is what counts.
 */
import { describe, expect, it } from 'vitest'
import { ADMIN } from '../support/world.ts'
import { deployment, FRESH, late, UNWATCHED, warmToken } from './support/processes.ts'
import { atRest } from './support/steered-clock.ts'

describe('watch', () => {
  it('makes a process prove at once that answers from memory, so that a change is seen at its next request', async () => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await warmToken(d, a)
    const changed = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })
    await atRest()
    const calls = a.calls()
    expect(calls.length).toBeGreaterThan(0)
    for (const call of calls) expect(call).toBe('events')
    expect(await a.ask(secret)).toBe('scope_missing')
    await d.done(changed)
  })

  it('makes a process prove once more if it is heard of during a proof, and no more often', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    a.replace.events = late(d.clock, 100, d.store.events)
    await d.admin.make()
    // Whatever page is under way by now, the store has answered it already.
    await d.clock.pass(150)
    for (let i = 0; i < 5; i++) await d.admin.make()
    await d.clock.pass(450)
    const queries = a.queries()
    // The seventh event is the last.
    expect(queries.some(({ after }) => after === 6)).toBe(true)
    expect(queries.length).toBeLessThanOrEqual(4)
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('makes an idle process read nothing', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    await d.clock.pass(FRESH)
    for (let i = 0; i < 5; i++) await d.admin.make()
    await d.clock.pass(FRESH)
    expect(a.calls()).toEqual([])
  })

  it('makes a process read nothing that nobody asks any more, however often it is woken', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    for (let i = 0; i < 10; i++) {
      await d.clock.pass(FRESH / 4)
      await d.admin.make()
    }
    await d.clock.pass(FRESH / 4)
    a.calls()
    for (let i = 0; i < 40; i++) {
      await d.clock.pass(FRESH / 4)
      await d.admin.make()
    }
    expect(a.calls()).toEqual([])
  })

  it.each<[string, ((wake: () => void) => unknown) | undefined]>([
    ['is absent', undefined],
    ['never calls', () => () => undefined],
    [
      'throws',
      () => {
        throw new Error('no connection')
      },
    ],
    [
      'calls at once and for ever',
      (wake) => {
        for (let i = 0; i < 100; i++) wake()
        return () => undefined
      },
    ],
  ])('that %s leaves the proof what counts', async (_, watch) => {
    const d = deployment()
    const a = d.start(watch ? {} : UNWATCHED)
    if (watch) a.replace.watch = watch
    const { id, secret } = await warmToken(d, a)
    const changed = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] }).then(() => a.ask(secret))
    await d.clock.pass(FRESH / 2)
    expect(await a.ask(secret)).toBe('allowed')
    expect(await d.done(changed)).toBe('scope_missing')
  })

  it('that threw is tried again with the next proof, and one that did not is not repeated', async () => {
    const d = deployment()
    const a = d.start()
    a.replace.watch = () => {
      throw new Error('no connection')
    }
    const { secret } = await warmToken(d, a)
    await d.clock.pass(FRESH)
    await a.ask(secret)
    expect(a.calls()).toEqual(['watch', 'events'])
    delete a.replace.watch
    for (let i = 0; i < 3; i++) {
      await d.clock.pass(FRESH)
      await a.ask(secret)
    }
    expect(a.calls()).toEqual(['watch', 'events', 'events', 'events'])
  })
})
