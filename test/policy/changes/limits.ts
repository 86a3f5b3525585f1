/** What a change of limits, of the surface and of the places of the credential does to living tokens. */
import type { PlanTokens, Policy } from 'plan-access-tokens'
import { guard } from 'plan-access-tokens/fetch'
import { requestWith } from 'plan-access-tokens/testing'
import { expect } from 'vitest'
import { codeOf, DAY } from '../../support/world.ts'
import { type Changes, changing, GET, limits } from './world.ts'

export const OF_LIMITS: Changes = {
  async 'lifetimeDays is lowered'() {
    const w = await changing({ after: limits({ lifetimeDays: 20 }) })
    expect(await w.warnings()).toEqual([{ code: 'lifetime_shortened', lifetimeDays: 20 }])
    expect(await w.affected()).toEqual([{ code: 'refresh_days', before: 30, after: 20 }])
    w.clock.advance(25 * DAY)
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    const { expiresAt } = await w.next.previewRefresh(w.owner)
    const { token } = await w.next.refresh(w.owner)
    expect([expiresAt, token.expiresAt, token.lifetimeDays]).toEqual([w.clock.now() + 20 * DAY, expiresAt, 30])
  },
  async 'lifetimeDays is raised'() {
    const w = await changing({ before: limits({ lifetimeDays: 60 }) }, { lifetimeDays: 60 })
    const { id } = await w.make(w.next, { lifetimeDays: 90 })
    const daysIn = async (engine: PlanTokens<Policy>) =>
      ((await engine.previewRefresh({ actor: 'ada', id })).expiresAt - w.clock.now()) / DAY
    expect([await daysIn(w.old), await daysIn(w.next)]).toEqual([60, 90])
    expect(await w.affected()).toEqual([])
  },
  async 'graceHours is changed'() {
    const w = await changing({ after: limits({ graceHours: 1 }) })
    const { secret } = await w.old.refresh(w.owner)
    w.clock.advance(DAY / 2)
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    const { previousWorksUntil } = await w.next.previewRefresh(w.owner)
    expect(previousWorksUntil).toBe(w.clock.now() + DAY / 24)
    await w.next.refresh(w.owner)
    w.clock.advance(DAY / 12)
    expect(await w.both(GET, secret.reveal())).toEqual(['secret_retired', 'secret_retired'])
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
  },
  async 'liveSecrets is lowered'() {
    const w = await changing({ after: limits({ liveSecrets: 2 }) })
    for (let i = 0; i < 3; i++) await w.old.refresh(w.owner)
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await codeOf(w.next.refresh(w.owner))).toBe('too_many_live_secrets')
    await w.next.refresh({ ...w.owner, retirePrevious: 'now' })
    expect(await w.both(GET)).toEqual(['secret_retired', 'secret_retired'])
  },
  async 'links is lowered'() {
    const resources = ['https://api.test/f/A', 'https://api.test/f/B']
    const w = await changing({ after: limits({ links: 1 }) }, { resources })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    await w.next.edit({ ...w.owner, name: 'other' })
    await expect(w.next.edit({ ...w.owner, resources })).rejects.toThrow(/at most 1 links/)
  },
  async 'resources is lowered'() {
    const w = await changing({ after: limits({ resources: 1 }) })
    const move = (...files: readonly string[]) => w.both('POST /move', w.made.secret, { files })
    expect(await move('A', 'B')).toEqual(['allowed', 'request_malformed'])
    expect(await move('A')).toEqual(['allowed', 'allowed'])
  },
  async 'bodyBytes is lowered'() {
    const w = await changing({ after: limits({ bodyBytes: 20 }) })
    const move = (note: string) => w.both('POST /move', w.made.secret, JSON.stringify({ files: ['A'], note }))
    expect(await move('long enough to be too long')).toEqual(['allowed', 'request_malformed'])
  },
  async 'the surface is renamed'() {
    const w = await changing({ after: { surface: 'files' } })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(() => guard(w.next, () => new Response(), { surface: 'api' })).toThrow(/surface: is "api"/)
    await expect(w.next.authorize(requestWith('x', GET), { surface: 'api' })).rejects.toThrow(TypeError)
    const { headers } = await w.next.authorize(requestWith('x', GET))
    expect(headers['WWW-Authenticate']).toMatch(/^Bearer realm="files"/)
  },
  async 'a credential header is changed'() {
    const w = await changing({ after: { credential: { headers: ['x-new-key'], bearer: true } } })
    const sent = async (header: string) =>
      Promise.all(
        [w.old, w.next].map(async (engine) => {
          const decision = await engine.authorize(requestWith(w.made.secret, GET, { header }))
          return decision.allowed ? 'allowed' : decision.code
        }),
      )
    expect(await sent('x-key')).toEqual(['allowed', 'token_missing'])
    expect(await sent('x-new-key')).toEqual(['token_missing', 'allowed'])
    expect(await sent('authorization')).toEqual(['allowed', 'allowed'])
  },
  async 'bearer is turned off'() {
    const w = await changing({ after: { credential: { headers: ['x-key'], bearer: false } } })
    expect(await w.both(GET)).toEqual(['allowed', 'token_missing'])
  },
}
