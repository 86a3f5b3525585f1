/**
 * Reads the documents: code blocks, headings, links and tables, each with its line. What is held against them: blocks.ts for
 * code, links.ts for links, the tests for tables.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** One fenced block. Lines are counted from 1; `line` is that of the first line of code. */
export interface Block {
  readonly file: string
  readonly line: number
  readonly lang: string
  readonly code: string
}

/** A table, with the cells of its rows as they are written. */
interface Table {
  /** The heading that it stands under. */
  readonly heading: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** One page of the documents. `file` is its path from the root of the repository. */
export interface Page {
  readonly file: string
  readonly blocks: readonly Block[]
  readonly headings: readonly string[]
  readonly links: readonly { readonly target: string; readonly line: number }[]
  readonly tables: readonly Table[]
}

/** The pages that people read: those at the root, and all of docs/ but the API pages, which are generated. */
export function pagesOfRepository(): readonly Page[] {
  const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.md') && !file.startsWith('docs/api/'))
    .sort()
  return ['README.md', ...inDocs, 'CONTRIBUTING.md', 'SECURITY.md'].map((file) =>
    readPage(file, readFileSync(ROOT + file, 'utf8')),
  )
}

/** Reads one page. Throws if a fence is left open. */
export function readPage(file: string, text: string): Page {
  const lines = text.split('\n')
  const blocks = blocksOf(file, lines)
  const inCode = new Set(
    blocks.flatMap(({ line, code }) => code.split('\n').map((_, offset) => line + offset)).map((line) => line - 1),
  )
  const prose = lines.map((line, i) => (inCode.has(i) ? '' : line))
  return {
    file,
    blocks,
    headings: prose.flatMap((line) => headingOf(line) ?? []),
    links: prose.flatMap((line, i) => linksOf(line).map((target) => ({ target, line: i + 1 }))),
    tables: tablesOf(prose),
  }
}

function blocksOf(file: string, lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const [, indent = '', fence = '', lang = ''] = /^(\s*)(`{3,}|~{3,})\s*(\S*)/.exec(lines[i] ?? '') ?? []
    if (fence === '') continue
    const start = i + 1
    do i++
    while (i < lines.length && lines[i]?.trim() !== fence)
    if (i === lines.length) throw new Error(`${file}:${start}: the code block is not closed.`)
    const code = lines.slice(start, i).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    blocks.push({ file, line: start + 1, lang, code: code.join('\n') })
  }
  return blocks
}

function headingOf(line: string): string | undefined {
  return /^#{1,6} +(.*?)\s*#*$/.exec(line)?.[1]
}

/** Targets of `[text](target)` and of `[name]: target`; what stands in backticks is no link. */
function linksOf(line: string): readonly string[] {
  const text = line.replaceAll(/`[^`]*`/g, '')
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map(([, target]) => target ?? '')
  const defined = /^\s*\[[^\]]+\]:\s*<?(\S+?)>?(\s|$)/.exec(text)?.[1]
  return defined === undefined ? inline : [...inline, defined]
}

function tablesOf(lines: readonly string[]): readonly Table[] {
  const tables: Table[] = []
  let heading = ''
  for (const [i, line] of lines.entries()) {
    heading = headingOf(line) ?? heading
    if (!/^\|[\s:|-]+\|$/.test(line) || !lines[i - 1]?.startsWith('|')) continue
    const end = lines.findIndex((other, j) => j > i && !other.startsWith('|'))
    const rows = lines.slice(i + 1, end === -1 ? undefined : end).map(cellsOf)
    tables.push({ heading, head: cellsOf(lines[i - 1] ?? ''), rows })
  }
  return tables
}

function cellsOf(row: string): readonly string[] {
  return row
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
}

/** The anchors of a page's headings as GitHub makes them: a repeated one gets a number. */
export function anchorsOf(headings: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const heading of headings) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-')
    let anchor = slug
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`
    anchors.add(anchor)
  }
  return anchors
}
