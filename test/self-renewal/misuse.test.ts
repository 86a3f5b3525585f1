/** Answers that were lost, told apart from misuse: old secrets, races, stolen keys, canaries, what nobody knows. */
import type { TokenStore } from 'plan-access-tokens'
import { canaryTokens, reportLeak } from 'plan-access-tokens/leaks'
import { createOutbox, type Notice } from 'plan-access-tokens/outbox'
import { describe, expect, it } from 'vitest'
import { ADMIN, DAY, HOUR, MINUTE, newWorld, START } from '../support/world.ts'
import { renewing } from './policy.ts'
import { type RenewingWorld, renewingWorld } from './world.ts'

/** A token that has come to half of its life. */
async function due(world: RenewingWorld, wish = {}) {
  const made = await world.makeRenewing(wish)
  world.clock.advance(15 * DAY)
  return { ...made, owner: { actor: ADMIN, id: made.id } }
}

/** How many of a token's secrets work. */
const live = async (world: RenewingWorld, secrets: readonly string[]) =>
  (await Promise.all(secrets.map((secret) => world.ask(secret)))).filter((code) => code === 'allowed').length

describe('an answer that was lost', () => {
  it('is had again with the old secret and the same key, as often as it takes, and the lost ones die', async () => {
    const world = renewingWorld()
    const { id, secret } = await due(world)
    const lost = [await world.renewed(secret, 'k'), await world.renewed(secret, 'k'), await world.renewed(secret, 'k')]
    const newest = await world.renewed(secret, 'k')
    for (const one of lost) expect(await world.ask(one)).toBe('secret_retired')
    expect([await world.ask(secret), await world.ask(newest)]).toEqual(['allowed', 'allowed'])
    const { expiresAt, secrets } = await world.tokens.get({ actor: ADMIN, id })
    expect(expiresAt).toBe(START + 45 * DAY)
    expect(secrets.map(({ worksUntil }) => worksUntil)).toEqual([START + 16 * DAY, 0, 0, 0, null])
    expect(await world.log()).toEqual(['created', ...Array(4).fill('self_refreshed')])
  })

  it('is had again by a nightly job that comes a day later, when its old secret has run out', async () => {
    const world = renewingWorld()
    const { secret } = await due(world)
    await world.renewed(secret, 'k')
    world.clock.advance(25 * HOUR)
    expect(await world.ask(secret)).toBe('secret_retired')
    const again = await world.renewed(secret, 'k')
    expect([await world.ask(secret), await world.ask(again)]).toEqual(['secret_retired', 'allowed'])
  })

  it('is not had again with another key, nor by another secret with the same key', async () => {
    const world = renewingWorld()
    const { secret } = await due(world)
    const newer = await world.renewed(secret, 'k')
    expect(await world.tried(secret, 'other')).toBe('secret_superseded')
    world.clock.advance(15 * DAY)
    expect(await world.tried(newer, 'k')).toBe('idempotency_key_reused')
    expect(await world.tried(newer, 'l')).toBe('renewed')
  })

  it('is not had again once the new secret was used: whoever has the old one and the key is somebody else', async () => {
    const world = renewingWorld()
    const { secret } = await due(world)
    const newer = await world.renewed(secret, 'k')
    expect(await world.ask(newer)).toBe('allowed')
    expect(await world.tried(secret, 'k')).toBe('secret_superseded')
    expect(await world.ask(newer)).toBe('allowed')
    expect((await world.log()).at(-1)).toBe('superseded_secret_used')
  })

  it('is misuse, told as such, also where the token may not be used from where it is asked for', async () => {
    const world = renewingWorld()
    const { secret, owner } = await due(world)
    const newer = await world.renewed(secret, 'k')
    expect(await world.ask(newer)).toBe('allowed')
    await world.tokens.edit({ ...owner, addresses: ['203.0.113.0/24'] })
    expect(await world.tried(secret, 'k')).toBe('secret_superseded')
    expect((await world.log()).at(-1)).toBe('superseded_secret_used')
  })

  it('is not had again once the new secret was used in another process', async () => {
    const store = renewingWorld().store
    const world = renewingWorld({ store })
    const other = newWorld({ store: world.store, clock: world.clock, policy: renewing() })
    const { secret } = await due(world)
    const newer = await world.renewed(secret, 'k')
    expect(await other.ask(newer)).toBe('allowed')
    await other.tokens.close()
    expect(await world.tried(secret, 'k')).toBe('secret_superseded')
    expect(await world.ask(newer)).toBe('allowed')
  })

  it('is not had again once the new secret has renewed, an admin has refreshed, or the token may no more', async () => {
    const world = renewingWorld()
    const one = await due(world)
    const newer = await world.renewed(one.secret, 'k')
    world.clock.advance(15 * DAY)
    await world.renewed(newer, 'l')
    expect(await world.tried(one.secret, 'k')).toBe('secret_superseded')
    const two = await due(world)
    await world.renewed(two.secret, 'k')
    await world.tokens.refresh(two.owner)
    expect(await world.tried(two.secret, 'k')).toBe('secret_superseded')
    const three = await due(world)
    await world.renewed(three.secret, 'k')
    await world.tokens.edit({ ...three.owner, selfRenewal: false })
    expect(await world.tried(three.secret, 'k')).toBe('renewal_not_allowed')
    const four = await due(world)
    await world.renewed(four.secret, 'k')
    await world.tokens.revokeSecret({ text: four.secret })
    expect(await world.tried(four.secret, 'k')).toBe('secret_retired')
    const five = await due(world, { renewUntil: START + 365 * DAY })
    await world.renewed(five.secret, 'k')
    world.directory.setPlan('1001', { suspended: true })
    expect(await world.tried(five.secret, 'k')).toBe('plan_not_eligible')
  })

  it('a thousand times is refused as too many, and is no misuse', async () => {
    const world = renewingWorld({ onSuperseded: 'revoke' })
    const { id, secret } = await due(world)
    await world.renewed(secret, 'k')
    const record = (await world.store.find(id))!
    const filler = Array.from({ length: 998 }, (_, i) => ({ digest: `old-${i}`, issuedAt: START, worksUntil: 0 }))
    const full = { ...record, secrets: [...filler, ...record.secrets], version: 3, eventId: 'e' }
    const event = { v: 1, id: 'e', at: START, type: 'edited', tokenId: id, planId: '1001', actor: ADMIN } as const
    await world.store.commit(full, { ...event, version: 3 })
    world.clock.advance(HOUR)
    expect(await world.tried(secret, 'k')).toBe('too_many_live_secrets')
    expect(await world.log()).toEqual(['created', 'self_refreshed', 'edited'])
  })

  it('of the store, whose commit was written and not answered, is found out', async () => {
    let isLost = false
    const world = renewingWorld({
      onError() {},
      port: (store): TokenStore => ({
        ...store,
        async commit(record, event) {
          const done = await store.commit(record, event)
          if (isLost) throw new Error('lost')
          return done
        },
      }),
    })
    const { secret } = await due(world)
    isLost = true
    const newer = await world.renewed(secret, 'k')
    isLost = false
    expect(await world.ask(newer)).toBe('allowed')
    expect(await world.log()).toEqual(['created', 'self_refreshed'])
  })
})

describe('a secret that was replaced', () => {
  it('renews nothing, in its grace and after it, and stands in the log once a minute at most', async () => {
    const world = renewingWorld()
    const { id, secret } = await due(world)
    const newer = await world.renewed(secret)
    for (let i = 0; i < 5; i++) expect(await world.tried(secret, `thief-${i}`)).toBe('secret_superseded')
    expect(await world.log()).toEqual(['created', 'self_refreshed', 'superseded_secret_used'])
    world.clock.advance(MINUTE - 1)
    await world.tried(secret, 'thief')
    expect(await world.log()).toHaveLength(3)
    world.clock.advance(1)
    await world.tried(secret, 'thief')
    expect(await world.log()).toHaveLength(4)
    world.clock.advance(2 * DAY)
    expect(await world.tried(secret, 'thief')).toBe('secret_superseded')
    expect(await world.log()).toHaveLength(5)
    const { events } = await world.tokens.events({ actor: ADMIN, planId: '1001', order: 'newest', limit: 1 })
    expect(events[0]).toMatchObject({
      ...{ type: 'superseded_secret_used', actor: null, tokenId: id },
      changes: { supersededSecret: { before: null, after: { issuedAt: START, worksUntil: START + 16 * DAY } } },
    })
    expect(JSON.stringify(events)).not.toMatch(/figpat|digest/)
    expect(await world.ask(newer)).toBe('allowed')
  })

  it('is answered 409 with what to do, and without anything of the token', async () => {
    const world = renewingWorld()
    const { id, secret } = await due(world)
    await world.renewed(secret)
    const renewal = await world.renew(secret, 'x')
    if (renewal.renewed) throw new Error('renewed')
    const { status, headers, body } = renewal.rendered()
    expect([status, headers['Cache-Control']]).toEqual([409, 'no-store'])
    expect(JSON.parse(body)).toMatchObject({ code: 'secret_superseded', status: 409 })
    expect(body).not.toContain(id)
  })

  it('is told by the outbox for what it is, and so is the end of its token', async () => {
    const world = renewingWorld({ onSuperseded: 'revoke' })
    const got: Notice[] = []
    const outbox = createOutbox({ tokens: world.tokens, deliver: (one) => void got.push(one), since: 'beginning' })
    const { secret } = await due(world)
    await world.renewed(secret, 'k')
    world.clock.advance(MINUTE)
    await world.tried(secret, 'thief')
    await outbox.runOnce()
    const ofLog = got.filter(({ seq }) => seq !== undefined)
    expect(ofLog.map(({ type }) => type)).toEqual([
      ...['token.created', 'token.self_refreshed', 'token.superseded_secret_used', 'token.revoked'],
    ])
    expect(JSON.stringify(got)).not.toContain(secret)
  })

  it('by option ends the token, where it has renewed it before: two have held it', async () => {
    const world = renewingWorld({ onSuperseded: 'revoke' })
    const { secret } = await due(world)
    const newer = await world.renewed(secret, 'k')
    world.clock.advance(MINUTE)
    expect(await world.tried(secret, 'thief')).toBe('secret_superseded')
    expect([await world.ask(secret), await world.ask(newer)]).toEqual(['token_revoked', 'token_revoked'])
    expect(await world.log()).toEqual(['created', 'self_refreshed', 'superseded_secret_used', 'revoked'])
    const { events } = await world.tokens.events({ actor: ADMIN, planId: '1001', order: 'newest', limit: 1 })
    expect(events[0]).toMatchObject({
      type: 'revoked',
      actor: null,
      reason: expect.stringMatching(/somebody else has it/),
    })
    expect(await world.tried(secret, 'thief')).toBe('token_revoked')
  })

  it('by that option ends nothing in the minute after a renewal, in which processes that share it may be late', async () => {
    const world = renewingWorld({ onSuperseded: 'revoke' })
    const { secret } = await due(world)
    const newer = await world.renewed(secret, 'k')
    world.clock.advance(MINUTE - 1)
    expect(await world.tried(secret, 'late')).toBe('secret_superseded')
    expect(await world.ask(newer)).toBe('allowed')
    world.clock.advance(1)
    await world.tried(secret, 'thief')
    expect(await world.ask(newer)).toBe('token_revoked')
  })

  it('by that option ends nothing where an admin has replaced it', async () => {
    const world = renewingWorld({ onSuperseded: 'revoke' })
    const { secret, owner } = await due(world)
    const { secret: newer } = await world.tokens.refresh(owner)
    world.clock.advance(HOUR)
    expect(await world.tried(secret, 'job')).toBe('secret_superseded')
    expect(await world.ask(newer)).toBe('allowed')
    expect((await world.log()).at(-1)).toBe('superseded_secret_used')
  })

  it('by that option ends nothing where a job asks again for an answer that was lost, and an admin came in between', async () => {
    const world = renewingWorld({ onSuperseded: 'revoke' })
    const { secret, owner } = await due(world)
    const lost = await world.renewed(secret, 'k')
    const { secret: newer } = await world.tokens.refresh(owner)
    world.clock.advance(HOUR)
    expect(await world.tried(secret, 'k')).toBe('secret_superseded')
    expect(await world.ask(newer)).toBe('allowed')
    // Once somebody has used it, it was not lost.
    expect(await world.ask(lost)).toBe('allowed')
    expect(await world.tried(secret, 'k')).toBe('secret_superseded')
    expect(await world.ask(newer)).toBe('token_revoked')
  })

  it('of a token that may not renew itself is answered as ever, and nothing is written', async () => {
    const world = renewingWorld({ onSuperseded: 'revoke' })
    const { id, secret } = await world.make()
    await world.tokens.refresh({ actor: ADMIN, id })
    expect(await world.tried(secret)).toBe('renewal_not_allowed')
    world.clock.advance(2 * DAY)
    expect(await world.tried(secret)).toBe('secret_retired')
    expect(await world.log()).toEqual(['created', 'refreshed'])
  })

  it('is told of from elsewhere too, without a key, and of a plan that is suspended', async () => {
    const world = renewingWorld()
    const { secret } = await due(world, { addresses: ['203.0.113.0/24'] })
    const first = await world.renew(secret, 'k', '203.0.113.7')
    expect(first.renewed).toBe(true)
    world.directory.setPlan('1001', { suspended: true })
    expect(await world.tried(secret, 'x', '198.51.100.7')).toBe('secret_superseded')
    const renewal = await world.tokens.renew({ secret })
    expect(renewal).toMatchObject({ renewed: false, code: 'secret_superseded' })
    expect((await world.log()).at(-1)).toBe('superseded_secret_used')
  })
})

describe('races', () => {
  it.each([2, 5, 12])(
    'of %i with the newest secret and keys of their own: one wins, and one line of secrets lives',
    async (n) => {
      const world = renewingWorld({ onSuperseded: 'revoke' })
      const { secret } = await due(world)
      const all = await Promise.all(Array.from({ length: n }, (_, i) => world.renew(secret, `process-${i}`)))
      const won = all.flatMap((renewal) => (renewal.renewed ? [renewal.secret.reveal()] : []))
      expect(won).toHaveLength(1)
      for (const renewal of all)
        if (!renewal.renewed) expect(['version_conflict', 'secret_superseded']).toContain(renewal.code)
      expect(await live(world, [secret, ...won])).toBe(2)
      world.clock.advance(DAY)
      expect([await world.ask(secret), await world.ask(won[0]!)]).toEqual(['secret_retired', 'allowed'])
    },
  )

  it('with the same key: each gets an answer, and the last secret alone works', async () => {
    const world = renewingWorld()
    const { secret } = await due(world)
    const all = await Promise.all([1, 2, 3].map(() => world.renew(secret, 'shared')))
    const given = all.flatMap((renewal) => (renewal.renewed ? [renewal.secret.reveal()] : []))
    expect(given).toHaveLength(3)
    expect(await live(world, given)).toBe(1)
  })

  it('with a refresh by an admin: one of the two wins, and the other is told', async () => {
    for (const order of [0, 1]) {
      const world = renewingWorld()
      const { secret, owner } = await due(world)
      const admin = () =>
        world.tokens.refresh(owner).then(
          ({ secret: one }) => one.reveal(),
          () => undefined,
        )
      const job = () => world.renew(secret, 'k').then((one) => (one.renewed ? one.secret.reveal() : undefined))
      const both = await Promise.all(order === 0 ? [admin(), job()] : [job(), admin()])
      const given = both.filter((one) => one !== undefined)
      expect(given).toHaveLength(1)
      expect(await live(world, given)).toBe(1)
    }
  })

  it('with a revocation: the revocation always holds', async () => {
    const world = renewingWorld()
    const { secret, owner } = await due(world)
    const [renewal] = await Promise.all([world.renew(secret, 'k'), world.tokens.revoke(owner)])
    expect(await world.ask(secret)).toBe('token_revoked')
    if (renewal.renewed) expect(await world.ask(renewal.secret)).toBe('token_revoked')
    else expect(renewal.code).toBe('token_revoked')
  })

  it('with an edit that takes the right away while it is judged: it is judged by what stands when it is written', async () => {
    let before: (() => Promise<unknown>) | undefined
    const world = renewingWorld({
      port: (store): TokenStore => ({
        ...store,
        async commit(record, event) {
          const act = before
          before = undefined
          await act?.()
          return store.commit(record, event)
        },
      }),
    })
    const { secret, owner } = await due(world)
    before = () => world.tokens.edit({ ...owner, selfRenewal: false })
    expect(await world.tried(secret)).toBe('renewal_not_allowed')
    expect(await world.log()).toEqual(['created', 'edited'])
  })
})

describe('a stranger', () => {
  /** A text of the form of a secret that is nobody's: one of another deployment. */
  const nobodys = async () => (await newWorld().make()).secret

  it('with a secret that nobody has is answered as by a guard, key or not', async () => {
    const world = renewingWorld()
    const secret = await nobodys()
    const renewal = await world.renew(secret, 'k')
    const bare = await world.tokens.renew({ secret })
    if (renewal.renewed || bare.renewed) throw new Error('renewed')
    const decision = await world.tokens.authorize({ secret, route: 'GET /v1/me' })
    if (decision.allowed) throw new Error('allowed')
    expect(renewal.rendered()).toEqual(decision.rendered())
    expect(bare.rendered()).toEqual(decision.rendered())
    expect(renewal.headers['WWW-Authenticate']).toMatch(/error="invalid_token"/)
    for (const [sent, code] of [
      ['', 'token_missing'],
      [undefined, 'token_missing'],
      ['figpat_x', 'token_malformed'],
      [7, 'request_malformed'],
    ] as const)
      expect((await world.tokens.renew({ secret: sent as string })) as object).toMatchObject({ renewed: false, code })
  })

  it('with a canary is answered byte for byte as with an unknown one, and is told of', async () => {
    const used: unknown[] = []
    const canaries = canaryTokens({ onUse: (use) => used.push(use) })
    const world = renewingWorld({ canaries })
    const { id, secret } = await world.make({ canary: true })
    world.clock.advance(15 * DAY)
    // Whatever stands in its record.
    const record = (await world.store.find(id))!
    await world.store.commit(
      { ...record, version: 2, eventId: 'e', selfRenewal: { until: START + 365 * DAY } },
      { v: 1, id: 'e', at: START, type: 'edited', tokenId: id, planId: '1001', actor: ADMIN, version: 2 },
    )
    const [canary, unknown] = [await world.renew(secret, 'k'), await world.renew(await nobodys(), 'k')]
    if (canary.renewed || unknown.renewed) throw new Error('renewed')
    expect(canary.rendered()).toEqual(unknown.rendered())
    expect({ ...canary, rendered: 0, response: 0 }).toEqual({ ...unknown, rendered: 0, response: 0 })
    await world.tokens.close()
    expect(used).toHaveLength(1)
    expect(await world.log()).toEqual(['created', 'edited', 'canary_used'])
  })

  it('with a secret that was reported as leaked renews nothing, whatever else the report did', async () => {
    for (const action of ['tell', 'retire'] as const) {
      const world = renewingWorld()
      const { secret, owner } = await due(world)
      await reportLeak(world.tokens, { text: secret, source: 'github', action })
      expect(await world.tried(secret)).toBe('secret_leaked')
      const { secret: newer } = await world.tokens.refresh(owner)
      world.clock.advance(15 * DAY)
      expect(await world.tried(newer.reveal())).toBe('renewed')
    }
  })

  it('cannot have the lost answer of a secret that was reported as leaked', async () => {
    const world = renewingWorld()
    const { secret } = await due(world)
    await world.renewed(secret, 'k')
    await reportLeak(world.tokens, { text: secret, source: 'github', action: 'tell' })
    expect(await world.tried(secret, 'k')).toBe('secret_leaked')
  })

  it('asked of something that is no request at all, it is malformed, and nothing is thrown', async () => {
    const world = renewingWorld()
    for (const asked of [
      {},
      { headers: null },
      { headers: 7 },
      { secret: Symbol('x') },
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no')
          },
        },
      ),
    ])
      expect(await world.tokens.renew(asked as never, { idempotencyKey: 'k' })).toMatchObject({ renewed: false })
    await expect(world.tokens.renew({ secret: 'x' }, { surface: 'other' })).rejects.toThrow(TypeError)
  })
})
