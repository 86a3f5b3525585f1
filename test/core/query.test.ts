/** The query: each value that names a resource has one reading, whoever reads it. The grammar of the whole target: target.test.ts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MalformedReason } from '../../src/core/malformed.ts'
import { readQuery, wantedOf } from '../../src/core/query.ts'
import { readTarget } from '../../src/core/target.ts'

const WANTED = wantedOf(['context', 'context_id'])
const read = (query: string) => {
  const values = readQuery(query, WANTED)
  return 'reason' in values ? values : Object.fromEntries(values)
}
const malformed = (reason: MalformedReason, source?: string) => (source === undefined ? { reason } : { reason, source })

describe('readQuery', () => {
  it.each([
    ['', {}],
    ['x=1&y', {}],
    ['context=team', { context: 'team' }],
    ['context=team&context_id=7', { context: 'team', context_id: '7' }],
    ['context_id=7&x=1&x=2&context=team', { context: 'team', context_id: '7' }],
    ['context%5Fid=7', { context_id: '7' }],
    ['context_id=a%20b', { context_id: 'a b' }],
    ['context_id=%E2%82%AC', { context_id: '€' }],
    ['context_id=a=b', { context_id: 'a=b' }],
    ['contexts=8&context_ids=9&_context_id=7', {}],
    ['x=+&y=%2F', {}],
    ['&&context_id=7&', { context_id: '7' }],
    // What is not wanted may be written as anybody likes.
    ['context_id=7&filter[name]=x&ids[]=1&q={a:1}&r=a|b^c`d\\e&s="<>\'', { context_id: '7' }],
    ['context_id=7&x=100%&100%=1&%=1&%zz', { context_id: '7' }],
    ['context_id=7&%00=1&a%0Ab=2&x=%00%ff%2F', { context_id: '7' }],
    ['context_id=7&x=a;b&x=;y=1;', { context_id: '7' }],
    ['context_id=%21%27%28%29%2A%7E', { context_id: "!'()*~" }],
  ])('reads %s', (query, values) => {
    expect(read(query)).toEqual(values)
  })

  it.each<[string, string, MalformedReason]>([
    ['twice', 'context_id=7&context_id=8', 'parameter_repeated'],
    ['twice the same', 'context_id=7&context_id=7', 'parameter_repeated'],
    ['twice, once in another spelling', 'context_id=7&context%5Fid=8', 'parameter_repeated'],
    ['in the spelling of a list', 'context_id[]=7', 'parameter_spelling'],
    ['in the encoded spelling of a list', 'context_id%5B%5D=7', 'parameter_spelling'],
    ['with an index', 'context_id%5B0%5D=7', 'parameter_spelling'],
    ['with a field', 'context_id[x]=7', 'parameter_spelling'],
    ['as a field of nothing', '[context_id]=7', 'parameter_spelling'],
    ['with an index beside a plain one', 'context_id%5B0%5D=A&context_id=B', 'parameter_spelling'],
    ['with a dot, which some readers drop', '.context_id=7', 'parameter_spelling'],
    ['with a dot in the middle', 'context_.id=7', 'parameter_spelling'],
    ['in a spelling with a broken percent sign', 'context_id%=7', 'parameter_spelling'],
    ['with a NUL behind its name', 'context_id%00x=7', 'parameter_spelling'],
    ['with a NUL in its name', 'context_i%00d=7', 'parameter_spelling'],
    ['with a space before its name', '+context_id=7', 'parameter_spelling'],
    ['with a space behind its name', 'context_id+=7', 'parameter_spelling'],
    ['in another letter case', 'CONTEXT_ID=7', 'parameter_spelling'],
    ['in another letter case beside a plain one', 'context_id=7&Context_Id=8', 'parameter_spelling'],
    ['in another letter case before a plain one', 'contexT_id=8&context_id=7', 'parameter_spelling'],
    ['in another letter case as a list', 'Context_ID%5B%5D=8', 'parameter_spelling'],
    ['with an I that has a dot', 'context_%C4%B0d=8', 'parameter_spelling'],
    ['once plain and once as a list', 'context_id=7&context_id%5B%5D=8', 'parameter_spelling'],
    ['with no value', 'context_id=', 'value_unreadable'],
    ['with no sign of equality', 'context_id', 'value_unreadable'],
    ['with a plus sign, which is a space to some', 'context_id=a+b', 'value_unreadable'],
    ['with an encoded slash', 'context_id=a%2Fb', 'value_unreadable'],
    ['with an encoded backslash', 'context_id=a%5Cb', 'value_unreadable'],
    ['with a NUL', 'context_id=B%00A', 'value_unreadable'],
    ['with a line end', 'context_id=B%0d%0aA', 'value_unreadable'],
    ['with a letter that is encoded for no reason', 'context_id=%41', 'value_unreadable'],
    ['with a broken percent sign', 'context_id=100%', 'value_unreadable'],
    ['with bytes that are not UTF-8', 'context_id=%ff', 'value_unreadable'],
  ])('refuses a parameter that comes %s', (_, query, reason) => {
    expect(read(query)).toEqual(malformed(reason, 'query:context_id'))
  })

  // "Dots and spaces in variable names are converted to underscores" (manual of PHP, "Variables From External Sources").
  it.each([
    'file.key=8',
    'file%2Ekey=8',
    'file key=8',
    'file+key=8',
    'file[key=8',
    'file.key[]=8',
    'file.key[x][y]=8',
    '++File.Key%00[=8',
    '.file_key=8',
  ])('refuses what PHP takes for the name of a parameter: %s', (pair) => {
    const wanted = wantedOf(['file_key'])
    const refused = malformed('parameter_spelling', 'query:file_key')
    for (const query of [pair, `file_key=7&${pair}`, `${pair}&file_key=7`])
      expect(readQuery(query, wanted)).toEqual(refused)
  })

  it.each([
    'xfile.key',
    'team.file.key',
    'file[key]',
    'team[file_key]',
    'team[file.key]',
    'file.keys',
    '_file_key',
    '%u0066ile_keys',
  ])('reads a parameter beside one that is another to PHP too: %s', (name) => {
    expect(readQuery(`file_key=7&${name}=8`, wantedOf(['file_key']))).toEqual(new Map([['file_key', '7']]))
  })

  // Servers that read protobuf's JSON or have aliases take several; ASP.NET and CGI.pm decode what `escape` of JavaScript writes.
  it.each([
    'fileKey',
    'file-key',
    'filekey',
    'FILE__KEY',
    'file.Key',
    '%u0066ile_key',
    'file%u005fkey',
    'fileKey%u005b%5D',
  ])('refuses another spelling of a name, alone or beside the plain one: %s', (name) => {
    const refused = malformed('parameter_spelling', 'query:file_key')
    for (const query of [`${name}=8`, `file_key=7&${name}=8`, `${name}=8&file_key=7`])
      expect(readQuery(query, wantedOf(['file_key']))).toEqual(refused)
  })

  it('reads two spellings of a name where the policy reads both, and refuses a third', () => {
    const wanted = wantedOf(['team_id', 'teamId'])
    expect(readQuery('team_id=7&teamId=8', wanted)).toEqual(new Map(Object.entries({ team_id: '7', teamId: '8' })))
    expect(readQuery('team_id=7&TeamId=8', wanted)).toEqual(malformed('parameter_spelling', 'query:teamId'))
  })

  it.each<[string, string, MalformedReason]>([
    ['a name that is not UTF-8', 'context_id=7&%ff=1', 'query_name'],
    [
      'a parameter behind a semicolon, which some readers take for a separator',
      'context_id=7&x=1;context_id=8',
      'query_semicolon',
    ],
    ['the same in another letter case', 'x=1;y;Context_Id=8', 'query_semicolon'],
    ['the same in another spelling', 'x=1;y;context%5Fid=8', 'query_semicolon'],
    ['a semicolon in a value', 'context_id=7;x', 'query_semicolon'],
  ])('refuses a query with %s', (_, query, reason) => {
    expect(read(query)).toEqual(malformed(reason))
  })

  it('reads nothing else than URLSearchParams does, and nothing where that sees two', () => {
    const names = fc.constantFrom(
      'context',
      'context_id',
      'context%5Fid',
      '+context',
      'context%20',
      'x',
      '%00context',
      '',
    )
    const values = fc.constantFrom('=7', '=team', '=a%20b', '=%C3%A9', '=', '', '=a+b', '=%2F', '=a=b')
    const queries = fc.array(fc.tuple(names, values)).map((pairs) => pairs.map((pair) => pair.join('')).join('&'))
    fc.assert(
      fc.property(queries, (query) => {
        const target = readTarget(`/x?${query}`)
        expect(target?.query).toBe(query)
        const ours = readQuery(query, WANTED)
        if ('reason' in ours) return
        const theirs = new URLSearchParams(query)
        for (const name of WANTED.keys()) {
          const value = ours.get(name)
          expect(theirs.getAll(name)).toEqual(value === undefined ? [] : [value])
        }
      }),
    )
  })

  it('reads as many parameters as every server does, and refuses more', () => {
    expect(read(`${'x=1&'.repeat(99)}context_id=7`)).toEqual({ context_id: '7' })
    expect(read(`context_id=7${'&x=1'.repeat(1_000)}`)).toEqual(malformed('query_too_long'))
    expect(read('&'.repeat(1_000_000))).toEqual(malformed('query_too_long'))
    expect(read(`${';'.repeat(1_000_000)}context_id=7`)).toEqual(malformed('query_semicolon'))
  })

  it('reads past a value of a million characters', () => {
    expect(read(`x=${'a'.repeat(1_000_000)}&context_id=7`)).toEqual({ context_id: '7' })
  })
})
