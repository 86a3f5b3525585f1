/** The bridge to zod: paths that a person reads, and our sentences. Whole policies: policy.test.ts. */
import { describe, expect, it } from 'vitest'
import {
  anything,
  forwarded,
  issuesOf,
  judged,
  list,
  matching,
  maybe,
  named,
  object,
  oneOf,
  pathText,
  read,
  type Schema,
  whole,
} from '../../src/core/shape.ts'

const linesOf = (schema: Schema<unknown>, value: unknown): readonly string[] => {
  const parsed = read(schema, value)
  return parsed.success ? [] : issuesOf(parsed.error).map(({ path, message }) => `${path}: ${message}`)
}

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
  ])('%j is written %s', (path, text) => {
    expect(pathText(path)).toBe(text)
  })
})

describe('a value', () => {
  const even = judged<number>((value) => (Number(value) % 2 === 0 ? undefined : 'must be even.'))
  const word = matching(/^[a-z]+$/, 'must be a word.')
  const words = named(/^[a-z]$/, 'must have a letter for a name.', word)
  const pair = forwarded((value) => (Array.isArray(value) ? list(word) : 'must be a pair.'))
  const thing = object({ a: word, b: maybe(list(word)), c: maybe(whole(1)) })

  it.each<[string, Schema<unknown>, unknown, readonly string[]]>([
    ['judged', even, 2, []],
    ['judged', even, 3, [': must be even.']],
    ['judged and missing', even, undefined, [': is missing.']],
    ['of a pattern', word, 'ab', []],
    ['of a pattern', word, 'AB', [': must be a word.']],
    ['of a pattern', word, 7, [': must be a word.']],
    ['of a pattern', word, ['ab'], [': must be a word.']],
    ['whole', whole(1), 1, []],
    ['whole', whole(1), 0, [': must be a whole number from 1 to 9007199254740991.']],
    ['whole', whole(1), '1', [': must be a whole number from 1 to 9007199254740991.']],
    ['whole', whole(1), 2 ** 53, [': must be a whole number from 1 to 9007199254740991.']],
    ['whole', whole(1, 9), 9, []],
    ['whole', whole(1, 9), 10, [': must be a whole number from 1 to 9.']],
    ['whole', whole(1, 9), 1.5, [': must be a whole number from 1 to 9.']],
    ['whole', whole(1, 9), Number.NaN, [': must be a whole number from 1 to 9.']],
    ['one of some', oneOf<string | number | boolean>('a', 1, true), true, []],
    ['one of some', oneOf<string | number | boolean>('a', 1, true), '1', [': must be "a", 1 or true.']],
    ['a list', list(word), [], []],
    ['a list', list(word), ['a', 7, 'B'], ['[1]: must be a word.', '[2]: must be a word.']],
    ['a list with a hole', list(word), new Array(1), ['[0]: is missing.']],
    ['a list', list(word), 'a', [': must be a list.']],
    ['a filled list', list(word, 1), [], [': must be a list with at least one entry.']],
    ['an object by name', words, { a: 'x', b: 'y' }, []],
    ['an object by name', words, { a: 7, B: 'y' }, ['a: must be a word.', 'B: must have a letter for a name.']],
    ['an object by name', words, [], [': must be an object.']],
    ['an object by name', words, null, [': must be an object.']],
    ['one that may be left out', maybe(word), undefined, []],
    ['one that may be left out', maybe(word), null, [': must be a word.']],
    ['forwarded', pair, ['a'], []],
    ['forwarded', pair, ['A'], ['[0]: must be a word.']],
    ['forwarded', pair, 7, [': must be a pair.']],
    ['anything', anything, { a: [undefined] }, []],
    ['an object', thing, { a: 'x' }, []],
    ['an object', thing, { a: 'x', b: ['y'], c: 1 }, []],
    ['an object', thing, {}, ['a: is missing.']],
    ['an object', object({ a: anything }), { a: null }, []],
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
      list(thing),
      [{ a: 'x' }, { a: 7 }, 7],
      ['[1].a: must be a word.', '[2]: must be an object.'],
    ],
  ])('that is %s has a sentence where it is wrong', (_, schema, value, lines) => {
    expect(linesOf(schema, value)).toEqual(lines)
  })
})

describe('a field that does not exist', () => {
  it('is named, with the one that was meant', () => {
    const schema = object({ name: maybe(anything), scopes: maybe(anything) })
    expect(linesOf(schema, { nam: 1, other: 2 })).toEqual([
      'nam: is not a field here. Did you mean "name"?',
      'other: is not a field here.',
    ])
  })
})
