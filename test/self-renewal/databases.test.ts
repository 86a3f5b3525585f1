/** Self-renewal over real databases, by two engines: what is kept of a renewal, a lost answer, a race and an old secret. */
import { createPlanTokens } from 'plan-access-tokens'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import { requestWith, testClock } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'
import { describeOverDatabases } from '../support/sql-stores.ts'
import { ADMIN, DAY, HOUR, newDirectory, START, TOKEN } from '../support/world.ts'
import { RENEWING } from './policy.ts'

describeOverDatabases((storeOf) => {
  it('a token renews itself in either process, its lost answer is had again, and its old secret ends it', async () => {
    const clock = testClock(START)
    const options = { policy: RENEWING, store: storeOf(), clock, directory: newDirectory(), onWarning() {} }
    const [one, two] = [0, 1].map(() =>
      createPlanTokens({ ...options, selfRenewal: selfRenewal({ onSuperseded: 'revoke' }) }),
    ) as [ReturnType<typeof createPlanTokens>, ReturnType<typeof createPlanTokens>]
    const { token, secret } = await one.create({ ...TOKEN, selfRenewal: true, renewUntil: START + 100 * DAY } as never)
    const owner = { actor: ADMIN, id: token.id }
    const first = secret.reveal()
    const ask = async (sent: string) => {
      const decision = await two.authorize(requestWith(sent, 'GET /v1/files/FileA'))
      return decision.allowed ? 'allowed' : decision.code
    }
    const renew = async (engine: typeof one, sent: string, idempotencyKey: string) => {
      const renewal = await engine.renew({ secret: sent }, { idempotencyKey })
      return renewal.renewed ? renewal.secret.reveal() : renewal.code
    }
    expect(await renew(two, first, 'k')).toBe('renewal_too_early')
    clock.advance(15 * DAY)
    const lost = await renew(one, first, 'k')
    const again = await renew(two, first, 'k')
    expect([await ask(lost), await ask(again)]).toEqual(['secret_retired', 'allowed'])
    // A use is known everywhere once it is written.
    await two.close()
    expect(await renew(one, first, 'k')).toBe('secret_superseded')
    expect((await one.get(owner)).selfRenewal).toEqual({ until: START + 100 * DAY, chosen: true })
    clock.advance(15 * DAY)
    const both = await Promise.all([renew(one, again, 'a'), renew(two, again, 'b')])
    const given = both.filter((text) => text.startsWith('figpat_'))
    expect(given).toHaveLength(1)
    clock.advance(HOUR)
    expect(await ask(given[0]!)).toBe('allowed')
    expect(await renew(one, again, 'thief')).toBe('secret_superseded')
    expect(await ask(given[0]!)).toBe('token_revoked')
    const { events } = await one.events({ ...{ actor: ADMIN, planId: '1001' }, tokenId: token.id })
    const types = events.map(({ type }) => type)
    expect(types.filter((type) => type === 'self_refreshed')).toHaveLength(3)
    expect([types[0], types.at(-1)]).toEqual(['created', 'revoked'])
    expect(types).toContain('superseded_secret_used')
  })
})
