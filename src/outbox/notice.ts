/**
 * What a notice is, and which there are. A notice holds what an admin of the plan may see: never a secret, a digest or a record.
 * Those without an event: outbox/due.ts. How one is put together: outbox/make.ts.
 */
import type { Change, EventType, TokenEvent } from '../core/event.ts'
import type { RulesWarning, Token } from '../core/token-view.ts'

/** What a notice is about. May grow in a minor version. */
export type NoticeType =
  | 'token.created'
  | 'token.adopted'
  | 'token.edited'
  | 'token.refreshed'
  | 'token.revoked'
  | 'token.moving'
  | 'token.moved'
  | 'secret.leaked'
  | 'secret.leak_reported'
  | 'token.canary_used'
  | 'token.requested'
  | 'token.edit_requested'
  | 'token.approved'
  | 'token.declined'
  | 'token.collected'
  | 'token.self_refreshed'
  | 'token.superseded_secret_used'
  | 'token.expiring'
  | 'token.expired'
  | 'token.unused'
  | 'token.old_secret_used'
  | 'token.request_lapsing'
  | 'token.edit_request_lapsing'
  | 'token.ending_by_rule'
  | 'token.ended_by_rule'

/**
 * What each line of the audit log is told as. One that ends what was reported as leaked is `secret.leaked`, whatever it ended; one that
 * leaves it working, for good or for a while, `secret.leak_reported`.
 */
const TOLD_AS: { readonly [T in EventType]: NoticeType } = {
  created: 'token.created',
  adopted: 'token.adopted',
  edited: 'token.edited',
  refreshed: 'token.refreshed',
  revoked: 'token.revoked',
  secret_revoked: 'secret.leaked',
  moving: 'token.moving',
  moved: 'token.moved',
  leak_reported: 'secret.leak_reported',
  canary_used: 'token.canary_used',
  requested: 'token.requested',
  edit_requested: 'token.edit_requested',
  approved: 'token.approved',
  declined: 'token.declined',
  collected: 'token.collected',
  self_refreshed: 'token.self_refreshed',
  superseded_secret_used: 'token.superseded_secret_used',
}

/** What tells which notice it is, without what is looked up when it is sent. */
export interface NoticeHead {
  /** The same whenever the notice is sent again. At most 300 characters of `A-Z`, `a-z`, `0-9`, `_` and `-`. */
  readonly id: string
  readonly type: NoticeType
  /** Epoch milliseconds: when it happened, or fell due. */
  readonly at: number
  /** Whose admins are told. */
  readonly planId: string
  readonly tokenId: string
  /** The place in the audit log; absent of what fell due. */
  readonly seq?: number
  /** Of what fell due: when the token ends or ended, or what was asked for lapses; of `token.old_secret_used` when the old secret does. */
  readonly endsAt?: number
  /** Of what is about to end or to lapse. */
  readonly daysLeft?: number
  /** Of `token.ending_by_rule` and `token.ended_by_rule`: which rule of the plan. */
  readonly rule?: RulesWarning['code']
  /** Of `token.unused` and `token.old_secret_used`: to a minute, `null` if never. */
  readonly lastUsedAt?: number | null
}

/** The token that a notice is about, as it stands when the notice is sent. */
export interface NoticeToken
  extends Pick<Token, 'type' | 'name' | 'status' | 'scopes' | 'createdAt' | 'createdBy' | 'expiresAt'> {
  /** How many it is limited to. */
  readonly resources: 'all' | number
  /** Of a canary; absent of every other. */
  readonly canary?: true
}

/** News about a token. Plain JSON, below 64 kB. */
export interface Notice extends NoticeHead {
  /**
   * Who did it, by the host's own id; `null` where a secret was reported by its holder, and where a token renewed itself. Absent of what
   * fell due.
   */
  readonly actor?: string | null
  /** Why, in the words of whoever did it. */
  readonly reason?: string
  /** For a secret that was reported: the program that reported it, and where it was found. */
  readonly source?: string
  readonly url?: string
  /** The names of the fields that were changed. */
  readonly changed?: readonly string[]
  /** Before and after of those that take less than 4 kB; the audit log has all of them. */
  readonly changes?: { readonly [field: string]: Change }
  /** Absent if the token was removed meanwhile, belongs to another plan by now, or cannot be read. */
  readonly token?: NoticeToken
}

/** The head of the notice about an event. */
export function headOf({ id, type, at, planId, tokenId, seq, actor, reason }: TokenEvent): NoticeHead {
  // One that ended since a replaced secret was used says why; of a report nobody says that.
  const isReported = type === 'revoked' && actor === null && reason === undefined
  return { id, type: isReported ? 'secret.leaked' : toldAs(type), at, planId, tokenId, seq }
}

/** Of a type that a later version wrote, its own name. */
function toldAs(type: EventType): NoticeType {
  return Object.hasOwn(TOLD_AS, type) ? TOLD_AS[type] : (`token.${type}` as NoticeType)
}
