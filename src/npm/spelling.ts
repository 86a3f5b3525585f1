/**
 * The spellings of a scoped name in a request target. Clients and registries write `@acme%2fbutton`, `@acme%2Fbutton` and
 * `%40acme%2Fbutton`; routes are written with `@acme/button` (npm/endpoints.ts), and every server that decodes a segment reads
 * the same name in all of them. Any other encoded slash is refused by core/target.ts. And the one path that holds a secret.
 */

/** Where a package is named: at the beginning of the path, or behind one of these. */
const BEFORE = '/-/package|/-/stage/package|/-/npm/v1/attestations|/-/npm/v1/oidc/token/exchange/package'

/** A scoped name whose slash is encoded, and its `@` perhaps too, with what stands before it. */
const ENCODED = new RegExp(`^((?:https?://[^/?#]*)?(?:${BEFORE})?/)(?:@|%40)([^/?#%@]+)%2[fF]`)

/** `/-/npm/v1/attestations/@acme/button@1.0.0`: the one route where name and version stand in one segment. */
const WITH_VERSION =
  /^((?:https?:\/\/[^/?#]*)?\/-\/npm\/v1\/attestations\/@[^/?#%@]+\/[^/?#%@]+)(?:@|%40)(?=[^/?#]+(?:$|[?#]))/

/** What `npm logout` sends: its secret stands in the path, and is no part of what is judged, shown or handed on. */
const OF_LOGOUT = /^((?:https?:\/\/[^/?#]*)?\/-\/user\/token\/)\w+(?=$|\?)/

/** The target as the routes spell it. */
export function spelt(target: string): string {
  if (typeof target !== 'string') return target
  return target.replace(ENCODED, '$1@$2/').replace(WITH_VERSION, '$1/').replace(OF_LOGOUT, '$1secret')
}

/** The secret that `npm logout` has put into the path, which is its last segment, below whatever path. */
export function secretOfLogout(target = ''): string | undefined {
  return /\/(\w+)(?:\?.*)?$/.exec(target)?.[1]
}
