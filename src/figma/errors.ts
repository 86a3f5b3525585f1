/**
 * Refusals in the form that clients of Figma's API read: `{ "status": 403, "err": "…" }`. A bad token is 403 there, and a
 * resource that cannot be seen 404. The sources of the wordings: docs/figma-conformance.md.
 */
import type { Denial, RenderedDenial } from '../core/denial.ts'
import type { RefusalCode } from '../core/errors.ts'

const ANSWERS: { readonly [C in RefusalCode]: readonly [status: number, err: string] } = {
  token_missing: [403, 'Invalid token'],
  token_malformed: [403, 'Invalid token'],
  token_unknown: [403, 'Invalid token'],
  token_revoked: [403, 'Invalid token'],
  token_expired: [403, 'Token expired'],
  secret_retired: [403, 'Token expired'],
  token_wrong_type: [403, 'Invalid token'],
  request_malformed: [400, 'Bad request'],
  plan_not_eligible: [403, 'Limited by Figma plan'],
  endpoint_unknown: [404, 'Not found'],
  endpoint_not_supported: [403, 'This endpoint is not available to plan access tokens'],
  scope_missing: [403, 'Invalid scope'],
  resource_not_in_plan: [404, 'Not found'],
  resource_not_allowed: [403, 'This token has no access to this resource'],
  unavailable: [503, 'Service unavailable'],
}

/**
 * Renders a refusal as Figma's API does.
 *
 * @example
 * createPlanTokens({ policy: figmaPolicy({ errors: figmaErrors }), store, directory })
 */
export function figmaErrors(denial: Denial): RenderedDenial {
  const [status, text] = ANSWERS[denial.code]
  const err = denial.scopes ? `${text}. This endpoint requires the ${denial.scopes.join(' or ')} scope` : text
  return {
    status,
    headers: { ...denial.headers, 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ status, err }),
  }
}
