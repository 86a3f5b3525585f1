/** An edit that lets a token do more waits for another admin; one that does not goes through at once. */

import fc from 'fast-check'
import { definePolicy } from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { operator } from 'plan-access-tokens/operator'
import { diffPolicies } from 'plan-access-tokens/policy'
import { describe, expect, it } from 'vitest'
import { compiledOf } from '../../src/core/policy.ts'
import { doScopesWiden } from '../../src/core/scope-order.ts'
import { codeOf, DAY, errorOf, POLICY, START } from '../support/world.ts'
import { ADA, BEN, EVE, LINKS, newWorld, PLAN } from './world.ts'

const NARROW = { scopes: ['file_content:read'], resources: [LINKS.project], addresses: ['203.0.113.0/24'] }

describe('an edit that widens a token', () => {
  it('changes nothing, is shown by the token, and stands in the log with who asked', async () => {
    const { make, edit, judged, lastEvent, clock } = newWorld()
    const { id, token, secret } = await make()
    clock.advance(DAY)
    const edited = await edit(id, { name: 'Wider', scopes: ['file_content:read', 'projects:read'] })
    const proposal = {
      ...{ by: ADA, at: START + DAY, version: token.version },
      changes: { name: 'Wider', scopes: ['file_content:read', 'projects:read'] },
    }
    expect(edited).toEqual({ ...token, version: token.version + 1, proposal })
    expect(await judged(secret, 'GET /v1/projects/123/files')).toBe('scope_missing')
    const { type, actor, changes } = await lastEvent()
    expect([type, actor, changes]).toEqual(['edit_requested', ADA, { proposal: { before: null, after: proposal } }])
  })

  it('counts once another admin has approved it, and the log says who asked and who approved', async () => {
    const { tokens, make, edit, judged, lastEvent } = newWorld()
    const { id, secret } = await make()
    const { proposal } = await edit(id, { name: 'Wider', scopes: ['file_content:read', 'projects:read'] })
    expect(await codeOf(tokens.approve({ actor: ADA, id }))).toBe('own_request')
    const approved = await tokens.approve({ actor: EVE, id })
    expect(approved).toMatchObject({ name: 'Wider', scopes: ['file_content:read', 'projects:read'], status: 'active' })
    expect(approved).not.toHaveProperty('proposal')
    expect(await judged(secret, 'GET /v1/projects/123/files')).toBe('allowed')
    expect(await lastEvent()).toMatchObject({
      ...{ type: 'approved', actor: EVE },
      changes: {
        name: { before: 'Nightly export', after: 'Wider' },
        scopes: { after: ['file_content:read', 'projects:read'] },
        proposal: { before: proposal, after: null },
      },
    })
    expect(await codeOf(tokens.approve({ actor: EVE, id }))).toBe('nothing_requested')
  })

  it('is not declined by who has seen another version of it', async () => {
    const { tokens, make, edit } = newWorld()
    const { id } = await make()
    const { version } = await edit(id, { scopes: ['file_content:read', 'projects:read'] })
    await edit(id, { scopes: ['file_content:read', 'file_comments:read'] })
    await expect(tokens.decline({ actor: BEN, id, version })).rejects.toMatchObject({ code: 'version_conflict' })
    expect((await tokens.get({ actor: BEN, id })).proposal?.changes.scopes).toContain('file_comments:read')
    await tokens.decline({ actor: BEN, id, version: version + 1 })
    expect((await tokens.get({ actor: BEN, id })).proposal).toBeUndefined()
  })

  it('is dropped when it is declined, with why', async () => {
    const { tokens, make, edit, lastEvent } = newWorld()
    const { id, token } = await make()
    await edit(id, { scopes: ['files:read'] })
    const declined = await tokens.decline({ actor: BEN, id, reason: 'Not this one' })
    expect(declined).toEqual({ ...token, version: token.version + 2 })
    expect(await lastEvent()).toMatchObject({ type: 'declined', actor: BEN, reason: 'Not this one' })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('nothing_requested')
  })

  it('holds all that an edit can change, and merges words with those that are there by then', async () => {
    const { tokens, make, edit } = newWorld()
    const { id } = await make({ ...NARROW, contact: 'ada@example.com', metadata: { team: 'a', env: 'prod' } })
    const { proposal } = await edit(id, {
      ...{ description: 'All of it', contact: null, addresses: null, resources: [LINKS.team] },
      metadata: { team: 'b', env: null },
    })
    expect(proposal?.changes).toEqual({
      ...{ description: 'All of it', contact: null, addresses: null, metadata: { team: 'b', env: null } },
      resources: [{ kind: 'team', id: '456', link: LINKS.team }],
    })
    await edit(id, { metadata: { note: 'later', env: 'test' } }, EVE)
    const token = await tokens.approve({ actor: BEN, id })
    expect(token).toMatchObject({ description: 'All of it', metadata: { team: 'b', note: 'later' } })
    for (const field of ['contact', 'addresses', 'proposal']) expect(token).not.toHaveProperty(field)
    expect(token.metadata).not.toHaveProperty('env')
  })

  it('lapses after thirty days, to the millisecond', async () => {
    const { tokens, make, edit, clock, get } = newWorld()
    const [inTime, late] = [await make({ lifetimeDays: 90 }), await make({ lifetimeDays: 90 })]
    for (const { id } of [inTime, late]) await edit(id, { scopes: ['files:read'] })
    clock.advance(30 * DAY - 1)
    expect((await tokens.approve({ actor: BEN, id: inTime.id })).scopes).toEqual(['files:read'])
    clock.advance(1)
    expect(await get(late.id)).not.toHaveProperty('proposal')
    for (const call of [tokens.approve, tokens.decline])
      expect(await codeOf(call({ actor: BEN, id: late.id }))).toBe('nothing_requested')
  })

  it('is judged again by rules, policy and links of the day on which it is approved', async () => {
    const { tokens, make, edit, setRules, directory, get } = newWorld()
    const { id } = await make(NARROW)
    await edit(id, { scopes: ['files:read'], resources: [LINKS.other], addresses: null })
    setRules({ approvals: 'required', scopes: ['file_content:read'], addresses: 'required' })
    directory.remove('project:124')
    const error = await errorOf(tokens.approve({ actor: BEN, id }))
    expect([error.code, error.issues.map(({ path }) => path)]).toEqual([
      'plan_rules_broken',
      ['scopes[0]', 'addresses', 'resources[0]'],
    ])
    expect(await get(id)).toMatchObject({ scopes: NARROW.scopes, addresses: NARROW.addresses })
  })

  it('needs its token alive, its plan eligible, and whoever asked an admin even now', async () => {
    const { tokens, make, edit, directory, clock } = newWorld()
    const { id } = await make()
    await edit(id, { scopes: ['files:read'] })
    directory.setPlan(PLAN, { admins: [BEN, EVE] })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('nothing_requested')
    directory.setPlan(PLAN, { admins: [ADA, BEN], tier: 'starter' })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('plan_not_eligible')
    directory.setPlan(PLAN, { admins: [ADA, BEN], tier: 'organization' })
    clock.advance(30 * DAY)
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('token_not_active')
  })

  it('is replaced by the next one, and dropped by an edit of what it is about that goes through', async () => {
    const { tokens, make, edit, log } = newWorld()
    const { id } = await make({ ...NARROW, scopes: ['files:read'] })
    await edit(id, { resources: 'all' })
    const second = await edit(id, { addresses: null }, EVE)
    expect(second.proposal).toMatchObject({ by: EVE, changes: { addresses: null } })
    expect((await edit(id, { name: 'Other' })).proposal).toEqual(second.proposal)
    expect(await edit(id, { scopes: ['file_content:read'] })).not.toHaveProperty('proposal')
    await edit(id, { scopes: ['files:read'] })
    // The same as it is: whoever asked takes it back.
    expect(await edit(id, { scopes: ['file_content:read'] })).not.toHaveProperty('proposal')
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('nothing_requested')
    expect((await log()).slice(3)).toEqual([
      ...['edit_requested', 'edit_requested', 'edited', 'edited', 'edit_requested', 'edited'],
    ])
  })

  it('is approved as it was looked at, and not as somebody has replaced it in between', async () => {
    let between: (() => Promise<unknown>) | undefined
    const { tokens, make, edit, get } = newWorld({
      port: (store) => ({
        ...store,
        async commit(record, event) {
          const first = event.type === 'approved' ? between : undefined
          if (first) between = undefined
          await first?.()
          return store.commit(record, event)
        },
      }),
    })
    const { id } = await make(NARROW)
    await edit(id, { resources: [LINKS.team] })
    between = () => edit(id, { resources: 'all', scopes: ['files:read'] })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('version_conflict')
    expect((await get(id)).resources).toHaveLength(1)
    // A refresh is no other proposal.
    between = () => tokens.refresh({ actor: EVE, id })
    expect((await tokens.approve({ actor: BEN, id })).resources).toBe('all')
  })

  it('is void where an operator takes its token to another plan', async () => {
    const { tokens, make, edit, directory } = newWorld()
    const { id } = await make()
    await edit(id, { scopes: ['files:read'] })
    directory.setPlan('2002', { tier: 'enterprise', admins: [ADA, BEN] })
    await operator(tokens).movePlan({ from: PLAN, to: '2002', actor: 'ops', reason: 'A merger' })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('nothing_requested')
  })

  it('goes through at once, and drops what waits, when the plan asks for no approvals any more', async () => {
    const { make, edit, setRules, tokens } = newWorld()
    const { id } = await make()
    await edit(id, { scopes: ['files:read', 'projects:read'] })
    setRules({})
    expect((await tokens.get({ actor: ADA, id })).proposal).toBeDefined()
    const edited = await edit(id, { scopes: ['files:read'] })
    expect(edited.scopes).toEqual(['files:read'])
    expect(edited).not.toHaveProperty('proposal')
  })

  it('ends with its token', async () => {
    const { tokens, make, edit } = newWorld()
    const { id } = await make()
    await edit(id, { scopes: ['files:read'] })
    await tokens.revoke({ actor: EVE, id })
    expect(await codeOf(tokens.approve({ actor: BEN, id }))).toBe('token_not_active')
  })
})

describe('what is wider', () => {
  const wide = { scopes: ['files:read'], resources: [LINKS.team], addresses: ['203.0.113.0/24', '2001:db8::/48'] }
  it.each<[string, object, object, boolean]>([
    ['a scope that opens more', { scopes: ['file_content:read'] }, { scopes: ['files:read'] }, true],
    ['a scope more', { scopes: ['files:read'] }, { scopes: ['files:read', 'webhooks:read'] }, true],
    ['another scope', { scopes: ['file_content:read'] }, { scopes: ['file_comments:read'] }, true],
    ['a scope that opens a part', { scopes: ['files:read'] }, { scopes: ['file_content:read'] }, false],
    [
      'a scope beside one that opens all of it',
      { scopes: ['files:read'] },
      { scopes: ['files:read', 'file_content:read'] },
      false,
    ],
    ['a scope less', { scopes: ['files:read', 'webhooks:read'] }, { scopes: ['webhooks:read'] }, false],
    ['all resources', wide, { resources: 'all' }, true],
    ['another resource', { resources: [LINKS.project] }, { resources: [LINKS.project, LINKS.other] }, true],
    ['what is above', { resources: [LINKS.project] }, { resources: [LINKS.team] }, true],
    ['what is below', wide, { resources: [LINKS.project] }, false],
    ['what is below, twice over', { resources: [LINKS.team] }, { resources: [LINKS.team, LINKS.other] }, false],
    ['some of all', {}, { resources: [LINKS.team] }, false],
    ['no addresses', wide, { addresses: null }, true],
    ['another network', wide, { addresses: ['198.51.100.0/24'] }, true],
    ['a network around it', wide, { addresses: ['203.0.112.0/23'] }, true],
    ['an address of IPv6 that looks like one of IPv4', wide, { addresses: ['::203.0.113.7'] }, true],
    ['an address in it', wide, { addresses: ['203.0.113.7'] }, false],
    ['an address in it, spelt as IPv6', wide, { addresses: ['::ffff:203.0.113.7'] }, false],
    ['one network of two', wide, { addresses: ['2001:db8::/64'] }, false],
    ['addresses where there were none', {}, { addresses: ['0.0.0.0/0'] }, false],
    ['less of one and more of another', wide, { scopes: ['file_content:read'], resources: 'all' }, true],
    ['words', wide, { name: 'X', description: 'y', metadata: { a: 'b' }, contact: 'z' }, false],
  ])('%s', async (_, before, change, isWider) => {
    const { make, edit } = newWorld()
    const { id, token } = await make(before)
    const edited = await edit(id, change)
    expect(edited.proposal !== undefined).toBe(isWider)
    const { version, proposal, ...rest } = edited
    if (isWider) expect({ ...token, ...rest }).toMatchObject({ ...token, version: expect.anything() })
  })

  it('nothing of it is asked in a plan without the rule', async () => {
    const { tokens, edit, setRules } = newWorld({ rules: {} })
    const { token } = await tokens.create({
      ...{ actor: ADA, planId: PLAN, type: 'rest', name: 'x', lifetimeDays: 1 },
      ...{ scopes: ['file_content:read'], resources: [LINKS.project] },
    })
    const edited = await edit(token.id, { resources: 'all', scopes: ['files:read'] })
    expect(edited).toMatchObject({ resources: 'all', scopes: ['files:read'] })
    setRules({ approvals: 'required' })
    expect((await edit(token.id, { scopes: ['projects:read', 'webhooks:read'] })).proposal).toBeDefined()
  })

  it('scopes are wider exactly where a comparison of policies says that requests get through', async () => {
    const names = ['file_content:read', 'files:read', 'file_comments:read', 'projects:read', 'webhooks:read']
    const scopes = fc.subarray(names, { minLength: 1 })
    const compiled = compiledOf(POLICY)!
    const entry = { policy: compiled, type: compiled.types.get('rest')! }
    // The same policy, whose tokens have these scopes for good.
    const fixedTo = (fixed: readonly string[]) => {
      const { data } = POLICY
      const { prefix, title } = data.types.rest as { prefix: string; title: string }
      return definePolicy({ ...data, types: { rest: { prefix, title, fixed } } } as never)
    }
    await fc.assert(
      fc.asyncProperty(scopes, scopes, async (before, after) => {
        const { wider } = await diffPolicies(fixedTo(before), fixedTo(after))
        const opens = wider.some(({ about }) => about === 'request')
        expect(doScopesWiden(entry, before, after)).toBe(opens)
      }),
      { numRuns: 12 },
    )
  })

  it('addresses that nobody here can read hold nothing', async () => {
    const { make, store, edit } = newWorld({ options: { addresses: addressRanges() } })
    const { id } = await make(NARROW)
    const record = (await store.find(id))!
    const broken = { ...record, addresses: ['nonsense'], version: record.version + 1, eventId: 'e' }
    const event = { v: 1, id: 'e', at: START, type: 'edited', tokenId: id, planId: PLAN, actor: ADA } as const
    await store.commit(broken, { ...event, version: broken.version })
    expect((await edit(id, { addresses: ['203.0.113.7'] })).proposal).toBeDefined()
  })
})
