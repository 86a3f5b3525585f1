/** Requests for tests of a policy, and what they are expected to lead to. */
import type { Denial } from '../core/denial.ts'
import type { Secret } from '../core/new-secret.ts'
import type { RefusalCode } from '../core/refusals.ts'
import type { Decision } from '../service/decision.ts'
import type { RequestLike } from '../service/request.ts'

/** How a test's request differs from the plain one. */
export interface TestRequestOptions {
  /** The header that carries the secret. Default `authorization`, as a bearer token. */
  readonly header?: string
  /** Further headers. */
  readonly headers?: { readonly [name: string]: string }
  /** What JSON gave, or its text. The request says that it is JSON unless `headers` says something else. */
  readonly body?: unknown
}

/**
 * A request with a secret.
 *
 * @param line method and target, such as `'GET /v1/files/ABC'`.
 * @example
 * const decision = await tokens.authorize(requestWith(secret, 'GET /v1/files/ABC'))
 */
export function requestWith(secret: Secret | string, line: string, options: TestRequestOptions = {}): RequestLike {
  const space = line.indexOf(' ')
  if (space < 1) throw new TypeError('A request line is a method, a space and a path, such as "GET /v1/files/ABC".')
  const { header = 'authorization', headers, body } = options
  const value = typeof secret === 'string' ? secret : secret?.reveal()
  if (typeof value !== 'string') throw new TypeError('A request takes the secret that `create` or `refresh` gave.')
  return {
    method: line.slice(0, space),
    url: line.slice(space + 1),
    headers: {
      ...(body !== undefined && !saysType(headers) && { 'content-type': 'application/json' }),
      ...headers,
      [header]: header.toLowerCase() === 'authorization' ? `Bearer ${value}` : value,
    },
    ...(body !== undefined && { body }),
  }
}

function saysType(headers: object = {}): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
}

/**
 * Fails unless the request was allowed.
 *
 * @throws Error that names the refusal.
 */
export function expectAllowed<D extends Decision<string>>(decision: D): Extract<D, { readonly allowed: true }> {
  if (decision.allowed) return decision as Extract<D, { readonly allowed: true }>
  if ('then' in decision) throw new TypeError('This is a promise of a decision: await it first.')
  throw new Error(`Expected the request to be allowed, but it was denied with ${decision.code}: ${decision.message}`)
}

/**
 * Fails unless the request was denied with exactly this code.
 *
 * @throws Error that names what happened instead.
 */
export function expectDenied(decision: Decision<string>, code: RefusalCode): Denial {
  if (!decision.allowed && decision.code === code) return decision
  if ('then' in decision) throw new TypeError('This is a promise of a decision: await it first.')
  const instead = decision.allowed
    ? `was allowed (${decision.endpoint.route})`
    : `was denied with ${decision.code}: ${decision.message}`
  throw new Error(`Expected the request to be denied with ${code}, but it ${instead}`)
}
