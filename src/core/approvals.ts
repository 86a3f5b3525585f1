/**
 * Approvals as the engine sees them: what makes a new token or a wider edit wait, and the calls that decide. Types alone, so that who
 * has no such plans carries nothing of it. What makes them: approvals/approvals.ts.
 */
import type { Actor } from './actor.ts'
import type { EventType } from './event.ts'
import type { ChangedChoice } from './lifecycle.ts'
import type { Secret } from './new-secret.ts'
import type { TokenRecord } from './token.ts'
import type { Token } from './token-view.ts'
import type { ProposedChanges } from './waiting.ts'

/** An edit of a token that may have to wait. */
export interface EditToJudge {
  /** The newest record. */
  readonly before: TokenRecord
  readonly choice: ChangedChoice
  readonly changes: ProposedChanges
  readonly actor: Actor
  readonly now: number
  readonly eventId: string
  /** Whether the rules of the plan ask for approvals. */
  readonly isAsked: boolean
}

/**
 * What an engine needs for plans whose rules ask for approvals, as `approvals` of `plan-access-tokens/approvals` makes it. Hand it on;
 * what it holds is for the engine alone.
 */
export interface Approvals {
  /** @internal The record of a new token that waits, without a secret. */
  request(record: TokenRecord, by: string, expiresAt: number | undefined): TokenRecord
  /** @internal What an edit writes instead of itself; `undefined` for one that goes through at once. */
  edit(engine: object, edit: EditToJudge): Promise<{ record: TokenRecord; type: EventType } | undefined>
  /** @internal */
  approve(engine: object, input: object): Promise<Token>
  /** @internal */
  decline(engine: object, input: object): Promise<Token>
  /** @internal */
  collect(engine: object, input: object): Promise<{ readonly token: Token; readonly secret: Secret }>
}
