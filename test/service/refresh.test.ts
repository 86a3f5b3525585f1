/** `refresh` and `previewRefresh`: dates to the millisecond, the grace of earlier secrets, the limit of ten, leaked secrets. */
import { definePolicy } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, DAY, errorOf, HOUR, newWorld, START, type World } from '../support/world.ts'

const refresh = async ({ tokens }: World, id: string, how: object = {}): Promise<string> =>
  (await tokens.refresh({ actor: ADMIN, id, ...how })).secret.reveal()
const ends = async ({ tokens }: World, id: string): Promise<(number | null)[]> =>
  (await tokens.get({ actor: ADMIN, id })).secrets.map(({ worksUntil }) => worksUntil)

describe('refresh', () => {
  it('starts the original lifetime again from now, whatever was left', async () => {
    const world = newWorld()
    const { id } = await world.make({ lifetimeDays: 30 })
    for (const at of [10, 20]) {
      world.clock.set(START + at * DAY)
      const { token } = await world.tokens.refresh({ actor: ADMIN, id })
      expect([token.expiresAt, token.lifetimeDays]).toEqual([START + (at + 30) * DAY, 30])
    }
  })

  it('lets the secret before work 24 hours more from now, even beyond the old expiry', async () => {
    const world = newWorld()
    const { id, secret } = await world.make({ lifetimeDays: 1 })
    world.clock.advance(DAY - 1)
    const second = await refresh(world, id)
    world.clock.advance(DAY - 1)
    expect([await world.ask(secret), await world.ask(second)]).toEqual(['allowed', 'allowed'])
    world.clock.advance(1)
    expect(await world.ask(secret)).toBe('token_expired')
  })

  it('retires the secret before after exactly 24 hours', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const second = await refresh(world, id)
    world.clock.advance(DAY - 1)
    expect(await world.ask(secret)).toBe('allowed')
    world.clock.advance(1)
    expect([await world.ask(secret), await world.ask(second)]).toEqual(['secret_retired', 'allowed'])
  })

  it('twice in a day keeps the deadline that the first secret was promised', async () => {
    const world = newWorld()
    const { id } = await world.make()
    world.clock.advance(HOUR)
    await refresh(world, id)
    world.clock.advance(HOUR)
    await refresh(world, id)
    expect(await ends(world, id)).toEqual([START + 25 * HOUR, START + 26 * HOUR, null])
  })

  it('tells a client that still sends an earlier secret until when it works', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const second = await refresh(world, id)
    const allowed = async (text: string) =>
      world.tokens.authorize({ method: 'GET', url: '/v1/files/FileA', headers: { 'x-figma-token': text } })
    expect(await allowed(secret)).toMatchObject({ allowed: true, secret: { worksUntil: START + DAY } })
    expect(await allowed(second)).toMatchObject({ allowed: true, secret: { worksUntil: null } })
  })

  it('with retirePrevious: now ends every earlier secret in the same millisecond, also with ten that live', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const secrets = [secret]
    for (let i = 0; i < 9; i++) secrets.push(await refresh(world, id))
    const last = await refresh(world, id, { retirePrevious: 'now' })
    for (const earlier of secrets) expect(await world.ask(earlier)).toBe('secret_retired')
    expect(await world.ask(last)).toBe('allowed')
    expect(await ends(world, id)).toEqual([...secrets.map(() => 0), null])
  })

  it('lets ten secrets live and refuses an eleventh until one has ended', async () => {
    const world = newWorld()
    const { id } = await world.make()
    for (let i = 0; i < 9; i++) {
      world.clock.advance(1)
      await refresh(world, id)
    }
    const before = await world.tokens.get({ actor: ADMIN, id })
    const error = await errorOf(world.tokens.refresh({ actor: ADMIN, id }))
    expect([error.code, error.status]).toEqual(['too_many_live_secrets', 409])
    expect(await world.tokens.get({ actor: ADMIN, id })).toEqual(before)
    world.clock.set(START + 1 + DAY - 1)
    expect(await codeOf(world.tokens.refresh({ actor: ADMIN, id }))).toBe('too_many_live_secrets')
    world.clock.set(START + 1 + DAY)
    await refresh(world, id)
  })

  it('is refused at the very end of the token, after it, and after a revoke', async () => {
    const world = newWorld()
    const { id, secret } = await world.make({ lifetimeDays: 1 })
    const other = await world.make()
    await world.tokens.revoke({ actor: ADMIN, id: other.id })
    world.clock.advance(DAY)
    for (const ended of [id, other.id]) {
      expect(await codeOf(world.tokens.refresh({ actor: ADMIN, id: ended }))).toBe('token_not_active')
      expect(await codeOf(world.tokens.refresh({ actor: ADMIN, id: ended, retirePrevious: 'now' }))).toBe(
        'token_not_active',
      )
    }
    expect([await world.ask(secret), await world.ask(other.secret)]).toEqual(['token_expired', 'token_revoked'])
  })

  it('is refused for a token whose type no policy has any more, which can still be read and revoked', async () => {
    const world = newWorld()
    const { id } = await world.make()
    const record = (await world.store.find(id))!
    const event = (await world.store.events({ limit: 1 }))[0]!
    await world.store.commit({ ...record, type: 'gone', version: 2 }, { ...event, id: 'x', version: 2 })
    for (const call of [world.tokens.refresh, world.tokens.previewRefresh]) {
      const error = await errorOf(call({ actor: ADMIN, id }))
      expect([error.code, error.message]).toEqual(['token_not_active', expect.stringContaining('no policy')])
    }
    expect(await codeOf(world.tokens.edit({ actor: ADMIN, id, name: 'Other' }))).toBe('token_not_active')
    expect((await world.tokens.get({ actor: ADMIN, id })).type).toBe('gone')
    expect((await world.tokens.revoke({ actor: ADMIN, id })).status).toBe('revoked')
  })
})

describe('the grace of one refresh', () => {
  it.each([[0], [1], [23], [24]])(
    'of %i hours ends the secret before after so many hours, to the millisecond',
    async (hours) => {
      const world = newWorld()
      const { id, secret } = await world.make()
      const preview = await world.tokens.previewRefresh({ actor: ADMIN, id, graceHours: hours })
      const second = await refresh(world, id, { graceHours: hours })
      expect(preview.previousWorksUntil).toBe(START + hours * HOUR)
      if (hours > 0) {
        world.clock.advance(hours * HOUR - 1)
        expect(await world.ask(secret)).toBe('allowed')
        world.clock.advance(1)
      }
      expect([await world.ask(secret), await world.ask(second)]).toEqual(['secret_retired', 'allowed'])
    },
  )

  it('of 0 hours ends it by state, whatever a clock says, and leaves those before it their deadlines', async () => {
    const world = newWorld()
    const { id, secret } = await world.make()
    const second = await refresh(world, id, { graceHours: 5 })
    await refresh(world, id, { graceHours: 0 })
    expect(await ends(world, id)).toEqual([START + 5 * HOUR, 0, null])
    world.clock.set(START - HOUR)
    expect([await world.ask(secret), await world.ask(second)]).toEqual(['allowed', 'secret_retired'])
  })

  it.each<[unknown, object?]>([[-1], [25], [1.5], ['1'], [null], [Number.NaN], [true], [0, { retirePrevious: 'now' }]])(
    'is no %j %j, and nothing is refreshed',
    async (graceHours, how = {}) => {
      const world = newWorld()
      const { id, secret } = await world.make()
      const wrong = { actor: ADMIN, id, graceHours: graceHours as number, ...how }
      const error = await errorOf(world.tokens.refresh({ ...wrong, idempotencyKey: '' }))
      expect(error.issues.map(({ path }) => path).sort()).toEqual(['graceHours', 'idempotencyKey'])
      if (!('retirePrevious' in how))
        expect((await errorOf(world.tokens.previewRefresh(wrong))).issues.map(({ path }) => path)).toEqual([
          'graceHours',
        ])
      expect([await world.log(), await world.ask(secret)]).toEqual([['created'], 'allowed'])
    },
  )

  it('goes no further than the policy of the token, and stands in the log', async () => {
    const policy = definePolicy({ ...figmaPolicy().data, limits: { graceHours: 2 } })
    const world = newWorld({ policy })
    const { id } = await world.make()
    const error = await errorOf(world.tokens.refresh({ actor: ADMIN, id, graceHours: 3 }))
    expect(error.issues).toMatchObject([
      { path: 'graceHours', message: 'must be a whole number of hours from 0 to 2.' },
    ])
    await world.tokens.refresh({ actor: ADMIN, id, graceHours: 1 })
    await world.tokens.refresh({ actor: ADMIN, id, graceHours: 0, retirePrevious: 'afterGrace' })
    const { events } = await world.tokens.events({ actor: ADMIN, planId: '1001' })
    expect(events.map(({ changes }) => changes?.previousWorksUntil?.after)).toEqual([undefined, START + HOUR, 0])
  })
})

describe('previewRefresh', () => {
  it('tells the dates that a refresh at this moment gives, and changes nothing', async () => {
    const world = newWorld()
    for (const lifetimeDays of [1, 30]) {
      const { id } = await world.make({ lifetimeDays })
      world.clock.advance(HOUR)
      const before = await world.log()
      const preview = await world.tokens.previewRefresh({ actor: ADMIN, id })
      expect(await world.log()).toEqual(before)
      const { token } = await world.tokens.refresh({ actor: ADMIN, id })
      expect(preview).toEqual({ expiresAt: token.expiresAt, previousWorksUntil: token.secrets[0]?.worksUntil })
    }
  })

  it('is refused for a token that has ended', async () => {
    const world = newWorld()
    const { id } = await world.make({ lifetimeDays: 1 })
    world.clock.advance(DAY)
    expect(await codeOf(world.tokens.previewRefresh({ actor: ADMIN, id }))).toBe('token_not_active')
  })
})
