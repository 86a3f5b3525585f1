/** Which text people may put into names and descriptions: characters are code points, and what could mislead a reader is refused. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textProblem } from '../../src/core/text.ts'

describe('a text', () => {
  it.each([
    ['', 0, 10, undefined],
    ['', 1, 10, 'must not be empty.'],
    ['ab', 3, 10, 'must have at least 3 characters.'],
    ['a'.repeat(10), 1, 10, undefined],
    ['a'.repeat(11), 1, 10, 'must have at most 10 characters.'],
    ['😀'.repeat(10), 1, 10, undefined],
    ['😀'.repeat(11), 1, 10, 'must have at most 10 characters.'],
    [`${'😀'.repeat(9)}ab`, 1, 10, 'must have at most 10 characters.'],
    ['a'.repeat(10_000_000), 1, 10, 'must have at most 10 characters.'],
  ])('%.10s… of %i to %i characters', (text, min, max, problem) => {
    expect(textProblem(text, min, max)?.[0]).toBe(problem)
  })

  it.each([
    ['markup', '<img src=x onerror=alert(1)>'],
    ['a formula', "=cmd|'/c calc'!A0"],
    ['a look-up', `$\{jndi:ldap://x}`],
    ['formats', '%s%n'],
    ['SQL', "'; drop table tokens;--"],
    ['Arabic and Hebrew', 'عربي עברית'],
    ['joined emoji', '👩‍👩‍👧'],
    ['accents that combine', 'é'],
    ['spaces of every width', 'a\u00a0b\u2003c'],
  ])('may hold %s', (_, text) => {
    expect(textProblem(text, 1, 100)).toBeUndefined()
  })

  it.each([
    ['NUL', '\u0000'],
    ['a line end', '\n'],
    ['a tab', '\t'],
    ['an escape', '\u001b'],
    ['DEL', '\u007f'],
    ['a C1 control', '\u0085'],
    ['a line separator', '\u2028'],
    ['a paragraph separator', '\u2029'],
    ['an embedding', '\u202a'],
    ['an override', '\u202e'],
    ['an isolate', '\u2066'],
    ['the end of an isolate', '\u2069'],
    ['half a surrogate pair', '\ud800'],
    ['the other half', '\udc00'],
    ['a pair in the wrong order', '\ude00\ud83d'],
  ])('may not hold %s, wherever it stands', (_, bad) => {
    for (const text of [bad, `a${bad}`, `${bad}a`, `a${bad}b`])
      expect(textProblem(text, 1, 100)?.[0]).toBe(
        'must not hold control characters, direction overrides or broken characters.',
      )
  })

  it('is measured in code points, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 20 }), (text, max) => {
        expect(textProblem(text, 0, max)?.[0] === `must have at most ${max} characters.`).toBe([...text].length > max)
      }),
    )
  })
})
