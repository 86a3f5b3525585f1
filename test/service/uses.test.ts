/**
 * Last uses as an owner sees them: to a minute, of a token and of each secret; and what counts as a
 * use. How they are written: uses-writing.test.ts. What an idempotency key makes of them: uses-keys.test.ts.
 */
import type { Token } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, HOUR, START, TOKEN } from '../support/world.ts'
import { deployment, down, FRESH, never, type StartOptions } from './support/processes.ts'

const MINUTE = 60_000
const USES: StartOptions = { without: [], freshnessMs: 0 }
const FILE = 'GET /v1/files/FileA'

/** A process that keeps uses, and lets them be written. */
function usedWorld(options: StartOptions = USES) {
  const d = deployment()
  const a = d.start(options)
  const written = (): Promise<void> => d.clock.pass(11_000)
  const get = (id: string): Promise<Token> => a.tokens.get({ actor: ADMIN, id })
  return { d, a, written, get }
}

describe('lastUsedAt', () => {
  it('is null for what was never used, of the token and of each secret', async () => {
    const { d, a, get } = usedWorld()
    const { token } = await a.tokens.create(TOKEN)
    const { token: refreshed } = await d.done(a.tokens.refresh({ actor: ADMIN, id: token.id }))
    for (const view of [token, refreshed, await get(token.id)]) {
      expect(view.lastUsedAt).toBeNull()
      expect(view.secrets.map(({ lastUsedAt }) => lastUsedAt)).toEqual(view.secrets.map(() => null))
    }
  })

  it('is the beginning of the minute of the last use, known at once in this process and soon in every other', async () => {
    const { d, a, get, written } = usedWorld()
    const other = d.start(USES)
    const { id, secret } = await a.make()
    await d.clock.pass(3 * MINUTE + 59_999)
    await a.ask(secret)
    expect((await get(id)).lastUsedAt).toBe(START + 3 * MINUTE)
    expect((await other.tokens.get({ actor: ADMIN, id })).lastUsedAt).toBeNull()
    await written()
    expect((await other.tokens.get({ actor: ADMIN, id })).lastUsedAt).toBe(START + 3 * MINUTE)
    await other.ask(secret)
    for (const { tokens } of [a, other]) {
      expect((await tokens.get({ actor: ADMIN, id })).lastUsedAt).toBe(
        tokens === other.tokens ? START + 4 * MINUTE : START + 3 * MINUTE,
      )
    }
  })

  it('is told for each secret by itself, and the latest of them for the token', async () => {
    const { d, a, get } = usedWorld()
    const { id, secret } = await a.make()
    await a.ask(secret)
    await d.clock.pass(HOUR)
    const { secret: next } = await d.done(a.tokens.refresh({ actor: ADMIN, id }))
    expect((await get(id)).secrets.map(({ lastUsedAt }) => lastUsedAt)).toEqual([START, null])
    await a.ask(next)
    const view = await get(id)
    expect(view.secrets.map(({ lastUsedAt }) => lastUsedAt)).toEqual([START, START + HOUR])
    expect(view.lastUsedAt).toBe(START + HOUR)
    await d.clock.pass(MINUTE)
    await a.ask(secret)
    expect((await get(id)).secrets.map(({ lastUsedAt }) => lastUsedAt)).toEqual([START + HOUR + MINUTE, START + HOUR])
  })

  it('is shown by each call that gives a token out, and by no decision', async () => {
    const { d, a, written } = usedWorld()
    const { id, secret } = await a.make()
    await a.ask(secret)
    await written()
    const { tokens } = a
    const asked = { actor: ADMIN, id }
    const shown: Token[] = [
      await tokens.get(asked),
      (await tokens.list({ actor: ADMIN, planId: '1001' })).tokens[0]!,
      (await tokens.inspect({ secret })).token!,
      await d.done(tokens.edit({ ...asked, name: 'Other' })),
      (await d.done(tokens.refresh(asked))).token,
      (await d.done(tokens.revokeSecret({ text: secret }))).token!,
      await d.done(tokens.revoke(asked)),
    ]
    for (const view of shown) {
      expect(view.lastUsedAt).toBe(START)
      expect(view.secrets[0]?.lastUsedAt).toBe(START)
    }
    const other = await a.make()
    const inspected = await tokens.inspect({ secret: other.secret })
    expect([inspected.token?.lastUsedAt, inspected.secret?.lastUsedAt]).toEqual([null, null])
    for (let i = 0; i < 2; i++) {
      const decision = await tokens.authorize(requestWith(other.secret, FILE))
      if (!decision.allowed) throw new Error(decision.code)
      for (const part of [decision.token, ...decision.token.secrets]) expect(part).not.toHaveProperty('lastUsedAt')
    }
  })

  it('is told for each token of a page', async () => {
    const { d, a } = usedWorld()
    const made = []
    for (let i = 0; i < 5; i++) made.push(await a.make({ name: `Token ${i}` }))
    for (const i of [1, 3]) {
      await d.clock.pass(MINUTE)
      await a.ask(made[i]!.secret)
    }
    const { tokens } = await a.tokens.list({ actor: ADMIN, planId: '1001' })
    expect(Object.fromEntries(tokens.map(({ name, lastUsedAt }) => [name, lastUsedAt]))).toEqual({
      ...{
        'Token 0': null,
        'Token 1': START + MINUTE,
        'Token 2': null,
        'Token 3': START + 2 * MINUTE,
        'Token 4': null,
      },
    })
  })

  it.each<[string, StartOptions['without']]>([
    ['no uses', ['recordUse', 'lastUse']],
    ['uses that nobody can read', ['lastUse']],
  ])('is absent where the store keeps %s', async (_, without) => {
    const { a, get } = usedWorld({ ...USES, without: without! })
    const { id, secret } = await a.make()
    expect(await a.ask(secret)).toBe('allowed')
    const view = await get(id)
    for (const part of [view, ...view.secrets]) expect(part).not.toHaveProperty('lastUsedAt')
  })

  it.each<[string, () => unknown]>([
    ['rejects', down],
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['says nothing', async () => undefined],
    ['says nonsense', async () => [null]],
    ['never answers', never],
  ])('is absent, with the token as it is, while lastUse %s', async (_, lastUse) => {
    const { d, a, get } = usedWorld()
    const { id, secret } = await a.make()
    await a.ask(secret)
    a.replace.lastUse = lastUse
    const view = await d.done(get(id))
    expect(view).toMatchObject({ id, status: 'active' })
    for (const part of [view, ...view.secrets]) expect(part).not.toHaveProperty('lastUsedAt')
    expect((await d.done(a.tokens.list({ actor: ADMIN, planId: '1001' }))).tokens).toHaveLength(1)
    expect((await d.done(a.tokens.inspect({ secret }))).active).toBe(true)
    expect((await d.done(a.tokens.revoke({ actor: ADMIN, id }))).status).toBe('revoked')
  })

  it('never goes back, whatever the store or a clock says', async () => {
    const { d, a, get, written } = usedWorld()
    const { id, secret } = await a.make()
    await d.clock.pass(HOUR)
    await a.ask(secret)
    await written()
    a.skew.wall = -HOUR / 2
    await a.ask(secret)
    expect((await get(id)).lastUsedAt).toBe(START + HOUR)
    await written()
    a.skew.wall = 0
    expect((await get(id)).lastUsedAt).toBe(START + HOUR)
  })

  it('goes with a token that is swept', async () => {
    const { d, a, written } = usedWorld()
    const { id, secret } = await a.make({ lifetimeDays: 1, idempotencyKey: 'key' })
    await a.ask(secret)
    await written()
    await d.clock.pass(2 * DAY)
    await a.tokens.sweep({ olderThan: d.clock.now() - HOUR })
    const again = await a.make({ lifetimeDays: 1, idempotencyKey: 'key' })
    expect(again.id).toBe(id)
    expect((await a.tokens.get({ actor: ADMIN, id })).lastUsedAt).toBeNull()
  })
})

describe('a use', () => {
  it('is a request that was let through, with memory and without', async () => {
    for (const freshnessMs of [0, FRESH]) {
      const { d, a, get } = usedWorld({ ...USES, freshnessMs })
      const { id, secret } = await a.make()
      for (const minute of [0, 1, 2]) {
        await a.ask(secret)
        expect((await get(id)).lastUsedAt).toBe(START + minute * MINUTE)
        await d.clock.pass(MINUTE)
      }
    }
  })

  it('is no request that was refused, no inspection, no explanation and no management call', async () => {
    const { d, a, get, written } = usedWorld()
    const { id, secret } = await a.make({ resources: ['https://figma.com/design/FileA'] })
    for (const line of [
      'GET /v1/files/FileB',
      'GET /v1/files/FileZ',
      'GET /v1/files/FileA/comments',
      'GET /x',
      'GET //',
    ])
      expect(await a.ask(secret, line)).not.toBe('allowed')
    const { locate } = d.directory
    d.directory.locate = () => {
      throw new Error('down')
    }
    expect(await a.ask(secret)).toBe('unavailable')
    d.directory.locate = locate
    await a.tokens.inspect({ secret })
    expect((await a.tokens.explain(requestWith(secret, FILE))).decision.allowed).toBe(true)
    await a.tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' })
    await a.tokens.previewRefresh({ actor: ADMIN, id })
    await d.done(a.tokens.edit({ actor: ADMIN, id, name: 'Other' }))
    await written()
    expect((await get(id)).lastUsedAt).toBeNull()
    expect(a.calls()).not.toContain('recordUse')
  })

  it('changes no record, no version and no event', async () => {
    const { a, written, d } = usedWorld()
    const { id, secret } = await a.make()
    const before = [await d.store.find(id), await d.store.events({ limit: 9 })]
    for (let i = 0; i < 5; i++) {
      await a.ask(secret)
      await written()
    }
    await a.tokens.close()
    expect([await d.store.find(id), await d.store.events({ limit: 9 })]).toEqual(before)
    expect((await d.store.lastUse([id])).length).toBe(1)
  })
})
