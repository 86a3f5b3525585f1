/** `refresh` and `previewRefresh`: dates to the millisecond, the grace of earlier secrets, the limit of ten, leaked secrets. */
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
