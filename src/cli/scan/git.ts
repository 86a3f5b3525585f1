/**
 * Runs git in a repository that somebody else may have written: whatever its configuration names as a program is not started, and
 * nothing is fetched.
 */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { CliError } from '../exit.ts'
import { oneLine } from '../io.ts'

/** Before the command: what the configuration of a repository could start. What a command itself can start is said with it. */
const STARTS_NOTHING = [
  '--no-pager',
  ...['log.showSignature=false', 'core.fsmonitor=false', 'core.hooksPath=/dev/null'].flatMap((set) => ['-c', set]),
]

/**
 * A partial clone fetches an object that is missing from whatever its configuration names, with programs named there.
 * GIT_NO_LAZY_FETCH is known from git 2.45 on; the earlier ones are left without a protocol that is allowed.
 */
const FETCHES_NOTHING = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none', GIT_TERMINAL_PROMPT: '0' }

/** What was committed, and not what `git replace` or a graft shows in its place on this machine: others are given the former. */
const AS_IT_IS = { GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: '/dev/null' }

const argsOf = (folder: string, args: readonly string[]): string[] => [...STARTS_NOTHING, '-C', folder, ...args]
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, ...FETCHES_NOTHING, ...AS_IT_IS })

/** What a command of git prints. */
export async function git(folder: string, args: readonly string[]): Promise<string> {
  try {
    const options = { maxBuffer: 16_777_216, env: environment() }
    return (await promisify(execFile)('git', argsOf(folder, args), options)).stdout
  } catch (thrown) {
    throw gitFailure(thrown)
  }
}

/** A command of git that goes on. */
interface RunningGit {
  readonly child: ChildProcessWithoutNullStreams
  /** Resolves at a good end. What git says of a bad one is its own words about the repository. */
  readonly ended: Promise<void>
}

/** Starts a command of git that prints more than fits into memory. */
export function startGit(folder: string, args: readonly string[]): RunningGit {
  const child = spawn('git', argsOf(folder, args), { stdio: 'pipe', env: environment() })
  const ended = endOf(child)
  ended.catch(() => undefined)
  return { child, ended }
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<void> {
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, 2_000)
  })
  const ended = Promise.race([
    once(child, 'close'),
    once(child, 'error').then(([error]) => {
      throw gitFailure(error)
    }),
  ])
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw gitFailure({ code, stderr })
}

function gitFailure(thrown: unknown): CliError {
  const { code, stderr } = Object(thrown) as { readonly code?: unknown; readonly stderr?: unknown }
  if (code === 'ENOENT') return new CliError('files', 'git_missing', 'git is not installed, which --history needs.')
  const said = oneLine(
    String(stderr ?? '')
      .trim()
      .split('\n')[0] ?? '',
  )
  return new CliError('files', 'git_failed', `git says: ${said || `it failed (${String(code)})`}`)
}
