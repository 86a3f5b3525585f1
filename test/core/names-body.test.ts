/** What the body of a request names: every entry of a list, each readable, each once, and nothing that can be doubted. */
import { describe, expect, it } from 'vitest'
import { readAs } from '../../src/core/body-reading.ts'
import { namesOf } from '../../src/core/names.ts'
import type { NamedResource, Names } from '../../src/core/policy-data.ts'
import { compiled, matchIn, policyWith } from './fixtures.ts'
import { malformedIn, most, named, namedAt, newTold, refs } from './names-fixtures.ts'

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
    '{"items":[{"file_key":"A"},{"file_key":true}]}',
  ])('is malformed where a list is empty, or one of its entries cannot be read: %s', (body) => {
    expect(read(list, body)).toBe('malformed')
  })

  it.each(['{"a":{}}', '{"a":{"b":[]}}', '{"a":{"b":[{"c":[]}]}}', '{"a":{"b":[{"c":["A"]},{"c":"B"}]}}', '{"a":[]}'])(
    'is malformed where something on the way is: %s',
    (body) => {
      expect(read(deep, body)).toBe('malformed')
    },
  )

  it.each<[Names, string]>([
    [one, '{"file_key":"A","File_Key":"B"}'],
    [one, '{"FILE_KEY":"B","file_key":"A"}'],
    [one, '{"file_key":"A","file_\\u212aey":"B"}'],
    [list, '{"items":[{"file_key":"A"}],"Items":[{"file_key":"B"}]}'],
    [list, '{"items":[{"file_key":"A"}],"item\u017f":[{"file_key":"B"}]}'],
    [list, '{"items":[{"file_key":"A","FILE_KEY":"B"}]}'],
    [list, '{"items":[{"file_key":"A"},{"file_key":"A","file_Key":"B"}]}'],
    [deep, '{"a":{"b":[{"c":["A"]}],"B":[{"c":["D"]}]}}'],
    [deep, '{"a":{"b":[{"c":["A"],"C":["D"]}]}}'],
  ])('is malformed where a name stands in another letter case as well, at any step: %j %s', (names, body) => {
    expect(read(names, body)).toBe('malformed')
    const [{ at: source }] = names as [NamedResource]
    expect(malformedIn('POST /x', names, '/x', body)).toEqual({ reason: 'json_name_spelling', source })
  })

  it.each<[Names, string]>([
    [one, '{"file_key":"A","fileKey":"B"}'],
    [one, '{"file-key":"B","file_key":"A"}'],
    [one, '{"file_key":"A","FileKey":"B"}'],
    [one, '{"file_key":"A","file_key\\u0000x":"B"}'],
    [list, '{"items":[{"file_key":"A","fileKey":"B"}]}'],
    [deep, '{"a":{"b":[{"c":["A"]}]},"a.b":[{"c":["D"]}]}'],
    [deep, '{"a":{"b":[{"c":["A"]}]},"a[b]":[{"c":["D"]}]}'],
    [deep, '{"a":{"b":[{"c":["A"]}],"B[0].c":["D"]}}'],
  ])('is malformed where a name stands in another spelling that some reader takes for it: %j %s', (names, body) => {
    const [{ at: source }] = names as [NamedResource]
    expect(malformedIn('POST /x', names, '/x', body)).toEqual({ reason: 'json_name_spelling', source })
  })

  it('may have two spellings of a name where the endpoint reads both in the same object, and no third', () => {
    const both: Names = {
      anyOf: [
        { kind: 'team', at: 'body:team_id' },
        { kind: 'team', at: 'body:teamId' },
        { kind: 'file', at: 'body:in.team-id' },
      ],
      none: 'refuse',
    }
    expect(read(both, '{"team_id":"7","teamId":"8"}')).toEqual(['team:7', 'team:8'])
    for (const body of ['{"team_id":"7","TeamId":"8"}', '{"team_id":"7","team-id":"8"}'])
      expect(read(both, body)).toBe('malformed')
  })

  it('is malformed where a name that may be absent stands in another letter case', () => {
    const either: Names = { anyOf: [...one, { kind: 'team', at: 'body:team' }], none: 'refuse' }
    expect(read(either, '{"team":"7"}')).toEqual(['team:7'])
    expect(malformedIn('POST /x', either, '/x', '{"team":"7","File_Key":"B"}')).toEqual({
      reason: 'json_name_spelling',
      source: 'body:file_key',
    })
  })

  it.each<[Names, string, readonly string[]]>([
    [
      one,
      '{"file_key":"A","other":1,"Other":2,"file":"B","file_keys":"C","_file_key":"D","file_key.x":"E"}',
      ['file:A'],
    ],
    [one, '{"file_key":"A","in":{"File_Key":"B"},"dependencies":{"JSONStream":1,"jsonstream":1}}', ['file:A']],
    [list, '{"items":[{"file_key":"A","Items":[],"x":1,"X":2}],"FILE_KEY":"B"}', ['file:A']],
  ])(
    'may have other names that differ by letter case alone, and the same elsewhere: %j %s',
    (names, body, expected) => {
      expect(read(names, body)).toEqual(expected)
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

  it('is malformed where part of the way is there, even if something else is named', () => {
    const either: Names = {
      anyOf: [
        { kind: 'file', at: 'body:a.b' },
        { kind: 'team', at: 'body:team_id' },
      ],
      none: 'refuse',
    }
    expect(read(either, '{"a":{"b":"A"}}')).toEqual(['file:A'])
    expect(read(either, '{"a":{},"team_id":"7"}')).toBe('malformed')
  })

  it('has no fields but its own, where a host hands over an object', () => {
    const policy = policyWith({ 'POST /x': { scopes: [], names: one } })
    const match = matchIn(policy, 'POST', '/x')?.match
    if (!match) throw new TypeError('no match')
    const read = (value: unknown) => namesOf(match, '', readAs(value), compiled(policy), newTold())
    expect(refs(read({ file_key: 'A' }))).toEqual(['file:A'])
    expect(read(Object.create({ file_key: 'A' }))).toBe('malformed')
  })

  it('never means the whole plan by naming nothing, whatever the policy says', () => {
    const outcome = () => {
      try {
        return read({ anyOf: one, none: 'plan' }, '{}')
      } catch (error) {
        return (error as Error).name
      }
    }
    expect(['malformed', 'SetupError']).toContain(outcome())
  })

  it('has no entry of a list that is judged by the parent of another entry', () => {
    const pairs: Names = [
      { kind: 'project', at: 'body:items[].project' },
      { kind: 'file', at: 'body:items[].file', within: 'body:items[].project' },
    ]
    const parents = () => {
      try {
        const result = namedAt(
          'POST /x',
          pairs,
          '/x',
          '{"items":[{"project":"1","file":"A"},{"project":"2","file":"B"}]}',
        )
        return typeof result === 'string' ? result : result.flatMap(({ within = [] }) => within.map(({ id }) => id))
      } catch (error) {
        return (error as Error).name
      }
    }
    expect([['1', '2'], 'SetupError']).toContainEqual(parents())
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
