/** The form of a secret and its checksum: what is one edit away is turned away before any I/O, and nothing shows a secret. */
import { format, inspect } from 'node:util'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSecret, Secret } from '../../src/core/new-secret.ts'
import { definePolicy } from '../../src/core/policy.ts'
import { PREFIX_PATTERN, wellFormedWith } from '../../src/core/secret.ts'
import { invoices, invoicesData, seededRandom } from './fixtures.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Six digits of base62, by another way than the source's. */
function base62Of(value: number): string {
  let rest = BigInt(value)
  const digits: string[] = []
  for (let power = 5n; power >= 0n; power--) {
    digits.push(BASE62[Number(rest / 62n ** power)] as string)
    rest %= 62n ** power
  }
  return digits.join('')
}

const prefixes = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,63}$/)
const issued = fc
  .record({ prefix: prefixes, seed: fc.nat() })
  .map(({ prefix, seed }) => ({ prefix, text: newSecret(prefix, seededRandom(seed)).reveal() }))
/** One character of any kind, rather one that could stand in a secret. */
const characters = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...BASE62, '_') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
)
const at = (text: string, fraction: number): number => Math.min(text.length - 1, Math.floor(fraction * text.length))
const fractions = fc.double({ min: 0, max: 1, noNaN: true })
const passes = (text: string, prefix: string): boolean => wellFormedWith([prefix])(text)

describe('the checksum', () => {
  it.each([
    ['', 0],
    ['a', 0xe8b7be43],
    ['abc', 0x352441c2],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('is compared with a CRC-32 that has the published value for "%s"', (text, value) => {
    expect(crc32(text)).toBe(value)
  })

  it('is the CRC-32 of everything before it, in six digits of base62', () => {
    fc.assert(
      fc.property(issued, ({ text }) => {
        expect(text.slice(-6)).toBe(base62Of(crc32(text.slice(0, -6))))
      }),
    )
  })

  it('is padded to six digits where its value is small', () => {
    const texts = Array.from({ length: 400 }, (_, seed) => newSecret('inv', seededRandom(seed)).reveal())
    const padded = texts.filter((text) => text.at(-6) === '0')
    expect(padded.length).toBeGreaterThan(0)
    for (const text of padded) expect(passes(text, 'inv')).toBe(true)
  })
})

describe('a new secret', () => {
  it('has the documented form and passes', () => {
    fc.assert(
      fc.property(issued, ({ prefix, text }) => {
        expect(text.slice(0, prefix.length + 1)).toBe(`${prefix}_`)
        expect(text.slice(prefix.length + 1)).toMatch(/^[0-9A-Za-z]{38}$/)
        expect(passes(text, prefix)).toBe(true)
      }),
    )
  })

  it('draws each character of the alphabet equally often', () => {
    const random = seededRandom(1)
    const counts = new Map<string, number>()
    const secrets = 4_000
    for (let i = 0; i < secrets; i++) {
      for (const char of newSecret('inv', random).reveal().slice(4, -6)) counts.set(char, (counts.get(char) ?? 0) + 1)
    }
    const wanted = (secrets * 32) / 62
    const chiSquare = [...BASE62].reduce((sum, char) => sum + ((counts.get(char) ?? 0) - wanted) ** 2 / wanted, 0)
    // 61 degrees of freedom: above 113 in one of 20,000 fair draws.
    expect(chiSquare).toBeLessThan(113)
    expect(counts.size).toBe(62)
  })

  it('takes its randomness from the source that it is given and from nowhere else', () => {
    expect(newSecret('inv', seededRandom(7)).reveal()).toBe(newSecret('inv', seededRandom(7)).reveal())
    expect(newSecret('inv', seededRandom(7)).reveal()).not.toBe(newSecret('inv', seededRandom(8)).reveal())
  })
})

describe('a text that is not quite a secret', () => {
  it('is refused for any single character that was changed', () => {
    fc.assert(
      fc.property(issued, fractions, characters, ({ prefix, text }, fraction, char) => {
        const i = at(text, fraction)
        fc.pre(text[i] !== char)
        expect(passes(text.slice(0, i) + char + text.slice(i + 1), prefix)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused for any character that was put in', () => {
    fc.assert(
      fc.property(issued, fractions, characters, ({ prefix, text }, fraction, char) => {
        const i = Math.round(fraction * text.length)
        expect(passes(text.slice(0, i) + char + text.slice(i), prefix)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused for any character that was left out', () => {
    fc.assert(
      fc.property(issued, fractions, ({ prefix, text }, fraction) => {
        const i = at(text, fraction)
        expect(passes(text.slice(0, i) + text.slice(i + 1), prefix)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused for any two neighbours that changed places', () => {
    fc.assert(
      fc.property(issued, fractions, ({ prefix, text }, fraction) => {
        const i = at(text.slice(1), fraction)
        const [a, b] = [text.charAt(i), text.charAt(i + 1)]
        fc.pre(a !== b)
        expect(passes(text.slice(0, i) + b + a + text.slice(i + 2), prefix)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused if it was cut at either end', () => {
    fc.assert(
      fc.property(issued, fractions, ({ prefix, text }, fraction) => {
        const i = at(text, fraction)
        expect(passes(text.slice(0, i), prefix)).toBe(false)
        expect(passes(text.slice(i + 1), prefix)).toBe(false)
      }),
    )
  })

  it('is refused under the prefix of another type', () => {
    fc.assert(
      fc.property(issued, prefixes, ({ prefix, text }, other) => {
        fc.pre(prefix !== other)
        expect(passes(text, other)).toBe(false)
        expect(wellFormedWith([prefix, other])(other + text.slice(prefix.length))).toBe(false)
        expect(wellFormedWith([other, prefix])(text)).toBe(true)
        expect(wellFormedWith([])(text)).toBe(false)
      }),
    )
  })

  const text = newSecret('inv', seededRandom(3)).reveal()
  const unchecked = text.slice(0, -6)
  it.each([
    ['nothing', ''],
    ['the prefix alone', 'inv_'],
    ['a prefix of no characters', `_${'0'.repeat(38)}`],
    ['a space at its end', `${text} `],
    ['a line end at its end', `${text}\n`],
    ['quotation marks', `"${text}"`],
    ['itself twice', text + text],
    ['its letters in lower case', text.toLowerCase()],
    ['its letters in upper case', text.toUpperCase()],
    ['a full-width digit', `${text.slice(0, -1)}０`],
    ['a NUL in the middle', `${text.slice(0, 9)}\0${text.slice(10)}`],
    ['a lone surrogate', `${text.slice(0, -1)}\ud800`],
    ['a checksum of six zeros', `${unchecked}000000`],
    ['the largest six digits', `${unchecked}zzzzzz`],
    ['200,000 characters', `inv_${'a'.repeat(200_000)}`],
    ['100,000 underscores', '_'.repeat(100_000)],
  ])('is refused: %s', (_, wrong) => {
    expect(passes(wrong, 'inv')).toBe(false)
  })

  it('is refused where something else than an underscore follows the prefix, also with the right checksum', () => {
    const withSeparator = (separator: string) => {
      const body = `inv${separator}${'A'.repeat(32)}`
      return body + base62Of(crc32(body))
    }
    expect(passes(withSeparator('_'), 'inv')).toBe(true)
    for (const separator of ['-', '.', ' ', 'x', '\0']) expect(passes(withSeparator(separator), 'inv')).toBe(false)
  })

  it('is refused where a character is none of base62, also with the right checksum', () => {
    const withCharacter = (char: string, at: number) => {
      const body = `inv_${'A'.repeat(at)}${char}${'A'.repeat(31 - at)}`
      return body + base62Of(crc32(body))
    }
    const codes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
    for (const char of codes) {
      for (const at of [0, 15, 31])
        expect(passes(withCharacter(char, at), 'inv'), JSON.stringify(char)).toBe(BASE62.includes(char))
    }
  })

  it('is refused where a character has the lowest byte of the right one', () => {
    const right = newSecret('inv', seededRandom(4)).reveal()
    for (let at = 0; at < right.length; at++)
      for (const above of [0x100, 0x2000, 0xff00]) {
        const wrong = String.fromCharCode(right.charCodeAt(at) + above)
        expect(passes(right.slice(0, at) + wrong + right.slice(at + 1), 'inv')).toBe(false)
      }
  })

  it('is refused where its checksum has the right value in other digits', () => {
    // Of two last digits d and 7, where d is 4 or more, d - 4 and a character that counted as 255 would have the same value.
    const spelt = Array.from({ length: 1_000 }, (_, seed) => newSecret('inv', seededRandom(seed)).reveal())
    const ambiguous = spelt.filter((text) => text.endsWith('7') && BASE62.indexOf(text.at(-2) ?? '') >= 4)
    expect(ambiguous.length).toBeGreaterThan(0)
    for (const text of ambiguous) {
      const before = BASE62[BASE62.indexOf(text.at(-2) ?? '') - 4]
      for (const other of ['!', '_', '~']) expect(passes(`${text.slice(0, -2)}${before}${other}`, 'inv')).toBe(false)
    }
  })

  it('may have a prefix of 64 characters and no more', () => {
    const longest = `a${'_'.repeat(62)}b`
    expect(PREFIX_PATTERN.test(longest)).toBe(true)
    expect(PREFIX_PATTERN.test(`${longest}b`)).toBe(false)
    expect(passes(newSecret(longest, seededRandom(1)).reveal(), longest)).toBe(true)
  })
})

describe('a prefix', () => {
  it.each(['inv_live_', 'inv__', 'a_', `a${'_'.repeat(63)}`])('does not end in an underscore: %s', (prefix) => {
    expect(PREFIX_PATTERN.test(prefix)).toBe(false)
    const data = { ...invoicesData(), types: { live: { prefix } } }
    expect(() => definePolicy(data as never)).toThrow(
      'types.live.prefix: must begin with a letter, hold letters, digits and _ only, 64 at most, and end without _, since one is put behind it.',
    )
  })

  it('may have underscores within, and one is put behind it', () => {
    expect(newSecret('inv_live', seededRandom(1)).reveal()).toMatch(/^inv_live_[0-9A-Za-z]{38}$/)
  })
})

describe('the pattern for secret scanners', () => {
  const type = invoices.types.find(({ name }) => name === 'live')
  const found = (text: string): readonly string[] => text.match(new RegExp(type?.secretPattern ?? '', 'g')) ?? []

  it('finds every secret of its type in text and nothing else', () => {
    const separators = fc.constantFrom('\n', ' ', '"', "'", '=', ':', '/', '?', '&', '<', ', ', ' figpat_0 ', ' inv_ ')
    fc.assert(
      fc.property(fc.array(fc.tuple(separators, fc.nat())), separators, (parts, end) => {
        const secrets = parts.map(([, seed]) => newSecret('inv', seededRandom(seed)).reveal())
        const text = parts.map(([separator], i) => separator + secrets[i]).join('')
        expect(found(text + end)).toEqual(secrets)
      }),
    )
  })

  it('does not take a longer word, or the secret of another type, for one', () => {
    const secret = newSecret('inv', seededRandom(1)).reveal()
    expect(found(`${secret}A`)).toEqual([])
    expect(found(`x${secret}`)).toEqual([])
    expect(found(newSecret('invci', seededRandom(1)).reveal())).toEqual([])
  })

  it('is done at once with text that is nearly a secret a million times', () => {
    expect(found('inv_'.repeat(250_000))).toEqual([])
    expect(found(`inv_${'a'.repeat(1_000_000)}`)).toEqual([])
  })
})

describe('a Secret', () => {
  const value = newSecret('inv', seededRandom(5)).reveal()
  const secret = new Secret(value)

  it.each<[string, () => string]>([
    ['String()', () => String(secret)],
    ['a template', () => `${secret}`],
    ['concatenation', () => 'a'.concat(secret as unknown as string)],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspection', () => inspect(secret)],
    ['inspection of what is hidden', () => inspect({ a: [secret] }, { depth: 9, showHidden: true, getters: true })],
    ['formatting', () => format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
    ['its entries', () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret)])],
    ['a copy', () => JSON.stringify({ ...secret }) + inspect(Object.assign({}, secret))],
    ['a structured clone', () => inspect(structuredClone(secret), { showHidden: true })],
    ['the message of an error', () => inspect(new Error(secret as unknown as string))],
    ['a sorted list', () => [secret, secret].sort().join()],
  ])('does not show itself in %s', (_, shown) => {
    expect(shown()).not.toContain(value.slice(4, 12))
  })

  it('says [secret] instead, and gives itself by reveal() alone', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual(['[secret]', '"[secret]"', '[secret]'])
    expect(secret.reveal()).toBe(value)
  })
})
