/** What `definePolicy` refuses: every kind of mistake, at its place, with what is wanted there. How mistakes add up: policy-data.test.ts. */
import { describe, expect, it } from 'vitest'
import { SetupError } from '../../src/core/errors.ts'
import { definePolicy } from '../../src/core/policy.ts'
import { invoicesData } from './fixtures.ts'

type Path = readonly (string | number)[]
type Tree = { [field: string | number]: unknown }

/** The invoices' policy with one value changed: the fields on the way to it, and the value; `undefined` takes it away. */
function changed(path: Path, value: unknown): unknown {
  const data: Tree = JSON.parse(JSON.stringify(invoicesData()))
  let node = data
  for (const field of path.slice(0, -1)) {
    node[field] ??= {}
    node = node[field] as Tree
  }
  node[path.at(-1) ?? ''] = value
  return data
}

function problemsOf(data: unknown) {
  try {
    definePolicy(data as never)
    return []
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return error.issues.map(({ path, message }) => ({ path, message }))
  }
}

/** Where the mistake stands, and the words that its sentence must have. */
type Row = readonly [change: Path, value: unknown, path: string, message: RegExp]

const check: (...row: Row) => void = (change, value, path, message) => {
  const problems = problemsOf(changed(change, value))
  expect(problems).toContainEqual({ path, message: expect.stringMatching(message) })
  for (const problem of problems)
    expect(problem.message).toMatch(/^(is|are|has|names|takes|claims|must|cannot|does) .*[.?]$/)
}

it('a policy that has nothing wrong is taken', () => {
  expect(problemsOf(invoicesData())).toEqual([])
})

describe('a policy is refused as a whole', () => {
  it.each<Row>([
    [['surface'], undefined, 'surface', /missing|letter/],
    [['surface'], '', 'surface', /letter/],
    [['surface'], 'a b', 'surface', /letter/],
    [['surface'], 7, 'surface', /letter|text/],
    [['qqqqqq'], {}, 'qqqqqq', /is not a field/],
    [['endpoints'], undefined, 'endpoints', /missing|object/],
    [['endpoints'], [], 'endpoints', /object/],
    [['tiers'], [], 'tiers', /at least one|not be empty/],
    [['tiers'], 'team', 'tiers', /list/],
    [['tiers', 0], '', 'tiers[0]', /text|empty/],
    [['credential'], 'bearer', 'credential', /object/],
    [['credential', 'bearer'], 'yes', 'credential.bearer', /true or false/],
    [['credential', 'headers', 0], 'X-Key', 'credential.headers[0]', /lower case/],
    [['credential', 'header'], 'x', 'credential.header', /is not a field/],
    [['credential'], { headers: [], bearer: false }, 'credential', /at least one place/],
    [['credential', 'headers', 0], 'authorization', 'credential.headers[0]', /bearer: true/],
    [['limits', 'lifetimeDays'], 0, 'limits.lifetimeDays', / 1\b/],
    [['limits', 'lifetimeDays'], 36_501, 'limits.lifetimeDays', / 36500/],
    [['limits', 'graceHours'], 1.5, 'limits.graceHours', /whole number/],
    [['limits', 'liveSecrets'], '10', 'limits.liveSecrets', /number/],
    [['limits', 'links'], null, 'limits.links', /number/],
    [['limits', 'bodybytes'], 1, 'limits.bodybytes', /is not a field/],
  ])('where %j is %j', check)
})

describe('a policy is refused for its scopes, types and kinds', () => {
  it.each<Row>([
    [['scopes', 'unused'], {}, 'scopes.unused', /used by no endpoint.* "reserved"/],
    [['scopes', 'invoices', 'deprecated'], true, 'scopes.invoices.deprecated', /text/],
    [['scopes', 'invoices', 'tittle'], 'x', 'scopes.invoices.tittle', /is not a field/],
    [['scopes', 'invoices'], 'x', 'scopes.invoices', /object/],
    [['scopes', 'a b'], {}, 'scopes["a b"]', /printable characters/],
    [['reserved', 'a"b'], {}, 'reserved["a\\"b"]', /printable characters/],
    [['reserved', ''], {}, 'reserved[""]', /1 to 100/],
    [['reserved', 'invoices'], {}, 'reserved.invoices', /grantable as well/],
    [['types'], {}, 'types', /at least one/],
    [['types', '1x'], { prefix: 'x' }, 'types["1x"]', /begin with a letter/],
    [['types', 'live', 'prefix'], '1x', 'types.live.prefix', /begin with a letter/],
    [['types', 'live', 'prefix'], `a${'b'.repeat(64)}`, 'types.live.prefix', /64/],
    [['types', 'live', 'prefix'], undefined, 'types.live.prefix', /missing|letter/],
    [['types', 'ci', 'prefix'], 'inv', 'types.ci.prefix', /"live"/],
    [['types', 'ci', 'scope'], [], 'types.ci.scope', /is not a field/],
    [['types', 'ci', 'scopes'], [], 'types.ci.scopes', /at least one/],
    [['types', 'ci', 'scopes', 0], 'invoice:raed', 'types.ci.scopes[0]', /Did you mean "invoice:read"\?/],
    [['types', 'ci', 'scopes', 0], 'account:close', 'types.ci.scopes[0]', /reserved/],
    [['types', 'cli', 'fixed', 1], 'constructor', 'types.cli.fixed[1]', /scope/],
    [['types', 'ci', 'fixed'], ['invoice:read'], 'types.ci', /one of the two/],
    [['kinds', 'Region'], {}, 'kinds.Region', /lower-case letters/],
    [['kinds', 'project', 'id'], 'hex', 'kinds.project.id', /"digits".* "base62".* "name"/],
    [['kinds', 'project', 'max'], 0, 'kinds.project.max', / 1\b/],
    [['kinds', 'invoice', 'parents', 1], 'regoin', 'kinds.invoice.parents[1]', /Did you mean "region"\?/],
    [['kinds', 'invoice', 'parents', 1], 'constructor', 'kinds.invoice.parents[1]', /kind/],
    [['kinds', 'invoice', 'parent'], ['project'], 'kinds.invoice.parent', /is not a field/],
    [['links', 'tail'], 2, 'links.tail', /0 or 1/],
    [['links', 'hosts', 0], 'https://x.test', 'links.hosts[0]', /host/],
    [['links', 'hosts', 0], 'X.test', 'links.hosts[0]', /lower case/],
    [['links', 'hosts', 0], 'x.test:443', 'links.hosts[0]', /port/],
    [['links', 'shape'], [], 'links.shape', /is not a field/],
    [['links', 'shapes', 0], 'x', 'links.shapes[0]', /not a shape/],
  ])('where %j is %j', check)
})

const X = 'endpoints["GET /x"]'

describe('a policy is refused for its routes', () => {
  const endpoint = { scopes: [], names: 'nothing' }
  const add = (route: string): Path => ['endpoints', route]

  it.each([
    '',
    'status',
    'get /x',
    'GET x',
    'GET  /x',
    'GET /x/',
    'GET //',
    'GET /x?y',
    'GET /x/../y',
    'GET /x/.',
    'GET /a{y}',
    'GET /{1}',
    'GET /%66',
    'GET /é',
  ])('where one is none: "%s"', (route) => {
    const path = /^\w+$/.test(route) ? `endpoints.${route}` : `endpoints[${JSON.stringify(route)}]`
    check(add(route), endpoint, path, /is not a route\. Write it as "GET /)
  })

  it('where no request could match it, since a semicolon ends a segment somewhere', () => {
    check(add('GET /x;y'), endpoint, 'endpoints["GET /x;y"]', /semicolon/)
  })

  it.each<Row>([
    [add('HEAD /x'), endpoint, 'endpoints["HEAD /x"]', /judged as GET/],
    [
      add('GET /projects/{x}/invoices/{y}'),
      { ...endpoint, params: { x: 'any', y: 'any' } },
      'endpoints["GET /projects/{x}/invoices/{y}"]',
      /claims the same path as "GET \/projects\/\{p\}\/invoices\/\{i\}"/,
    ],
    [add('GET /x/{a}/{a}'), { ...endpoint, params: { a: 'any' } }, 'endpoints["GET /x/{a}/{a}"]', /"a" twice/],
    [add('GET /x/{a}'), endpoint, 'endpoints["GET /x/{a}"]', /"a", which is no resource.* "params"/],
    [
      add('GET /x/{a}'),
      { ...endpoint, params: { a: 'semver' } },
      'endpoints["GET /x/{a}"].params.a',
      /"any".* "digits"/,
    ],
    [add('GET /x/{a}'), { ...endpoint, params: { a: [] } }, 'endpoints["GET /x/{a}"].params.a', /at least one/],
    [
      add('GET /x'),
      { ...endpoint, params: { a: 'any' } },
      'endpoints["GET /x"].params.a',
      /not a parameter of the route/,
    ],
    [add('GET /x'), null, 'endpoints["GET /x"]', /object/],
    [add('GET /x'), { names: 'nothing' }, 'endpoints["GET /x"].scopes', /missing|list/],
    [add('GET /x'), { ...endpoint, closed: '' }, 'endpoints["GET /x"].closed', /empty/],
    [add('GET /x'), { ...endpoint, scope: [] }, 'endpoints["GET /x"].scope', /is not a field/],
    [add('GET /x'), { ...endpoint, tiers: [] }, 'endpoints["GET /x"].tiers', /at least one/],
    [add('GET /x'), { ...endpoint, tiers: ['busines'] }, 'endpoints["GET /x"].tiers[0]', /Did you mean "business"\?/],
    [
      add('GET /x'),
      { ...endpoint, scopes: ['invoice:raed'] },
      'endpoints["GET /x"].scopes[0]',
      /Did you mean "invoice:read"\?/,
    ],
    [add('GET /x'), { ...endpoint, scopes: [['invoice:read', 'invoice:raed']] }, `${X}.scopes[0][1]`, /Did you mean/],
    [add('GET /x'), { ...endpoint, scopes: [[]] }, `${X}.scopes[0]`, /at least one/],
    [add('GET /x'), { ...endpoint, scopes: [[['invoice:read']]] }, `${X}.scopes[0][0]`, /text/],
    [add('GET /x'), { ...endpoint, scopes: [['invoices', 'invoices']] }, `${X}.scopes[0][1]`, /in the list already/],
    [add('GET /x'), { ...endpoint, scopes: ['invoices', 'invoices'] }, `${X}.scopes[1]`, /is covered by invoices, /],
    [add('GET /x'), { ...endpoint, scopes: ['invoices', ['invoices']] }, `${X}.scopes[1]`, /is covered by invoices, /],
    [
      add('GET /x'),
      { ...endpoint, scopes: [['invoices', 'invoice:read'], 'invoices'] },
      `${X}.scopes[0]`,
      /is covered by invoices, which is enough/,
    ],
    [
      add('GET /x'),
      {
        ...endpoint,
        scopes: [
          ['invoices', 'invoice:read'],
          ['invoice:read', 'invoices'],
        ],
      },
      `${X}.scopes[1]`,
      /is covered by invoices and invoice:read, which is enough/,
    ],
    [add('GET /x'), { ...endpoint, public: false }, `${X}.public`, /must be true/],
    [add('GET /x'), { ...endpoint, public: true, closed: 'no' }, `${X}.closed`, /cannot be said .* public/],
    [add('GET /x'), { ...endpoint, public: true, tiers: ['team'] }, `${X}.tiers`, /cannot be said .* public/],
    [add('GET /x'), { ...endpoint, public: true, checks: { a: 'b' } }, `${X}.checks`, /cannot be said .* public/],
    [add('GET /x'), { ...endpoint, public: true, scopes: ['invoices'] }, `${X}.scopes`, /must be empty .* public/],
    ...['plan', 'filtered'].map(
      (names): Row => [
        add('GET /x'),
        { ...endpoint, public: true, names },
        `${X}.names`,
        /must be "nothing" .* public/,
      ],
    ),
  ])('where %j is %j', check)
})

describe('a policy is refused for what an endpoint names', () => {
  const route = (method: string, names: unknown, path = '/{p}/{i}'): Tree => ({
    [`${method} ${path}`]: { scopes: [], names },
  })
  const project = { kind: 'project', at: 'path:p' }
  const invoice = { kind: 'invoice', at: 'path:i' }

  it.each<[string, Tree, string, RegExp]>([
    ['nothing is said', route('GET', undefined, '/x'), '', /"nothing", "plan", "filtered", a list/],
    ['another word is said', route('GET', 'all', '/x'), '', /"nothing", "plan", "filtered", a list/],
    ['the list is empty', route('GET', [], '/x'), '', /"nothing", "plan", "filtered", a list/],
    [
      'a source is none',
      route('GET', [project, { ...invoice, at: 'path-i' }]),
      '[1].at',
      /"path:name", "query:name" or "body:field"/,
    ],
    ['a source is a header', route('GET', [project, { ...invoice, at: 'header:i' }]), '[1].at', /"path:name"/],
    ['a parameter is none of the route', route('GET', [project, invoice], '/{p}'), '[1].at', /the route lacks/],
    ['a field is misspelt', route('GET', [project, { ...invoice, prefx: 'x' }]), '[1].prefx', /is not a field/],
    [
      'a kind is misspelt',
      route('GET', [project, { ...invoice, kind: 'invoise' }]),
      '',
      /"invoise".* Did you mean "invoice"\?/,
    ],
    ['a kind is no name', route('GET', [project, { ...invoice, kind: 'Invoice' }]), '[1].kind', /lower-case/],
    ['a kind is a number', route('GET', [project, { ...invoice, kind: 7 }]), '[1].kind', /lower-case/],
    [
      'a kind is one of none',
      route('GET', [project, { ...invoice, kind: { from: 'query:k', of: [] } }]),
      '[1].kind.of',
      /at least one/,
    ],
    [
      'a kind of several is misspelt',
      route('GET', [project, { ...invoice, kind: { from: 'query:k', of: ['invoise'] } }]),
      '',
      /"invoise"/,
    ],
    [
      'a kind is told by what there is not',
      route('GET', [project, { ...invoice, kind: { from: 'path:k', of: ['invoice'] } }]),
      '[1].kind.from',
      /the route lacks/,
    ],
    [
      'a kind is told by a list',
      route('POST', [{ kind: { from: 'body:x[].k', of: ['project'] }, at: 'body:x[].id' }], '/x'),
      '[0].kind.from',
      /not a list/,
    ],
    [
      'within is nothing of the endpoint',
      route('GET', [project, { ...invoice, within: 'path:x' }]),
      '[1].within',
      /another resource/,
    ],
    [
      'within is the resource itself',
      route('GET', [project, { ...invoice, within: 'path:i' }]),
      '[1].within',
      /another resource/,
    ],
    ['GET has a body', route('GET', [{ kind: 'project', at: 'body:p' }], '/x'), '', /GET has none/],
    ['DELETE has a body', route('DELETE', [{ kind: 'project', at: 'body:p' }], '/x'), '', /DELETE has none/],
    ['any of none', route('GET', { anyOf: [], none: 'plan' }, '/x'), '.anyOf', /at least one/],
    [
      'it is not said what none means',
      route('GET', { anyOf: [project, invoice] }),
      '.none',
      /missing|"plan", "refuse" or "filtered"/,
    ],
    [
      'none means something else',
      route('GET', { anyOf: [project, invoice], none: 'all' }),
      '.none',
      /"plan", "refuse" or "filtered"/,
    ],
    [
      'any of has a mistake',
      route('GET', { anyOf: [project, { ...invoice, within: 'path:x' }], none: 'plan' }),
      '.anyOf[1].within',
      /another resource/,
    ],
  ])('where %s', (_, endpoints, path, message) => {
    const [name = ''] = Object.keys(endpoints)
    check(['endpoints', name], endpoints[name], `endpoints["${name}"].names${path}`, message)
  })

  it('where a resource is a free parameter as well', () => {
    const endpoint = { scopes: [], names: [project], params: { p: 'any' } }
    check(['endpoints', 'GET /{p}'], endpoint, 'endpoints["GET /{p}"].params.p', /cannot be free as well/)
  })
})
