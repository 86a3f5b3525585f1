/**
 * Finds the one credential of a request in its headers. Two that might differ are a refusal and never a choice. Whether the
 * credential is a secret of ours: core/secret.ts.
 */
import { AUTHORIZATION, type CredentialPlaces } from './credential-places.ts'
import type { LegacyKeys } from './legacy.ts'
import type { Malformed } from './malformed.ts'
import { isObject } from './objects.ts'
import { beginsAsSecret } from './secret.ts'

/** Headers of a request: a Fetch `Headers`, or an object as Node and the frameworks have it. */
export type HeadersLike =
  | {
      /** The value of a header, several joined by a comma; `null` if there is none. */
      get(name: string): string | null
    }
  | { readonly [name: string]: string | readonly string[] | undefined }

/** The credential as it was sent, which is text, or why there is not exactly one. */
export type Credential = string | Unusable

/** Why there is no credential to look at. */
type Unusable =
  | { readonly code: 'token_missing' }
  | { readonly code: 'request_malformed'; readonly malformed: Malformed }

const MISSING: Unusable = Object.freeze({ code: 'token_missing' })
const malformed = (reason: Malformed['reason']): Unusable =>
  Object.freeze({ code: 'request_malformed', malformed: Object.freeze({ reason }) })
const REPEATED = malformed('credential_repeated')
const UNREADABLE = malformed('credential_unreadable')

/** The credential of what has no headers. */
export function credentialOf(secret: unknown): Credential {
  if (secret === undefined || secret === null || secret === '') return MISSING
  return typeof secret === 'string' ? secret : UNREADABLE
}

/** Whether a request has nothing where a policy takes its secrets from. */
export function isMissing(credential: Credential): boolean {
  return typeof credential === 'object' && credential.code === 'token_missing'
}

/**
 * Reads the credential. `raw` is Node's `rawHeaders` (names and values in turn) where a request has them: Node drops a second
 * `Authorization` line before a handler sees it. Adapters of serverless platforms leave them out or empty; then `headers` count.
 *
 * @param prefixes what secrets of this deployment begin with. A bearer token that does not begin with one is somebody else's,
 * such as a gateway's, where a header of the policy's own is there too.
 * @param legacy keys from before, which may stand in both places as well.
 */
export function readCredential(
  places: CredentialPlaces,
  headers: unknown,
  raw: unknown,
  prefixes: ReadonlySet<string>,
  legacy?: LegacyKeys,
): Credential {
  if (Array.isArray(raw) && raw.length > 0) return credentialInRaw(places, raw, prefixes, legacy)
  return isFetchHeaders(headers)
    ? credentialInFetch(places, headers, prefixes, legacy)
    : credentialInObject(places, headers, prefixes, legacy)
}

/** The credential of the values of two places: of a header of the policy's own, and of `Authorization`. */
function theOnly(
  custom: string | undefined,
  authorization: string | undefined,
  prefixes: ReadonlySet<string>,
  legacy: LegacyKeys | undefined,
): Credential {
  if (custom?.includes(',')) return REPEATED
  const bearer = authorization === undefined ? undefined : bearerOf(authorization)
  if (bearer === false) return REPEATED
  if (
    custom !== undefined &&
    bearer !== undefined &&
    custom !== bearer &&
    (mayBeSecret(bearer, prefixes) || legacy?.mayBe(bearer))
  )
    return REPEATED
  return custom ?? bearer ?? MISSING
}

/** Whether a bearer token begins as a secret of ours, also to a reader who drops quotation marks or white space before it. */
function mayBeSecret(bearer: string, prefixes: ReadonlySet<string>): boolean {
  return beginsAsSecret(bearer.replace(/^\W+/, ''), prefixes)
}

/** Another scheme after a comma: two lines that the runtime has joined. */
const JOINED = /,\s*[A-Za-z][A-Za-z0-9-]*\s+[^\s,=]/
/**
 * A quoted value of another scheme, which may hold whatever it likes (RFC 9110, section 5.6.4); one that never ends too, so that
 * a text of nothing but quotes is passed through once.
 */
const QUOTED = /"(?:[^"\\]|\\.)*("?)/g

/**
 * The secret after `Bearer` and one space or more (RFC 9110, section 11.4). A tab is no such space and stays, so that it is no
 * secret alone and still seen beside another one. `undefined` for another scheme, which is none of ours; `false` for two that
 * were joined.
 */
function bearerOf(value: string): string | undefined | false {
  if (value.length < 6 || !isBearer(value))
    return value.includes(',') && JOINED.test(value.replaceAll(QUOTED, withoutQuoted)) ? false : undefined
  if (value.length === 6) return ''
  if (!isBlank(value.charCodeAt(6))) return undefined
  if (value.includes(',')) return false
  let start = 6
  while (value.charCodeAt(start) === SPACE) start++
  return value.slice(start)
}

/** What never ends is no quoted value, and stays. */
function withoutQuoted(text: string, end: string): string {
  return end === '' ? text : '""'
}

const SPACE = 32
const TAB = 9

/** Schemes are case-insensitive (RFC 9110, section 11.1). */
function isBearer(value: string): boolean {
  return value.startsWith('Bearer') || value.slice(0, 6).toLowerCase() === 'bearer'
}

/** The value of a header as text; `undefined` if there is none, and what is wrong with it if it cannot be used. */
function textOf(value: unknown): string | Unusable | undefined {
  const text = typeof value !== 'string' && Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
  if (text === undefined || typeof text === 'string') return text && trimmed(text)
  return Array.isArray(value) && value.length > 1 ? REPEATED : UNREADABLE
}

/** A field value has no white space around it (RFC 9110, section 5.5); whoever hands it on may have left it there. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return end - start === text.length ? text : text.slice(start, end)
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB

/**
 * Field names are case-insensitive (RFC 9110, section 5.1), and a plain object can hold the same one in two spellings. A repeated
 * header is two credentials. What was found stands in variables here and below: an object for it was a thirtieth of what
 * `authorize` allocates (bench/engine.ts).
 */
function credentialInObject(
  places: CredentialPlaces,
  headers: unknown,
  prefixes: ReadonlySet<string>,
  legacy: LegacyKeys | undefined,
): Credential {
  let custom: string | undefined
  let authorization: string | undefined
  if (!isObject(headers)) return MISSING
  for (const name in headers) {
    const place = placeOf(places, name)
    if (place === undefined || !Object.hasOwn(headers, name)) continue
    const text = textOf((headers as Record<string, unknown>)[name])
    if (typeof text === 'object') return text
    if (text === undefined) continue
    if ((place === 'custom' ? custom : authorization) !== undefined) return REPEATED
    if (place === 'custom') custom = text
    else authorization = text
  }
  return theOnly(custom, authorization, prefixes, legacy)
}

function credentialInRaw(
  places: CredentialPlaces,
  raw: readonly unknown[],
  prefixes: ReadonlySet<string>,
  legacy: LegacyKeys | undefined,
): Credential {
  let custom: string | undefined
  let authorization: string | undefined
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]
    if (typeof name !== 'string') return UNREADABLE
    const place = placeOf(places, name)
    const text = place && textOf(raw[i + 1])
    if (typeof text === 'object') return text
    if (text === undefined) continue
    if ((place === 'custom' ? custom : authorization) !== undefined) return REPEATED
    if (place === 'custom') custom = text
    else authorization = text
  }
  return theOnly(custom, authorization, prefixes, legacy)
}

function credentialInFetch(
  places: CredentialPlaces,
  headers: { get(name: string): string | null },
  prefixes: ReadonlySet<string>,
  legacy: LegacyKeys | undefined,
): Credential {
  let custom: string | undefined
  for (const name of places.headers) {
    const text = textOf(headers.get(name) ?? undefined)
    if (typeof text === 'object') return text
    if (text === undefined) continue
    if (custom !== undefined) return REPEATED
    custom = text
  }
  const authorization = places.bearer ? (headers.get(AUTHORIZATION) ?? undefined) : undefined
  return theOnly(custom, authorization, prefixes, legacy)
}

/**
 * The place that a header's value belongs in. Most names are told apart by their length, by one look at all lengths together. The first
 * header, which is the only one nearly always, before the loop. Without either, reading the headers of a request takes half as long again
 * (bench/engine.ts).
 */
function placeOf({ headers, bearer, lengths }: CredentialPlaces, name: string): 'custom' | 'authorization' | undefined {
  if ((lengths & (1 << name.length)) === 0) return undefined
  const first = headers[0]
  if (first !== undefined && isHeader(name, first)) return 'custom'
  for (let i = 1; i < headers.length; i++) if (isHeader(name, headers[i] as string)) return 'custom'
  return bearer && isHeader(name, AUTHORIZATION) ? 'authorization' : undefined
}

/** Whether a name is that of a header in lower case. The length tells most apart, and is all that is looked at of these. */
function isHeader(name: string, header: string): boolean {
  return name.length === header.length && (name === header || isSpelt(name, header))
}

/**
 * `name.toLowerCase() === header`, without the copy, which was a twentieth of `authorize` and of what it allocates. Of one length.
 * A function of its own, so that the look at the length above it is compiled into the loop over the headers (bench/engine.ts).
 */
function isSpelt(name: string, header: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code > 127) return name.toLowerCase() === header
    if ((code >= 65 && code <= 90 ? code + 32 : code) !== header.charCodeAt(i)) return false
  }
  return true
}

/** A plain object is told apart first, since it is what Node gives, and a look for a missing `get` is slow. */
function isFetchHeaders(headers: unknown): headers is { get(name: string): string | null } {
  if (!isObject(headers) || Object.getPrototypeOf(headers) === Object.prototype) return false
  return typeof (headers as { get?: unknown }).get === 'function'
}
