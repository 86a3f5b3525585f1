/** The host's functions for spellings (`spelling` of a policy), asked so that a mistake in one of them lets nothing through. */

import { letGo } from './objects.ts'

/** A text in the spelling of a policy; `undefined`, which names nothing, if the function throws or gives no text. */
export function speltBy(spell: (text: string) => string, text: string): string | undefined {
  try {
    const spelt: unknown = spell(text)
    if (typeof spelt === 'string') return spelt
    letGo(spelt)
    return undefined
  } catch {
    return undefined
  }
}
