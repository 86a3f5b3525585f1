/** Leaks and canaries over real databases: what a record and an event have of them is there after it was written and read. */
import { createPlanTokens } from 'plan-access-tokens'
import { canaryTokens, reportLeak } from 'plan-access-tokens/leaks'
import { requestWith, testClock } from 'plan-access-tokens/testing'
import { expect, it } from 'vitest'
import { describeOverDatabases } from '../support/sql-stores.ts'
import { ADMIN, DAY, MINUTE, newDirectory, POLICY, START, TOKEN } from '../support/world.ts'

describeOverDatabases((storeOf) => {
  it('each action stands in the log with its source and place, once', async () => {
    const clock = testClock(START)
    const directory = newDirectory()
    const tokens = createPlanTokens({ policy: POLICY, store: storeOf(), directory, clock, canaries: canaryTokens() })
    const made = async (canary?: true) => {
      const { token, secret } = await tokens.create({ ...TOKEN, ...(canary && { canary }) })
      return { id: token.id, secret: secret.reveal() }
    }
    const [told, retired, revoked, canary] = [await made(), await made(), await made(), await made(true)]
    const url = 'https://github.com/acme/app/blob/1/a.txt?x=1'
    for (let times = 0; times < 2; times++) {
      await reportLeak(tokens, { text: told.secret, source: 'github', url, action: 'tell' })
      await reportLeak(tokens, { text: retired.secret, source: 'gitguardian', action: 'retire' })
      await reportLeak(tokens, { text: revoked.secret, source: 'support', action: 'revoke' })
      await reportLeak(tokens, { text: canary.secret, source: 'github', action: 'revoke' })
    }
    const { events } = await tokens.events({ actor: ADMIN, planId: '1001' })
    expect(
      events.slice(4).map(({ type, source, url: at, changes }) => [type, source, at, changes?.leak?.after]),
    ).toEqual([
      ['leak_reported', 'github', 'https://github.com/acme/app/blob/1/a.txt', 'tell'],
      ['leak_reported', 'gitguardian', undefined, 'retire'],
      ['revoked', 'support', undefined, 'revoke'],
      ['leak_reported', 'github', undefined, 'tell'],
    ])
    const get = (id: string) => tokens.get({ actor: ADMIN, id })
    expect(await get(told.id)).toMatchObject({ secrets: [{ leakedAt: START }], expiresAt: START + 30 * DAY })
    expect(await get(retired.id)).toMatchObject({ secrets: [{ leakedAt: START }], expiresAt: START + DAY })

    const other = createPlanTokens({ policy: POLICY, store: storeOf(), directory, clock, canaries: canaryTokens() })
    for (const one of [tokens, other, tokens, other]) {
      const decision = await one.authorize(requestWith(canary.secret, 'GET /v1/files/FileA'))
      expect(decision).toMatchObject({ allowed: false, code: 'token_unknown' })
      await one.close()
    }
    clock.advance(MINUTE)
    await other.inspect({ secret: canary.secret })
    await other.close()
    const log = await tokens.events({ actor: ADMIN, planId: '1001', tokenId: canary.id })
    expect(log.events.map(({ type }) => type)).toEqual(['created', 'leak_reported', 'canary_used', 'canary_used'])
    expect((await get(canary.id)).canary).toBe(true)
  })

  it('eight reports at once write one line, and a refresh meanwhile saves the token and not the secret', async () => {
    const clock = testClock(START)
    const tokens = createPlanTokens({ policy: POLICY, store: storeOf(), directory: newDirectory(), clock })
    const { token, secret } = await tokens.create(TOKEN)
    const owner = { actor: ADMIN, id: token.id }
    const report = () => reportLeak(tokens, { text: secret.reveal(), source: 'github', action: 'retire' })
    const [fresh] = await Promise.all([tokens.refresh(owner), ...Array.from({ length: 8 }, report)])
    const { events } = await tokens.events({ actor: ADMIN, planId: '1001', tokenId: token.id })
    expect(events.map(({ type }) => type).toSorted()).toEqual(['created', 'leak_reported', 'refreshed'])
    clock.advance(DAY)
    const ask = async (text: string) => (await tokens.authorize(requestWith(text, 'GET /v1/files/FileA'))).allowed
    expect([await ask(secret.reveal()), await ask(fresh.secret.reveal())]).toEqual([false, true])
  })
})
