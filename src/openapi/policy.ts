/**
 * `policyFromOpenApi`: a policy's data out of an OpenAPI document and what its caller says. What neither says is never guessed: the
 * endpoint is closed as not reviewed, and the report says why and what to write.
 */
import { SetupError } from '../core/errors.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import type { PolicyData } from '../core/policy-data.ts'
import type { Tell } from '../core/setup.ts'
import { didYouMean } from '../core/suggest.ts'
import { reportedOf } from './endpoint.ts'
import { type Operation, operationsOf } from './operations.ts'
import { type OpenApiOverrides, readOverrides } from './overrides.ts'
import { type OpenApiDocument, readDocument } from './read.ts'
import { type OpenApiReport, reportOf } from './report.ts'
import { scopeInfos } from './scopes.ts'
import { checkEndpoints, tableOf } from './table.ts'

/** A policy's data, and what came of each operation. */
export interface OpenApiPolicy {
  /** To be given to `definePolicy`, which checks what the document cannot know. Routes that the document lacks may be added. */
  readonly data: PolicyData
  readonly report: OpenApiReport
}

const READER = 'policyFromOpenApi'
/**
 * Makes a policy of an OpenAPI 3.0 or 3.1 document. Operations become endpoints; their security becomes scopes; parameters and
 * fields become resources by `x-plan-resource`, by the table of overrides, or by the rule `resourceOf`. Whatever is not said is
 * not guessed: the endpoint is `closed: 'not reviewed'` and stands in the report with the reason. Nothing is fetched.
 *
 * Needs the packages `@seriousme/openapi-schema-validator`, and `yaml` for text that is YAML. Runs on Node.js; for a build or a
 * test, not for a request.
 *
 * @param document the document: an object, or its text as JSON or YAML. At most 67,108,864 characters or 5,000,000 values.
 * @param overrides what a document does not say.
 * @throws SetupError with every mistake: a document that is not valid, refers to what lies outside of it or has two operations
 * with the same path; an override of an operation that does not exist; a field that does not exist.
 * @example
 * const { data, report } = await policyFromOpenApi(await readFile('openapi.yaml', 'utf8'), {
 *   policy: { surface: 'invoices', tiers: ['business'], ...rest },
 *   schemes: { OAuth2: { token: true } },
 *   resourceOf: ({ parameter }) => (parameter.name === 'client_id' ? { kind: 'client' } : undefined),
 * })
 * console.log(report.text)
 * const policy = definePolicy(data)
 */
export async function policyFromOpenApi(
  document: string | object,
  overrides: OpenApiOverrides,
): Promise<OpenApiPolicy> {
  const issues = new Map<string, Issue>()
  const add = (issue: Issue): void => void issues.set(`${issue.path} ${issue.message}`, issue)
  const tell: Tell = (at, message) => add(issueAt(at, message))
  const given = await settled(() => readOverrides(overrides), add)
  const parsed = await settled(() => readDocument(READER, document), add)
  const operations =
    parsed && operationsOf(parsed, given?.basePath, (at, message) => tell(['document', ...at], message))
  const made = parsed && given && operations && make(parsed, given, operations, () => issues.size === 0, tell)
  if (!made || issues.size > 0) throw new SetupError(READER, firstOf([...issues.values()]))
  return made
}

/** How many mistakes are told of one by one: a rule that is wrong is so for each operation. */
const MAX_TOLD = 100

function firstOf(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length <= MAX_TOLD) return issues
  return [...issues.slice(0, MAX_TOLD), issueAt(['document'], `has ${issues.length - MAX_TOLD} more such mistakes.`)]
}

/** What a reader gives, or nothing where it finds mistakes, which are added to the others. */
async function settled<T>(reader: () => T | Promise<T>, add: (issue: Issue) => void): Promise<T | undefined> {
  try {
    return await reader()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    error.issues.forEach(add)
    return undefined
  }
}

function make(
  document: OpenApiDocument,
  overrides: OpenApiOverrides,
  operations: readonly Operation[],
  isClean: () => boolean,
  tell: Tell,
): OpenApiPolicy {
  const schemes: { readonly [name: string]: unknown } = document.components?.securitySchemes ?? {}
  for (const name of Object.keys(overrides.schemes ?? {})) {
    if (!Object.hasOwn(schemes, name))
      tell(['schemes', name], `is no security scheme of the document.${didYouMean(name, Object.keys(schemes))}`)
  }
  const { policy } = overrides
  const table = tableOf(overrides, operations, tell)
  const found = operations.map((operation) => {
    const override = table.get(operation)
    const saysScopes = override?.value.scopes !== undefined
    return { reported: reportedOf({ document, operation, overrides, override, tell }), saysScopes }
  })
  const isReserved = (scope: string): boolean => Object.hasOwn(policy.reserved ?? {}, scope)
  const all = found.map(({ reported }) => reported)
  const scopes = policy.scopes ?? scopeInfos(schemes, all, isReserved)
  // A closed endpoint keeps those scopes of the document that the policy has.
  const isKnown = (scope: string): boolean => Object.hasOwn(scopes, scope) || isReserved(scope)
  const kept = found.map(({ reported, saysScopes }) => {
    const { endpoint } = reported
    if (!endpoint || saysScopes || endpoint.scopes.flat().every(isKnown)) return reported
    return { ...reported, endpoint: { ...endpoint, scopes: [] } }
  })
  const endpoints = Object.fromEntries(kept.flatMap(({ route, endpoint }) => (endpoint ? [[route, endpoint]] : [])))
  const data: PolicyData = { ...policy, scopes, endpoints }
  checkEndpoints(data, operations, table, isClean, tell)
  return { data, report: reportOf(kept) }
}
