/**
 * A token that renews itself, as the engine sees it: what comes of a renewal, and what makes them. Types alone, so that who has no
 * such tokens carries nothing of it. What a policy says and a token keeps: core/self-renewing.ts. What makes them:
 * self-renewal/renewals.ts.
 */
import type { RenderedDenial } from './denial.ts'
import type { Issue } from './issue.ts'
import type { Secret } from './new-secret.ts'
import type { RefusalCode } from './refusals.ts'
import type { SelfRenewalRule, SelfRenewing } from './self-renewing.ts'
import type { TokenRecord } from './token.ts'
import type { Token } from './token-view.ts'

/** What create and edit are given of it. */
export interface SelfRenewalWish {
  readonly selfRenewal?: boolean | null | undefined
  readonly renewUntil?: number | null | undefined
}

/** Why a token may not renew itself, beside all that a request is refused for. Grows, so a `switch` over it needs a `default`. */
export type RenewalCode =
  | 'idempotency_key_missing'
  | 'idempotency_key_unreadable'
  | 'renewal_not_allowed'
  | 'renewal_too_early'
  | 'renewal_ended'
  | 'secret_superseded'
  | 'secret_leaked'
  | 'idempotency_key_reused'
  | 'plan_rules_broken'
  | 'too_many_live_secrets'
  | 'version_conflict'

/** The dates after a renewal, epoch milliseconds. */
export interface RenewalDates {
  /** When the token ends. */
  readonly expiresAt: number
  /** From when on it may renew itself again. */
  readonly renewFrom: number
  /** Until when it may. */
  readonly renewUntil: number
  /** Until when the secret works that was sent. */
  readonly previousWorksUntil: number
}

/** A token that has renewed itself. */
export interface Renewed extends RenewalDates {
  readonly renewed: true
  readonly token: Token
  /** The only readable copy of its new secret. */
  readonly secret: Secret
  /** Status, headers and body with the secret, for a server that speaks no Fetch. */
  rendered(): RenderedDenial
  /** The same as a Fetch `Response`, made anew at each call. */
  response(): Response
}

/** A renewal that was refused. */
export interface NotRenewed {
  readonly renewed: false
  readonly code: RefusalCode | RenewalCode
  readonly status: number
  /** What happened and what to do, for a person; holds nothing of the request. */
  readonly message: string
  /** Of `renewal_too_early`: from when on it may be tried, epoch milliseconds. */
  readonly renewFrom?: number
  readonly headers: Readonly<Record<string, string>>
  /** Status, headers and body, for a server that speaks no Fetch. */
  rendered(): RenderedDenial
  /** The same as a Fetch `Response`, made anew at each call. */
  response(): Response
}

/** What came of a token's wish to renew itself. */
export type Renewal = Renewed | NotRenewed

/** What goes with a renewal. */
export interface RenewOptions {
  /**
   * 1 to 200 characters, drawn anew for each secret that is to be replaced: for an answer that was lost, the same key with the same
   * secret gives another new one. Default: the request's header `Idempotency-Key`.
   */
  readonly idempotencyKey?: string | undefined
  /** The address that the request came from, as `authorize` takes it. */
  readonly address?: string | undefined
  /** The policy whose places for a secret are read. Default: the first policy's. */
  readonly surface?: string | undefined
}

/** What makes tokens renew themselves, as `selfRenewal` of `plan-access-tokens/self-renewal` makes it. Hand it on; what it holds is for the engine alone. */
export interface SelfRenewals {
  /** @internal What a token keeps by a wish of an admin, or what is wrong with the wish. `before` is what it has, if it has any. */
  choose(
    wish: SelfRenewalWish,
    type: { readonly name: string; readonly selfRenewal: SelfRenewalRule | undefined },
    before: SelfRenewing | undefined,
    now: number,
  ): { readonly selfRenewal?: SelfRenewing | undefined; readonly issues: readonly Issue[] }
  /** @internal What a token keeps after something that an admin did; `undefined` where nothing moves. */
  restarted(
    record: Pick<TokenRecord, 'selfRenewal'>,
    rule: SelfRenewalRule | undefined,
    now: number,
  ): SelfRenewing | undefined
  /** @internal `engine` is what manages. */
  renew(engine: object, asked: object, options: RenewOptions): Promise<Renewal>
}
