/**
 * A file of texts, as scripts/build-hub.ts makes it and the page loads it. The texts that the page's script has by number come without
 * their names (scripts/number-texts.ts), the others with them.
 */
import type { PluralText } from './index.ts'

type Text = string | PluralText

/** What such a file holds. */
export interface TextsFile {
  /** The number of the first one. */
  readonly from: number
  /** Those that have a number, in its order. */
  readonly numbered: readonly Text[]
  /** Those that are called by their names. */
  readonly named: { readonly [name: string]: Text }
}

/** The texts of a file by what they are called by; `nameOf` gives a name for a number, where one wants names. */
export function textsIn(
  { from, numbered, named }: TextsFile,
  nameOf: (number: number) => string | number = (number) => number,
): { readonly [name: string]: Text } {
  return { ...named, ...Object.fromEntries(numbered.map((text, i) => [nameOf(from + i), text])) }
}
