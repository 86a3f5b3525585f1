/** What the audit log says. Plain JSON, dates in epoch milliseconds. Who keeps it: ports.ts. */

/**
 * What the audit log calls a change. `adopted` is the first of a token whose key is from before, as
 * `created` is of any other. One that an operator moves to another plan leaves `moving` in the log of the one and `moved` in the
 * log of the other. `leak_reported` is a secret that was found somewhere and goes on working, for good or for a while; one that
 * ended by it is `revoked` or `secret_revoked`. `canary_used` stands there once a minute a token at most. `requested` is the first of a
 * token that needs an approval, `collected` what gives it its secret; `edit_requested` is an edit that waits, and `approved` with the
 * changes of one what applies it. `self_refreshed` is a refresh by the token itself, and `superseded_secret_used` a try of it with a
 * secret that was replaced, also once a minute at most.
 */
export type EventType =
  | 'created'
  | 'adopted'
  | 'edited'
  | 'refreshed'
  | 'revoked'
  | 'secret_revoked'
  | 'moving'
  | 'moved'
  | 'leak_reported'
  | 'canary_used'
  | 'requested'
  | 'edit_requested'
  | 'approved'
  | 'declined'
  | 'collected'
  | 'self_refreshed'
  | 'superseded_secret_used'

/** A field of a token before and after a change. */
export interface Change {
  readonly before: unknown
  readonly after: unknown
}

/** What an event need not have besides its changes and its reason. A store keeps these fields as it keeps the others. */
export interface EventDetails {
  /** For a secret that was reported: the program that reported it. */
  readonly source?: string
  /** For a secret that was reported: where it was found. */
  readonly url?: string
  /** The IP address that the actor called from, where the host gives it. */
  readonly address?: string
  /** By what the host's logs know the session of the actor, where it gives that. */
  readonly session?: string
}

/** One line of the audit log, before the store has given it its place. Never holds a record, a secret or a digest. */
export interface NewEvent extends EventDetails {
  /** The format, as a record's. */
  readonly v: 1
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly type: EventType
  readonly tokenId: string
  readonly planId: string
  /** Who did it; `null` where a secret was reported by its holder, and where a token renewed itself. */
  readonly actor: string | null
  /** The version of the token that this change made. */
  readonly version: number
  readonly changes?: { readonly [field: string]: Change }
  /** Why, in the words of whoever did it; absent where nothing was said. */
  readonly reason?: string
  /** SHA-256 over what it says (core/chain.ts); absent of events from before there was one. */
  readonly hash?: string
}

/** One line of the audit log. `seq` only ever grows. */
export interface TokenEvent extends NewEvent {
  readonly seq: number
  /** Its link in the chain over the whole log, in stores that have one; absent of events without a hash. */
  readonly chain?: string
}
