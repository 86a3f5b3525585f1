/** Text in tables of Markdown: what would end a cell, a code span or a line does not. */

/** Text as it stands in a cell. */
export function cell(text: string): string {
  return oneLine(text).replaceAll(/[\\|<>*_`[\]]/g, (character) => `\\${character}`)
}

/** Text as code in a cell. */
export function code(text: string): string {
  const line = oneLine(text).replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return line === '' ? '' : `${fence}${pad}${line}${pad}${fence}`
}

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
