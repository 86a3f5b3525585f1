/**
 * Keeps the stylesheet of the hub's page to the page: every rule counts below `.hub` alone, so that a host's own shell around it stays as
 * it is. Left as they are: the variables of `:root`, and what is about the document (`html …`, `.hub-page`).
 */

/** What has rules in it that count as those outside. */
const GROUPS = /^@(media|supports|layer|container)\b/

/** Scopes a stylesheet without comments, as a bundler has minified it. */
export function scoped(css: string): string {
  return blocksOf(css)
    .map(({ head, body }) => {
      if (body === undefined) return head
      if (GROUPS.test(head)) return `${head}{${scoped(body)}}`
      return head.startsWith('@') ? `${head}{${body}}` : `${split(head, ',').map(below).join()}{${body}}`
    })
    .join('')
}

/** A selector, below the page. */
function below(selector: string): string {
  const text = selector.trim()
  if (/^(:root|html|\.hub\b|\.hub-page|:where\(html)/.test(text)) return text
  return `.hub ${text}`
}

interface Block {
  readonly head: string
  readonly body?: string
}

/** The rules of a stylesheet; one without a body is such as `@charset "utf-8";`. */
function blocksOf(css: string): readonly Block[] {
  const blocks: Block[] = []
  let start = 0
  let open = -1
  let depth = 0
  for (const { at, letter } of bare(css)) {
    if (letter === '{' && depth++ === 0) open = at
    else if (letter === '}' && --depth === 0) {
      blocks.push({ head: css.slice(start, open).trim(), body: css.slice(open + 1, at) })
      start = at + 1
    } else if (letter === ';' && depth === 0) {
      blocks.push({ head: css.slice(start, at + 1).trim() })
      start = at + 1
    }
  }
  return blocks
}

/** A text cut at a letter, but not within brackets and quotes. */
function split(text: string, cut: string): readonly string[] {
  const parts: string[] = []
  let start = 0
  let depth = 0
  for (const { at, letter } of bare(text)) {
    if (letter === '(' || letter === '[') depth++
    else if (letter === ')' || letter === ']') depth--
    else if (letter === cut && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}

/** The letters of a text that are neither escaped nor in quotes. */
function* bare(text: string): Generator<{ readonly at: number; readonly letter: string }> {
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string
    if (letter === '\\') at++
    else if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === '"' || letter === "'") quote = letter
    else yield { at, letter }
  }
}
