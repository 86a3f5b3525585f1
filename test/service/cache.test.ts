/**
 * What a process answers from memory: without a call of the store, at a cost in reads that does not grow
 * with the requests, and always by the request's own time.
 */
import { createPlanTokens, memoryStore } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { requestWith } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, newDirectory, TOKEN } from '../support/world.ts'
import { deployment, FRESH, never, unknownSecret, warmToken } from './support/processes.ts'
import { packagesPolicy } from './support/small-policy.ts'
import { stateOf, steeredClock } from './support/steered-clock.ts'

describe('a warm token', () => {
  it('is judged without any call of the store', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    for (let i = 0; i < 500; i++) {
      expect(await a.ask(secret)).toBe('allowed')
      await d.clock.pass(1)
    }
    expect(a.calls()).toEqual([])
  })

  it('is warm by each of its secrets', async () => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await d.admin.make()
    const next = (await d.done(d.admin.tokens.refresh({ actor: ADMIN, id }))).secret
    expect(await a.ask(next)).toBe('allowed')
    a.calls()
    expect([await a.ask(secret), await a.ask(next)]).toEqual(['allowed', 'allowed'])
    expect(a.calls()).toEqual([])
  })

  it('is judged by every rule, not by an earlier decision', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a, { resources: ['https://figma.com/design/FileA'] })
    for (const [line, code] of [
      ['GET /v1/files/FileA', 'allowed'],
      ['GET /v1/files/FileB', 'resource_not_allowed'],
      ['GET /v1/files/FileA/comments', 'scope_missing'],
      ['GET /v1/files/FileZ', 'resource_not_in_plan'],
      ['GET /nowhere', 'endpoint_unknown'],
    ] as const)
      expect(await a.ask(secret, line), line).toBe(code)
    expect(a.calls()).toEqual([])
  })

  it('of another type is refused there as anywhere', async () => {
    const policy = [figmaPolicy(), packagesPolicy()] as const
    const memory = memoryStore()
    let isDown = false
    const store = { ...memory, findByDigest: (digest: string) => (isDown ? never() : memory.findByDigest(digest)) }
    const tokens = createPlanTokens({
      policy,
      store,
      directory: newDirectory(),
      clock: steeredClock(),
      freshnessMs: FRESH,
    })
    const { secret } = await tokens.create({ ...TOKEN, type: 'npm', scopes: ['npm:read'] })
    const ask = async (line: string, surface: string) => {
      const decision = await tokens.authorize(requestWith(secret, line), { surface })
      return decision.allowed ? 'allowed' : decision.code
    }
    expect(await ask('GET /ping', 'packages')).toBe('allowed')
    isDown = true
    expect(await ask('GET /v1/files/FileA', 'figma')).toBe('token_wrong_type')
    expect(await ask('GET /ping', 'packages')).toBe('allowed')
  })

  it('of a plan that is downgraded or suspended is refused at the very next request', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    for (const [change, code] of [
      [{ tier: 'starter' }, 'plan_not_eligible'],
      [{ tier: 'organization' }, 'allowed'],
      [{ suspended: true }, 'plan_not_eligible'],
    ] as const) {
      d.directory.setPlan('1001', change)
      expect(await a.ask(secret)).toBe(code)
    }
    expect(a.calls()).toEqual([])
  })

  it.each([
    ['expires', { lifetimeDays: 1 }, 'token_expired'],
    ['has a previous secret, whose 24 hours end,', {}, 'secret_retired'],
  ] as const)('that %s is refused to the millisecond, without a call of the store', async (what, wish, code) => {
    const d = deployment()
    const a = d.start({ freshnessMs: 5_000 })
    const { id, secret } = await d.admin.make(wish)
    if (what.includes('previous')) await d.done(d.admin.tokens.refresh({ actor: ADMIN, id }))
    const { expiresAt, secrets } = await d.admin.tokens.get({ actor: ADMIN, id })
    const end = what.includes('previous') ? secrets[0]!.worksUntil! : expiresAt
    await d.clock.pass(end - 500 - d.clock.now())
    expect(await a.ask(secret)).toBe('allowed')
    a.calls()
    await d.clock.pass(499)
    expect(await a.ask(secret)).toBe('allowed')
    await d.clock.pass(1)
    expect(await a.ask(secret)).toBe(code)
    expect(d.clock.now()).toBe(end)
    expect(a.calls()).toEqual([])
  })

  it('that ends while its request waits for the directory is refused, out of memory too', async () => {
    const d = deployment()
    const locate: typeof d.directory.locate = d.directory.locate
    const slow = { ...d.directory, locate: (ref: never) => d.clock.sleep(2_000).then(() => locate(ref)) }
    const a = d.start({ directory: slow as never, freshnessMs: 30_000 })
    const { secret } = await d.admin.make({ lifetimeDays: 1 })
    await d.clock.pass(DAY - 5_000)
    expect(await d.done(a.ask(secret))).toBe('allowed')
    await d.clock.pass(1_500)
    expect(await d.done(a.ask(secret))).toBe('token_expired')
  })
})

describe('reads of the store', () => {
  /** The calls of ten windows with so many requests a second, evenly spread. */
  async function callsOf(perSecond: number): Promise<readonly string[]> {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    for (let i = 0; i < 10 * perSecond; i++) {
      await d.clock.pass(1_000 / perSecond)
      expect(await a.ask(secret)).toBe('allowed')
    }
    return a.calls()
  }

  it('are two in a window of freshness at most, with 10, 100 or 1,000 requests a second', async () => {
    const counts: number[] = []
    for (const rate of [10, 100, 1_000]) {
      const calls = await callsOf(rate)
      expect(new Set(calls)).toEqual(new Set(['events']))
      counts.push(calls.length)
    }
    for (const count of counts) {
      expect(count).toBeGreaterThanOrEqual(10)
      expect(count).toBeLessThanOrEqual(20)
    }
  })

  it('are the same whether one token is asked for in that window or a thousand', async () => {
    const d = deployment()
    const a = d.start()
    const secrets: string[] = []
    for (let i = 0; i < 1_000; i++) secrets.push((await d.admin.make()).secret)
    for (const secret of secrets) expect(await a.ask(secret)).toBe('allowed')
    a.calls()
    for (let window = 0; window < 3; window++) {
      await d.clock.pass(FRESH)
      for (const secret of secrets) expect(await a.ask(secret)).toBe('allowed')
    }
    expect(a.calls()).toEqual(['events', 'events', 'events'])
  })

  it('are none in a process that nobody asks', async () => {
    const d = deployment()
    const a = d.start()
    await warmToken(d, a)
    for (let i = 0; i < 60; i++) {
      await d.clock.pass(60_000)
      await d.admin.make()
    }
    expect(a.calls()).toEqual([])
  })

  it('are one for each request, and nothing else, where freshnessMs is 0', async () => {
    const d = deployment()
    const a = d.start({ freshnessMs: 0 })
    const { secret } = await warmToken(d, a)
    await Promise.all([a.ask(secret), a.ask(secret), a.ask(secret), a.ask(unknownSecret(1)), a.ask(unknownSecret(1))])
    expect(a.calls()).toEqual(Array.from({ length: 5 }, () => 'findByDigest'))
  })

  it('begin half-way through the window, so that no request waits for them', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    a.replace.events = never
    await d.clock.pass(FRESH / 2)
    expect(await a.ask(secret)).toBe('allowed')
    expect(a.calls()).toEqual([])
    await d.clock.pass(1)
    expect(await stateOf(a.ask(secret))).toBe('resolved')
    expect(a.calls()).toEqual(['events'])
  })
})

describe('management calls', () => {
  it('and inspect ask the store, however warm the token is', async () => {
    const d = deployment()
    const a = d.start()
    const { id, secret } = await warmToken(d, a)
    await a.tokens.get({ actor: ADMIN, id })
    await a.tokens.inspect({ secret })
    await a.tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' })
    expect(a.calls()).toEqual(['find', 'findByDigest', 'find'])
  })

  it('explain a request by what authorize would judge it by', async () => {
    const d = deployment()
    const a = d.start()
    const { secret } = await warmToken(d, a)
    const request = requestWith(secret, 'GET /v1/files/FileA')
    expect((await a.tokens.explain(request)).decision).toEqual(await a.tokens.authorize(request))
    expect(a.calls()).toEqual([])
  })
})
