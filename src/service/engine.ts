/** What every part of the service works with: the compiled policies, the ports, and how they are asked. */

import type { Sha256 } from '../core/digest.ts'
import { PlanTokenError, StoreError, safeCause } from '../core/errors.ts'
import { isObject, isThenable } from '../core/objects.ts'
import type { CompiledPolicy, CompiledType } from '../core/policy.ts'
import type { Random } from '../core/secret.ts'
import { isDate, type Token, type TokenRecord, viewOf } from '../core/token.ts'
import type { Awaitable, Directory, TokenStore } from '../ports.ts'
import type { Answers } from './answers.ts'
import type { Within } from './deadlines.ts'
import type { Freshness } from './freshness.ts'
import type { FullClock } from './platform.ts'
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
  readonly store: TokenStore
  readonly directory: Directory
  readonly clock: FullClock
  readonly random: Random
  readonly sha256: Sha256
  readonly within: Within
  readonly timeoutMs: number
  readonly freshness: Freshness
  readonly answers: Answers
  readonly uses: Uses
}

/**
 * Asks a port, within the time limit. Whatever goes wrong is `unavailable`, without the text of what was thrown; so is an
 * answer that is not what it should be.
 */
export async function ask<T>(
  engine: Pick<Engine, 'within'>,
  call: () => Awaitable<T>,
  isReadable: (answer: unknown) => boolean = () => true,
): Promise<T> {
  try {
    const answer = await answerOf(engine, call)
    if (!isReadable(answer)) throw new TypeError('unreadable')
    return answer
  } catch (error) {
    throw unavailable(error)
  }
}

/** Asks a port, within the time limit, and throws what it throws. */
export async function answerOf<T>({ within }: Pick<Engine, 'within'>, call: () => Awaitable<T>): Promise<T> {
  const answer = call()
  return isThenable(answer) ? within(answer) : answer
}

/** `unavailable`, keeping only the kind of what was thrown; of a store that must be mended also what to do. */
export function unavailable(thrown: unknown): PlanTokenError {
  if (thrown instanceof PlanTokenError) return thrown
  return new PlanTokenError('unavailable', {
    cause: safeCause(thrown),
    ...(thrown instanceof StoreError && { message: thrown.message }),
  })
}

/** Whether an answer is a list of objects. */
export function areObjects(answer: unknown): boolean {
  return Array.isArray(answer) && answer.every((entry) => isObject(entry))
}

/** The host's time. A clock that gives no date is a fault: nothing may be made with it. */
export function timeOf({ clock }: Pick<Engine, 'clock'>): number {
  try {
    const now = clock.now()
    if (isDate(now)) return now
  } catch (error) {
    throw unavailable(error)
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
