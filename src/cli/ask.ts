/** Questions to a person, on stderr, and what comes in by stdin. A secret is read here and nowhere else. */
import { confirm, isCancel, password, spinner } from '@clack/prompts'
import { CliError } from './exit.ts'
import type { Io } from './io.ts'

const output = process.stderr

/** A yes, or an error: nobody may be asked, or the answer was no. @param yes `--yes`. */
export async function confirmed(io: Io, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return
  if (!io.canAsk)
    throw new CliError('usage', 'not_confirmed', `${question} There is no terminal to ask on: say --yes to do it.`)
  const answer = await confirm({ message: question, initialValue: false, output })
  if (answer !== true) throw new CliError('interrupted', 'not_confirmed', 'Nothing was done.')
}

/** Longer input than this is no secret. */
const MOST_INPUT = 4_096

/** A secret, by prompt on a terminal, or else the whole of stdin. */
export async function readSecret(io: Io): Promise<string> {
  const text = io.canAsk ? await promptSecret() : await readStdin()
  const secret = text.trim()
  if (secret === '')
    throw new CliError('usage', 'secret_missing', 'No secret came in. Type it at the prompt, or send it by stdin.')
  return secret
}

async function promptSecret(): Promise<string> {
  const typed = await password({ message: 'Secret of the token (it is not shown):', output })
  if (isCancel(typed)) throw new CliError('interrupted', 'not_confirmed', 'Nothing was done.')
  return typed ?? ''
}

async function readStdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk
    if (text.length > MOST_INPUT)
      throw new CliError('usage', 'secret_missing', 'What came by stdin is too long for a secret.')
  }
  return text
}

/** Shows that something long goes on, on a terminal. */
export interface Progress {
  tell(message: string): void
  end(message: string): void
}

/** Starts it; without a terminal nothing is said until the end. */
export function startProgress(io: Io, message: string): Progress {
  if (!io.canAsk || io.json) return { tell: () => undefined, end: (last) => io.say(last) }
  const turning = spinner({ output })
  turning.start(message)
  return { tell: (next) => turning.message(next), end: (last) => turning.stop(last) }
}
