/** Idempotency keys and uses: a secret that somebody uses is replaced by no repeated call. */
import type { Token } from 'plan-access-tokens'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, START } from '../support/world.ts'
import { deployment, down, never, type StartOptions } from './support/processes.ts'
import { atRest, stateOf } from './support/steered-clock.ts'

const USES: StartOptions = { without: [], freshnessMs: 0 }

/** A process that keeps uses, and lets them be written. */
function usedWorld(options: StartOptions = USES) {
  const d = deployment()
  const a = d.start(options)
  const written = (): Promise<void> => d.clock.pass(11_000)
  const get = (id: string): Promise<Token> => a.tokens.get({ actor: ADMIN, id })
  return { d, a, written, get }
}

describe('an idempotency key', () => {
  const KEY = { idempotencyKey: 'order-66' }

  it('is spent once a use of its secret is known, of create and of refresh', async () => {
    const { d, a, written } = usedWorld()
    const { id, secret } = await a.make(KEY)
    await a.ask(secret)
    await written()
    expect(await codeOf(a.make(KEY))).toBe('idempotency_key_spent')
    expect(await codeOf(d.start(USES).make(KEY))).toBe('idempotency_key_spent')
    const refresh = () => d.done(a.tokens.refresh({ actor: ADMIN, id, ...KEY }))
    await refresh()
    const { secret: next } = await refresh()
    await a.ask(next)
    await written()
    expect(await codeOf(refresh())).toBe('idempotency_key_spent')
    expect([await a.ask(secret), await a.ask(next)]).toEqual(['allowed', 'allowed'])
  })

  it('is spent by a use that this process has not written yet', async () => {
    const { a } = usedWorld()
    const { secret } = await a.make(KEY)
    await a.ask(secret)
    expect(await codeOf(a.make(KEY))).toBe('idempotency_key_spent')
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('is spent by a use that is just being written', async () => {
    const { d, a, get, written } = usedWorld()
    const { id, secret } = await a.make(KEY)
    await a.ask(secret)
    a.replace.recordUse = never
    await written()
    expect(a.calls()).toContain('recordUse')
    expect((await get(id)).lastUsedAt).toBe(START)
    expect(await codeOf(d.done(a.make(KEY)))).toBe('idempotency_key_spent')
    expect(await a.ask(secret)).toBe('allowed')
  })

  it('is not spent by a use of an earlier secret', async () => {
    const { d, a } = usedWorld()
    const { id, secret } = await a.make()
    await a.ask(secret)
    const refresh = () => d.done(a.tokens.refresh({ actor: ADMIN, id, ...KEY }))
    const lost = (await refresh()).secret
    const { secret: next } = await refresh()
    expect([await a.ask(lost), await a.ask(next), await a.ask(secret)]).toEqual([
      ...['secret_retired', 'allowed', 'allowed'],
    ])
  })

  it.each<[string, () => unknown]>([
    ['rejects', down],
    ['says nothing', async () => undefined],
    ['never answers', never],
  ])('is unavailable, and replaces nothing, while lastUse %s', async (_, lastUse) => {
    const { d, a } = usedWorld()
    const { id, secret } = await a.make(KEY)
    a.replace.lastUse = lastUse
    expect(await codeOf(d.done(a.make(KEY)))).toBe('unavailable')
    expect(await a.ask(secret)).toBe('allowed')
    expect((await d.store.find(id))?.version).toBe(1)
    delete a.replace.lastUse
    await atRest()
    expect(await codeOf(a.make(KEY))).toBe('idempotency_key_spent')
    expect(await stateOf(a.make({ idempotencyKey: 'other' }))).toBe('resolved')
  })
})
