/** Tokens that may be used from some addresses alone: made, edited, judged, explained, told of. How addresses are read: test/addresses. */
import {
  createPlanTokens,
  type DecisionInfo,
  definePolicy,
  memoryStore,
  SetupError,
  type TokenRecord,
} from 'plan-access-tokens'
import { addressRanges } from 'plan-access-tokens/addresses'
import { createAuthorizer } from 'plan-access-tokens/authorizer'
import { requestWith, testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { ADMIN, codeOf, errorOf, newDirectory, newWorld, POLICY, TOKEN, type World } from '../support/world.ts'

const INSIDE = '203.0.113.7'
const OUTSIDE = '198.51.100.7'
const RANGES = ['203.0.113.0/24', '2001:db8::/48']
const FILE = 'GET /v1/files/FileA'

/** What the engine says to a request from an address. */
const from = async ({ tokens }: Pick<World, 'tokens'>, secret: string, address?: unknown, line = FILE) => {
  const decision = await tokens.authorize(requestWith(secret, line), { address: address as string })
  return decision.allowed ? 'allowed' : decision.code
}
const issuesOf = async (call: Promise<unknown>) =>
  (await errorOf(call)).issues.map(({ path, message }) => `${path}: ${message}`)

describe('a token with addresses', () => {
  it('works from them and from nowhere else, and one without from anywhere', async () => {
    const world = newWorld()
    const { secret } = await world.make({ addresses: RANGES })
    const plain = await world.make()
    for (const address of [INSIDE, '::ffff:203.0.113.7', '2001:db8:0:ffff::1'])
      expect(await from(world, secret, address), address).toBe('allowed')
    const others = [OUTSIDE, '2001:db9::1', '203.0.113.07', '203.0.113.7:80', '', undefined, null, 7, {}, [INSIDE]]
    for (const address of others) {
      expect(await from(world, secret, address), String(address)).toBe('address_not_allowed')
      expect(await from(world, plain.secret, address), String(address)).toBe('allowed')
    }
    expect(await world.ask(secret)).toBe('address_not_allowed')
  })

  it('is refused after it was found to be alive, and before everything else', async () => {
    const world = newWorld()
    const { id, secret } = await world.make({ addresses: RANGES })
    for (const line of ['GET /v1/me', 'GET /v1/files/FileZ', 'GET /nowhere'])
      expect(await from(world, secret, OUTSIDE, line)).toBe('address_not_allowed')
    expect(await from(world, secret, OUTSIDE, 'GET //')).toBe('request_malformed')
    world.directory.setPlan('1001', { suspended: true })
    expect(await from(world, secret, OUTSIDE)).toBe('address_not_allowed')
    expect(await from(world, secret, INSIDE)).toBe('plan_not_eligible')
    await world.tokens.revoke({ actor: ADMIN, id })
    expect(await from(world, secret, OUTSIDE)).toBe('token_revoked')
  })

  it('is answered 403 in the form of the policy, without what was sent and where it may be used from', async () => {
    const { make, tokens } = newWorld()
    const { secret } = await make({ addresses: RANGES })
    const decision = await tokens.authorize(requestWith(secret, FILE), { address: OUTSIDE })
    if (decision.allowed) throw new Error('allowed')
    const { status, headers, body } = decision.rendered()
    expect([decision.status, status, headers['WWW-Authenticate']]).toEqual([403, 403, undefined])
    expect(JSON.parse(body)).toMatchObject({ code: 'address_not_allowed' })
    expect(JSON.stringify([decision, headers, body])).not.toMatch(/198\.51|203\.0|2001:db8/)
  })

  it('follows every edit at once', async () => {
    const world = newWorld()
    const { id, secret } = await world.make({ addresses: RANGES })
    const { tokens } = world
    for (const [addresses, expected] of [
      [[OUTSIDE], 'allowed'],
      [RANGES, 'address_not_allowed'],
      [null, 'allowed'],
    ] as const) {
      await tokens.edit({ actor: ADMIN, id, addresses })
      expect(await from(world, secret, OUTSIDE)).toBe(expected)
    }
  })
})

describe('what is kept', () => {
  it('is the one spelling of each, once, in the order in which they were written', async () => {
    const { make, tokens } = newWorld()
    const given = [
      ' 203.0.113.7/32',
      '2001:DB8:0::/48',
      '::ffff:198.51.100.0/120',
      '203.0.113.7',
      '203.0.113.0/24',
      '0.0.0.0/0',
    ]
    const { token, id } = await make({ addresses: given })
    const kept = ['203.0.113.7', '2001:db8::/48', '198.51.100.0/24', '203.0.113.0/24', '0.0.0.0/0']
    expect(token.addresses).toEqual(kept)
    expect((await tokens.get({ actor: ADMIN, id })).addresses).toEqual(kept)
    expect((await tokens.list({ actor: ADMIN, planId: '1001' })).tokens[0]?.addresses).toEqual(kept)
    expect((await make()).token).not.toHaveProperty('addresses')
  })

  it('is edited, taken away with null and written to the log', async () => {
    const { make, tokens } = newWorld()
    const { id } = await make({ addresses: ['203.0.113.0/24'] })
    const edit = (input: object) => tokens.edit({ actor: ADMIN, id, ...input })
    expect((await edit({ name: 'Other' })).addresses).toEqual(['203.0.113.0/24'])
    expect((await edit({ addresses: ['::1'] })).addresses).toEqual(['::1'])
    expect((await edit({ addresses: ['0:0::1'] })).version).toBe(3)
    const { token } = await tokens.refresh({ actor: ADMIN, id })
    expect(token.addresses).toEqual(['::1'])
    expect(await edit({ addresses: null })).not.toHaveProperty('addresses')
    expect((await edit({ addresses: null })).version).toBe(5)
    const { events } = await tokens.events({ actor: ADMIN, planId: '1001', tokenId: id })
    expect(events.flatMap(({ changes }) => (changes?.addresses ? [changes.addresses] : []))).toEqual([
      { before: ['203.0.113.0/24'], after: ['::1'] },
      { before: ['::1'], after: null },
    ])
  })

  it('belongs to what an idempotency key stands for', async () => {
    const { tokens } = newWorld()
    const input = { ...TOKEN, idempotencyKey: 'k', addresses: ['203.0.113.0/24'] }
    const first = await tokens.create(input)
    expect((await tokens.create({ ...input, addresses: ['203.0.113.0/24', '203.0.113.0/24'] })).token.id).toBe(
      first.token.id,
    )
    expect(await codeOf(tokens.create({ ...input, addresses: ['203.0.113.0/25'] }))).toBe('idempotency_key_reused')
    const { addresses: _, ...without } = input
    expect(await codeOf(tokens.create(without))).toBe('idempotency_key_reused')
  })

  it.each([null, [], 'all', {}, 7, [7], ['x']])(
    'and cannot be read, %j, is from nowhere, watched or not',
    async (addresses) => {
      for (const mode of ['enforce', 'watch'] as const) {
        const world = newWorld({
          addresses: addressRanges({ mode }),
          onDecision() {},
          port: (store) => ({
            ...store,
            findByDigest: async (digest) =>
              ({ ...(await store.findByDigest(digest)), addresses }) as unknown as TokenRecord,
          }),
        })
        const { secret } = await world.make()
        // A list whose entries nobody can read is a list all the same.
        const isWatched = mode === 'watch' && Array.isArray(addresses) && addresses.length > 0
        expect(await from(world, secret, INSIDE)).toBe(isWatched ? 'allowed' : 'address_not_allowed')
      }
    },
  )
})

describe('input', () => {
  const many = Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`)
  it.each<[unknown, readonly string[]]>([
    [[], ['addresses: must hold at least one address or network. A token that may be used from anywhere has no list.']],
    [many, ['addresses: must hold at most 100 addresses and networks.']],
    ['203.0.113.7', ['addresses: must be a list of addresses and networks.']],
    [
      ['203.0.113.7/24', '2001:db8::1/48', 'fe80::1%eth0', '010.0.0.1', 7],
      [
        'addresses[0]: has digits behind its prefix. The network is 203.0.113.0/24, the one address 203.0.113.7.',
        'addresses[1]: has digits behind its prefix. The network is 2001:db8::/48, the one address 2001:db8::1.',
        'addresses[2]: must have no zone behind a percent sign: it means something on one machine alone.',
        'addresses[3]: must have no zeros before a number: some read it as octal, and so as another address.',
        'addresses[4]: must be an address or a network, such as "203.0.113.7", "203.0.113.0/24" or "2001:db8::/48".',
      ],
    ],
    [
      ['::ffff:203.0.113.0/24', '::ffff:0:0/90', '::ffff:203.0.113.7/120'],
      [
        'addresses[0]: is an address of IPv4 in the clothes of IPv6, where prefixes count from 96. Write it as IPv4, with the prefix that it has there.',
        'addresses[1]: is an address of IPv4 in the clothes of IPv6, where prefixes count from 96. Write it as IPv4, with the prefix that it has there.',
        'addresses[2]: has digits behind its prefix. The network is 203.0.113.0/24, the one address 203.0.113.7.',
      ],
    ],
  ])('%j is told with everything else that is wrong', async (addresses, messages) => {
    const { tokens, make } = newWorld()
    const { id } = await make()
    const wrong = addresses as readonly string[]
    const expected = ['name: must be 1 to 100 characters, without control characters.', ...messages]
    const create = tokens.create({ ...TOKEN, name: '\u0000', addresses: wrong })
    expect((await issuesOf(create)).slice(1)).toEqual(expected.slice(1))
    expect(await issuesOf(tokens.edit({ actor: ADMIN, id, addresses: wrong }))).toEqual(messages)
    expect((await make({ addresses: many.slice(1) })).token.addresses).toHaveLength(100)
  })

  it('of null makes no token', async () => {
    const { tokens } = newWorld()
    expect(await issuesOf(tokens.create({ ...TOKEN, addresses: null as never }))).toEqual([
      'addresses: must be a list of addresses and networks.',
    ])
  })
})

describe('an engine without the option', () => {
  const without = (store = memoryStore(), more = {}) => {
    const warnings: string[] = []
    const options = {
      policy: POLICY,
      store,
      directory: newDirectory(),
      onWarning: (line: string) => warnings.push(line),
    }
    return {
      warnings,
      tokens: createPlanTokens({ ...options, ...more }),
      authorizer: createAuthorizer({ ...options, ...more }),
    }
  }

  it('refuses every token that has a list, and says once what is missing', async () => {
    const world = newWorld()
    const { secret } = await world.make({ addresses: ['0.0.0.0/0', '::/0'] })
    const { authorizer, warnings } = without(world.store, { clock: world.clock })
    for (let i = 0; i < 2; i++)
      expect(await from({ tokens: authorizer as World['tokens'] }, secret, INSIDE)).toBe('address_not_allowed')
    expect(warnings).toEqual([expect.stringContaining('the option addresses is missing')])
  })

  it('makes none, and lets one be taken away', async () => {
    const { store, make, clock } = newWorld()
    const { id } = await make({ addresses: RANGES })
    const { tokens } = without(store, { clock })
    const message =
      'addresses: must be left out: the option addresses is missing here, which would keep a token to them.'
    expect(await issuesOf(tokens.create({ ...TOKEN, addresses: RANGES }))).toEqual([message])
    expect(await issuesOf(tokens.edit({ actor: ADMIN, id, addresses: [] }))).toEqual([message])
    expect((await tokens.edit({ actor: ADMIN, id, name: 'Other' })).addresses).toEqual(RANGES)
    expect(await tokens.edit({ actor: ADMIN, id, addresses: null })).not.toHaveProperty('addresses')
  })
})

it('a request without an address is told of once, where a token needs one', async () => {
  const warnings: string[] = []
  const world = newWorld({ onWarning: (line) => warnings.push(line) })
  const { secret } = await world.make({ addresses: RANGES })
  await from(world, (await world.make()).secret)
  await from(world, secret, OUTSIDE)
  expect(warnings).toEqual([])
  for (let i = 0; i < 2; i++) await world.ask(secret)
  expect(warnings).toEqual([expect.stringContaining('Give the guard the option address')])
})

it.each([`${INSIDE}:443`, '[2001:db8::1]', `${INSIDE}, 10.0.0.1`, 'secret', `${INSIDE}/32`, ''])(
  'something that is no address is told of once, and not what it was: %s',
  async (address) => {
    const warnings: string[] = []
    const world = newWorld({ onWarning: (line) => warnings.push(line) })
    const { secret } = await world.make({ addresses: RANGES })
    for (let i = 0; i < 2; i++) expect(await from(world, secret, address)).toBe('address_not_allowed')
    expect(warnings).toEqual([expect.stringContaining('no port, no brackets, no list of a header')])
    expect(warnings[0]).not.toMatch(/203|secret/)
  },
)

describe('a list that is only watched', () => {
  it('lets everything through, and says what it would have refused', async () => {
    const told: DecisionInfo[] = []
    const warnings: string[] = []
    const world = newWorld({
      addresses: addressRanges({ mode: 'watch' }),
      onDecision: (info) => told.push(info),
      onWarning: (line) => warnings.push(line),
    })
    const { secret } = await world.make({ addresses: RANGES })
    const last = async (address?: unknown, line?: string) => [await from(world, secret, address, line), told.at(-1)]
    expect(await last(OUTSIDE)).toMatchObject([
      'allowed',
      { allowed: true, wouldRefuse: 'address_not_allowed', address: OUTSIDE },
    ])
    expect(await last('::ffff:198.51.100.7')).toMatchObject(['allowed', { address: OUTSIDE }])
    const [, unread] = await last(`${OUTSIDE}, secret`)
    expect(unread).toMatchObject({ wouldRefuse: 'address_not_allowed' })
    expect(unread).not.toHaveProperty('address')
    expect(warnings).toEqual([expect.stringContaining('something that is no address')])
    expect(await last()).toMatchObject(['allowed', { wouldRefuse: 'address_not_allowed' }])
    expect(warnings).toHaveLength(2)
    const [, inside] = await last(INSIDE)
    const [, refused] = await last(OUTSIDE, 'GET /v1/me')
    const [, plain] = [await from(world, (await world.make()).secret, OUTSIDE), told.at(-1)]
    for (const info of [inside, refused, plain])
      for (const field of ['wouldRefuse', 'address']) expect(info).not.toHaveProperty(field)
  })

  it('needs somebody who is told', () => {
    const options = { policy: POLICY, store: memoryStore(), directory: newDirectory() }
    for (const make of [createPlanTokens, createAuthorizer])
      expect(() => make({ ...options, addresses: addressRanges({ mode: 'watch' }) })).toThrow(
        /addresses: must not only watch without onDecision/,
      )
    expect(() => createPlanTokens({ ...options, addresses: {} as never })).toThrow(
      /addresses: must be made by addressRanges\(\)/,
    )
    expect(() => addressRanges({ mode: 'off', size: 1 } as never)).toThrow(SetupError)
  })
})

it('onDecision is told from which address a token was refused', async () => {
  const told: DecisionInfo[] = []
  const world = newWorld({ onDecision: (info) => told.push(info) })
  const { secret } = await world.make({ addresses: RANGES })
  await from(world, secret, '2001:DB9::1')
  await from(world, secret, 'x')
  expect(told).toMatchObject([
    { code: 'address_not_allowed', status: 403, address: '2001:db9::1' },
    { code: 'address_not_allowed' },
  ])
  expect(told[1]).not.toHaveProperty('address')
})

describe('explain', () => {
  const verdictOf = ({ rules }: { readonly rules: readonly { readonly rule: string }[] }) =>
    rules.find(({ rule }) => rule === 'address')

  it('tells an admin of the token where it may be used from, and whoever has its secret that it may not', async () => {
    const { tokens, make } = newWorld()
    const { id, secret } = await make({ addresses: RANGES })
    const question = { actor: ADMIN, id, route: 'GET /v1/files/{file_key}', params: { file_key: 'FileA' } } as const
    const about = async (address?: string) => verdictOf(await tokens.explain(question, { address }))
    const list = 'It may be used from 203.0.113.0/24, 2001:db8::/48.'
    expect(await about(INSIDE)).toMatchObject({ ok: true, reason: expect.stringContaining(list) })
    expect(await about(OUTSIDE)).toMatchObject({
      ok: false,
      code: 'address_not_allowed',
      reason: expect.stringContaining(list),
    })
    expect(await about()).toMatchObject({
      ok: false,
      reason: expect.stringContaining('No address came with the request.'),
    })
    const sent = verdictOf(await tokens.explain(requestWith(secret, FILE), { address: OUTSIDE }))
    expect(sent).toMatchObject({ ok: false, code: 'address_not_allowed' })
    expect(JSON.stringify(sent)).not.toMatch(/203\.0|198\.51/)
    expect(verdictOf(await tokens.explain(requestWith(secret, FILE), { address: INSIDE }))).toMatchObject({ ok: true })
  })

  it('shows ten of a long list, and says of a list that is watched that it is', async () => {
    const { tokens, make } = newWorld({ addresses: addressRanges({ mode: 'watch' }), onDecision() {} })
    const { id } = await make({ addresses: Array.from({ length: 12 }, (_, i) => `10.0.0.${i}`) })
    const verdict = verdictOf(
      await tokens.explain({ actor: ADMIN, id, method: 'GET', url: '/v1/files/FileA' }, { address: OUTSIDE }),
    )
    expect(verdict).toMatchObject({
      ok: true,
      reason: expect.stringMatching(/only watched here\. .*10\.0\.0\.9 and 2 more\.$/),
    })
  })
})

describe('a type that requires addresses', () => {
  const policyWith = (addresses: object) =>
    definePolicy({
      ...{ surface: 'jobs', credential: { headers: [], bearer: true }, tiers: ['team'], scopes: { run: {} } },
      types: { job: { prefix: 'job', ...addresses }, free: { prefix: 'free' } },
      ...{ kinds: { project: {} }, links: { hosts: [], shapes: [] } },
      endpoints: { 'GET /jobs': { scopes: ['run'], names: 'plan' } },
    })
  const policy = policyWith({ addresses: 'required' })
  const store = memoryStore()
  const directory = testDirectory({ acme: { tier: 'team', admins: ['ada'] } })
  const tokens = createPlanTokens({ policy, store, directory, addresses: addressRanges() })
  const input = {
    actor: 'ada',
    planId: 'acme',
    type: 'job',
    name: 'n',
    lifetimeDays: 1,
    scopes: ['run'],
    resources: 'all',
  } as const
  const missing = ['addresses: must be given: tokens of the type job are for some addresses alone.']

  it('makes no token without, and none of its tokens loses them', async () => {
    expect(await issuesOf(tokens.create(input))).toEqual(missing)
    const { token } = await tokens.create({ ...input, addresses: RANGES })
    expect(await issuesOf(tokens.edit({ actor: 'ada', id: token.id, addresses: null }))).toEqual(missing)
    expect((await tokens.edit({ actor: 'ada', id: token.id, name: 'Other' })).addresses).toEqual(RANGES)
    expect((await tokens.create({ ...input, type: 'free' })).token).not.toHaveProperty('addresses')
    expect(policy.types.map(({ addresses }) => addresses)).toEqual(['required', undefined])
  })

  it('leaves tokens from before at work, until somebody edits them', async () => {
    const before = createPlanTokens({ policy: policyWith({}), store, directory })
    const { token, secret } = await before.create(input)
    expect(
      (await tokens.authorize({ method: 'GET', url: '/jobs', headers: { authorization: `Bearer ${secret.reveal()}` } }))
        .allowed,
    ).toBe(true)
    expect(await issuesOf(tokens.edit({ actor: 'ada', id: token.id, name: 'Other' }))).toEqual(missing)
    expect((await tokens.edit({ actor: 'ada', id: token.id, addresses: RANGES })).addresses).toEqual(RANGES)
  })

  it('is told at start where nothing keeps to addresses', async () => {
    const message = 'addresses: is missing: tokens of the type "job" require addresses.'
    expect(() => createPlanTokens({ policy, store, directory })).toThrow(message)
    await expect(createAuthorizer({ policy, store, directory }).ready()).rejects.toThrow(message)
    await createAuthorizer({ policy, store, directory, addresses: addressRanges() }).ready()
    expect(() => policyWith({ addresses: 'yes' })).toThrow(/addresses: must be "required"/)
  })
})
