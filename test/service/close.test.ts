/** `close()`: ends the watch, forgets, waits for what is under way; afterwards the engine works on without memory. */
import { describe, expect, it } from 'vitest'
import { add } from '../stores/records.ts'
import { ADMIN } from '../support/world.ts'
import { deployment, FRESH, late, never, UNWATCHED, WAIT, warmToken } from './support/processes.ts'
import { atRest, stateOf } from './support/steered-clock.ts'

describe('close', () => {
  it('ends the watch, so that the store wakes nobody any more', async () => {
    const d = deployment()
    const a = d.start()
    let ended = 0
    let wake: () => void = () => undefined
    a.replace.watch = (given) => {
      wake = given
      return () => {
        ended += 1
      }
    }
    await warmToken(d, a)
    await a.tokens.close()
    expect(ended).toBe(1)
    wake()
    await atRest()
    expect(a.calls()).toEqual([])
  })

  it('forgets: afterwards every request asks the store, and nothing else of it', async () => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await warmToken(d, a)
    await a.tokens.close()
    for (let i = 0; i < 3; i++) expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['findByDigest', 'findByDigest', 'findByDigest'])
    const edited = d.admin.tokens.edit({ actor: ADMIN, id, scopes: ['file_comments:read'] })
    await atRest()
    expect(await a.ask(secret)).toBe('scope_missing')
    await d.done(edited)
  })

  it('leaves changes their wait, since other processes go on', async () => {
    const d = deployment()
    const a = d.start()
    const { id } = await warmToken(d, a)
    await a.tokens.close()
    const edited = a.tokens.edit({ actor: ADMIN, id, name: 'Other' })
    await d.clock.pass(WAIT - 1)
    expect(await stateOf(edited)).toBe('waiting')
    await d.done(edited)
  })

  it('waits for a proof that is under way, which then is kept by nobody', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await d.admin.make()
    a.replace.events = late(d.clock, 500, d.store.events)
    const asked = a.ask(secret)
    await atRest()
    const closed = a.tokens.close()
    await d.clock.pass(499)
    expect(await stateOf(closed)).toBe('waiting')
    await d.clock.pass(1)
    expect([await stateOf(closed), await asked]).toEqual(['resolved', 'allowed'])
    a.calls()
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual(['findByDigest'])
  })

  it('answers what was asked before it', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    const { secret } = await d.admin.make()
    a.replace.findByDigest = late(d.clock, 500, d.store.findByDigest)
    const asked = [a.ask(secret), a.ask(secret)]
    await a.tokens.close()
    expect(await d.done(Promise.all(asked))).toEqual(['allowed', 'allowed'])
  })

  it('can be called twice, before anything, and where freshnessMs is 0', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    for (const process of [a, d.start(), d.start({ freshnessMs: 0 })]) {
      await Promise.all([process.tokens.close(), process.tokens.close()])
      await process.tokens.close()
      expect(await process.ask(secret)).toBe('allowed')
    }
  })

  it('does not wait beyond the time limit for a proof that reads page after page', async () => {
    const d = deployment()
    const a = d.start({ ...UNWATCHED, timeoutMs: 2_000 })
    const { secret } = await warmToken(d, a)
    for (let i = 0; i < 2_000; i++) await add(d.store)
    a.replace.events = late(d.clock, 900, d.store.events)
    await d.clock.pass(FRESH)
    const asked = a.ask(secret)
    await atRest()
    const closed = a.tokens.close()
    await d.clock.pass(2_250)
    expect(await stateOf(closed)).toBe('resolved')
    await asked
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => () => {
        throw new Error('no connection')
      },
    ],
    ['is none', () => undefined],
    ['is a promise', async () => undefined],
  ])('does not reject where what ends the watch %s', async (_, watch) => {
    const d = deployment()
    const a = d.start()
    a.replace.watch = watch
    const { secret } = await warmToken(d, a)
    await expect(a.tokens.close()).resolves.toBeUndefined()
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('does not wait beyond the time limit for what ends the watch', async () => {
    const d = deployment()
    const a = d.start({ timeoutMs: 2_000 })
    a.replace.watch = () => never
    await warmToken(d, a)
    const closed = a.tokens.close()
    await d.clock.pass(2_250)
    expect(await stateOf(closed)).toBe('resolved')
  })

  it('does not wait for a proof that hangs beyond the time limit', async () => {
    const d = deployment()
    const a = d.start({ timeoutMs: 2_000 })
    const { secret } = await warmToken(d, a)
    a.replace.events = never
    await d.clock.pass(FRESH)
    const asked = a.ask(secret)
    await atRest()
    const closed = a.tokens.close()
    await d.clock.pass(2_000)
    expect(await stateOf(closed)).toBe('resolved')
    expect(await d.done(asked)).toBe('allowed')
  })
})
