/** The answer to a request, as a value: a union on `allowed`. */

import type { Facts } from '../core/decide.ts'
import type { Denial } from '../core/denial.ts'
import { type EndpointView, paramsOf } from '../core/endpoints.ts'
import type { RefusalCode } from '../core/errors.ts'
import type { Malformed } from '../core/malformed.ts'
import type { ResourceRef } from '../core/resources.ts'
import type { Token } from '../core/token.ts'
import type { Inquiry } from './inquiry.ts'

/** A request that is let through, with what was read, so that a handler need not read it again and cannot read it otherwise. */
export interface Allowance {
  readonly allowed: true
  /** The token as it was judged; without digests and last uses. */
  readonly token: Token
  readonly endpoint: EndpointView
  /** The decoded parameters of the route. */
  readonly params: { readonly [name: string]: string }
  /** Every resource that the request names, each once. */
  readonly resources: readonly ResourceRef[]
  /** Until when the secret that was sent works; `null` for the newest, so a date says that the client should change over. */
  readonly secret: { readonly worksUntil: number | null }
  /** `Cache-Control` and `Vary`, for the answer (RFC 9111). */
  readonly headers: Readonly<Record<string, string>>
}

/** The answer to a request. */
export type Decision = Allowance | Denial

/** The allowance for facts that every rule has let through. */
export function allowanceOf({ policy, match, named, record, grant, secret, now, grants }: Inquiry): Allowance {
  if (!match || !record || !grant || !secret) throw new TypeError('incomplete')
  const { endpoint } = match
  return {
    allowed: true,
    token: grants.activeToken(record, grant, now),
    endpoint: endpoint.view,
    params: paramsOf(match),
    resources: typeof named === 'object' ? named : NOTHING,
    secret: secret.worksUntil === null ? NEWEST : { worksUntil: secret.worksUntil },
    headers: policy.denials.headers,
  }
}

const NOTHING: readonly ResourceRef[] = Object.freeze([])
/** Of the newest secret, which most requests carry. */
const NEWEST: Allowance['secret'] = Object.freeze({ worksUntil: null })

/** The refusal that a rule gave: for a missing scope or a closed endpoint with the endpoint's, for a malformed request with the cause. */
export function refusalOf(facts: Facts, code: RefusalCode): Denial {
  const { policy, match } = facts
  if (code === 'scope_missing' && match) return match.endpoint.scopeMissing
  if (code === 'endpoint_not_supported' && match?.endpoint.notSupported) return match.endpoint.notSupported
  const cause = code === 'request_malformed' ? causeOf(facts) : undefined
  return cause ? policy.denials.malformed(cause) : policy.denials.of(code)
}

function causeOf({ credential, malformed }: Facts): Malformed | undefined {
  return !credential.ok && credential.code === 'request_malformed' ? credential.malformed : malformed
}
