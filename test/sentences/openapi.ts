/** Mistakes in an OpenAPI document, and in what is said beside it. */
import { policyDrift, policyFromOpenApi } from 'plan-access-tokens/openapi'
import { documentOf, jsonBody, OVERRIDES, POLICY, parameter, READ, SCHEMES } from '../openapi/support.ts'
import { type Mistake, mistakesOf } from './table.ts'

const BOOK = '/books/{book}'
const get = { ...READ, operationId: 'getBook', parameters: [parameter('page', 'query')] }
const post = { ...READ, ...jsonBody({ type: 'object', properties: { note: { type: 'string' } } }) }
const PATHS = { [BOOK]: { get }, '/books': { post }, '/books/': { get: READ } }
const DOCUMENT = documentOf(PATHS)
const itself: { [field: string]: unknown } = { ...DOCUMENT }
itself['x-itself'] = itself

const withRef = ($ref: string) => ({
  ...DOCUMENT,
  components: { securitySchemes: SCHEMES, schemas: { One: { $ref } } },
})
const withServer = (url: string) => ({ ...DOCUMENT, servers: [{ url }] })
const withExtension = (extension: unknown) => documentOf({ [BOOK]: { get: { ...READ, 'x-plan-resource': extension } } })
const AT_BOOK = { kind: 'book', at: 'path:book' }

const documents = mistakesOf<unknown>(
  'policyFromOpenApi, document',
  (document) => policyFromOpenApi(document as object, OVERRIDES),
  {
    nothing: undefined,
    'a number': 7,
    'JSON that ends early': '{"openapi": "3.1.0"',
    'JSON with a field twice': '{"openapi": "3.1.0", "openapi": "3.0.0"}',
    'JSON with half a character': '{"openapi": "\\ud800"}',
    'YAML that is none': 'a: [',
    'a function in it': { ...DOCUMENT, info: () => 1 },
    'a getter that throws': { get info(): never { throw new Error('its own text') } }, // biome-ignore format: one line
    'itself in it': itself,
    '__proto__ in it': JSON.parse('{"openapi": "3.1.0", "__proto__": {}}'),
    '201 levels': Array.from({ length: 201 }).reduce<unknown>((inner) => [inner], 0),
    'no version': {},
    Swagger: { swagger: '2.0' },
    'a later version': { openapi: '3.2.0' },
    'a reference to a file': withRef('other.yaml'),
    'a reference to nothing': withRef('#/components/schemas/Two'),
    'a reference by a name': withRef('#two'),
    'a reference to itself': withRef('#/components/schemas/One'),
    'a method that does not exist': { ...documentOf({ '/a': { gett: {} } }), openapi: '3.0.0' },
    'a parameter without a schema': documentOf({ '/a': { get: { parameters: [{ name: 'a', in: 'query' }] } } }),
    'no operations': { ...DOCUMENT, paths: {} },
    'an address that depends on its own': withServer('.'),
    'an address that may be anything': withServer('https://a.example/{version}'),
    'an address that no policy can hold': withServer('https://a.example/%20'),
    'addresses with different paths': { ...DOCUMENT, servers: [{ url: '/v1' }, { url: '/v2' }] },
    'operations beside a reference': documentOf({ '/a': { put: READ }, '/b': { $ref: '#/paths/~1a', get: READ } }),
    'one path twice': documentOf({ [BOOK]: { get: READ }, '/books/{id}': { get: READ } }),
    'an extension that is text': withExtension('book'),
    'an extension without a place': withExtension({ kind: 'book' }),
    'an extension with a place that there is not': withExtension([AT_BOOK, { kind: 'note', at: 'query:note' }]),
    'an extension that names a place twice': withExtension([AT_BOOK, AT_BOOK]),
  },
)

const said = mistakesOf<object>(
  'policyFromOpenApi, overrides',
  (overrides) => policyFromOpenApi(DOCUMENT, { ...OVERRIDES, ...overrides }),
  {
    'no policy': { policy: undefined },
    'a policy with endpoints': { policy: { ...POLICY, endpoints: {} } },
    'a path that ends with a slash': { basePath: '/v1/' },
    'a scheme that the document lacks': { schemes: { outh: { token: true } } },
    'a rule that is none': { resourceOf: {} },
    'a rule that gives text': { resourceOf: () => 'book' },
    'a rule that gives another place': { resourceOf: () => ({ kind: 'book', at: 'query:x' }) },
    'a rule that gives a kind that there is not': { resourceOf: () => ({ kind: 'bok' }) },
    'a rule for scopes that gives text': {
      schemes: { oauth: { token: true, scopes: 'ignore' } },
      scopesOf: () => 'note:read',
    },
    'an operation that there is not': { endpoints: { getBok: {} } },
    'an operation that no policy can hold': { endpoints: { 'GET /books/': {} } },
    'one operation twice': { endpoints: { getBook: {}, [`GET ${BOOK}`]: {} } },
    'a misspelt field': { endpoints: { getBook: { scoeps: [] } } },
    'a parameter that there is not': {
      endpoints: { getBook: { names: [AT_BOOK, { kind: 'note', at: 'query:pge' }] } },
    },
  },
)

const drift = mistakesOf<readonly [policy: unknown, options?: object]>(
  'policyDrift',
  ([policy, options]) => policyDrift(policy as never, DOCUMENT, options),
  {
    'no policy': [{}],
    'a misspelt option': [{ endpoints: {} }, { excpt: [] }],
    'an exception that is none': [{ endpoints: {} }, { except: [`GET ${BOOK}s`] }],
  },
)

export const OPENAPI: readonly Mistake[] = [...documents, ...said, ...drift]
