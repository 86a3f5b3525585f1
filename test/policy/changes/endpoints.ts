/** What a change of endpoints does to living tokens. */
import type { RequestLike } from 'plan-access-tokens'
import { requestWith } from 'plan-access-tokens/testing'
import { expect } from 'vitest'
import { type Changes, changing, endpoints, FILE, GET, PUT } from './world.ts'

export const OF_ENDPOINTS: Changes = {
  async 'an endpoint is added'() {
    const w = await changing({ after: endpoints({ 'GET /files/{file}/log': { scopes: ['read'], names: FILE } }) })
    expect(await w.both('GET /files/A/log')).toEqual(['endpoint_unknown', 'allowed'])
    expect(await w.affected()).toEqual([{ code: 'route_gained', route: 'GET /files/{file}/log' }])
  },
  async 'an endpoint is removed'() {
    const w = await changing({ after: endpoints({ 'PUT /files/{file}': undefined }) })
    expect(await w.both(PUT)).toEqual(['allowed', 'endpoint_unknown'])
    expect(await w.affected()).toEqual([{ code: 'route_lost', route: 'PUT /files/{file}' }])
  },
  async 'an endpoint is closed'() {
    const w = await changing({
      after: endpoints({ 'PUT /files/{file}': { scopes: ['write'], names: FILE, closed: 'it needs a person' } }),
    })
    expect(await w.both(PUT)).toEqual(['allowed', 'endpoint_not_supported'])
    const { rules } = await w.next.explain({ ...w.owner, route: 'PUT /files/{file}', params: { file: 'A' } })
    expect(rules.find(({ rule }) => rule === 'endpoint')?.reason).toMatch(/it needs a person/)
  },
  async 'an endpoint is opened'() {
    const closed = endpoints({ 'PUT /files/{file}': { scopes: ['write'], names: FILE, closed: 'not yet' } })
    const w = await changing({ before: closed })
    expect(await w.both(PUT)).toEqual(['endpoint_not_supported', 'allowed'])
    expect(await w.affected()).toEqual([{ code: 'route_gained', route: 'PUT /files/{file}' }])
  },
  async 'the scopes of an endpoint are narrowed'() {
    const w = await changing({
      after: endpoints({ 'PUT /files/{file}': { scopes: [['write', 'export']], names: FILE } }),
    })
    expect(await w.both(PUT)).toEqual(['allowed', 'scope_missing'])
    const decision = await w.next.authorize(requestWith(w.made.secret, PUT))
    expect(decision.headers['WWW-Authenticate']).toMatch(/scope="write export"$/)
    expect(await w.affected()).toEqual([{ code: 'route_lost', route: 'PUT /files/{file}' }])
  },
  async 'the scopes of an endpoint are widened'() {
    const w = await changing({ after: endpoints({ 'GET /export': { scopes: ['export', 'read'], names: 'plan' } }) })
    expect(await w.both('GET /export')).toEqual(['scope_missing', 'allowed'])
    expect(await w.affected()).toEqual([{ code: 'route_gained', route: 'GET /export' }])
  },
  async 'the names of an endpoint are changed'() {
    const before = endpoints({ 'GET /list': { scopes: ['read'], names: 'plan' } })
    const after = endpoints({
      'GET /list': { scopes: ['read'], names: 'filtered' },
      'GET /files/{file}': { scopes: ['read'], names: [...FILE, { kind: 'project', at: 'query:p' }] },
    })
    const w = await changing({ before, after }, { resources: ['https://api.test/f/A'] })
    expect(await w.both('GET /list')).toEqual(['resource_not_allowed', 'allowed'])
    expect(await w.both(GET)).toEqual(['allowed', 'request_malformed'])
    expect(await w.both(`${GET}?p=1`)).toEqual(['allowed', 'resource_not_allowed'])
  },
  async 'the tiers of an endpoint are narrowed'() {
    const w = await changing({
      after: endpoints({ 'PUT /files/{file}': { scopes: ['write'], names: FILE, tiers: ['business'] } }),
    })
    expect(await w.both(PUT)).toEqual(['allowed', 'plan_not_eligible'])
  },
  async 'an endpoint is made public'() {
    const w = await changing({ after: endpoints({ 'GET /status': { scopes: [], names: 'nothing', public: true } }) })
    const bare: RequestLike = { method: 'GET', url: '/status', headers: {} }
    expect((await w.next.authorize(bare)).allowed).toBe(true)
    expect(await w.both('GET /status', 'nonsense')).toEqual(['token_malformed', 'token_malformed'])
    expect(await w.both('GET /status')).toEqual(['endpoint_unknown', 'allowed'])
  },
  async 'an endpoint is public no more'() {
    const before = endpoints({ 'GET /status': { scopes: [], names: 'nothing', public: true } })
    const w = await changing({ before, after: endpoints({ 'GET /status': { scopes: [], names: 'nothing' } }) })
    const said = await Promise.all(
      [w.old, w.next].map((engine) => engine.authorize({ method: 'GET', url: '/status', headers: {} })),
    )
    expect(said.map((decision) => (decision.allowed ? 'allowed' : decision.code))).toEqual(['allowed', 'token_missing'])
    expect(await w.both('GET /status')).toEqual(['allowed', 'allowed'])
  },
  async 'checks are added to an endpoint'() {
    const after = endpoints({
      'PUT /files/{file}': { scopes: ['write'], names: FILE, checks: { 'short@1': 'It is short.' } },
    })
    const short = ({ params }: { readonly params: { readonly [name: string]: string } }) => params.file === 'A'
    const w = await changing({ after }, {}, { checks: { 'short@1': short } })
    const json = (file: string) => w.both(`PUT /files/${file}`, w.made.secret, {})
    expect(await json('A')).toEqual(['allowed', 'allowed'])
    expect(await json('B')).toEqual(['allowed', 'request_malformed'])
    const without = await changing({ after })
    expect(await without.both(PUT, without.made.secret, {})).toEqual(['allowed', 'request_malformed'])
    await expect(without.next.ready()).rejects.toThrow(/no function for the check "short@1"/)
  },
}
