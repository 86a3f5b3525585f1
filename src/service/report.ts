/**
 * Tells the host what goes wrong underneath: `onError` gets each error itself. Where nobody listens, and for what looks like a
 * mistake in the set-up, one line is written for each cause, so that a first start is not silent. Decides nothing.
 */
import { kindOf } from '../core/directory.ts'
import { DirectoryError, StoreError, safeCause } from '../core/errors.ts'
import { isObject } from '../core/objects.ts'
import { tell } from './tell.ts'

/** What `onError` is told beside the error. */
export interface ErrorInfo {
  /**
   * What failed. A method of a port, such as `directory.locate` or `store.commit`, `clock.now` or `random`; `limiter.take`,
   * `limiter.look` and `limits.rules` of limits of requests. A function of the host's: `onDecision`, `checks` of a policy,
   * `legacy.verify` of a scheme, `canaries.onUse`, `deliver` of an outbox. Or what could not be done: `outbox` (its place could not
   * be kept), `usage` (uses could not be gathered or kept), `canaries` (a use of a canary could not be told), `renew`, `authorize` and `explain`.
   */
  readonly method: string
}

/** Called with the error itself, whatever was thrown. */
export type OnError = (error: unknown, info: ErrorInfo) => unknown

/** What the service asks of it. */
export interface Report {
  /** Something of the host's failed. */
  failed(error: unknown, method: string): void
  /** Something looks like a mistake in the set-up. Said once for each key. */
  hint(key: string, message: () => string): void
}

/** More different lines than this are not written by one process. */
const MOST_LINES = 50

/** Makes it for one engine. `isHeard` says that somebody listens to `unavailable` already. */
export function createReport(
  onError: OnError | undefined,
  onWarning: ((message: string) => unknown) | undefined,
  isHeard: boolean,
): Report {
  const said = new Set<string>()
  const hint = (key: string, message: () => string): void => {
    if (said.has(key) || said.size === MOST_LINES) return
    said.add(key)
    tell(onWarning ?? toConsole, message())
  }
  return {
    hint,
    failed(error, method) {
      if (onError) tell((thrown: unknown) => onError(thrown, { method }), error)
      else if (!isHeard || method === 'onDecision') {
        const line = error instanceof DirectoryError ? error.message : `${method} failed: ${wordsOf(error)}`
        hint(line, () => `${line} ${HELP}`)
      }
    },
  }
}

const HELP = 'Pass the option onError to get each error itself; this line comes once for each cause.'

/** What can be said of an error without its text, which may quote a query; of our own also the text. */
export function wordsOf(error: unknown): string {
  if (error instanceof StoreError || error instanceof DirectoryError) return error.message
  if (!isObject(error)) return `${kindOf(error)} was thrown.`
  const { name, code } = safeCause(error)
  return code === undefined ? `${name}.` : `${name} (${code}).`
}

/** Where a warning goes if nobody has said where. */
export function toConsole(message: string): void {
  // biome-ignore lint/suspicious/noConsole: the one line for whoever has not said where warnings go; `onWarning` replaces it
  console.warn(`plan-access-tokens: ${message}`)
}
