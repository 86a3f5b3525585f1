/** Which engine stands behind what `createPlanTokens` gave, for entries that are not reached through its methods, such as operator/. */
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { isThenable } from '../core/objects.ts'
import { NOT_AWAITED } from '../core/shape.ts'
import type { ManagingEngine } from './engine.ts'

const engines = new WeakMap<object, ManagingEngine>()

/** Remembers it for as long as somebody has the tokens. */
export function keepEngine(tokens: object, engine: ManagingEngine): void {
  engines.set(tokens, engine)
}

/** The engine; `undefined` for anything else, a copy too. */
export function engineBehind(tokens: unknown): ManagingEngine | undefined {
  return engines.get(tokens as object)
}

/** What is said of tokens that have no engine behind them. */
export const NO_ENGINE = 'must be what createPlanTokens gave, itself and no copy.'

/**
 * The engine behind what a host gave.
 *
 * @param reader the function that was called, such as `operator`.
 * @throws SetupError for what `createPlanTokens` did not give.
 */
export function engineFor(reader: string, tokens: unknown): ManagingEngine {
  const engine = engineBehind(tokens)
  if (engine) return engine
  throw new SetupError(reader, [issueAt(['tokens'], isThenable(tokens) ? NOT_AWAITED[0] : NO_ENGINE)])
}
