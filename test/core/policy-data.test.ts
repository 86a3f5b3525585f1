/** A policy as data: what is no data is refused, names that cannot be used are explained, and JSON and back decides the same. */
import { describe, expect, it } from 'vitest'
import { SetupError } from '../../src/core/errors.ts'
import { compiledOf, definePolicy, type Policy } from '../../src/core/policy.ts'
import type { PolicyData } from '../../src/core/policy-data.ts'
import { figmaPolicy } from '../../src/figma/index.ts'
import { createPlanTokens } from '../../src/service/create-plan-tokens.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { requestWith, testClock, testDirectory } from '../../src/testing/index.ts'
import { invoices, invoicesData, seededRandom } from './fixtures.ts'

function problemsOf(define: () => unknown) {
  try {
    define()
    return []
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return error.issues.map(({ path, message }) => ({ path, message }))
  }
}

describe('what is no data', () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'policy'],
    ['a list', []],
    ['a function', () => invoicesData()],
    ['a symbol', Symbol('policy')],
    ['a ring', circular],
    ['a number that JSON lacks', { ...invoicesData(), limits: { links: 1n } }],
    [
      'a getter that throws',
      {
        ...invoicesData(),
        get limits() {
          throw new Error('no')
        },
      },
    ],
  ])('is refused: %s', (_, data) => {
    const problems = problemsOf(() => definePolicy(data as never))
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toMatch(/^must be /)
  })

  it('may not bring a prototype with it', () => {
    for (const json of ['{"__proto__":{"surface":"x"}}', '{"scopes":{"__proto__" : {}}}'])
      expect(String(problemsOf(() => definePolicy(JSON.parse(json)))[0]?.message)).toMatch(/__proto__|is not a name/)
    expect(problemsOf(() => definePolicy({ ...invoicesData(), tiers: ['team', '"__proto__":', 'business'] }))).toEqual(
      [],
    )
  })
})

describe('a name', () => {
  it('may be one that every object has', () => {
    const policy = definePolicy({
      ...invoicesData(),
      reserved: { ...invoicesData().reserved, constructor: {}, toString: {} },
      types: { constructor: { prefix: 'constructor' } },
    })
    expect(policy.types.map(({ name, prefix }) => [name, prefix])).toEqual([['constructor', 'constructor']])
    expect(policy.scopes.find(({ name }) => name === 'toString')).toEqual({ name: 'toString', types: [] })
  })
})

describe('all mistakes', () => {
  it('of meaning stand in one error, in its list and in its message', () => {
    const data = invoicesData()
    const problems = problemsOf(() =>
      definePolicy({
        ...data,
        types: { ...data.types, ci: { prefix: 'inv', scopes: ['invoice:raed'] } },
        kinds: { ...data.kinds, region: { parents: ['plannet'] } },
        links: { hosts: ['x.test'], shapes: ['/{nope}', 'x'] },
        endpoints: {
          'GET /a/{x}': { scopes: ['unknown'], names: 'nothing' },
          'GET /a/{y}': { scopes: [], names: [{ kind: 'nope', at: 'path:y' }], tiers: ['free'] },
          'GET /b': { scopes: [], names: [{ kind: 'project', at: 'path:b' }] },
        },
      } as never),
    )
    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      'endpoints["GET /a/{x}"]',
      'endpoints["GET /a/{x}"].scopes[0]',
      'endpoints["GET /a/{y}"]',
      'endpoints["GET /a/{y}"].names',
      'endpoints["GET /a/{y}"].tiers[0]',
      'endpoints["GET /b"].names[0].at',
      'kinds.region.parents[0]',
      'links.shapes[0]',
      'links.shapes[1]',
      'scopes.invoices',
      'scopes["invoice:read"]',
      'scopes["invoice:write"]',
      'types.ci.prefix',
      'types.ci.scopes[0]',
    ])
  })

  it('of shape stand in one error too, each with a sentence of its own', () => {
    const problems = problemsOf(() =>
      definePolicy({
        surface: 7,
        credential: { headers: 'x', bearer: 1, cookie: 'x' },
        limits: { lifetimeDays: -1 },
        scopes: [],
        types: { live: {} },
        kinds: { project: { id: 'x' } },
        links: {},
        endpoints: { 'GET /': { scopes: 'x', names: [{ kind: 7, at: 'x' }] } },
      } as never),
    )
    const paths = [
      'surface',
      'credential.headers',
      'credential.bearer',
      'credential.cookie',
      'tiers',
      'limits.lifetimeDays',
      'scopes',
      'types.live.prefix',
      'kinds.project.id',
      'links.hosts',
      'links.shapes',
      'endpoints["GET /"].scopes',
      'endpoints["GET /"].names[0].kind',
      'endpoints["GET /"].names[0].at',
    ]
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(paths))
    for (const { message } of problems)
      expect(message).toMatch(/^(is missing|is not a field here|must be|must have).*\.$/)
  })

  it.each<[string, object, string]>([
    ['a kind', { kinds: { ...invoicesData().kinds, project: { id: 'hex', parents: ['region'] } } }, 'kinds.project.id'],
    ['a scope', { scopes: { ...invoicesData().scopes, invoices: { deprecated: true } } }, 'scopes.invoices.deprecated'],
    ['a tier', { tiers: ['', 'team', 'business'] }, 'tiers[0]'],
    ['a type', { types: { ...invoicesData().types, live: { prefix: '' } } }, 'types.live.prefix'],
    ['a shape', { links: { hosts: ['x.test'], shapes: ['/(a|b)[/c]/{nope}'] } }, 'links.shapes[0]'],
    [
      'a route',
      {
        endpoints: { ...invoicesData().endpoints, '/{x}': { scopes: [], names: [{ kind: 'project', at: 'path:x' }] } },
      },
      'endpoints["/{x}"]',
    ],
  ])('of %s are told once, and not again of all that names it', (_, change, path) => {
    const problems = problemsOf(() => definePolicy({ ...invoicesData(), ...change } as never))
    expect(problems.map((problem) => problem.path)).toEqual([path])
  })

  it.each([
    ['endpoint', {}, 'endpoints'],
    ['credential', { header: [], headers: ['x'], bearer: true }, 'headers'],
    ['limits', { bodybytes: 1 }, 'bodyBytes'],
    ['types', { live: { prefix: 'a', scope: ['invoice:read'] } }, 'scopes'],
    ['links', { host: [], hosts: [], shapes: [] }, 'hosts'],
  ])('in the name of a field come with the name that was meant: %s', (field, value, meant) => {
    const problems = problemsOf(() => definePolicy({ ...invoicesData(), [field]: value } as never))
    expect(problems.map(({ message }) => message)).toContain(`is not a field here. Did you mean "${meant}"?`)
  })
})

describe('a type or an endpoint with a wrong field', () => {
  const wrong = (types: object, endpoints: object) =>
    problemsOf(() =>
      definePolicy({ ...invoicesData(), types, endpoints: { ...invoicesData().endpoints, ...endpoints } } as never),
    )

  it('is checked by its other fields too, in the same run', () => {
    const types = { ...invoicesData().types, constructor: { prefix: 'x_', scopes: ['invioces'] } }
    const problems = wrong(types, {
      'get /x': { scopes: [] },
      'GET /x/{id}': { scopes: ['invioces'], tiers: ['tema'], names: 'everything' },
      'GET /y/{id}/{other}': { scopes: 'invoices', names: [{ kind: 'invioce', at: 'path:id' }] },
      'GET /z/{id}': { scopes: ['invioces'], names: 'plan', params: { id: 7 } },
      toString: 7,
    })
    const told = problems.map(({ path, message }) => `${path} ${message}`)
    for (const expected of [
      /^types\.constructor\.prefix must begin/,
      /^types\.constructor\.scopes\[0\] names the scope/,
      /^endpoints\["get \/x"\]\.names must be/,
      /^endpoints\["get \/x"\] is not a route/,
      /^endpoints\["GET \/x\/\{id\}"\]\.names must be/,
      /^endpoints\["GET \/x\/\{id\}"\]\.scopes\[0\] names the scope/,
      /^endpoints\["GET \/x\/\{id\}"\]\.tiers\[0\] names the tier/,
      /^endpoints\["GET \/y\/\{id\}\/\{other\}"\]\.scopes must be a list/,
      /^endpoints\["GET \/y\/\{id\}\/\{other\}"\]\.names names the kind/,
      /^endpoints\["GET \/y\/\{id\}\/\{other\}"\] has the parameter "other"/,
      /^endpoints\["GET \/z\/\{id\}"\]\.params\.id must be/,
      /^endpoints\["GET \/z\/\{id\}"\]\.scopes\[0\] names the scope/,
      /^endpoints\.toString must be an object/,
    ])
      expect(
        told.filter((line) => expected.test(line)),
        String(expected),
      ).toHaveLength(1)
    // Nothing is told that follows from the wrong field alone.
    expect(told.filter((line) => /has the parameter "id"|is used by no endpoint/.test(line))).toEqual([])
  })
})

describe('a policy that is ready', () => {
  it('shows scopes and types as a page needs them', () => {
    expect(invoices.scopes).toEqual([
      { name: 'invoice:read', title: 'Read invoices', group: 'Invoices', types: ['live', 'ci', 'cli'] },
      { name: 'invoice:write', title: 'Write invoices', group: 'Invoices', types: ['live', 'cli'] },
      { name: 'invoices', deprecated: 'Use invoice:read.', types: ['live'] },
      { name: 'account:close', types: [] },
    ])
    expect(invoices.types.map(({ secretPattern: _, ...type }) => type)).toEqual([
      { name: 'live', title: 'API', prefix: 'inv', scopes: ['invoice:read', 'invoice:write', 'invoices'], fixed: [] },
      { name: 'ci', prefix: 'invci', scopes: ['invoice:read'], fixed: [] },
      { name: 'cli', prefix: 'inv_cli', scopes: [], fixed: ['invoice:read', 'invoice:write'] },
    ])
  })

  it('has the default of every limit that was not set', () => {
    expect(invoices.limits).toEqual({
      lifetimeDays: 90,
      graceHours: 24,
      liveSecrets: 10,
      links: 1_000,
      resources: 1_000,
      bodyBytes: 1_048_576,
    })
  })

  it('may lack whatever can be left out', () => {
    const { reserved: _, limits: __, endpoints, types, ...data } = invoicesData()
    const { 'DELETE /accounts': ___, ...open } = endpoints
    const policy = definePolicy({ ...data, types: { ci: types.ci }, endpoints: open })
    expect(policy.scopes.map(({ types: holders }) => holders)).toEqual([['ci'], [], []])
    expect(policy.limits.lifetimeDays).toBe(365)
  })

  it('keeps a frozen copy of its data, so that nobody can change it afterwards', () => {
    const data: PolicyData & { tiers: string[] } = { ...invoicesData(), tiers: ['team', 'business'] }
    const policy = definePolicy(data)
    data.tiers.push('free')
    expect(policy.data).toEqual(invoicesData())
    expect(Object.isFrozen(policy.data) && Object.isFrozen(policy.data.tiers)).toBe(true)
    expect(Object.isFrozen(data) || Object.isFrozen(data.tiers)).toBe(false)
  })

  it.each<[string, unknown]>([
    ['its data', invoicesData()],
    ['a copy', { ...invoices }],
    ['nothing', undefined],
    ['null', null],
    ['text', 'invoices'],
  ])('is made by definePolicy alone: %s is none', (_, policy) => {
    expect(compiledOf(policy as Policy)).toBeUndefined()
    expect(
      problemsOf(() =>
        createPlanTokens({ policy: policy as Policy, store: memoryStore(), directory: testDirectory({}) }),
      ),
    ).toEqual([{ path: 'policy', message: policy === undefined ? 'is missing.' : 'must be made by definePolicy.' }])
  })

  it('shares no surface, type and prefix with another one of the same deployment', () => {
    const other = definePolicy({ ...invoicesData(), types: { live: { prefix: 'x' }, more: { prefix: 'invci' } } })
    const define = () =>
      createPlanTokens({ policy: [invoices, other], store: memoryStore(), directory: testDirectory({}) })
    expect(problemsOf(define).map(({ message }) => message)).toEqual([
      'has the surface "invoices", which another policy has too.',
      'has the type "live", which another policy has too.',
      'has the prefix "invci", which another policy has too.',
    ])
  })
})

describe('JSON and back', () => {
  const resources = { 'region:eu': { 'project:7': { 'invoice:A': {}, 'file:A': {} } }, 'project:8': {}, 'file:B': {} }
  const plan = { admins: ['a'], resources }
  const elsewhere = { resources: { 'invoice:Z': {}, 'file:Z': {} } }
  const cases: readonly [string, Policy, tier: string, object, readonly string[]][] = [
    [
      'the invoices’ policy',
      invoices,
      'team',
      { type: 'live', scopes: ['invoice:read', 'invoices'], resources: ['https://invoices.test/p/7'] },
      [
        'GET /projects/7/invoices/A',
        'GET /projects/8/invoices/A',
        'GET /projects/7/invoices/Z',
        'GET /accounts',
        'DELETE /accounts',
        'POST /invoices',
        'GET /status',
        'HEAD /status',
        'GET /nope',
        'GET /projects/7/',
      ],
    ],
    [
      'Figma’s policy',
      figmaPolicy({ endpointTiers: 'enforce' }),
      'organization',
      {
        type: 'rest',
        scopes: ['file_content:read', 'webhooks:read', 'files:read'],
        resources: ['https://figma.com/files/project/7'],
      },
      [
        'GET /v1/files/A',
        'GET /v1/files/B',
        'GET /v1/files/Z/nodes',
        'GET /v1/me',
        'GET /v2/webhooks',
        'GET /v2/webhooks?context=file&context_id=A',
        'POST /v1/files/A/variables',
        'GET /v1/activity_logs',
        'GET /v1/files/A/variables/local',
        'PUT /v1/dev_resources',
      ],
    ],
  ]

  it.each(cases)('gives the same decisions: %s', async (_, policy, tier, choice, lines) => {
    const again = definePolicy(JSON.parse(JSON.stringify(policy.data)) as PolicyData)
    const world = { '1001': { ...plan, tier }, '2002': elsewhere }
    const ports = { store: memoryStore(), directory: testDirectory(world), clock: testClock(), random: seededRandom(1) }
    const [one, two] = [policy, again].map((p) => createPlanTokens({ policy: p, ...ports }))
    const input = { actor: 'a', planId: '1001', name: 'n', lifetimeDays: 1, ...choice }
    const issued = await one?.create(input as never)
    const codes = new Set<string>()
    for (const line of lines) {
      const request = requestWith(issued?.secret ?? '', line, { body: { project_id: '7' } })
      const [first, second] = await Promise.all([one?.explain(request), two?.explain(request)])
      expect(JSON.stringify(second)).toBe(JSON.stringify(first))
      codes.add(first?.decision.allowed === false ? first.decision.code : 'allowed')
    }
    expect(codes.size).toBeGreaterThan(4)
  })

  it('gives the same links, scopes and types', () => {
    const again = definePolicy(JSON.parse(JSON.stringify(invoices.data)) as PolicyData)
    const text = 'https://invoices.test/p/7/i/A https://invoices.test/nope invoices.test/1001/r/eu'
    expect(again.parseLinks(text)).toEqual(invoices.parseLinks(text))
    expect([again.scopes, again.types, again.limits]).toEqual([invoices.scopes, invoices.types, invoices.limits])
  })
})
