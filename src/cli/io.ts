/**
 * What a command prints: data to stdout, talk to stderr. Colours only for a terminal, and none with NO_COLOR or `--no-color`.
 * A reader that goes away, such as `head`, ends the command quietly.
 */
import pc from 'picocolors'
import { type CliError, EXIT_CODES } from './exit.ts'

/** Colours, or functions that change nothing. */
type Colors = ReturnType<typeof pc.createColors>

/** How a command talks. */
export interface Io {
  /** Whether programs read the data: JSON. */
  readonly json: boolean
  /** For stdout. */
  readonly colors: Colors
  /** Writes a line of data. */
  data(line: string): void
  /** Writes text as it is, for a file or another program; on a terminal nothing acts. Resolves when there is room for more. */
  text(text: string): Promise<void>
  /** Writes a line for people. */
  say(line: string): void
  /** Writes a warning for people. */
  warn(line: string): void
  /** Whether a person can be asked. */
  readonly canAsk: boolean
}

/** Makes it. */
export function createIo({ json, color }: { readonly json: boolean; readonly color: boolean }): Io {
  const { stdout, stderr, stdin } = process
  const onError = pc.createColors(wantsColor(color, stderr))
  return {
    json,
    colors: pc.createColors(!json && wantsColor(color, stdout)),
    data: (line) => void stdout.write(`${json ? plainJson(line) : line}\n`),
    async text(text) {
      const shown = stdout.isTTY === true ? plain(text.replaceAll('\r\n', '\n')) : text
      if (!stdout.write(shown)) await new Promise<void>((resolve) => stdout.once('drain', resolve))
    },
    say: (line) => void stderr.write(`${line}\n`),
    warn: (line) => void stderr.write(`${onError.yellow('warning:')} ${line}\n`),
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
  }
}

/** NO_COLOR counts where it is not empty (no-color.org). */
function wantsColor(flag: boolean, stream: NodeJS.WriteStream): boolean {
  if (!flag || process.env.NO_COLOR) return false
  return Boolean(process.env.FORCE_COLOR) || (stream.isTTY === true && process.env.TERM !== 'dumb')
}

/** Tells of an error: in words, or with `--json` as one line of JSON. Both go to stderr. */
export function tellFailure({ code, exit, message, issues }: CliError, json: boolean, color: boolean): void {
  const { red } = pc.createColors(wantsColor(color, process.stderr))
  process.stderr.write(
    json
      ? `${plainJson(JSON.stringify({ error: { code, exit: EXIT_CODES[exit].code, message, issues } }))}\n`
      : `${red('error:')} ${plain(message)}\n`,
  )
}

/** A reader that went away needs nothing more. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT_CODES.done.code)
      throw error
    })
}

/** Resolves when everything was handed over to the system. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => void stream.write('', () => resolve()))
}

const ACTED_ON = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** Control characters, and what turns the direction of writing, as escapes: what is shown came from elsewhere. */
export function plain(text: string): string {
  return text.replaceAll(ACTED_ON, (one) => `\\u{${one.charCodeAt(0).toString(16)}}`)
}

/** `plain` without line breaks and tabs: a value begins no line of its own, which could say anything. */
export const oneLine = (text: string): string => plain(text).replaceAll(/[\n\t]/g, ' ')

/** JSON of the same meaning, without what `JSON.stringify` leaves as it is and a terminal acts on. */
const plainJson = (text: string): string =>
  text.replaceAll(ACTED_ON, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
