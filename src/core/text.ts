/** Which text people may put into names and descriptions. Markup and formulas are let through: escaping is the writer's work. */
import type { Problem } from './issue.ts'

/** Control characters, line and paragraph separators, bidirectional embeddings, overrides and isolates, lone surrogates. */
const REFUSED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u

/** What is wrong with a text of `min` to `max` characters (code points), or `undefined`. Linear in its length. */
export function textProblem(text: string, min: number, max: number): Problem | undefined {
  if (text.length > 2 * max || codePoints(text) > max)
    return [`must have at most ${max} characters.`, 'text_too_long', { max }]
  if (text.length < min) return min === 1 ? EMPTY : [`must have at least ${min} characters.`, 'text_too_short', { min }]
  return REFUSED.test(text) ? NOT_PLAIN : undefined
}

/** What is said of text that is not there. */
export const EMPTY: Problem = ['must not be empty.', 'text_empty']
const NOT_PLAIN: Problem = [
  'must not hold control characters, direction overrides or broken characters.',
  'text_not_plain',
]

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
