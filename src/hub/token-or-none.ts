/** A token of which the log or a secret has told, and which may be gone, or another plan's, by the time that it is asked for. */
import type { AdminEngine } from '../admin/route.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { Token } from '../core/token-view.ts'
import type { TokenInput } from '../service/input.ts'

/** @throws PlanTokenError for whatever else keeps it from being shown. */
export function tokenOrNone(engine: Pick<AdminEngine, 'get'>, input: TokenInput): Promise<Token | undefined> {
  return engine.get(input).catch((error: unknown) => {
    if (error instanceof PlanTokenError && error.code === 'token_not_found') return undefined
    throw error
  })
}
