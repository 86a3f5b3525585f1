/**
 * A request without its secret, in every place where Node keeps it: what stands behind a guard reads headers in four forms, and
 * `npm logout` puts the secret into the path. The guard: npm/guard.ts.
 */
import { readCredential } from '../core/credential.ts'
import { placesOf } from '../core/credential-places.ts'
import type { NodeRequest } from '../http/node-side.ts'

const AUTHORIZATION = 'authorization'

/** Where npm puts the secret. */
const BEARER = placesOf({ headers: [], bearer: true })
const NO_PREFIXES: ReadonlySet<string> = new Set()

/** The secret of `Authorization: Bearer`; empty if there is none. */
export function bearerIn({ headers, rawHeaders }: NodeRequest): string {
  const credential = readCredential(BEARER, headers, rawHeaders, NO_PREFIXES)
  return typeof credential === 'string' ? credential : ''
}

/** Takes `Authorization` off. */
export function withoutSecret(request: NodeRequest): void {
  const headers = request.headers as { [name: string]: unknown }
  for (const name of Object.keys(headers)) if (name.toLowerCase() === AUTHORIZATION) delete headers[name]
  const raw = (request.rawHeaders ?? []) as string[]
  for (let i = raw.length - 2; i >= 0; i -= 2) if (raw[i]?.toLowerCase() === AUTHORIZATION) raw.splice(i, 2)
  // Node makes it at the first reading, out of as many raw headers as came: it would read past the end of what is left.
  if (HEADERS_DISTINCT in request) define(request, HEADERS_DISTINCT, { get: () => distinct(raw) })
}

const HEADERS_DISTINCT = 'headersDistinct'

/** Each header's values, as `IncomingMessage.headersDistinct` gives them. */
function distinct(raw: readonly string[]): { readonly [name: string]: readonly string[] } {
  const headers: { [name: string]: string[] } = Object.create(null)
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase()
    headers[name] ??= []
    headers[name].push(raw[i + 1] as string)
  }
  return headers
}

/** Takes the secret out of the path of `npm logout`, for whoever logs requests when they are over. */
export function withoutSecretInPath(request: NodeRequest): void {
  for (const name of ['url', 'originalUrl'])
    if (name in request) define(request, name, { value: WITHOUT, writable: true })
  // HTTP/2 has the path among its headers.
  const headers = request.headers as { ':path'?: unknown }
  if (headers[':path'] !== undefined) headers[':path'] = WITHOUT
  const raw = (request.rawHeaders ?? []) as string[]
  for (let i = 0; i + 1 < raw.length; i += 2) if (raw[i] === ':path') raw[i + 1] = WITHOUT
}

const WITHOUT = '/-/user/token/[secret]'

function define(request: NodeRequest, name: string, how: PropertyDescriptor): void {
  Object.defineProperty(request, name, { configurable: true, enumerable: true, ...how })
}
