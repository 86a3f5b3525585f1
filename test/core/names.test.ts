/** What a request names: read out of the path, the query and the body as the policy says, and malformed wherever that can be doubted. */
import { describe, expect, it } from 'vitest'
import { parseJsonStrictly } from '../../src/core/json.ts'
import { type Named, namesOf } from '../../src/core/names.ts'
import type { Endpoint, Names } from '../../src/core/policy-data.ts'
import { readTarget } from '../../src/core/target.ts'
import { matchIn, policyWith } from './fixtures.ts'

/** What one request names under a policy with one endpoint; the body as the text that is sent. */
function named(route: string, names: Names, target: string, body?: string, params: Endpoint['params'] = {}): Named {
  const kinds = { file: {}, project: {}, team: {}, absent: {}, malformed: {}, constructor: {} }
  const policy = policyWith({ [route]: { scopes: [], names, params } }, { kinds })
  const { path = '', query = '' } = readTarget(target) ?? {}
  const matched = matchIn(policy, route.slice(0, route.indexOf(' ')), path)
  if (!matched) throw new TypeError(`${target} is not ${route}.`)
  return namesOf(matched.match, query, body === undefined ? undefined : parseJsonStrictly(body), most)
}

/** How many resources one request may name here. */
const most = 1_000

/** Kinds and ids alone. */
const refs = (result: Named) => (typeof result === 'string' ? result : result.map(({ kind, id }) => `${kind}:${id}`))

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
    expect(named('GET /t/{t}/f/{f}', two, '/t/1/f/2')).toEqual([
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
    expect(named('GET /p/{p}/f/{f}', names, '/p/7/f/A')).toEqual([
      { kind: 'file', id: 'A', at: 'path:f', within: { kind: 'project', id: '7' } },
      { kind: 'project', id: '7', at: 'path:p' },
    ])
  })

  it('says nothing where that other resource may be left out and is', () => {
    const some: Names = {
      anyOf: [
        { kind: 'file', at: 'query:f', within: 'query:p' },
        { kind: 'project', at: 'query:p' },
      ],
      none: 'refuse',
    }
    expect(named('GET /x', some, '/x?f=A')).toEqual([{ kind: 'file', id: 'A', at: 'query:f' }])
    expect(named('GET /x', some, '/x?f=A&p=7')).toContainEqual(
      expect.objectContaining({ id: 'A', within: { kind: 'project', id: '7' } }),
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

  it.each(['', '?', '?x=1', '?CONTEXT_ID=A', '?context_ids=A'])(
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

describe('the body', () => {
  const one: Names = [{ kind: 'file', at: 'body:file_key' }]
  const list: Names = [{ kind: 'file', at: 'body:items[].file_key' }]
  const deep: Names = [{ kind: 'file', at: 'body:a.b[].c[]' }]
  const read = (names: Names, body?: string) => refs(named('POST /x', names, '/x', body))

  it.each<[Names, string, readonly string[]]>([
    [one, '{"file_key":"A","other":[1]}', ['file:A']],
    [one, '{"file_key":"\\u0041"}', ['file:A']],
    [list, '{"items":[{"file_key":"A"},{"file_key":"B"},{"file_key":"A"}]}', ['file:A', 'file:B']],
    [deep, '{"a":{"b":[{"c":["A"]},{"c":["B","C"]}]}}', ['file:A', 'file:B', 'file:C']],
  ])('names what its fields hold, in their order', (names, body, expected) => {
    expect(read(names, body)).toEqual(expected)
  })

  it.each([
    '',
    'null',
    '[]',
    '"A"',
    '7',
    '{}',
    'file_key=A',
    '[{"file_key":"A"}]',
    '{"file_key":null}',
    '{"file_key":""}',
    '{"file_key":7}',
    '{"file_key":["A"]}',
    '{"file_key":{"toString":"A"}}',
    '{"file_key":"A\\u0000"}',
    '{"file_key":"A\\n"}',
    '{"File_Key":"A"}',
    '{"file_key":"A","file_key":"A"}',
    '{"__proto__":{"file_key":"A"}}',
  ])('is malformed where a field is missing, doubled or no text: %s', (body) => {
    expect(read(one, body)).toBe('malformed')
  })

  it.each([
    '{"items":[]}',
    '{"items":{}}',
    '{"items":"A"}',
    '{"items":{"0":{"file_key":"A"},"length":1}}',
    '{"items":[null]}',
    '{"items":["A"]}',
    '{"items":[[{"file_key":"A"}]]}',
    '{"items":[{}]}',
    '{"items":[{"file_key":"A"},{}]}',
    '{"items":[{"file_key":"A"},{"file_key":7}]}',
  ])('is malformed where a list is empty, or one of its entries cannot be read: %s', (body) => {
    expect(read(list, body)).toBe('malformed')
  })

  it.each(['{"a":{}}', '{"a":{"b":[]}}', '{"a":{"b":[{"c":[]}]}}', '{"a":{"b":[{"c":["A"]},{"c":"B"}]}}', '{"a":[]}'])(
    'is malformed where something on the way is: %s',
    (body) => {
      expect(read(deep, body)).toBe('malformed')
    },
  )

  it('is malformed where there is none', () => {
    expect(read(one)).toBe('malformed')
    expect(named('POST /x', { anyOf: one, none: 'refuse' }, '/x')).toBe('malformed')
  })

  it('may tell the kind, and name one thing in an old and in a new way', () => {
    const names: Names = {
      anyOf: [
        { kind: { from: 'body:context', of: ['file', 'team'] }, at: 'body:context_id' },
        { kind: 'team', at: 'body:team_id' },
      ],
      none: 'refuse',
    }
    expect(read(names, '{"context":"file","context_id":"A"}')).toEqual(['file:A'])
    expect(read(names, '{"team_id":"7"}')).toEqual(['team:7'])
    expect(read(names, '{"context":"team","context_id":"7","team_id":"7"}')).toEqual(['team:7'])
    expect(read(names, '{"context":"file","context_id":"A","team_id":"7"}')).toEqual(['file:A', 'team:7'])
    for (const body of ['{}', '{"context":"file"}', '{"context_id":"A"}', '{"context":["file"],"context_id":"A"}'])
      expect(read(names, body)).toBe('malformed')
  })

  it('never means the whole plan by naming nothing, whatever the policy says', () => {
    const outcome = () => {
      try {
        return read({ anyOf: one, none: 'plan' }, '{}')
      } catch (error) {
        return (error as Error).name
      }
    }
    expect(['malformed', 'PolicyError']).toContain(outcome())
  })

  it('has no entry of a list that is judged by the parent of another entry', () => {
    const pairs: Names = [
      { kind: 'project', at: 'body:items[].project' },
      { kind: 'file', at: 'body:items[].file', within: 'body:items[].project' },
    ]
    const parents = () => {
      try {
        const result = named(
          'POST /x',
          pairs,
          '/x',
          '{"items":[{"project":"1","file":"A"},{"project":"2","file":"B"}]}',
        )
        return typeof result === 'string' ? result : result.flatMap(({ within }) => within?.id ?? [])
      } catch (error) {
        return (error as Error).name
      }
    }
    expect([['1', '2'], 'PolicyError']).toContainEqual(parents())
  })

  it('can name as many resources as the policy says and no more, each counted once', () => {
    const items = (...ids: readonly number[]) => JSON.stringify({ items: ids.map((id) => ({ file_key: `K${id}` })) })
    const ids = Array.from({ length: most }, (_, i) => i)
    expect(read(list, items(...ids))).toHaveLength(most)
    expect(read(list, items(...ids, ...ids))).toHaveLength(most)
    expect(read(list, items(...ids, most))).toBe('malformed')
    expect(read(list, items(...Array.from({ length: 100_000 }, (_, i) => i)))).toBe('malformed')
  })
})
