/** How the demo looks: lines of at most 98 columns, in colour where that is wanted. What is said is the story's affair. */

const WIDTH = 98
/** Where a step's explanation begins, and how wide its columns are. */
const INDENT = 6
const WHO = 14
const WHAT = 52

const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const
type Style = keyof typeof STYLES

/** What an outcome is, which decides on its colour: something passed, was refused as it should be, or is wrong. */
type Tone = 'passed' | 'refused' | 'wrong'
const TONES = { passed: 'green', refused: 'yellow', wrong: 'red' } as const satisfies Record<Tone, Style>

/** One numbered line: who does what, and what comes of it. */
interface StepLine {
  readonly number: number
  readonly who: string
  readonly what: string
  readonly outcome: string
  readonly tone: Tone
}

/** Writes the parts that the demo consists of. */
export interface Printer {
  title(text: string): void
  /** A paragraph. */
  say(text: string): void
  step(line: StepLine): void
  /** Sentences below a step, each on lines of its own. */
  why(...sentences: readonly string[]): void
  /** Lines as they are, below a step. */
  lines(lines: readonly string[]): void
  /** Rows with aligned columns; the last one is wrapped. */
  table(rows: readonly (readonly string[])[], options?: { readonly head: readonly string[] }): void
  /** Something that is shown once. */
  box(lines: readonly string[]): void
  summary(text: string, tone: Tone): void
}

/** Whether a stream wants colour: a terminal that does, and nobody who asked for none (https://no-color.org). */
export function wantsColor(
  stream: { readonly isTTY?: boolean | undefined },
  env: { readonly [variable: string]: string | undefined },
): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}

/** Makes a printer. */
export function createPrinter(write: (text: string) => void, isColored: boolean): Printer {
  const paint = (style: Style, text: string): string => {
    const [on, off] = STYLES[style]
    return isColored ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }
  const put = (text = ''): void => write(`${text.trimEnd()}\n`)
  const below = (text: string): void => put(`${' '.repeat(INDENT)}${text}`)

  return {
    title(text) {
      put()
      put(paint('bold', text))
      put(paint('dim', '─'.repeat(WIDTH)))
    },
    say(text) {
      for (const line of wrap(text, WIDTH - 2)) put(`  ${line}`)
    },
    step({ number, who, what, outcome, tone }) {
      const place = paint('dim', String(number).padStart(INDENT - 2))
      put(`${place}  ${paint('bold', column(who, WHO))}${column(what, WHAT)}${paint(TONES[tone], outcome)}`)
    },
    why(...sentences) {
      for (const line of sentences.flatMap((sentence) => wrap(sentence, WIDTH - INDENT))) below(paint('dim', line))
    },
    lines(lines) {
      for (const line of lines) below(line)
    },
    table(rows, { head } = { head: [] }) {
      const all = head.length > 0 ? [head, ...rows] : rows
      const widths = (all[0] ?? []).map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)) + 2)
      const used = widths.slice(0, -1).reduce((sum, width) => sum + width, INDENT)
      for (const [i, row] of all.entries()) {
        const cells = row.slice(0, -1).map((cell, at) => cell.padEnd(widths[at] ?? 0))
        for (const [at, line] of wrap(row.at(-1) ?? '', WIDTH - used).entries()) {
          const text = `${at === 0 ? cells.join('') : ' '.repeat(used - INDENT)}${line}`
          below(head.length > 0 && i === 0 ? paint('dim', text) : text)
        }
      }
    },
    box(lines) {
      const width = Math.max(...lines.map((line) => line.length))
      below(`┌${'─'.repeat(width + 2)}┐`)
      for (const line of lines) below(`│ ${paint('bold', line.padEnd(width))} │`)
      below(`└${'─'.repeat(width + 2)}┘`)
    },
    summary(text, tone) {
      put()
      put(paint('bold', paint(TONES[tone], text)))
    },
  }
}

/** A column of at least so many characters; what is longer pushes the next one away. */
function column(text: string, width: number): string {
  return `${text}  `.padEnd(width)
}

/** Breaks text at spaces. A word that is longer than a line stands alone on one. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A moment, in UTC. */
export function moment(ms: number): string {
  const text = new Date(ms).toISOString().replace('T', ' ')
  return `${text.endsWith(':00.000Z') ? text.slice(0, 16) : text.slice(0, -1)} UTC`
}

/** A secret as it may stand in a log: its prefix and four characters. */
export function abbreviated(secret: string): string {
  const start = secret.lastIndexOf('_') + 1
  return `${secret.slice(0, start + 4)}…`
}
