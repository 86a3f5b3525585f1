/**
 * What is recorded while servers and databases fail: calls of admins, requests of clients, outages of the database. Times are
 * milliseconds of the test's own monotonic clock. What is looked for in it: check.ts.
 */
import type { TokenEvent, TokenRecord } from 'plan-access-tokens'

/** A change that an admin asked for. */
export interface Call {
  /** An actor of its own for each call, so that an event shows whose it is. It names the secret that the call issued, too. */
  readonly actor: string
  readonly kind: 'create' | 'edit' | 'refresh' | 'revoke'
  /** The token; `undefined` for one that is being created. */
  readonly tokenId: string | undefined
  /** For `create` and `edit`: the scopes that the token has afterwards. */
  readonly scopes?: readonly string[]
  /** For `refresh`: whether every earlier secret ends at once. */
  readonly retires?: boolean
  /** When it was called. */
  readonly began: number
  /** How it ended; `undefined` while it is under way, and for a call whose answer never came. */
  readonly end?: CallEnd
}

/** How a call ended: `done` is the acknowledgement that counts, and whatever is neither that nor a refusal promises nothing. */
export type CallEnd =
  | {
      readonly outcome: 'done'
      readonly at: number
      readonly tokenId: string
      /** The version that the token had in the answer. */
      readonly version: number
      /** The digest of the secret that was issued. */
      readonly digest?: string
    }
  | { readonly outcome: 'refused'; readonly at: number; readonly code: string }
  | { readonly outcome: 'unknown'; readonly at: number }

/** A request that was answered. */
export interface Request {
  readonly server: string
  readonly tokenId: string
  /** The actor of the call that issued the secret. */
  readonly secret: string
  /** The scope that the endpoint takes. */
  readonly scope: string
  /** Taken before anything is sent. */
  readonly sent: number
  /** Taken when the whole answer is there. */
  readonly received: number
  /** `allowed`, or the code of the refusal. */
  readonly answer: string
}

/** For how long the database, for certain, answered nobody. */
export interface Outage {
  readonly from: number
  readonly to: number
}

/** What a check looks at of a record. */
export type SeenRecord = Pick<TokenRecord, 'id' | 'version' | 'eventId' | 'scopes' | 'revokedAt' | 'secrets'>
/** What a check looks at of an event. */
export type SeenEvent = Pick<TokenEvent, 'seq' | 'id' | 'type' | 'tokenId' | 'version' | 'actor'>

export interface History {
  /** For how long each server may answer from memory. */
  readonly freshnessMs: Readonly<Record<string, number>>
  readonly calls: readonly Call[]
  readonly requests: readonly Request[]
  readonly outages: readonly Outage[]
  /** All records. They were read after the last request was answered and while no call was under way. */
  readonly records: readonly SeenRecord[]
  /** The whole log, oldest first, read after the records. */
  readonly events: readonly SeenEvent[]
}
