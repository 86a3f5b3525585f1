/** What the engine says, in the page's language, by its codes; what has no code that is known here is English, and says so. */
import type { PluralKey, TextKey } from '../texts/index.ts'
import { boot, count, own, t, textNamed } from './hub.ts'

/** A sentence of the engine, with its code where it has one. */
interface Sentence {
  readonly code?: string | undefined
  readonly message: string
  readonly params?: { readonly [name: string]: string | number } | undefined
}

/** What a code is about. */
type About = 'issue' | 'refusal' | 'rule' | 'error'

/** The engine's own sentences say more, such as what a right link looks like. */
const isEnglish = /^en\b/i.test(boot.lang)

/** Whether the page says it in its own words. */
function isTold(about: About, code: string | undefined): boolean {
  const key = `${about}_${code}`
  return textNamed(key) !== undefined && (!isEnglish || own(boot.texts, key) !== undefined)
}

/** A sentence as text. What is about a number is so about the first of its parameters. */
export function tell(about: About, { code, message, params = {} }: Sentence): string {
  if (!isTold(about, code)) return message
  const key = `${about}_${code}`
  if (typeof textNamed(key) === 'string') return t(key as TextKey, params)
  const number = Object.values(params).find((value) => typeof value === 'number')
  return count(Number(number ?? 0), key as PluralKey, params)
}

/** A sentence, marked as English where it is. */
export function Told({ about, of }: { readonly about: About; readonly of: Sentence }) {
  if (isEnglish || isTold(about, of.code)) return <>{tell(about, of)}</>
  return (
    <span lang="en" dir="ltr">
      {of.message}
    </span>
  )
}
