/**
 * What a language has for one file of hub/texts/: a text for each of its names. Some may lack for a while, and are English then; a test
 * lists them.
 */
import type { PluralText } from '../texts/index.ts'

/** The texts of a file in another language. */
export type Translation<English> = {
  readonly [K in keyof English]?: English[K] extends string ? string : PluralText
}
