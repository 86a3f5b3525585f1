/** Which routes a policy and a document do not share. */
import { definePolicy } from 'plan-access-tokens'
import { policyDrift } from 'plan-access-tokens/openapi'
import { describe, expect, it, test } from 'vitest'
import { documentOf, mistakesOf, POLICY, READ } from './support.ts'

const NAMED = { scopes: ['note:read', 'note:write', 'page:read'], names: 'plan' } as const
const data = {
  ...POLICY,
  scopes: POLICY.scopes ?? {},
  endpoints: {
    'GET /books/{book}': { ...NAMED, names: [{ kind: 'book', at: 'path:book' }] },
    'PUT /books/{book}': { ...NAMED, names: [{ kind: 'book', at: 'path:book' }] },
    'GET /old': NAMED,
  },
} as const
const DOCUMENT = documentOf({
  '/books/{book-id}': { get: READ, put: READ, head: READ },
  '/new': { get: READ },
  '/new/': { get: READ },
})

describe('drift', () => {
  test.each([
    ['a policy', definePolicy(data)],
    ['its data', data],
  ])('is what only one of the two has: %s', async (_, policy) => {
    expect(await policyDrift(policy, DOCUMENT)).toEqual({
      onlyInPolicy: ['GET /old'],
      onlyInDocument: ['GET /new', 'GET /new/'],
      text: 'Only in the policy:\n  GET /old\nOnly in the document:\n  GET /new\n  GET /new/',
    })
  })

  it('is nothing where both have the same, whatever parameters are called', async () => {
    const document = documentOf({ '/books/{b}': { get: READ, put: READ }, '/old': { get: READ } })
    expect(await policyDrift(data, JSON.stringify(document))).toEqual({
      onlyInPolicy: [],
      onlyInDocument: [],
      text: '',
    })
  })

  it('counts methods, letters of a segment, and what servers put before a path', async () => {
    const document = documentOf({ '/books/{b}': { get: READ, post: READ }, '/odl': { get: READ } })
    const { onlyInPolicy, onlyInDocument } = await policyDrift(data, document)
    expect(onlyInPolicy).toEqual(['PUT /books/{book}', 'GET /old'])
    expect(onlyInDocument).toEqual(['POST /books/{b}', 'GET /odl'])
    expect((await policyDrift(data, document, { basePath: '/v1' })).onlyInPolicy).toHaveLength(3)
  })

  it('leaves out what is known, in both directions', async () => {
    const except = ['GET /old', 'GET /new/']
    expect(await policyDrift(data, DOCUMENT, { except })).toMatchObject({
      onlyInPolicy: [],
      onlyInDocument: ['GET /new'],
    })
  })
})

describe('a mistake', () => {
  const mistakes = (...given: Parameters<typeof policyDrift>) => mistakesOf(() => policyDrift(...given))

  test.each<[string, unknown, object, readonly string[]]>([
    ['no policy', {}, {}, ['policy: must be a policy, or the data of one.']],
    [
      'an option that does not exist',
      data,
      { excpt: [], basePath: '/' },
      [
        'basePath: must be "" or a path such as "/v1", without a slash at its end.',
        'excpt: is not a field here. Did you mean "except"?',
      ],
    ],
    [
      'an exception that both have',
      data,
      { except: ['GET /books/{book}'] },
      ['except[0]: is no route that one of the two lacks.'],
    ],
    [
      'an exception that neither has',
      data,
      { except: ['GET /nwe'] },
      ['except[0]: is no route that one of the two lacks. Did you mean "GET /new"?'],
    ],
  ])('%s', async (_, policy, options, sentences) => {
    expect(await mistakes(policy as never, DOCUMENT, options)).toEqual(sentences)
  })

  it('of the document is told', async () => {
    expect(await mistakes(data, { swagger: '2.0' })).toEqual([expect.stringContaining('Swagger 2.0')])
    const twice = documentOf({ '/a/{b}': { get: READ }, '/a/{c}': { get: READ } })
    expect(await mistakes(data, twice)).toEqual([expect.stringContaining('claims the same path')])
  })
})
