/** `x-plan-resource` where nothing reads it: the operation is not reviewed, and never open without what was said. */
import { policyFromOpenApi } from 'plan-access-tokens/openapi'
import { describe, expect, it, test } from 'vitest'
import {
  documentOf,
  jsonBody,
  mistakesOf,
  OVERRIDES,
  openOf,
  parameter,
  READ,
  reasonsOf,
  reportedOf,
  SCHEMES,
} from './support.ts'

const PATH = '/books/{book}'
const SAID = { 'x-plan-resource': { kind: 'note' } }
const text = (more: object = {}) => ({ type: 'string', ...more })
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const REF = { $ref: '#/components/schemas/Id' }
const schemas = {
  Id: text(),
  Said: text(SAID),
  Base: object({ z: text() }),
  Tree: object({ note: text(SAID), below: { $ref: '#/components/schemas/Tree' } }),
  Animal: object({ z: text() }, { discriminator: { propertyName: 'z', mapping: { dog: '#/components/schemas/Dog' } } }),
  Dog: object({ owner: { items: { items: text(SAID) } } }),
  Shape: object({ z: text() }, { discriminator: { propertyName: 'z' } }),
  Round: { allOf: [{ $ref: '#/components/schemas/Shape' }, object({ r: text() }, SAID)] },
}
const MORE = { components: { securitySchemes: SCHEMES, schemas } }
const body = (schema: object) => jsonBody(schema as never)
const media = (content: object) => ({ requestBody: { content } })
const nested = (levels: number): object => (levels === 0 ? text(SAID) : object({ inner: nested(levels - 1) }))
const query = (more: object) => ({ parameters: [parameter('q', 'query', more as never)] })

const LOST: [string, object][] = [
  ['beside a reference of a field', body(object({ i: { ...REF, ...SAID } }))],
  ['in properties beside a reference', body({ $ref: '#/components/schemas/Base', properties: { i: text(SAID) } })],
  ['in the schema of a parameter', query({ schema: text(SAID) })],
  ['behind the schema of a parameter', query({ schema: { $ref: '#/components/schemas/Said' } })],
  [
    'in the content of a parameter',
    query({ schema: undefined, content: { 'application/json': { schema: text(SAID) } } }),
  ],
  ['at a header', { parameters: [{ name: 'X-Note', in: 'header', schema: text(), ...SAID }] }],
  ['at a cookie', { parameters: [{ name: 'note', in: 'cookie', schema: text(), ...SAID }] }],
  ['at a parameter that the path does not have', { parameters: [parameter('note', 'path', SAID)] }],
  ['six objects deep', body(nested(6))],
  [
    'at field 501',
    body(object(Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`p${i}`, text(i === 500 ? SAID : {})])))),
  ],
  ['at a field with fields of its own', body(object({ i: object({ name: text() }, SAID) }))],
  ['at a list of objects', body(object({ i: { type: 'array', items: object({ name: text() }), ...SAID } }))],
  ['at a field with alternatives', body(object({ i: { ...SAID, oneOf: [text(), object({ id: text() })] } }))],
  ['inside of alternatives of a field', body(object({ i: { oneOf: [text(), text(SAID)] } }))],
  ['behind what a field is put together of', body(object({ i: { allOf: [{ $ref: '#/components/schemas/Said' }] } }))],
  ['in a form', media({ 'application/x-www-form-urlencoded': { schema: object({ i: text(SAID) }) } })],
  [
    'in a form beside JSON',
    media({
      'application/json': { schema: object({ z: text() }) },
      'multipart/form-data': { schema: object({ i: text(SAID) }) },
    }),
  ],
  [
    'in a second type of JSON',
    media({
      'application/json': { schema: object({ z: text() }) },
      'application/x+json': { schema: object({ i: text(SAID) }) },
    }),
  ],
  ['at the body', { requestBody: { ...(body(object({ z: text() })).requestBody as object), ...SAID } }],
  ['at a media type', media({ 'application/json': { schema: object({ z: text() }), ...SAID } })],
  ['at the schema of the body', body(object({ z: text() }, SAID))],
  ...['additionalProperties', 'if', 'then', 'not', 'contains', 'unevaluatedProperties'].map(
    (keyword): [string, object] => [
      `under ${keyword}`,
      body(object({ z: text() }, { [keyword]: object({ i: text(SAID) }) })),
    ],
  ),
  ['under patternProperties', body(object({ z: text() }, { patternProperties: { '^i': text(SAID) } }))],
  ['beside the items of a list', body(object({ z: { type: 'array', items: text(), contains: text(SAID) } }))],
  ['under prefixItems', body(object({ z: { type: 'array', prefixItems: [text(SAID)] } }))],
  ['in a body that is a list', body({ type: 'array', items: object({ i: text(SAID) }) })],
  ['in a map of objects', body(object({ m: { type: 'object', additionalProperties: object({ i: text(SAID) }) } }))],
  ['in a list of lists', body(object({ m: { type: 'array', items: { type: 'array', items: text(SAID) } } }))],
  ['in a schema that holds itself', body({ $ref: '#/components/schemas/Tree' })],
  ['behind the mapping of a discriminator', body({ $ref: '#/components/schemas/Animal' })],
  ['in a schema that a discriminator leads to', body({ $ref: '#/components/schemas/Shape' })],
  ['behind a dynamic reference', body(object({ z: text(), more: { $dynamicRef: '#node' } }))],
  ['misspelt', query({ 'x-plan-ressource': { kind: 'note' } })],
  ['in capitals', body(object({ i: text({ 'X-Plan-Resource': { kind: 'note' } }) }))],
  ['misspelt at the operation', { 'x-plan-resources': [{ kind: 'note', at: 'query:q' }] }],
]

describe('an operation with an extension that is not read', () => {
  test.each(LOST)('is not reviewed: %s', async (_, operation) => {
    const { outcome, endpoint, reasons } = await reportedOf(PATH, { post: { ...READ, ...operation } }, {}, MORE)
    expect(outcome).toBe('not_reviewed')
    expect(endpoint?.closed).toBe('not reviewed')
    expect(reasons.map(({ code }) => code)).toContain('source_unreadable')
  })

  test.each(LOST)('is not public: %s', async (_, operation) => {
    const item = { post: { security: [], ...operation } }
    expect(await reasonsOf('/notes', item, {}, MORE)).toContain('security_contradiction')
  })

  it('is not reviewed where the path item has it', async () => {
    const at = { 'x-plan-resource': [{ kind: 'note', at: 'query:note' }] }
    expect(await reasonsOf(PATH, { ...at, get: READ })).toEqual(['source_unreadable'])
    const parameters = [parameter('note', 'query', SAID)]
    const own = { ...READ, parameters: [parameter('note', 'query')] }
    expect(await reasonsOf(PATH, { parameters, get: own })).toEqual(['source_unreadable'])
    const pathItems = { Shared: { get: { ...READ, responses: { 200: { description: 'OK' } } } } }
    const components = { ...MORE.components, pathItems }
    const item = { $ref: '#/components/pathItems/Shared', ...at }
    expect(await reasonsOf(PATH, item, {}, { components })).toEqual(['source_unreadable'])
  })

  it('is open as the table says, which stands in place of what was found', async () => {
    const endpoints = { [`POST ${PATH}`]: { names: [{ kind: 'book', at: 'path:book' }] } } as const
    for (const [, operation] of LOST)
      expect(await openOf(PATH, { post: { ...READ, ...operation } }, { endpoints }, MORE)).toMatchObject({
        names: [{ kind: 'book' }],
      })
  })
})

describe('an operation of which the document says two things', () => {
  test.each<[string, object]>([
    [
      'alternatives',
      { oneOf: [object({ i: text(SAID) }), object({ i: text({ 'x-plan-resource': { kind: 'book' } }) })] },
    ],
    [
      'free, and a resource',
      { allOf: [object({ i: text({ 'x-plan-resource': 'free' }) }), object({ i: text(SAID) })] },
    ],
    ['a list and its entries', object({ i: { type: 'array', 'x-plan-resource': 'free', items: text(SAID) } })],
  ])('is not reviewed: %s', async (_, schema) => {
    const { reasons } = await reportedOf(PATH, { post: { ...READ, ...body(schema) } })
    expect(reasons).toMatchObject([
      { code: 'source_unreadable', message: expect.stringContaining('two things of body:i') },
    ])
  })

  it('is open where they are the same', async () => {
    const one = { 'x-plan-resource': { kind: 'note', within: 'path:book' } }
    const other = { 'x-plan-resource': { within: 'path:book', kind: 'note' } }
    const schema = { oneOf: [object({ i: text(one) }), object({ i: text(other) })] }
    expect(await openOf(PATH, { post: { ...READ, ...body(schema) } })).toMatchObject({
      names: { anyOf: [{ kind: 'book' }, { kind: 'note', at: 'body:i' }] },
    })
  })
})

describe('an operation is open', () => {
  test.each<[string, object]>([
    [
      'with an extension behind a reference',
      body(object({ i: { $ref: '#/components/schemas/Said' } }, { required: ['i'] })),
    ],
    [
      'with one that only definitions repeat',
      body(object({ i: text(SAID) }, { required: ['i'], $defs: { Id: text(SAID) } })),
    ],
    [
      'with a discriminator among alternatives that are read',
      body({
        oneOf: [{ $ref: '#/components/schemas/Cat' }],
        discriminator: { propertyName: 'z', mapping: { cat: '#/components/schemas/Cat' } },
      }),
    ],
  ])('%s', async (_, operation) => {
    const Cat = object({ i: text(SAID) })
    const components = { ...MORE.components, schemas: { ...schemas, Cat } }
    const names = JSON.stringify(await openOf(PATH, { post: { ...READ, ...operation } }, {}, { components }))
    expect(names).toContain('"at":"body:i"')
  })

  it('whatever its answers and the operations beside it say', async () => {
    const responses = {
      200: { description: 'OK', content: { 'application/json': { schema: object({ i: text(SAID) }) } } },
    }
    expect(await openOf(PATH, { get: { ...READ, responses } })).toMatchObject({ names: [{ kind: 'book' }] })
    const paths = { [PATH]: { get: READ }, '/notes': { post: { ...READ, ...query(SAID) } } }
    const { data } = await policyFromOpenApi(documentOf(paths), OVERRIDES)
    expect(data.endpoints[`GET ${PATH}`]).toEqual({ scopes: ['note:read'], names: [{ kind: 'book', at: 'path:book' }] })
  })
})

test('a merge key of YAML is refused wherever it stands', async () => {
  const yaml = `openapi: 3.1.0
info: { title: t, version: '1' }
x-note: &note { type: string, x-plan-resource: { kind: note } }
paths:
  /notes:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { i: { <<: *note } } } } } }
      responses: { '200': { description: OK } }
`
  expect(await mistakesOf(() => policyFromOpenApi(yaml, OVERRIDES))).toEqual([
    expect.stringContaining('has the field "<<"'),
  ])
})

describe('schemas that hold each other many times over', () => {
  const levels = Array.from({ length: 29 }, (_, i) => {
    const next = { $ref: `#/components/schemas/S${i + 1}` }
    return [`S${i}`, i === 28 ? object({ z: text() }) : { allOf: [next, next] }] as const
  })
  const components = { securitySchemes: SCHEMES, schemas: Object.fromEntries(levels) }
  const S0 = { $ref: '#/components/schemas/S0' }

  test.each<[string, object]>([
    ['the body', S0],
    ['a field', object({ a: S0 })],
    ['a list', object({ a: { type: 'array', items: S0 } })],
  ])('leave an operation not reviewed, until the table says what it names: %s', async (_, schema) => {
    const item = { post: { ...READ, ...body(schema) } }
    expect(await reasonsOf(PATH, item, {}, { components })).toEqual(['source_unreadable'])
    const endpoints = { [`POST ${PATH}`]: { names: [{ kind: 'book', at: 'path:book' }] } } as const
    expect(await openOf(PATH, item, { endpoints }, { components })).toMatchObject({ names: [{ kind: 'book' }] })
  })

  it('do so in a document with many such operations', async () => {
    const item = { post: { ...READ, ...body(S0) } }
    const paths = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`/p${i}/{book}`, item]))
    const { report } = await policyFromOpenApi(documentOf(paths, { components }), OVERRIDES)
    expect(report.counts).toMatchObject({ operations: 200, notReviewed: 200 })
  })
})
