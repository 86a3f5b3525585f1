/** JSON of bodies: the same value as JSON.parse gives, unless a name is said twice, in whatever spelling and however deep. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJsonStrictly } from '../../src/core/json.ts'

/** A value as text, with its names in any spelling; `repeats` says whether some object says a name twice. */
interface Spelt {
  readonly text: string
  readonly repeats: boolean
}

const spaces = fc.constantFrom('', ' ', '\n\t', '\r\n  ')
const names = fc.constantFrom('a', 'b', 'file_key', '"', '\\', 'é', '😀', '{', '}:', '', '__proto__', '\n')

/** One of the many ways in which JSON can spell a string. */
const spelling = (text: string): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('plain', 'lower', 'upper'), { minLength: text.length, maxLength: text.length }).map(
    (ways) =>
      `"${Array.from({ length: text.length }, (_, i) => {
        const hex = text.charCodeAt(i).toString(16).padStart(4, '0')
        if (ways[i] === 'plain') return JSON.stringify(text.charAt(i)).slice(1, -1)
        return `\\u${ways[i] === 'upper' ? hex.toUpperCase() : hex}`
      }).join('')}"`,
  )

const { value: values } = fc.letrec<{ value: Spelt; scalar: Spelt; list: Spelt; object: Spelt }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('scalar'), tie('list'), tie('object')),
  scalar: fc
    .oneof(fc.constantFrom('null', 'true', '-0', '1e9', '""', '"a"', '"{\\"a\\":1,\\"a\\":2}"'), names.chain(spelling))
    .map((text) => ({ text, repeats: false })),
  list: fc.array(tie('value'), { maxLength: 3 }).map((entries) => ({
    text: `[${entries.map(({ text }) => text).join(',')}]`,
    repeats: entries.some(({ repeats }) => repeats),
  })),
  object: fc
    .array(
      fc.tuple(
        names.chain((name) => spelling(name).map((text) => ({ name, text }))),
        spaces,
        tie('value'),
      ),
      { maxLength: 3 },
    )
    .map((fields) => ({
      text: `{${fields.map(([name, space, { text }]) => `${space}${name.text}${space}:${space}${text}`).join(',')}}`,
      repeats:
        new Set(fields.map(([{ name }]) => name)).size < fields.length || fields.some(([, , { repeats }]) => repeats),
    })),
}))

describe('parseJsonStrictly', () => {
  it('gives the value of JSON.parse, of text and of bytes, and nothing where a name is said twice', () => {
    fc.assert(
      fc.property(values, ({ text, repeats }) => {
        const wanted: unknown = repeats ? undefined : JSON.parse(text)
        expect(parseJsonStrictly(text)).toEqual(wanted)
        expect(parseJsonStrictly(new TextEncoder().encode(text))).toEqual(wanted)
      }),
      { numRuns: 1_000 },
    )
  })

  it('gives the value of every JSON that was written by a program', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parseJsonStrictly(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('gives nothing for what JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let wanted: unknown
        try {
          wanted = JSON.parse(text)
        } catch {
          wanted = undefined
        }
        expect(parseJsonStrictly(text)).toEqual(wanted)
      }),
    )
  })

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"A":{"a":[{"x":1,"x":2}]}}',
    '[{"\\u00e9":1,"\\u00E9":2}]',
    '{"__proto__":1,"__proto__":2}',
    '{"":1, "" :2}',
    '{"\\"":1,"\\u0022":2}',
  ])('refuses %s, which says a name twice', (text) => {
    expect(JSON.parse(text)).toBeDefined()
    expect(parseJsonStrictly(text)).toBeUndefined()
  })

  it.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":"a","b":"a"}',
    '{"a":["a","a"],"A":1}',
    '{"a":"\\",\\"a\\":1","b":1}',
    '{"a\\\\":1,"a":2}',
  ])('reads %s, which says each name once', (text) => {
    expect(parseJsonStrictly(text)).toEqual(JSON.parse(text))
  })

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
    ['a byte order mark in bytes', Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['an overlong character', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22)],
    ['UTF-16', new Uint8Array(Uint16Array.of(0x7b, 0x7d).buffer)],
    ['two values', '{}{}'],
    ['a comma too many', '[1,]'],
    ['a comment', '{}//'],
    ['NaN', 'NaN'],
    ['single quotes', "{'a':1}"],
    ['a string that does not end', '{"a":"'],
  ])('refuses %s', (_, body) => {
    expect(parseJsonStrictly(body)).toBeUndefined()
  })

  it('tells null from nothing', () => {
    expect(parseJsonStrictly('null')).toBeNull()
  })

  it('reads 100,000 levels of lists and of objects, and finds a repeated name below them', () => {
    const depth = 100_000
    const inObjects = (inner: string): string => `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`
    expect(Array.isArray(parseJsonStrictly('['.repeat(depth) + ']'.repeat(depth)))).toBe(true)
    expect(typeof parseJsonStrictly(inObjects('1'))).toBe('object')
    expect(parseJsonStrictly(inObjects('{"b":1,"b":2}'))).toBeUndefined()
    expect(parseJsonStrictly('['.repeat(depth))).toBeUndefined()
  })
})
