/** A token that has to be approved: asked for, approved or declined by another admin, collected once by whoever asked. */
import { operator } from 'plan-access-tokens/operator'
import { describe, expect, it } from 'vitest'
import { codeOf, DAY, errorOf, START } from '../support/world.ts'
import { ADA, BEN, EVE, LINKS, MALLORY, newWorld, PLAN, WISH } from './world.ts'

describe('a token of a plan that asks for approvals', () => {
  it('is pending and has no secret, and the log says who asked', async () => {
    const { tokens, log, lastEvent, store } = newWorld()
    const { token, secret } = await tokens.create(WISH)
    expect(secret).toBeUndefined()
    expect(token).toMatchObject({
      ...{ status: 'pending', secrets: [], createdBy: ADA, lifetimeDays: 30 },
      request: { by: ADA, at: START },
      expiresAt: START + 30 * DAY,
    })
    expect(await log()).toEqual(['requested'])
    expect(await lastEvent()).toMatchObject({ type: 'requested', actor: ADA, tokenId: token.id })
    expect((await store.find(token.id))?.secrets).toEqual([])
  })

  it('gets its secret once another admin has approved it, and lives from then on', async () => {
    const { tokens, clock, ask, judged, log } = newWorld()
    const id = await ask()
    clock.advance(DAY)
    const approved = await tokens.approve({ actor: BEN, id })
    expect(approved).toMatchObject({
      status: 'pending',
      request: { by: ADA, at: START, approvedBy: BEN, approvedAt: START + DAY },
      expiresAt: START + 8 * DAY,
    })
    clock.advance(DAY)
    const { token, secret } = await tokens.collect({ actor: ADA, id })
    expect(token).toMatchObject({ status: 'active', expiresAt: START + 32 * DAY, version: 3 })
    expect(token).not.toHaveProperty('request')
    expect(token.secrets).toHaveLength(1)
    expect(await judged(secret.reveal())).toBe('allowed')
    expect(await log()).toEqual(['requested', 'approved', 'collected'])
  })

  it('keeps an end that was chosen, and lapses by then', async () => {
    const { tokens, clock, ask, get } = newWorld()
    const expiresAt = START + 3 * DAY
    const id = await ask({ lifetimeDays: undefined, expiresAt })
    expect(await get(id)).toMatchObject({ expiresAt, request: { expiresAt } })
    await tokens.approve({ actor: BEN, id })
    expect((await get(id)).expiresAt).toBe(expiresAt)
    clock.advance(2 * DAY)
    expect((await tokens.collect({ actor: ADA, id })).token).toMatchObject({ expiresAt, status: 'active' })
    const late = await ask({ lifetimeDays: undefined, expiresAt: START + 4 * DAY })
    await tokens.approve({ actor: BEN, id: late })
    clock.set(START + 4 * DAY)
    expect(await codeOf(tokens.collect({ actor: ADA, id: late }))).toBe('token_not_active')
  })

  it('of which is declined is over, with who said no and why', async () => {
    const { tokens, ask, lastEvent } = newWorld()
    const id = await ask()
    const token = await tokens.decline({ actor: BEN, id, reason: 'Half of it is enough' })
    expect(token).toMatchObject({ status: 'revoked', revokedBy: BEN, request: { by: ADA } })
    const declined = await lastEvent()
    expect(declined).toMatchObject({ type: 'declined', actor: BEN, reason: 'Half of it is enough' })
    const { receipt } = await tokens.revoke({ actor: EVE, id, receipt: true })
    expect([receipt.seq, receipt.chain, receipt.revokedAt]).toEqual([declined.seq, declined.chain, declined.at])
    for (const call of [
      tokens.approve({ actor: EVE, id }),
      tokens.decline({ actor: EVE, id }),
      tokens.collect({ actor: ADA, id }),
      tokens.edit({ actor: ADA, id, name: 'Other' }),
    ])
      expect(await codeOf(call)).toBe('token_not_active')
  })

  it.each([ADA, EVE])('is taken back by a revoke of %s', async (actor) => {
    const { tokens, ask } = newWorld()
    const id = await ask()
    expect((await tokens.revoke({ actor, id })).status).toBe('revoked')
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('token_not_active')
  })

  it('is no concern of a plan without the rule, nor of a canary', async () => {
    const { tokens } = newWorld({ rules: {} })
    const { secret } = await tokens.create(WISH)
    expect(secret).toBeDefined()
    const canaries = { used() {}, close: async () => undefined }
    const asked = newWorld({ options: { canaries } })
    const canary = await asked.tokens.create({ ...WISH, canary: true })
    expect(canary.token.status).toBe('active')
    expect(canary.secret).toBeDefined()
    expect((await asked.edit(canary.token.id, { scopes: ['files:read'] })).scopes).toEqual(['files:read'])
  })

  it('cannot be refreshed, used or explained as if it were there', async () => {
    const { tokens, ask } = newWorld()
    const id = await ask()
    expect(await codeOf(tokens.refresh({ actor: ADA, id }))).toBe('token_is_pending')
    expect(await codeOf(tokens.previewRefresh({ actor: ADA, id }))).toBe('token_is_pending')
    const explain = async () => {
      const { rules, decision } = await tokens.explain({ actor: BEN, id, method: 'GET', url: '/v1/files/FileA' })
      expect(decision.allowed).toBe(false)
      return rules.find(({ rule }) => rule === 'alive')
    }
    expect(await explain()).toMatchObject({
      code: 'token_unknown',
      reason: expect.stringContaining('It is pending: another admin has to approve it'),
    })
    await tokens.approve({ actor: BEN, id })
    expect((await explain())?.reason).toContain('ben has approved it')
    await tokens.revoke({ actor: BEN, id })
    expect((await explain())?.code).toBe('token_revoked')
  })

  it('is one of the lists: by status, by what lapses first, and not among the active ones', async () => {
    const { tokens, ask, make, clock } = newWorld()
    const active = await make()
    const id = await ask()
    const list = async (query: object) =>
      (await tokens.list({ actor: BEN, planId: PLAN, ...query })).tokens.map((token) => token.id)
    expect(await list({ status: 'pending' })).toEqual([id])
    expect(await list({ status: 'active' })).toEqual([active.id])
    await tokens.approve({ actor: BEN, id })
    expect(await list({ order: 'expiry' })).toEqual([id, active.id])
    const first = await tokens.list({ actor: BEN, planId: PLAN, order: 'expiry', limit: 1 })
    expect(await list({ order: 'expiry', after: first.next })).toEqual([active.id])
    clock.advance(7 * DAY)
    expect(await list({ status: 'pending' })).toEqual([])
    expect(await list({ status: 'expired' })).toEqual([id])
  })

  it('that has lapsed is swept away', async () => {
    const { tokens, ask, clock, store } = newWorld()
    const id = await ask()
    clock.advance(31 * DAY)
    expect(await tokens.sweep({ olderThan: START + 31 * DAY })).toMatchObject({ tokens: 1 })
    expect(await store.find(id)).toBeUndefined()
  })
})

describe('who decides', () => {
  it.each([
    ['the same', 'ada', 'ada'],
    ['the same in capitals', 'ada', 'ADA'],
    ['the same with spaces around it', 'ada', ' ada\u00a0'],
    ['the same in full width', 'ada@example.com', 'ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ'],
    ['the same with what nobody sees', 'ada', 'a\u200bd\u2060a\ufeff'],
    ['the same with a soft hyphen', 'ada', 'ad\u00ada'],
    ['composed and not', 'ren\u00e9', 'rene\u0301'],
    ['the same with another s', 'strauss', 'STRAU\u1e9e'],
    ['a ligature', 'ofﬁce', 'office'],
    ['two spaces for one', 'ada b', 'ada  b'],
    ['a final sigma', 'ΜΑΡΙΟΣ', 'μαριος'],
    ['a sigma that what nobody sees makes final', 'ΜΑΣΑ', 'ΜΑΣ\u3164Α'],
    ['what nobody sees between a letter and its accent', 'ren\u00e9', 'rene\u034f\u0301'],
    ['the same with two marks', 'ren\u1ec7', 'rene\u0302\u200d\u0323'],
    ['a capital with a dot', 'd\u0130lara', 'dilara'],
    ['a small letter with its dot twice', 'di\u0307lara', 'dilara'],
    ['an empty Braille pattern around it', 'ada', 'ada\u2800'],
  ])('is not %s: %j and %j', async (_, by, actor) => {
    const { tokens, make } = newWorld({ admins: [by, actor, BEN] })
    const { token } = await tokens.create({ ...WISH, actor: by })
    expect(await codeOf(tokens.approve({ actor, id: token.id }))).toBe('own_request')
    expect(await codeOf(tokens.decline({ actor, id: token.id }))).toBe('own_request')
    if (by !== ADA) return
    const { id } = await make()
    await tokens.edit({ actor: by, id, scopes: ['files:read'] })
    expect(await codeOf(tokens.approve({ actor, id }))).toBe('own_request')
    expect(await codeOf(tokens.decline({ actor, id }))).toBe('own_request')
  })

  it('is an admin of the plan, then and while it is decided, and so is whoever asked', async () => {
    const { tokens, ask, directory } = newWorld()
    const id = await ask()
    for (const actor of [MALLORY, 'nobody'])
      for (const call of [tokens.approve, tokens.decline, tokens.collect])
        expect(await codeOf(call({ actor, id }))).toBe('token_not_found')
    directory.setPlan(PLAN, { admins: [ADA, EVE] })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('token_not_found')
    directory.setPlan(PLAN, { admins: [BEN, EVE] })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('nothing_requested')
    directory.setPlan(PLAN, { admins: [ADA, BEN, EVE] })
    await tokens.approve({ actor: BEN, id })
    directory.setPlan(PLAN, { admins: [BEN, EVE] })
    expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('token_not_found')
    expect((await tokens.decline({ actor: EVE, id })).status).toBe('revoked')
  })

  it('may be two at the same moment, of whom one is written', async () => {
    const { tokens, ask, log } = newWorld()
    const id = await ask()
    const both = await Promise.all([BEN, EVE].map((actor) => tokens.approve({ actor, id })))
    expect(new Set(both.map(({ request }) => request?.approvedBy)).size).toBe(1)
    expect(await log()).toEqual(['requested', 'approved'])
  })

  it('approves once for all, and what nobody asked for cannot be decided', async () => {
    const { tokens, ask, make, log } = newWorld()
    const id = await ask()
    const once = await tokens.approve({ actor: BEN, id })
    expect(await tokens.approve({ actor: EVE, id })).toEqual(once)
    expect(await log()).toEqual(['requested', 'approved'])
    const made = await make()
    for (const call of [tokens.approve, tokens.decline, tokens.collect])
      expect(await codeOf(call({ actor: BEN, id: made.id }))).toBe('nothing_requested')
  })
})

describe('what is approved', () => {
  it('is what was asked for then: an edit takes the approval back, and only whoever asked may edit', async () => {
    const { tokens, ask, edit, clock, get } = newWorld()
    const id = await ask()
    await tokens.approve({ actor: BEN, id })
    expect(await codeOf(edit(id, { name: 'Mine' }, EVE))).toBe('not_requester')
    clock.advance(DAY)
    const same = await edit(id, { name: WISH.name })
    expect(same.request).toHaveProperty('approvedBy', BEN)
    const edited = await edit(id, { scopes: ['files:read'] })
    expect(edited).toMatchObject({ status: 'pending', scopes: ['files:read'], expiresAt: START + 31 * DAY })
    expect(edited.request).toEqual({ by: ADA, at: START + DAY })
    expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('token_is_pending')
    await tokens.approve({ actor: EVE, id })
    expect((await tokens.collect({ actor: ADA, id })).token.scopes).toEqual(['files:read'])
    expect((await get(id)).status).toBe('active')
  })

  it('is the version that was looked at, where that is said', async () => {
    const { tokens, ask, edit } = newWorld()
    const id = await ask()
    await edit(id, { scopes: ['files:read'] })
    expect(await codeOf(tokens.approve({ actor: BEN, id, version: 1 }))).toBe('version_conflict')
    expect((await tokens.approve({ actor: BEN, id, version: 2 })).request?.approvedBy).toBe(BEN)
  })

  it('is not what comes between the look at it and the write', async () => {
    let between: (() => Promise<unknown>) | undefined
    const { tokens, ask, edit, get } = newWorld({
      port: (store) => ({
        ...store,
        async commit(record, event) {
          const first = between
          between = undefined
          if (event.type === 'approved') await first?.()
          else between = first
          return store.commit(record, event)
        },
      }),
    })
    const id = await ask()
    between = () => edit(id, { scopes: ['files:read', 'file_content:read'] })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('version_conflict')
    expect((await get(id)).request).not.toHaveProperty('approvedBy')
  })

  it('is judged by the rules and the policy of that day, at the approval and at the collection', async () => {
    const { tokens, ask, setRules, directory } = newWorld()
    const id = await ask({ resources: [LINKS.project], scopes: ['files:read'] })
    const narrow = { approvals: 'required', scopes: ['file_content:read'] } as const
    setRules(narrow)
    const error = await errorOf(tokens.approve({ actor: BEN, id }))
    expect([error.code, error.issues.map(({ path }) => path)]).toEqual(['plan_rules_broken', ['scopes[0]']])
    setRules({ approvals: 'required' })
    await tokens.approve({ actor: BEN, id })
    setRules(narrow)
    expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('plan_rules_broken')
    setRules({ approvals: 'required', maxLifetimeDays: 7 })
    directory.remove('project:123')
    expect((await errorOf(tokens.collect({ actor: ADA, id }))).issues.map(({ path }) => path)).toEqual(['resources[0]'])
  })

  it('lives no longer than the rules of the day on which it is collected allow', async () => {
    const { tokens, ask, setRules } = newWorld()
    const [byDays, byEnd] = [await ask(), await ask({ lifetimeDays: undefined, expiresAt: START + 20 * DAY })]
    for (const id of [byDays, byEnd]) await tokens.approve({ actor: BEN, id })
    setRules({ approvals: 'required', maxLifetimeDays: 7 })
    for (const id of [byDays, byEnd])
      expect((await tokens.collect({ actor: ADA, id })).token.expiresAt).toBe(START + 7 * DAY)
  })

  it('waits on when the plan asks for no approvals any more', async () => {
    const { tokens, ask, setRules } = newWorld()
    const id = await ask({ idempotencyKey: 'k' })
    setRules({})
    expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('token_is_pending')
    expect((await tokens.create({ ...WISH, idempotencyKey: 'k' })).secret).toBeUndefined()
    expect((await tokens.create(WISH)).secret).toBeDefined()
  })

  it('is void where an operator takes the token to another plan', async () => {
    const { tokens, ask, directory } = newWorld()
    const id = await ask()
    await tokens.approve({ actor: BEN, id })
    directory.setPlan('2002', { tier: 'enterprise', admins: [ADA, MALLORY] })
    await operator(tokens).movePlan({ from: PLAN, to: '2002', actor: 'ops', reason: 'A merger' })
    expect((await tokens.get({ actor: MALLORY, id })).request).toEqual({ by: ADA, at: START })
    expect(await codeOf(tokens.collect({ actor: ADA, id }))).toBe('token_is_pending')
    await tokens.approve({ actor: MALLORY, id })
    expect((await tokens.collect({ actor: ADA, id })).token.planId).toBe('2002')
  })
})
