/**
 * Refusals that clients of Figma's API understand: by default problem+json with the members that they look for, or as Figma's
 * API answers, where a bad token is 403 and a resource that cannot be seen 404. The sources of the wordings:
 * docs/figma-conformance.md.
 */
import { type Denial, problemJson, type RenderedDenial } from '../core/denial.ts'
import { REFUSALS, type RefusalCode } from '../core/refusals.ts'
import { allOf } from '../core/scope-alternatives.ts'

const ANSWERS: { readonly [C in RefusalCode]: readonly [status: number, err: string] } = {
  token_missing: [403, 'Invalid token'],
  token_malformed: [403, 'Invalid token'],
  token_unknown: [403, 'Invalid token'],
  token_revoked: [403, 'Invalid token'],
  token_expired: [403, 'Token expired'],
  secret_retired: [403, 'Token expired'],
  address_not_allowed: [403, 'This token is not allowed from this IP address'],
  token_wrong_type: [403, 'Invalid token'],
  request_malformed: [400, 'Bad request'],
  plan_not_eligible: [403, 'Limited by Figma plan'],
  lifetime_exceeded: [403, 'Token expired'],
  token_idle: [403, 'Token expired'],
  endpoint_unknown: [404, 'Not found'],
  endpoint_not_supported: [403, 'This endpoint is not available to plan access tokens'],
  scope_missing: [403, 'Invalid scope'],
  rate_limited: [429, 'Rate limit exceeded'],
  resource_not_in_plan: [404, 'Not found'],
  resource_not_allowed: [403, 'This token has no access to this resource'],
  unavailable: [503, 'Service unavailable'],
}

/**
 * Renders a refusal as problem+json (RFC 9457) with the members `err` and `message`. Clients of Figma's API tell a refusal by
 * one of the two and not by the status: without them they go on with an empty answer.
 */
export function figmaProblems(denial: Denial): RenderedDenial {
  return problemJson(denial, { err: denial.message, message: denial.message })
}

/**
 * Renders a refusal as Figma's API does: `{ "status": 403, "err": "…", "message": "…" }`. Figma has the text in one of the two
 * members, by endpoint; its own programs read now this one and now the other.
 *
 * @example
 * createPlanTokens({ policy: figmaPolicy({ errors: figmaErrors }), store, directory })
 */
export function figmaErrors(denial: Denial): RenderedDenial {
  const [status, text] = ANSWERS[denial.code]
  const err = text + moreOf(denial)
  return {
    status,
    headers: { ...denial.headers, ...limitHeaders(denial), 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ status, err, message: err }),
  }
}

/** What Figma calls the tiers of plans in a header. */
const PLAN_TIERS: { readonly [tier: string]: string } = { organization: 'org', enterprise: 'enterprise' }

/** The headers of Figma's 429: the tier of the plan, the figures of Full and Dev seats, and where more can be had. */
function limitHeaders({ limit }: Denial): Readonly<Record<string, string>> {
  if (!limit) return {}
  const tier = PLAN_TIERS[limit.tier]
  return {
    ...(tier !== undefined && { 'X-Figma-Plan-Tier': tier }),
    'X-Figma-Rate-Limit-Type': 'high',
    'X-Figma-Upgrade-Link': 'https://www.figma.com/pricing',
  }
}

/** What the words of Figma leave out, in the two cases in which only the request tells it. */
function moreOf({ scopes, reason, message }: Denial): string {
  if (scopes) return `. This endpoint requires the ${scopes.map(allOf).join(' or ')} scope`
  // The cause is the second sentence of the message, behind that of the code.
  return reason === undefined ? '' : `.${message.slice(REFUSALS.request_malformed.title.length)}`
}
