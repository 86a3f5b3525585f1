/**
 * Which language the page speaks to whom: by the host's option, by a request, and by what there is. What it says in it: hub/texts/
 * (English) and hub/languages/, of which scripts/build-hub.ts makes files.
 */

import { isDictionary } from '../core/objects.ts'
import type { Awaitable } from '../ports.ts'
import { ASSETS } from './assets.gen.ts'
import { textsIn } from './texts/file.ts'
import type { HubTexts } from './texts/index.ts'

/** What of the options says which language the page speaks. */
export interface LanguageOptions {
  /**
   * The language of the page, such as `de-AT`, or a function that says which one a request is for: out of your session, or
   * `acceptLanguage`. Arabic, English, French, German, Japanese and Spanish come with the page, for any region. One that is written
   * from right to left turns the page around. Default `en`.
   */
  readonly lang?: string | ((request: Request) => Awaitable<string | undefined>)
  /** By language, texts in place of the page's own, or those of a language that does not come with it. What is left out is English. */
  readonly languages?: { readonly [tag: string]: Partial<HubTexts> }
  /** Texts in place of those of `HUB_TEXTS`, whatever the language. */
  readonly texts?: Partial<HubTexts>
}

/** The languages that come with the page, by their tags (BCP 47), without a region. */
export const HUB_LANGUAGES: readonly string[] = Object.keys(ASSETS.texts)

/** A language as the page speaks it. */
export interface Language {
  /** As it was asked for, with its region: `de-AT`. */
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** The language whose file has the texts. */
  readonly file: string
  /** The host's texts in place of these. */
  readonly own: Partial<HubTexts>
  /** All texts, for what is written on the server. */
  readonly words: HubTexts
}

/** Whether a value is the tag of a language. */
export function isLanguage(lang: unknown): lang is string {
  try {
    return typeof lang === 'string' && Intl.getCanonicalLocales(lang).length === 1
  } catch {
    return false
  }
}

/** The one of some languages that fits a tag best: itself, or less and less of it (RFC 4647, section 3.4). */
function lookUp(tag: string, languages: readonly string[]): string | undefined {
  const known = new Map(languages.map((one) => [one.toLowerCase(), one]))
  for (const parts = tag.toLowerCase().split('-'); parts.length > 0; parts.pop()) {
    const found = known.get(parts.join('-'))
    if (found !== undefined) return found
  }
  return undefined
}

/** Longer than what any browser sends. */
const LONGEST_HEADER = 1_000

/**
 * The language that a person's browser asks for, of those that come with the page or of others that you name: the first by weight
 * of `Accept-Language` (RFC 9110, section 12.5.4), with its region. `undefined` if there is none. For the option `lang`.
 *
 * @example
 * hubHandler({ ...options, lang: async (request) => (await sessionOf(request))?.language ?? acceptLanguage(request) })
 */
export function acceptLanguage(request: Request, languages: readonly string[] = HUB_LANGUAGES): string | undefined {
  const header = (request.headers.get('accept-language') ?? '').slice(0, LONGEST_HEADER)
  const ranges = header.split(',').map((part) => {
    const [tag = '', ...parameters] = part.split(';').map((word) => word.trim())
    const weight = parameters.find((word) => /^q=/i.test(word))?.slice(2)
    return { tag, weight: weight === undefined ? 1 : Number(weight) || 0 }
  })
  const liked = ranges.filter(({ tag, weight }) => weight > 0 && isLanguage(tag)).sort((a, b) => b.weight - a.weight)
  return liked.find(({ tag }) => lookUp(tag, languages) !== undefined)?.tag
}

/** All texts of a language, by their names. */
function allTextsOf(file: string): HubTexts {
  const [early, later] = [ASSETS.texts, ASSETS.laterTexts].map((texts) =>
    textsIn(JSON.parse(texts[file]?.text ?? '{}'), (number) => ASSETS.textNames[number] ?? ''),
  )
  return { ...early, ...later, ...ASSETS.serverTexts[file] } as unknown as HubTexts
}

/** Gives the language of a request; of none it is English where it would be asked for. What the host's function throws, and what is no language, is told, and the page is English. */
export function createLanguages(
  { lang: asked = 'en', languages = {}, texts }: LanguageOptions,
  tell: (error: unknown) => void,
): (request: Request | undefined) => Promise<Language> {
  const parsed = new Map<string, HubTexts>()
  const wordsOf = (file: string): HubTexts => {
    const words = parsed.get(file) ?? allTextsOf(file)
    parsed.set(file, words)
    return words
  }
  const tagOf = async (request: Request | undefined): Promise<string> => {
    const tag = typeof asked === 'function' ? ((request && (await asked(request))) ?? 'en') : asked
    if (isLanguage(tag)) return tag
    throw new TypeError('lang() must give a language such as "pt-BR", or nothing.')
  }
  return async (request) => {
    const tag = await tagOf(request).catch((error: unknown) => {
      tell(error)
      return 'en'
    })
    const [file, own] = [lookUp(tag, HUB_LANGUAGES), lookUp(tag, Object.keys(languages))]
    // A person's language in which there is no text: the page is English, and says so to screen readers.
    const isSpoken = file !== undefined || own !== undefined || isDictionary(texts) || typeof asked === 'string'
    const lang = isSpoken ? tag : 'en'
    const ownTexts = { ...(own !== undefined && languages[own]), ...texts }
    return {
      ...{ lang, dir: directionOf(lang), file: file ?? 'en', own: ownTexts },
      words: { ...wordsOf(file ?? 'en'), ...ownTexts },
    }
  }
}

const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa'])

/** How a language is written. */
function directionOf(lang: string): 'ltr' | 'rtl' {
  const { script = '' } = new Intl.Locale(lang).maximize()
  return RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr'
}
