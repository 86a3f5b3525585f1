/**
 * JSON of bodies: the same value as JSON.parse gives, unless a name is said twice or is `__proto__`, or half of a surrogate pair
 * stands somewhere, in whatever spelling and however deep.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOfValue, parseJsonStrictly } from '../../src/core/json.ts'

/** The value, or why there is none. */
const read = (body: string | Uint8Array): unknown => {
  const { value, malformed } = parseJsonStrictly(body)
  return malformed ? malformed.reason : value
}
/** The value; `undefined` if there is none. */
const parsed = (body: string | Uint8Array): unknown => parseJsonStrictly(body).value

/** A value as text, with its names in any spelling; `isFaulty` says whether it can be read in two ways. */
interface Spelt {
  readonly text: string
  /** What it says, if it is not faulty. */
  readonly value: unknown
  readonly isFaulty: boolean
}

const spaces = fc.constantFrom('', ' ', '\n\t', '\r\n  ')
const names = fc.constantFrom(
  'a',
  'b',
  'file_key',
  '"',
  '\\',
  'é',
  '😀',
  '{',
  '}:',
  '',
  '\n',
  '__proto__',
  '\ud800',
  'x\udfff',
)
const isFaultyName = (name: string): boolean => name === '__proto__' || !name.isWellFormed()

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
    .oneof(
      fc.constantFrom(
        'null',
        'true',
        '-0',
        '1e9',
        '""',
        '"a"',
        '"{\\"a\\":1,\\"a\\":2}"',
        '"\\\\ud800"',
        '"__proto__"',
      ),
      names.chain(spelling),
    )
    .map((text) => ({ text, value: JSON.parse(text), isFaulty: !String(JSON.parse(text)).isWellFormed() })),
  list: fc.array(tie('value'), { maxLength: 3 }).map((entries) => ({
    text: `[${entries.map(({ text }) => text).join(',')}]`,
    value: entries.map(({ value }) => value),
    isFaulty: entries.some(({ isFaulty }) => isFaulty),
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
      value: Object.fromEntries(fields.map(([{ name }, , { value }]) => [name, value])),
      isFaulty:
        new Set(fields.map(([{ name }]) => name)).size < fields.length ||
        fields.some(([{ name }, , { isFaulty }]) => isFaultyName(name) || isFaulty),
    })),
}))

describe('parseJsonStrictly', () => {
  it('gives the value of the text, of text and of bytes, and nothing where that can be read in two ways', () => {
    fc.assert(
      fc.property(values, ({ text, value, isFaulty }) => {
        for (const body of [text, new TextEncoder().encode(text)]) {
          if (read(body) === 'body_read_otherwise') expect(JSON.parse(text)).not.toEqual(value)
          else expect(parsed(body)).toEqual(isFaulty ? undefined : value)
        }
        // Where the text says a name twice, JSON.parse leaves one of them.
        if (!isFaulty) expect(faultOfValue(value)).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })

  it('gives no name but those of the text, though JSON.parse of some engines does after texts that a client has sent', () => {
    // An engine forgets these objects when it clears up, so they are read anew before each look.
    const rows = [
      ['{"context":1,"\\\\u0066il":2}', '{"context":1,"\\u0066ile_key":"A"}', { context: 1, file_key: 'A' }],
      ['{"kind":1,"\\\\":2}', '{"kind":1,"\\u0069":"A"}', { kind: 1, i: 'A' }],
      ['{"n":1,"\\\\":2}', '[{"n":1,"\\u00e9":3,"\\\\":4}]', [{ n: 1, é: 3, '\\': 4 }]],
    ] as const
    for (const [before, text, value] of rows) {
      for (let i = 0; i < 10; i++) JSON.parse(before)
      const { value: got, malformed } = parseJsonStrictly(text)
      if (malformed) expect([malformed.reason, JSON.parse(text)]).not.toEqual(['body_read_otherwise', value])
      else expect(got).toEqual(value)
      expect(malformed?.reason ?? 'body_read_otherwise').toBe('body_read_otherwise')
    }
  })

  it('gives the value of every JSON that was written by a program', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parsed(text)).toEqual(text.includes('"__proto__":') ? undefined : JSON.parse(text))
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
        expect(parsed(text)).toEqual(wanted)
      }),
    )
  })

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"A":{"a":[{"x":1,"x":2}]}}',
    '[{"\\u00e9":1,"\\u00E9":2}]',
    '{"":1, "" :2}',
    '{"\\"":1,"\\u0022":2}',
  ])('refuses %s, which says a name twice', (text) => {
    expect(JSON.parse(text)).toBeDefined()
    expect(parsed(text)).toBeUndefined()
  })

  it.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":"a","b":"a"}',
    '{"a":["a","a"],"A":1}',
    '{"a":"\\",\\"a\\":1","b":1}',
    '{"a\\\\":1,"a":2}',
  ])('reads %s, which says each name once', (text) => {
    expect(parsed(text)).toEqual(JSON.parse(text))
  })

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'json_invalid'],
    ['a byte order mark', '\ufeff{}', 'json_byte_order_mark'],
    ['a byte order mark in bytes', Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), 'json_byte_order_mark'],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'json_not_utf8'],
    ['an overlong character', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 'json_not_utf8'],
    ['half of a surrogate pair as bytes', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'json_not_utf8'],
    ['UTF-16', new Uint8Array(Uint16Array.of(0x7b, 0x7d).buffer), 'json_invalid'],
    ['two values', '{}{}', 'json_invalid'],
    ['a comma too many', '[1,]', 'json_invalid'],
    ['a comment', '{}//', 'json_invalid'],
    ['NaN', 'NaN', 'json_invalid'],
    ['single quotes', "{'a':1}", 'json_invalid'],
    ['a string that does not end', '{"a":"', 'json_invalid'],
    ['a name twice', '[{"a":1,"\\u0061":1}]', 'json_name_repeated'],
    ['the name __proto__', '{"a":[{"__proto__":{"id":"1"}}]}', 'json_name_proto'],
    ['the name __proto__ in another spelling', '{"\\u005f_proto__":1}', 'json_name_proto'],
    ['half of a surrogate pair', '{"id":"\\ud800"}', 'json_surrogate'],
    ['the other half', '{"id":"\\uDFFF"}', 'json_surrogate'],
    ['the halves in the wrong order', '{"id":"\\udc00\\ud800"}', 'json_surrogate'],
    ['half of a pair in a name', '{"a":[[{"\\ud800":1}]]}', 'json_surrogate'],
    ['half of a pair deep in it, beside what nobody reads', '{"id":"1","x":[{"y":["\\uD83D"]}]}', 'json_surrogate'],
    ['half of a pair in text as it stands', '{"id":"\ud800"}', 'json_surrogate'],
    ['a text that is half of a pair', '"\\ud800"', 'json_surrogate'],
  ])('refuses %s', (_, body, reason) => {
    expect(read(body)).toBe(reason)
  })

  it.each<[string, unknown]>([
    ['{"id":"\\ud83d\\ude00"}', { id: '😀' }],
    ['{"id":"\\\\ud800"}', { id: '\\ud800' }],
    ['{"id":"\ufffd","x":"\\ufffd"}', { id: '\ufffd', x: '\ufffd' }],
    [
      '{"__proto":1,"proto__":"__proto__","constructor":{"prototype":1}}',
      JSON.parse('{"__proto":1,"proto__":"__proto__","constructor":{"prototype":1}}'),
    ],
    ['[1e400,9007199254740993]', [Number.POSITIVE_INFINITY, 9_007_199_254_740_992]],
  ])('reads %s', (text, value) => {
    expect(read(text)).toEqual(value)
    expect(faultOfValue(value)).toBeUndefined()
  })

  it('tells null from nothing', () => {
    expect(parsed('null')).toBeNull()
  })

  it('reads 100,000 levels of lists and of objects, and finds a repeated name below them', () => {
    const depth = 100_000
    const inObjects = (inner: string): string => `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`
    expect(Array.isArray(parsed('['.repeat(depth) + ']'.repeat(depth)))).toBe(true)
    expect(typeof parsed(inObjects('1'))).toBe('object')
    expect(parsed(inObjects('{"b":1,"b":2}'))).toBeUndefined()
    expect(parsed('['.repeat(depth))).toBeUndefined()
    expect(parsed(inObjects('"\\ud800"'))).toBeUndefined()
    for (const inner of ['"\\ud800"', '{"\\ud800":1}']) {
      expect(faultOfValue(JSON.parse(inObjects(inner)))).toBe('json_surrogate')
      expect(faultOfValue(JSON.parse('['.repeat(depth) + inner + ']'.repeat(depth)))).toBe('json_surrogate')
    }
  })
})

describe('faultOfValue', () => {
  it('comes to an end for a value that holds itself, and looks at each object once', () => {
    const round: Record<string, unknown> = { name: 'a' }
    round.self = [round, { round }]
    expect(faultOfValue(round)).toBeUndefined()
    round.broken = '\ud800'
    expect(faultOfValue(round)).toBe('json_surrogate')
    let shared: unknown = ['x']
    for (let i = 0; i < 50; i++) shared = [shared, shared]
    expect(faultOfValue(shared)).toBeUndefined()
  })

  it('finds the name __proto__ that a parser has kept', () => {
    expect(faultOfValue(JSON.parse('{"a":{"__proto__":1}}'))).toBe('json_name_proto')
  })
})
