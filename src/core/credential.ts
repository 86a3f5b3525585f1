/**
 * Finds the one credential of a request in its headers. Two that might differ are a refusal and never a choice. Whether the
 * credential is a secret of ours: core/secret.ts.
 */
import { isObject } from './objects.ts'

/** Headers of a request: a Fetch `Headers`, or an object as Node and the frameworks have it. */
export type HeadersLike =
  | {
      /** The value of a header, several joined by a comma; `null` if there is none. */
      get(name: string): string | null
    }
  | { readonly [name: string]: string | readonly string[] | undefined }

/** The credential as it was sent, or why there is not exactly one. */
export type Credential =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly code: 'token_missing' | 'request_malformed' }

const MISSING: Credential = Object.freeze({ ok: false, code: 'token_missing' })
const MALFORMED: Credential = Object.freeze({ ok: false, code: 'request_malformed' })

/** Where a policy takes its secrets from; header names in lower case. */
interface Places {
  readonly headers: readonly string[]
  readonly bearer: boolean
}

const AUTHORIZATION = 'authorization'

/**
 * Reads the credential. `raw` is Node's `rawHeaders` (names and values in turn) where a request has them: Node drops a second
 * `Authorization` line before a handler sees it.
 */
export function readCredential(places: Places, headers: unknown, raw: unknown): Credential {
  const values = Array.isArray(raw)
    ? valuesInRaw(places, raw)
    : isFetchHeaders(headers)
      ? valuesInFetch(places, headers)
      : valuesInObject(places, headers)
  return values ? theOnly(values) : MALFORMED
}

/** What stands in each place: the value of a header, and that of `Authorization`. */
interface Found {
  custom: string | undefined
  authorization: string | undefined
}

function theOnly({ custom, authorization }: Found): Credential {
  if (custom?.includes(',')) return MALFORMED
  const bearer = authorization === undefined ? undefined : bearerOf(authorization)
  if (bearer === false) return MALFORMED
  if (custom !== undefined && bearer !== undefined && custom !== bearer) return MALFORMED
  const secret = custom ?? bearer
  return secret === undefined ? MISSING : { ok: true, secret }
}

/** Another scheme after a comma: two lines that the runtime has joined. */
const JOINED = /,\s*[A-Za-z][A-Za-z0-9-]*\s+[^\s,=]/

/** The secret after `Bearer`; `undefined` for another scheme, which is none of ours; `false` for two that were joined. */
function bearerOf(value: string): string | undefined | false {
  if (value.length < 6 || !isBearer(value)) return value.includes(',') && JOINED.test(value) ? false : undefined
  if (value.length === 6) return ''
  if (value.charCodeAt(6) !== 32) return value.charCodeAt(6) === 9 ? '' : undefined
  return value.includes(',') ? false : value.slice(7)
}

/** Schemes are case-insensitive (RFC 9110, section 11.1). */
function isBearer(value: string): boolean {
  return value.startsWith('Bearer') || value.slice(0, 6).toLowerCase() === 'bearer'
}

/** Puts a value into its place; false if that place is taken, since a repeated header is two credentials. */
function put(found: Found, { headers, bearer }: Places, name: string, value: unknown): boolean {
  const isAuthorization = bearer && name === AUTHORIZATION
  if (!isAuthorization && !headers.includes(name)) return true
  const text = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
  if (text === undefined) return true
  if (typeof text !== 'string') return false
  const place = isAuthorization ? 'authorization' : 'custom'
  if (found[place] !== undefined) return false
  found[place] = text
  return true
}

/** Field names are case-insensitive (RFC 9110, section 5.1), and a plain object can hold the same one in two spellings. */
function valuesInObject(places: Places, headers: unknown): Found | undefined {
  const found: Found = { custom: undefined, authorization: undefined }
  if (!isObject(headers)) return found
  for (const name in headers) {
    if (!mayBeOurs(places, name) || !Object.hasOwn(headers, name)) continue
    if (!put(found, places, name.toLowerCase(), (headers as Record<string, unknown>)[name])) return undefined
  }
  return found
}

function valuesInRaw(places: Places, raw: readonly unknown[]): Found | undefined {
  const found: Found = { custom: undefined, authorization: undefined }
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]
    if (typeof name !== 'string') return undefined
    if (mayBeOurs(places, name) && !put(found, places, name.toLowerCase(), raw[i + 1])) return undefined
  }
  return found
}

function valuesInFetch(places: Places, headers: { get(name: string): string | null }): Found | undefined {
  const found: Found = { custom: undefined, authorization: undefined }
  for (const name of places.headers) if (!put(found, places, name, headers.get(name) ?? undefined)) return undefined
  if (places.bearer) found.authorization = headers.get(AUTHORIZATION) ?? undefined
  return found
}

/** The length tells most other names apart without a copy in lower case. */
function mayBeOurs({ headers, bearer }: Places, name: string): boolean {
  if (bearer && name.length === AUTHORIZATION.length) return true
  for (let i = 0; i < headers.length; i++) if (headers[i]?.length === name.length) return true
  return false
}

/** A plain object is told apart first, since it is what Node gives, and a look for a missing `get` is slow. */
function isFetchHeaders(headers: unknown): headers is { get(name: string): string | null } {
  if (!isObject(headers) || Object.getPrototypeOf(headers) === Object.prototype) return false
  return typeof (headers as { get?: unknown }).get === 'function'
}
