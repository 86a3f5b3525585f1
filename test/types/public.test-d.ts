/** No public type is `any`, nor holds it anywhere a user would meet it. That the lists are full: public.test.ts. */
import type { Migration } from 'kysely'
import type * as api from 'plan-access-tokens'
import type * as addresses from 'plan-access-tokens/addresses'
import type * as admin from 'plan-access-tokens/admin'

import type * as approvals from 'plan-access-tokens/approvals'
import type * as audit from 'plan-access-tokens/audit'

import type * as authorizer from 'plan-access-tokens/authorizer'
import type * as config from 'plan-access-tokens/config'
import type * as elysia from 'plan-access-tokens/elysia'
import type * as guards from 'plan-access-tokens/fetch'
import type * as figma from 'plan-access-tokens/figma'
import type * as gateway from 'plan-access-tokens/gateway'
import type * as hub from 'plan-access-tokens/hub'
import type * as koa from 'plan-access-tokens/koa'
import type * as leaks from 'plan-access-tokens/leaks'
import type * as legacy from 'plan-access-tokens/legacy'
import type * as limits from 'plan-access-tokens/limits'
import type * as memoryLimits from 'plan-access-tokens/limits/memory'
import type * as redisLimits from 'plan-access-tokens/limits/redis'
import type * as mcp from 'plan-access-tokens/mcp'
import type * as nestjs from 'plan-access-tokens/nestjs'
import type * as node from 'plan-access-tokens/node'
import type * as npm from 'plan-access-tokens/npm'
import type * as openapi from 'plan-access-tokens/openapi'
import type * as operators from 'plan-access-tokens/operator'
import type * as outbox from 'plan-access-tokens/outbox'
import type * as webhooks from 'plan-access-tokens/outbox/webhooks'
import type * as policies from 'plan-access-tokens/policy'
import type * as rotating from 'plan-access-tokens/rotating-secret'
import type * as renewals from 'plan-access-tokens/self-renewal'
import type * as d1 from 'plan-access-tokens/stores/d1'
import type * as drizzle from 'plan-access-tokens/stores/drizzle'
import type * as prisma from 'plan-access-tokens/stores/prisma'
import type * as redis from 'plan-access-tokens/stores/redis'
import type * as sql from 'plan-access-tokens/stores/sql'
import type * as testing from 'plan-access-tokens/testing'
import type * as usage from 'plan-access-tokens/usage'
import type * as verdaccio from 'plan-access-tokens/verdaccio'
import { describe, expectTypeOf, it } from 'vitest'

type IsAny<T> = 0 extends 1 & T ? true : false

/** What is not ours to look into. */
type Foreign =
  | string
  | number
  | boolean
  | symbol
  | bigint
  | null
  | undefined
  | Request
  | Response
  | Headers
  | Uint8Array
  | AbortSignal
  | RegExp
  | Migration
  | openapi.OpenApiDocument
  | openapi.OpenApiOperation
  | openapi.OpenApiSchema

/** The places at which a type is `any`, down to some depth; `never` if there are none. */
type AnyAt<T, Path extends string = '', Depth extends readonly 0[] = []> =
  IsAny<T> extends true
    ? Path
    : Depth['length'] extends 5
      ? never
      : T extends Foreign
        ? never
        : T extends (...args: infer Args) => infer Result
          ? AnyAt<Args, `${Path}(args)`, [...Depth, 0]> | AnyAt<Result, `${Path}()`, [...Depth, 0]>
          : T extends PromiseLike<infer Value>
            ? AnyAt<Value, Path, [...Depth, 0]>
            : T extends readonly (infer Entry)[]
              ? AnyAt<Entry, `${Path}[]`, [...Depth, 0]>
              : T extends object
                ? { [F in keyof T & string]: AnyAt<T[F], `${Path}.${F}`, [...Depth, 0]> }[keyof T & string]
                : never

/** Every public type, by the name that it is exported under. */
interface Types {
  Allowance: api.Allowance
  Allowed: api.Allowed<string>
  EventDetails: api.EventDetails
  PlanInput: api.PlanInput
  PlanRules: api.PlanRules
  PublicAllowance: api.PublicAllowance
  PublicRouteOf: api.PublicRouteOf<api.Policy>
  RecordDetails: api.RecordDetails
  RulesWarning: api.RulesWarning
  TokenOnlyPolicy: api.TokenOnlyPolicy
  ScopeAlternative: api.ScopeAlternative
  PlacedResource: api.PlacedResource
  Reach: api.Reach
  Asked: api.Asked
  Call: api.Call
  AnyGrants: api.AnyGrants
  Awaitable: api.Awaitable<string>
  Change: api.Change
  Clock: api.Clock
  Authorizer: authorizer.Authorizer
  MovedPlan: operators.MovedPlan
  MovePlanInput: operators.MovePlanInput
  Operator: operators.Operator
  OperatorEventsInput: operators.OperatorEventsInput
  OperatorTokensInput: operators.OperatorTokensInput
  RevokedPlan: operators.RevokedPlan
  RevokePlanInput: operators.RevokePlanInput
  Attempt: outbox.Attempt
  CloudEvent: outbox.CloudEvent
  CloudEventMessage: outbox.CloudEventMessage
  CloudEventOptions: outbox.CloudEventOptions
  CloudEventsOptions: outbox.CloudEventsOptions
  DeadLetter: outbox.DeadLetter
  Deliver: outbox.Deliver
  DeliveryErrorOptions: outbox.DeliveryErrorOptions
  DeliveryFailure: outbox.DeliveryFailure
  Mail: outbox.Mail
  MailOptions: outbox.MailOptions
  Notice: outbox.Notice
  NoticeHead: outbox.NoticeHead
  NoticeToken: outbox.NoticeToken
  NoticeType: outbox.NoticeType
  OcsfEvent: outbox.OcsfEvent
  OcsfOptions: outbox.OcsfOptions
  Outbox: outbox.Outbox
  OutboxOptions: outbox.OutboxOptions
  OutboxStatus: outbox.OutboxStatus
  Outcome: outbox.Outcome
  RunResult: outbox.RunResult
  WaitingPlan: outbox.WaitingPlan
  StandardWebhooksOptions: webhooks.StandardWebhooksOptions
  WebhookEndpoint: webhooks.WebhookEndpoint
  AdoptInput: api.AdoptInput
  Actor: api.Actor
  StepUp: api.StepUp
  StepUpAction: api.StepUpAction
  AddressRanges: api.AddressRanges
  AddressOptions: addresses.AddressOptions
  Approvals: approvals.Approvals
  ApproveInput: api.ApproveInput
  ApprovingOptions: api.ApprovingOptions
  Features: api.Features
  CollectInput: api.CollectInput
  DeclineInput: api.DeclineInput
  Proposal: approvals.Proposal
  ProposedChanges: approvals.ProposedChanges
  Requested: api.Requested
  RequestedText: admin.RequestedText
  TokenRequest: approvals.TokenRequest
  Checkpoint: audit.Checkpoint
  ExportFormat: audit.ExportFormat
  ExportInput: audit.ExportInput
  ExportPart: audit.ExportPart
  LogExport: audit.LogExport
  PlanExport: audit.PlanExport
  Receipt: api.Receipt
  RevokedWithReceipt: api.RevokedWithReceipt
  RevokeWithReceiptInput: api.RevokeWithReceiptInput
  CheckpointAlgorithm: audit.CheckpointAlgorithm
  CheckpointInput: audit.CheckpointInput
  LogProblem: audit.LogProblem
  LogProblemCode: audit.LogProblemCode
  LogReport: audit.LogReport
  ProvingKey: audit.ProvingKey
  SigningKey: audit.SigningKey
  Jwk: audit.Jwk
  WebCryptoKey: audit.WebCryptoKey
  SignReceiptInput: audit.SignReceiptInput
  Stretch: audit.Stretch
  VerifiedReceipt: audit.VerifiedReceipt
  VerifyReceiptInput: audit.VerifyReceiptInput
  VerifyInput: audit.VerifyInput
  NotRenewed: renewals.NotRenewed
  Renewal: renewals.Renewal
  RenewalCode: renewals.RenewalCode
  RenewalDates: renewals.RenewalDates
  Renewed: renewals.Renewed
  RenewOptions: renewals.RenewOptions
  SelfRenewals: renewals.SelfRenewals
  SelfRenewalHandler: renewals.SelfRenewalHandler
  SelfRenewalHandlerOptions: renewals.SelfRenewalHandlerOptions
  SelfRenewalOptions: renewals.SelfRenewalOptions
  SelfRenewalRule: api.SelfRenewalRule
  SelfRenewing: api.SelfRenewing
  RotatingSecret: rotating.RotatingSecret
  RotatingSecretOptions: rotating.RotatingSecretOptions
  RotatingSecretProblem: rotating.RotatingSecretProblem
  UsageOptions: usage.UsageOptions
  UsageGathering: api.UsageGathering
  AdviceInput: api.AdviceInput
  Day: api.Day
  DayCount: api.DayCount
  PlanUsage: api.PlanUsage
  Proven: api.Proven
  RefusedRoute: api.RefusedRoute
  TokenAdvice: api.TokenAdvice
  TokenUsage: api.TokenUsage
  UnusedInput: api.UnusedInput
  Used: api.Used
  UsedResource: api.UsedResource
  UsedRoute: api.UsedRoute
  Withheld: api.Withheld
  WithheldCode: api.WithheldCode
  LegacyKeys: api.LegacyKeys
  LeakedSecret: api.LeakedSecret
  LegacySecret: api.LegacySecret
  LimitState: api.LimitState
  RequestLimits: api.RequestLimits
  FigmaLimits: figma.FigmaLimits
  LimitCondition: limits.LimitCondition
  LimitedRequest: limits.LimitedRequest
  LimitGroups: limits.LimitGroups
  LimitRule: limits.LimitRule
  LimitSize: limits.LimitSize
  RateLimiter: limits.RateLimiter
  RequestLimitsOptions: limits.RequestLimitsOptions
  Take: limits.Take
  Taken: limits.Taken
  MemoryLimiterOptions: memoryLimits.MemoryLimiterOptions
  RedisLimiterOptions: redisLimits.RedisLimiterOptions
  Canaries: api.Canaries
  CanaryPlace: api.CanaryPlace
  CanaryOptions: leaks.CanaryOptions
  CanaryUse: leaks.CanaryUse
  GitGuardianOptions: leaks.GitGuardianOptions
  GithubOptions: leaks.GithubOptions
  Leak: leaks.Leak
  LeakAction: leaks.LeakAction
  LeakActions: leaks.LeakActions
  LeakCode: leaks.LeakCode
  LeakHandler: leaks.LeakHandler
  LeakInput: leaks.LeakInput
  LeakOptions: leaks.LeakOptions
  LeakPattern: leaks.LeakPattern
  LeakReport: leaks.LeakReport
  LeakRuleFormat: leaks.LeakRuleFormat
  LeakSource: leaks.LeakSource
  LegacyForm: legacy.LegacyForm
  LegacyEncoding: legacy.LegacyEncoding
  LegacyScheme: legacy.LegacyScheme
  Sha256Scheme: legacy.Sha256Scheme
  HmacScheme: legacy.HmacScheme
  VerifyScheme: legacy.VerifyScheme
  Difference: legacy.Difference
  Shadow: legacy.Shadow
  ShadowCounts: legacy.ShadowCounts
  ShadowOptions: legacy.ShadowOptions
  AuthorizerOptions: authorizer.AuthorizerOptions
  CheckLinksInput: api.CheckLinksInput
  CreateInput: api.CreateInput
  Decision: api.Decision
  DecisionInfo: api.DecisionInfo
  ErrorInfo: api.ErrorInfo
  OnError: api.OnError
  ReadyInput: api.ReadyInput
  Denial: api.Denial
  Directory: api.Directory
  EditInput: api.EditInput
  Endpoint: api.Endpoint
  EndpointView: api.EndpointView
  EventPage: api.EventPage
  EventQuery: api.EventQuery
  EventsInput: api.EventsInput
  EventType: api.EventType
  Explanation: api.Explanation
  FoundLink: api.FoundLink
  FreeParameter: api.FreeParameter
  GrantsOf: api.GrantsOf<'a', { readonly live: api.TokenType<'a'> }>
  HeadersLike: api.HeadersLike
  IdempotencyRecord: api.IdempotencyRecord
  InspectInput: api.InspectInput
  Inspection: api.Inspection
  Issue: api.Issue
  IssueCode: api.IssueCode
  IssueParams: api.IssueParams
  Issued: api.Issued
  KindInfo: api.KindInfo
  Limits: api.Limits
  LinkCode: api.LinkCode
  LinkedResource: api.LinkedResource
  LinkMistake: api.LinkMistake
  LinkReport: api.LinkReport
  ListInput: api.ListInput
  Metadata: api.Metadata
  MetadataPatch: api.MetadataPatch
  NewInput: api.NewInput<api.Policy, string>
  ListPosition: api.ListPosition
  ListQuery: api.ListQuery
  MalformedReason: api.MalformedReason
  ManagementCode: api.ManagementCode
  ManagementErrorInfo: api.ManagementErrorInfo
  MemoryStore: api.MemoryStore
  NamedLink: api.NamedLink
  NamedResource: api.NamedResource
  Names: api.Names
  NewEvent: api.NewEvent
  ParsedLink: api.ParsedLink
  Place: api.Place
  PlacedMistake: api.PlacedMistake
  PlacedReport: api.PlacedReport
  PlanInfo: api.PlanInfo
  PlanTokens: api.PlanTokens
  PlanTokensOptions: api.PlanTokensOptions
  Policy: api.Policy
  CheckedRequest: api.CheckedRequest
  PolicyCode: api.PolicyCode
  PolicyData: api.PolicyData
  Question: api.Question
  Random: api.Random
  PreviewRefreshInput: api.PreviewRefreshInput
  PreviewRevokeInput: api.PreviewRevokeInput
  RefreshInput: api.RefreshInput
  RevokeFilter: api.RevokeFilter
  RevokeInput: api.RevokeInput
  RevokeManyInput: api.RevokeManyInput
  RevokePreview: api.RevokePreview
  RevokedMany: api.RevokedMany
  RefreshDates: api.RefreshDates
  RefusalCode: api.RefusalCode
  RefusalInfo: api.RefusalInfo
  ReadEvent: api.ReadEvent
  ReadRecord: api.ReadRecord
  RefusalStatus: api.RefusalStatus
  RenderedDenial: api.RenderedDenial
  RequestLike: api.RequestLike
  ResourceRef: api.ResourceRef
  Resources: api.Resources
  RevokedSecret: api.RevokedSecret
  RevokeSecretInput: api.RevokeSecretInput
  RouteOf: api.RouteOf<api.Policy>
  RuleName: api.RuleName
  SafeCause: api.SafeCause
  ScopeInfo: api.ScopeInfo
  ScopeOf: api.ScopeOf<api.Policy>
  ScopeView: api.ScopeView
  Secret: api.Secret
  SecretRecord: api.SecretRecord
  Reason: api.Reason
  ReasonCode: api.ReasonCode
  SecretUse: api.SecretUse
  Sentence: api.Sentence
  SentenceParams: api.SentenceParams
  StoredValue: api.StoredValue
  SecretView: api.SecretView
  Source: api.Source
  StoreProblem: api.StoreProblem
  SurfaceOptions: api.SurfaceOptions
  Token: api.Token
  TokenEvent: api.TokenEvent
  TokenInput: api.TokenInput
  SweepInput: api.SweepInput
  SweepResult: api.SweepResult
  TokenPage: api.TokenPage
  TokenRecord: api.TokenRecord
  TokenStatus: api.TokenStatus
  TokenStore: api.TokenStore
  TokenType: api.TokenType
  TokenWarning: api.TokenWarning
  TypeOf: api.TypeOf<api.Policy>
  TypeView: api.TypeView
  Verdict: api.Verdict
  NpmKind: npm.NpmKind
  NpmPolicyOptions: npm.NpmPolicyOptions
  NpmScope: npm.NpmScope
  Npmrc: npm.Npmrc
  NpmrcOptions: npm.NpmrcOptions
  RegistryGuardOptions: npm.RegistryGuardOptions
  VerdaccioAnswer: verdaccio.VerdaccioAnswer<boolean>
  VerdaccioContext: verdaccio.VerdaccioContext
  VerdaccioHelpers: verdaccio.VerdaccioHelpers
  VerdaccioLogger: verdaccio.VerdaccioLogger
  VerdaccioMiddleware: verdaccio.VerdaccioMiddleware
  VerdaccioOptions: verdaccio.VerdaccioOptions
  VerdaccioPackage: verdaccio.VerdaccioPackage
  VerdaccioPlugin: verdaccio.VerdaccioPlugin
  VerdaccioRequest: verdaccio.VerdaccioRequest
  VerdaccioUser: verdaccio.VerdaccioUser
  FigmaPolicyOptions: figma.FigmaPolicyOptions
  FigmaRoute: figma.FigmaRoute
  FigmaScope: figma.FigmaScope
  AdminClient: admin.AdminClient
  AdminClientOptions: admin.AdminClientOptions
  AdminCode: admin.AdminCode
  AdminEngine: admin.AdminEngine
  AdminHandler: admin.AdminHandler
  AdminOptions: admin.AdminOptions
  ExplanationView: admin.ExplanationView
  HttpCode: admin.HttpCode
  IntrospectionOptions: admin.IntrospectionOptions
  IssuedText: admin.IssuedText
  ListenedRequest: admin.ListenedRequest
  ListenedResponse: admin.ListenedResponse
  SurfaceView: admin.SurfaceView
  WithoutActor: admin.WithoutActor<api.TokenInput>
  AdminApiConfig: config.AdminApiConfig
  Config: config.Config
  ConfiguredEngine: config.ConfiguredEngine
  EngineConfig: config.EngineConfig
  GatewayConfig: config.GatewayConfig
  StoreConfig: config.StoreConfig
  AskedOfEngine: gateway.AskedOfEngine
  AuthzenOptions: gateway.AuthzenOptions
  Entity: gateway.Entity
  Evaluation: gateway.Evaluation
  ForwardAuth: gateway.ForwardAuth
  ForwardAuthOptions: gateway.ForwardAuthOptions
  Gateway: gateway.Gateway
  GatewayCode: gateway.GatewayCode
  GatewayCaller: gateway.GatewayCaller
  GatewayHandler: gateway.GatewayHandler
  GatewayRequest: gateway.GatewayRequest
  Trust: gateway.Trust
  HubAddress: hub.HubAddress
  HubHandler: hub.HubHandler
  HubParts: hub.HubParts
  HubOptions: hub.HubOptions
  HubPlan: hub.HubPlan
  HubTexts: hub.HubTexts
  PluralText: hub.PluralText
  GuardEngine: guards.GuardEngine
  GuardOptions: guards.GuardOptions<Request>
  ElysiaContext: elysia.ElysiaContext
  ElysiaServer: elysia.ElysiaServer
  ElysiaGuardOptions: elysia.ElysiaGuardOptions
  FetchGuardOptions: guards.FetchGuardOptions
  RestOf: guards.RestOf<guards.FetchGuardOptions>
  KoaContext: koa.KoaContext
  NodeRequest: node.NodeRequest
  NodeResponse: node.NodeResponse
  PlanTokenOf: guards.PlanTokenOf<object>
  PlanTokenState: koa.PlanTokenState
  D1Answer: d1.D1Answer
  D1Database: d1.D1Database
  D1Statement: d1.D1Statement
  D1Tables: d1.D1Tables
  DurableObjectStorage: d1.DurableObjectStorage
  McpEndpoint: mcp.McpEndpoint
  McpGuard: mcp.McpGuard
  McpGuardOptions: mcp.McpGuardOptions
  McpNext: mcp.McpNext
  ProtectedResource: mcp.ProtectedResource
  PlanTokenRouteOptions: nestjs.PlanTokenRouteOptions
  PlanTokensModuleAsyncOptions: nestjs.PlanTokensModuleAsyncOptions
  PlanTokensModuleOptions: nestjs.PlanTokensModuleOptions
  Judged: guards.Judged<object>
  IoredisClient: redis.IoredisClient
  IoredisSubscriber: redis.IoredisSubscriber
  NodeRedisClient: redis.NodeRedisClient
  NodeRedisSubscriber: redis.NodeRedisSubscriber
  RedisClient: redis.RedisClient
  RedisStore: redis.RedisStore
  RedisStoreOptions: redis.RedisStoreOptions
  ScriptOptions: redis.ScriptOptions
  KyselySqliteDatabase: sql.KyselySqliteDatabase
  NodeSqliteDatabase: sql.NodeSqliteDatabase
  NodeSqliteStatement: sql.NodeSqliteStatement
  Listen: sql.Listen
  ListenClient: sql.ListenClient
  SqlDialect: sql.SqlDialect
  SqlMigration: sql.SqlMigration
  SqlMigrations: sql.SqlMigrations
  PgListenerOptions: sql.PgListenerOptions
  SqlStore: sql.SqlStore
  MigrateResult: sql.MigrateResult
  SqlStoreOptions: Omit<sql.SqlStoreOptions, 'alongside'>
  DrizzleDatabase: drizzle.DrizzleDatabase<drizzle.DrizzleTransaction>
  DrizzleTransaction: drizzle.DrizzleTransaction
  DrizzleStoreOptions: drizzle.DrizzleStoreOptions<drizzle.DrizzleTransaction>
  DrizzleTableOptions: drizzle.DrizzleTableOptions
  DrizzleTables: drizzle.DrizzleTables<'a table'>
  PrismaDatabase: prisma.PrismaDatabase<prisma.PrismaTransaction>
  PrismaTransaction: prisma.PrismaTransaction
  PrismaStoreOptions: prisma.PrismaStoreOptions<prisma.PrismaTransaction>
  PrismaTableOptions: prisma.PrismaTableOptions
  PrismaProvider: prisma.PrismaProvider
  AlongsideOptions: sql.AlongsideOptions<'a transaction'>
  RunAlongside: sql.RunAlongside<'a transaction'>
  SqlTables: sql.SqlTables
  AffectedOptions: policies.AffectedOptions
  AffectedToken: policies.AffectedToken
  KnownToken: policies.KnownToken
  TokenChange: policies.TokenChange
  ComparedToken: policies.ComparedToken
  DiffLine: policies.DiffLine
  DiffLines: policies.DiffLines
  DiffOptions: policies.DiffOptions
  Direction: policies.Direction
  ManagementLine: policies.ManagementLine
  RequestLine: policies.RequestLine
  Touched: policies.Touched
  PolicyChange: policies.PolicyChange
  PolicyDiff: policies.PolicyDiff
  MatrixData: policies.MatrixData
  MatrixEndpoint: policies.MatrixEndpoint
  MatrixKind: policies.MatrixKind
  MatrixScope: policies.MatrixScope
  MatrixType: policies.MatrixType
  PolicyMatrix: policies.PolicyMatrix
  TokenSource: policies.TokenSource
  Carried: policies.Carried
  WitnessVerdict: policies.WitnessVerdict
  Witness: policies.Witness
  WitnessPlace: policies.WitnessPlace
  LintCode: policies.LintCode
  LintOptions: policies.LintOptions
  LintWarning: policies.LintWarning
  ReachOptions: testing.ReachOptions<readonly string[]>
  AskedOperation: openapi.AskedOperation
  AskedParameter: openapi.AskedParameter
  DerivedResource: openapi.DerivedResource
  DriftOptions: openapi.DriftOptions
  EndpointOverride: openapi.EndpointOverride
  OpenApiDocument: openapi.OpenApiDocument
  OpenApiOperation: openapi.OpenApiOperation
  OpenApiOverrides: openapi.OpenApiOverrides
  OpenApiPolicy: openapi.OpenApiPolicy
  OpenApiReport: openapi.OpenApiReport
  OpenApiSchema: openapi.OpenApiSchema
  PolicyBase: openapi.PolicyBase
  PolicyDrift: openapi.PolicyDrift
  ReportCode: openapi.ReportCode
  ReportReason: openapi.ReportReason
  ReportedOperation: openapi.ReportedOperation
  SchemeUse: openapi.SchemeUse
  CaseWorld: testing.CaseWorld
  MatcherResult: testing.MatcherResult
  PolicyCase: testing.PolicyCase
  PolicyCasesOptions: testing.PolicyCasesOptions
  PolicyMatchers: testing.PolicyMatchers
  ResourceTree: testing.ResourceTree
  StoreContractCase: testing.StoreContractCase
  StoreContractOptions: testing.StoreContractOptions
  TestClock: testing.TestClock
  TestDirectory: testing.TestDirectory
  TestPlan: testing.TestPlan
  TestRequestOptions: testing.TestRequestOptions
  TokensInEachState: testing.TokensInEachState
}

describe('the public types', () => {
  it('hold no any', () => {
    expectTypeOf<AnyAt<Types>>().toBeNever()
  })
})

describe('the public functions', () => {
  it('take and give no any', () => {
    expectTypeOf<AnyAt<typeof api.createPlanTokens>>().toBeNever()
    expectTypeOf<AnyAt<typeof api.definePolicy>>().toBeNever()
    expectTypeOf<AnyAt<typeof api.memoryStore>>().toBeNever()
    expectTypeOf<AnyAt<typeof api.REFUSALS>>().toBeNever()
    expectTypeOf<AnyAt<typeof api.MANAGEMENT_ERRORS>>().toBeNever()
    expectTypeOf<AnyAt<ConstructorParameters<typeof api.PlanTokenError>>>().toBeNever()
    expectTypeOf<AnyAt<ConstructorParameters<typeof api.SetupError>>>().toBeNever()
    expectTypeOf<AnyAt<Pick<api.PlanTokenError, 'code' | 'issues' | 'status'>>>().toBeNever()
    expectTypeOf<AnyAt<Pick<api.SetupError, 'issues'>>>().toBeNever()
    expectTypeOf<AnyAt<typeof figma>>().toBeNever()
    expectTypeOf<AnyAt<typeof openapi>>().toBeNever()
    expectTypeOf<AnyAt<typeof testing>>().toBeNever()
    expectTypeOf<AnyAt<typeof config>>().toBeNever()
  })
})

describe('the check', () => {
  it('finds any wherever it hides', () => {
    // biome-ignore lint/suspicious/noExplicitAny: what the check is to find
    type Any = any
    expectTypeOf<AnyAt<Any, 'x'>>().toEqualTypeOf<'x'>()
    expectTypeOf<AnyAt<{ a: string; b: readonly { c: Any }[] }>>().toEqualTypeOf<'.b[].c'>()
    expectTypeOf<AnyAt<(input: { a: Any }) => void>>().toEqualTypeOf<'(args)[].a'>()
    expectTypeOf<AnyAt<{ call(): Promise<{ a?: Any }> }>>().toEqualTypeOf<'.call().a'>()
    expectTypeOf<AnyAt<{ a: unknown; b: never; c: string }>>().toBeNever()
  })
})
