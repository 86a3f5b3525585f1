/** The HTML around the page, and the short pages that say why there is none. Nothing of it is a script. */
import type { Files } from './assets.ts'
import type { Boot } from './boot.ts'
import type { Language } from './language.ts'
import type { HubOptions } from './options.ts'
import type { TextKey } from './texts/index.ts'

/** What a page of the hub is made of, for a document of the hub's own or of a host's. */
export interface HubParts {
  /** The status of the answer. */
  readonly status: number
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** What the title of the document says, as text. */
  readonly title: string
  /** What goes into the head: stylesheets and the script. */
  readonly head: string
  /** What goes where the page is to be, outside of another `<main>`. */
  readonly body: string
  /** Headers that the document has to have. */
  readonly headers: Readonly<Record<string, string>>
}

/** What the parts are made of. */
export interface Drawn {
  readonly options: HubOptions
  readonly files: Files
  readonly language: Language
  /** For a document whose policy lets only what has it be loaded. */
  readonly nonce?: string | undefined
}

/** The page: what it needs to draw at once, and where its files are. */
export function pageOf(drawn: Drawn, boot: Boot): Pick<HubParts, 'head' | 'body'> {
  const { files, language } = drawn
  const { basePath = '' } = drawn.options
  const { title, loading, noScript } = language.words
  const waiting = (text: string): string =>
    `<main class="notice"><h1>${escaped(title)}</h1><p class="card">${escaped(text)}</p></main>`
  return {
    head: `${stylesOf(drawn)}
<link rel="preload" href="${basePath}/${files.textsOf(language.file)}" as="fetch" crossorigin>
${files.early.map((name) => `<link rel="modulepreload" href="${basePath}/${name}"${nonceOf(drawn)}>`).join('\n')}
<script type="module" src="${basePath}/${files.script}"${nonceOf(drawn)}></script>`,
    body: `<div id="hub" class="hub" ${languageOf(language)}>${waiting(loading)}</div>
<noscript><div class="hub">${waiting(noScript)}</div></noscript>
<script type="application/json" id="boot">${inScript(boot)}</script>`,
  }
}

function stylesOf(drawn: Drawn): string {
  const { basePath = '' } = drawn.options
  const link = (name: string): string => `<link rel="stylesheet" href="${basePath}/${name}"${nonceOf(drawn)}>`
  return drawn.files.styles.map(link).join('\n')
}

const nonceOf = ({ nonce }: Drawn): string => (nonce === undefined ? '' : ` nonce="${escaped(nonce)}"`)

/** The title of the document, as text. */
export function titleOf({ options: { product }, language: { words } }: Drawn): string {
  return product === undefined ? words.title : `${words.title} · ${product}`
}

/** A document of the hub's own; `header` is the host's, above the page. */
export function documentOf(drawn: Drawn, { head, body }: Pick<HubParts, 'head' | 'body'>, header = ''): string {
  return `<!doctype html>
<html ${languageOf(drawn.language)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(titleOf(drawn))}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body class="hub-page">
${header === '' ? '' : `${header}\n`}${body}
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
} as const satisfies { readonly [what: string]: TextKey }

/** A short page that says why there is no other, and leads on from there. */
export function noticeOf(what: keyof typeof NOTICES, drawn: Drawn): Pick<HubParts, 'head' | 'body'> {
  const { signIn, product, basePath = '' } = drawn.options
  const { words } = drawn.language
  const page = basePath || '/'
  const link = {
    signedOut: { href: signIn, label: words.signIn },
    token: { href: signIn, label: words.signIn },
    missing: { href: page, label: words.toTokens },
    unreadable: { href: page, label: words.toTokens },
    failed: { href: page, label: words.reload },
  }[what]
  return {
    head: stylesOf(drawn),
    body: `<div class="hub" ${languageOf(drawn.language)}>
<main class="notice">
${product === undefined ? '' : `<p class="product">${escaped(product)}</p>\n`}<h1>${escaped(words.title)}</h1>
<div class="card">
<p>${escaped(words[NOTICES[what]])}</p>
${link.href === undefined ? '' : `<a class="button" href="${escaped(link.href)}">${escaped(link.label)}</a>\n`}</div>
</main>
</div>`,
  }
}

/** The attributes that name a language and how it is written. */
const languageOf = ({ lang, dir }: Language): string => `lang="${escaped(lang)}"${dir === 'rtl' ? ' dir="rtl"' : ''}`

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
