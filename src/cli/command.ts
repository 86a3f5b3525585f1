/**
 * How a command is declared: the options that all have, those that it cannot do without, and how values are read. Which commands
 * there are: cli/program.ts.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { CliError } from './exit.ts'
import { type CommonOptions, inSession, type Session } from './session.ts'

/** What a command does in its session, with its arguments and its flags. */
type Run<Flags> = (session: Session, flags: Flags, ...args: string[]) => Promise<void>

/** A command with the options that all have. @param example what stands behind the name of the program. */
export function command<Flags>(
  program: Command,
  spec: string,
  what: string,
  example: string,
  run: Run<Flags>,
): Command {
  const made = program.command(spec).description(what)
  made
    .option(
      '-c, --config <file>',
      'the configuration, instead of the nearest plan-access-tokens.config.{ts,mts,mjs,js}',
    )
    .option('--json', 'prints JSON for programs')
    .option('--no-color', 'prints no colours, as NO_COLOR does')
    .addHelpText('after', `\nExample:\n  $ npx plan-access-tokens ${example}`)
    .action(async (...given: unknown[]) => {
      const flags = made.opts<Flags & CommonOptions>()
      refuseMissing(made)
      const args = given.slice(0, made.registeredArguments.length) as string[]
      await inSession(flags, (session) => run(session, flags, ...args))
    })
  return made
}

/** A command that somebody has to be an admin for. */
export function managing<Flags>(...[program, spec, what, example, run]: Parameters<typeof command<Flags>>): Command {
  return command<Flags>(program, spec, what, example, run).option(
    '-a, --actor <id>',
    'who does it: a plan admin, by the id that the directory knows (over a store)',
  )
}

const REQUIRED = new WeakSet<Option>()

/** An option that the command cannot do without. Commander would tell of one at a time, and before an unknown one. */
export function required(flags: string, description: string): Option {
  const option = new Option(flags, `${description} (required)`)
  REQUIRED.add(option)
  return option
}

function refuseMissing(command: Command): void {
  const missing = command.options.filter(
    (option) => REQUIRED.has(option) && command.getOptionValue(option.attributeName()) === undefined,
  )
  if (missing.length === 0) return
  const names = missing.map(({ flags }) => flags.replace(/^-\w, /, '')).join(', ')
  throw new CliError('usage', 'usage', `Missing: ${names}. See "plan-access-tokens help ${command.name()}".`)
}

/** The number of an option that takes a whole one. */
export function whole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

/** The moment of an option that takes a date: a day, which begins at midnight UTC, or a time with its zone. */
export function date(text: string): number {
  const isOne = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(text)
  const at = isOne ? Date.parse(text) : Number.NaN
  // A day that there is not, such as 31 February, would be read as another.
  if (Number.isFinite(at) && isDay(text.slice(0, 10))) return at
  throw new InvalidArgumentError('It must be a date, such as 2027-12-31 or 2027-12-31T18:00Z.')
}

const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)

/** The seconds of an option that takes a duration: 0.1 to 3,600. */
export function seconds(text: string): number {
  const value = Number(text)
  if (/^[\d.]+$/.test(text) && value >= 0.1 && value <= 3_600) return value
  throw new InvalidArgumentError('It must be 0.1 to 3600 seconds.')
}

/** Gathers words of an option that may come several times: `key=value`, up to the first `=`. */
export function words(text: string, before: Words = {}): Words {
  const at = text.indexOf('=')
  const key = text.slice(0, Math.max(0, at))
  if (key === '' || key === '__proto__') throw new InvalidArgumentError('It must be KEY=VALUE.')
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError('This key is there twice.')
  return { ...before, [key]: text.slice(at + 1) }
}

type Words = Readonly<Record<string, string>>

/** Gathers the values of an option that may come several times. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text]
