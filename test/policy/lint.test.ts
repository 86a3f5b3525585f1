/** What `lintPolicy` warns of, what it leaves alone, and what is accepted. */
import { definePolicy, type Endpoint } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { npmPolicy } from 'plan-access-tokens/npm'
import { lintPolicy } from 'plan-access-tokens/policy'
import { describe, expect, it } from 'vitest'
import { invoices } from '../core/fixtures.ts'

const OPEN: Endpoint = { scopes: ['read'], names: 'nothing' }
const policyOf = (endpoints: { readonly [route: string]: Endpoint }, scopes: object = { read: {}, write: {} }) =>
  definePolicy({
    surface: 'test',
    credential: { headers: [], bearer: true },
    tiers: ['team'],
    scopes: scopes as { [scope: string]: object },
    types: { live: { prefix: 'test' } },
    kinds: { file: {} },
    links: { hosts: [], shapes: [] },
    endpoints: { 'GET /used': { scopes: Object.keys(scopes), names: 'nothing' }, ...endpoints },
  })
const idsOf = (...[policy, options]: Parameters<typeof lintPolicy>) => lintPolicy(policy, options).map(({ id }) => id)
const APART = { 'GET /r': OPEN, 'GET /w': { ...OPEN, scopes: ['write'] } }

describe('a write that names nothing', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('is told of: %s', (method) => {
    const route = `${method} /x`
    expect(idsOf(policyOf({ ...APART, [route]: OPEN }))).toEqual([`write_names_nothing endpoints["${route}"].names`])
    expect(idsOf(policyOf({ ...APART, [route]: { scopes: [], names: 'nothing', public: true } }))).toHaveLength(1)
    for (const names of ['plan', [{ kind: 'file', at: 'query:file' }]] as const)
      expect(idsOf(policyOf({ ...APART, [route]: { ...OPEN, names } }))).toEqual([])
    expect(idsOf(policyOf({ ...APART, [route]: { ...OPEN, closed: 'no' } }))).toEqual([])
  })

  it('is also one that the handler alone keeps within the reach, but for a search', () => {
    const some = { anyOf: [{ kind: 'file', at: 'query:file' }], none: 'filtered' } as const
    for (const names of ['filtered', some] as const) {
      for (const method of ['PUT', 'PATCH', 'DELETE'])
        expect(lintPolicy(policyOf({ ...APART, [`${method} /x`]: { ...OPEN, names } }))[0]?.message).toMatch(/handler/)
      for (const method of ['GET', 'POST'])
        expect(idsOf(policyOf({ ...APART, [`${method} /x`]: { ...OPEN, names } }))).toEqual([])
    }
  })
})

describe('a free parameter with the name of an id', () => {
  it.each(['id', 'ID_KEY'.toLowerCase(), 'file_key', 'userId', 'page_slug', 'uuid', 'teamUUID'])(
    'is told of: %s',
    (param) => {
      const route = `GET /x/{${param}}`
      for (const rule of ['any', 'digits'] as const)
        expect(idsOf(policyOf({ ...APART, [route]: { ...OPEN, params: { [param]: rule } } }))).toEqual([
          `parameter_looks_like_id endpoints["${route}"].params.${param}`,
        ])
      const named = { scopes: ['read'], names: [{ kind: 'file', at: `path:${param}` }] } as const
      for (const endpoint of [{ ...OPEN, params: { [param]: ['a', 'b'] } }, named])
        expect(idsOf(policyOf({ ...APART, [route]: endpoint }))).toEqual([])
    },
  )

  it.each(['year', 'format', 'valid', 'monkey', 'version', 'ideas', 'toString'])(
    'is not every parameter: %s',
    (param) => {
      expect(idsOf(policyOf({ ...APART, [`GET /x/{${param}}`]: { ...OPEN, params: { [param]: 'any' } } }))).toEqual([])
    },
  )
})

describe('a free parameter that the rest of the path lies below', () => {
  const idsFor = (route: string, endpoint: Endpoint) => idsOf(policyOf({ ...APART, [route]: endpoint }))
  const any = (...params: readonly string[]) => Object.fromEntries(params.map((param) => [param, 'any' as const]))

  it('is told of, whatever the endpoint names', () => {
    const id = (route: string) => [`parameter_looks_like_id endpoints["${route}"].params.org`]
    const list = 'GET /orgs/{org}/files'
    for (const names of ['filtered', 'plan', 'nothing'] as const)
      expect(idsFor(list, { ...OPEN, names, params: any('org') })).toEqual(id(list))
    const one = 'GET /orgs/{org}/files/{file}'
    const names = [{ kind: 'file', at: 'path:file' }] as const
    expect(idsFor(one, { scopes: ['read'], names, params: any('org') })).toEqual(id(one))
  })

  it('is not one of a few, of a public endpoint, at the end, or behind another one', () => {
    const list = 'GET /orgs/{org}/files'
    expect(idsFor(list, { ...OPEN, params: { org: ['a', 'b'] } })).toEqual([])
    expect(idsFor(list, { scopes: [], names: 'nothing', public: true, params: any('org') })).toEqual([])
    expect(idsFor('GET /orgs/{org}', { ...OPEN, params: any('org') })).toEqual([])
    const names = [{ kind: 'file', at: 'path:file' }] as const
    expect(idsFor('GET /f/{file}/{part}/text', { scopes: ['read'], names, params: any('part') })).toEqual([])
  })
})

describe('a scope that opens everything', () => {
  const all = { 'GET /a': OPEN, 'GET /b': { scopes: [['read'], 'write'], names: 'nothing' } } as const

  it('is one that is enough alone wherever a scope is taken', () => {
    expect(idsOf(policyOf(all))).toEqual(['scope_opens_everything scopes.read'])
    expect(idsOf(policyOf({ ...all, 'GET /c': { ...OPEN, scopes: ['write'] } }))).toEqual([])
    expect(idsOf(policyOf({ ...all, 'GET /c': { ...OPEN, scopes: [['read', 'write']] } }))).toEqual([])
    expect(idsOf(policyOf({ ...all, 'GET /c': { ...OPEN, scopes: ['write'], closed: 'no' } }))).toHaveLength(1)
  })

  it('is not the only one that there is, nor one that is deprecated', () => {
    expect(idsOf(policyOf({ 'GET /a': OPEN }, { read: {} }))).toEqual([])
    expect(idsOf(policyOf(all, { read: { deprecated: 'Old.' }, write: {} }))).toEqual([])
  })
})

describe('what is accepted', () => {
  const policy = policyOf({ ...APART, 'POST /x': OPEN })
  const [id = ''] = idsOf(policy)

  it('is told of no more', () => {
    expect(idsOf(policy, { accept: [id] })).toEqual([])
  })

  it('must fit a warning, of a policy', () => {
    expect(() => lintPolicy(policy, { accept: [id, `${id}s`] })).toThrow(
      /accept\[1\]: is the id of no warning.*Did you mean/,
    )
    expect(() => lintPolicy(policy, { accpet: [] } as never)).toThrow(
      /accpet: is not a field here. Did you mean "accept"/,
    )
    expect(() => lintPolicy(policy.data as never)).toThrow(/policy: must be made by definePolicy/)
  })
})

it('finds nothing in a policy without such places, and in ours what is known', () => {
  expect(idsOf(invoices)).toEqual([])
  expect(idsOf(figmaPolicy())).toEqual([
    'parameter_looks_like_id endpoints["GET /v1/files/{file_key}/comments/{comment_id}/reactions"].params.comment_id',
  ])
  const npm = idsOf(npmPolicy({ packageScopes: ['@acme'], registry: 'https://npm.acme.example' }))
  expect(npm).toMatchInlineSnapshot(`
    [
      "write_names_nothing endpoints["DELETE /-/user/token/secret"].names",
      "write_names_nothing endpoints["POST /-/npm/v1/security/advisories/bulk"].names",
      "write_names_nothing endpoints["POST /-/npm/v1/security/audits"].names",
      "write_names_nothing endpoints["POST /-/npm/v1/security/audits/quick"].names",
    ]
  `)
})
