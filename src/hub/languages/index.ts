/**
 * The languages that the page speaks besides English. `scripts/build-hub.ts` makes a file of each, so that a browser loads the one that
 * it needs and a server none that nobody asks for; nothing else imports this.
 */

import type { HUB_TEXTS } from '../texts/index.ts'
import { ARABIC } from './ar/index.ts'
import { GERMAN } from './de/index.ts'
import { SPANISH } from './es/index.ts'
import { FRENCH } from './fr/index.ts'
import { JAPANESE } from './ja/index.ts'
import type { Translation } from './translation.ts'

/** By their tags (BCP 47), without a region. */
export const LANGUAGES: { readonly [tag: string]: Translation<typeof HUB_TEXTS> } = {
  ...{ ar: ARABIC, de: GERMAN, es: SPANISH, fr: FRENCH, ja: JAPANESE },
}
