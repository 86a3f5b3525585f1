/** Which engine stands behind what `createPlanTokens` gave, for the entry that is not reached through its methods: operator/. */
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
