/** `policyDrift`: which routes a policy and a document do not share, for a test in CI. */
import * as z from 'zod/mini'
import { claimOf, splitRoute } from '../core/endpoints.ts'
import { SetupError } from '../core/errors.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import { isDictionary } from '../core/objects.ts'
import { oneLine } from '../core/one-line.ts'
import type { Policy } from '../core/policy.ts'
import type { PolicyData } from '../core/policy-data.ts'
import { readOptions } from '../core/setup.ts'
import { judged } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'
import { operationsOf } from './operations.ts'
import { basePath } from './overrides.ts'
import { readDocument } from './read.ts'

/** What a comparison takes into account. */
export interface DriftOptions {
  /** What paths begin with, such as `'/v1'` or `''`, in place of what the document's servers say. */
  readonly basePath?: string
  /** Routes that are known to be in one of the two alone. One that is in both, or in neither, is a mistake. */
  readonly except?: readonly string[]
}

/** Where a policy and a document differ. */
export interface PolicyDrift {
  /** Routes of the policy that the document does not have, in the policy's spelling. */
  readonly onlyInPolicy: readonly string[]
  /** Operations of the document that the policy does not have, those that no policy can hold among them. */
  readonly onlyInDocument: readonly string[]
  /** The same for a terminal; empty if there is no difference. */
  readonly text: string
}

const READER = 'policyDrift'

const optionsSchema = z.strictObject({
  policy: judged<unknown>((value) => (routesOf(value) ? undefined : 'must be a policy, or the data of one.')),
  basePath,
  except: z.optional(z.array(z.string())),
})

/**
 * Compares the routes of a policy with the operations of an OpenAPI document. Names of parameters do not count, methods and
 * literal segments do; HEAD is judged as GET. Needs what `policyFromOpenApi` needs.
 *
 * @param policy a policy, or its data.
 * @param document the document: an object, or its text as JSON or YAML.
 * @throws SetupError for a document that cannot be read, or an exception that is none.
 * @example
 * const { text } = await policyDrift(policy, await readFile('openapi.yaml', 'utf8'), { except: ['GET /health'] })
 * if (text !== '') throw new Error(text)
 */
export async function policyDrift(
  policy: Policy | PolicyData,
  document: string | object,
  options: DriftOptions = {},
): Promise<PolicyDrift> {
  const given = readOptions<DriftOptions & { readonly policy: unknown }>(READER, optionsSchema, options, { policy })
  const routes = routesOf(given.policy) ?? []
  const parsed = await readDocument(READER, document)
  const issues: Issue[] = []
  const operations = operationsOf(
    parsed,
    given.basePath,
    (at, message) => void issues.push(issueAt(['document', ...at], message)),
  )
    .filter(({ leftOut }) => leftOut?.code !== 'judged_as_get')
    .map(({ route }) => route)
  const theirs = new Set(operations.map(claimOfRoute))
  const ours = new Set(routes.map(claimOfRoute))
  const onlyInPolicy = routes.filter((route) => !theirs.has(claimOfRoute(route)))
  const onlyInDocument = operations.filter((route) => !ours.has(claimOfRoute(route)))
  const different = [...onlyInPolicy, ...onlyInDocument]
  for (const [i, route] of (given.except ?? []).entries()) {
    if (!different.includes(route))
      issues.push(issueAt(['except', i], `is no route that one of the two lacks.${didYouMean(route, different)}`))
  }
  if (issues.length > 0) throw new SetupError(READER, issues)
  const isMeant = (route: string): boolean => !given.except?.includes(route)
  return driftOf(onlyInPolicy.filter(isMeant), onlyInDocument.filter(isMeant))
}

function driftOf(onlyInPolicy: readonly string[], onlyInDocument: readonly string[]): PolicyDrift {
  const part = (heading: string, routes: readonly string[]): readonly string[] =>
    routes.length === 0 ? [] : [heading, ...routes.map((route) => `  ${route}`)]
  const lines = [...part('Only in the policy:', onlyInPolicy), ...part('Only in the document:', onlyInDocument)]
  return { onlyInPolicy, onlyInDocument, text: lines.map(oneLine).join('\n') }
}

function claimOfRoute(route: string): string {
  const { method, path } = splitRoute(route)
  return claimOf(method, path)
}

/** The routes of a policy or of its data. */
function routesOf(policy: unknown): readonly string[] | undefined {
  const data = isDictionary(policy) && isDictionary(policy.data) ? policy.data : policy
  return isDictionary(data) && isDictionary(data.endpoints) ? Object.keys(data.endpoints) : undefined
}
