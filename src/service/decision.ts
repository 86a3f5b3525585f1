/** The answer to a request, as a value: a union on `allowed`. */

import { type Facts, needsNoToken } from '../core/decide.ts'
import type { Denial } from '../core/denial.ts'
import { type EndpointView, type Match, paramsOf } from '../core/endpoints.ts'
import type { LimitState } from '../core/limited.ts'
import type { Malformed } from '../core/malformed.ts'
import { reaches } from '../core/reach.ts'
import type { RefusalCode } from '../core/refusals.ts'
import { type PlacedResource, type Reach, type ResourceRef, reachOf } from '../core/resources.ts'
import type { Token } from '../core/token-view.ts'
import type { KeptGrant } from './grants.ts'
import type { Inquiry } from './inquiry.ts'

/** A request that is let through, with what was read, so that a handler need not read it again and cannot read it otherwise. `Route`: the routes of the policy. */
export interface Allowance<Route extends string = string> {
  readonly allowed: true
  /** The token as it was judged; without digests and last uses. */
  readonly token: Token
  readonly endpoint: EndpointView<Route>
  /** The decoded parameters of the route. */
  readonly params: { readonly [name: string]: string }
  /** Every resource that the request names, each once. */
  readonly resources: readonly ResourceRef[]
  /** Until when the secret that was sent works; `null` for the newest, so a date says that the client should change over. */
  readonly secret: { readonly worksUntil: number | null }
  /** How the limit of requests stands that this one was counted by; absent where there is none. */
  readonly limit?: LimitState
  /** `Cache-Control` and `Vary`, for the answer (RFC 9111), and where a limit counts `RateLimit` and `RateLimit-Policy`. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * What the token may see, for the `where` clause of a list: `'all'` of its plan, or the listed resources by kind, each with all
   * that lies below it. Always within the plan `token.planId`, which a query has to ask for too.
   *
   * @example
   * decision.reach === 'all' || decision.reach.project // 'all', or [ '12', '13' ], or undefined
   */
  readonly reach: Reach
  /**
   * Whether the token may see a resource that lies at a place, by the rules for one that a request names: it lies in the token's
   * plan, and it or something above it is listed. `false` for what has no place.
   *
   * @example
   * decision.covers({ kind: 'file', id: 'ABC', ...(await directory.locate({ kind: 'file', id: 'ABC' })) })
   */
  covers(resource: PlacedResource): boolean
}

/** A request without a credential that a public endpoint lets through. No token stands behind it, so it may see no resource. `Route`: the public routes. */
export interface PublicAllowance<Route extends string = string>
  extends Pick<Allowance<Route>, 'allowed' | 'endpoint' | 'params' | 'resources' | 'reach' | 'covers'> {
  readonly token: null
  readonly secret: null
  /** `Vary` alone: whoever sends no credential may be answered from a cache. */
  readonly headers: Readonly<Record<string, string>>
}

/** A request that is let through. `Public`: the routes of public endpoints, where it may be so without a token; `Route`: all routes. */
export type Allowed<Public extends string = never, Route extends string = string> =
  | Allowance<Route>
  | ([Public] extends [never] ? never : PublicAllowance<Public>)

/**
 * The answer to a request. `Public`: the routes of public endpoints, where there may be no token; `string` if any may be one.
 * `Route`: all routes, which an editor completes where `endpoint.route` is compared.
 */
export type Decision<Public extends string = never, Route extends string = string> = Allowed<Public, Route> | Denial

/**
 * What a token is let through with. A class, since what only handlers of lists ask for then costs a request nothing, and neither
 * JSON nor a copy shows it (bench/engine.ts).
 */
class Granted implements Allowance {
  declare readonly allowed: true
  declare readonly token: Token
  declare readonly endpoint: EndpointView
  declare readonly params: Allowance['params']
  declare readonly resources: readonly ResourceRef[]
  declare readonly secret: Allowance['secret']
  declare readonly limit?: LimitState
  declare readonly headers: Allowance['headers']
  readonly #grant: KeptGrant

  constructor(
    { policy, named, limited }: Inquiry,
    match: Match,
    grant: KeptGrant,
    token: Token,
    worksUntil: number | null,
  ) {
    this.#grant = grant
    this.allowed = true
    this.token = token
    this.endpoint = match.endpoint.view
    this.params = paramsOf(match)
    this.resources = typeof named === 'object' ? named : NOTHING
    this.secret = worksUntil === null ? NEWEST : { worksUntil }
    this.headers = policy.denials.headers
    if (typeof limited !== 'object') return
    this.limit = limited.state
    this.headers = { ...this.headers, ...limited.headers }
  }

  get reach(): Reach {
    this.#grant.reach ??= reachOf(this.#grant.allowlist)
    return this.#grant.reach
  }

  covers(resource: unknown): boolean {
    return reaches(resource, this.#grant)
  }
}

/**
 * The allowance for facts that every rule has let through, or for a request that needs no token.
 *
 * @throws TypeError for facts that are incomplete.
 */
export function allowanceOf(inquiry: Inquiry): Allowed<string> {
  const { match, record, grant, secret, now, engine, policy } = inquiry
  if (match && record && grant && secret)
    return new Granted(inquiry, match, grant, engine.grants.activeToken(record, grant, now), secret.worksUntil)
  if (!match || !needsNoToken(inquiry)) throw new TypeError('incomplete')
  const { Vary = '' } = policy.denials.headers
  return {
    ...{ allowed: true, token: null, endpoint: match.endpoint.view, params: paramsOf(match), resources: NOTHING },
    ...{ secret: null, headers: { Vary }, reach: NO_REACH, covers: () => false },
  }
}

const NOTHING: readonly ResourceRef[] = Object.freeze([])
const NO_REACH = reachOf(new Map())
/** Of the newest secret, which most requests carry. */
const NEWEST: Allowance['secret'] = Object.freeze({ worksUntil: null })

/** The refusal that a rule gave: for a missing scope or a closed endpoint with the endpoint's, for a malformed request with the cause. */
export function refusalOf(facts: Facts, code: RefusalCode): Denial {
  const { policy, match } = facts
  if (code === 'scope_missing' && match) return match.endpoint.scopeMissing
  if (code === 'rate_limited' && typeof facts.limited === 'object') return policy.denials.limited(facts.limited)
  if (code === 'endpoint_not_supported' && match?.endpoint.notSupported) return match.endpoint.notSupported
  const cause = code === 'request_malformed' ? causeOf(facts) : undefined
  return cause ? policy.denials.malformed(cause) : policy.denials.of(code)
}

function causeOf({ credential, malformed }: Facts): Malformed | undefined {
  return typeof credential === 'object' && credential.code === 'request_malformed' ? credential.malformed : malformed
}
