/**
 * The page's files: one script with the parts that it loads, one stylesheet, the texts of each language, and the host's own CSS
 * after the stylesheet. Their names hold a hash of what they say, so that a browser keeps them for ever. All but the last are made by scripts/build-hub.ts.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { ASSETS } from './assets.gen.ts'
import { SECURITY } from './security.ts'

/** A file that is served. */
interface Served {
  readonly type: string
  readonly text: string
  /** Brotli, in base64; absent for what the host wrote. */
  readonly brotli?: string
}

/** The files of one page. */
export interface Files {
  /** The script's name, below the path of the page. */
  readonly script: string
  /** What the script imports before it runs. */
  readonly early: readonly string[]
  /** The names of the stylesheets, in their order. */
  readonly styles: readonly string[]
  /** The name of the file with the texts of a language that the page comes with. */
  textsOf(language: string): string
  /** The name of the file with those that only parts need which are loaded later. */
  laterTextsOf(language: string): string
  /** The answer to a request for one of them; `undefined` for any other name. */
  answer(name: string, request: Request): Promise<Response | undefined>
}

const SCRIPT = 'text/javascript; charset=utf-8'

/** Makes the files, with the host's CSS if it has any. */
export function createFiles(css: string): Files {
  const named = (stem: string, ending: string, text: string): string =>
    `${stem}.${bytesToHex(sha256(utf8ToBytes(text))).slice(0, 16)}.${ending}`
  type ByLanguage = { readonly [tag: string]: { readonly text: string; readonly brotli: string } }
  const namedByLanguage = (stem: string, files: ByLanguage) =>
    new Map(Object.entries(files).map(([tag, file]) => [tag, { ...file, name: named(stem, 'json', file.text) }]))
  const script = named('hub', 'js', ASSETS.script.text)
  const style = named('hub', 'css', ASSETS.style.text)
  const theme = named('theme', 'css', css)
  const parts = Object.entries(ASSETS.parts)
  const texts = namedByLanguage('texts', ASSETS.texts)
  const laterTexts = namedByLanguage('texts-later', ASSETS.laterTexts)
  const served = new Map<string, Served>([
    [script, { type: SCRIPT, ...ASSETS.script }],
    ...parts.map(([name, { text, brotli }]): [string, Served] => [name, { type: SCRIPT, text, brotli }]),
    [style, { type: 'text/css; charset=utf-8', ...ASSETS.style }],
    ...[...texts.values(), ...laterTexts.values()].map(({ name, text, brotli }): [string, Served] => [
      name,
      { type: 'application/json', text, brotli },
    ]),
    ...(css === '' ? [] : ([[theme, { type: 'text/css; charset=utf-8', text: css }]] as const)),
  ])
  return {
    script,
    early: parts.filter(([, { isEarly }]) => isEarly).map(([name]) => name),
    textsOf: (language) => texts.get(language)?.name ?? '',
    laterTextsOf: (language) => laterTexts.get(language)?.name ?? '',
    styles: css === '' ? [style] : [style, theme],
    async answer(name, { headers, method }) {
      const file = served.get(name)
      if (!file) return undefined
      const isBrotli = file.brotli !== undefined && takesBrotli(headers)
      const body = isBrotli ? Uint8Array.from(atob(file.brotli ?? ''), (letter) => letter.charCodeAt(0)) : file.text
      return new Response(method === 'HEAD' ? null : body, {
        headers: {
          ...SECURITY,
          'Content-Type': file.type,
          'Cache-Control': 'public, max-age=31536000, immutable',
          Vary: 'Accept-Encoding',
          ...(isBrotli && { 'Content-Encoding': 'br' }),
        },
      })
    },
  }
}

/** RFC 9110, section 12.5.3: `br` is named, and not with a weight of 0. */
function takesBrotli(headers: Headers): boolean {
  return (headers.get('accept-encoding') ?? '')
    .toLowerCase()
    .split(',')
    .some((one) => /^\s*br\s*(;(?!\s*q=0(\.0*)?\s*$).*)?$/.test(one))
}
