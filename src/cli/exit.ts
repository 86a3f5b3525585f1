/** How a command ends: the exit codes, one table for the program, its help and docs/cli.md, and the error that carries one. */

/** What a command ends with. */
export const EXIT_CODES = {
  done: { code: 0, when: 'done' },
  found: {
    code: 1,
    when: 'the command worked and the answer is bad news: `explain` refuses, `scan` finds a secret, `doctor` a problem',
  },
  usage: {
    code: 2,
    when: 'the command line is wrong: an unknown flag, a missing one, a secret as an argument, a question without a terminal',
  },
  config: {
    code: 3,
    when: 'the project is not set up: no configuration, one that throws or is wrong, a Node that is too old',
  },
  refused: { code: 4, when: 'the call was refused: wrong input, no right, no such token, a conflict' },
  unavailable: {
    code: 5,
    when: 'the store, the directory or the API did not answer, or cannot be used yet; nothing is promised, try again',
  },
  files: { code: 6, when: 'a file cannot be read or written; nothing was written' },
  internal: { code: 70, when: 'a mistake of the command line itself' },
  interrupted: { code: 130, when: 'interrupted, with Ctrl-C or SIGTERM, or a question was answered with no' },
} as const satisfies { readonly [name: string]: { readonly code: number; readonly when: string } }

/** The name of an exit code. */
export type Exit = keyof typeof EXIT_CODES

/** A command that cannot go on. Holds no secret. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exit: Exit
  /** For programs: `usage`, `config_missing`, or the code of the call that failed. */
  readonly code: string
  /** What is wrong with which part of an input, where there are several. */
  readonly issues: readonly { readonly path: string; readonly message: string }[]

  constructor(exit: Exit, code: string, message: string, issues: CliError['issues'] = []) {
    super(message)
    this.exit = exit
    this.code = code
    this.issues = issues
  }
}
