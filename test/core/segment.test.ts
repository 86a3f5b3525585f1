/** A text that passes as one segment of a path is read as that segment once it is encoded, and no other passes. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { segmentProblem } from '../../src/core/segment.ts'
import { readTarget } from '../../src/core/target.ts'

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('.', '/', '\\', '%', '\ud800', '\udc00', '\0', '\x7f', '\x85', 'a', 'é', ' ', '~'),
  }),
)

/** Whether a path of nothing but a text, encoded, is one that the grammar of targets lets through. */
function isRead(text: string): boolean {
  try {
    return text !== '' && readTarget(`/${encodeURIComponent(text)}`) !== undefined
  } catch {
    return false
  }
}

it('a text is one segment of a path if the grammar of targets reads it as one', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(segmentProblem(text) === undefined).toBe(isRead(text))
    }),
    { numRuns: 2_000 },
  )
  expect(['', '.', '..', '...', 'a/b', 'a\\b', 'a b'].map((text) => segmentProblem(text) === undefined)).toEqual([
    false,
    false,
    false,
    true,
    false,
    false,
    true,
  ])
})
