/** Patterns of keys: what is read, what is refused and why, and that two of them are compared exactly. */
import fc from 'fast-check'
import { createPlanTokens, memoryStore, SetupError } from 'plan-access-tokens'
import { type LegacyForm, legacyKeys } from 'plan-access-tokens/legacy'
import { testDirectory } from 'plan-access-tokens/testing'
import { describe, expect, it } from 'vitest'
import { doOverlap } from '../../src/legacy/overlap.ts'
import { type Pattern, readPattern } from '../../src/legacy/pattern.ts'
import { NPM_POLICY } from '../npm/world.ts'
import { POLICY } from '../support/world.ts'
import { FORMS, legacyOf, slowForm } from './world.ts'

const SHA256 = { hash: 'sha256' } as const
/** What nobody should write. */
const raw = (source: string): RegExp => new RegExp(source)
const formOf = (match: RegExp, name = 'one'): LegacyForm => ({ name, match, scheme: SHA256 })

/** Everything that is wrong, as lines. */
function mistakes(call: () => unknown): readonly string[] {
  try {
    call()
    return []
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return error.issues.map(({ path, message }) => `${path}: ${message}`)
  }
}
const engineWith = (legacy: ReturnType<typeof legacyKeys>) =>
  createPlanTokens({ policy: POLICY, store: memoryStore(), directory: testDirectory({}), legacy })

describe('a pattern', () => {
  it.each([
    /^sk_live_[A-Za-z0-9]{24}$/,
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    /^\w{22}$/,
    /^\d{20}$/,
    /^key:[a-z]{1,9}:[A-Za-z0-9+/]{43}=$/,
    /^[\w-]{43}$/,
    /^[a\-z.]{41}$/,
    /^a\.b\/c\+[0-9a-f]{32}$/,
  ])('%s is taken', (match) => {
    expect(mistakes(() => legacyOf(formOf(match)))).toEqual([])
  })

  it.each([
    [/sk_[a-z]{32}$/, 'must begin with ^ and end with $.'],
    [/^sk_[a-z]{32}/, 'must begin with ^ and end with $.'],
    [/^sk_[a-z]{32}\$/, 'must begin with ^ and end with $.'],
    [/^sk_[a-z]{32}$/i, 'must have no flags.'],
    [/^sk_[a-z]{32}$/u, 'must have no flags.'],
    [/^sk_[a-z]{32}$/g, 'must have no flags.'],
    [/^sk_[a-z]+$/, 'repeats without an end: say {n} or {n,m}.'],
    [/^sk_[a-z]*$/, 'repeats without an end: say {n} or {n,m}.'],
    [/^sk_[a-z]{32,}$/, 'repeats without an end: say {n} or {n,m}.'],
    [/^(a+)+$/, 'may hold only characters'],
    [/^(?:sk|pk)_[a-z]{32}$/, 'may hold only characters'],
    [/^sk_[a-z]{32}|pk_[a-z]{32}$/, 'may hold only characters'],
    [/^sk_.{32}$/, 'may hold only characters'],
    [/^sk_[a-z]?[a-z]{32}$/, 'may hold only characters'],
    [/^sk_[a-z]{32}?$/, 'may hold only characters'],
    [/^(?=sk)[a-z]{32}$/, 'may hold only characters'],
    [/^sk_(?<key>[a-z]{32})$/, 'may hold only characters'],
    [/^sk_\s[a-z]{32}$/, 'may hold only characters'],
    [/^sk_\x41[a-z]{32}$/, 'may hold only characters'],
    [raw('^sk_\\p{L}[a-z]{32}$'), 'may hold only characters'],
    [/^sk_[^a-z]{32}$/, 'must say which characters a class has, and not which it has not.'],
    [raw('^sk_[]{32}$'), 'has a class without characters.'],
    [/^sk,[a-z]{32}$/, 'may hold only visible characters of ASCII'],
    [/^sk [a-z]{32}$/, 'may hold only visible characters of ASCII'],
    [/^sk_[ -~]{32}$/, 'may hold only visible characters of ASCII'],
    [/^schlüssel_[a-z]{32}$/, 'may hold only visible characters of ASCII'],
    [/^sk_[a-z]{0,32}$/, 'repeats a part {n} or {n,m} times'],
    [/^sk_[a-z]{200}[0-9]{200}$/, 'must match no text of more than 256 characters.'],
    [/^[a-z]{4,30}[a-z0-9]{30}$/, 'backtracks'],
    [/^a{1,20}a{1,20}[0-9a-f]{32}$/, 'backtracks'],
    [/^sk_[a-z]{13}$/, 'matches keys that can be guessed'],
    [/^[0-9a-f]{15}$/, 'matches keys that can be guessed'],
    [/^\w{1,200}$/, 'matches keys that can be guessed'],
    [/^$/, 'matches keys that can be guessed'],
    ['^sk_[a-z]{32}$', 'must be a regular expression'],
    [undefined, 'must be a regular expression'],
  ])('%s is told at start', (match, message) => {
    const [line, ...more] = mistakes(() => legacyOf(formOf(match as RegExp)))
    expect(line).toContain(`rest[0].match: ${message}`)
    expect(more).toEqual([])
  })

  it('of 16 hexadecimal characters is just enough', () => {
    expect(mistakes(() => legacyOf(formOf(/^[0-9a-f]{16}$/)))).toEqual([])
  })

  it.each([
    [/^key_(?<id>[a-z]{8})_[a-z]{13}$/, 'matches keys that can be guessed'],
    [/^key_(?<id>[a-z]{1,8})[a-z]{32}$/, 'backtracks'],
    [/^key_(?<id>)[a-z]{32}$/, 'has an empty id.'],
    [/^key_(?<id>[a-z]){2}[a-z]{32}$/, 'must have its id once.'],
    [/^key_[a-z]{32}$/, 'must have (?<id>…) around the id'],
  ])('with an id is as clear as any other: %s', (match, message) => {
    const { form } = slowForm()
    expect(mistakes(() => legacyOf({ ...form, match }))[0]).toContain(message)
  })
})

describe('an id', () => {
  it.each([
    ['a parenthesis behind it', /^(?<id>[0-9]{6})\)[a-z]{32}$/],
    ['one in a class behind it', /^(?<id>[0-9]{6})[)a-z]{32}$/],
    ['one within it', /^(?<id>[0-9)]{6})-[a-z]{32}$/],
    ['a class that has its signs before it', /^[(?<id>]{4}(?<id>[0-9]{6})-[a-z]{32}$/],
  ])('ends where it ends, with %s', (_, match) => {
    const { id } = readPattern(match) as Pattern
    expect(id?.test('123456')).toBe(true)
    expect(id?.test('1234567')).toBe(false)
  })

  it('is none where a class has its signs', () => {
    expect((readPattern(/^[(?<id>]{40}\)$/) as Pattern).id).toBeUndefined()
    expect(mistakes(() => legacyOf(formOf(/^[(?<id>]{40}\)$/)))).toEqual([])
  })
})

describe('the set-up', () => {
  it('tells everything that is wrong with it at once', () => {
    const lines = mistakes(() =>
      legacyKeys({
        rest: [
          { name: 'a b', match: /^x/, scheme: { hash: 'md5' } },
          { name: 'two', match: /^k_[a-z]{32}$/, scheme: { hash: 'hmac-sha256', key: 'short' } },
          { name: 'two', match: /^k_(?<id>[a-z]{8})_[a-z]{32}$/, scheme: { hash: 'sha256', strip: 'q', salt: 1 } },
          { name: 'last', match: /^k_[a-f]{30,33}$/, scheme: { verify: true, atOnce: 0 } },
        ],
        other: [],
      } as never),
    )
    expect(lines).toEqual([
      'rest[0].name: must begin with a letter and hold letters, digits, _ and - only, 64 at most.',
      'rest[0].match: must begin with ^ and end with $.',
      'rest[0].scheme: must have hash: "sha256", hash: "hmac-sha256", or a verify function.',
      'rest[1].scheme.key: must be text or a Uint8Array of at least 16 bytes.',
      'rest[2].scheme.salt: is not a field here.',
      'rest[3].scheme.verify: must be a function.',
      'rest[3].scheme.atOnce: must be a whole number from 1 to 64.',
      'other: must be a list with at least one entry.',
      'rest[2].name: is the name of rest[1] too.',
      'rest[2].scheme.strip: must be text with which every key begins.',
      'rest[2].match: must have no (?<id>…), since its scheme finds keys by their digest.',
      'rest[3].match: matches texts that rest[1] matches too.',
      'rest[3].match: must have (?<id>…) around the id by which a key with a slow hash is found.',
    ])
  })

  it.each([undefined, null, 7, [], {}, 'rest'])('%s is no set of keys', (keys) => {
    expect(() => legacyKeys(keys as never)).toThrow(SetupError)
  })

  it.each([
    [/^figpat_[0-9A-Za-z]{38}$/, true],
    [/^figpat_[0-9a-f]{38}$/, true],
    [/^\w{45}$/, true],
    [/^[a-z]{6}_\w{20,60}$/, true],
    // Another length, another beginning, another letter case: no secret of ours can look so.
    [/^figpat_[0-9A-Za-z]{37}$/, false],
    [/^figpat_[0-9A-Za-z]{37}-$/, false],
    [/^FIGPAT_[0-9A-Za-z]{38}$/, false],
    [/^\w{44}$/, false],
  ])('%s beside secrets of ours is a mistake: %s', (match, isWrong) => {
    expect(mistakes(() => engineWith(legacyOf(formOf(match))))).toEqual(
      isWrong ? ['legacy.rest[0].match: matches secrets of the type "rest", which begin with "figpat_".'] : [],
    )
  })

  it('asks for types that the policies have, and for what legacyKeys made', () => {
    expect(mistakes(() => engineWith(legacyKeys({ user: [FORMS.plain] })))).toEqual([
      'legacy.user: is no type of the policies.',
    ])
    for (const legacy of [{}, { rest: [FORMS.plain] }, null, 'x'])
      expect(mistakes(() => engineWith(legacy as never))).toEqual(['legacy: must be made by legacyKeys().'])
  })

  it('looks at the prefixes of all policies', () => {
    const ports = { store: memoryStore(), directory: testDirectory({}) }
    const legacy = legacyOf(formOf(/^npm_[a-z]{38}$/))
    expect(mistakes(() => createPlanTokens({ policy: [POLICY, NPM_POLICY], ...ports, legacy }))).toEqual([
      'legacy.rest[0].match: matches secrets of the type "npm", which begin with "npm_".',
    ])
  })
})

/** Patterns over two letters and a digit, so that a few texts are all there are. */
const small = fc
  .array(
    fc.record({
      characters: fc.subarray(['a', 'b', '0'], { minLength: 1 }),
      least: fc.integer({ min: 1, max: 3 }),
      more: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) =>
    parts.map(({ characters, least, more }) => ({
      ...{ characters: new Set(characters), least, most: least + more, isId: false },
      source: `[${characters.join('')}]{${least},${least + more}}`,
    })),
  )

/** Every text over the letters up to a length. */
function textsOf(length: number): readonly string[] {
  let last = ['']
  const all: string[] = []
  for (let i = 0; i < length; i++) {
    last = last.flatMap((text) => ['a', 'b', '0'].map((one) => text + one))
    all.push(...last)
  }
  return all
}
const TEXTS = textsOf(7)

describe('two patterns', () => {
  it('overlap if and only if some text is matched by both', () => {
    fc.assert(
      fc.property(small, small, (one, other) => {
        const longest = (parts: typeof one): number => parts.reduce((sum, { most }) => sum + most, 0)
        fc.pre(Math.min(longest(one), longest(other)) <= 7)
        const [left, right] = [one, other].map((parts) => new RegExp(`^${parts.map(({ source }) => source).join('')}$`))
        const both = TEXTS.some((text) => left?.test(text) && right?.test(text))
        expect(doOverlap(one, other)).toBe(both)
        expect(doOverlap(other, one)).toBe(both)
      }),
      { numRuns: 500 },
    )
  })

  it('of the longest kind are compared in no time', () => {
    const long = (source: string) => (readPattern(new RegExp(source)) as Pattern).parts
    expect(doOverlap(long('^[a-z]{64,256}$'), long('^[b-y]{64,255}z$'))).toBe(true)
    expect(doOverlap(long('^[a-y]{64,255}z$'), long('^[a-y]{64,255}0$'))).toBe(false)
  })
})

describe('what is read of a pattern', () => {
  it('is what the regular expression itself matches', () => {
    const members = fc.constantFrom(
      'a-f',
      '0-9',
      'A-Z',
      '_',
      '\\d',
      '\\w',
      '\\-',
      '.',
      '+',
      '\\/',
      '=',
      '~',
      '|',
      '\\]',
      '\\^',
    )
    const part = fc.oneof(
      fc
        .tuple(fc.uniqueArray(members, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 20 }))
        .map(([list, n]) => `[${list.join('')}]{${n}}`),
      fc.constantFrom('sk_', '\\.', 'x{3}', '\\d{4}', '\\w', '-', '\\|', '\\$'),
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.nat()), (sources, draws) => {
        const match = new RegExp(`^${sources.join('')}[0-9a-f]{16}$`)
        const pattern = readPattern(match) as Pattern
        expect(typeof pattern).toBe('object')
        let text = ''
        for (const { characters, least } of pattern.parts)
          for (let i = 0; i < least; i++) text += [...characters][draws.next().value % characters.size]
        expect(match.test(text)).toBe(true)
        expect(text.startsWith(pattern.start)).toBe(true)
        expect(pattern.least).toBe(text.length)
        // A character that the first part does not have is matched by neither.
        const first = pattern.parts[0]?.characters ?? new Set()
        for (const one of ['a', 'Z', '0', '-', '~', '|']) expect(match.test(one + text.slice(1))).toBe(first.has(one))
      }),
      { numRuns: 300 },
    )
  })
})
