/** How a port is asked: within a time limit, and with whatever goes wrong made `unavailable` and told to the host. */
import { DirectoryError, PlanTokenError, StoreError, safeCause } from '../core/errors.ts'
import { isObject, isThenable } from '../core/objects.ts'
import type { Awaitable } from '../ports.ts'
import type { Within } from './deadlines.ts'
import type { Report } from './report.ts'

/** Who asks ports: how long it waits, and whom it tells of a failure. */
export interface PortCaller {
  readonly within: Within
  readonly report: Report
}

/**
 * Asks a port, within the time limit. Whatever goes wrong is `unavailable`, without the text of what was thrown, which
 * `onError` gets; so is an answer that is not what it should be.
 *
 * @param method what is asked, for errors: `store.find`.
 * @param read gives what the answer says, or throws for one that is not what it should be.
 */
export async function ask<A, T = A>(
  engine: PortCaller,
  method: string,
  call: () => Awaitable<A>,
  read: (answer: A) => T = (answer) => answer as unknown as T,
): Promise<T> {
  try {
    return read(await answerInTime(engine, call))
  } catch (error) {
    throw failureOf(engine, error, method)
  }
}

/** Asks a port, within the time limit, and throws what it throws. */
export async function answerInTime<T>({ within }: Pick<PortCaller, 'within'>, call: () => Awaitable<T>): Promise<T> {
  const answer = call()
  return isThenable(answer) ? within(answer) : answer
}

/** `unavailable` for what was thrown, once the host was told of it. */
export function failureOf({ report }: Pick<PortCaller, 'report'>, thrown: unknown, method: string): PlanTokenError {
  if (!(thrown instanceof PlanTokenError)) report.failed(thrown, method)
  return unavailable(thrown, method)
}

/** `unavailable`, keeping only the kind of what was thrown; of what the host must mend also what to do. */
export function unavailable(thrown: unknown, method?: string): PlanTokenError {
  if (thrown instanceof PlanTokenError) return thrown
  return new PlanTokenError('unavailable', {
    cause: safeCause(thrown, method),
    ...((thrown instanceof StoreError || thrown instanceof DirectoryError) && { message: thrown.message }),
  })
}

/** An answer that has the shape which the port asks for. @throws TypeError if it has not. */
export function shaped<T>(answer: T, hasShape: (answer: unknown) => boolean): T {
  if (hasShape(answer)) return answer
  throw new TypeError('The answer has not the shape that the port asks for.')
}

/** A list of objects. @throws TypeError for any other answer. */
export function readObjects<T>(answer: T): T {
  return shaped(answer, areObjects)
}

/** Whether an answer is a list of objects. */
export function areObjects(answer: unknown): boolean {
  return Array.isArray(answer) && answer.every((entry) => isObject(entry))
}
