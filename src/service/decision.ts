/** The answer to a request, as a value: a union on `allowed`. */

import type { Facts } from '../core/decide.ts'
import type { Denial } from '../core/denial.ts'
import type { CompiledEndpoint } from '../core/endpoints.ts'
import type { RefusalCode } from '../core/errors.ts'
import type { NamedRef } from '../core/names.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import type { ResourceRef } from '../core/resources.ts'
import type { Token, TokenRecord } from '../core/token.ts'

/** An endpoint of the policy, as a decision names it. */
export interface DecidedEndpoint {
  /** As the policy spells it: `'GET /v1/files/{file_key}'`. */
  readonly route: string
  /** The policy's method: GET for a HEAD request too. */
  readonly method: string
  readonly path: string
}

/** A request that is let through, with what was read, so that a handler need not read it again and cannot read it otherwise. */
export interface Allowance {
  readonly allowed: true
  /** The token as it was judged; without digests and last uses. */
  readonly token: Token
  readonly endpoint: DecidedEndpoint
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

/** The decision for facts that every rule has passed, or for the refusal that one of them gave. */
export function decisionOf(
  facts: Facts,
  refusal: RefusalCode | undefined,
  view: (record: TokenRecord) => Token,
): Decision {
  if (refusal !== undefined) return denialOf(facts.policy, facts.match?.endpoint, refusal)
  const { record, secret, match, named, policy } = facts
  if (!record || !secret || !match) return policy.denials.of('unavailable')
  return {
    allowed: true,
    token: view(record),
    endpoint: endpointView(match.endpoint),
    params: paramsOf(match.endpoint.params, match.values),
    resources: typeof named === 'object' ? named.map(refView) : [],
    secret: { worksUntil: secret.worksUntil },
    headers: policy.denials.headers,
  }
}

function denialOf(policy: CompiledPolicy, endpoint: CompiledEndpoint | undefined, code: RefusalCode): Denial {
  return code === 'scope_missing' && endpoint ? endpoint.scopeMissing : policy.denials.of(code)
}

function endpointView({ route, method, template }: CompiledEndpoint): DecidedEndpoint {
  return { route, method, path: template }
}

function refView({ kind, id }: NamedRef): ResourceRef {
  return { kind, id }
}

function paramsOf(names: readonly string[], values: readonly string[]): { readonly [name: string]: string } {
  const params: { [name: string]: string } = {}
  for (let i = 0; i < names.length; i++) params[names[i] as string] = values[i] as string
  return params
}
