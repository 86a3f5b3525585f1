/** Text of a document for a terminal or a log: on one line, with what cannot be seen written as an escape. */

/** Control characters, line and paragraph separators, format characters such as direction overrides, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** One line of text, with `\u001b` in place of an escape character. */
export const visible = (line: string): string =>
  line.replaceAll(UNSEEN, (one) => [...Array(one.length).keys()].map((i) => escaped(one.charCodeAt(i))).join(''))

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`
