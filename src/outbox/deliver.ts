/** What sends a notice, how it says that it could not, and one try of it within its time. Who tries again: outbox/lane.ts. */
import { safeCause } from '../core/errors.ts'
import { isObject } from '../core/objects.ts'
import type { Awaitable } from '../ports.ts'
import type { FullClock } from '../service/platform.ts'
import type { Notice } from './notice.ts'

/** Which try it is. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number
  /** Whether a failure makes it a dead letter. */
  readonly isLast: boolean
  /** Aborted when the time is over. */
  readonly signal: AbortSignal
}

/**
 * Sends a notice on; what it resolves with is not looked at. It may be called more than once for one notice, whose `id` then is the
 * same. What it throws is tried again, unless it is a `DeliveryError` that says otherwise.
 */
export type Deliver = (notice: Notice, attempt: Attempt) => Awaitable<unknown>

/** What a deliverer may say besides what went wrong. */
export interface DeliveryErrorOptions {
  /** A word for logs and dead letters: letters, digits and `_`, 40 at most. */
  readonly code: string
  /** The status that the receiver answered. */
  readonly status?: number
  /** Not to be tried again before so many milliseconds are over. */
  readonly retryAfterMs?: number
  /** Not to be tried again at all: a dead letter at once. */
  readonly isFinal?: boolean
}

/**
 * Thrown by a deliverer that knows more than that it failed. Never holds what a receiver sent.
 *
 * @example
 * throw new DeliveryError('The address was given up.', { code: 'gone', isFinal: true })
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly code: string
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly isFinal: boolean

  constructor(message: string, { code, status, retryAfterMs, isFinal = false }: DeliveryErrorOptions) {
    super(message)
    this.code = code
    this.status = status
    this.retryAfterMs = retryAfterMs
    this.isFinal = isFinal
  }
}

/** What is kept of a failure: its kind, never its text. */
export interface DeliveryFailure {
  readonly name: string
  readonly code?: string
  /** The status that the receiver answered. */
  readonly status?: number
}

/** What is kept of what a deliverer threw. */
export function deliveryFailureOf(thrown: unknown): DeliveryFailure {
  const { name, code: known } = safeCause(thrown)
  const code = thrown instanceof DeliveryError && /^\w{1,40}$/.test(thrown.code) ? thrown.code : known
  const { status } = (isObject(thrown) ? thrown : {}) as { readonly status?: unknown }
  return {
    name,
    ...(code !== undefined && { code }),
    ...(Number.isSafeInteger(status) && { status: status as number }),
  }
}

/** Tries once. Rejects with what was thrown, or when the time is over, whatever the deliverer then does. */
export async function attempt(
  deliver: Deliver,
  notice: Notice,
  { number, isLast }: Omit<Attempt, 'signal'>,
  clock: FullClock,
  timeoutMs: number,
): Promise<void> {
  const aborting = new AbortController()
  let cancel: (() => void) | undefined
  const late = new Promise<never>((_, reject) => {
    cancel = clock.timer(timeoutMs, () => {
      const error = new DeliveryError(`The deliverer did not come to an end within ${timeoutMs} ms.`, {
        code: 'timeout',
      })
      reject(error)
      aborting.abort(error)
    })
  })
  const sent = (async () => deliver(notice, { number, isLast, signal: aborting.signal }))()
  try {
    await Promise.race([sent, late])
  } finally {
    cancel?.()
    late.catch(() => undefined)
  }
}
