/** What the engine says, in the page's language, by its codes; what has no code that is known here is English, and says so. */
import type { TextKey } from '../texts/index.ts'
import { boot, isText, own, t } from './hub.ts'

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

function keyOf(about: About, code: string | undefined): TextKey | undefined {
  const key = `${about}_${code}`
  if (!isText(key)) return undefined
  return isEnglish && own(boot.texts, key) === undefined ? undefined : key
}

/** A sentence as text. */
export function tell(about: About, { code, message, params = {} }: Sentence): string {
  const key = keyOf(about, code)
  return key ? t(key, params) : message
}

/** A sentence, marked as English where it is. */
export function Told({ about, of }: { readonly about: About; readonly of: Sentence }) {
  if (isEnglish || keyOf(about, of.code)) return <>{tell(about, of)}</>
  return (
    <span lang="en" dir="ltr">
      {of.message}
    </span>
  )
}
