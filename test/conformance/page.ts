/** The tables of docs/figma-conformance.md, for the tests that hold the page to the policy and to the published spec. */
import { readFileSync } from 'node:fs'

/** The whole page. */
export const page = readFileSync(new URL('../../docs/figma-conformance.md', import.meta.url), 'utf8')

/** The rows of the first table below a heading, each as its cells, without the table's head. */
export function tableBelow(heading: string): readonly (readonly string[])[] {
  const lines = page.split('\n')
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (from === -1) throw new Error(`docs/figma-conformance.md has no heading "${heading}".`)
  const first = lines.findIndex((line, i) => i > from && line.startsWith('|'))
  const after = lines.findIndex((line, i) => i > first && !line.startsWith('|'))
  return lines.slice(first + 2, after).map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim()),
  )
}

/** The headings of the page. */
export const headings: readonly string[] = page
  .split('\n')
  .flatMap((line) => (/^#+ /.test(line) ? [line.replace(/^#+ /, '')] : []))
