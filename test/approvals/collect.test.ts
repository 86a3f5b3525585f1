/** The secret of an approved token, the key of a request, many that end, and engines and calls that know no approvals. */
import { createPlanTokens, memoryStore, type Token } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { legacyKeys } from 'plan-access-tokens/legacy'
import { operator } from 'plan-access-tokens/operator'
import { selfRenewal } from 'plan-access-tokens/self-renewal'
import { describe, expect, it } from 'vitest'
import { codeOf, DAY, errorOf, POLICY, START } from '../support/world.ts'
import { ADA, BEN, EVE, newWorld, PLAN, WISH } from './world.ts'

describe('a secret', () => {
  it('is collected by whoever asked and by nobody else, however alike', async () => {
    const { tokens, ask } = newWorld({ admins: [ADA, 'ADA', BEN] })
    const id = await ask()
    await tokens.approve({ actor: BEN, id })
    for (const actor of [BEN, 'ADA']) expect(await codeOf(tokens.collect({ actor, id }))).toBe('not_requester')
    expect((await tokens.collect({ actor: ADA, id })).token.status).toBe('active')
  })

  it('is collected within seven days, to the millisecond', async () => {
    const { tokens, ask, clock } = newWorld()
    const [inTime, late] = [await ask(), await ask()]
    for (const id of [inTime, late]) await tokens.approve({ actor: BEN, id })
    clock.advance(7 * DAY - 1)
    expect((await tokens.collect({ actor: ADA, id: inTime })).token.status).toBe('active')
    clock.advance(1)
    expect(await codeOf(tokens.collect({ actor: ADA, id: late }))).toBe('token_not_active')
  })

  it('is approved within thirty days, to the millisecond', async () => {
    const { tokens, ask, clock } = newWorld()
    const [inTime, late] = [await ask(), await ask()]
    clock.advance(30 * DAY - 1)
    expect((await tokens.approve({ actor: BEN, id: inTime })).status).toBe('pending')
    clock.advance(1)
    expect(await codeOf(tokens.approve({ actor: BEN, id: late }))).toBe('token_not_active')
  })

  it('is collected once, of two calls at the same moment too', async () => {
    const { tokens, ask, log } = newWorld()
    const id = await ask()
    await tokens.approve({ actor: BEN, id })
    const both = await Promise.allSettled([tokens.collect({ actor: ADA, id }), tokens.collect({ actor: ADA, id })])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'nothing_requested' })
    expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('nothing_requested')
    expect(await log()).toEqual(['requested', 'approved', 'collected'])
  })

  it('whose answer was lost is replaced by the same key, and by nobody else with it', async () => {
    const { tokens, ask, judged, clock } = newWorld()
    const id = await ask()
    await tokens.approve({ actor: BEN, id })
    const key = { id, idempotencyKey: 'k' }
    const lost = await tokens.collect({ actor: ADA, ...key })
    clock.advance(60_000)
    const again = await tokens.collect({ actor: ADA, ...key })
    expect(again.token.expiresAt).toBe(lost.token.expiresAt)
    expect(await judged(lost.secret.reveal())).toBe('secret_retired')
    expect(await codeOf(tokens.collect({ actor: BEN, ...key }))).toBe('idempotency_key_reused')
    expect(await judged(again.secret.reveal())).toBe('allowed')
    expect(await codeOf(tokens.collect({ actor: ADA, ...key }))).toBe('idempotency_key_spent')
  })

  it('may renew itself for a year from the day on which it is collected, or an edit of it approved', async () => {
    const policy = figmaPolicy({ selfRenewal: { afterPart: 0.5 } })
    const { tokens, clock, ask, edit } = newWorld({ options: { policy, selfRenewal: selfRenewal() } })
    const [id, chosen] = [
      await ask({ selfRenewal: true }),
      await ask({ selfRenewal: true, renewUntil: START + 90 * DAY }),
    ]
    clock.advance(20 * DAY)
    const untilOf = ({ selfRenewal }: Token) => ((selfRenewal?.until ?? Number.NaN) - START) / DAY
    for (const one of [id, chosen]) await tokens.approve({ actor: BEN, id: one })
    expect(untilOf((await tokens.collect({ actor: ADA, id })).token)).toBe(385)
    expect(untilOf((await tokens.collect({ actor: ADA, id: chosen })).token)).toBe(90)
    await edit(id, { scopes: ['files:read'], selfRenewal: true })
    clock.advance(9 * DAY)
    expect(untilOf(await tokens.approve({ actor: BEN, id }))).toBe(394)
  })
})

describe('a request that cannot be read', () => {
  it.each([null, {}, { by: '', at: Number.NaN }, 'ada', { at: START, approvedBy: BEN, approvedAt: START }])(
    '%j lets nobody approve it, collect it or refresh around it',
    async (request) => {
      const { tokens, ask, store } = newWorld()
      const id = await ask()
      const record = (await store.find(id))!
      const broken = { ...record, request: request as never, version: 2, eventId: 'by hand' }
      const event = { v: 1, id: 'by hand', at: START, type: 'edited', tokenId: id, planId: PLAN, actor: null } as const
      await store.commit(broken, { ...event, version: 2 })
      expect((await tokens.get({ actor: ADA, id })).status).toBe('pending')
      expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('nothing_requested')
      for (const actor of [ADA, BEN]) expect(await codeOf(tokens.collect({ actor, id }))).toBe(expectedOf(request))
      expect(await codeOf(tokens.edit({ actor: ADA, id, name: 'x' }))).toBe('not_requester')
      expect(await codeOf(tokens.refresh({ actor: ADA, id }))).toBe('token_is_pending')
      expect((await tokens.revoke({ actor: ADA, id })).status).toBe('revoked')
    },
  )
})

/** Of nothing at all it is said that nothing was asked for. */
const expectedOf = (request: unknown): string => (request ? 'not_requester' : 'nothing_requested')

describe('the key of a request', () => {
  it('gives the same pending token again, before and after the approval, and no secret once it is collected', async () => {
    const { tokens, log } = newWorld()
    const wish = { ...WISH, idempotencyKey: 'k' }
    const { token } = await tokens.create(wish)
    expect((await tokens.create(wish)).token).toEqual(token)
    expect(await codeOf(tokens.create({ ...wish, scopes: ['files:read'] }))).toBe('idempotency_key_reused')
    const approved = await tokens.approve({ actor: BEN, id: token.id })
    expect(await tokens.create(wish)).toEqual({ token: approved, secret: undefined })
    await tokens.collect({ actor: ADA, id: token.id })
    expect(await codeOf(tokens.create(wish))).toBe('idempotency_key_spent')
    expect(await log()).toEqual(['requested', 'approved', 'collected'])
  })
})

describe('ending many', () => {
  it('takes the pending ones by their status, and none that the preview did not count', async () => {
    const { tokens, ask, get } = newWorld()
    const [stays, goes] = [await ask(), await ask()]
    const filter = { status: 'pending' } as const
    const asked = { actor: EVE, planId: PLAN, filter }
    const { stamp, count } = await tokens.previewRevoke(asked)
    expect(count).toBe(2)
    await tokens.approve({ actor: BEN, id: stays })
    await tokens.collect({ actor: ADA, id: stays })
    const later = await ask()
    const done = await tokens.revokeMany({ ...asked, stamp })
    expect(done).toMatchObject({ revoked: [goes], changed: [stays] })
    expect([(await get(stays)).status, (await get(later)).status]).toEqual(['active', 'pending'])
  })

  it('of active ones does not take one that was pending when they were counted', async () => {
    const { tokens, ask, get } = newWorld()
    const id = await ask()
    await tokens.approve({ actor: BEN, id })
    const asked = { actor: EVE, planId: PLAN, filter: {} }
    const { stamp, count } = await tokens.previewRevoke(asked)
    await tokens.collect({ actor: ADA, id })
    expect([count, await tokens.revokeMany({ ...asked, stamp })]).toMatchObject([0, { revoked: [], changed: [] }])
    expect((await get(id)).status).toBe('active')
  })

  it('by an operator takes what waits too', async () => {
    const { tokens, ask, make } = newWorld()
    const id = await ask()
    await tokens.approve({ actor: BEN, id })
    await make()
    expect(await operator(tokens).revokePlan({ planId: PLAN, actor: 'ops', reason: 'It is over' })).toEqual({
      tokens: 2,
    })
    expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('token_not_active')
    expect((await operator(tokens).tokens({ status: 'pending' })).tokens).toEqual([])
  })

  it('by an operator takes what is asked for meanwhile', async () => {
    let between: () => Promise<unknown> = async () => undefined
    const { tokens, ask, make } = newWorld({
      port: (store) => ({
        ...store,
        async list(query) {
          if (query.status === 'active') {
            const once = between
            between = async () => undefined
            await once()
          }
          return store.list(query)
        },
      }),
    })
    await make()
    between = () => ask()
    expect(await operator(tokens).revokePlan({ planId: PLAN, actor: 'ops', reason: 'It is over' })).toEqual({
      tokens: 2,
    })
    expect((await operator(tokens).tokens({ status: 'pending' })).tokens).toEqual([])
  })
})

describe('an engine without the option', () => {
  const plain = (store = memoryStore(), more: object = {}) => {
    const { directory, clock } = newWorld()
    return createPlanTokens({ policy: POLICY, store, directory, clock, ...more })
  }

  it('makes no token of such a plan and adopts none, decides nothing and says so at start', async () => {
    const tokens = plain()
    expect(await codeOf(tokens.create(WISH))).toBe('approval_required')
    const error = await errorOf(tokens.create({ ...WISH, name: '' }))
    expect(error.code).toBe('invalid_input')
    for (const call of [tokens.approve, tokens.decline, tokens.collect]) {
      const refused = await errorOf(call({ actor: BEN, id: 'x' }))
      expect([refused.code, refused.message]).toEqual([
        'not_supported',
        'The engine has no option approvals, so nothing is approved, declined or collected here.',
      ])
    }
    await expect(tokens.ready({ planId: PLAN })).rejects.toThrow('the option approvals is missing')
    await newWorld().tokens.ready({ planId: PLAN })
  })

  it('lets nothing through with a token that waits, and edits none', async () => {
    const { ask, store, edit, make } = newWorld()
    const id = await ask()
    const tokens = plain(store)
    expect(await codeOf(tokens.edit({ actor: ADA, id, name: 'Other' }))).toBe('token_is_pending')
    const made = await make()
    expect(await codeOf(tokens.edit({ actor: ADA, id: made.id, scopes: ['files:read'] }))).toBe('approval_required')
    expect((await tokens.edit({ actor: ADA, id: made.id, name: 'Other' })).name).toBe('Other')
    expect((await edit(made.id, { scopes: ['files:read'] })).proposal).toBeDefined()
  })

  it('gives no answer without a secret, though the plan has given up the rule', async () => {
    const { tokens: asking, store, directory, clock, setRules } = newWorld()
    const wish = { ...WISH, idempotencyKey: 'k' }
    await asking.create(wish)
    setRules({})
    const tokens = createPlanTokens({ policy: POLICY, store, directory, clock })
    expect(await codeOf(tokens.create(wish))).toBe('approval_required')
    expect((await asking.create(wish)).secret).toBeUndefined()
    expect((await tokens.create({ ...wish, idempotencyKey: 'l' })).secret.reveal()).toMatch(/^figpat_/)
  })

  it('takes only what approvals() made', () => {
    for (const approvals of [{}, true, null, () => undefined])
      expect(() => plain(memoryStore(), { approvals })).toThrow('must be made by approvals().')
  })
})

describe('a key from before', () => {
  it('is not adopted, with the option neither', async () => {
    const legacy = legacyKeys({
      rest: [{ name: 'keys', match: /^sk_live_[A-Za-z0-9]{32}$/, scheme: { hash: 'sha256', encoding: 'hex' } }],
    })
    const { tokens, setRules } = newWorld({ options: { legacy } })
    const { lifetimeDays: _, ...wish } = WISH
    const input = { ...wish, expiresAt: START + DAY, scheme: 'keys', digest: 'a'.repeat(64) }
    expect(await codeOf(tokens.adopt(input))).toBe('approval_required')
    setRules({})
    expect((await tokens.adopt(input)).status).toBe('active')
  })
})

describe('the rule', () => {
  it('is shown to admins, and one that is misspelt lets nothing be made', async () => {
    const { tokens, setRules } = newWorld()
    expect(await tokens.rules({ actor: ADA, planId: PLAN })).toEqual({ approvals: 'required' })
    for (const approvals of [true, 'Required', 'none', null]) {
      setRules({ approvals } as never)
      expect(await codeOf(tokens.create(WISH))).toBe('unavailable')
    }
  })
})
