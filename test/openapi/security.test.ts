/** What an operation's security becomes: scopes, a public or a closed endpoint, or a reason. */
import { policyFromOpenApi } from 'plan-access-tokens/openapi'
import { describe, expect, it, test } from 'vitest'
import { documentOf, mistakesOf, OVERRIDES, openOf, POLICY, READ, reasonsOf, reportedOf } from './support.ts'

const PATH = '/books/{book}'
const NAMES = [{ kind: 'book', at: 'path:book' }]
const withSecurity = (security: unknown) => ({ get: { ...(security !== undefined && { security }) } })

describe('the security of an operation that is open to tokens', () => {
  test.each<[string, unknown, readonly unknown[]]>([
    ['one scope', [{ oauth: ['note:read'] }], ['note:read']],
    [
      'requirement objects are alternatives',
      [{ oauth: ['note:read'] }, { oauth: ['page:read'] }],
      ['note:read', 'page:read'],
    ],
    ['the scopes of a list are needed together', [{ oauth: ['note:read', 'page:read'] }], [['note:read', 'page:read']]],
    [
      'a list that another one is enough for is left out',
      [{ oauth: ['note:read', 'page:read'] }, { oauth: ['page:read'] }],
      ['page:read'],
    ],
    ['one that comes twice is one', [{ oauth: ['note:read'] }, { oauth: ['note:read'] }], ['note:read']],
    [
      'a scheme of which the caller says that it takes no token is another way in',
      [{ session: [] }, { oauth: ['note:read'] }],
      ['note:read'],
    ],
    ['so is one of which the caller says nothing', [{ key: ['page:read'] }, { oauth: ['note:read'] }], ['note:read']],
    [
      'a token has to be enough for the whole of an alternative',
      [{ oauth: ['page:read'], session: [] }, { oauth: ['note:read'] }],
      ['note:read'],
    ],
  ])('%s', async (_, security, scopes) => {
    expect(await openOf(PATH, withSecurity(security))).toEqual({ scopes, names: NAMES })
  })

  it('needs together what the schemes of one object list', async () => {
    const schemes = { oauth: { token: true, scopes: 'any' }, key: { token: true } } as const
    const security = [{ oauth: ['note:read', 'note:write'], key: ['page:read'] }]
    expect(await openOf(PATH, withSecurity(security), { schemes })).toMatchObject({
      scopes: [
        ['note:read', 'page:read'],
        ['note:write', 'page:read'],
      ],
    })
  })

  it('is that of the document where it has none of its own', async () => {
    expect(await openOf(PATH, { get: {} }, {}, { security: [{ oauth: ['page:read'] }] })).toMatchObject({
      scopes: ['page:read'],
    })
    expect(await openOf(PATH, { get: READ }, {}, { security: [{ oauth: ['page:read'] }] })).toMatchObject({
      scopes: ['note:read'],
    })
  })

  it('takes any scope of a list where the caller says so', async () => {
    const schemes = { oauth: { token: true, scopes: 'any' } } as const
    expect(await openOf(PATH, withSecurity([{ oauth: ['note:read', 'page:read'] }]), { schemes })).toMatchObject({
      scopes: ['note:read', 'page:read'],
    })
  })

  it('takes the lists of a scheme beside it where its own has none', async () => {
    const schemes = { key: { token: true }, oauth: { token: false } }
    const beside = withSecurity([{ key: [] }, { oauth: ['note:read'] }])
    expect(await openOf(PATH, beside, { schemes })).toMatchObject({ scopes: ['note:read'] })
    expect(
      await reasonsOf(PATH, beside, { schemes: { ...schemes, oauth: { token: false, scopes: 'ignore' } } }),
    ).toEqual(['scopes_unsaid'])
    expect(await reasonsOf(PATH, beside, { schemes: { key: { token: true } } })).toEqual(['scopes_unsaid'])
  })
})

describe('security that says too little', () => {
  test.each<[string, unknown, string]>([
    ['none at all', undefined, 'security_unsaid'],
    ['with credentials and without', [{}, { oauth: ['note:read'] }], 'security_optional'],
    ['schemes that nobody knows', [{ key: [] }], 'security_unknown'],
    ['no scopes', [{ oauth: [] }], 'scopes_unsaid'],
    ['a scope that the policy lacks', [{ oauth: ['note:raed'] }], 'scopes_unknown'],
    [
      'a scope that it lacks beside one that it has',
      [{ oauth: ['note:read'] }, { oauth: ['note:raed'] }],
      'scopes_unknown',
    ],
  ])('%s is not reviewed', async (_, security, code) => {
    expect(await reasonsOf(PATH, withSecurity(security))).toEqual([code])
  })

  it('is so in more combinations than are read', async () => {
    const many = (prefix: string) => Array.from({ length: 11 }, (_, i) => `${prefix}${i}`)
    const overrides = {
      schemes: { oauth: { token: true, scopes: 'any' }, key: { token: true, scopes: 'any' } },
    } as const
    expect(await reasonsOf(PATH, withSecurity([{ oauth: many('a'), key: many('b') }]), overrides)).toEqual([
      'scopes_too_many',
    ])
  })

  it('is so where the document as a whole has an empty list, which no operation repeats', async () => {
    expect(await reasonsOf(PATH, { get: {} }, {}, { security: [] })).toEqual(['security_unsaid'])
  })

  it('says the nearest scope of the policy, and where another one goes', async () => {
    const { reasons } = await reportedOf(PATH, withSecurity([{ oauth: ['note:raed'] }]))
    expect(reasons[0]?.message).toContain('Did you mean "note:read"?')
    expect(reasons[0]?.write).toContain('policy.scopes')
  })

  it.each([undefined, [{ oauth: [] }]])('asks the rule for scopes: %j', async (security) => {
    const scopesOf = ({ route }: { readonly route: string }) =>
      route.startsWith('GET ') ? (['page:read'] as const) : undefined
    expect(await openOf(PATH, withSecurity(security), { scopesOf })).toMatchObject({ scopes: ['page:read'] })
    expect(await reasonsOf(PATH, { put: { ...(security && { security }) } }, { scopesOf })).toHaveLength(1)
  })

  it.each([[[{ key: [] }]], [[{}, { oauth: [] }]]])(
    'does not ask it whether a token is taken at all: %j',
    async (security) => {
      expect(await reasonsOf(PATH, withSecurity(security), { scopesOf: () => ['page:read'] })).toHaveLength(1)
    },
  )

  it('does not ask it where the document says them', async () => {
    expect(await openOf(PATH, { get: READ }, { scopesOf: () => ['page:read'] })).toMatchObject({
      scopes: ['note:read'],
    })
  })

  it('takes from it nothing but lists of scopes', async () => {
    const call = (given: unknown) => () =>
      policyFromOpenApi(documentOf({ [PATH]: { get: {} } }), { ...OVERRIDES, scopesOf: () => given as never })
    for (const given of ['page:read', [7], {}, null])
      expect(await mistakesOf(call(given))).toEqual([expect.stringMatching(/^scopesOf: gave for "GET/)])
    expect(await reasonsOf(PATH, { get: {} }, { scopesOf: () => ['page:raed'] })).toEqual(['scopes_unknown'])
  })
})

describe('an operation that needs no token', () => {
  it('is public once each parameter of its path is answered', async () => {
    const path = '/covers/{cover}'
    const open = { scopes: [], names: 'nothing', params: { cover: 'any' }, public: true }
    expect(await reasonsOf(path, withSecurity([]))).toEqual(['parameter_unanswered'])
    const resourceOf = () => 'free' as const
    expect(await openOf(path, withSecurity([]), { resourceOf })).toEqual(open)
    const said = (endpoint: object) => ({ endpoints: { [`GET ${path}`]: endpoint } })
    expect(await openOf(path, withSecurity([]), said({ names: 'nothing' }))).toEqual(open)
    expect(await openOf(path, withSecurity([]), said({ params: { cover: 'any' } }))).toEqual(open)
    const { endpoint } = await reportedOf(path, withSecurity([]))
    expect(endpoint).toEqual({ scopes: [], names: 'nothing', params: { cover: 'any' }, closed: 'not reviewed' })
  })

  it('is so where the document needs one', async () => {
    expect(await openOf('/health', withSecurity([]), {}, { security: [{ oauth: ['note:read'] }] })).toMatchObject({
      names: 'nothing',
    })
  })

  it('is not reviewed if it names a resource, until the table says which of the two it is', async () => {
    expect(await reasonsOf(PATH, withSecurity([]))).toEqual(['security_contradiction'])
    const said = (endpoint: object) => ({ endpoints: { [`GET ${PATH}`]: endpoint } })
    expect(await openOf(PATH, withSecurity([]), said({ names: 'nothing' }))).toMatchObject({
      public: true,
      scopes: [],
      names: 'nothing',
    })
    expect(await openOf(PATH, withSecurity([]), said({ scopes: ['note:read'] }))).toMatchObject({
      scopes: ['note:read'],
      names: NAMES,
    })
    expect(await reasonsOf(PATH, withSecurity([]), said({ names: 'plan', params: { book: 'any' } }))).toEqual([
      'security_contradiction',
    ])
  })
})

it('an operation is public where the table says so, and then has nothing that is asked of a token', async () => {
  const said = (endpoint: object) => ({ endpoints: { [`GET ${PATH}`]: { public: true, ...endpoint } as const } })
  expect(await openOf(PATH, { get: READ }, said({}))).toEqual({
    ...{ scopes: [], names: 'nothing', params: { book: 'any' }, public: true },
  })
  const wrong = () =>
    policyFromOpenApi(documentOf({ [PATH]: { get: READ } }), {
      ...OVERRIDES,
      ...said({ scopes: ['note:read'], tiers: ['team'] }),
    })
  expect(await mistakesOf(wrong)).toEqual([
    expect.stringMatching(/scopes: must be empty where the endpoint is public/),
    expect.stringMatching(/tiers: cannot be said of an endpoint that is public/),
  ])
})

describe('an operation that takes no token of a plan', () => {
  const CLOSED = [{ session: [] }]

  it('is mapped and closed, with what is known of it', async () => {
    const { outcome, endpoint } = await reportedOf(PATH, withSecurity(CLOSED))
    expect(outcome).toBe('mapped')
    expect(endpoint).toEqual({ scopes: [], names: NAMES, closed: expect.stringContaining('does not open it') })
  })

  it('is so although nobody knows its parameters', async () => {
    const { endpoint } = await reportedOf('/covers/{cover}', withSecurity(CLOSED))
    expect(endpoint).toMatchObject({ names: 'nothing', params: { cover: 'any' }, closed: expect.any(String) })
  })

  it('opens where the table gives it scopes', async () => {
    const endpoints = { [`GET ${PATH}`]: { scopes: ['page:read'] } }
    expect(await openOf(PATH, withSecurity(CLOSED), { endpoints })).toEqual({ scopes: ['page:read'], names: NAMES })
  })
})

describe('the scopes of the policy', () => {
  const { scopes: _, ...withoutScopes } = POLICY

  it('are those that open operations take where the caller gives none, with the first line of what the document says', async () => {
    const paths = {
      [PATH]: {
        get: READ,
        put: withSecurity([{ oauth: ['note:write'] }]).get,
        delete: withSecurity([{ oauth: ['note:delete'] }]).get,
      },
      '/unknown': withSecurity([{ oauth: ['page:read'] }]),
    }
    const { data } = await policyFromOpenApi(documentOf(paths), { ...OVERRIDES, policy: withoutScopes })
    expect(data.scopes).toEqual({ 'note:read': { title: 'Read notes' }, 'note:write': {} })
    expect(data.endpoints['GET /unknown']).toMatchObject({ scopes: [], closed: 'not reviewed' })
    expect(data.endpoints[`DELETE ${PATH}`]).toMatchObject({ scopes: ['note:delete'] })
  })

  it('hold no name that a policy cannot have', async () => {
    expect(await reasonsOf(PATH, withSecurity([{ oauth: ['note read'] }]), { policy: withoutScopes })).toEqual([
      'scopes_unknown',
    ])
  })

  it('of a closed endpoint are those that the policy has', async () => {
    const schemes = { oauth: { token: false }, session: { token: false } }
    const closed = async (scope: string) =>
      (await reportedOf(PATH, withSecurity([{ oauth: [scope] }]), { schemes })).endpoint
    expect(await closed('note:delete')).toMatchObject({ scopes: ['note:delete'], closed: expect.any(String) })
    expect(await closed('elsewhere')).toMatchObject({ scopes: [], closed: expect.any(String) })
  })
})
