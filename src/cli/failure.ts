/**
 * What is said of whatever a command throws: a sentence, an exit code and a code for programs. Errors are told apart by name and
 * code and not by class, since a project may have a copy of the package of its own.
 */
import { safeCause } from '../core/errors.ts'
import { linesOf } from '../core/issue.ts'
import { isObject } from '../core/objects.ts'
import { CliError } from './exit.ts'
import { oneLine } from './io.ts'

/** Codes of calls after which the same call may succeed. */
const PASSING = new Set(['unavailable', 'internal', 'answer_unreadable', 'body_timeout'])

/** Codes of Node for files. */
const OF_FILES = /^(EACCES|EPERM|EROFS|ENOSPC|EISDIR|ENOTDIR|EEXIST|ENOENT|EMFILE|ENAMETOOLONG)$/

/** Makes an error of the command line of whatever was thrown. */
export function failureOf(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown
  if (!isObject(thrown)) return unknownFailure(thrown)
  const { name, code, message, issues } = thrown as { readonly [field: string]: unknown }
  const told = Array.isArray(issues) ? issues.map(issueOf) : []
  const text = withoutBreaks(String(message), told)
  if (name === 'SetupError') return new CliError('config', 'setup', text, told)
  if (name === 'StoreError') return new CliError('unavailable', String(code), text)
  if (name === 'DirectoryError') return new CliError('unavailable', String(code), text)
  if (name === 'PlanTokenError' || name === 'AdminApiError')
    return new CliError(PASSING.has(String(code)) ? 'unavailable' : 'refused', String(code), text, told)
  if (typeof code === 'string' && OF_FILES.test(code) && 'syscall' in thrown)
    return new CliError('files', code, `${oneLine(pathIn(thrown))} cannot be used: ${FILE_WORDS[code] ?? code}.`)
  return unknownFailure(thrown)
}

/** Words of the codes that people meet. */
const FILE_WORDS: { readonly [code: string]: string } = {
  EACCES: 'the rights are missing',
  EPERM: 'the rights are missing',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of it is no folder',
  EEXIST: 'it exists already',
  ENOENT: 'it does not exist',
}

function issueOf(issue: unknown): { readonly path: string; readonly message: string } {
  const { path, message } = Object(issue) as { readonly [field: string]: unknown }
  return { path: String(path ?? ''), message: String(message ?? '') }
}

/** A message with a line for each issue, which is all the lines it has. */
function withoutBreaks(message: string, issues: CliError['issues']): string {
  const lines = linesOf(issues)
  const end = ['', ...lines].join('\n  ')
  if (!message.endsWith(end)) return oneLine(message)
  return [message.slice(0, message.length - end.length), ...lines].map(oneLine).join('\n  ')
}

function pathIn(thrown: object): string {
  const path = (thrown as { readonly path?: unknown }).path
  return typeof path === 'string' ? path : 'A file'
}

/** Of an error of a driver or of the host's code no text is shown, which may quote a query and with it a digest. */
function unknownFailure(thrown: unknown): CliError {
  const { name, code } = safeCause(thrown)
  const what = code === undefined ? name : `${name} (${code})`
  if (code !== undefined) return new CliError('unavailable', code, `Something did not answer: ${what}.`)
  const debug = process.env.PLAN_ACCESS_TOKENS_DEBUG === '1' && thrown instanceof Error ? `\n${thrown.stack}` : ''
  return new CliError(
    'internal',
    'internal',
    `Something failed that should not: ${what}. PLAN_ACCESS_TOKENS_DEBUG=1 shows where.${debug}`,
  )
}

/** What a network says of a fetch that failed: the code of its cause. */
export function unreachable(thrown: unknown, url: string): CliError {
  const { code, name } = safeCause((thrown as { readonly cause?: unknown } | null)?.cause ?? thrown)
  return new CliError(
    'unavailable',
    'unreachable',
    `The admin API at ${new URL(url).origin} did not answer (${code ?? name}). Check adminApi.url, and that the server runs.`,
  )
}
