/** "Did you mean …?": the nearest name, measured against a plain recursive definition of the distance. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from '../../src/core/suggest.ts'

/** Levenshtein's distance, as its definition reads. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  const [x, y] = [a.slice(0, -1), b.slice(0, -1)]
  return Math.min(distance(x, b) + 1, distance(a, y) + 1, distance(x, y) + (a.at(-1) === b.at(-1) ? 0 : 1))
}

describe('nearest', () => {
  it('is the first of the names that are least edits away, two at most', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 })
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 5 }), (wrong, names) => {
        const measured = names.filter((name) => name !== wrong).map((name) => ({ name, edits: distance(wrong, name) }))
        const least = Math.min(2, ...measured.map(({ edits }) => edits))
        expect(nearest(wrong, names)).toBe(measured.find(({ edits }) => edits === least)?.name)
      }),
    )
  })

  it.each([
    ['file_contnet:read', 'file_content:read'],
    ['file_content:raed', 'file_content:read'],
    ['fil_cotent:rea', 'file_content:read'],
    ['f1l3_content:read', 'file_content:read'],
    ['files:raed', 'files:read'],
    ['fles:read', 'files:read'],
  ])('%s means %s', (wrong, right) => {
    expect(nearest(wrong, ['file_content:read', 'files:read'])).toBe(right)
  })

  it.each([
    '',
    'x',
    'FILES:READ',
    'fi_cont:rea',
    'files:read',
    'flies:raed',
    'f'.repeat(101),
    `files:read${'x'.repeat(91)}`,
  ])('is nothing for %s', (wrong) => {
    expect(nearest(wrong, ['file_content:read', 'files:read'])).toBeUndefined()
  })

  it('looks at no text of more than 100 characters, so that a wrong one of a megabyte costs nothing', () => {
    expect(nearest('a'.repeat(1_000_000), [`${'a'.repeat(999_999)}b`])).toBeUndefined()
    expect(nearest('a'.repeat(100), [`${'a'.repeat(99)}b`])).toBe(`${'a'.repeat(99)}b`)
  })
})

describe('didYouMean', () => {
  it('is a sentence to append, or nothing', () => {
    expect(didYouMean('teem', ['team'])).toBe(' Did you mean "team"?')
    expect(didYouMean('zzzz', ['team'])).toBe('')
    expect(didYouMean('teem', [])).toBe('')
  })
})
