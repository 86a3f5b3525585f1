/** What an operation names: by `x-plan-resource`, by the table, by a rule; and what is not known. */
import { policyFromOpenApi } from 'plan-access-tokens/openapi'
import { describe, expect, it, test } from 'vitest'
import {
  documentOf,
  jsonBody,
  mistakesOf,
  OVERRIDES,
  openOf,
  POLICY,
  parameter,
  READ,
  reasonsOf,
  reportedOf,
  SCHEMES,
} from './support.ts'

const BOOK = { kind: 'book', at: 'path:book' }
const NOTE = { kind: 'note', at: 'path:note', within: 'path:book' }
const noRule = { resourceOf: () => undefined }
const withExtension = (name: string, place: 'path' | 'query', extension: unknown) =>
  parameter(name, place, { 'x-plan-resource': extension })

describe('a parameter of the path', () => {
  it('is a resource by the rule, by the extension, or by the table', async () => {
    expect(await openOf('/books/{book}', { get: READ })).toEqual({ scopes: ['note:read'], names: [BOOK] })
    const parameters = [
      withExtension('book', 'path', { kind: 'book' }),
      withExtension('note', 'path', { kind: 'note', within: 'path:book' }),
    ]
    expect(await openOf('/books/{book}/notes/{note}', { parameters, get: READ }, noRule)).toMatchObject({
      names: [BOOK, NOTE],
    })
    const endpoints = { 'GET /books/{id}': { names: [{ kind: 'book', at: 'path:id' }] } } as const
    expect(await openOf('/books/{id}', { get: READ }, { ...noRule, endpoints })).toMatchObject({
      names: [{ kind: 'book', at: 'path:id' }],
    })
  })

  it('is free by the rule, by the extension, or by the table', async () => {
    const path = '/books/{book}/pages/{page}'
    const free = { names: [BOOK], params: { page: 'any' } }
    const { resourceOf = () => undefined } = OVERRIDES
    const rule = { resourceOf: (asked: Parameters<typeof resourceOf>[0]) => resourceOf(asked) ?? 'free' } as const
    expect(await openOf(path, { get: READ }, rule)).toMatchObject(free)
    expect(await openOf(path, { get: { ...READ, parameters: [withExtension('page', 'path', 'free')] } })).toMatchObject(
      free,
    )
    const endpoints = { [`GET ${path}`]: { params: { page: ['cover', 'index'] } } }
    expect(await openOf(path, { get: READ }, { endpoints })).toMatchObject({ params: { page: ['cover', 'index'] } })
  })

  it('is not reviewed where nobody answers, with what to write', async () => {
    const { reasons, endpoint } = await reportedOf('/books/{book}/{page}', { get: READ })
    expect(endpoint).toEqual({
      scopes: ['note:read'],
      names: 'nothing',
      params: { page: 'any', book: 'any' },
      closed: 'not reviewed',
    })
    expect(reasons).toEqual([
      {
        code: 'parameter_unanswered',
        message: 'Nobody says what the parameter "page" is.',
        write:
          "names: [{ kind: '…', at: 'path:page' }] (kind 'plan' if it is the id of the plan), or params: { page: 'any' } if it is the id of nothing.",
      },
    ])
  })

  it('is asked about by the name of the document and named by that of the route', async () => {
    const asked: unknown[] = []
    const resourceOf: NonNullable<typeof OVERRIDES.resourceOf> = ({
      route,
      operation,
      parameter: { name, in: place, schema },
    }) => {
      asked.push([route, operation.operationId, name, place, schema])
      return { kind: 'book' }
    }
    const get = {
      ...READ,
      operationId: 'getBook',
      parameters: [parameter('book-id', 'path'), parameter('X-Trace', 'query')],
    }
    expect(
      await openOf(
        '/books/{book-id}',
        { get },
        { resourceOf: (one) => (one.parameter.in === 'path' ? resourceOf(one) : undefined) },
      ),
    ).toMatchObject({
      names: [{ kind: 'book', at: 'path:book_id' }],
    })
    expect(asked).toEqual([['GET /books/{book_id}', 'getBook', 'book-id', 'path', { type: 'string' }]])
  })

  it('needs an answer in place of one that the table takes away', async () => {
    const endpoints = { 'GET /books/{book}': { names: 'plan' } } as const
    expect(await reasonsOf('/books/{book}', { get: READ }, { endpoints })).toEqual(['parameter_unanswered'])
    const freed = { 'GET /books/{book}': { names: 'plan', params: { book: 'digits' } } } as const
    expect(await openOf('/books/{book}', { get: READ }, { endpoints: freed })).toEqual({
      ...{ scopes: ['note:read'], names: 'plan', params: { book: 'digits' } },
    })
  })

  it('is no resource of the rule any more where the table calls it free', async () => {
    const endpoints = { 'GET /books/{book}': { params: { book: 'any' } } } as const
    expect(await reasonsOf('/books/{book}', { get: READ }, { endpoints })).toEqual(['names_unsaid'])
  })
})

describe('a parameter of the query', () => {
  const get = (...parameters: object[]) => ({ get: { ...READ, parameters } })

  it('that is required is a resource like one of the path', async () => {
    expect(await openOf('/notes', get(parameter('book', 'query', { required: true })))).toMatchObject({
      names: [{ kind: 'book', at: 'query:book' }],
    })
  })

  it('that may be left out counts where it is there, and a request that names nothing is refused', async () => {
    const { endpoint, reasons } = await reportedOf(
      '/notes',
      get(parameter('book', 'query'), parameter('page', 'query')),
    )
    expect(endpoint?.names).toEqual({ anyOf: [{ kind: 'book', at: 'query:book' }], none: 'refuse' })
    expect(reasons).toMatchObject([{ code: 'resource_optional', message: expect.stringContaining('query:book') }])
  })

  it('of which nobody says anything means nothing, and names no resource of its operation', async () => {
    expect(await reasonsOf('/notes', get(parameter('page', 'query')))).toEqual(['names_unsaid'])
    expect(await openOf('/books/{book}', get(parameter('page', 'query')))).toMatchObject({ names: [BOOK] })
  })

  test.each([
    [
      'another parameter differs by letter case alone',
      [parameter('book', 'query'), parameter('Book', 'query')],
      'source_ambiguous',
    ],
    [
      'another parameter is another spelling of it',
      [withExtension('book_id', 'query', { kind: 'book' }), parameter('bookId', 'query')],
      'source_ambiguous',
    ],
    ['a policy cannot write its name', [withExtension('filter[book]', 'query', { kind: 'book' })], 'source_unreadable'],
    [
      'what should be above it is not named',
      [withExtension('note', 'query', { kind: 'note', within: 'query:book' })],
      'within_missing',
    ],
  ])('is not reviewed where %s', async (_, parameters, code) => {
    expect(await reasonsOf('/notes', get(...parameters))).toEqual([code])
  })
})

it('a parameter that begins with an underscore is no other spelling', async () => {
  const parameters = [withExtension('book', 'query', { kind: 'book' }), parameter('_book', 'query')]
  const { reasons } = await reportedOf('/notes', { get: { ...READ, parameters } })
  expect(reasons.map(({ code }) => code)).toEqual(['resource_optional'])
})

it('parameters of one path that differ by letter case alone are not reviewed', async () => {
  const resourceOf = () => ({ kind: 'book' })
  expect(await reasonsOf('/a/{id}/b/{ID}', { get: READ }, { resourceOf })).toContain('source_ambiguous')
})

describe('a field of a body', () => {
  const SCHEMA = {
    type: 'object',
    required: ['book'],
    properties: {
      book: { type: 'string' },
      text: { type: 'string' },
      see: { type: 'array', items: { type: 'object', properties: { note: { type: 'string' } } } },
      tags: { type: 'array', items: { type: 'string' } },
    },
  }
  const asked = async (schema: object, more: object = {}) => {
    const names: string[] = []
    const resourceOf: NonNullable<typeof OVERRIDES.resourceOf> = ({ parameter: { name, required } }) => {
      names.push(required ? `${name}!` : name)
      return undefined
    }
    await policyFromOpenApi(
      documentOf({ '/notes': { post: { ...READ, ...jsonBody(schema as never) } } }, more as never),
      { ...OVERRIDES, resourceOf },
    )
    return names
  }

  it('is asked about, as a policy spells it', async () => {
    expect(await asked(SCHEMA)).toEqual(['book!', 'text', 'see[].note', 'tags[]'])
  })

  it('is found behind references and in every part of a schema, each once', async () => {
    const components = {
      securitySchemes: SCHEMES,
      schemas: {
        Base: { type: 'object', required: ['book'], properties: { book: { $ref: '#/components/schemas/Id' } } },
        Id: { allOf: [{ type: 'string' }] },
        Tree: {
          type: 'object',
          properties: { note: { type: 'string' }, below: { $ref: '#/components/schemas/Tree' } },
        },
      },
    }
    const schema = {
      allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { text: { type: 'string' } } }],
      oneOf: [
        { required: ['note'], properties: { note: { type: 'string' } } },
        { properties: { book: { type: 'string' } } },
      ],
    }
    expect(await asked(schema, { components })).toEqual(['book!', 'text', 'note'])
    expect(await asked({ $ref: '#/components/schemas/Tree' }, { components })).toEqual(['note', 'below'])
  })

  it('is a resource by the rule and by the extension', async () => {
    const post = { ...READ, ...jsonBody(SCHEMA) }
    expect(
      await openOf(
        '/notes',
        { post },
        { resourceOf: ({ parameter: { name } }) => (name === 'book' ? { kind: 'book' } : undefined) },
      ),
    ).toMatchObject({
      names: [{ kind: 'book', at: 'body:book' }],
    })
    const see = {
      type: 'array',
      items: { type: 'object', properties: { note: { type: 'string', 'x-plan-resource': { kind: 'note' } } } },
    }
    const extended = {
      ...READ,
      ...jsonBody({ ...SCHEMA, required: ['see'], properties: { ...SCHEMA.properties, see } }),
    }
    expect(await openOf('/notes', { post: extended }, noRule)).toMatchObject({
      names: { anyOf: [{ kind: 'note', at: 'body:see[].note' }], none: 'refuse' },
    })
  })

  it('that an operation names as a whole is a resource', async () => {
    const extension = [{ kind: { from: 'body:text', of: ['book', 'note'] }, at: 'body:book' }]
    const post = { ...READ, ...jsonBody({ ...SCHEMA, required: ['book', 'text'] }), 'x-plan-resource': extension }
    expect(await openOf('/notes', { post }, noRule)).toMatchObject({ names: extension })
    const { 0: one } = extension
    expect(await openOf('/notes', { post: { ...post, 'x-plan-resource': one } }, noRule)).toMatchObject({
      names: extension,
    })
  })

  it('is a whole number in a body only where its ids are numbers', async () => {
    const post = { ...READ, ...jsonBody({ ...SCHEMA, properties: { book: { type: ['integer', 'string'] } } }) }
    const operation = { ...post, 'x-plan-resource': { kind: 'book', at: 'body:book' } }
    const reasonsWith = async (id: 'digits' | 'integer' | 'base62') => {
      const policy = { ...POLICY, kinds: { ...POLICY.kinds, book: { id } } }
      const { reasons } = await reportedOf('/notes', { post: operation }, { ...noRule, policy })
      return reasons.map(({ code }) => code)
    }
    expect(await reasonsWith('digits')).toEqual([])
    expect(await reasonsWith('integer')).toEqual([])
    expect(await reasonsWith('base62')).toEqual(['source_unreadable'])
  })

  test.each([
    [
      'the body is no JSON',
      'post',
      { requestBody: { content: { 'application/x-www-form-urlencoded': { schema: SCHEMA } } } },
    ],
    ['the method has no body', 'delete', jsonBody(SCHEMA)],
    ['its value is no text', 'post', jsonBody({ type: 'object', properties: { book: { type: 'boolean' } } })],
    ['its value may be a fraction', 'post', jsonBody({ type: 'object', properties: { book: { type: 'number' } } })],
  ])('is not reviewed where %s', async (_, method, body) => {
    const operation = { ...READ, ...body, 'x-plan-resource': { kind: 'book', at: 'body:book' } }
    const given = await reportedOf('/notes', { [method]: operation }, noRule)
    expect(given.reasons.map(({ code }) => code)).toEqual(['source_unreadable'])
  })
})

describe('what is said twice or wrongly', () => {
  const mistakes = (operation: object, overrides: object = noRule) =>
    mistakesOf(() =>
      policyFromOpenApi(documentOf({ '/books/{book}': { get: { ...READ, ...operation } } }), {
        ...OVERRIDES,
        ...overrides,
      }),
    )
  const AT = 'document.paths["/books/{book}"].get'

  test.each<[string, unknown, string]>([
    ['no object', 'book', `${AT}["path:book"].x-plan-resource: must be "free" or { kind, at, within }.`],
    [
      'a field that does not exist',
      { kind: 'book', prefx: 'b' },
      `${AT}["path:book"].x-plan-resource.prefx: is not a field here. Did you mean "prefix"?`,
    ],
    [
      'a kind that the policy lacks',
      { kind: 'bok' },
      `${AT}["path:book"].x-plan-resource.kind: names the kind "bok", which the policy lacks. Did you mean "book"?`,
    ],
    [
      'another place',
      { kind: 'book', at: 'query:book' },
      `${AT}["path:book"].x-plan-resource.at: must be left out, or be "path:book".`,
    ],
  ])('an extension of a parameter: %s', async (_, extension, sentence) => {
    const normal = sentence.replace('.x-plan-resource', '["x-plan-resource"]')
    expect(await mistakes({ parameters: [withExtension('book', 'path', extension)] })).toEqual([normal])
  })

  test.each<[string, unknown, RegExp]>([
    [
      'a place that does not exist',
      { kind: 'book', at: 'query:bok' },
      /names "query:bok", which the operation does not have/,
    ],
    ['no place', [{ kind: 'book' }], /\[0\]\.at: is missing/],
    ['one place twice', [BOOK, BOOK], /names path:book twice/],
  ])('an extension of an operation: %s', async (_, extension, sentence) => {
    expect(await mistakes({ 'x-plan-resource': extension })).toEqual([expect.stringMatching(sentence)])
  })

  it('an extension of an operation and one of its parameter', async () => {
    const parameters = [withExtension('book', 'path', { kind: 'book' })]
    expect(await mistakes({ parameters, 'x-plan-resource': BOOK })).toEqual([
      expect.stringContaining('names path:book twice'),
    ])
  })

  test.each<[unknown, string]>([
    ['book', 'must be "free" or { kind, at, within }.'],
    [null, 'must be "free" or { kind, at, within }.'],
    [Promise.resolve({ kind: 'book' }), 'must be "free" or { kind, at, within }.'],
    [
      { kind: 'book', within: 7 },
      'within must be "path:name", "query:name" or "body:field", such as "body:items[].id".',
    ],
    [{ kind: 'bok' }, 'kind names the kind "bok", which the policy lacks. Did you mean "book"?'],
  ])('an answer of the rule: %j', async (answer, sentence) => {
    expect(await mistakes({}, { resourceOf: () => answer })).toEqual([
      `resourceOf: gave for path:book of "GET /books/{book}" what cannot be used: ${sentence}`,
    ])
  })

  it('a rule that is wrong for each operation is told of 100 times', async () => {
    const paths = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`/p${i}/{book}`, { get: READ }]))
    const told = await mistakesOf(() =>
      policyFromOpenApi(documentOf(paths), { ...OVERRIDES, resourceOf: () => null as never }),
    )
    expect(told).toHaveLength(101)
    expect(told.at(-1)).toBe('document: has 50 more such mistakes.')
  })

  it('a rule that throws ends the call with its own error', async () => {
    const resourceOf = () => {
      throw new RangeError('mine')
    }
    await expect(
      policyFromOpenApi(documentOf({ '/books/{book}': { get: READ } }), { ...OVERRIDES, resourceOf }),
    ).rejects.toThrow('mine')
  })
})
