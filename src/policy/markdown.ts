/** What comes out of a policy, in Markdown: as code, so that nothing of it is a mention, a link, a tag, or the end of a cell. */
import { oneLine } from '../core/one-line.ts'

/** Text as code in a cell of a table. */
export function code(text: string): string {
  // Behind a backslash, one more would not keep a pipe from ending the cell.
  const escaped = (_: string, slashes: string): string => (slashes === '' ? '\\|' : `${slashes}\\u{7c}`)
  return span(text.replaceAll(/(\\*)\|/g, escaped))
}

/** Text as code in a line that is no row of a table. */
export function span(text: string): string {
  const line = oneLine(text)
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return line === '' ? '' : `${fence}${pad}${line}${pad}${fence}`
}
