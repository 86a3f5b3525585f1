/** Canary tokens: what an admin sees of one, what the log has of its use, and what cannot be done with it. */
import { createPlanTokens, type DecisionInfo } from 'plan-access-tokens'
import { type CanaryOptions, type CanaryUse, canaryTokens, reportLeak } from 'plan-access-tokens/leaks'
import { testClock } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, MINUTE, newWorld, START, TOKEN, type WorldOptions } from '../support/world.ts'

async function canaryWorld(options: WorldOptions = {}, ofCanaries: CanaryOptions = {}) {
  const uses: CanaryUse[] = []
  const onUse = (use: CanaryUse) => uses.push(use)
  const w = newWorld({ canaries: canaryTokens({ onUse, ...ofCanaries }), ...options })
  const canary = await w.make({ canary: true, name: 'In the wiki' })
  /** The log once nothing is being written any more. */
  const log = async () => {
    await w.tokens.close()
    return w.log()
  }
  return { ...w, uses, canary, log, owner: { actor: ADMIN, id: canary.id } }
}

describe('whoever is to be told', () => {
  it('is told of a use by whose it is, and by which route', async () => {
    const w = await canaryWorld()
    expect(await w.ask(w.canary.secret)).toBe('token_unknown')
    expect(w.uses).toEqual([
      {
        ...{ tokenId: w.canary.id, planId: '1001', type: 'rest', name: 'In the wiki', at: START },
        ...{ surface: 'figma', route: 'GET /v1/files/{file_key}' },
      },
    ])
    await w.log()
    const [, event] = await w.store.events({ planId: '1001', limit: 9 })
    expect(event).toMatchObject({
      ...{ type: 'canary_used', tokenId: w.canary.id, actor: null, at: START },
      changes: { use: { before: null, after: { surface: 'figma', route: 'GET /v1/files/{file_key}' } } },
    })
  })

  it('hears of it by onDecision each time, which has its id and that it is a canary', async () => {
    const told: DecisionInfo[] = []
    const w = await canaryWorld({ onDecision: (info) => told.push(info) })
    for (let i = 0; i < 3; i++) await w.ask(w.canary.secret)
    await w.ask((await w.make()).secret)
    expect(told.map(({ canary, tokenId, code }) => [canary, tokenId === w.canary.id, code])).toEqual([
      ...Array(3).fill([true, true, 'token_unknown']),
      [undefined, false, undefined],
    ])
  })

  it('is told once a minute, and the log has it as often, whoever sends how much', async () => {
    const w = await canaryWorld()
    for (let i = 0; i < 50; i++) await w.ask(w.canary.secret)
    w.clock.advance(MINUTE - 1)
    await w.ask(w.canary.secret)
    expect(w.uses).toHaveLength(1)
    w.clock.advance(1)
    await w.ask(w.canary.secret)
    expect(w.uses).toHaveLength(2)
    expect(await w.log()).toEqual(['created', 'canary_used', 'canary_used'])
  })

  it('finds one line in the log, of however many processes', async () => {
    const w = await canaryWorld()
    const { store, directory, clock } = w
    const others = Array.from({ length: 5 }, () => {
      const canaries = canaryTokens()
      return createPlanTokens({ policy: w.tokens.policies, store, directory, clock, canaries })
    })
    await Promise.all(others.map((tokens) => tokens.inspect({ secret: w.canary.secret })))
    await Promise.all(others.map((tokens) => tokens.close()))
    expect(await w.log()).toEqual(['created', 'canary_used'])
  })

  it('is told although the log cannot be written, which is tried again at the next use', async () => {
    const errors: unknown[] = []
    let isDown = false
    const port: WorldOptions['port'] = (store) => ({
      ...store,
      find: (id) => (isDown ? Promise.reject(new Error('down')) : store.find(id)),
    })
    const w = await canaryWorld({ port, onError: (_, { method }) => errors.push(method) })
    isDown = true
    await w.ask(w.canary.secret)
    expect(w.uses).toHaveLength(1)
    expect(await w.log()).toEqual(['created'])
    expect(errors).toEqual(['store.find'])
    isDown = false
    await w.ask(w.canary.secret)
    expect(await w.log()).toEqual(['created', 'canary_used'])
  })

  it('is waited for by close() no longer than timeoutMs, over however many steps', async () => {
    let isSlow = false
    const late = async <T>(call: () => Promise<T>): Promise<T> => {
      if (isSlow) await new Promise((resolve) => setTimeout(resolve, 80))
      return call()
    }
    const port: WorldOptions['port'] = (store) => ({
      ...store,
      find: (id) => late(() => store.find(id)),
      events: (query) => late(() => store.events(query)),
    })
    const { tokens, ask, canary, store } = await canaryWorld({ port, timeoutMs: 100 })
    isSlow = true
    await ask(canary.secret)
    await tokens.close()
    expect((await store.events({ planId: '1001', limit: 9 })).map(({ type }) => type)).toEqual(['created'])
  })

  it('may fail: the answer stays, and onError hears it', async () => {
    const errors: unknown[] = []
    const onUse = () => {
      throw new Error('the pager is down')
    }
    const w = await canaryWorld({ onError: (_, { method }) => errors.push(method) }, { onUse })
    expect(await w.ask(w.canary.secret)).toBe('token_unknown')
    await w.log()
    expect(errors).toEqual(['canaries.onUse'])
  })

  it('cannot be found out by a clock that fails: the answers stay those of an unknown secret', async () => {
    let isBroken = false
    const clock = testClock(START)
    const broken = { ...clock, now: () => (isBroken ? Number.NaN : clock.now()) }
    const throwing = {
      ...clock,
      now() {
        if (isBroken) throw new Error('no time')
        return clock.now()
      },
    }
    for (const given of [broken, throwing]) {
      isBroken = false
      const w = await canaryWorld({ clock: given as never, onError: () => undefined })
      const other = (await newWorld().make()).secret
      isBroken = true
      const ask = async (secret: string) => [
        await w.tokens.inspect({ secret }),
        await w.tokens.revokeSecret({ text: secret }),
      ]
      expect(await ask(w.canary.secret)).toEqual(await ask(other))
      expect(await w.ask(w.canary.secret)).not.toBe('allowed')
    }
  })

  it('is nobody in a process without canaries, which says so once', async () => {
    const warnings: string[] = []
    const w = await canaryWorld()
    const { store, directory, clock } = w
    const onWarning = (line: string) => warnings.push(line)
    const other = createPlanTokens({ policy: w.tokens.policies, store, directory, clock, onWarning })
    for (let i = 0; i < 3; i++) expect(await other.inspect({ secret: w.canary.secret })).toEqual({ active: false })
    expect(warnings).toEqual([expect.stringContaining('A canary token was used')])
  })
})

describe('an admin', () => {
  it('sees that it is one, and when it was used', async () => {
    const w = await canaryWorld()
    await w.ask(w.canary.secret)
    const token = await w.tokens.get(w.owner)
    expect(token).toMatchObject({ canary: true, status: 'active', lastUsedAt: START })
    const { tokens } = await w.tokens.list({ actor: ADMIN, planId: '1001' })
    expect(tokens).toMatchObject([{ canary: true }])
    expect((await w.make()).token).not.toHaveProperty('canary')
  })

  it('is told by explain that it is one, and whoever holds its secret is not', async () => {
    const w = await canaryWorld()
    const asked = { ...w.owner, route: 'GET /v1/files/{file_key}', params: { file_key: 'FileA' } } as const
    const { decision, rules } = await w.tokens.explain(asked)
    expect(decision).toMatchObject({ allowed: false, code: 'token_unknown' })
    expect(rules.find(({ rule }) => rule === 'known')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('It is a canary'),
    })
    // No more rules fail than that.
    expect(rules.filter(({ ok }) => !ok)).toHaveLength(1)
    const plain = await w.make()
    const { decision: other } = await w.tokens.explain({ ...asked, id: plain.id })
    expect(other.allowed).toBe(true)
  })

  it('changes its name and what it seems to reach, and it stays one', async () => {
    const w = await canaryWorld()
    const edited = await w.tokens.edit({
      ...w.owner,
      name: 'In the backup',
      resources: 'all',
      scopes: ['projects:read'],
    })
    expect(edited).toMatchObject({ canary: true, name: 'In the backup' })
    expect(await w.ask(w.canary.secret)).toBe('token_unknown')
  })

  it.each([true, false, null])('makes none of another token, nor another of it: canary %s', async (canary) => {
    const w = await canaryWorld()
    const plain = await w.make()
    for (const id of [w.canary.id, plain.id]) {
      const { issues } = await errorOf(w.tokens.edit({ actor: ADMIN, id, canary } as never))
      expect(issues).toMatchObject([{ path: 'canary' }])
    }
    expect(await w.ask(plain.secret)).toBe('allowed')
  })

  it('cannot refresh it, nor ask what a refresh would give', async () => {
    const w = await canaryWorld()
    expect(await codeOf(w.tokens.refresh(w.owner))).toBe('token_is_canary')
    expect(await codeOf(w.tokens.previewRefresh(w.owner))).toBe('token_is_canary')
  })

  it('revokes it, and it is silent from then on, and still not known', async () => {
    const w = await canaryWorld()
    expect((await w.tokens.revoke(w.owner)).status).toBe('revoked')
    expect(await w.ask(w.canary.secret)).toBe('token_unknown')
    expect([w.uses, await w.log()]).toEqual([[], ['created', 'revoked']])
  })

  it('hears of it after its end too, until it is revoked', async () => {
    const w = await canaryWorld()
    w.clock.advance(31 * DAY)
    expect(await w.ask(w.canary.secret)).toBe('token_unknown')
    expect(w.uses).toHaveLength(1)
  })

  it('makes none where nobody would be told', async () => {
    const w = newWorld()
    const { issues } = await errorOf(w.make({ canary: true }))
    expect(issues).toMatchObject([{ path: 'canary', message: expect.stringContaining('the engine has no canaries') }])
    const other = await canaryWorld()
    expect((await errorOf(other.make({ canary: false as never }))).issues).toMatchObject([{ path: 'canary' }])
  })

  it('makes one again by the same idempotency key, and no plain token by it', async () => {
    const w = await canaryWorld()
    const wish = { ...TOKEN, idempotencyKey: 'form-1', canary: true } as const
    const [one, again] = [await w.tokens.create(wish), await w.tokens.create(wish)]
    expect([again.token.id, again.token.canary]).toEqual([one.token.id, true])
    const { canary: _, ...plain } = wish
    expect(await codeOf(w.tokens.create(plain))).toBe('idempotency_key_reused')
  })
})

describe('a report of a leak', () => {
  it.each(['revoke', 'retire', 'tell'] as const)('is told and ends no canary: %s', async (action) => {
    const w = await canaryWorld()
    const report = { text: w.canary.secret, source: 'github', action, url: 'https://example.com/a' } as const
    expect(await reportLeak(w.tokens, report)).toMatchObject([{ action: 'tell', isNew: true, token: { canary: true } }])
    expect(await reportLeak(w.tokens, report)).toMatchObject([{ action: 'tell', isNew: false }])
    expect(await w.tokens.revokeSecret({ text: w.canary.secret })).toEqual({ revoked: false })
    expect((await w.tokens.get(w.owner)).status).toBe('active')
    expect(await w.log()).toEqual(['created', 'leak_reported', 'canary_used'])
  })
})
