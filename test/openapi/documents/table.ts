/** The table of docs/openapi.md: what scripts/openapi-table.ts writes, and what the test holds to the documents. */
import type { OpenApiReport } from 'plan-access-tokens/openapi'

const COLUMNS = [
  ...['document', 'package', 'operations', 'mapped, open', 'mapped, closed', 'not reviewed', 'left out'],
  ...['MB of text', 'CPU seconds', 'MB of memory'],
]

/** The first two lines of the table. */
export const HEAD = [`| ${COLUMNS.join(' | ')} |`, `| ${COLUMNS.map((_, i) => (i < 2 ? '---' : '---:')).join(' | ')} |`]

/** The cells of a document that are the same on every machine. */
export function rowOf(name: string, from: string, counts: OpenApiReport['counts']): readonly string[] {
  const { operations, mapped, closed, notReviewed, leftOut } = counts
  const numbers = [operations, mapped - closed, closed, notReviewed, leftOut]
  return [name, `\`${from}\``, ...numbers.map((number) => number.toLocaleString('en'))]
}

/** The page with other lines in place of its table. */
export function withTable(page: string, lines: readonly string[]): string {
  const old = page.split('\n')
  const from = old.indexOf(HEAD[0] as string)
  if (from === -1) throw new Error(`The page has no line "${HEAD[0]}".`)
  const after = old.findIndex((line, i) => i > from && !line.startsWith('|'))
  return [...old.slice(0, from), ...lines, ...old.slice(after)].join('\n')
}

/** The rows of the page's table, each as its cells. */
export function rowsOf(page: string): readonly (readonly string[])[] {
  const lines = page.split('\n')
  const from = lines.indexOf(HEAD[0] as string) + HEAD.length
  const after = lines.findIndex((line, i) => i > from && !line.startsWith('|'))
  return lines.slice(from, after).map((line) => line.slice(2, -2).split(' | '))
}
