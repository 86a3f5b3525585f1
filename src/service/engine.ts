/** What every part of the service works with: the compiled policies, the ports, and how they are asked. */

import type { Sha256 } from '../core/digest.ts'
import { DirectoryError, PlanTokenError, StoreError, safeCause } from '../core/errors.ts'
import type { IsId } from '../core/kinds.ts'
import { isObject, isThenable } from '../core/objects.ts'
import type { CompiledPolicy, CompiledType } from '../core/policy.ts'
import type { Random } from '../core/secret.ts'
import { isDate, type Token, type TokenRecord, viewOf } from '../core/token.ts'
import type { Awaitable, Directory, TokenStore } from '../ports.ts'
import type { Answers } from './answers.ts'
import type { Within } from './deadlines.ts'
import type { Freshness } from './freshness.ts'
import type { FullClock } from './platform.ts'
import type { Report } from './report.ts'
import type { Uses } from './uses.ts'

/** A token type and the policy that it belongs to. */
export interface TypeEntry {
  readonly policy: CompiledPolicy
  readonly type: CompiledType
}

/** Everything that a call needs, made once by `createPlanTokens`. */
export interface Engine {
  readonly surfaces: ReadonlyMap<string, CompiledPolicy>
  readonly main: CompiledPolicy
  readonly types: ReadonlyMap<string, TypeEntry>
  readonly prefixes: ReadonlySet<string>
  readonly deprecated: ReadonlySet<string>
  /** How ids of plans look, where policies say it by the type of a column; a plan with another id does not exist. */
  readonly planIds: readonly IsId[]
  readonly store: TokenStore
  readonly directory: Directory
  readonly clock: FullClock
  readonly random: Random
  readonly sha256: Sha256
  readonly within: Within
  /** The time that a body has to arrive, which is up to the client and its line. */
  readonly bodyWithin: Within
  readonly timeoutMs: number
  readonly freshness: Freshness
  readonly answers: Answers
  readonly uses: Uses
  readonly report: Report
}

/** What it takes to ask a port. */
export type Asking = Pick<Engine, 'within' | 'report'>

/**
 * Asks a port, within the time limit. Whatever goes wrong is `unavailable`, without the text of what was thrown, which
 * `onError` gets; so is an answer that is not what it should be.
 *
 * @param method what is asked, for errors: `store.find`.
 * @param read gives what the answer says, or throws for one that is not what it should be.
 */
export async function ask<A, T = A>(
  engine: Asking,
  method: string,
  call: () => Awaitable<A>,
  read: (answer: A) => T = (answer) => answer as unknown as T,
): Promise<T> {
  try {
    return read(await answerOf(engine, call))
  } catch (error) {
    throw failureOf(engine, error, method)
  }
}

/** Asks a port, within the time limit, and throws what it throws. */
export async function answerOf<T>({ within }: Pick<Engine, 'within'>, call: () => Awaitable<T>): Promise<T> {
  const answer = call()
  return isThenable(answer) ? within(answer) : answer
}

/** `unavailable` for what was thrown, once the host was told of it. */
export function failureOf({ report }: Pick<Engine, 'report'>, thrown: unknown, method: string): PlanTokenError {
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

/** The host's time. A clock that gives no date is a fault: nothing may be made with it. */
export function timeOf({ clock, report }: Pick<Engine, 'clock' | 'report'>): number {
  try {
    const now = clock.now()
    if (isDate(now)) return now
  } catch (error) {
    throw failureOf({ report }, error, 'clock.now')
  }
  throw new PlanTokenError('unavailable', { message: 'The clock gives no date.' })
}

/** Tokens as they are given out now, with their last uses if those can be read. */
export async function show(engine: Engine, records: readonly TokenRecord[]): Promise<readonly Token[]> {
  const uses = await engine.uses.of(records.map(({ id }) => id)).catch(() => undefined)
  const now = timeOf(engine)
  return records.map((record) => viewOf(record, now, engine.deprecated, uses))
}

/** The same for one. */
export async function showOne(engine: Engine, record: TokenRecord): Promise<Token> {
  return (await show(engine, [record]))[0] as Token
}
