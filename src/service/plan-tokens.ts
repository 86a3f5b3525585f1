/** All that an engine can be asked, by the server and by admins. Who makes one: service/create-plan-tokens.ts. */
import type { PlanRules } from '../core/plan-rules.ts'
import type { Policy, PublicRouteOf, RouteOf, ScopeOf, TokenOnlyPolicy, TypeOf } from '../core/policy.ts'
import type { Renewal, RenewOptions } from '../core/self-renewal.ts'
import type { Token } from '../core/token-view.ts'
import type { PlanUsage, TokenAdvice, TokenUsage } from '../core/usage.ts'
import type { ApproveInput, CollectInput, DeclineInput } from './approval-input.ts'
import type { PlacedReport } from './check-links.ts'
import type { Authorizer } from './create-authorizer.ts'
import type { RevokedSecret, SweepResult } from './end.ts'
import type { Explanation } from './explain.ts'
import type { Features } from './features.ts'
import type {
  AdoptInput,
  CheckLinksInput,
  CreateInput,
  EditInput,
  EventsInput,
  ListInput,
  PlanInput,
  PreviewRefreshInput,
  RefreshInput,
  RevokeInput,
  RevokeSecretInput,
  RevokeWithReceiptInput,
  SweepInput,
  TokenInput,
} from './input.ts'
import type { Issued, Requested } from './issue.ts'
import type { EventPage, TokenPage } from './manage.ts'
import type { Question } from './question.ts'
import type { RevokedWithReceipt } from './receipt.ts'
import type { RefreshDates } from './refresh.ts'
import type { Asked, RequestLike } from './request.ts'
import type { PreviewRevokeInput, RevokeManyInput } from './revoke-input.ts'
import type { RevokedMany, RevokePreview } from './revoke-many.ts'
import type { SurfaceOptions } from './surface.ts'
import type { AdviceInput, UnusedInput } from './usage-input.ts'

/**
 * The engine. Management calls reject with `PlanTokenError`; `authorize` and `explain` of a request never reject for anything
 * that a client can send. `Created` is what `create` gives: with the option `approvals` perhaps a token that waits for another admin.
 */
export interface PlanTokens<P extends Policy = TokenOnlyPolicy, Created extends Issued | Requested = Issued>
  extends Authorizer<P> {
  /** Which optional parts it was made with. */
  readonly features: Features
  /**
   * Issues a token. Its secret is shown this once. Where the rules of the plan ask for approvals, the token is pending and `secret` is
   * `undefined`: `approve` and `collect` follow.
   *
   * @throws PlanTokenError `invalid_input`, `not_plan_admin`, `plan_not_eligible`, `version_conflict`, `idempotency_key_reused`,
   * `idempotency_key_spent`, `token_not_active` (a repeated key whose token has ended), `plan_rules_broken` (a repeated key whose
   * token holds what the rules forbid by now), `insufficient_user_authentication` (the rules ask for a stronger session),
   * `approval_required` (without the option `approvals`), `unavailable`.
   */
  create<X extends TypeOf<P>>(input: CreateInput<P, X>): Promise<Created>
  /**
   * Makes a token of a key from before, by the digest that you have of it: the key goes on working, with the scopes, the resources
   * and the end that are given here, and nobody has to change it. Resolves when every process takes it. Needs the option `legacy`.
   *
   * @throws PlanTokenError `invalid_input`, `not_plan_admin`, `plan_not_eligible`, `key_already_adopted` (whoever's token it is),
   * `insufficient_user_authentication`, `approval_required`, `idempotency_key_reused`, `version_conflict`, `not_supported` (without
   * the option `legacy`), `unavailable`.
   */
  adopt<X extends TypeOf<P>>(input: AdoptInput<P, X>): Promise<Token>
  /** One token. @throws PlanTokenError `token_not_found` (also for another plan's), `invalid_input`, `unavailable`. */
  get(input: TokenInput): Promise<Token>
  /** A page of a plan's tokens, expired and revoked ones too. @throws PlanTokenError `not_plan_admin`, `invalid_input`, `unavailable`. */
  list(input: ListInput): Promise<TokenPage>
  /**
   * The rules that the plan's organization has set for its tokens (`directory.rules`), as they are now; an empty object for none.
   *
   * @throws PlanTokenError `not_plan_admin`, `invalid_input`, `unavailable`.
   */
  rules(input: PlanInput): Promise<PlanRules>
  /**
   * Changes name, description, scopes, resources, `metadata`, `contact`, `addresses`, and whether and until when the token may renew
   * itself. Resolves when every process judges by the change. Where the rules of the plan ask for approvals, one that widens the
   * token changes nothing and is its `proposal`.
   *
   * @throws PlanTokenError `invalid_input`, `token_not_found`, `token_not_active`, `token_is_pending`, `not_requester` (of a pending
   * token), `insufficient_user_authentication`, `approval_required` (without the option `approvals`), `plan_not_eligible`,
   * `version_conflict`, `unavailable`.
   */
  edit(input: EditInput<P>): Promise<Token>
  /**
   * Says yes to what another admin asked for: a pending token, whose secret that admin may then collect within 7 days, or a proposal,
   * which is applied. Everything is judged again. Resolves when every process judges by the change.
   *
   * @throws PlanTokenError `invalid_input`, `token_not_found`, `token_not_active`, `nothing_requested`, `own_request`,
   * `plan_rules_broken` (it is not allowed any more), `plan_not_eligible`, `version_conflict` (also if something else was asked for
   * meanwhile), `insufficient_user_authentication`, `not_supported` (without the option `approvals`), `unavailable`.
   */
  approve(input: ApproveInput): Promise<Token>
  /**
   * Says no to it: a pending token ends, a proposal is dropped.
   *
   * @throws PlanTokenError `invalid_input`, `token_not_found`, `token_not_active`, `nothing_requested`, `own_request`,
   * `version_conflict` (after 20 attempts), `insufficient_user_authentication`, `not_supported` (without the option `approvals`),
   * `unavailable`.
   */
  decline(input: DeclineInput): Promise<Token>
  /**
   * Gives the secret of an approved token to whoever asked for it, this once. The lifetime starts now.
   *
   * @throws PlanTokenError `invalid_input`, `token_not_found`, `token_not_active` (it has lapsed), `token_is_pending` (nobody has
   * approved it), `not_requester`, `nothing_requested` (it was collected), `plan_rules_broken`, `plan_not_eligible`,
   * `idempotency_key_reused`, `idempotency_key_spent`, `version_conflict`, `insufficient_user_authentication`, `not_supported`
   * (without the option `approvals`), `unavailable`.
   */
  collect(input: CollectInput): Promise<Issued>
  /**
   * The dates that a refresh would give now, epoch milliseconds. Changes nothing.
   *
   * @throws PlanTokenError `token_not_active`, `token_is_pending`, `token_is_canary`, `token_not_found`, `plan_not_eligible`,
   * `plan_rules_broken`, `invalid_input`, `unavailable`.
   */
  previewRefresh(input: PreviewRefreshInput): Promise<RefreshDates>
  /**
   * Issues a new secret and starts the original lifetime again. The secret that was newest works 24 hours more (the policy's
   * `graceHours`), counted from now. Resolves when every process judges by the change.
   *
   * @throws PlanTokenError `token_not_active`, `token_is_pending`, `token_is_canary`, `too_many_live_secrets` (over the policy's
   * `liveSecrets`, 10), `version_conflict` (another refresh came first), `token_not_found`, `plan_not_eligible`, `plan_rules_broken`
   * (it holds what the plan's rules forbid by now: edit it first), `insufficient_user_authentication`, `idempotency_key_reused`,
   * `idempotency_key_spent`, `invalid_input`, `unavailable`.
   */
  refresh(input: RefreshInput): Promise<Issued>
  /**
   * Renews a token by its own newest secret: the same scopes and resources, a new secret, and the lifetime again, no later than its
   * `selfRenewal.until`. Takes the request with the secret where guards read it, or the secret alone. Never rejects for anything that a
   * client can send: a refusal is a value, as a decision is. Resolves when every process judges by the change. Needs the option
   * `selfRenewal`; `selfRenewalHandler` makes an endpoint of it.
   *
   * @throws PlanTokenError `not_supported` for an engine without `selfRenewal`; TypeError for a surface that does not exist.
   * @example
   * const renewal = await tokens.renew(request, { idempotencyKey })
   * if (!renewal.renewed) return renewal.response()
   */
  renew(
    asked: RequestLike | Request | { readonly secret: string | undefined },
    options?: RenewOptions,
  ): Promise<Renewal>
  /**
   * Ends a token and gives a receipt: where the end stands in the log, and since when no process can have accepted the token.
   *
   * @throws PlanTokenError `token_not_found`, `invalid_input`, `version_conflict` (after 20 attempts),
   * `insufficient_user_authentication`, `unavailable`, which promises nothing: call again.
   */
  revoke(input: RevokeWithReceiptInput): Promise<RevokedWithReceipt>
  /**
   * Ends a token and all its secrets for good. Once it has resolved, no process accepts the token. Twice is not an error.
   *
   * @throws PlanTokenError `token_not_found`, `invalid_input`, `version_conflict` (after 20 attempts),
   * `insufficient_user_authentication`, `unavailable`, which promises nothing: call again.
   */
  revoke(input: RevokeInput): Promise<Token>
  /**
   * Which tokens `revokeMany` would end: how many, the first of them, and a stamp. Changes nothing.
   *
   * @throws PlanTokenError `not_plan_admin`, `invalid_input`, `unavailable`.
   */
  previewRevoke(input: PreviewRevokeInput): Promise<RevokePreview>
  /**
   * Ends the tokens that a preview counted and that still fit, up to `limit` in a call: call again with `next` as `after` until there
   * is none. Once it has resolved, no process accepts those that it names as `revoked` or `ended`. A call that broke off may be made
   * again as it was.
   *
   * @throws PlanTokenError `not_plan_admin`, `invalid_input` (also for a stamp of another filter), `preview_outdated`,
   * `insufficient_user_authentication`, `unavailable`, which promises nothing: call again.
   */
  revokeMany(input: RevokeManyInput): Promise<RevokedMany>
  /**
   * For reports of a leak, by whoever holds a secret: the newest takes its token with it, an earlier one ends alone. Takes the
   * secret, or text that it stands in: a line of a file, JSON, a URL, percent-encoded too; all secrets in it are ended. Text
   * without a secret that is known here is `{ revoked: false }`.
   *
   * @throws PlanTokenError `invalid_input` (more than 100 secrets), `version_conflict` (after 20 attempts), `unavailable`, which
   * promises nothing: call again.
   */
  revokeSecret(input: RevokeSecretInput): Promise<RevokedSecret>
  /** A page of a plan's audit log. @throws PlanTokenError `not_plan_admin`, `invalid_input`, `unavailable`. */
  events(input: EventsInput): Promise<EventPage>
  /**
   * Judges pasted links before a token is made of them: which resources they name, each once and by the name that the directory
   * has for it, which are wrong and where in the text, and what lies outside of the plan. Writes nothing; `create` and `edit`
   * judge again. An answer of the directory about a place may be as old as `directoryMaxAgeMs`.
   *
   * @throws PlanTokenError `invalid_input` (also for far more links than a token can hold), `not_plan_admin`, `unavailable`.
   */
  checkLinks(input: CheckLinksInput): Promise<PlacedReport>
  /**
   * Every rule with its verdict: for a request, or for a question about a token by an admin of its plan. A question is asked
   * of the surface of the token's own type unless `surface` says otherwise.
   *
   * @throws PlanTokenError for a question: `invalid_input`, `token_not_found`, `unavailable`.
   */
  explain(
    what: Asked<RouteOf<P>> | Question<RouteOf<P>>,
    options?: SurfaceOptions,
  ): Promise<Explanation<PublicRouteOf<P>, RouteOf<P>>>
  /**
   * How a token was used: by route, by listed resource and by day, and at which routes it was refused. Needs the option `usage`.
   *
   * @throws PlanTokenError `token_not_found`, `invalid_input`, `not_supported`, `unavailable`.
   */
  usage(input: TokenInput): Promise<TokenUsage>
  /**
   * What of a token was not used in a window of days, and an edit that takes it away, with the proof that all that was used stays
   * allowed. Where not everything is known, there is no edit, and it says why. Changes nothing. Needs the option `usage`.
   *
   * @throws PlanTokenError `token_not_found`, `invalid_input`, `not_supported`, `unavailable`.
   * @example
   * const { edit } = await tokens.advice({ actor, id })
   * if (edit) await tokens.edit({ actor, id, ...edit })
   */
  advice(input: AdviceInput): Promise<TokenAdvice<ScopeOf<P>>>
  /**
   * How many requests there were by day with all tokens of a plan together. Needs the option `usage`.
   *
   * @throws PlanTokenError `not_plan_admin`, `invalid_input`, `not_supported`, `unavailable`.
   */
  planUsage(input: PlanInput): Promise<PlanUsage>
  /**
   * A page of the active tokens of a plan that were not used in a window of days, and are older than it; canaries are left out. It may
   * hold fewer than `limit`, and even none, while there is a `next`. Needs the option `usage`.
   *
   * @throws PlanTokenError `not_plan_admin`, `invalid_input`, `not_supported` (also where the store keeps no uses), `unavailable`.
   */
  unused(input: UnusedInput): Promise<TokenPage>
  /**
   * Removes tokens that ended, and events that were written, before a moment (epoch milliseconds). Never called by itself.
   *
   * @throws PlanTokenError `invalid_input` (also for a moment that lies ahead), `unavailable`; TypeError for a store that
   * has no `sweep`.
   */
  sweep(input: SweepInput): Promise<SweepResult>
}
