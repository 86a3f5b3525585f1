/** What the path and the query of a request name, and that it is malformed wherever that can be doubted. The body: names-body.test.ts. */
import { describe, expect, it } from 'vitest'
import type { Names } from '../../src/core/policy-data.ts'
import { malformedIn, most, named, namedAt, refs } from './names-fixtures.ts'

describe('an endpoint that names no resource of its own', () => {
  it.each(['nothing', 'plan'] as const)('says so, whatever the request holds: %s', (what) => {
    const result = named('GET /x/{id}', what, '/x/7?file=8&file=9', undefined, { id: 'any' })
    expect(result).toBe(what)
  })
})

describe('the path', () => {
  const names: Names = [{ kind: 'file', at: 'path:key' }]

  it.each([
    ['/files/ABC', ['file:ABC']],
    ['/files/a%20b', ['file:a b']],
    ['/files/%252e%252e', ['file:%2e%2e']],
    ['/files/__proto__', ['file:__proto__']],
    ['/files/ABC?key=XYZ', ['file:ABC']],
  ])('gives the id, decoded once: %s', (target, expected) => {
    expect(refs(named('GET /files/{key}', names, target))).toEqual(expected)
  })

  it('gives each of several, and where it stands in the policy’s words', () => {
    const two: Names = [
      { kind: 'team', at: 'path:t' },
      { kind: 'file', at: 'path:f' },
    ]
    expect(namedAt('GET /t/{t}/f/{f}', two, '/t/1/f/2')).toEqual([
      { kind: 'team', id: '1', at: 'path:t' },
      { kind: 'file', id: '2', at: 'path:f' },
    ])
  })

  it('gives the same resource once, and the same id of two kinds twice', () => {
    const two = (kind: string): Names => [
      { kind: 'team', at: 'path:a' },
      { kind, at: 'path:b' },
    ]
    expect(refs(named('GET /{a}/{b}', two('team'), '/7/7'))).toEqual(['team:7'])
    expect(refs(named('GET /{a}/{b}', two('project'), '/7/7'))).toEqual(['team:7', 'project:7'])
  })

  it('can tell the kind', () => {
    const kind: Names = [{ kind: { from: 'path:kind', of: ['file', 'team'] }, at: 'path:id' }]
    expect(refs(named('GET /{kind}/{id}', kind, '/team/7'))).toEqual(['team:7'])
    expect(named('GET /{kind}/{id}', kind, '/project/7')).toBe('malformed')
    expect(named('GET /{kind}/{id}', kind, '/constructor/7')).toBe('malformed')
  })
})

describe('a prefix', () => {
  const names: Names = [{ kind: 'plan', at: 'path:id', prefix: 'organization-' }]

  it('is taken off', () => {
    expect(refs(named('GET /{id}', names, '/organization-1001'))).toEqual(['plan:1001'])
    expect(refs(named('GET /{id}', names, '/organization-organization-1'))).toEqual(['plan:organization-1'])
  })

  it.each(['/1001', '/organization-', '/organization', '/ORGANIZATION-1001', '/team-1001', '/xorganization-1001'])(
    'must be there, and something after it: %s',
    (target) => {
      expect(named('GET /{id}', names, target)).toBe('malformed')
    },
  )
})

describe('within', () => {
  const names: Names = [
    { kind: 'file', at: 'path:f', within: 'path:p' },
    { kind: 'project', at: 'path:p' },
  ]

  it('says what must be above a resource, in whatever order the two stand', () => {
    expect(namedAt('GET /p/{p}/f/{f}', names, '/p/7/f/A')).toEqual([
      { kind: 'file', id: 'A', at: 'path:f', within: [{ kind: 'project', id: '7' }] },
      { kind: 'project', id: '7', at: 'path:p' },
    ])
  })

  it('must be there as well where the other resource may be left out', () => {
    const some: Names = {
      anyOf: [
        { kind: 'file', at: 'query:f', within: 'query:p' },
        { kind: 'project', at: 'query:p' },
      ],
      none: 'refuse',
    }
    expect(named('GET /x', some, '/x?f=A')).toBe('malformed')
    expect(refs(named('GET /x', some, '/x?p=7'))).toEqual(['project:7'])
    expect(namedAt('GET /x', some, '/x?f=A&p=7')).toContainEqual(
      expect.objectContaining({ id: 'A', within: [{ kind: 'project', id: '7' }] }),
    )
  })

  it('is asked of a resource also where it is its own parent', () => {
    const nested: Names = [
      { kind: 'team', at: 'path:a' },
      { kind: 'team', at: 'path:b', within: 'path:a' },
    ]
    expect(namedAt('GET /{a}/{b}', nested, '/7/7')).toContainEqual(
      expect.objectContaining({ id: '7', within: [{ kind: 'team', id: '7' }] }),
    )
  })
})

describe('a kind', () => {
  it('may be called whatever a policy likes', () => {
    const names: Names = [
      { kind: 'absent', at: 'path:a' },
      { kind: { from: 'query:kind', of: ['malformed', 'absent', 'constructor'] }, at: 'path:b' },
    ]
    const read = (kind: string) => refs(named('GET /{a}/{b}', names, `/1/2?kind=${kind}`))
    for (const kind of ['malformed', 'absent', 'constructor']) expect(read(kind)).toEqual(['absent:1', `${kind}:2`])
  })
})

describe('the query', () => {
  const webhooks = (none: 'plan' | 'refuse'): Names => ({
    anyOf: [
      { kind: { from: 'query:context', of: ['file', 'team'] }, at: 'query:context_id' },
      { kind: 'plan', at: 'query:plan_api_id', prefix: 'organization-' },
    ],
    none,
  })
  const read = (query: string, none: 'plan' | 'refuse' = 'plan') => refs(named('GET /w', webhooks(none), `/w${query}`))

  it.each([
    ['?context=file&context_id=A', ['file:A']],
    ['?context_id=A&context=team&x=1', ['team:A']],
    ['?context%5Fid=A&context=team', ['team:A']],
    ['?plan_api_id=organization-1001', ['plan:1001']],
    ['?context=file&context_id=A&plan_api_id=organization-1001', ['file:A', 'plan:1001']],
  ])('names resources: %s', (query, expected) => {
    expect(read(query)).toEqual(expected)
  })

  it.each(['', '?', '?x=1', '?contexts=A', '?context_ids=A'])(
    'may name none, which means the whole plan: "%s"',
    (query) => {
      expect(read(query)).toBe('plan')
      expect(read(query, 'refuse')).toBe('malformed')
    },
  )

  it.each([
    '?context=file',
    '?context_id=A',
    '?context=&context_id=',
    '?context=file&context_id=',
    '?context=workspace&context_id=7',
    '?context=FILE&context_id=A',
    '?context=__proto__&context_id=A',
    '?context=file&context=team&context_id=A',
    '?context=file&context_id=A&context_id=A',
    '?context=file&context_id=A&context%5Fid=B',
    '?context=file&context_id%5B%5D=A',
    '?context=file&context_id%5B0%5D=A&context_id=B',
    '?context=file&context_id=a+b',
    '?context=file&context_id=%00',
    '?context=file&context_id=A&plan_api_id=1001',
    '?plan_api_id=organization-',
    '?context=nope',
    '?CONTEXT_ID=A',
    '?Plan_api_id=organization-2002',
    '?context=file&context_id=A&Context_Id=B',
    '?context=file&context_id=A&PLAN_API_ID=organization-2002',
  ])('is malformed where it says half of it, or too much: %s', (query) => {
    expect(read(query)).toBe('malformed')
    expect(read(query, 'refuse')).toBe('malformed')
  })

  it('must name all of a list', () => {
    const all: Names = [
      { kind: 'file', at: 'query:f' },
      { kind: 'team', at: 'query:t' },
    ]
    expect(refs(named('GET /x', all, '/x?t=1&f=A'))).toEqual(['file:A', 'team:1'])
    expect(named('GET /x', all, '/x?t=1')).toBe('malformed')
    expect(named('GET /x', all, '/x')).toBe('malformed')
  })
})

describe('why it cannot be told what a request names', () => {
  const query: Names = [{ kind: 'file', at: 'query:key' }]
  const kindInQuery: Names = [{ kind: { from: 'query:kind', of: ['file', 'team'] }, at: 'query:key' }]
  const body: Names = [{ kind: 'file', at: 'body:links[].key' }]
  const either: Names = { anyOf: [...query, { kind: 'team', at: 'query:team' }], none: 'refuse' }
  const many = JSON.stringify({ links: Array.from({ length: most + 1 }, (_, i) => ({ key: `k${i}` })) })

  it.each<[string, Names, string, string | undefined, object]>([
    ['GET /x', query, '/x', undefined, { reason: 'value_missing', source: 'query:key' }],
    ['GET /x', query, '/x?key=a&key=b', undefined, { reason: 'parameter_repeated', source: 'query:key' }],
    ['GET /x', query, '/x?key[]=a', undefined, { reason: 'parameter_spelling', source: 'query:key' }],
    ['GET /x', query, '/x?key=', undefined, { reason: 'value_unreadable', source: 'query:key' }],
    ['GET /x', either, '/x', undefined, { reason: 'value_missing', source: 'query:key or query:team' }],
    ['GET /x', kindInQuery, '/x?key=a', undefined, { reason: 'value_missing', source: 'query:kind' }],
    ['GET /x', kindInQuery, '/x?kind=file', undefined, { reason: 'value_missing', source: 'query:key' }],
    ['GET /x', kindInQuery, '/x?kind=tree&key=a', undefined, { reason: 'value_of_no_kind', source: 'query:kind' }],
    [
      'GET /{id}',
      [{ kind: 'file', at: 'path:id', prefix: 'f-' }],
      '/g-1',
      undefined,
      { reason: 'value_unreadable', source: 'path:id' },
    ],
    ['POST /x', body, '/x', undefined, { reason: 'body_missing' }],
    ['POST /x', body, '/x', '{}', { reason: 'value_missing', source: 'body:links[].key' }],
    ['POST /x', body, '/x', '{"links":[{}]}', { reason: 'value_missing', source: 'body:links[].key' }],
    ['POST /x', body, '/x', '{"links":[]}', { reason: 'value_unreadable', source: 'body:links[].key' }],
    ['POST /x', body, '/x', '{"links":[{"key":true}]}', { reason: 'value_unreadable', source: 'body:links[].key' }],
    ['POST /x', body, '/x', '{"links":[{"key":7}]}', { reason: 'value_number', source: 'body:links[].key' }],
    ['POST /x', body, '/x', '[]', { reason: 'value_unreadable', source: 'body:links[].key' }],
    ['GET /x', query, '/x?Key=a', undefined, { reason: 'parameter_spelling', source: 'query:key' }],
    ['GET /x', query, '/x?key=a&%E2%84%AAey=b', undefined, { reason: 'parameter_spelling', source: 'query:key' }],
    ['POST /x', body, '/x', '{"Links":[{"key":"A"}]}', { reason: 'json_name_spelling', source: 'body:links[].key' }],
    ['POST /x', body, '/x', many, { reason: 'resources_too_many' }],
  ])('is said for %s with %j: %s', (route, names, target, text, malformed) => {
    expect(malformedIn(route, names, target, text)).toEqual(malformed)
  })
})
