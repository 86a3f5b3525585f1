/** "Did you mean …?": the name that differs in one place, held against a plain search for that place. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from '../../src/core/suggest.ts'

/** Whether two texts become one if up to so many characters of each are taken out at one place. */
function differsInOnePlace(a: string, b: string, most: number): boolean {
  const cuts = Array.from({ length: most + 1 }, (_, cut) => cut)
  return Array.from({ length: a.length + 1 }, (_, at) => at).some(
    (at) =>
      a.slice(0, at) === b.slice(0, at) &&
      cuts.some((mine) => cuts.some((theirs) => a.slice(at + mine) === b.slice(at + theirs))),
  )
}

describe('nearest', () => {
  it('is the first of the other names that differ in one place, by one character or else by two', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 })
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 5 }), (wrong, names) => {
        const within = (most: number) => names.find((name) => name !== wrong && differsInOnePlace(wrong, name, most))
        expect(nearest(wrong, names)).toBe(within(1) ?? within(2))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['file_contnet:read', 'file_content:read'],
    ['file_content:raed', 'file_content:read'],
    ['file_contnt:read', 'file_content:read'],
    ['file_contennnt:read', 'file_content:read'],
    ['fi1es:read', 'files:read'],
    ['fles:read', 'files:read'],
  ])('%s means %s', (wrong, right) => {
    expect(nearest(wrong, ['file_content:read', 'files:read'])).toBe(right)
  })

  it('is the nearest, wherever it stands in the list', () => {
    expect(nearest('scope', ['scopesX', 'scopes'])).toBe('scopes')
    expect(nearest('scope', ['scopes', 'scopesX'])).toBe('scopes')
    expect(nearest('scope', ['scopesX', 'scopesY'])).toBe('scopesX')
  })

  it.each(['', 'x', 'FILES:READ', 'fi_cont:rea', 'files:read', 'f1l3s:r3ad'])('is nothing for %s', (wrong) => {
    expect(nearest(wrong, ['file_content:read', 'files:read'])).toBeUndefined()
  })

  it('takes no longer for a wrong one of a megabyte', () => {
    expect(nearest('a'.repeat(1_000_000), ['files:read', 'a'.repeat(100)])).toBeUndefined()
  })
})

describe('didYouMean', () => {
  it('is a sentence to append, or nothing', () => {
    expect(didYouMean('teem', ['team'])).toBe(' Did you mean "team"?')
    expect(didYouMean('zzzz', ['team'])).toBe('')
    expect(didYouMean('teem', [])).toBe('')
  })
})
