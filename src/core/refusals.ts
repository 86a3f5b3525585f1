/** Why a request is refused: each code with its status, its title and what to do. */

/** Why a request was refused. Grows with what can be refused, so a `switch` over it needs a `default`. */
export type RefusalCode =
  | 'token_missing'
  | 'request_malformed'
  | 'token_malformed'
  | 'token_unknown'
  | 'token_revoked'
  | 'token_expired'
  | 'secret_retired'
  | 'address_not_allowed'
  | 'token_wrong_type'
  | 'plan_not_eligible'
  | 'lifetime_exceeded'
  | 'token_idle'
  | 'endpoint_unknown'
  | 'endpoint_not_supported'
  | 'scope_missing'
  | 'rate_limited'
  | 'resource_not_in_plan'
  | 'resource_not_allowed'
  | 'unavailable'

/** The HTTP status of a refusal. */
export type RefusalStatus = 400 | 401 | 403 | 429 | 503

/** What a refusal says. */
export interface RefusalInfo {
  readonly status: RefusalStatus
  /** What happened. */
  readonly title: string
  /** What to do. */
  readonly help: string
}

/**
 * Every way in which a request can be refused, in the order in which the questions are asked: what happened (`title`) and what
 * to do (`help`), without quotation marks and backslashes, since both stand in a header too.
 */
export const REFUSALS: { readonly [C in RefusalCode]: RefusalInfo } = {
  token_missing: {
    status: 401,
    title: 'The request carries no token.',
    help: 'Send the secret of one.',
  },
  request_malformed: {
    status: 400,
    title: 'The request can be read in more than one way, or not at all.',
    help: 'Send one credential, a plain path, and each value that names a resource exactly once.',
  },
  token_malformed: {
    status: 401,
    title: 'The credential is not a token of this API.',
    help: 'Check that the whole secret was copied.',
  },
  token_unknown: {
    status: 401,
    title: 'The token is not known.',
    help: 'Ask a plan admin for a new one.',
  },
  token_revoked: { status: 401, title: 'The token has been revoked.', help: 'Ask a plan admin for a new one.' },
  token_expired: { status: 401, title: 'The token has expired.', help: 'Ask a plan admin for a new one.' },
  secret_retired: {
    status: 401,
    title: 'The secret has been replaced and no longer works.',
    help: 'Use the newest secret of the token.',
  },
  address_not_allowed: {
    status: 403,
    title: 'The token may not be used from the address that this request came from.',
    help: 'Send it from another network, or ask a plan admin.',
  },
  token_wrong_type: {
    status: 403,
    title: 'The token is of another type than this API takes.',
    help: 'Use one that was made for this API.',
  },
  plan_not_eligible: {
    status: 403,
    title: 'The plan does not include this, or is suspended.',
    help: 'Ask a plan admin.',
  },
  lifetime_exceeded: {
    status: 401,
    title: 'The token is older than the rules of its plan allow.',
    help: 'Ask a plan admin to refresh it.',
  },
  token_idle: {
    status: 401,
    title: 'The token was not used for longer than the rules of its plan allow.',
    help: 'Ask a plan admin to refresh it.',
  },
  endpoint_unknown: {
    status: 403,
    title: 'The endpoint is not known to this API.',
    help: 'Check the method and the path.',
  },
  endpoint_not_supported: {
    status: 403,
    title: 'The endpoint is not open to plan access tokens.',
    help: 'Authenticate in another way.',
  },
  scope_missing: {
    status: 403,
    title: 'The token holds none of the scopes that this endpoint takes.',
    help: 'Ask a plan admin to add one.',
  },
  rate_limited: {
    status: 429,
    title: 'There were more requests than the limit allows.',
    help: 'Wait as many seconds as Retry-After says.',
  },
  resource_not_in_plan: {
    status: 403,
    title: 'A resource of the request does not exist in the plan of the token.',
    help: 'Check its id.',
  },
  resource_not_allowed: {
    status: 403,
    title: 'A resource of the request is not among those that the token may reach.',
    help: 'Ask a plan admin to add it.',
  },
  unavailable: { status: 503, title: 'The token could not be checked just now.', help: 'Try again later.' },
}

/** What happened and what to do, in one or two sentences. */
export function messageOf(code: RefusalCode): string {
  const { title, help } = REFUSALS[code]
  return `${title} ${help}`
}
