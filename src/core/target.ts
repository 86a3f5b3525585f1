/**
 * One strict grammar for request targets. No normal form of a path suits every router, so nothing is normalised: a target
 * that could be read in two ways is refused. Which endpoint a path is: core/endpoints.ts.
 *
 * Origin form of RFC 9112, section 3.2.1, over the `pchar` of RFC 3986, less: empty and dot segments, `%2F`, `%5C`, `%00`
 * and other control characters, bytes that are not UTF-8, and the percent-encoding of unreserved characters.
 */

/** Whether something is a path under which other paths can begin: `/api`, without a slash at its end. */
export function isBasePath(value: unknown): value is string {
  return typeof value === 'string' && /^(\/[\w.~-]+)+$/.test(value)
}

declare const clean: unique symbol
/** A path that has passed the grammar, still percent-encoded. Only this file makes one, so the trie never sees a raw path. */
export type CleanPath = string & { readonly [clean]: true }

/** A request target that was read. */
export interface Target {
  readonly path: CleanPath
  /** What follows the first `?`, still percent-encoded; empty if there is none. */
  readonly query: string
}

/** What a character is to the grammar: 0 refused, 1 plain, 2 percent, 3 slash, 4 question mark. */
const CLASS = new Uint8Array(128)
for (let code = 0; code < 128; code++) if (/[\w.~!$&'()*+,;=:@-]/.test(String.fromCharCode(code))) CLASS[code] = 1
CLASS[37] = 2
CLASS[47] = 3
CLASS[63] = 4

const DOT = 46
/** What `encodeURIComponent` leaves as it is: nobody needs to encode it, and routers differ in decoding it. */
const NEEDLESS = /[\w.~!'()*-]/

/** Reads the target of a request line: `/path?query`. `undefined` if it does not pass. Linear, and hot: bench/engine.ts. */
export function readTarget(raw: unknown): Target | undefined {
  return typeof raw === 'string' ? readFrom(raw, 0) : undefined
}

/** Reads the target out of the absolute URL of a Fetch `Request`, without building a `URL`. */
export function readTargetOfUrl(url: unknown): Target | undefined {
  return typeof url === 'string' ? readFrom(url, pathStart(url)) : undefined
}

/** Where the path of an absolute URL begins, behind scheme and authority; -1 if there is none. No pattern: `bench -- http`. */
export function pathStart(url: string): number {
  const first = url.indexOf('/')
  const start = url.indexOf('/', first + 2)
  const isOrigin = first > 1 && url.startsWith('://', first - 1)
  return isOrigin && url.lastIndexOf('?', start) < 0 && url.lastIndexOf('#', start) < 0 ? start : -1
}

function readFrom(text: string, start: number): Target | undefined {
  if (text.charCodeAt(start) !== 47) return undefined
  let segment = start + 1
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
  const isRoot = i === start + 1
  if (!isRoot && isEmptyOrDots(text, segment, i)) return undefined
  const path = text.slice(start, i)
  if (encoded && decodeStrictly(path) === undefined) return undefined
  if (i === text.length) return { path: path as CleanPath, query: '' }
  const query = text.slice(i + 1)
  return isReadableQuery(query) ? { path: path as CleanPath, query } : undefined
}

function isEmptyOrDots(text: string, from: number, to: number): boolean {
  const length = to - from
  if (length > 2) return false
  return length === 0 || (text.charCodeAt(from) === DOT && (length === 1 || text.charCodeAt(from + 1) === DOT))
}

/** Every character is a `pchar`, `/` or `?`, and every percent sign begins an encoded byte. */
function isReadableQuery(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i)
    const kind = code < 128 ? CLASS[code] : 0
    if (kind === 0 || (kind === 2 && !isHexByte(query, i + 1))) return false
  }
  return true
}

function isHexByte(text: string, at: number): boolean {
  return /^[0-9A-Fa-f]{2}$/.test(text.slice(at, at + 2))
}

/**
 * Percent-decodes once, or says `undefined`: for a broken sign, a slash, a backslash, a control character, bytes that are
 * not UTF-8, or a character that needs no encoding.
 */
export function decodeStrictly(text: string): string | undefined {
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 3)) {
    if (!isHexByte(text, at + 1)) return undefined
    const byte = Number.parseInt(text.slice(at + 1, at + 3), 16)
    if (byte < 0x20 || byte === 0x2f || byte === 0x5c || byte === 0x7f || NEEDLESS.test(String.fromCharCode(byte)))
      return undefined
  }
  return decodeUtf8(text)
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

/** More parameters than this are not read, since servers stop reading as well, some after 1,000. */
const MOST_PARAMETERS = 100

/**
 * The values of some parameters of a query, each at most once. `undefined` if one of them, in whatever spelling, comes twice
 * or with brackets, dots or spaces, which some servers drop; if its value is empty or cannot be read in one way; and if a
 * semicolon, a name that cannot be read or too many parameters are there. Values of other parameters are not looked at.
 */
export function readQuery(query: string, wanted: ReadonlySet<string>): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>()
  const pairs = query.split('&', MOST_PARAMETERS + 1)
  if (query.includes(';') || pairs.length > MOST_PARAMETERS) return undefined
  for (const pair of pairs) {
    const [rawName = '', ...rest] = pair.split('=')
    const name = decodeUtf8(rawName.replaceAll('+', ' '))
    if (name === undefined) return undefined
    const first = /[\w-]+/.exec(name)?.[0] ?? ''
    if (!wanted.has(first) && !wanted.has(name.replaceAll(/[^\w-]/g, ''))) continue
    const raw = rest.join('=')
    const value = raw.includes('+') ? undefined : decodeStrictly(raw)
    if (!wanted.has(name) || values.has(name) || !value) return undefined
    values.set(name, value)
  }
  return values
}
