/** Documents that are broken, huge, cyclic or hostile: a sentence that says what is wrong and where, and nothing half done. */
import { policyFromOpenApi } from 'plan-access-tokens/openapi'
import { describe, expect, it, test } from 'vitest'
import { stringify } from 'yaml'
import { documentOf, mistakesOf, OVERRIDES, READ } from './support.ts'

const DOCUMENT = documentOf({ '/books/{book}': { get: READ } })
const read = (document: unknown) => policyFromOpenApi(document as object, OVERRIDES)
const mistakes = (document: unknown) => mistakesOf(() => read(document))
const withSchema = (schema: object) => ({
  ...DOCUMENT,
  components: { ...(DOCUMENT.components as object), schemas: { One: schema } },
})

describe('a document', () => {
  test.each<[string, unknown]>([
    ['an object', DOCUMENT],
    ['JSON', ` ${JSON.stringify(DOCUMENT)}`],
    ['YAML', stringify(DOCUMENT)],
    ['of OpenAPI 3.0', { ...DOCUMENT, openapi: '3.0.3' }],
    [
      'with fields of null prototype and undefined ones',
      Object.assign(Object.create(null), DOCUMENT, { tags: undefined }),
    ],
    ['with a property of the name "$ref"', withSchema({ type: 'object', properties: { $ref: { type: 'string' } } })],
    [
      'with references in examples, which are data',
      withSchema({ example: { $ref: 'file:///etc/passwd' }, 'x-any': { $ref: 'x' } }),
    ],
  ])('is %s', async (_, document) => {
    expect((await read(document)).report.counts).toEqual({
      operations: 1,
      mapped: 1,
      closed: 0,
      notReviewed: 0,
      leftOut: 0,
    })
  })

  it('that is an object stays as it is, and is read once', async () => {
    let reads = 0
    const counted = { ...DOCUMENT, get paths() { return reads++ === 0 ? DOCUMENT.paths : {} } } // biome-ignore format: one line
    const before = JSON.stringify(DOCUMENT)
    expect((await read(counted)).report.counts.mapped).toBe(1)
    expect(reads).toBe(1)
    expect(JSON.stringify(DOCUMENT)).toBe(before)
  })
})

describe('a broken document', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^document: is missing/],
    ['null', null, /^document: must be an OpenAPI document/],
    ['a number', 7, /^document: must be an OpenAPI document/],
    ['a list', [], /^document: must be an OpenAPI document/],
    ['empty text', '', /^document: must be an OpenAPI document/],
    ['text that is no document', 'openapi.yaml', /^document: must be an OpenAPI document/],
    ['JSON that ends early', '{"openapi": "3.1.0"', /^document: is not valid JSON/],
    [
      'JSON with a field twice',
      '{"openapi": "3.1.0", "openapi": "3.0.0"}',
      /^document: has an object with the same field twice/,
    ],
    ['YAML that is none', 'a: [', /^document: is not valid YAML\. .+ at line 1, column \d+\.$/],
    [
      'YAML with a field twice',
      'a: 1\na: 2',
      /^document: is not valid YAML\. Map keys must be unique at line 2, column 1\.$/,
    ],
    ...['200: a\n"200": b', '0x10: a\n16: b', 'true: a\n"true": b', '~: a\n"": b', '"a": 1\na: 2'].map(
      (text): [string, unknown, RegExp] => [
        `YAML with a field twice as an object has it: ${JSON.stringify(text)}`,
        text,
        /^document: is not valid YAML\. Map keys must be unique at line 2, column 1\.$/,
      ],
    ),
    [
      'YAML with an alias for a field',
      'a: &a b\n*a : 1\nb: 2',
      /^document: is not valid YAML\. Map keys must be no aliases at line 2, column 1\.$/,
    ],
    ['no version', { paths: {} }, /^document\.openapi: is missing/],
    ['Swagger', { swagger: '2.0' }, /^document\.swagger: is Swagger 2\.0/],
    ['a later version', { ...DOCUMENT, openapi: '3.2.0' }, /^document\.openapi: must be "3\.0\.x" or "3\.1\.x"/],
    ['a version that is a number', { ...DOCUMENT, openapi: 3.1 }, /^document\.openapi: must be/],
    ['no operations', { ...DOCUMENT, paths: {} }, /^document\.paths: has no operations/],
    ['a function', { ...DOCUMENT, info: () => 1 }, /^document\.info: is nothing that JSON can hold/],
    ['a date', { ...DOCUMENT, info: new Date(0) }, /^document\.info: is nothing that JSON can hold/],
    [
      'a parameter that is none',
      documentOf({ '/a': { get: { parameters: [{ name: 'a', in: 'body' }] } } }),
      /^document\.paths\["\/a"\]\.get\.parameters\[0\]: is not as OpenAPI has it/,
    ],
    [
      'a field that does not exist',
      { ...documentOf({ '/a': { gett: {} } }), openapi: '3.0.0' },
      /^document\.paths\["\/a"\]\.gett: is not a field here/,
    ],
  ])('%s', async (_, document, sentence) => {
    const [first, ...others] = await mistakes(document)
    expect(first).toMatch(sentence)
    for (const other of others) expect(other).toMatch(/^document/)
  })

  it('is told of together with what is wrong beside it', async () => {
    const call = () => policyFromOpenApi({ swagger: '2.0' }, { ...OVERRIDES, polcy: 1, basePath: 'v1/' } as never)
    expect(await mistakesOf(call)).toEqual([
      'basePath: must be "" or a path such as "/v1", without a slash at its end.',
      'polcy: is not a field here. Did you mean "policy"?',
      'document.swagger: is Swagger 2.0. Convert the document to OpenAPI 3 first.',
    ])
  })
})

describe('a hostile document', () => {
  test.each([
    [
      'a file',
      '../../etc/passwd',
      'points outside of the document. Nothing is fetched: bundle the document into one first.',
    ],
    [
      'a file by its address',
      'file:///etc/passwd',
      'points outside of the document. Nothing is fetched: bundle the document into one first.',
    ],
    [
      'a host',
      'http://169.254.169.254/latest',
      'points outside of the document. Nothing is fetched: bundle the document into one first.',
    ],
    [
      'another document of its folder',
      'other.yaml#/paths',
      'points outside of the document. Nothing is fetched: bundle the document into one first.',
    ],
    ['nothing', '#/components/schemas/Two', 'points to nothing.'],
    ['a prototype', '#/components/constructor', 'points to nothing.'],
    ['half an escape', '#/components/%', 'points to nothing.'],
    ['an anchor', '#two', 'is no JSON pointer. Write it as "#/components/…".'],
    ['itself', '#/components/schemas/One', 'leads to itself, or through more than 50 references.'],
  ])('that refers to %s', async (_, $ref, sentence) => {
    expect(await mistakes(withSchema({ $ref }))).toEqual([`document.components.schemas.One.$ref: ${sentence}`])
  })

  it('that refers outside from where a name makes it look like data is refused where it is used', async () => {
    const components = {
      ...(DOCUMENT.components as object),
      parameters: { 'x-page': { $ref: 'http://host.example/page' } },
    }
    const paths = documentOf({ '/a': { get: { ...READ, parameters: [{ $ref: '#/components/parameters/x-page' }] } } })
    expect(await mistakes({ ...paths, components })).toEqual([
      expect.stringContaining('points outside of the document'),
    ])
  })

  it('with many such references names the first ones and counts the others', async () => {
    const schemas = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`S${i}`, { $ref: 'x.yaml' }]))
    const told = await mistakes({ ...DOCUMENT, components: { ...(DOCUMENT.components as object), schemas } })
    expect(told).toHaveLength(21)
    expect(told.at(-1)).toBe('document: has 10 more references that lead nowhere.')
  })

  it('of objects that hold themselves', async () => {
    const paths: { [path: string]: unknown } = { ...(DOCUMENT.paths as object) }
    paths['/loop'] = { 'x-up': paths }
    expect(await mistakes({ ...DOCUMENT, paths })).toEqual([
      'document.paths["/loop"].x-up: holds itself. Write a "$ref" in its place.'.replace('.x-up', '["x-up"]'),
    ])
  })

  test.each<[string, (levels: number) => unknown]>([
    [
      'an object',
      (levels) => ({ ...DOCUMENT, 'x-deep': Array.from({ length: levels }).reduce((inner) => [inner], 0) }),
    ],
    [
      'JSON',
      (levels) => JSON.stringify(DOCUMENT).replace(/^\{/, `{"x-deep": ${'['.repeat(levels)}${']'.repeat(levels)},`),
    ],
  ])('that nests too deep: %s', async (_, make) => {
    expect((await read(make(190))).report.counts.mapped).toBe(1)
    const [mistake] = await mistakes(make(100_000))
    expect(mistake).toMatch(/is nested more than 200 levels deep\.$/)
  })

  it('that nests too deep in YAML', async () => {
    expect(await mistakes(`a: ${'['.repeat(100_000)}`)).toEqual([expect.stringMatching(/^document: is not valid YAML/)])
  })

  it('whose aliases multiply', async () => {
    const lines = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(12)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    )
    expect(await mistakes(`openapi: 3.1.0\n${lines.join('\n')}`)).toEqual([
      expect.stringMatching(/^document: is not valid YAML\. Excessive alias count/),
    ])
  })

  it('whose objects multiply', async () => {
    let bomb: unknown = 'x'
    for (let i = 0; i < 30; i++) bomb = [bomb, bomb, bomb]
    expect(await mistakes({ ...DOCUMENT, 'x-bomb': bomb })).toEqual([
      expect.stringMatching(/: is too large: it holds more than 5,000,000 values\.$/),
    ])
  })

  it('that is too long', async () => {
    expect(await mistakes(' '.repeat(67_108_865))).toEqual([
      'document: is too large: its text has more than 67,108,864 characters.',
    ])
  })

  test.each<[string, unknown]>([
    ['JSON', JSON.stringify(DOCUMENT).replace('"paths":{', '"paths":{"__proto__":{"get":{}},')],
    ['YAML', `${stringify(DOCUMENT)}\n__proto__: { polluted: true }\n`],
    ['an object', { ...DOCUMENT, components: JSON.parse('{"__proto__": {"polluted": true}}') }],
  ])('with the field __proto__: %s', async (_, document) => {
    expect(await mistakes(document)).toEqual([
      expect.stringContaining('has the field "__proto__", which can be read in two ways.'),
    ])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('with a getter that throws says nothing of what it threw', async () => {
    const document = { ...DOCUMENT, get info(): never { throw new Error('secret text') } } // biome-ignore format: one line
    expect(await mistakes(document)).toEqual([expect.stringMatching(/: cannot be read\.$/)])
  })

  it('with names of prototypes for schemes, scopes, parameters and operations', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty']
    const paths = Object.fromEntries(
      names.map((name) => [`/${name}/{${name}}`, { get: { operationId: name, security: [{ [name]: [name] }] } }]),
    )
    const { data, report } = await read(documentOf(paths))
    expect(report.operations.map(({ outcome }) => outcome)).toEqual(['not_reviewed', 'not_reviewed', 'not_reviewed'])
    expect(Object.values(data.endpoints).map(({ closed }) => closed)).toEqual(Array(3).fill('not reviewed'))
  })
})

it('10,000 operations are read, each once', async () => {
  const paths = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`/books/{book}/p${i}`, { get: READ }]))
  const { data, report } = await read(documentOf(paths))
  expect(report.counts).toMatchObject({ operations: 10_000, mapped: 10_000 })
  expect(Object.keys(data.endpoints)).toHaveLength(10_000)
})
