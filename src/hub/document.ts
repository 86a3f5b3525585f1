/** The HTML around the page, and the short pages that say why there is none. Nothing of it is a script. */
import type { Files } from './assets.ts'
import type { Boot } from './boot.ts'
import type { HubOptions } from './options.ts'
import { HUB_TEXTS, type TextKey } from './texts/index.ts'

/** The page: what it needs to draw at once, and where its files are. */
export function pageOf(options: HubOptions, files: Files, boot: Boot): string {
  const { texts, basePath = '' } = options
  const words = { ...HUB_TEXTS, ...texts }
  const waiting = (text: string): string =>
    `<main class="notice"><h1>${escaped(words.title)}</h1><p class="card">${escaped(text)}</p></main>`
  return `${headOf(options, files)}
<script type="module" src="${basePath}/${files.script}"></script>
</head>
<body>
<div id="hub">${waiting(words.loading)}</div>
<noscript>${waiting(words.noScript)}</noscript>
<script type="application/json" id="boot">${inScript(boot)}</script>
</body>
</html>
`
}

/** The beginning of every page, but for the end of its head. */
function headOf({ lang = 'en', texts, product, basePath = '' }: HubOptions, files: Files): string {
  const { title } = { ...HUB_TEXTS, ...texts }
  const styles = files.styles.map((name) => `<link rel="stylesheet" href="${basePath}/${name}">`).join('\n')
  return `<!doctype html>
<html ${languageOf(lang)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(product === undefined ? title : `${title} · ${product}`)}</title>
<link rel="icon" href="data:,">
${styles}`
}

/** Why there is no page: the text of each. */
const NOTICES = {
  signedOut: 'noticeSignedOut',
  token: 'noticeToken',
  missing: 'noticeMissing',
  unreadable: 'noticeUnreadable',
  failed: 'noticeFailed',
} as const satisfies { readonly [what: string]: TextKey }

/** A short page that says why there is no other, and leads on from there. */
export function noticeOf(what: keyof typeof NOTICES, options: HubOptions, files: Files): string {
  const { texts, signIn, product, basePath = '' } = options
  const words = { ...HUB_TEXTS, ...texts }
  const page = basePath || '/'
  const link = {
    signedOut: { href: signIn, label: words.signIn },
    token: { href: signIn, label: words.signIn },
    missing: { href: page, label: words.toTokens },
    unreadable: { href: page, label: words.toTokens },
    failed: { href: page, label: words.reload },
  }[what]
  return `${headOf(options, files)}
</head>
<body>
<main class="notice">
${product === undefined ? '' : `<p class="product">${escaped(product)}</p>\n`}<h1>${escaped(words.title)}</h1>
<div class="card">
<p>${escaped(words[NOTICES[what]])}</p>
${link.href === undefined ? '' : `<a class="button" href="${escaped(link.href)}">${escaped(link.label)}</a>\n`}</div>
</main>
</body>
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
