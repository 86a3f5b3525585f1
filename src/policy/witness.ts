/**
 * A witness: one request with all that a decision about it depends on, as data. How a policy judges one: policy/judge.ts. Where
 * witnesses come from: policy/diff.ts.
 */
import type { ResourceRef } from '../core/resources.ts'

/** What a header of a witness carries: the token's secret, some other text, or text that begins as secrets of the token do. */
export type Carried = 'secret' | 'other' | 'alike'

/** Where the directory says that a resource lies. What is not listed does not exist. */
export interface WitnessPlace {
  readonly resource: ResourceRef
  readonly planId: string
  readonly ancestors: readonly ResourceRef[]
}

/** One request, the token that it carries, and the world around it: all that a policy judges by. Plain JSON. */
export interface Witness {
  readonly method: string
  /** The raw path, percent-encoded. */
  readonly path: string
  /** The raw query without `?`; empty if there is none. */
  readonly query: string
  /** The text of its JSON body; absent if it has none. */
  readonly body?: string
  /** How many bytes the body has, where that is what matters: `body` with spaces behind it. */
  readonly bodyBytes?: number
  /** What stands in which header, by its name in lower case; `authorization` as a bearer token. */
  readonly headers: { readonly [name: string]: Carried }
  readonly token: {
    readonly type: string
    /** What its secret begins with. */
    readonly prefix: string
    readonly scopes: readonly string[]
    readonly allowlist: 'all' | readonly ResourceRef[]
  }
  /** The plan of the token. */
  readonly plan: { readonly id: string; readonly tier: string }
  readonly places: readonly WitnessPlace[]
  /** Checks, by name, that say no to the request; all others say yes. */
  readonly failing: readonly string[]
}

/** The part of a witness that a client sends, less its credential. */
export type Asking = Pick<Witness, 'method' | 'path' | 'query' | 'body' | 'bodyBytes' | 'failing'>

/** Longer bodies are cut in a line. */
const MOST_OF_BODY = 80

/**
 * A witness as one short line: the request, then what is particular about the token, the plan and the world.
 *
 * @example
 * witnessLine(witness) // 'GET /v1/files/a — live token with file:read, limited to file a'
 */
export function witnessLine(witness: Witness): string {
  const { method, path, query, body, bodyBytes, headers, token, plan, failing } = witness
  const parts = [`${method} ${path}${query === '' ? '' : `?${query}`}`]
  if (body !== undefined) parts.push(body.length > MOST_OF_BODY ? `${body.slice(0, MOST_OF_BODY)}…` : body)
  if (bodyBytes !== undefined) parts.push(`(${bodyBytes} bytes)`)
  const scopes = token.scopes.length > 0 ? `with ${token.scopes.join(' and ')}` : 'without a scope'
  const carries = Object.keys(headers).length > 0
  if (!carries) return `${parts.join(' ')} — without a token`
  const about = [`${token.type} token ${scopes}`, `tier ${plan.tier}`]
  if (token.allowlist !== 'all') about.push(`limited to ${token.allowlist.map(named).join(', ')}`)
  const carriers = Object.entries(headers).map(([name, carried]) => `${carriedText[carried]} in ${name}`)
  if (carriers.length > 1 || !('authorization' in headers)) about.push(carriers.join(', '))
  for (const check of failing) about.push(`${check} says no`)
  return `${parts.join(' ')} — ${about.join(', ')}`
}

const carriedText: { readonly [C in Carried]: string } = {
  secret: 'the secret',
  other: 'other text',
  alike: 'text like a secret',
}

const named = ({ kind, id }: ResourceRef): string => `${kind} ${id.length > 40 ? `${id.slice(0, 40)}…` : id}`
