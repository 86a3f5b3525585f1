/** Policies out of OpenAPI documents: `policyFromOpenApi`, and `policyDrift` for CI. */
export { type DriftOptions, type PolicyDrift, policyDrift } from './drift.ts'
export type {
  AskedOperation,
  AskedParameter,
  DerivedResource,
  EndpointOverride,
  OpenApiOverrides,
  PolicyBase,
} from './overrides.ts'
export { type OpenApiPolicy, policyFromOpenApi } from './policy.ts'
export type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './read.ts'
export type { OpenApiReport, ReportCode, ReportedOperation, ReportReason } from './report.ts'
export type { SchemeUse } from './security.ts'
