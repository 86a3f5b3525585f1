/** The metadata of a protected resource (RFC 9728), and the challenges that lead to it. */
import type { Told } from './options.ts'

/** The document of RFC 9728, section 2, as far as the guard knows it. */
export interface ProtectedResource {
  readonly resource: string
  readonly authorization_servers?: readonly string[]
  readonly scopes_supported: readonly string[]
  readonly bearer_methods_supported: readonly string[]
}

/** Where the document lies and what it says; `undefined` where the server's address was not told. */
export function metadataOf({
  resource,
  policy,
  authorizationServers,
}: Told): { readonly url: string; readonly path: string; readonly document: ProtectedResource } | undefined {
  if (!resource) return undefined
  // RFC 9728, section 3.1: before the path of the resource.
  const path = `/.well-known/oauth-protected-resource${resource.pathname === '/' ? '' : resource.pathname}`
  return {
    url: resource.origin + path,
    path,
    document: {
      resource: resource.pathname === '/' ? resource.origin : resource.href,
      ...(authorizationServers.length > 0 && { authorization_servers: authorizationServers }),
      scopes_supported: policy.scopes.filter(({ types }) => types.length > 0).map(({ name }) => name),
      bearer_methods_supported: ['header'],
    },
  }
}

/** A challenge with the address of the metadata, and with the scopes of what was asked where it does not name them itself. */
export function challengeWith(challenge: string, url: string | undefined, scopes: readonly string[]): string {
  const scope = scopes.length > 0 && !/[ ,]scope="/.test(challenge) ? `, scope="${scopes.join(' ')}"` : ''
  return `${challenge}${scope}${url === undefined ? '' : `, resource_metadata="${url}"`}`
}
