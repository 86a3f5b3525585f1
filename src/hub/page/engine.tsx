/** What the engine says, in the page's language, by its codes; what has no code that is known here is English, and says so. */
import type { SentenceParams } from '../../core/sentence.ts'
import type { PluralKey, TextKey } from '../texts/index.ts'
import { minuteOf } from './format.ts'
import { boot, count, isolated, kinds, own, t, textNamed } from './hub.ts'

/** A sentence of the engine, with its code where it has one. */
interface Sentence {
  readonly code?: string | undefined
  readonly message: string
  readonly params?: SentenceParams | undefined
}

/** What a code is about. */
type About = 'issue' | 'refusal' | 'rule' | 'reason' | 'error' | 'withheld'

/** Whether the page says it in its own words. In English it has few: the engine's own say more, such as what a right link looks like. */
const isTold = (about: About, code: string | undefined): boolean => textNamed(`${about}_${code}`) !== undefined

/** A sentence as text. What is about a number is so about the first of its parameters. */
export function tell(about: About, { code, message, params = {} }: Sentence): string {
  if (!isTold(about, code)) return message
  const key = `${about}_${code}`
  const shown = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, shownAs(name, value)]))
  if (typeof textNamed(key) === 'string') return t(key as TextKey, shown)
  const number = Object.values(params).find((value) => typeof value === 'number')
  return count(Number(number ?? 0), key as PluralKey, shown)
}

/** Parameters that are moments, and lists of which one is enough. */
const MOMENTS = new Set(['until', 'secretUntil', 'on'])
const CHOICES = new Set(['takes', 'values', 'types'])

/** Names of the policy that the page has a word for. */
const titleOf = (type: string): string => kinds.find((kind) => kind.type.name === type)?.tab ?? type
const tierNamed = (tier: string): string => String(textNamed(`tier_${tier}`) ?? tier)
const WORDS: { readonly [name: string]: (value: string) => string } = {
  ...{ type: titleOf, types: titleOf },
  ...{ tier: tierNamed, tiers: tierNamed },
}

/** A parameter as the page's language writes it. */
function shownAs(name: string, value: SentenceParams[string]): string | number {
  const wordOf = own(WORDS, name) ?? ((word) => word)
  // A number that cannot be read is none in JSON.
  if (typeof value === 'object' && value !== null) {
    if (value.length === 0) return '—'
    return new Intl.ListFormat(boot.lang, { type: CHOICES.has(name) ? 'disjunction' : 'conjunction' }).format(
      value.map((one) => isolated(wordOf(one))),
    )
  }
  if (typeof value === 'string') return wordOf(value)
  if (!MOMENTS.has(name)) return value
  return Math.abs(Number(value ?? Number.NaN)) <= 8.64e15 ? minuteOf(Number(value)) : '—'
}

/** A sentence, marked as English where it is. */
export function Told({ about, of }: { readonly about: About; readonly of: Sentence }) {
  if (/^en\b/i.test(boot.lang) || isTold(about, of.code)) return <>{tell(about, of)}</>
  return (
    <span lang="en" dir="ltr">
      {of.message}
    </span>
  )
}

/** Why a request is refused, and what to do then. The engine's own sentence says both. */
export function Refused({ of }: { readonly of: Sentence }) {
  return (
    <>
      <Told about="refusal" of={of} />{' '}
      {isTold('refusal', of.code) && tell('reason', { code: `${of.code}_help`, message: '' })}
    </>
  )
}
