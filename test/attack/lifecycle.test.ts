/** Attacks on dates: expiry, lifetimes, refreshes, and a clock that is wrong. Ends of secrets and races: lifecycle-secrets.test.ts. */
import { afterEach, expect } from 'vitest'
import { DAY, HOUR, START } from '../support/world.ts'
import { attacksOf } from './attack.ts'
import { allowed, changingNothing, denied, failure, invalidAt, neverAllowed, shown } from './verdicts.ts'
import { A, input, tamper, world } from './world.ts'

const attack = attacksOf('lifecycle')
const FILE_A = `GET /v1/files/${A}`
const TZ = process.env.TZ

afterEach(() => {
  if (TZ === undefined) delete process.env.TZ
  else process.env.TZ = TZ
})

attack('d01', async () => {
  const w = await world()
  const token = await w.make({ lifetimeDays: 1 })
  expect(token.token.expiresAt).toBe(START + 86_400_000)
  w.clock.real.set(START + 86_399_999)
  allowed(await w.ask(FILE_A, token))
  w.clock.real.set(START + 86_400_000)
  denied(await w.ask(FILE_A, token), 'token_expired')
})

attack('d02', async () => {
  process.env.TZ = 'America/New_York'
  expect(new Date('2027-01-31T12:00:00Z').getHours(), 'the time zone is in effect').toBe(7)
  const w = await world()
  for (const moment of ['2027-06-01T00:30:00Z', '2027-03-13T12:00:00Z']) {
    w.clock.real.set(moment)
    for (const lifetimeDays of [365, 2]) {
      const { token } = await w.make({ lifetimeDays })
      expect(token.createdAt).toBe(Date.parse(moment))
      expect(token.expiresAt - token.createdAt, `${lifetimeDays} days from ${moment}`).toBe(lifetimeDays * 86_400_000)
    }
  }
})

attack('d03', async () => {
  const w = await world()
  w.clock.real.set('2028-02-29T12:00:00Z')
  const { token } = await w.make({ lifetimeDays: 365 })
  expect(new Date(token.expiresAt).toISOString()).toBe('2029-02-28T12:00:00.000Z')
})

attack('d04', async () => {
  const w = await world()
  const wrong = [0, -1, 366, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '90', null, undefined, [90], true, 1e9, -0, 90n]
  await changingNothing(w, async () => {
    for (const lifetimeDays of wrong)
      await invalidAt('lifetimeDays', w.tokens.create(input({ lifetimeDays })), shown(lifetimeDays))
  })
  expect((await w.make({ lifetimeDays: 365 })).token.expiresAt).toBe(START + 365 * DAY)
})

attack('d05', async () => {
  const w = await world()
  await changingNothing(w, async () => {
    await invalidAt('expiresAt', w.tokens.create(input({ expiresAt: 253_402_300_799_000 })))
    const instead = w.tokens.create(input({ expiresAt: 253_402_300_799_000, lifetimeDays: undefined }))
    const error = await invalidAt('expiresAt', instead)
    expect(error.issues.map((issue) => issue.path)).toEqual(['expiresAt'])
  })
})

attack('d06', async () => {
  const w = await world()
  const first = await w.make({ lifetimeDays: 30 })
  w.clock.real.set(START + 10 * DAY)
  const second = await w.refresh(first)
  expect(second.token).toMatchObject({ expiresAt: START + 40 * DAY, lifetimeDays: 30 })
  w.clock.real.set(START + 20 * DAY)
  const third = await w.refresh(first)
  expect(third.token).toMatchObject({ expiresAt: START + 50 * DAY, lifetimeDays: 30 })
  w.clock.real.set(START + 50 * DAY - 1)
  allowed(await w.ask(FILE_A, third))
  w.clock.real.set(START + 50 * DAY)
  denied(await w.ask(FILE_A, third), 'token_expired')
})

attack('d07', async () => {
  const w = await world()
  const S1 = w.ALL
  w.clock.real.set(START + HOUR)
  const S2 = await w.refresh(S1)
  w.clock.real.set(START + 2 * HOUR)
  const S3 = await w.refresh(S1)
  const ends: readonly (readonly [string, string, number, 'secret_retired' | 'token_expired'])[] = [
    ['S1', S1.secret, START + 25 * HOUR, 'secret_retired'],
    ['S2', S2.secret, START + 26 * HOUR, 'secret_retired'],
    ['S3', S3.secret, START + 2 * HOUR + 90 * DAY, 'token_expired'],
  ]
  for (const [name, secret, end, code] of ends) {
    w.clock.real.set(end - 1)
    allowed(await w.ask(FILE_A, secret), name)
    w.clock.real.set(end)
    denied(await w.ask(FILE_A, secret), code, name)
  }
})

attack('d08', async () => {
  const w = await world()
  const first = await w.make({ lifetimeDays: 1 })
  w.clock.real.set(START + 23 * HOUR)
  await w.refresh(first)
  w.clock.real.set(START + 24 * HOUR)
  allowed(await w.ask(FILE_A, first), 'at the old expiry')
  w.clock.real.set(START + 47 * HOUR - 1)
  allowed(await w.ask(FILE_A, first), 'just before the end of the grace and of the token')
  w.clock.real.set(START + 47 * HOUR)
  neverAllowed(await w.ask(FILE_A, first))
})

attack('d09', async () => {
  const w = await world()
  const { clock, tokens } = w
  const token = await w.make({ lifetimeDays: 1 })
  const late = await w.make({ lifetimeDays: 1 })
  const revoked = await w.make()
  await tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
  await failure(tokens.refresh({ actor: 'admin-1', id: revoked.token.id }), 'token_not_active', 'after revoke')
  clock.real.set(token.token.expiresAt - 1)
  allowed(await w.ask(FILE_A, await w.refresh(token)))
  clock.real.set(late.token.expiresAt)
  await failure(tokens.refresh({ actor: 'admin-1', id: late.token.id }), 'token_not_active', 'at expiry')
  denied(await w.ask(FILE_A, late), 'token_expired')
})

attack('d13', async () => {
  const w = await world()
  const token = await w.make({ lifetimeDays: 1 })
  w.clock.real.set(START + 2 * DAY)
  const { id } = token.token
  const revoked = await w.tokens.revoke({ actor: 'admin-1', id })
  expect(revoked).toMatchObject({ status: 'revoked', revokedAt: START + 2 * DAY, revokedBy: 'admin-1' })
  denied(await w.ask(FILE_A, token), 'token_revoked')
  w.clock.real.set(START)
  denied(await w.ask(FILE_A, token), 'token_revoked', 'also for a clock by which it would be alive')
})

attack('d24', async () => {
  const w = await world()
  const dates = [
    ...[Number.NaN, Number.POSITIVE_INFINITY, 'never', '2026-01-01', undefined, null, {}, true],
    ...['2099-01-01', '2099-01-01T00:00:00Z', '4102444800000', new Date('2099-01-01'), [4_102_444_800_000]],
    ...[4_102_444_800_000n, 4_102_444_800_000.5, Number.MAX_VALUE, Number.NEGATIVE_INFINITY],
  ]
  for (const expiresAt of dates) {
    tamper(w, { expiresAt })
    denied(await w.ask(FILE_A), 'token_expired', shown(expiresAt))
  }
})

attack('d26', async () => {
  const w = await world()
  for (const revokedAt of [0, undefined, false, '', Number.NaN, -1, 'null', {}]) {
    tamper(w, { revokedAt })
    denied(await w.ask(FILE_A), 'token_revoked', shown(revokedAt))
  }
})

attack('d27', async () => {
  const w = await world()
  const revoked = await w.make()
  await w.tokens.revoke({ actor: 'admin-1', id: revoked.token.id })
  w.clock.real.set(START - DAY)
  denied(await w.ask(FILE_A, revoked), 'token_revoked')
  w.clock.real.set(START)
  const second = await w.refresh(w.ALL)
  w.clock.real.set(START - 2 * DAY)
  allowed(await w.ask(FILE_A, w.ALL))
  allowed(await w.ask(FILE_A, second))
  w.clock.real.set(START + DAY)
  denied(await w.ask(FILE_A, w.ALL), 'secret_retired', 'its deadline did not move')
  w.clock.real.set(START + 90 * DAY)
  denied(await w.ask(FILE_A, second), 'token_expired', 'nor did that of the token')
})

attack('d28', async () => {
  const w = await world()
  const broken: readonly (() => unknown)[] = [
    () => Number.NaN,
    () => undefined,
    () => Number.POSITIVE_INFINITY,
    () => {
      throw new Error('no clock')
    },
    () => null,
    () => String(START),
    () => START + 0.5,
    () => new Date(START),
    () => BigInt(START),
  ]
  await changingNothing(w, async () => {
    for (const now of broken) {
      w.clock.replace.now = now
      const what = now.toString()
      neverAllowed(await w.ask(FILE_A), what)
      const writes = w.store.count('commit')
      await failure(w.tokens.create(input()), 'unavailable', what)
      for (const call of ['refresh', 'revoke', 'previewRefresh'] as const)
        await failure(w.tokens[call]({ actor: 'admin-1', id: w.ALL.token.id }), 'unavailable', `${call} ${what}`)
      expect(w.store.count('commit'), what).toBe(writes)
    }
  })
  delete w.clock.replace.now
  allowed(await w.ask(FILE_A))
})

attack('d29', async () => {
  const w = await world()
  const { tokens } = w
  const asked = { actor: 'admin-1', id: w.ALL.token.id }
  w.clock.real.advance(5 * HOUR)
  let preview = { expiresAt: 0, previousWorksUntil: 0 }
  await changingNothing(w, async () => {
    preview = await tokens.previewRefresh(asked)
  })
  expect(preview).toEqual({ expiresAt: START + 5 * HOUR + 90 * DAY, previousWorksUntil: START + 29 * HOUR })
  const { token } = await w.refresh(w.ALL)
  expect(token.expiresAt).toBe(preview.expiresAt)
  expect(token.secrets.map((secret) => secret.worksUntil)).toEqual([preview.previousWorksUntil, null])
  expect(token.version).toBe(2)
  await tokens.revoke(asked)
  await failure(tokens.previewRefresh(asked), 'token_not_active')
})

attack('d30', async () => {
  const w = await world()
  const { directory, tokens } = w
  const asked = { actor: 'admin-1', id: w.ALL.token.id }
  for (const change of [{ tier: 'professional' }, { tier: 'organization', suspended: true }]) {
    directory.real.setPlan('1001', change)
    denied(await w.ask(FILE_A), 'plan_not_eligible', JSON.stringify(change))
    await changingNothing(w, async () => {
      await failure(tokens.create(input()), 'plan_not_eligible', 'create')
      await failure(tokens.edit({ ...asked, name: 'Other' }), 'plan_not_eligible', 'edit')
      await failure(tokens.refresh(asked), 'plan_not_eligible', 'refresh')
      await failure(tokens.previewRefresh(asked), 'plan_not_eligible', 'previewRefresh')
      expect(await tokens.get(asked)).toMatchObject({ id: asked.id, status: 'active' })
      expect((await tokens.list({ actor: 'admin-1', planId: '1001' })).tokens).toHaveLength(2)
      expect((await tokens.events({ actor: 'admin-1', planId: '1001' })).events).toHaveLength(2)
    })
    directory.real.setPlan('1001', { tier: 'organization', suspended: false })
    allowed(await w.ask(FILE_A), 'allowed again')
  }
  directory.real.setPlan('1001', { tier: 'professional' })
  expect((await tokens.revoke(asked)).status).toBe('revoked')
  denied(await w.ask(FILE_A), 'token_revoked')
})
