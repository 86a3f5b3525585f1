/**
 * What the host gives: a store, a directory, a clock. One page for whoever writes an adapter; docs/concepts.md has the words.
 * Nothing here is code.
 */

import type { NewEvent, TokenEvent } from './core/event.ts'
import type { PlanRules } from './core/plan-rules.ts'
import type { ResourceRef } from './core/resources.ts'
import type { TokenRecord, TokenStatus } from './core/token.ts'

/** A value, or a promise of one. */
export type Awaitable<T> = T | Promise<T>

/**
 * Keeps tokens and their audit log. The five methods without a question mark make a store. It is linearizable: what a call that
 * was answered wrote is seen by every call that begins after. What a store cannot do is an absent optional method.
 *
 * Records and events are plain JSON and are given out as copies, or frozen.
 */
export interface TokenStore {
  /**
   * Whether the log has a chain: `commit` gives an event that has a `hash` its `chain`, which is SHA-256 in hexadecimal over the text
   * `before:seq:hash`, where `before` is the newest chain of the log, or 64 zeros where there is none yet. Without it nobody can
   * tell that the log was touched (`verifyLog`).
   */
  readonly chained?: true
  /** The record one of whose secrets has this digest, retired ones included, or `undefined`. */
  findByDigest(digest: string): Promise<TokenRecord | undefined>
  /**
   * The same without a promise, for a store that has its records in this process's memory and is the only one that changes them.
   * Asked in place of `findByDigest` where it is there: whoever wraps the one wraps the other too, or leaves it out.
   */
  peekByDigest?(digest: string): TokenRecord | undefined
  /** The record with this id, or `undefined`. */
  find(id: string): Promise<TokenRecord | undefined>
  /** The records of one plan, in the order that is asked for, after a position in it, `limit` at most. */
  list(query: ListQuery): Promise<TokenRecord[]>
  /**
   * Writes a record and its event together or not at all: only if the stored version is `record.version - 1`, where a record
   * that does not exist has version 0. Gives the event the next `seq`, so that nobody can see n before n − 1.
   *
   * @returns exactly `true` if both are written, `false` if the version was another. Whatever is thrown is an unknown outcome, but
   * for a `NotWrittenError`: it says that this call has written nothing and never will, and its `cause` is thrown to the caller.
   */
  commit(record: TokenRecord, event: NewEvent): Promise<boolean>
  /** Events in commit order (or the reverse), after a `seq`, `limit` at most. Fewer than `limit` means that there are no more. */
  events(query: EventQuery): Promise<TokenEvent[]>
  /**
   * Raises the deployment's freshness bound to at least so many milliseconds and returns it. It never falls by itself.
   * Needed for `freshnessMs` above 0: it is how a writer knows for how long other processes may answer from memory.
   */
  bound?(atLeastMs: number): Promise<number>
  /**
   * Calls `wake` when there may be new events, soon and as often as it likes: a hint and nothing more. Returns a function that
   * ends it. Never throws because a connection is lost; it comes back by itself.
   */
  watch?(wake: () => void): () => void
  /** Keeps the last use of secrets, apart from the record, so that a late write can undo nothing. A later use stays. */
  recordUse?(uses: SecretUse[]): Promise<void>
  /**
   * The last uses that are known of these tokens. They are shown, and more depends on them: the rule `idleDays` refuses by them, a secret
   * that was used is not replaced by a repeated idempotency key or renewal, and `unused` and notices tell of what was not used.
   */
  lastUse?(tokenIds: string[]): Promise<SecretUse[]>
  /**
   * Removes up to `limit` records that ended before a moment, and a prefix of up to `limit` events from before it. The newest
   * event always stays.
   */
  sweep?(query: {
    readonly before: number
    readonly limit: number
  }): Promise<{ readonly records: number; readonly events: number }>
  /**
   * Records of all plans by `id`, ascending, after an id, `limit` at most. A record that is there all the while is
   * in exactly one of the pages. Needed by `operator`, by `usage` where tokens are managed, and by notices of what falls due; by nothing that
   * answers requests.
   */
  scan?(query: { readonly after?: string; readonly limit: number }): Promise<TokenRecord[]>
  /**
   * The value of this name and its version, or `undefined` if there is none. Names have 1 to 200 characters of `a-z`, `0-9`, `/`,
   * `_` and `-`. Needed by `createOutbox`, which keeps its position in the log here, and by `usage`; nothing that answers a request waits for it.
   */
  readValue?(name: string): Promise<StoredValue | undefined>
  /**
   * Writes a value only if the one that stands has this version, where one that does not exist has version 0; the new one's
   * version is one more. Values are text of up to 1 MB.
   *
   * @returns exactly `true` if it was written, `false` if the version was another. Whatever is thrown is an unknown outcome.
   */
  writeValue?(name: string, value: string, version: number): Promise<boolean>
  /** Removes the value of this name, whatever its version; one that does not exist is no error. Without it, an empty text is left. */
  removeValue?(name: string): Promise<void>
  /** Looks whether the store can be used, as far as it can tell without writing; rejects with what has to be done. */
  ready?(): Promise<void>
}

/** A page of a plan's tokens. */
export interface ListQuery {
  readonly planId: string
  readonly type?: string
  /** Judged at `now`. A record with a `request` is pending while it would be active without. */
  readonly status?: TokenStatus
  /** Part of a name or a description in any letter case, or a whole id. */
  readonly search?: string
  /** Those whose `metadata` has all of these, key and value to the letter; a value is text and no pattern. */
  readonly metadata?: { readonly [key: string]: string }
  /** Those whose `metadata` has this key, to the letter. */
  readonly metadataKey?: string
  /**
   * `newest`: by `createdAt`, then `id`, both descending. `expiry`: those that are active or pending at `now` by `expiresAt`, then `id`,
   * both ascending; then all others by `expiresAt`, then `id`, both descending.
   */
  readonly order: 'newest' | 'expiry'
  /** Epoch milliseconds. */
  readonly now: number
  /** The position of the last token that was seen. */
  readonly after?: ListPosition
  readonly limit: number
}

/** A position in a list: stable while tokens are added, since it does not count them. */
export interface ListPosition {
  /** For `expiry`: whether the token had ended at `now`. */
  readonly ended: boolean
  /** `createdAt` for `newest`, `expiresAt` for `expiry`. */
  readonly at: number
  readonly id: string
}

/** A page of the audit log: of one plan, of one token, or of everything. */
export interface EventQuery {
  readonly planId?: string
  readonly tokenId?: string
  /** A `seq`: only events after it in the order that is asked for. */
  readonly after?: number
  /** Default `oldest`. */
  readonly order?: 'oldest' | 'newest'
  readonly limit: number
}

/** One use of one secret, to a minute. */
export interface SecretUse {
  readonly tokenId: string
  readonly digest: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** A value that a store keeps under a name. */
export interface StoredValue {
  readonly value: string
  /** 1 for the first one that was written. */
  readonly version: number
}

/** What the directory says of a plan. */
export interface PlanInfo {
  readonly id: string
  /** One of the policy's tiers, or another word. */
  readonly tier: string
  /** `null` is not suspended, as absence is. */
  readonly suspended?: boolean | null
}

/**
 * The host application's answers. They are asked anew at each request, unless `directoryMaxAgeMs` says otherwise, and may be
 * given at once or as a promise. Ids are text, those of numbers too. An answer of another shape lets nothing through: it is
 * `unavailable`, whose message names the method and the field.
 */
export interface Directory {
  /** The plan with this id, or `undefined`. */
  plan(planId: string): Awaitable<PlanInfo | undefined>
  /** Whether this actor may manage the plan's tokens. Only `true` is true. */
  isPlanAdmin(actor: string, planId: string): Awaitable<boolean>
  /** The plan that a resource lies in and everything above it, or `undefined` if it does not exist. */
  locate(
    resource: ResourceRef,
  ): Awaitable<{ readonly planId: string; readonly ancestors: readonly ResourceRef[] } | undefined>
  /**
   * The rules that the plan's organization has set for its tokens, narrower than the policy; `undefined` for none. Asked for each
   * decision as `plan` is, and for each create, edit and refresh. An answer that cannot be read lets nothing through.
   *
   * @example
   * rules: (planId) => (planId === '1001' ? { maxLifetimeDays: 90, allResources: false } : undefined)
   */
  rules?(planId: string): Awaitable<PlanRules | undefined>
  /** Names of resources for a page, in the order of the refs; `undefined` for what has none. Asked only for what lies in the plan. */
  describe?(refs: readonly ResourceRef[]): Awaitable<readonly (string | undefined)[]>
}

/** Where time comes from. Without `monotonic` and `sleep` the platform's are used. */
export interface Clock {
  /** Epoch milliseconds, a whole number. Only planned ends (expiry, the 24 hours) depend on it. */
  now(): number
  /** Milliseconds that only grow, from any start. */
  monotonic?(): number
  /** Resolves after so many milliseconds. */
  sleep?(ms: number): Promise<void>
}
