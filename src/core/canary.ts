/**
 * Canary tokens as the engine sees them: whom it tells that one was used. Types alone, so that who has none carries nothing of it.
 * What makes it: leaks/canaries.ts. That such a token is never let through stands in core/decide.ts, whoever is told.
 */
import type { TokenRecord } from './token.ts'

/** Where a canary was used, in the words of a policy. */
export interface CanaryPlace {
  /** The surface that was asked; absent where none was, as in an introspection. */
  readonly surface?: string
  /** The route of the policy; absent if the request led to none. */
  readonly route?: string
}

/** Tells when a canary token is used, as `canaryTokens` of `plan-access-tokens/leaks` makes it. Hand it on; what it holds is for the engine alone. */
export interface Canaries {
  /** @internal A canary was used. Comes back at once, whatever is to be written. */
  used(engine: object, record: TokenRecord, now: number, place: CanaryPlace): void
  /** @internal Resolves when nothing is being written any more. */
  close(): Promise<void>
}
