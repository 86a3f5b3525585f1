/**
 * One strict grammar for request targets. No normal form of a path suits every router, so nothing is normalised: a target
 * that could be read in two ways is refused. Which endpoint a path is: core/endpoints.ts. What a query says: core/query.ts.
 *
 * Origin form of RFC 9112, section 3.2.1. The path: `pchar` of RFC 3986, less the semicolon, empty and dot segments, `%2F`, `%5C`,
 * `%00` and other control characters, bytes that are not UTF-8, and encoded letters, digits, `-`, `.` and `_`. Servlet containers
 * cut each segment at a semicolon (its parameters, RFC 3986, section 3.3), so that `/docs/secret;x` is `/docs/secret` to them; one
 * that comes as `%3B` is a character of the segment to everybody. The query: whatever
 * clients send as it is (the query percent-encode set of the URL standard leaves brackets, `|`, `^` and a lone `%` raw), since
 * only the parameters that a policy reads can be read in two ways. What is wrong with a target that does not pass is found by a
 * second reading, `malformedTarget`, which nobody waits for on a good day.
 */
import type { Malformed } from './malformed.ts'

/** Whether something is a path under which other paths can begin: `/api`, without dot segments or a slash at its end. */
export function isBasePath(value: unknown): value is string {
  return typeof value === 'string' && /^(\/(?!\.\.?(\/|$))[\w.~-]+)+$/.test(value)
}

/** What is wrong with any other. @param example a path as hosts have it there. */
export const basePathMessage = (example = '/api'): string =>
  `must be a path such as "${example}", without dot segments or a slash at its end.`

declare const clean: unique symbol
/** A path that has passed the grammar, still percent-encoded. Only this file makes one, so the trie never sees a raw path. */
export type CleanPath = string & { readonly [clean]: true }

/** A request target that was read. */
export interface Target {
  readonly path: CleanPath
  /** What follows the first `?`, still percent-encoded; empty if there is none. */
  readonly query: string
}

/** What a character is to the grammar of a path: 0 refused, 1 plain, 2 percent, 3 slash, 4 question mark. */
const CLASS = new Uint8Array(128)
for (let code = 0; code < 128; code++) if (/[\w.~!$&'()*+,=:@-]/.test(String.fromCharCode(code))) CLASS[code] = 1
CLASS[37] = 2
CLASS[47] = 3
CLASS[63] = 4

const DOT = 46
const SLASH = 47
const COLON = 58
/**
 * What nobody encodes, and what routers differ in decoding before they look for a route. The marks `~!'()*` are not among them:
 * the encoders of Java, Python and PHP write them as `%7E`, `%21` and so on, and every router decodes them in a parameter.
 */
const NEEDLESS = /[\w.-]/

/**
 * What most targets are: a path without anything encoded and without a query. Every such target passes below too; in one look
 * of the platform's it takes half of the time (bench/engine.ts).
 */
const PLAIN = /^(?:\/(?!\.\.?(?:\/|$))[\w.~!$&'()*+,=:@-]+)+$/

/** Of a few million segments the platform's look would throw: its memory of where to go back to is bounded. */
const LONGEST_PLAIN = 10_000

/** Reads the target of a request line: `/path?query`. `undefined` if it does not pass. Linear, and hot: bench/engine.ts. */
export function readTarget(raw: unknown): Target | undefined {
  return isPlainTarget(raw) ? { path: raw, query: '' } : readFullTarget(raw)
}

/** Whether a target is a path that passes, without anything encoded and without a query. Then it need not be read further. */
export function isPlainTarget(raw: unknown): raw is CleanPath {
  return typeof raw === 'string' && raw.length <= LONGEST_PLAIN && PLAIN.test(raw)
}

/** Reads the target out of the absolute URL of a Fetch `Request`, without building a `URL`. */
export function readTargetOfUrl(url: unknown): Target | undefined {
  return readTarget(targetOfUrl(url))
}

/** The target as it stands in an absolute URL; `undefined` if there is none. */
export function targetOfUrl(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined
  const start = pathStart(url)
  return start === -1 ? undefined : url.slice(start)
}

/** Where the path of an absolute URL begins, behind scheme and authority; -1 if there is none. No pattern: `bench -- http`. */
export function pathStart(url: string): number {
  const first = url.indexOf('/')
  const start = url.indexOf('/', first + 2)
  const isOrigin = first > 1 && url.charCodeAt(first - 1) === COLON && url.charCodeAt(first + 1) === SLASH
  return isOrigin && isBehind(url.indexOf('?'), start) && isBehind(url.indexOf('#'), start) ? start : -1
}

function isBehind(place: number, start: number): boolean {
  return place === -1 || place > start
}

/** What `readTarget` does with a target that is not plain. */
export function readFullTarget(text: unknown): Target | undefined {
  if (typeof text !== 'string' || text.charCodeAt(0) !== SLASH) return undefined
  let segment = 1
  let encoded = false
  let i = segment
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const kind = code < 128 ? CLASS[code] : 0
    if (kind === 1) continue
    if (kind === 3) {
      if (isEmptyOrDots(text, segment, i)) return undefined
      segment = i + 1
    } else if (kind === 2) encoded = true
    else if (kind === 4) break
    else return undefined
  }
  const isRoot = i === 1
  if (!isRoot && isEmptyOrDots(text, segment, i)) return undefined
  const path = text.slice(0, i)
  if (encoded && decodeStrictly(path) === undefined) return undefined
  if (i === text.length) return { path: path as CleanPath, query: '' }
  if (notOfQuery(text, i + 1) !== -1) return undefined
  return { path: path as CleanPath, query: text.slice(i + 1) }
}

/**
 * What is wrong with a target of a request line that `readTarget` does not read, or with the URL of a Fetch `Request`. Only
 * asked after a refusal.
 */
export function malformedTarget(raw: unknown, isUrl: boolean): Malformed {
  if (typeof raw !== 'string') return { reason: 'target_form' }
  const text = isUrl ? raw.slice(Math.max(pathStart(raw), 0)) : raw
  if (text.charCodeAt(0) !== SLASH) return { reason: 'target_form' }
  const mark = text.indexOf('?')
  const path = mark === -1 ? text : text.slice(0, mark)
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code >= 128 || CLASS[code] === 0) return { reason: 'path_character', at: i }
  }
  const segments = path.slice(1).split('/')
  if (path !== '/' && segments.at(-1) === '') return { reason: 'path_slash_at_end' }
  if (path !== '/' && segments.includes('')) return { reason: 'path_empty_segment' }
  if (segments.some((segment) => segment === '.' || segment === '..')) return { reason: 'path_dot_segment' }
  const unclean = uncleanEncoding(path)
  if (unclean) return unclean
  const place = mark === -1 ? -1 : notOfQuery(text, mark + 1)
  return place === -1 ? { reason: 'path_not_utf8' } : { reason: 'query_character', at: place }
}

function isEmptyOrDots(text: string, from: number, to: number): boolean {
  const length = to - from
  if (length > 2) return false
  return length === 0 || (text.charCodeAt(from) === DOT && (length === 1 || text.charCodeAt(from + 1) === DOT))
}

/**
 * Where something stands that no query can hold: a control character, a space, the beginning of a fragment, or a character
 * beyond ASCII, which Node hands on as Latin-1 and others as UTF-8. -1 if there is none.
 */
function notOfQuery(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code >= 0x7f || code === 0x23) return i
  }
  return -1
}

function isHexByte(text: string, at: number): boolean {
  return /^[0-9A-Fa-f]{2}$/.test(text.slice(at, at + 2))
}

/**
 * Percent-decodes once, or says `undefined`: for a broken sign, a slash, a backslash, a control character, bytes that are
 * not UTF-8, or a letter, digit, `-`, `.` or `_` that came encoded.
 */
export function decodeStrictly(text: string): string | undefined {
  return uncleanEncoding(text) ? undefined : decodeUtf8(text)
}

/** The first percent sign that begins no byte that may be encoded. Bytes that are not UTF-8 together are not found here. */
function uncleanEncoding(text: string): Malformed | undefined {
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 3)) {
    if (!isHexByte(text, at + 1)) return { reason: 'path_encoding', at }
    const byte = Number.parseInt(text.slice(at + 1, at + 3), 16)
    if (byte < 0x20 || byte === 0x2f || byte === 0x5c || byte === 0x7f) return { reason: 'path_encoding_forbidden', at }
    if (NEEDLESS.test(String.fromCharCode(byte))) return { reason: 'path_encoding_needless', at }
  }
  return undefined
}

/** Percent-decodes bytes that must be UTF-8 and hold no control character. */
function decodeUtf8(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text)
    return hasControlCharacter(decoded) ? undefined : decoded
  } catch {
    return undefined
  }
}

/** Whether a text holds a control character of C0 or C1, or DEL. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
