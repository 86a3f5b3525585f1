/**
 * What the body of a request is: the one place in which content type, charset and encoding are judged, and what somebody has
 * made of the body, for `authorize`, `explain` and every guard. How JSON is read: core/json.ts. How the bytes are had:
 * http/fetch-body.ts and http/body.ts. What a body names: core/names.ts.
 */
import { type BodyReading, isReading, readAs, unreadable } from './body-reading.ts'
import { faultOfValue, parseJsonStrictly } from './json.ts'
import type { MalformedReason } from './malformed.ts'
import { isObject, isPlain } from './objects.ts'

/**
 * JSON in UTF-8, as every parser reads it that a handler may have. Refused on purpose, though legal or harmless to some:
 *
 * - other types that end in `+json`: Express' parser leaves no body for them, or an empty one;
 * - other parameters: RFC 8259, section 11, knows none, and some parsers look for a word such as `urlencoded` in all of the header;
 * - a tab, or a semicolon at the end: Express 4 and koa-bodyparser leave an empty body.
 */
const JSON_TYPE = /^application\/json *(?:; *charset=(?:utf-8|"utf-8") *)?$/i

/**
 * Why what the headers of a request say is no plain JSON in UTF-8 (RFC 8259, section 8.1), or `undefined`. In another encoding
 * it could be one text to the guard and, unpacked, another to the handler: a brace may begin both JSON and a raw DEFLATE stream.
 * `identity` is no encoding but should not be sent (RFC 9110, section 8.4.1), and koa-bodyparser knows it in small letters only.
 *
 * @param headers as `RequestLike` has them. What stands here must not say otherwise than what was sent.
 * @param raw Node's `rawHeaders`: where there are any, the type must stand in exactly one line of them.
 */
export function faultOfContent(headers: unknown, raw: unknown): MalformedReason | undefined {
  const isRaw = Array.isArray(raw) && raw.length > 0
  const type = valueIn(headers, 'content-type')
  const sentType = isRaw ? valueInRaw(raw, 'content-type') : type
  if (!isJsonType(sentType) || (type !== undefined && !isJsonType(type))) return 'body_type'
  const isPlain =
    valueIn(headers, 'content-encoding') === undefined && (!isRaw || valueInRaw(raw, 'content-encoding') === undefined)
  return isPlain ? undefined : 'body_encoded'
}

function isJsonType(type: unknown): boolean {
  return typeof type === 'string' && JSON_TYPE.test(type)
}

/** More than one value, which is none. */
const SEVERAL = Symbol('several')

/** The value of a header; `undefined` if it is not there, and no text where it comes more than once. */
export function valueIn(headers: unknown, name: string): unknown {
  if (!isObject(headers)) return undefined
  const { get } = headers as { readonly get?: unknown }
  if (typeof get === 'function') return (get.call(headers, name) as unknown) ?? undefined
  let found: unknown
  for (const key in headers) {
    if (key.length !== name.length || key.toLowerCase() !== name || !Object.hasOwn(headers, key)) continue
    const value: unknown = (headers as Record<string, unknown>)[key]
    if (value === undefined) continue
    if (found !== undefined) return SEVERAL
    found = Array.isArray(value) && value.length === 1 ? value[0] : value
  }
  return found
}

/** The same of Node's `rawHeaders`. */
export function valueInRaw(raw: readonly unknown[], name: string): unknown {
  let found: unknown
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const key = raw[i]
    if (typeof key !== 'string' || key.length !== name.length || key.toLowerCase() !== name) continue
    if (found !== undefined) return SEVERAL
    found = raw[i + 1]
  }
  return found
}

/**
 * The body, given what somebody has of it: text or bytes, at most `limit` bytes of them, or what JSON gave. Empty ones are none;
 * a stream that nobody has read, a form or anything else that JSON does not give is no empty object.
 */
export function readGiven(given: unknown, limit: number): BodyReading {
  if (isReading(given)) return given
  if (given === undefined) return unreadable('body_missing')
  if (typeof given === 'string') return readText(given, limit)
  const bytes = given instanceof ArrayBuffer ? new Uint8Array(given) : given
  if (bytes instanceof Uint8Array) return readBytes(bytes, limit)
  try {
    const reason = isOfJson(given) ? faultOfValue(given) : 'body_of_no_kind'
    return reason === undefined ? readAs(given) : unreadable(reason)
  } catch {
    return unreadable('body_of_no_kind')
  }
}

function readText(text: string, limit: number): BodyReading {
  if (text === '') return unreadable('body_missing')
  // A character is one to three bytes: what is too long or short enough by that is not encoded.
  const isLong = text.length > limit || (text.length * 3 > limit && new TextEncoder().encode(text).byteLength > limit)
  return isLong ? unreadable('body_too_long') : parseJsonStrictly(text)
}

function readBytes(bytes: Uint8Array, limit: number): BodyReading {
  if (bytes.byteLength > limit) return unreadable('body_too_long')
  return bytes.byteLength === 0 ? unreadable('body_missing') : parseJsonStrictly(bytes)
}

/** Whether JSON may have given it: no function, no stream, no form, no instance of a class, of whichever realm. */
function isOfJson(value: unknown): boolean {
  if (!isObject(value)) return value === null || typeof value === 'number' || typeof value === 'boolean'
  return Array.isArray(value) || isPlain(value)
}
