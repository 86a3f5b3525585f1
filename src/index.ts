/** The public face of the engine. Figma's policy: `plan-access-tokens/figma`; for tests: `plan-access-tokens/testing`. */

export type { Actor } from './core/actor.ts'
export type { AddressRanges } from './core/addresses.ts'
export type { Approvals } from './core/approvals.ts'
export type { Canaries, CanaryPlace } from './core/canary.ts'
export type { HeadersLike } from './core/credential.ts'
export type { RuleName } from './core/decide.ts'
export type { Denial, RenderedDenial } from './core/denial.ts'
export type { EndpointView } from './core/endpoints.ts'
export {
  DirectoryError,
  MANAGEMENT_ERRORS,
  type ManagementCode,
  type ManagementErrorInfo,
  NotWrittenError,
  PlanTokenError,
  type SafeCause,
  SetupError,
  StoreError,
  type StoreProblem,
} from './core/errors.ts'
export type { Change, EventDetails, EventType, NewEvent, TokenEvent } from './core/event.ts'
export type { Issue, IssueCode, IssueParams } from './core/issue.ts'
export type { LegacyKeys } from './core/legacy.ts'
export type { LimitState } from './core/limited.ts'
export type { RequestLimits } from './core/limits.ts'
export type { FoundLink, LinkCode, LinkMistake, LinkReport, ParsedLink } from './core/links.ts'
export type { MalformedReason } from './core/malformed.ts'
export type { Metadata, MetadataPatch } from './core/metadata.ts'
export type { Random, Secret } from './core/new-secret.ts'
export type { PlanRules } from './core/plan-rules.ts'
export {
  type AnyGrants,
  definePolicy,
  type GrantsOf,
  type Policy,
  type PublicRouteOf,
  type RouteOf,
  type ScopeOf,
  type ScopeView,
  type TokenOnlyPolicy,
  type TypeOf,
  type TypeView,
} from './core/policy.ts'
export type {
  CheckedRequest,
  Endpoint,
  FreeParameter,
  KindInfo,
  Limits,
  NamedResource,
  Names,
  PolicyCode,
  PolicyData,
  ScopeInfo,
  Source,
  TokenType,
} from './core/policy-data.ts'
export type { Reason, ReasonCode } from './core/reasons.ts'
export { type ReadEvent, type ReadRecord, readEvent, readRecord } from './core/record.ts'
export { REFUSALS, type RefusalCode, type RefusalInfo, type RefusalStatus } from './core/refusals.ts'
export type { LinkedResource, Place, PlacedResource, Reach, ResourceRef, Resources } from './core/resources.ts'
export type { ScopeAlternative } from './core/scope-alternatives.ts'
export type {
  NotRenewed,
  Renewal,
  RenewalCode,
  RenewalDates,
  Renewed,
  RenewOptions,
  SelfRenewals,
} from './core/self-renewal.ts'
export type { SelfRenewalRule, SelfRenewing } from './core/self-renewing.ts'
export type { Sentence, SentenceParams } from './core/sentence.ts'
export type { StepUp, StepUpAction } from './core/step-up.ts'
export type {
  IdempotencyRecord,
  LeakedSecret,
  LegacySecret,
  RecordDetails,
  SecretRecord,
  TokenRecord,
  TokenStatus,
} from './core/token.ts'
export type { RulesWarning, SecretView, Token, TokenWarning } from './core/token-view.ts'
export type {
  Day,
  DayCount,
  PlanUsage,
  Proven,
  RefusedRoute,
  TokenAdvice,
  TokenUsage,
  UsageGathering,
  Used,
  UsedResource,
  UsedRoute,
  Withheld,
  WithheldCode,
} from './core/usage.ts'
export type { Proposal, ProposedChanges, TokenRequest } from './core/waiting.ts'
export type {
  Awaitable,
  Clock,
  Directory,
  EventQuery,
  ListPosition,
  ListQuery,
  PlanInfo,
  SecretUse,
  StoredValue,
  TokenStore,
} from './ports.ts'
export type { ApproveInput, CollectInput, DeclineInput } from './service/approval-input.ts'
export type { NamedLink, PlacedMistake, PlacedReport } from './service/check-links.ts'
export { createPlanTokens } from './service/create-plan-tokens.ts'
export type { Allowance, Allowed, Decision, PublicAllowance } from './service/decision.ts'
export type { RevokedSecret, SweepResult } from './service/end.ts'
export type { Explanation, Verdict } from './service/explain.ts'
export type { Features } from './service/features.ts'
export type {
  AdoptInput,
  CheckLinksInput,
  CreateInput,
  EditInput,
  EventsInput,
  ListInput,
  NewInput,
  PlanInput,
  PreviewRefreshInput,
  RefreshInput,
  RevokeInput,
  RevokeSecretInput,
  RevokeWithReceiptInput,
  SweepInput,
  TokenInput,
} from './service/input.ts'
export type { InspectInput, Inspection } from './service/inspect.ts'
export type { Issued, Requested } from './service/issue.ts'
export type { EventPage, TokenPage } from './service/manage.ts'
export type { DecisionInfo } from './service/noted.ts'
export type { ApprovingOptions, PlanTokensOptions } from './service/options.ts'
export type { PlanTokens } from './service/plan-tokens.ts'
export type { Question } from './service/question.ts'
export type { ReadyInput } from './service/ready.ts'
export type { Receipt, RevokedWithReceipt } from './service/receipt.ts'
export type { RefreshDates } from './service/refresh.ts'
export type { ErrorInfo, OnError } from './service/report.ts'
export type { Asked, Call, RequestLike } from './service/request.ts'
export type { PreviewRevokeInput, RevokeFilter, RevokeManyInput } from './service/revoke-input.ts'
export type { RevokedMany, RevokePreview } from './service/revoke-many.ts'
export type { SurfaceOptions } from './service/surface.ts'
export type { AdviceInput, UnusedInput } from './service/usage-input.ts'
export { type MemoryStore, memoryStore } from './stores/memory.ts'
