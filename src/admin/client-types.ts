/** What the client of the management API takes and gives: as the engine, but texts where the wire has texts. */
import type { PlanRules } from '../core/plan-rules.ts'
import type { ScopeView, TypeView } from '../core/policy.ts'
import type { Limits } from '../core/policy-data.ts'
import type { ScopeAlternative } from '../core/scope-alternatives.ts'
import type { StepUp } from '../core/step-up.ts'
import type { Token } from '../core/token-view.ts'
import type { PlanUsage, TokenAdvice, TokenUsage } from '../core/usage.ts'
import type { Awaitable } from '../ports.ts'
import type { ApproveInput, CollectInput, DeclineInput } from '../service/approval-input.ts'
import type { PlacedReport } from '../service/check-links.ts'
import type { Allowance } from '../service/decision.ts'
import type { Verdict } from '../service/explain.ts'
import type { ExportInput, ExportPart } from '../service/export-events.ts'
import type {
  CreateInput,
  EditInput,
  EventsInput,
  ListInput,
  PreviewRefreshInput,
  RefreshInput,
  RevokeInput,
  RevokeWithReceiptInput,
} from '../service/input.ts'
import type { EventPage, TokenPage } from '../service/manage.ts'
import type { Question } from '../service/question.ts'
import type { RevokedWithReceipt } from '../service/receipt.ts'
import type { RefreshDates } from '../service/refresh.ts'
import type { PreviewRevokeInput, RevokeManyInput } from '../service/revoke-input.ts'
import type { RevokedMany, RevokePreview } from '../service/revoke-many.ts'
import type { AdviceInput, UnusedInput } from '../service/usage-input.ts'

/** What `createAdminClient` takes. */
export interface AdminClientOptions {
  /** Where the API is mounted, such as `https://example.com/admin`; in a browser a path such as `/admin` will do. */
  readonly baseUrl: string
  /** Default: the platform's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Sent with every request, or a function that gives them: what the host's session needs. */
  readonly headers?: Readonly<Record<string, string>> | (() => Awaitable<Readonly<Record<string, string>>>)
  /**
   * Called where the rules of a plan ask for a stronger or a more recent authentication (RFC 9470): has the person authenticate
   * again, and says whether that was done. Then the call is made once more as it was, so that nothing typed is lost. Default: the
   * call rejects.
   */
  readonly stepUp?: (asked: StepUp) => Awaitable<boolean>
}

/** Input of a management call without the actor, who is known to the server. */
export type WithoutActor<T> = T extends unknown ? Omit<T, 'actor'> : never

/** A surface, as the API shows it. */
export interface SurfaceView {
  readonly surface: string
  readonly scopes: readonly ScopeView[]
  readonly types: readonly TypeView[]
  readonly limits: Required<Limits>
}

/** A token and its secret, as text: it is in this answer and in no other. */
export interface IssuedText {
  readonly token: Token
  readonly secret: string
}

/** A token that another admin has to approve; `collect` gives its secret then. */
export interface RequestedText {
  readonly token: Token
  readonly secret?: undefined
}

/** A decision, and how it came about; without what only a server needs to answer the request. */
export interface ExplanationView {
  readonly decision:
    | Omit<Allowance, 'headers' | 'reach' | 'covers'>
    | {
        readonly allowed: false
        readonly code: string
        readonly status: number
        readonly message: string
        readonly scopes?: readonly ScopeAlternative[]
      }
  readonly rules: readonly Verdict[]
}

/**
 * The management API. Every call rejects with an `AdminApiError` for an answer that is no success, and with what `fetch` throws
 * if there is none. Fields are those of the engine's calls. `Created` is what `create` gives: over an engine with the option
 * `approvals` it is `IssuedText | RequestedText`.
 */
export interface AdminClient<Created extends IssuedText | RequestedText = IssuedText> {
  /** The surfaces, each with its scopes, token types and limits. */
  policies(): Promise<readonly SurfaceView[]>
  /** What a text holds of links, for the live check of a form. */
  parseLinks(input: {
    readonly text: string
    readonly surface?: string
    readonly planId?: string
  }): Promise<PlacedReport>
  /** A page of a plan's tokens. */
  list(input: WithoutActor<ListInput>): Promise<TokenPage>
  /** The rules of a plan for its tokens; an empty object for none. */
  rules(input: { readonly planId: string }): Promise<PlanRules>
  /** Issues a token. Its secret is in the answer, this once; there is none while another admin has to approve it. */
  create(input: WithoutActor<CreateInput>): Promise<Created>
  /** One token. */
  get(input: { readonly id: string }): Promise<Token>
  /** Changes fields of a token; with `version` only if it is still that one, else `version_conflict` (412). */
  edit(input: WithoutActor<EditInput>): Promise<Token>
  /** Approves what another admin asked for; with `version` only if the token is still that one, else `version_conflict` (412). */
  approve(input: WithoutActor<ApproveInput>): Promise<Token>
  /** Declines it: a pending token ends, an edit that waits is dropped. */
  decline(input: WithoutActor<DeclineInput>): Promise<Token>
  /** Gives the secret of an approved token to whoever asked for it, in the answer this once. */
  collect(input: WithoutActor<CollectInput>): Promise<IssuedText>
  /** The dates that a refresh would give now, epoch milliseconds. */
  previewRefresh(input: WithoutActor<PreviewRefreshInput>): Promise<RefreshDates>
  /** Issues a new secret, in the answer this once. */
  refresh(input: WithoutActor<RefreshInput>): Promise<IssuedText>
  /** Ends a token and gives a receipt: where the end stands in the log, and since when no process can have accepted the token. */
  revoke(input: WithoutActor<RevokeWithReceiptInput>): Promise<RevokedWithReceipt>
  /** Ends a token, at once and for good. */
  revoke(input: WithoutActor<RevokeInput>): Promise<Token>
  /** Which tokens `revokeMany` would end. */
  previewRevoke(input: WithoutActor<PreviewRevokeInput>): Promise<RevokePreview>
  /** Ends tokens that were previewed and still fit; the rest with `next` as `after`. */
  revokeMany(input: WithoutActor<RevokeManyInput>): Promise<RevokedMany>
  /** How a token was used. */
  usage(input: { readonly id: string }): Promise<TokenUsage>
  /** What of a token was not used, and an edit that takes it away. */
  advice(input: WithoutActor<AdviceInput>): Promise<TokenAdvice>
  /** How many requests there were by day with all tokens of a plan together. */
  planUsage(input: { readonly planId: string }): Promise<PlanUsage>
  /** A page of the active tokens of a plan that were not used. */
  unused(input: WithoutActor<UnusedInput>): Promise<TokenPage>
  /** A page of a plan's audit log. */
  events(input: WithoutActor<EventsInput>): Promise<EventPage>
  /** A part of a plan's audit log as CSV or NDJSON, oldest first; the rest with `next` as `after`. */
  exportEvents(input: WithoutActor<ExportInput>): Promise<Omit<ExportPart, 'events'>>
  /** What a token may do: every rule with its verdict. */
  explain(
    input: WithoutActor<Question> & {
      readonly surface?: string
      /** The address that the request would come from. */
      readonly address?: string
    },
  ): Promise<ExplanationView>
}
