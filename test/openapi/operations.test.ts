/** Which operations a document has: what servers put before them, path items and parameters behind references, paths that no policy can hold. */
import { policyFromOpenApi } from 'plan-access-tokens/openapi'
import { describe, expect, it, test } from 'vitest'
import {
  documentOf,
  mistakesOf,
  OVERRIDES,
  openOf,
  parameter,
  READ,
  reasonsOf,
  reportedOf,
  SCHEMES,
} from './support.ts'

const GET = { get: READ }
const BOOK = '/books/{book}'
const servers = (...urls: readonly string[]) => ({ servers: urls.map((url) => ({ url })) })
const routes = async (paths: { readonly [path: string]: object }, more: object = {}, overrides: object = {}) => {
  const made = await policyFromOpenApi(documentOf(paths as never, more as never), { ...OVERRIDES, ...overrides })
  return { ...made, routes: Object.keys(made.data.endpoints) }
}

describe('what servers put before a path', () => {
  test.each<[string, object, string]>([
    ['nothing', servers('https://a.example'), ''],
    ['nothing, without a server', { servers: [] }, ''],
    ['a path', servers('https://a.example/v1/'), '/v1'],
    ['a path without a host', servers('/api/v1'), '/api/v1'],
    ['a path behind variables of a host', servers('{protocol}://{host}:{port}/v1'), '/v1'],
    ['one path on several hosts', servers('https://a.example/v1', 'https://b.example/v1/'), '/v1'],
    [
      'a variable with one value',
      {
        servers: [
          {
            url: 'https://{host}.example/{base}',
            variables: { host: { default: 'a' }, base: { default: 'v1', enum: ['v1'] } },
          },
        ],
      },
      '/v1',
    ],
  ])('is %s', async (_, more, prefix) => {
    expect((await routes({ [BOOK]: GET }, more)).routes).toEqual([`GET ${prefix}${BOOK}`])
  })

  test.each<[string, object, RegExp]>([
    [
      'is not the same for all',
      servers('https://a.example/v1', 'https://a.example/v2'),
      /different paths before the operations: "\/v1", "\/v2"/,
    ],
    ['depends on where the document lies', servers('.'), /depends on where the document lies/],
    [
      'may be anything',
      { servers: [{ url: 'https://a.example/{base}', variables: { base: { default: 'v1' } } }] },
      /variables have no list of values/,
    ],
    [
      'has several values',
      { servers: [{ url: '/{v}', variables: { v: { default: 'v1', enum: ['v1', 'v2'] } } }] },
      /different paths/,
    ],
    ['is none that a policy can hold', servers('https://a.example/%20'), /no policy can hold/],
  ])('has to be said where it %s', async (_, more, sentence) => {
    expect(await mistakesOf(() => routes({ [BOOK]: GET }, more))).toEqual([expect.stringMatching(sentence)])
    expect((await routes({ [BOOK]: GET }, more, { basePath: '/v9' })).routes).toEqual([`GET /v9${BOOK}`])
  })

  it('is of an operation what its own servers say, or those of its path', async () => {
    const own = { get: { ...READ, ...servers('/v3') }, put: READ, ...servers('/v2') }
    expect((await routes({ [BOOK]: own }, servers('/v1'))).routes).toEqual([`GET /v3${BOOK}`, `PUT /v2${BOOK}`])
    const both = { get: { ...READ, ...servers('/v2', '/v1') } }
    expect((await routes({ [BOOK]: both }, servers('/v1'))).routes).toEqual([`GET /v1${BOOK}`])
    const unclear = { get: { ...READ, ...servers('/v3', '/v4') } }
    expect(await reportedOf(BOOK, unclear)).toMatchObject({
      outcome: 'left_out',
      reasons: [{ code: 'server_unclear' }],
    })
  })

  it('is not reviewed where it is another host, until the table says that this policy stands before it', async () => {
    const uploads = { get: { ...READ, ...servers('https://uploads.notes.example') } }
    expect(await reasonsOf(BOOK, uploads)).toEqual(['other_host'])
    expect(await reasonsOf('/covers', { get: { ...uploads.get, security: [] } })).toEqual(['other_host'])
    expect(await reasonsOf(BOOK, uploads, { endpoints: { [`GET ${BOOK}`]: { tiers: ['team'] } } })).toEqual([
      'other_host',
    ])
    expect(await openOf(BOOK, uploads, { endpoints: { [`GET ${BOOK}`]: { scopes: ['note:read'] } } })).toMatchObject({
      scopes: ['note:read'],
    })
    expect(await openOf(BOOK, { get: { ...READ, ...servers('https://API.notes.example') } })).toMatchObject({
      scopes: ['note:read'],
    })
  })
})

describe('the host of an operation', () => {
  const host = (t: unknown, url = 'https://{t}.notes.example') => ({ servers: [{ url, variables: { t } }] })
  const any = { default: 'a' }
  const listed = (...values: readonly string[]) => ({ default: values[0], enum: values })
  const many = (last: string) => listed(...Array.from({ length: 101 }, (_, i) => `h${i}`), last)

  test.each<[string, { [field: string]: unknown }, object]>([
    ['is not known beside servers without one', servers('/v1'), servers('https://evil.example/v1')],
    ['is not known beside no servers', { servers: [] }, servers('https://evil.example')],
    ['is where the document lies, and not that of its servers', servers('https://notes.example/v1'), servers('/v1')],
    ['may be any', servers('https://notes.example'), host(any)],
    ['may be any, beside servers without one', servers('/'), host(any)],
    ['may be any, with another default', host(any), host({ default: 'b' })],
    ['is one of a list, of which one is not known', servers('https://a.notes.example'), host(listed('a', 'evil'))],
    ['is one of a long list, which has another one', host(many('a')), host(many('evil'))],
    ['is one of several, of which one is not known', servers('/'), servers('/', 'https://evil.example')],
    ['has a variable that is not described', servers('/'), servers('https://{t}.notes.example')],
  ])('%s: not reviewed', async (_, whole, own) => {
    for (const security of [READ, { security: [] }]) {
      const resourceOf = () => undefined
      expect(await reasonsOf('/covers', { get: { ...security, ...own } }, { resourceOf }, whole)).toContain(
        'other_host',
      )
    }
    expect(await reasonsOf(BOOK, { get: { ...READ, ...own } }, {}, whole)).toEqual(['other_host'])
    expect(await reasonsOf(BOOK, { get: READ, ...own }, {}, whole)).toEqual(['other_host'])
  })

  test.each<[string, { [field: string]: unknown }, object]>([
    ['is where the document lies, like the others', servers('/v1'), servers('/v2')],
    ['is one of the document', servers('https://a.example', 'https://b.example'), servers('https://b.example/v2')],
    ['is one of a list of the document', host(listed('a', 'b')), servers('https://b.notes.example')],
    ['may be any that the document may have', host(any), host(any)],
  ])('%s: open', async (_, whole, own) => {
    expect(await openOf(BOOK, { get: { ...READ, ...own } }, {}, whole)).toMatchObject({ scopes: ['note:read'] })
  })
})

describe('a path that a policy cannot hold', () => {
  test.each([
    '/a/{book}.{format}',
    '/a/{book}:archive',
    '/{book}*',
    '/a/',
    '/a//b',
    '/a/{book}/b/{book}',
    '/a%20b',
    '/a/{}',
    '/a?b=1',
    '/a/../b',
    '/a/:id',
  ])('%s is left out, and said so', async (path) => {
    const { outcome, endpoint, reasons } = await reportedOf(path, GET)
    expect([outcome, endpoint, reasons[0]?.code]).toEqual(['left_out', undefined, 'route_form'])
  })

  it('cannot have an entry in the table', async () => {
    expect(await mistakesOf(() => routes({ '/a/': GET }, {}, { endpoints: { 'GET /a/': {} } }))).toEqual([
      expect.stringMatching(/^endpoints\["GET \/a\/"\]: cannot be in a policy/),
    ])
  })
})

describe('methods', () => {
  it('are those of HTTP, and HEAD is judged as GET', async () => {
    const item = {
      summary: 'A book',
      get: READ,
      put: READ,
      post: READ,
      delete: READ,
      patch: READ,
      options: READ,
      trace: READ,
      head: READ,
    }
    const { routes: found, report } = await routes({ [BOOK]: item, '/x/{book}': { head: READ } })
    expect(found.map((route) => route.split(' ')[0])).toEqual([
      'GET',
      'PUT',
      'POST',
      'DELETE',
      'OPTIONS',
      'PATCH',
      'TRACE',
    ])
    expect(report.operations.filter(({ outcome }) => outcome === 'left_out')).toMatchObject([
      { route: `HEAD ${BOOK}`, reasons: [{ code: 'judged_as_get' }] },
      { route: 'HEAD /x/{book}', reasons: [{ code: 'route_form' }] },
    ])
  })

  it('do not come from webhooks and callbacks, which are calls of the other side', async () => {
    const hook = { post: { responses: { 200: { description: 'OK' } } } }
    const get = { ...READ, callbacks: { changed: { '{$request.query.url}': hook } } }
    expect((await routes({ [BOOK]: { get } }, { webhooks: { changed: hook } })).routes).toEqual([`GET ${BOOK}`])
  })
})

describe('references within the document', () => {
  it('are followed: to path items, parameters and bodies', async () => {
    const components = {
      securitySchemes: SCHEMES,
      pathItems: {
        Book: {
          parameters: [{ $ref: '#/components/parameters/Page' }],
          get: { ...READ, responses: { default: { description: 'OK' } } },
        },
      },
      parameters: {
        Page: { $ref: '#/components/parameters/x-page' },
        'x-page': parameter('page', 'query', { 'x-plan-resource': { kind: 'note' } }),
      },
    }
    const { data } = await routes({ [BOOK]: { $ref: '#/components/pathItems/Book' } }, { components })
    expect(data.endpoints[`GET ${BOOK}`]?.names).toEqual({
      anyOf: [
        { kind: 'book', at: 'path:book' },
        { kind: 'note', at: 'query:page' },
      ],
      none: 'refuse',
    })
  })

  it('are escaped as JSON pointers are', async () => {
    expect((await routes({ [BOOK]: GET, '/a~b/{book}': { $ref: '#/paths/~1books~1%7Bbook%7D' } })).routes).toEqual([
      `GET ${BOOK}`,
      'GET /a~b/{book}',
    ])
  })

  it('beside operations are refused, since they can be read in two ways', async () => {
    const both = { $ref: '#/paths/~1x', get: READ }
    expect(await mistakesOf(() => routes({ '/x': { put: READ }, [BOOK]: both }))).toEqual([
      expect.stringContaining('beside a "$ref"'),
    ])
  })
})

describe('parameters', () => {
  it('of an operation stand in place of those of its path', async () => {
    const item = {
      parameters: [parameter('note', 'query')],
      get: { ...READ, parameters: [parameter('note', 'query', { required: true })] },
    }
    expect(await openOf('/notes', item)).toMatchObject({ names: [{ kind: 'note', at: 'query:note' }] })
  })

  it('of headers and cookies are no resources', async () => {
    const parameters = [{ ...parameter('book', 'query'), in: 'header' }]
    expect(await reasonsOf('/notes', { get: { ...READ, parameters } })).toEqual(['names_unsaid'])
  })
})

describe('two operations that claim one path', () => {
  test.each([
    ['but for the name of a parameter', { [BOOK]: GET, '/books/{note}': GET }, 'GET /books/{book}'],
    ['but for letter case', { '/books': GET, '/Books': GET }, 'GET /books'],
    [
      'behind their servers',
      { '/v1/books': { get: { ...READ, ...servers('/') } }, '/books': { get: { ...READ, ...servers('/v1') } } },
      'GET /v1/books',
    ],
  ])('%s are a mistake of the document', async (_, paths, other) => {
    expect(await mistakesOf(() => routes(paths))).toEqual([
      expect.stringContaining(`claims the same path as "${other}": names of parameters and letter case do not count.`),
    ])
  })

  it('with different methods are two endpoints', async () => {
    expect((await routes({ [BOOK]: GET, '/books/{note}': { put: READ } })).routes).toEqual([
      `GET ${BOOK}`,
      'PUT /books/{note}',
    ])
  })
})
