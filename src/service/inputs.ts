/** What management calls take, as types. How input is judged: service/input.ts. */
import type { Policy, ScopeOf, TypeOf } from '../core/policy.ts'

/** A new token. */
export interface CreateInput<P extends Policy = Policy, X extends TypeOf<P> = TypeOf<P>> {
  /** Who does it; must be an admin of the plan. */
  readonly actor: string
  readonly planId: string
  readonly type: X
  /** 1 to 100 characters after trimming. */
  readonly name: string
  /** Up to 1,000 characters. Default empty. */
  readonly description?: string
  /** Whole days of 24 hours, 1 to the policy's limit (365 unless it says otherwise). */
  readonly lifetimeDays: number
  /** At least one, each grantable to this type; empty for a type whose scopes are fixed. */
  readonly scopes: readonly ScopeOf<P, NoInfer<X>>[]
  /** Every resource of the plan, or links to some of them. */
  readonly resources: 'all' | readonly string[]
  /** 1 to 200 characters. The same key again gives the same token with a fresh secret, for an answer that was lost. */
  readonly idempotencyKey?: string
}

/** One token, and who asks. */
export interface TokenInput {
  readonly actor: string
  readonly id: string
}

/** A page of a plan's tokens. */
export interface ListInput {
  readonly actor: string
  readonly planId: string
  readonly type?: string
  readonly status?: 'active' | 'expired' | 'revoked'
  /** Part of a name or a description, or a whole id. */
  readonly search?: string
  /** `newest` (default), or `expiry`: the active ones by how soon they end, then the others. */
  readonly order?: 'newest' | 'expiry'
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}

/** Changes to a token; what is left out stays as it is. */
export interface EditInput<P extends Policy = Policy> extends TokenInput {
  readonly name?: string
  readonly description?: string
  readonly scopes?: readonly ScopeOf<P>[]
  readonly resources?: 'all' | readonly string[]
  /** The version that the edit was made from: if it is no longer that, `version_conflict`. Without it the last edit wins. */
  readonly version?: number
}

/** A new secret for a token. */
export interface RefreshInput extends TokenInput {
  /** `after24h` (default): the newest secret works 24 hours more. `now`: every earlier one ends at once, since one has leaked. */
  readonly retirePrevious?: 'after24h' | 'now'
  /** 1 to 200 characters. The same key again replaces the secret that nobody received, and moves no other deadline. */
  readonly idempotencyKey?: string
}

/** Pasted links, and the plan in which their resources have to lie. */
export interface CheckLinksInput {
  /** Who asks; must be an admin of the plan. */
  readonly actor: string
  readonly planId: string
  /** What a person pasted: links with spaces, line ends or commas between them. Up to 4,194,304 characters. */
  readonly text: string
  /** The policy whose links they are. Default: the first policy's. */
  readonly surface?: string
}

/** A page of a plan's audit log. */
export interface EventsInput {
  readonly actor: string
  readonly planId: string
  readonly tokenId?: string
  /** Default `oldest`. */
  readonly order?: 'oldest' | 'newest'
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}
