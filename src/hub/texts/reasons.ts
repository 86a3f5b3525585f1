/**
 * Why a request would be let through or refused, sentence by sentence, by its code (`reason_…`): the engine's own English, so that each
 * sentence stands once. What is about a number is told in the forms of that number.
 */

import { MALFORMED, UNPLACED } from '../../core/malformed.ts'
import { REASON_TEXTS as REASONS } from '../../core/reason-texts.ts'
import { REFUSALS, type RefusalCode } from '../../core/refusals.ts'

/** A table whose names begin with a word. */
type Prefixed<T> = { readonly [K in keyof T & string as `reason_${K}`]: T[K] }
const prefixed = <T extends object>(table: T): Prefixed<T> =>
  Object.fromEntries(Object.entries(table).map(([name, text]) => [`reason_${name}`, text])) as Prefixed<T>

type Helps = { readonly [C in RefusalCode as `${C}_help`]: string }
const HELPS = Object.fromEntries(Object.entries(REFUSALS).map(([code, { help }]) => [`${code}_help`, help])) as Helps

const { rules_idle: _idle, rules_lifetime: _lifetime, ...PLAIN } = REASONS

export const REASON_TEXTS = {
  ...prefixed(PLAIN),
  ...prefixed(HELPS),
  ...prefixed(MALFORMED),
  ...prefixed(UNPLACED),
  reason_rules_idle: {
    one: 'A token of this plan has to be used within {count} day.',
    other: 'A token of this plan has to be used within {count} days.',
  },
  reason_rules_lifetime: {
    one: 'A token of this plan has to be refreshed within {count} day.',
    other: 'A token of this plan has to be refreshed within {count} days.',
  },
} as const
