/**
 * What a server behind a gateway is told of the token: four headers, always all of them, and none ever empty. A gateway that
 * copies a header over what the client sent under its name does so only where there is one, and some take an empty one for none.
 */
import type { Reach } from '../core/resources.ts'
import type { Token } from '../core/token-view.ts'
import type { Allowed } from '../service/decision.ts'
import { type Caller, linesOf } from './caller.ts'

/** What the server behind finds. */
interface TokenHeaders {
  readonly 'X-Plan-Id': string
  readonly 'X-Token-Id': string
  readonly 'X-Token-Scopes': string
  readonly 'X-Token-Reach': string
}

/**
 * A name that is one of them to a server for which other signs are hyphens: underscores with CGI, dots with PHP, all of them with
 * older servers.
 */
const LOOK_ALIKE = /^x[^a-z0-9](?:plan[^a-z0-9]id|token[^a-z0-9](?:id|scopes|reach))$/i

/** Whether a request has such a name. A gateway replaces its own headers, and hands these on. */
export function hasLookAlike(caller: Pick<Caller, 'headers' | 'rawHeaders'>): boolean {
  return linesOf(caller).some(([name]) => LOOK_ALIKE.test(name) && !/^[a-z-]+$/i.test(name))
}

/** No token stands behind the request. No value of a token begins with a hyphen. */
const NONE = '-'
/** What would be too long. A word of no token: who takes it for a list finds nothing in it. */
const TOO_LONG = '-too-long'

/** The headers of requests that no token stands behind. */
const NOBODY: TokenHeaders = Object.freeze({
  'X-Plan-Id': NONE,
  'X-Token-Id': NONE,
  'X-Token-Scopes': NONE,
  'X-Token-Reach': NONE,
})

/**
 * Makes what gives the headers for a request that is let through, `undefined` for one without a plan access token. They are kept
 * for as long as the engine keeps its view of the token: to make them was a third of an answer, the network apart.
 */
export function createTokenHeaders(longest: number): (decision: Allowed<string> | undefined) => TokenHeaders {
  const kept = new WeakMap<Token, TokenHeaders>()
  const short = (value: string): string => (value.length > longest ? TOO_LONG : value || NONE)
  const headersFor = (token: Token, reach: Reach): TokenHeaders => ({
    'X-Plan-Id': encoded(token.planId),
    'X-Token-Id': encoded(token.id),
    'X-Token-Scopes': short(token.scopes.map(scopeText).join(' ')),
    'X-Token-Reach': short(reachText(reach)),
  })
  return (decision) => {
    if (!decision?.token) return NOBODY
    const { token, reach } = decision
    const before = kept.get(token)
    if (before) return before
    const headers = headersFor(token, reach)
    // What a host has made may change.
    if (Object.isFrozen(token)) kept.set(token, headers)
    return headers
  }
}

/** Percent-encoded, a hyphen at the beginning too. @throws URIError for half of a character, which no id has. */
function encoded(id: string): string {
  return encodeURIComponent(id).replace(/^-/, '%2D')
}

/** Names of scopes are printable ASCII without spaces: only what would be read as something else is encoded. */
function scopeText(scope: string): string {
  return scope.replaceAll('%', '%25').replace(/^-/, '%2D')
}

function reachText(reach: Reach): string {
  if (reach === 'all') return 'all'
  return Object.entries(reach)
    .flatMap(([kind, ids]) => ids.map((id) => `${kind}:${encoded(id)}`))
    .join(' ')
}
