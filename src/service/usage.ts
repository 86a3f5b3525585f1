/** What gathers the use of tokens for an engine, where it has something that does: usage/. */
import { withoutOption } from '../core/errors.ts'
import type { Gatherer } from '../core/usage.ts'
import type { Engine } from './engine.ts'

/** What gathers for an engine. @throws PlanTokenError `not_supported` for one that has nothing. */
export function gathererOf({ usage }: Engine): Gatherer {
  if (usage) return usage
  throw withoutOption('usage')
}
