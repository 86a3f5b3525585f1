/** What zod does not say: our sentences, and its faults as ours. Whole policies: policy.test.ts. */
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { issueAt, pathText } from '../../src/core/issue.ts'
import {
  atLeastOne,
  dependent,
  dictionary,
  inRange,
  judged,
  matching,
  read,
  type Schema,
  text,
  whole,
  wholeOption,
} from '../../src/core/shape.ts'

const linesOf = (schema: Schema<unknown>, value: unknown): readonly string[] =>
  read(schema, value).issues.map(({ path, message }) => `${path}: ${message}`)

describe('a path', () => {
  it.each<[readonly PropertyKey[], string]>([
    [[], ''],
    [['name'], 'name'],
    [['scopes', 2], 'scopes[2]'],
    [['kinds', 'team', 'parents', 0], 'kinds.team.parents[0]'],
    [['endpoints', 'GET /x', 'names'], 'endpoints["GET /x"].names'],
    [['a', 'b"c'], 'a["b\\"c"]'],
    [['a', ''], 'a[""]'],
    [['x-y'], 'x-y'],
    [['a b'], '["a b"]'],
    [['__proto__', 'x'], '__proto__.x'],
  ])('%j is written %s', (path, written) => {
    expect(pathText(path)).toBe(written)
    expect(issueAt(path, 'is wrong.')).toEqual({ path: written, at: path, message: 'is wrong.' })
  })
})

describe('a value', () => {
  const even = judged<number>((value) => (Number(value) % 2 === 0 ? undefined : 'must be even.'))
  const word = matching(/^[a-z]+$/, 'must be a word.')
  const short = text((value) => (value.length < 3 ? undefined : `must have 2 characters, not ${value.length}.`))
  const letter = matching(/^[a-z]$/, 'must have a letter for a name.')
  const words = dictionary(letter, word)
  const filled = atLeastOne(word)
  const pair = dependent((value) => (Array.isArray(value) ? z.array(word) : 'must be a pair.'))
  const thing = z.strictObject({ a: word, b: z.optional(z.array(word)), c: z.optional(whole(1)) })
  const some = z.literal(['a', 1, true])

  it.each<[string, Schema<unknown>, unknown, readonly string[]]>([
    ['judged', even, 2, []],
    ['judged', even, 3, [': must be even.']],
    ['judged and missing', even, undefined, [': must be even.']],
    ['of a pattern', word, 'ab', []],
    ['of a pattern', word, 'AB', [': must be a word.']],
    ['of a pattern', word, 7, [': must be a word.']],
    ['of a pattern', word, ['ab'], [': must be a word.']],
    ['text', short, 'ab', []],
    ['text', short, 'abc', [': must have 2 characters, not 3.']],
    ['text', short, 7, [': must be text.']],
    ['text and missing', short, undefined, [': is missing.']],
    ...[1, 0, 10, 1.5, '1', 2 ** 53, Number.NaN, null, undefined].map(
      (value): [string, Schema<unknown>, unknown, readonly string[]] => [
        ...(['as a whole number of an option', wholeOption(1, 9), value] as const),
        linesOf(whole(1, 9), value),
      ],
    ),
    ['in a range', inRange(1, 9, 'must be 1 to 9.'), 1.5, []],
    ['in a range', inRange(1, 9, 'must be 1 to 9.'), 9.5, [': must be 1 to 9.']],
    ['in a range', inRange(1, 9, 'must be 1 to 9.'), Number.NaN, [': must be 1 to 9.']],
    ['in a range', inRange(1, 9, 'must be 1 to 9.'), undefined, [': is missing.']],
    ['whole', whole(1), 1, []],
    ['whole', whole(1), 0, [': must be a whole number from 1 to 9007199254740991.']],
    ['whole', whole(1), '1', [': must be a whole number from 1 to 9007199254740991.']],
    ['whole', whole(1), 2 ** 53, [': must be a whole number from 1 to 9007199254740991.']],
    ['whole', whole(1, 9), 9, []],
    ['whole', whole(1, 9), 10, [': must be a whole number from 1 to 9.']],
    ['whole', whole(1, 9), 1.5, [': must be a whole number from 1 to 9.']],
    ['whole', whole(1, 9), Number.NaN, [': must be a whole number from 1 to 9.']],
    ['one of some', some, true, []],
    ['one of some', some, '1', [': must be "a", 1 or true.']],
    ['true or false', z.boolean(), 'yes', [': must be true or false.']],
    ['a list', z.array(word), [], []],
    ['a list', z.array(word), ['a', 7, 'B'], ['[1]: must be a word.', '[2]: must be a word.']],
    ['a list with a hole', z.array(word), new Array(1), ['[0]: is missing.']],
    ['a list', z.array(word), 'a', [': must be a list.']],
    ['a filled list', filled, ['x'], []],
    ['a filled list', filled, 'x', [': must be a list.']],
    ['a filled list', filled, [7], ['[0]: must be a word.']],
    ['a filled list', filled, [], [': must be a list with at least one entry.']],
    ['an object by name', words, { a: 'x', b: 'y' }, []],
    ['an object by name', words, { a: 7, B: 'y' }, ['a: must be a word.', 'B: must have a letter for a name.']],
    ['an object by name', words, [], [': must be an object.']],
    ['an object by name', words, null, [': must be an object.']],
    ['one that may be left out', z.optional(word), undefined, []],
    ['one that may be left out', z.optional(word), null, [': must be a word.']],
    ['dependent', pair, ['a'], []],
    ['dependent', pair, ['A'], ['[0]: must be a word.']],
    ['dependent', pair, 7, [': must be a pair.']],
    ['dependent within', z.strictObject({ a: pair }), { a: ['a', 'B'] }, ['a[1]: must be a word.']],
    ['dependent within and missing', z.strictObject({ a: pair }), {}, ['a: must be a pair.']],
    ['an object', thing, { a: 'x' }, []],
    ['an object', thing, { a: 'x', b: ['y'], c: 1 }, []],
    ['an object', thing, {}, ['a: is missing.']],
    ['an object', z.strictObject({ a: z.unknown() }), { a: null }, []],
    [
      'an object',
      thing,
      { a: 7, b: ['Y'], c: 0 },
      ['a: must be a word.', 'b[0]: must be a word.', 'c: must be a whole number from 1 to 9007199254740991.'],
    ],
    ['an object', thing, 7, [': must be an object.']],
    ['an object', thing, [], [': must be an object.']],
    ['an object', thing, null, [': must be an object.']],
    [
      'a list of objects',
      z.array(thing),
      [{ a: 'x' }, { a: 7 }, 7],
      ['[1].a: must be a word.', '[2]: must be an object.'],
    ],
  ])('that is %s has a sentence where it is wrong', (_, schema, value, lines) => {
    expect(linesOf(schema, value)).toEqual(lines)
  })
})

describe('a field that does not exist', () => {
  const schema = z.strictObject({ name: z.optional(z.unknown()), scopes: z.optional(z.unknown()) })
  const nested = z.strictObject({ in: dependent(() => schema) })

  it('is dictionary to the host, with the one that was meant', () => {
    const lines = ['nam: is not a field here. Did you mean "name"?', 'other: is not a field here.']
    expect(linesOf(schema, { nam: 1, other: 2 })).toEqual(lines)
    expect(linesOf(nested, { in: { nam: 1, other: 2 } })).toEqual(lines.map((line) => `in.${line}`))
    expect(linesOf(schema, JSON.parse('{ "__proto__": 1 }'))).toEqual(['__proto__: is not a field here.'])
  })

  it('is not repeated to somebody who may have put a secret there', () => {
    const { issues, unknown } = read(schema, { nam: 1, fig_Zz09: 2 }, 'stranger')
    const [named, unnamed] = issues
    expect(named).toEqual({
      path: 'nam',
      at: ['nam'],
      message: 'is not a field here. Did you mean "name"?',
      code: 'field_meant',
      params: { meant: 'name' },
    })
    expect(unnamed).toEqual({
      path: '',
      at: [],
      message: 'must hold no fields but name, scopes.',
      code: 'fields_known',
      params: { known: ['name', 'scopes'] },
    })
    expect(unknown).toEqual(new Set(issues))
  })
})
