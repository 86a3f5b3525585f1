/** Mistakes of whoever writes a policy, or takes one of those that are ready. */
import { definePolicy, type Policy } from 'plan-access-tokens'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { npmPolicy, npmrc } from 'plan-access-tokens/npm'
import { invoicesData } from '../core/fixtures.ts'
import { changed, type Mistake, mistakesOf } from './table.ts'

type Change = readonly [path: readonly (string | number)[], value: unknown]

const define = (data: unknown): Policy => definePolicy(data as never)

const data = mistakesOf<unknown>('definePolicy', define, {
  'what is no plain JSON': undefined,
  'an empty object': {},
})

const code = mistakesOf<unknown>('definePolicy, its code', (given) => definePolicy(invoicesData(), given as never), {
  'a misspelt name': { error: () => undefined },
  'errors that are no function': { errors: 'problem' },
  'checks by a list': { checks: [] },
  'a misspelt spelling': { spelling: { targets: () => '' } },
  null: null,
})

const change = mistakesOf<Change>('definePolicy', ([path, value]) => define(changed(invoicesData(), path, value)), {
  'surface with a space': [['surface'], 'a b'],
  'a field that there is not': [['endpoint'], {}],
  'endpoints as a list': [['endpoints'], []],
  'no tier': [['tiers'], []],
  'an empty tier': [['tiers', 0], ''],
  'a credential as text': [['credential'], 'bearer'],
  'bearer as text': [['credential', 'bearer'], 'yes'],
  'a header in capitals': [['credential', 'headers', 0], 'X-Key'],
  'no place for a credential': [['credential'], { headers: [], bearer: false }],
  'a misspelt place': [['credential', 'header'], 'x'],
  'a lifetime of 0': [['limits', 'lifetimeDays'], 0],
  'hours in parts': [['limits', 'graceHours'], 1.5],
  'a number as text': [['limits', 'liveSecrets'], '10'],
  'links of null': [['limits', 'links'], null],
  'a misspelt limit': [['limits', 'bodybytes'], 1],
  'a scope that nothing uses': [['scopes', 'unused'], {}],
  'deprecated without a word': [['scopes', 'invoices', 'deprecated'], true],
  'an alias that is a scope': [['scopes', 'invoices', 'aliases'], ['invoice:read']],
  'an alias twice': [
    ['scopes', 'invoices', 'aliases'],
    ['x', 'x'],
  ],
  'no alias': [['scopes', 'invoices', 'aliases'], []],
  'a scope as text': [['scopes', 'invoices'], 'x'],
  'a scope with a space': [['scopes', 'a b'], {}],
  'a scope without a name': [['reserved', ''], {}],
  'a scope that is reserved as well': [['reserved', 'invoices'], {}],
  'no type': [['types'], {}],
  'a type that begins with a digit': [['types', '1x'], { prefix: 'x' }],
  'a prefix that begins with a digit': [['types', 'live', 'prefix'], '1x'],
  'a prefix left out': [['types', 'live', 'prefix'], undefined],
  'a prefix twice': [['types', 'ci', 'prefix'], 'inv'],
  'a misspelt field of a type': [['types', 'ci', 'scope'], []],
  'a type without a scope': [['types', 'ci', 'scopes'], []],
  'a misspelt scope of a type': [['types', 'ci', 'scopes', 0], 'invoice:raed'],
  'a reserved scope of a type': [['types', 'ci', 'scopes', 0], 'account:close'],
  'a fixed scope that there is not': [['types', 'cli', 'fixed', 1], 'constructor'],
  'fixed scopes and others': [['types', 'ci', 'fixed'], ['invoice:read']],
  'a kind in capitals': [['kinds', 'Region'], {}],
  'a form of ids that there is not': [['kinds', 'project', 'id'], 'hex'],
  'an id of no character': [['kinds', 'project', 'max'], 0],
  'a misspelt parent': [['kinds', 'invoice', 'parents', 1], 'regoin'],
  'a parent that there is not': [['kinds', 'invoice', 'parents', 1], 'constructor'],
  'a misspelt field of a kind': [['kinds', 'invoice', 'parent'], ['project']],
  'a tail of two': [['links', 'tail'], 2],
  'a host with a scheme': [['links', 'hosts', 0], 'https://x.test'],
  'a misspelt field of links': [['links', 'shape'], []],
  'a shape without a slash': [['links', 'shapes', 0], 'x'],
  'a shape with a kind that there is not': [['links', 'shapes', 0], '/{nope}'],
})

const ENDPOINT = { scopes: [], names: 'nothing' }
const routes = mistakesOf<readonly [route: string, endpoint: unknown]>(
  'definePolicy, a route',
  ([route, endpoint]) => define(changed(invoicesData(), ['endpoints', route], endpoint)),
  {
    'without a method': ['status', ENDPOINT],
    'in small letters': ['get /x', ENDPOINT],
    'that ends with a slash': ['GET /x/', ENDPOINT],
    'with a query': ['GET /x?y', ENDPOINT],
    'with two dots': ['GET /x/../y', ENDPOINT],
    'with a semicolon': ['GET /x;y', ENDPOINT],
    'that reads one name in two letter cases': [
      'GET /x',
      { scopes: [], names: ['query:id', 'query:ID'].map((at) => ({ kind: 'client', at })) },
    ],
    'for HEAD': ['HEAD /x', ENDPOINT],
    'of a path that another one has': [
      'GET /projects/{x}/invoices/{y}',
      { ...ENDPOINT, params: { x: 'any', y: 'any' } },
    ],
    'with a parameter twice': ['GET /x/{a}/{a}', { ...ENDPOINT, params: { a: 'any' } }],
    'with a parameter that nothing is said of': ['GET /x/{a}', ENDPOINT],
    'with a parameter of another form': ['GET /x/{a}', { ...ENDPOINT, params: { a: 'semver' } }],
    'with a parameter of no word': ['GET /x/{a}', { ...ENDPOINT, params: { a: [] } }],
    'without the parameter that is said': ['GET /x', { ...ENDPOINT, params: { a: 'any' } }],
    'of null': ['GET /x', null],
    'without scopes': ['GET /x', { names: 'nothing' }],
    'closed without a reason': ['GET /x', { ...ENDPOINT, closed: '' }],
    'with a misspelt field': ['GET /x', { ...ENDPOINT, scope: [] }],
    'for no tier': ['GET /x', { ...ENDPOINT, tiers: [] }],
    'for a misspelt tier': ['GET /x', { ...ENDPOINT, tiers: ['busines'] }],
    'with no scope in a list of several': ['GET /x', { ...ENDPOINT, scopes: [[]] }],
    'with a scope twice in a list of several': ['GET /x', { ...ENDPOINT, scopes: [['invoices', 'invoices']] }],
    'with a scope beside one that is enough alone': [
      'GET /x',
      { ...ENDPOINT, scopes: [['invoices', 'invoice:read'], 'invoices'] },
    ],
    'public by halves': ['GET /x', { ...ENDPOINT, public: false }],
    'public with a scope': ['GET /x', { ...ENDPOINT, public: true, scopes: ['invoices'] }],
    'public with a plan': ['GET /x', { ...ENDPOINT, public: true, names: 'plan' }],
    'public and closed': ['GET /x', { ...ENDPOINT, public: true, closed: 'it is' }],
    'with a misspelt scope': ['GET /x', { ...ENDPOINT, scopes: ['invoice:raed'] }],
    'with a resource that is free as well': [
      'GET /{p}',
      { scopes: [], names: [{ kind: 'project', at: 'path:p' }], params: { p: 'any' } },
    ],
  },
)

const PROJECT = { kind: 'project', at: 'path:p' }
const INVOICE = { kind: 'invoice', at: 'path:i' }
const names = mistakesOf<readonly [names: unknown, route?: string]>(
  'definePolicy, what a route names',
  ([named, route = 'GET /{p}/{i}']) =>
    define(changed(invoicesData(), ['endpoints', route], { scopes: [], names: named })),
  {
    'left out': [undefined, 'GET /x'],
    'another word': ['all', 'GET /y'],
    'a source without its place': [[PROJECT, { ...INVOICE, at: 'path-i' }]],
    'a parameter that the route lacks': [[PROJECT, INVOICE], 'GET /{p}'],
    'a misspelt field': [[PROJECT, { ...INVOICE, prefx: 'x' }]],
    'a misspelt kind': [[PROJECT, { ...INVOICE, kind: 'invoise' }]],
    'a kind that is no name': [[PROJECT, { ...INVOICE, kind: 'Invoice' }]],
    'a kind out of none': [[PROJECT, { ...INVOICE, kind: { from: 'query:k', of: [] } }]],
    'a kind told by what there is not': [[PROJECT, { ...INVOICE, kind: { from: 'path:k', of: ['invoice'] } }]],
    'a kind told by a list': [[{ kind: { from: 'body:x[].k', of: ['project'] }, at: 'body:x[].id' }], 'POST /x'],
    'within what there is not': [[PROJECT, { ...INVOICE, within: 'path:x' }]],
    'above what is not within it': [[{ ...PROJECT, above: true }, INVOICE]],
    'above what may be left out': [
      {
        anyOf: [
          { ...PROJECT, above: true },
          { ...INVOICE, within: 'path:p' },
        ],
        none: 'refuse',
      },
    ],
    'above by another word': [
      [
        { ...PROJECT, above: 'only' },
        { ...INVOICE, within: 'path:p' },
      ],
    ],
    'a body of GET': [[{ kind: 'project', at: 'body:p' }], 'GET /x'],
    'a body of DELETE': [[{ kind: 'project', at: 'body:p' }], 'DELETE /x'],
    'any of none': [{ anyOf: [], none: 'plan' }],
    'not said what none means': [{ anyOf: [PROJECT, INVOICE] }],
    'none means another word': [{ anyOf: [PROJECT, INVOICE], none: 'all' }],
  },
)

const figma = mistakesOf<object | null>('figmaPolicy', (options) => figmaPolicy(options as never), {
  'options of null': null,
  'a misspelt option': { paymnets: 'open' },
  'payments for some': { payments: 'some' },
  'tiers that are closed': { endpointTiers: 'closed' },
  'hosts as text': { hosts: 'figma.com' },
  'a host with a port': { hosts: ['figma.com:443'] },
  'a prefix with a hyphen': { prefix: 'fig-d' },
  'errors that are no function': { errors: 'figma' },
})

const REGISTRY = { packageScopes: ['@acme'], registry: 'https://npm.acme.example' }
const npm = [
  ...mistakesOf<object>('npmPolicy', (options) => npmPolicy(options as never), {
    'no option': {},
    'a package scope without its sign': { ...REGISTRY, packageScopes: ['acme'] },
    'no package scope': { ...REGISTRY, packageScopes: [] },
    'a registry that is no address': { ...REGISTRY, registry: 'npm' },
    'a prefix that begins with a digit': { ...REGISTRY, prefix: '1' },
    'no tier': { ...REGISTRY, tiers: [] },
    'a publish of no byte': { ...REGISTRY, publishBytes: 0 },
    'errors that are no function': { ...REGISTRY, errors: 1 },
    'a search of another word': { ...REGISTRY, search: 'no' },
    'an unknown option': { ...REGISTRY, scope: '@acme' },
  }),
  ...mistakesOf<object>('npmrc', (options) => npmrc(options as never), {
    'no option': {},
    'a registry with a query': { registry: 'https://a.example/?x', scope: '@acme' },
    'a scope without its sign': { registry: 'https://a.example', scope: 'acme' },
    'a secret with a line break': { registry: 'https://a.example', scope: '@acme', secret: 'a\nb' },
    'an unknown option': { registry: 'https://a.example', scope: '@acme', token: 'x' },
  }),
]

const linkOf = (policy: Policy, link: unknown) => {
  const parsed = policy.parseLink(link as string)
  return parsed.ok ? undefined : { called: parsed.code, told: [{ path: '', message: parsed.message }] }
}
const links = [
  ...mistakesOf<string>('parseLink of figmaPolicy', (link) => linkOf(figmaPolicy(), link), {
    nothing: '',
    'another host': 'https://figma.com.example/design/ABC',
    'another scheme': 'http://figma.com/design/ABC',
    'a misspelt word': 'https://www.figma.com/desing/ABC',
    'a key that is none': 'https://www.figma.com/design/A*C',
    'an id that is no number': 'https://www.figma.com/files/1001/project/abc',
  }),
  ...mistakesOf<string>('parseLink of npmPolicy', (link) => linkOf(npmPolicy(REGISTRY), link), {
    'a package without a scope': 'button',
    'a name too many': '@acme/a/b',
    'an encoded slash': '@acme%2fbutton',
  }),
]

export const POLICIES: readonly Mistake[] = [data, code, change, routes, names, figma, npm, links].flat()
