/** The table of overrides, and every mistake of what is said beside a document, all at once. */
import { definePolicy } from 'plan-access-tokens'
import { type OpenApiOverrides, policyFromOpenApi } from 'plan-access-tokens/openapi'
import { describe, expect, it, test } from 'vitest'
import { documentOf, jsonBody, mistakesOf, OVERRIDES, openOf, POLICY, parameter, READ, reportedOf } from './support.ts'

const BOOK = '/books/{book}'
const get = { ...READ, operationId: 'getBook', parameters: [parameter('page', 'query')] }
const post = {
  ...READ,
  operationId: 'postBook',
  ...jsonBody({ type: 'object', properties: { note: { type: 'string' } } }),
}
const DOCUMENT = documentOf({ [BOOK]: { get }, '/books': { post } })
const make = (overrides: object, document: object = DOCUMENT) =>
  policyFromOpenApi(document, { ...OVERRIDES, ...overrides })
const mistakes = (overrides: object, document: object = DOCUMENT) => mistakesOf(() => make(overrides, document))
const postBook = { names: 'plan' } as const

describe('an entry of the table', () => {
  it.each([`GET ${BOOK}`, 'getBook'])('is found by the route or the operationId: %s', async (key) => {
    const { data } = await make({ endpoints: { [key]: { tiers: ['business'] } } })
    expect(data.endpoints[`GET ${BOOK}`]).toEqual({
      ...{ scopes: ['note:read'], names: [{ kind: 'book', at: 'path:book' }], tiers: ['business'] },
    })
  })

  it('stands in place of what the document and the rules say, field by field', async () => {
    const endpoint = {
      scopes: ['page:read'],
      names: [{ kind: 'note', at: 'path:book' }],
      checks: { 'a@1': 'It is so.' },
    } as const
    const { data } = await make({ endpoints: { getBook: endpoint, postBook } })
    expect(data.endpoints[`GET ${BOOK}`]).toEqual(endpoint)
    expect(data.endpoints['POST /books']).toEqual({ scopes: ['note:read'], names: 'plan' })
  })

  it('closes an operation, whatever is known of it', async () => {
    const closed = 'it needs a person'
    const endpoints = { 'GET /x/{x}': { closed } }
    expect(await reportedOf('/x/{x}', { get: {} }, { endpoints })).toMatchObject({
      outcome: 'mapped',
      endpoint: { scopes: [], names: 'nothing', params: { x: 'any' }, closed },
      reasons: [],
    })
  })

  it('says what a body names where the document does not say what it holds', async () => {
    const endpoints = { 'POST /x': { names: [{ kind: 'book', at: 'body:anything' }] } } as const
    const open = { ...READ, ...jsonBody({ type: 'object' }) }
    expect(await openOf('/x', { post: open }, { endpoints })).toMatchObject({ names: [{ at: 'body:anything' }] })
  })

  test.each<[string, object, readonly string[]]>([
    [
      'of no operation',
      { getBok: {}, 'GET /books/{id}': {} },
      [
        'endpoints.getBok: is no operation of the document. Did you mean "getBook"?',
        'endpoints["GET /books/{id}"]: is no operation of the document.',
      ],
    ],
    [
      'of an operation that has one',
      { getBook: {}, [`GET ${BOOK}`]: {} },
      [`endpoints["GET ${BOOK}"]: is the operation of "getBook" too.`],
    ],
    [
      'with a field that does not exist',
      { getBook: { scoeps: ['note:read'] } },
      ['endpoints.getBook.scoeps: is not a field here. Did you mean "scopes"?'],
    ],
    [
      'with what a policy refuses',
      { getBook: { scopes: ['note:raed'], names: [{ kind: 'bok', at: 'path:book' }], tiers: ['free'] } },
      [
        'endpoints.getBook.scopes[0]: names the scope "note:raed", which the policy lacks. Did you mean "note:read"?',
        'endpoints.getBook.tiers[0]: names the tier "free", which the policy lacks.',
        'endpoints.getBook.names: names the kind "bok", which the policy lacks. Did you mean "book"?',
      ],
    ],
    [
      'with a parameter that the path lacks',
      { getBook: { params: { boook: 'any' } } },
      ['endpoints.getBook.params.boook: is not a parameter of the route.'],
    ],
    [
      'with resources where the operation has none',
      {
        getBook: {
          names: {
            anyOf: [
              { kind: 'book', at: 'query:pge' },
              { kind: 'book', at: 'path:book' },
            ],
            none: 'refuse',
          },
        },
      },
      [
        'endpoints.getBook.names: names "query:pge", which the operation does not have in the document. Did you mean "query:page"?',
      ],
    ],
    [
      'with a field that the body lacks',
      { postBook: { names: [{ kind: 'note', at: 'body:nte' }] } },
      [
        'endpoints.postBook.names: names "body:nte", which the operation does not have in the document. Did you mean "body:note"?',
      ],
    ],
    [
      'within what it does not name',
      { getBook: { names: [{ kind: 'note', at: 'path:book', within: 'query:page' }] } },
      ['endpoints.getBook.names[0].within: must be the "at" of another resource of the same endpoint.'],
    ],
  ])('%s is a mistake', async (_, endpoints, sentences) => {
    expect(await mistakes({ endpoints })).toEqual(sentences)
  })

  it('by an operationId that two operations have is a mistake', async () => {
    const document = documentOf({ '/a/{book}': { get }, '/b/{book}': { get } })
    expect(await mistakes({ endpoints: { getBook: {} } }, document)).toEqual([
      'endpoints.getBook: is the operationId of more than one operation. Write its route.',
    ])
  })
})

describe('what is said beside a document', () => {
  test.each<[string, unknown, readonly (string | RegExp)[]]>([
    ['nothing', undefined, [/^policy: is missing/, /^options: must be an object/]],
    ['text', 'x', [/^policy: is missing/, /^options: must be an object/]],
    [
      'half a policy',
      { policy: { surface: 'x' } },
      [
        /^policy\.credential: is missing/,
        /^policy\.tiers: is missing/,
        /^policy\.types/,
        /^policy\.kinds/,
        /^policy\.links/,
      ],
    ],
    ['a policy with endpoints', { policy: { ...POLICY, endpoints: {} } }, ['policy.endpoints: is not a field here.']],
    [
      'schemes that the document lacks',
      { policy: POLICY, schemes: { outh: { token: true } } },
      ['schemes.outh: is no security scheme of the document. Did you mean "oauth"?'],
    ],
    [
      'schemes that say nothing',
      { policy: POLICY, schemes: { oauth: {}, key: { token: true, scopes: 'some' } } },
      ['schemes.oauth.token: is missing.', 'schemes.key.scopes: must be "all", "any" or "ignore".'],
    ],
    [
      'rules that are none',
      { policy: POLICY, resourceOf: {}, scopesOf: [] },
      ['resourceOf: must be a function.', 'scopesOf: must be a function.'],
    ],
    [
      'a policy with a class in it',
      { policy: { ...POLICY, kinds: new Map() } },
      ['policy.kinds: is nothing that JSON can hold.'],
    ],
  ])('%s', async (_, overrides, sentences) => {
    const told = await mistakesOf(() => policyFromOpenApi(DOCUMENT, overrides as OpenApiOverrides))
    expect(told).toEqual(
      sentences.map((sentence) => (typeof sentence === 'string' ? sentence : expect.stringMatching(sentence))),
    )
  })

  it('is read once, and stays as it is', async () => {
    let reads = 0
    const endpoints = { getBook: { get tiers() { return reads++ === 0 ? ['business'] : ['free'] } }, postBook } // biome-ignore format: one line
    const { data } = await make({ endpoints })
    expect([reads, data.endpoints[`GET ${BOOK}`]?.tiers]).toEqual([1, ['business']])
  })

  it('gives data that makes a policy', async () => {
    const { policy } = { policy: { ...POLICY, scopes: { 'note:read': {} } } }
    const { data } = await make({ policy, endpoints: { postBook } })
    expect(definePolicy(data).data).toEqual(data)
  })
})

describe('the report', () => {
  it('counts, and says of each operation what became of it', async () => {
    const paths = {
      [BOOK]: { get, delete: { security: [{ session: [] }] } },
      '/x/{x}': { get: READ },
      '/y/': { get: READ },
    }
    const { report } = await make({}, documentOf(paths))
    expect(report.counts).toEqual({ operations: 4, mapped: 2, closed: 1, notReviewed: 1, leftOut: 1 })
    expect(report.operations.map(({ route, operationId, outcome }) => [route, operationId, outcome])).toEqual([
      [`GET ${BOOK}`, 'getBook', 'mapped'],
      [`DELETE ${BOOK}`, undefined, 'mapped'],
      ['GET /x/{x}', undefined, 'not_reviewed'],
      ['GET /y/', undefined, 'left_out'],
    ])
    expect(report.text).toBe(
      [
        '4 operations: 2 mapped (1 of them closed), 1 not reviewed, 1 left out.',
        '',
        'Not reviewed, and closed until somebody says what they are:',
        '  GET /x/{x}',
        `    Nobody says what the parameter "x" is. Write names: [{ kind: '…', at: 'path:x' }] (kind 'plan' if it is the id of the plan), or params: { x: 'any' } if it is the id of nothing.`,
        '',
        'Left out, and unknown to the policy:',
        '  GET /y/',
        '    A policy cannot hold its path: each parameter has to be a whole segment with a name of its own, and no segment may be empty or percent-encoded.',
      ].join('\n'),
    )
  })

  it('tells of what is mapped and worth a look', async () => {
    const { report } = await make({ resourceOf: () => ({ kind: 'book' }) })
    expect(report.text).toContain(
      'Mapped, and worth a look:\n  GET /books/{book} (getBook)\n    May be left out: query:page.',
    )
  })
})
