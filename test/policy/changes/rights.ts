/** What a change of scopes and types does to living tokens. */
import { definePolicy, type Policy, type PolicyData } from 'plan-access-tokens'
import { operator } from 'plan-access-tokens/operator'
import { tokensAffectedBy } from 'plan-access-tokens/policy'
import { expect } from 'vitest'
import { codeOf, DAY } from '../../support/world.ts'
import { type Changes, changing, DATA, DELETE, endpoints, FILE, GET, PUT, type, WITHOUT_WRITE } from './world.ts'

export const OF_RIGHTS: Changes = {
  async 'a scope is added'() {
    const audit = endpoints({ 'GET /audit': { scopes: ['audit'], names: 'plan' } })
    const w = await changing({ after: { ...audit, scopes: { ...DATA.scopes, audit: {} } } })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await w.affected()).toEqual([])
    const { secret, id } = await w.make(w.next, { scopes: ['read', 'audit'] })
    expect(await w.both('GET /audit', secret)).toEqual(['endpoint_unknown', 'allowed'])
    expect(await w.both(GET, secret)).toEqual(['allowed', 'allowed'])
    expect(await w.warnings(w.old, id)).toEqual([{ code: 'scope_unknown', scope: 'audit' }])
  },
  async 'a scope is removed'() {
    const put = { 'PUT /files/{file}': { scopes: ['export'], names: FILE }, 'POST /move': undefined }
    const w = await changing({
      after: {
        ...endpoints(put),
        ...type('ci', { scopes: ['read'] }),
        scopes: WITHOUT_WRITE,
        types: { live: { prefix: 'api' } },
      },
    })
    expect(await w.both(PUT)).toEqual(['allowed', 'scope_missing'])
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await w.warnings()).toEqual([{ code: 'scope_unknown', scope: 'write' }])
    expect((await w.viewIn(w.next)).scopes).toEqual(['read'])
    expect(await w.affected()).toContainEqual({ code: 'scope_lost', scope: 'write' })
    // An edit of something else leaves the record's scopes, so that going back gives the right back.
    await w.next.edit({ ...w.owner, name: 'other' })
    expect(await w.both(PUT)).toEqual(['allowed', 'scope_missing'])
  },
  async 'a scope is renamed, with aliases'() {
    const renamed = { scopes: { ...WITHOUT_WRITE, change: { aliases: ['write'] } }, types: { live: { prefix: 'api' } } }
    const put = { 'PUT /files/{file}': { scopes: ['change'], names: FILE }, 'POST /move': undefined }
    const w = await changing({ after: { ...endpoints(put), ...renamed } })
    expect(await w.both(PUT)).toEqual(['allowed', 'allowed'])
    expect(await w.warnings()).toEqual([])
    expect((await w.viewIn(w.next)).scopes).toEqual(['read', 'change'])
    expect(await w.affected()).toContainEqual({ code: 'scope_renamed', before: 'write', after: 'change' })
    const { secret } = await w.make(w.next, { scopes: ['change'] })
    expect(await w.both(PUT, secret)).toEqual(['scope_missing', 'allowed'])
    await expect(w.next.edit({ ...w.owner, scopes: ['write'] })).rejects.toThrow(/is called "change" now/)
    const found = async (scope: string) => (await operator(w.next).tokens({ scope })).tokens.length
    expect([await found('write'), await found('change'), await found('export')]).toEqual([1, 2, 0])
  },
  async 'a scope is reserved'() {
    const reserved = {
      scopes: WITHOUT_WRITE,
      reserved: { ...DATA.reserved, write: {} },
      types: { live: { prefix: 'api' } },
    }
    const w = await changing({ after: reserved })
    expect(await w.both(PUT)).toEqual(['allowed', 'scope_missing'])
    expect(await w.warnings()).toEqual([{ code: 'scope_not_grantable', scope: 'write' }])
    expect(await w.affected()).toContainEqual({ code: 'route_lost', route: 'PUT /files/{file}' })
  },
  async 'a reserved scope is made grantable'() {
    const open = { scopes: { ...DATA.scopes, admin: {} }, reserved: {} }
    const w = await changing({ after: open })
    const { secret, id } = await w.make(w.next, { scopes: ['read', 'admin'] })
    // Made before it was reserved, as an old version sees it.
    expect(await w.both(DELETE, secret)).toEqual(['scope_missing', 'allowed'])
    expect(await w.warnings(w.old, id)).toEqual([{ code: 'scope_not_grantable', scope: 'admin' }])
    expect(await w.both(DELETE)).toEqual(['scope_missing', 'scope_missing'])
    const { tokens } = await w.old.list({ actor: 'ada', planId: 'acme' })
    const [before, after] = [{}, open].map((change) => definePolicy({ ...DATA, ...change } as PolicyData)) as [
      Policy,
      Policy,
    ]
    const told = []
    for await (const one of tokensAffectedBy({ before, after, tokens, now: w.clock.now() })) told.push(one)
    expect(told.map((one) => [one.id, one.changes])).toEqual([
      [
        id,
        [
          { code: 'scope_gained', scope: 'admin' },
          { code: 'route_gained', route: 'DELETE /files/{file}' },
        ],
      ],
    ])
  },
  async 'a scope is deprecated'() {
    const w = await changing({ after: { scopes: { ...DATA.scopes, write: { deprecated: 'Old.' } } } })
    expect(await w.both(PUT)).toEqual(['allowed', 'allowed'])
    expect(await w.warnings()).toEqual([{ code: 'scope_deprecated', scope: 'write' }])
    expect(await w.affected()).toEqual([{ code: 'scope_deprecated', scope: 'write' }])
  },
  async 'scopes of a type are narrowed'() {
    const w = await changing({ after: type('ci', { scopes: ['read'] }) }, { type: 'ci' })
    expect(await w.both(PUT)).toEqual(['allowed', 'scope_missing'])
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await w.warnings()).toEqual([{ code: 'scope_not_grantable', scope: 'write' }])
  },
  async 'scopes of a type are widened'() {
    const w = await changing({ after: type('ci', { scopes: ['read', 'write', 'export'] }) }, { type: 'ci' })
    expect(await w.both('GET /export')).toEqual(['scope_missing', 'scope_missing'])
    expect(await w.affected()).toEqual([])
    const { secret } = await w.make(w.next, { type: 'ci', scopes: ['export'] })
    expect(await w.both('GET /export', secret)).toEqual(['scope_missing', 'allowed'])
    expect(await codeOf(w.make(w.old, { type: 'ci', scopes: ['export'] }))).toBe('invalid_input')
  },
  async 'fixed of a type is changed'() {
    const w = await changing({ after: type('cli', { fixed: ['read', 'export'] }) }, { type: 'cli', scopes: [] })
    expect(await w.both(PUT)).toEqual(['allowed', 'scope_missing'])
    expect(await w.both('GET /export')).toEqual(['scope_missing', 'allowed'])
    expect((await w.viewIn(w.next)).scopes).toEqual(['read', 'export'])
    expect(await w.warnings()).toEqual([{ code: 'scope_not_grantable', scope: 'write' }])
    expect(await w.affected()).toEqual(
      expect.arrayContaining([
        { code: 'scope_lost', scope: 'write' },
        { code: 'scope_gained', scope: 'export' },
      ]),
    )
  },
  async 'addresses of a type becomes required'() {
    const w = await changing({ after: { types: { ...DATA.types, live: { prefix: 'api', addresses: 'required' } } } })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    await w.old.edit({ ...w.owner, name: 'other' })
    await expect(w.next.edit({ ...w.owner, name: 'another' })).rejects.toThrow(/addresses: must be given/)
    expect((await w.next.edit({ ...w.owner, addresses: ['::1'] })).addresses).toEqual(['::1'])
    expect(await w.affected()).toEqual([])
  },
  async 'selfRenewal of a type is added'() {
    const w = await changing({ after: type('live', { selfRenewal: { afterPart: 0.5 } }) })
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect(await w.renewals()).toEqual(['renewal_not_allowed', 'renewal_not_allowed'])
    await expect(w.old.edit({ ...w.owner, selfRenewal: true })).rejects.toThrow(/may not renew themselves/)
    await w.next.edit({ ...w.owner, selfRenewal: true })
    w.clock.advance(15 * DAY)
    expect(await w.renewals()).toEqual(['renewal_not_allowed', 'renewed'])
    expect(await w.affected()).toEqual([])
  },
  async 'selfRenewal of a type is removed'() {
    const before = type('live', { selfRenewal: { afterPart: 0.5 } })
    const w = await changing({ before }, { selfRenewal: true })
    w.clock.advance(15 * DAY)
    expect((await w.renewals())[1]).toBe('renewal_not_allowed')
    expect(await w.both(GET)).toEqual(['allowed', 'allowed'])
    expect((await w.next.edit({ ...w.owner, selfRenewal: false })).selfRenewal).toBeUndefined()
  },
  async 'a type is added'() {
    const w = await changing({ after: { types: { ...DATA.types, bot: { prefix: 'apibot' } } } })
    const { secret } = await w.make(w.next, { type: 'bot' })
    expect(await w.both(GET, secret)).toEqual(['token_malformed', 'allowed'])
  },
  async 'a type is removed'() {
    const { ci: _, ...types } = DATA.types
    const w = await changing({ after: { types } }, { type: 'ci' })
    expect(await w.both(GET)).toEqual(['allowed', 'token_malformed'])
    expect((await w.viewIn(w.next)).scopes).toEqual(['read', 'write'])
    expect(await codeOf(w.next.edit({ ...w.owner, name: 'x' }))).toBe('token_not_active')
    expect(await w.affected()).toEqual([{ code: 'type_removed' }])
    expect((await w.next.revoke(w.owner)).status).toBe('revoked')
  },
  async 'a type is renamed'() {
    const { ci, ...types } = DATA.types
    const w = await changing({ after: { types: { ...types, build: ci } } }, { type: 'ci' })
    expect(await w.both(GET)).toEqual(['allowed', 'token_wrong_type'])
    expect(await w.affected()).toEqual([{ code: 'type_removed' }])
  },
  async 'the prefix of a type is changed'() {
    const w = await changing({ after: type('live', { prefix: 'apix' }) })
    expect(await w.both(GET)).toEqual(['allowed', 'token_malformed'])
    expect(await w.affected()).toEqual([{ code: 'prefix_changed', before: 'api', after: 'apix' }])
    const { secret } = await w.next.refresh(w.owner)
    expect(await w.both(GET, secret.reveal())).toEqual(['token_malformed', 'allowed'])
    const kept = { types: { ...type('live', { prefix: 'apix' }).types, earlier: { prefix: 'api', fixed: ['read'] } } }
    const gentle = await changing({ after: kept })
    expect(await gentle.both(PUT)).toEqual(['allowed', 'allowed'])
    expect(await gentle.affected()).toEqual([])
  },
}
