/** What the calls about approvals are told, with their schemas. What they do: src/approvals. */
import * as z from 'zod/mini'
import { whole } from '../core/shape.ts'
import type { TokenInput } from './input.ts'
import { actor, given, key, reason } from './input.ts'

/** A request or a proposal that is to count. */
export interface ApproveInput extends TokenInput {
  /** The version that was looked at: if it is no longer that, `version_conflict`. Without it, what waits now is approved. */
  readonly version?: number
}

/** A request or a proposal that is not to count. */
export interface DeclineInput extends TokenInput {
  /** Why, 1 to 1,000 characters on one line: it stands in the audit log. */
  readonly reason?: string
  /** The version that was looked at: if it is no longer that, `version_conflict`. Without it, what waits now is declined. */
  readonly version?: number
}

/** A secret that was approved. */
export interface CollectInput extends TokenInput {
  /** 1 to 200 characters. The same key again replaces the secret that nobody received. */
  readonly idempotencyKey?: string
}

/** The fields of each call. */
export const APPROVAL_INPUTS = {
  approve: z.strictObject({ actor, id: given, version: z.exactOptional(whole(1)) }),
  decline: z.strictObject({ actor, id: given, reason: z.exactOptional(reason), version: z.exactOptional(whole(1)) }),
  collect: z.strictObject({ actor, id: given, idempotencyKey: key }),
}
