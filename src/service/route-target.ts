/** The target that a question or a call by a route means. Held apart from the input of management calls, which no request needs. */
import { PlanTokenError } from '../core/errors.ts'
import { issueAt, unknownNameSent } from '../core/issue.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { didYouMean } from '../core/suggest.ts'

/** What is asked about by a route of the policy. */
interface ByRoute {
  readonly route: string
  readonly params?: { readonly [name: string]: unknown } | undefined
  readonly query?: string | undefined
}

/**
 * The method and target that a question or a call means. The values of a route's parameters are encoded into its path;
 * `undefined` if one of them is no text that can stand there.
 *
 * @throws PlanTokenError `invalid_input` for a route that the policy does not have, and for parameters that are not the route's.
 */
export function targetOf(
  question: { readonly method: string; readonly url: string } | ByRoute,
  policy: CompiledPolicy,
): { readonly method: string; readonly url: string } | undefined {
  if ('url' in question) return question
  const { route, params = {}, query } = question
  const endpoint = policy.routes.get(route)
  if (!endpoint)
    throw new PlanTokenError('invalid_input', {
      issues: [
        issueAt(['route'], `is not a route of this policy.${didYouMean(route, policy.routes.keys())}`, 'route_unknown'),
      ],
    })
  const wanted = endpoint.params
  const unknown = Object.keys(params).filter((param) => !wanted.includes(param))
  const missing = wanted.filter((param) => !Object.hasOwn(params, param))
  const issues = [
    ...unknown.map((param) => unknownNameSent(['params'], param, wanted, 'parameter')),
    ...missing.map((param) => issueAt(['params', param], 'is missing.', 'missing')),
  ]
  if (issues.length > 0) throw new PlanTokenError('invalid_input', { issues })
  if (!wanted.every((param) => isWhole(params[param]))) return undefined
  const path = endpoint.view.path.replaceAll(/\{(\w+)\}/g, (_, param: string) =>
    encodeURIComponent(params[param] as string),
  )
  return { method: endpoint.view.method, url: query === undefined ? path : `${path}?${query.replace(/^\?/, '')}` }
}

/** Whether a value is text without half a character, which cannot be encoded. */
const isWhole = (value: unknown): boolean => typeof value === 'string' && value.isWellFormed()
