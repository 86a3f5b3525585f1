/** What management calls take, as hosts are told of it. How it is read and judged: service/input.ts, whose schemas give the same types. */
import type { Actor } from '../core/actor.ts'
import type { Metadata, MetadataPatch } from '../core/metadata.ts'
import type { Policy, ScopeOf, TypeOf } from '../core/policy.ts'
import type { TokenStatus } from '../core/token.ts'

/** What every new token has, created or adopted. */
export interface NewInput<P extends Policy = Policy, X extends TypeOf<P> = TypeOf<P>> {
  /** Who does it; must be an admin of the plan. */
  readonly actor: string | Actor
  readonly planId: string
  readonly type: X
  /** 1 to 100 characters after trimming. */
  readonly name: string
  /** Up to 1,000 characters. Default empty. */
  readonly description?: string
  /** At least one, each grantable to this type; empty for a type whose scopes are fixed. */
  readonly scopes: readonly ScopeOf<P, NoInfer<X>>[]
  /** Every resource of the plan, or links to some of them. */
  readonly resources: 'all' | readonly string[]
  /**
   * Words of your own: up to 50, with keys of 1 to 40 characters and values of up to 500. No secret belongs here: they are shown, and
   * stand in the log.
   */
  readonly metadata?: Metadata
  /** Whom to ask about it: an address, or the name of a team. Up to 200 characters; empty for nobody. */
  readonly contact?: string
  /**
   * The addresses and networks that it may be used from: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/48`, 1 to 100 of them.
   * Default: from anywhere. Needs the option `addresses`.
   */
  readonly addresses?: readonly string[]
}

/** A new token. It says how long it lives, or when it ends. */
export type CreateInput<P extends Policy = Policy, X extends TypeOf<P> = TypeOf<P>> = NewInput<P, X> & {
  /**
   * Makes a canary, which stays one: nothing is ever let through with it, whoever sends it is answered as if it did not exist, and
   * the engine's `canaries` tell at once. Left out of every other token.
   */
  readonly canary?: true
  /** Whether it may renew itself. Needs a type that allows it, and the option `selfRenewal`. Default `false`. */
  readonly selfRenewal?: boolean
  /**
   * Until when it may renew itself, and how long it then lives at most: epoch milliseconds. Default: 365 days after the last thing that
   * an admin did with it.
   */
  readonly renewUntil?: number
  /** 1 to 200 characters. The same key again gives the same token with a fresh secret, for an answer that was lost. */
  readonly idempotencyKey?: string
} & (
    | {
        /** Whole days of 24 hours, 1 to the policy's limit (365 unless it says otherwise). */
        readonly lifetimeDays: number
        readonly expiresAt?: undefined
      }
    | {
        /**
         * Instead of `lifetimeDays`: epoch milliseconds, ahead by the policy's longest lifetime at most. A refresh starts the days until
         * then again, begun ones counted as whole.
         */
        readonly expiresAt: number
        readonly lifetimeDays?: undefined
      }
  )

/** A key from before that is to be a token. */
export interface AdoptInput<P extends Policy = Policy, X extends TypeOf<P> = TypeOf<P>> extends NewInput<P, X> {
  /**
   * Epoch milliseconds, ahead by the policy's longest lifetime at most. A refresh starts the days until then again, begun ones
   * counted as whole.
   */
  readonly expiresAt: number
  /** The name of the scheme among the engine's `legacy` keys of this type. */
  readonly scheme: string
  /** What your table keeps of the key, in the scheme's encoding; of a scheme with `verify` the hash that it compares with. */
  readonly digest: string
  /** The id inside the key, by which it is found; of a scheme with `verify` alone. */
  readonly keyId?: string
  /**
   * 1 to 200 characters. The same key and digest again give the token as it is by then, for a migration that is run once more:
   * one key may serve the whole of it.
   */
  readonly idempotencyKey?: string
}

/** One token, and who asks. */
export interface TokenInput {
  readonly actor: string | Actor
  readonly id: string
}

/** One plan, and who asks. */
export interface PlanInput {
  /** Who asks; must be an admin of the plan. */
  readonly actor: string | Actor
  readonly planId: string
}

/** A refresh to look at before. */
export interface PreviewRefreshInput extends TokenInput {
  /** As of `refresh`. */
  readonly graceHours?: number
}

/** A token that is to end. */
export interface RevokeInput extends TokenInput {
  /** Why, 1 to 1,000 characters on one line: it stands in the audit log. A token that has ended before keeps what was said then. */
  readonly reason?: string
}

/** A token that is to end, whose end is to be proved. */
export interface RevokeWithReceiptInput extends RevokeInput {
  /** Gives a receipt beside the token: where its end stands in the log, and since when no process can have accepted it. */
  readonly receipt: true
}

/** A page of a plan's tokens. */
export interface ListInput {
  readonly actor: string | Actor
  readonly planId: string
  readonly type?: string
  readonly status?: TokenStatus
  /** Part of a name or a description, or a whole id. */
  readonly search?: string
  /** Those that have all of these words, to the letter. */
  readonly metadata?: Metadata
  /** Those that have a word of this key, whichever it is. */
  readonly metadataKey?: string
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
  /** Merged with what the token has (RFC 7396): a key with `null` goes, one that is not named stays; `null` takes all. */
  readonly metadata?: MetadataPatch
  /** `null` or empty: nobody. */
  readonly contact?: string | null
  /** The addresses and networks that it may be used from, 1 to 100; `null`: from anywhere. */
  readonly addresses?: readonly string[] | null
  /** Whether it may renew itself; `null` as `false`. `true` starts its default term again. */
  readonly selfRenewal?: boolean | null
  /** Until when it may renew itself; `null`: by default again. */
  readonly renewUntil?: number | null
  /** The version that the edit was made from: if it is no longer that, `version_conflict`. Without it the last edit wins. */
  readonly version?: number
}

/** A new secret for a token. */
export interface RefreshInput extends TokenInput {
  /** `afterGrace` (default): the newest secret works for the policy's grace more, 24 hours unless it says otherwise. `now`: every earlier one ends at once, since one has leaked. */
  readonly retirePrevious?: 'afterGrace' | 'now'
  /**
   * For how many hours the newest secret goes on working, 0 to the policy's grace, in place of that. 0 ends it at once; those before it
   * keep their deadlines. Left out with `retirePrevious: 'now'`.
   */
  readonly graceHours?: number
  /** 1 to 200 characters. The same key again replaces the secret that nobody received, and moves no other deadline. */
  readonly idempotencyKey?: string
}

/** Pasted links to judge. */
export interface CheckLinksInput {
  /** Who asks; must be an admin of the plan. */
  readonly actor: string | Actor
  readonly planId: string
  /** What a person pasted: links with spaces, line ends or commas between them. Up to 4,194,304 characters. */
  readonly text: string
  /** The policy whose links they are. Default: the first policy's. */
  readonly surface?: string
  /** Whether each resource says what it lies in. Default `false`. */
  readonly within?: boolean
}

/** A report of a leak. */
export interface RevokeSecretInput {
  /** The secret, or text that it stands in, with up to 100 of them. */
  readonly text: string
}

/** What is old enough to be removed. */
export interface SweepInput {
  /** Epoch milliseconds, not ahead: tokens that ended before it go, and events that were written before it. */
  readonly olderThan: number
}

/** A page of a plan's audit log. */
export interface EventsInput {
  readonly actor: string | Actor
  readonly planId: string
  readonly tokenId?: string
  /** Default `oldest`. */
  readonly order?: 'oldest' | 'newest'
  /** 1 to 500, default 50. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: string
}
