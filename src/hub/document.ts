/** The HTML around the page, its headers, and the short pages that say why there is none. Nothing of it is a script. */
import type { Files } from './assets.ts'
import type { Boot } from './boot.ts'
import type { HubOptions } from './options.ts'
import { HUB_TEXTS, type HubTexts } from './texts.ts'

/**
 * Headers of every answer. The policy lets nothing be loaded but the page's own files, nothing be sent but to its own origin,
 * and nobody put it into a frame; `require-trusted-types-for` turns text that would become markup into an error.
 */
export const SECURITY = {
  'Content-Security-Policy': [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
    ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const

/** The page: what it needs to draw at once, and where its files are. */
export function pageOf({ lang = 'en', texts, product, basePath = '' }: HubOptions, files: Files, boot: Boot): string {
  const words = { ...HUB_TEXTS, ...texts }
  const title = product === undefined ? words.title : `${words.title} · ${product}`
  const styles = files.styles.map((name) => `<link rel="stylesheet" href="${basePath}/${name}">`).join('\n')
  return `<!doctype html>
<html ${languageOf(lang)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
${styles}
<script type="module" src="${basePath}/${files.script}"></script>
</head>
<body>
<div id="hub"><p class="notice">${escaped(words.loading)}</p></div>
<noscript><p class="notice">${escaped(words.noScript)}</p></noscript>
<script type="application/json" id="boot">${inScript(boot)}</script>
</body>
</html>
`
}

/** Why there is no page: the text of each. */
const NOTICES = {
  signedOut: 'noticeSignedOut',
  token: 'noticeToken',
  missing: 'noticeMissing',
  unreadable: 'noticeUnreadable',
  failed: 'noticeFailed',
} as const satisfies { readonly [what: string]: keyof HubTexts }

/** A short page that says why there is no other. */
export function noticeOf(what: keyof typeof NOTICES, { lang = 'en', texts, signIn }: HubOptions): string {
  const words = { ...HUB_TEXTS, ...texts }
  const link = what === 'signedOut' && signIn !== undefined
  return `<!doctype html>
<html ${languageOf(lang)}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(words.title)}</title></head>
<body><main><h1>${escaped(words.title)}</h1><p>${escaped(words[NOTICES[what]])}</p>${
    link ? `<p><a href="${escaped(signIn)}">${escaped(words.signIn)}</a></p>` : ''
  }</main></body>
</html>
`
}

const RIGHT_TO_LEFT = new Set(['Adlm', 'Arab', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa'])

/** The attributes that name a language and, where it is written from right to left, say so. */
function languageOf(lang: string): string {
  const { script = '' } = new Intl.Locale(lang).maximize()
  return `lang="${escaped(lang)}"${RIGHT_TO_LEFT.has(script) ? ' dir="rtl"' : ''}`
}

const ESCAPES: { readonly [letter: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? '')
}

/** JSON that cannot end the element that it stands in, nor open a comment or another script in it. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
