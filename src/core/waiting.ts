/**
 * What waits for another admin: a token that was asked for, and an edit of one. Types alone. Where they are kept: core/token.ts. What
 * becomes of them: core/pending.ts.
 */
import type { Resources } from './resources.ts'
import type { SelfRenewing } from './self-renewing.ts'

/** Who asked for a token, and who has said yes. */
export interface TokenRequest {
  /** Who asked; the one who may collect the secret. */
  readonly by: string
  /** When it was asked for, as it is now: an edit asks anew. Epoch milliseconds. */
  readonly at: number
  /** The end that was chosen instead of days, epoch milliseconds; absent where days were. */
  readonly expiresAt?: number
  /** Who approved it, as it is now; absent while nobody has. */
  readonly approvedBy?: string
  readonly approvedAt?: number
}

/** The fields that an edit is to change. `null` takes away, as in RFC 7396. */
export interface ProposedChanges {
  readonly name?: string
  readonly description?: string
  readonly scopes?: readonly string[]
  readonly resources?: Resources
  readonly addresses?: readonly string[] | null
  readonly contact?: string | null
  readonly metadata?: { readonly [key: string]: string | null } | null
  readonly selfRenewal?: SelfRenewing | null
}

/** An edit that widens, and waits for another admin. Nothing of it counts until then. */
export interface Proposal {
  /** Who asked for it. */
  readonly by: string
  /** Epoch milliseconds. */
  readonly at: number
  /** The version of the token that it was made from. */
  readonly version: number
  readonly changes: ProposedChanges
}
