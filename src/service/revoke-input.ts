/** What a revocation of many tokens is told: which ones, and that they were looked at. Its schemas: service/input.ts. */
import type { Actor } from '../core/actor.ts'
import type { Metadata } from '../core/metadata.ts'

/** Which tokens of a plan are to end. Empty: every active one but canaries. */
export interface RevokeFilter {
  /** These and no others, as somebody has picked them: 1 to 1,000 ids, each once. What else the filter says has to fit too. */
  readonly ids?: readonly string[]
  readonly type?: string
  /** Default `active`. */
  readonly status?: 'active' | 'pending' | 'expired'
  /** Part of a name or a description, or a whole id. */
  readonly search?: string
  /** Those that have all of these words, to the letter. */
  readonly metadata?: Metadata
  /** Those that have a word of this key, whichever it is. */
  readonly metadataKey?: string
  /** The actor who made them. */
  readonly createdBy?: string
  /** Epoch milliseconds: active ones that end before it. */
  readonly expiresBefore?: number
  /** Those that were granted it, or hold it by the policy of today. */
  readonly scope?: string
  /** `true`: canaries alone. `false`: none, not even those that are picked. Left out: those that are picked by `ids` and no others. */
  readonly canary?: boolean
}

/** Many tokens that may be to end. */
export interface PreviewRevokeInput {
  readonly actor: string | Actor
  readonly planId: string
  readonly filter: RevokeFilter
  /** How many of the tokens are shown, 0 to 500, default 50. */
  readonly limit?: number
}

/** Many tokens that are to end. */
export interface RevokeManyInput {
  readonly actor: string | Actor
  readonly planId: string
  /** The filter of the preview. */
  readonly filter: RevokeFilter
  /** The `stamp` of the preview: what it did not count is left alone. */
  readonly stamp: string
  /** Why, 1 to 1,000 characters on one line: it stands in the audit log with each token. */
  readonly reason?: string
  /** How many tokens a call ends, 1 to 1,000, default 500. */
  readonly limit?: number
  /** The `next` of the call before. */
  readonly after?: string
}
