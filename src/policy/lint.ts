/**
 * `lintPolicy`: what a policy may well say and most do not mean. Each finding is a warning, since only whoever knows the API can
 * tell. What cannot be right is a mistake already when the policy is made: core/policy-check.ts.
 */
import * as z from 'zod/mini'
import { parameterOf, segmentsOf, splitRoute } from '../core/endpoints.ts'
import { type Issue, issueAt } from '../core/issue.ts'
import { compiledOf, type Policy } from '../core/policy.ts'
import type { Endpoint, PolicyData } from '../core/policy-data.ts'
import { readOptions } from '../core/setup.ts'
import { judged } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'

/**
 * What is found: a write that names no resource; a path parameter that is free and looks like an id, by its name or since the rest of
 * the path lies below it; a scope that alone opens
 * every endpoint which takes one.
 */
export type LintCode = 'write_names_nothing' | 'parameter_looks_like_id' | 'scope_opens_everything'

/** One finding, at its place in the policy's data. */
export interface LintWarning extends Omit<Issue, 'code' | 'params'> {
  readonly code: LintCode
  /** Code and place, as `accept` takes it: `write_names_nothing endpoints["POST /v1/jobs"].names`. Stays while the data does. */
  readonly id: string
}

/** What `lintPolicy` takes. */
export interface LintOptions {
  /** The `id` of each warning that was looked at and is meant so. One that fits no warning any more is a mistake. */
  readonly accept?: readonly string[]
}

/**
 * Looks for what is allowed in a policy and seldom meant. Closed endpoints, which refuse everything, are left out.
 *
 * @returns the warnings in the order of the policy's data; none if there is nothing to look at.
 * @throws SetupError for what is no policy, and for an `accept` that fits no warning.
 * @example
 * for (const { id, message } of lintPolicy(policy)) console.warn(id, message)
 */
export function lintPolicy(policy: Policy, options: LintOptions = {}): readonly LintWarning[] {
  const found = compiledOf(policy) ? [...scopesIn(policy.data), ...endpointsIn(policy.data)] : []
  const { accept = [] } = readOptions<LintOptions & { readonly policy: Policy }>(
    'lintPolicy',
    schema,
    options,
    { policy },
    ({ accept: accepted }, tell) => {
      if (!Array.isArray(accepted)) return
      const ids = found.map(({ id }) => id)
      for (const [i, id] of accepted.entries())
        if (typeof id === 'string' && !ids.includes(id))
          tell(['accept', i], `is the id of no warning: it may go.${didYouMean(id, ids)}`)
    },
  )
  return found.filter(({ id }) => !accept.includes(id))
}

const schema = z.strictObject({
  policy: judged((value) => (compiledOf(value as Policy) ? undefined : 'must be made by definePolicy.')),
  accept: z.optional(z.array(z.string())),
})

function warning(code: LintCode, at: readonly PropertyKey[], message: string): LintWarning {
  const issue = issueAt(at, message)
  return Object.freeze({ ...issue, code, id: `${code} ${issue.path}` })
}

/** A scope that is enough alone wherever one is asked for, among several; one that is deprecated is on its way out. */
function scopesIn({ scopes, endpoints }: PolicyData): readonly LintWarning[] {
  const asking = Object.values(endpoints).filter(
    (endpoint) => endpoint.closed === undefined && endpoint.scopes.length > 0,
  )
  if (Object.keys(scopes).length < 2 || asking.length < 2) return []
  return Object.entries(scopes)
    .filter(
      ([name, { deprecated }]) => deprecated === undefined && asking.every((endpoint) => isEnough(name, endpoint)),
    )
    .map(([name]) =>
      warning(
        'scope_opens_everything',
        ['scopes', name],
        `alone is enough for each of the ${asking.length} endpoints that take a scope. Split it, so that a token can be given less.`,
      ),
    )
}

const isEnough = (scope: string, { scopes }: Endpoint): boolean =>
  scopes.some((alternative) => [alternative].flat().every((one) => one === scope))

function endpointsIn({ endpoints }: PolicyData): readonly LintWarning[] {
  return Object.entries<Endpoint>(endpoints)
    .filter(([, { closed }]) => closed === undefined)
    .flatMap(([route, endpoint]) => [...writesIn(route, endpoint), ...parametersIn(route, endpoint)])
}

const WRITES = /^(POST|PUT|PATCH|DELETE) /
/** A list that is answered to a POST is a search. */
const CHANGES = /^(PUT|PATCH|DELETE) /

function writesIn(route: string, { names }: Endpoint): readonly LintWarning[] {
  const at = ['endpoints', route, 'names']
  if (names === 'nothing' && WRITES.test(route))
    return [
      warning(
        'write_names_nothing',
        at,
        'is "nothing" for a request that changes something: every token with the scope may send it, whatever it is limited to. Name what is changed, or "plan".',
      ),
    ]
  const isFiltered = names === 'filtered' || (typeof names === 'object' && 'none' in names && names.none === 'filtered')
  if (isFiltered && CHANGES.test(route))
    return [
      warning(
        'write_names_nothing',
        at,
        'is "filtered" for a request that changes something: nothing but the handler keeps it within the reach of the token. Name what is changed, or "plan".',
      ),
    ]
  return []
}

/** `id`, `file_key`, `userId`; `year` and `valid` are none. */
const LIKE_ID =
  /(^|_)(id|key|uuid|guid|slug|handle|number)$|[a-z0-9](Id|ID|Key|Uuid|UUID|Guid|GUID|Slug|Handle|Number)$/

function parametersIn(route: string, { params = {}, public: isPublic }: Endpoint): readonly LintWarning[] {
  const segments = segmentsOf(splitRoute(route).path)
  const first = segments.findIndex((segment) => parameterOf(segment) !== undefined)
  return segments.flatMap((segment, i) => {
    const param = parameterOf(segment)
    const rule = param === undefined || !Object.hasOwn(params, param) ? undefined : params[param]
    if (param === undefined || typeof rule !== 'string') return []
    const why = LIKE_ID.test(param)
      ? 'its name is that of an id'
      : rule === 'any' && i === first && i < segments.length - 1 && !isPublic
        ? 'the rest of the path lies below it'
        : undefined
    if (why === undefined) return []
    return warning(
      'parameter_looks_like_id',
      ['endpoints', route, 'params', param],
      `is ${JSON.stringify(rule)}, and ${why}: nobody asks where it lies. If it is one of a resource, give that a kind and name it; if it is that of the plan, name the kind "plan".`,
    )
  })
}
