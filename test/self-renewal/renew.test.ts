/** `tokens.renew`: a token gets its new secret by its newest one, no sooner and no longer than it may. Over HTTP: handler.test.ts. */
import { createHash } from 'node:crypto'
import { createPlanTokens, memoryStore, type Renewal, SetupError, type TokenStore } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { legacyKeys } from 'plan-access-tokens/legacy'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, HOUR, newDirectory, newWorld, POLICY, START } from '../support/world.ts'
import { RENEWING, renewing } from './policy.ts'
import { renewingWorld } from './world.ts'

describe('a token that may renew itself', () => {
  it('gets a new secret with the same scopes, resources and lifetime, and the one before works for the grace', async () => {
    const world = renewingWorld()
    const { id, secret } = await world.makeRenewing({ resources: ['https://figma.com/design/FileA'] })
    const before = await world.tokens.get({ actor: ADMIN, id })
    world.clock.advance(15 * DAY)
    const renewal = await world.renew(secret, 'a')
    if (!renewal.renewed) throw new Error(renewal.code)
    const { token, expiresAt, renewFrom, renewUntil, previousWorksUntil } = renewal
    expect([token.id, token.scopes, token.resources]).toEqual([id, before.scopes, before.resources])
    expect([expiresAt, token.expiresAt]).toEqual([START + 45 * DAY, START + 45 * DAY])
    expect([renewFrom, renewUntil]).toEqual([START + 30 * DAY, START + 365 * DAY])
    expect(previousWorksUntil).toBe(START + 16 * DAY)
    const newer = renewal.secret.reveal()
    expect(newer).not.toBe(secret)
    expect([await world.ask(secret), await world.ask(newer)]).toEqual(['allowed', 'allowed'])
    world.clock.advance(DAY)
    expect([await world.ask(secret), await world.ask(newer)]).toEqual(['secret_retired', 'allowed'])
    expect(`${JSON.stringify(renewal)}${String(renewal.secret)}`).not.toContain(newer)
  })

  it('stands in the log as refreshed by itself, with nobody as the actor', async () => {
    const world = renewingWorld()
    const { id, secret } = await world.makeRenewing()
    world.clock.advance(15 * DAY)
    await world.renewed(secret)
    const { events } = await world.tokens.events({ actor: ADMIN, planId: '1001', order: 'newest', limit: 1 })
    expect(events[0]).toMatchObject({ type: 'self_refreshed', actor: null, tokenId: id, version: 2 })
    expect(Object.keys(events[0]!.changes!).sort()).toEqual(['expiresAt', 'previousWorksUntil'])
    expect(JSON.stringify(events)).not.toContain(secret)
  })

  it('may from the set part of its life on, to the millisecond, and is told when', async () => {
    const world = renewingWorld()
    const { secret } = await world.makeRenewing()
    world.clock.advance(15 * DAY - 1)
    const renewal = await world.renew(secret, 'a')
    expect(renewal).toMatchObject({
      renewed: false,
      code: 'renewal_too_early',
      status: 409,
      renewFrom: START + 15 * DAY,
    })
    if (renewal.renewed) throw new Error('renewed')
    expect(renewal.headers['Retry-After']).toBe('1')
    expect(JSON.parse(renewal.rendered().body)).toMatchObject({
      code: 'renewal_too_early',
      renewFrom: START + 15 * DAY,
    })
    expect(await world.log()).toEqual(['created'])
    world.clock.advance(1)
    expect(await world.tried(secret, 'a')).toBe('renewed')
  })

  it('counts the part anew after each renewal, and a clock that was set back makes nothing earlier', async () => {
    const world = renewingWorld()
    const { secret } = await world.makeRenewing()
    world.clock.advance(15 * DAY)
    const newer = await world.renewed(secret)
    expect(await world.tried(newer)).toBe('renewal_too_early')
    world.clock.set(START - DAY)
    expect(await world.tried(newer)).toBe('renewal_too_early')
    expect(await world.tried(secret, 'other')).toBe('secret_superseded')
    world.clock.set(START + 30 * DAY)
    expect(await world.tried(newer)).toBe('renewed')
  })

  it.each([
    ['a part of 0.1', { afterPart: 0.1 }, 3],
    ['a part of 0.9', { afterPart: 0.9 }, 27],
  ])('goes by %s of the policy', async (_, rule, days) => {
    const world = renewingWorld({ policy: renewing(rule) })
    const { secret } = await world.makeRenewing()
    world.clock.advance(days * DAY - 1)
    expect(await world.tried(secret)).toBe('renewal_too_early')
    world.clock.advance(1)
    expect(await world.tried(secret)).toBe('renewed')
  })

  it('never lives beyond the moment until which it may, and may not at or after it', async () => {
    const world = renewingWorld()
    const until = START + 40 * DAY
    const { id, secret } = await world.makeRenewing({ renewUntil: until })
    world.clock.set(START + 20 * DAY)
    const newer = await world.renewed(secret)
    expect((await world.tokens.get({ actor: ADMIN, id })).expiresAt).toBe(until)
    world.clock.set(until - DAY + 1)
    expect(await world.tried(newer)).toBe('renewal_ended')
    world.clock.set(until - DAY)
    const newest = await world.renewed(newer)
    expect((await world.tokens.get({ actor: ADMIN, id })).expiresAt).toBe(until)
    world.clock.set(until)
    expect(await world.tried(newest)).toBe('token_expired')
  })

  it('gets shorter secrets towards the end of its term, and none that would last less than a day', async () => {
    const world = renewingWorld()
    let { secret } = await world.makeRenewing({ lifetimeDays: 30, renewUntil: START + 40 * DAY })
    const left: number[] = []
    let refused: Renewal | undefined
    for (let day = 0; day < 39.75 && !refused; day += 0.25) {
      world.clock.set(START + day * DAY)
      const renewal = await world.renew(secret, `day-${day}`)
      if (renewal.renewed) {
        left.push((renewal.expiresAt - world.clock.now()) / DAY)
        secret = renewal.secret.reveal()
      } else if (renewal.code !== 'renewal_too_early') refused = renewal
    }
    expect(left).toEqual([25, 12.5, 6.25, 3, 1.5])
    expect(refused).toMatchObject({ renewed: false, code: 'renewal_ended' })
    expect(world.clock.now()).toBe(START + 39.25 * DAY)
    world.clock.set(START + 40 * DAY - 1)
    expect(await world.ask(secret)).toBe('allowed')
  })

  it('that an admin gave a later end keeps it, and renews nothing after its term', async () => {
    const world = renewingWorld()
    const { id, secret } = await world.makeRenewing({ renewUntil: START + 20 * DAY })
    world.clock.set(START + 16 * DAY)
    const newer = await world.renewed(secret)
    expect((await world.tokens.get({ actor: ADMIN, id })).expiresAt).toBe(START + 30 * DAY)
    world.clock.set(START + 20 * DAY)
    expect(await world.tried(newer)).toBe('renewal_ended')
    world.clock.set(START + 29 * DAY)
    expect(await world.tried(newer)).toBe('renewal_ended')
    expect(await world.ask(newer)).toBe('allowed')
  })

  it('goes on for a year after the last act of an admin by default, and no longer', async () => {
    const world = renewingWorld()
    let { secret } = await world.makeRenewing({ lifetimeDays: 30 })
    for (let day = 15; day < 365; day += 15) {
      world.clock.set(START + day * DAY)
      secret = await world.renewed(secret)
    }
    expect(await world.ask(secret)).toBe('allowed')
    world.clock.set(START + 365 * DAY - 1)
    expect(await world.ask(secret)).toBe('allowed')
    world.clock.advance(1)
    expect([await world.ask(secret), await world.tried(secret)]).toEqual(['token_expired', 'token_expired'])
  })

  it('needs a key of which there is one, and that can be read', async () => {
    const world = renewingWorld()
    const { secret } = await world.makeRenewing()
    world.clock.advance(15 * DAY)
    const code = async (idempotencyKey?: unknown) => {
      const renewal = await world.tokens.renew({ secret }, { idempotencyKey: idempotencyKey as string })
      return renewal.renewed ? 'renewed' : renewal.code
    }
    expect(await code()).toBe('idempotency_key_missing')
    for (const key of ['', 'a b', 'a,b', 'x'.repeat(201), 'é', 7, {}, null])
      expect(await code(key), String(key)).toBe('idempotency_key_unreadable')
    expect(await world.log()).toEqual(['created'])
    expect(await code('x'.repeat(200))).toBe('renewed')
  })
})

describe('what binds a refresh by an admin binds a renewal', () => {
  const half = async (world: ReturnType<typeof renewingWorld>, wish = {}) => {
    const made = await world.makeRenewing(wish)
    world.clock.advance(15 * DAY)
    return made
  }

  it('the plan: of another tier, suspended, or with a directory that fails', async () => {
    const world = renewingWorld()
    const { secret } = await half(world)
    world.directory.setPlan('1001', { suspended: true })
    expect(await world.tried(secret)).toBe('plan_not_eligible')
    world.directory.setPlan('1001', { suspended: false, tier: 'starter' })
    expect(await world.tried(secret)).toBe('plan_not_eligible')
    world.directory.setPlan('1001', { tier: 'organization' })
    expect(await world.tried(secret)).toBe('renewed')
  })

  it('a directory or a store that fails is unavailable, with Retry-After, and nothing is written', async () => {
    let isDown = false
    const down = <T>(answer: () => T): T => {
      if (isDown) throw new Error('down')
      return answer()
    }
    const base = newDirectory()
    const world = renewingWorld({
      onError() {},
      port: (store): TokenStore => ({ ...store, findByDigest: (digest) => down(() => store.findByDigest(digest)) }),
      directory: base,
    })
    const { secret } = await half(world)
    isDown = true
    const renewal = await world.renew(secret, 'a')
    expect(renewal).toMatchObject({ renewed: false, code: 'unavailable', status: 503 })
    if (!renewal.renewed) expect(renewal.headers['Retry-After']).toBe('1')
    isDown = false
    expect(await world.tried(secret, 'a')).toBe('renewed')
  })

  it('the rules of the plan: lifetime, scopes, all resources, idle days', async () => {
    const rules: { current: object } = { current: {} }
    const base = newDirectory()
    const directory = { ...base, rules: () => rules.current } as never
    const world = renewingWorld({ directory })
    const { id, secret } = await half(world, { lifetimeDays: 30 })
    rules.current = { maxLifetimeDays: 15 }
    expect(await world.tried(secret)).toBe('lifetime_exceeded')
    rules.current = { idleDays: 10 }
    expect(await world.tried(secret)).toBe('token_idle')
    rules.current = { allResources: false }
    expect(await world.tried(secret)).toBe('plan_rules_broken')
    rules.current = { scopes: ['projects:read'] }
    expect(await world.tried(secret)).toBe('plan_rules_broken')
    rules.current = { maxLifetimeDays: 20 }
    expect(await world.tried(secret)).toBe('renewed')
    expect((await world.tokens.get({ actor: ADMIN, id })).expiresAt).toBe(START + 35 * DAY)
  })

  it('a rule that cuts its life cuts the part after which it may too, so that it is not stranded', async () => {
    const directory = { ...newDirectory(), rules: () => ({ maxLifetimeDays: 10 }) } as never
    const world = renewingWorld({ directory })
    const { secret } = await world.makeRenewing({ lifetimeDays: 10 })
    world.clock.advance(5 * DAY)
    expect(await world.tried(secret)).toBe('renewed')
  })

  it('the addresses of the token', async () => {
    const world = renewingWorld({ addresses: addressRanges() })
    const { secret } = await half(world, { addresses: ['203.0.113.0/24'] })
    expect(await world.tried(secret, 'a')).toBe('address_not_allowed')
    expect(await world.tried(secret, 'a', '198.51.100.7')).toBe('address_not_allowed')
    expect(await world.tried(secret, 'a', '203.0.113.7')).toBe('renewed')
  })

  it('how many secrets may work at the same time', async () => {
    const world = renewingWorld({ policy: renewing({ afterPart: 0.001 }, { liveSecrets: 2 }) })
    const { secret } = await world.makeRenewing()
    world.clock.advance(HOUR)
    const newer = await world.renewed(secret)
    world.clock.advance(HOUR)
    expect(await world.tried(newer, 'b')).toBe('too_many_live_secrets')
    world.clock.advance(23 * HOUR)
    expect(await world.tried(newer, 'b')).toBe('renewed')
  })

  it('its own end, and that of its token', async () => {
    const world = renewingWorld()
    const { id, secret } = await half(world)
    world.clock.set(START + 30 * DAY)
    expect(await world.tried(secret)).toBe('token_expired')
    world.clock.set(START + 20 * DAY)
    await world.tokens.revoke({ actor: ADMIN, id })
    expect(await world.tried(secret)).toBe('token_revoked')
  })
})

describe('what an admin chooses', () => {
  it('is shown on the token and in the log, and taken away by an edit', async () => {
    const world = renewingWorld()
    const { id, secret } = await world.makeRenewing()
    const owner = { actor: ADMIN, id }
    expect((await world.tokens.get(owner)).selfRenewal).toEqual({ until: START + 365 * DAY })
    const chosen = await world.tokens.edit({ ...owner, renewUntil: START + 100 * DAY })
    expect(chosen.selfRenewal).toEqual({ until: START + 100 * DAY, chosen: true })
    for (const no of [false, null]) {
      const without = await world.tokens.edit({ ...owner, selfRenewal: no })
      expect('selfRenewal' in without).toBe(false)
      const { events } = await world.tokens.events({ actor: ADMIN, planId: '1001', order: 'newest', limit: 1 })
      expect(events[0]!.changes!.selfRenewal!.after).toBeNull()
      await world.tokens.edit({ ...owner, selfRenewal: true })
    }
    await world.tokens.edit({ ...owner, selfRenewal: false })
    world.clock.advance(15 * DAY)
    expect(await world.tried(secret)).toBe('renewal_not_allowed')
    await world.tokens.edit({ ...owner, selfRenewal: true })
    expect(await world.tried(secret)).toBe('renewed')
  })

  it('starts the default term again with whatever it does; one that was chosen stands', async () => {
    const world = renewingWorld()
    const { id } = await world.makeRenewing({ lifetimeDays: 365 })
    const owner = { actor: ADMIN, id }
    const until = async () => (await world.tokens.get(owner)).selfRenewal?.until
    world.clock.advance(DAY)
    await world.tokens.edit({ ...owner, name: 'Other' })
    expect(await until()).toBe(START + 366 * DAY)
    world.clock.advance(DAY)
    const { version } = await world.tokens.get(owner)
    expect((await world.tokens.edit({ ...owner, name: 'Other' })).version).toBe(version)
    expect(await until()).toBe(START + 366 * DAY)
    await world.tokens.edit({ ...owner, selfRenewal: true })
    expect(await until()).toBe(START + 367 * DAY)
    world.clock.advance(DAY)
    await world.tokens.refresh(owner)
    expect(await until()).toBe(START + 368 * DAY)
    await world.tokens.edit({ ...owner, renewUntil: START + 50 * DAY })
    for (const act of [
      () => world.tokens.edit({ ...owner, name: 'Third' }),
      () => world.tokens.edit({ ...owner, selfRenewal: true }),
      () => world.tokens.refresh(owner),
    ]) {
      await act()
      expect(await until()).toBe(START + 50 * DAY)
    }
    await world.tokens.edit({ ...owner, renewUntil: null })
    expect(await until()).toBe(START + 368 * DAY)
  })

  it('is no renewal of the term by the token itself', async () => {
    const world = renewingWorld()
    const { id, secret } = await world.makeRenewing()
    world.clock.advance(15 * DAY)
    await world.renewed(secret)
    expect((await world.tokens.get({ actor: ADMIN, id })).selfRenewal).toEqual({ until: START + 365 * DAY })
  })

  it('may be bounded by the policy', async () => {
    const world = renewingWorld({ policy: renewing({ longestDays: 60 }) })
    const { id } = await world.makeRenewing()
    const owner = { actor: ADMIN, id }
    expect((await world.tokens.get(owner)).selfRenewal?.until).toBe(START + 60 * DAY)
    const message = await world.tokens
      .edit({ ...owner, renewUntil: START + 60 * DAY + 1 })
      .catch((error) => error.issues)
    expect(message).toEqual([
      {
        path: 'renewUntil',
        at: ['renewUntil'],
        message: 'must be epoch milliseconds that lie ahead, by 60 days at most.',
        code: 'renew_until',
        params: { longest: 60 },
      },
    ])
    expect((await world.tokens.edit({ ...owner, renewUntil: START + 60 * DAY })).selfRenewal?.chosen).toBe(true)
  })

  it('is refused where it makes no sense, with all mistakes at once', async () => {
    const world = renewingWorld()
    const issues = async (wish: object) =>
      (await world
        .make(wish as never)
        .catch((error) => error.issues.map((one: { path: string }) => one.path))) as string[]
    expect(await issues({ renewUntil: START + DAY })).toEqual(['renewUntil'])
    expect(await issues({ selfRenewal: false, renewUntil: START + DAY, name: '' })).toEqual(['name', 'renewUntil'])
    expect(await issues({ selfRenewal: true, renewUntil: START })).toEqual(['renewUntil'])
    expect(await issues({ selfRenewal: true, renewUntil: START + 366 * DAY })).toEqual(['renewUntil'])
    expect(await issues({ selfRenewal: true, canary: true })).toContain('selfRenewal')
    const plain = await world.make()
    const edit = async (change: object) =>
      world.tokens.edit({ actor: ADMIN, id: plain.id, ...change }).then(
        () => 'done',
        (error) => error.issues.map((one: { path: string }) => one.path),
      )
    expect(await edit({ renewUntil: START + DAY })).toEqual(['renewUntil'])
    expect(await edit({ selfRenewal: false, renewUntil: START + DAY })).toEqual(['renewUntil'])
    expect(await edit({ selfRenewal: false })).toBe('done')
    expect(await world.log()).toEqual(['created'])
  })

  it('repeats a create by its key with the same wish alone', async () => {
    const world = renewingWorld()
    const key = { idempotencyKey: 'once' }
    const { id } = await world.makeRenewing(key)
    world.clock.advance(DAY)
    expect((await world.makeRenewing(key)).id).toBe(id)
    await expect(world.make(key)).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })
})

describe('a key from before', () => {
  it('that was adopted renews itself too, and is one of ours from then on', async () => {
    const key = `old_${'a'.repeat(32)}`
    const legacy = legacyKeys({ rest: [{ name: 'plain', match: /^old_[a-z]{32}$/, scheme: { hash: 'sha256' } }] })
    const world = renewingWorld({ legacy })
    const { id } = await world.tokens.adopt({
      ...{ actor: ADMIN, planId: '1001', type: 'rest', name: 'Old', scopes: ['file_content:read'], resources: 'all' },
      ...{ expiresAt: START + 30 * DAY, scheme: 'plain', digest: createHash('sha256').update(key).digest('hex') },
    } as never)
    await world.tokens.edit({ actor: ADMIN, id, selfRenewal: true })
    world.clock.advance(15 * DAY)
    const newer = await world.renewed(key)
    expect([await world.ask(key), await world.ask(newer)]).toEqual(['allowed', 'allowed'])
    expect((await world.tokens.get({ actor: ADMIN, id })).legacy).toBe(false)
    expect(await world.tried(key, 'other')).toBe('secret_superseded')
  })
})

describe('without the option, the type or the admin', () => {
  it('an engine makes no such token, and says what is missing', async () => {
    const world = newWorld({ policy: RENEWING })
    const error = await world.make({ selfRenewal: true } as never).catch((thrown) => thrown)
    expect(error.issues).toEqual([
      {
        path: 'selfRenewal',
        at: ['selfRenewal'],
        message: 'is not taken here: the engine has no option selfRenewal.',
        code: 'not_taken',
      },
    ])
    await expect(world.tokens.renew({ secret: 'x' })).rejects.toMatchObject({
      code: 'not_supported',
      message: 'The engine has no option selfRenewal, so no token renews itself here.',
    })
    const { id } = await world.make()
    await world.tokens.edit({ actor: ADMIN, id, selfRenewal: false })
  })

  it('a type that does not allow it has none, and a token that was made before stops', async () => {
    const store = memoryStore()
    const before = renewingWorld({ store })
    const { secret } = await before.makeRenewing()
    const after = renewingWorld({ store, policy: POLICY, clock: before.clock })
    before.clock.advance(15 * DAY)
    await expect(after.make({ selfRenewal: true })).rejects.toThrow(/tokens of the type rest may not renew themselves/)
    expect(await after.tried(secret)).toBe('renewal_not_allowed')
    expect(await after.ask(secret)).toBe('allowed')
  })

  it('a token that nobody allowed it may not, however old it is', async () => {
    const world = renewingWorld()
    const { secret } = await world.make()
    expect(await world.tried(secret)).toBe('renewal_not_allowed')
    world.clock.advance(29 * DAY)
    expect(await world.tried(secret)).toBe('renewal_not_allowed')
    expect(await world.log()).toEqual(['created'])
  })

  it('a term in a row that was broken by hand is none', async () => {
    const world = renewingWorld()
    const { id, secret } = await world.makeRenewing()
    world.clock.advance(15 * DAY)
    const record = (await world.store.find(id))!
    for (const until of ['2030-01-01', null, Number.POSITIVE_INFINITY, undefined]) {
      const broken = renewingWorld({
        clock: world.clock,
        port: (store) => ({ ...store, findByDigest: async () => ({ ...record, selfRenewal: { until } as never }) }),
      })
      expect(await broken.tried(secret), String(until)).toBe('renewal_not_allowed')
    }
  })

  it('a store that keeps no uses is refused at start, since nobody could tell a lost answer from a stolen one', () => {
    const { recordUse: _, ...store } = memoryStore()
    const make = () =>
      createPlanTokens({
        ...{ policy: RENEWING, store: store as TokenStore, directory: newDirectory() },
        selfRenewal: selfRenewal(),
      })
    expect(make).toThrow(SetupError)
    expect(make).toThrow(/selfRenewal: needs a store that keeps uses/)
  })

  it.each([0, 1, -0.5, 1.5, '0.5', Number.NaN, null])('a part of %s is a mistake of the policy', (afterPart) => {
    expect(() => renewing({ afterPart })).toThrow(/afterPart.*above 0 and below 1/s)
  })

  it('a request that shows the token explains it', async () => {
    const world = renewingWorld()
    const { id } = await world.makeRenewing()
    const { rules } = await world.tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' })
    expect(rules.find(({ rule }) => rule === 'alive')?.reason).toMatch(/It may renew itself until 2028-01-31T12/)
  })
})
