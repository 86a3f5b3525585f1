/** The query: each value that names a resource has one reading, whoever reads it. The grammar of the whole target: target.test.ts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readQuery, readTarget } from '../../src/core/target.ts'

const WANTED = new Set(['context', 'context_id'])
const read = (query: string) => {
  const values = readQuery(query, WANTED)
  return values && Object.fromEntries(values)
}

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
    ['CONTEXT_ID=7&contextid=8', {}],
    ['x=+&y=%2F', {}],
    ['&&context_id=7&', { context_id: '7' }],
  ])('reads %s', (query, values) => {
    expect(read(query)).toEqual(values)
  })

  it.each([
    ['twice', 'context_id=7&context_id=8'],
    ['twice the same', 'context_id=7&context_id=7'],
    ['twice, once in another spelling', 'context_id=7&context%5Fid=8'],
    ['in the spelling of a list', 'context_id[]=7'],
    ['in the encoded spelling of a list', 'context_id%5B%5D=7'],
    ['with an index', 'context_id%5B0%5D=7'],
    ['with a field', 'context_id[x]=7'],
    ['with an index beside a plain one', 'context_id%5B0%5D=A&context_id=B'],
    ['with a dot, which some readers drop', '.context_id=7'],
    ['once plain and once as a list', 'context_id=7&context_id%5B%5D=8'],
    ['with no value', 'context_id='],
    ['with no sign of equality', 'context_id'],
    ['with a plus sign, which is a space to some', 'context_id=a+b'],
    ['with an encoded slash', 'context_id=a%2Fb'],
    ['with an encoded backslash', 'context_id=a%5Cb'],
    ['with a NUL', 'context_id=B%00A'],
    ['with a line end', 'context_id=B%0d%0aA'],
    ['with a letter that is encoded for no reason', 'context_id=%41'],
    ['with bytes that are not UTF-8', 'context_id=%ff'],
  ])('refuses a parameter that comes %s', (_, query) => {
    expect(read(query)).toBeUndefined()
  })

  it.each([
    ['a name that is not UTF-8', 'context_id=7&%ff=1'],
    ['a name with a NUL', '%00=2&context_id=7'],
    ['a semicolon, which some readers take for a separator', 'context_id=7&x=1;context_id=8'],
    ['a semicolon in a value', 'context_id=7;x'],
  ])('refuses a query with %s', (_, query) => {
    expect(read(query)).toBeUndefined()
  })

  it.each(['+context_id=7', 'context_id+=7', '%20context_id=7', 'context_id%20=7', 'context=team&+context_id=7'])(
    'does not take %s for the parameter, since most readers do not',
    (query) => {
      expect(read(query)?.context_id).toBeUndefined()
    },
  )

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
        fc.pre(ours !== undefined)
        const theirs = new URLSearchParams(query)
        for (const name of WANTED) {
          const value = ours?.get(name)
          expect(theirs.getAll(name)).toEqual(value === undefined ? [] : [value])
        }
      }),
    )
  })

  it('reads as many parameters as every server does, and refuses more', () => {
    expect(read(`${'x=1&'.repeat(99)}context_id=7`)).toEqual({ context_id: '7' })
    expect(read(`context_id=7${'&x=1'.repeat(1_000)}`)).toBeUndefined()
    expect(read('&'.repeat(1_000_000))).toBeUndefined()
  })

  it('reads past a value of a million characters', () => {
    expect(read(`x=${'a'.repeat(1_000_000)}&context_id=7`)).toEqual({ context_id: '7' })
  })
})
