/** Runs the command line: reads the arguments, starts the command, and ends with the exit code that belongs to what happened. */
import { CommanderError } from 'commander'
import { refuseSecrets } from './arguments.ts'
import { CliError, EXIT_CODES } from './exit.ts'
import { failureOf } from './failure.ts'
import { endWithReader, flushed, tellFailure } from './io.ts'
import { createProgram } from './program.ts'

/** Runs one command line, without the names of Node and of the program, and ends the process. */
export async function main(args: readonly string[]): Promise<void> {
  endWithReader()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted)
  try {
    refuseSecrets(args)
    await createProgram().parseAsync(args, { from: 'user' })
  } catch (thrown) {
    process.exitCode = end(thrown, args)
  }
  await flushed()
  // What a configuration has opened and does not close keeps nobody waiting.
  process.exit()
}

function end(thrown: unknown, args: readonly string[]): number {
  const json = args.includes('--json')
  const color = !args.includes('--no-color')
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT_CODES.done.code
  // Without a command, the help has been printed.
  if (thrown instanceof CommanderError && thrown.code === 'commander.help') return EXIT_CODES.usage.code
  const failure =
    thrown instanceof CommanderError
      ? new CliError('usage', 'usage', thrown.message.replace(/^error: /, ''))
      : failureOf(thrown)
  tellFailure(failure, json, color)
  return EXIT_CODES[failure.exit].code
}

/** A transaction that is open ends with the connection: a migration that is interrupted leaves nothing half-done. */
function interrupted(): void {
  process.stderr.write('\nInterrupted.\n')
  process.exit(EXIT_CODES.interrupted.code)
}
