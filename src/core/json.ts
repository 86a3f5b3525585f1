/**
 * JSON of a request's body, read so that it has one meaning (I-JSON, RFC 7493): RFC 8259 leaves repeated names and halves of
 * characters to each reader, and two readers that choose differently see two requests. Numbers stay as JavaScript reads them; one
 * that others read as a fraction, such as `7.0`, is no id. What a body names: core/names.ts.
 */
import { type BodyReading, NOT_AN_ID, readAs, unreadable } from './body-reading.ts'
import type { MalformedReason } from './malformed.ts'
import { isObject } from './objects.ts'

/** The value of JSON text in UTF-8, or what is wrong with it. */
export function parseJsonStrictly(body: string | Uint8Array): BodyReading {
  const text = typeof body === 'string' ? body : decode(body)
  if (text === undefined) return unreadable('json_not_utf8')
  if (text.startsWith('\ufeff')) return unreadable('json_byte_order_mark')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return unreadable('json_invalid')
  }
  const { reason: fault, names, numbers } = scan(text)
  const ids = fault === undefined && numbers ? (JSON.parse(without(text, numbers)) as unknown) : value
  const reason =
    fault ??
    (mayHoldSurrogate(text) ? faultOfValue(value) : undefined) ??
    (names && !(hasNames(value, names) && hasNames(ids, names)) ? 'body_read_otherwise' : undefined)
  return reason === undefined ? readAs(value, ids) : unreadable(reason)
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Whether text holds half of a surrogate pair, or spells one: only then is it worth looking through the value. */
function mayHoldSurrogate(text: string): boolean {
  return /\\u[dD][89a-fA-F]/.test(text) || !text.isWellFormed()
}

/**
 * What is wrong with a value of JSON, whoever has parsed it: half of a surrogate pair in some text or name, for which one store
 * puts U+FFFD and another refuses (RFC 7493, section 2.1); or the name `__proto__`, which one parser keeps, another drops or
 * refuses, and which a plain copy of the object takes for its prototype. One pass without recursion, whatever the depth.
 */
export function faultOfValue(value: unknown): MalformedReason | undefined {
  const open: unknown[] = [value]
  const seen = new Set<object>()
  while (open.length > 0) {
    const one = open.pop()
    if (typeof one === 'string') {
      if (!one.isWellFormed()) return 'json_surrogate'
    } else if (isObject(one) && !ArrayBuffer.isView(one) && !seen.has(one)) {
      seen.add(one)
      if (Array.isArray(one)) for (const entry of one) open.push(entry)
      else
        for (const name of Object.keys(one)) {
          if (!name.isWellFormed()) return 'json_surrogate'
          if (name === PROTO) return 'json_name_proto'
          open.push((one as Record<string, unknown>)[name])
        }
    }
  }
  return undefined
}

const PROTO = '__proto__'

/** What the characters of a text say that its value does not. */
interface Scanned {
  readonly reason?: MalformedReason
  /** All names with how often each occurs, where one of them is spelt with an escape. */
  readonly names?: ReadonlyMap<string, number>
  /** Where the numbers begin and end that are spelt in another way than the whole numbers that JavaScript makes of them. */
  readonly numbers?: readonly (readonly [start: number, end: number])[]
}

/**
 * The names of valid JSON text, in whatever spelling, and what is wrong with them; and its odd numbers. One pass without recursion,
 * whatever the depth. Names are kept only where `JSON.parse` may have read one of them wrong: see `hasNames`.
 */
function scan(text: string): Scanned {
  /** The names of each object that is open; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = []
  const all: string[] = []
  const numbers: [number, number][] = []
  let isEscaped = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, i)
      const names = open.at(-1)
      if (names && isFollowedByColon(text, end)) {
        const name = JSON.parse(text.slice(i, end)) as string
        if (names.has(name)) return { reason: 'json_name_repeated' }
        if (name === PROTO) return { reason: 'json_name_proto' }
        if (!name.isWellFormed()) return { reason: 'json_surrogate' }
        names.add(name)
        all.push(name)
        isEscaped ||= name.length < end - i - 2
      }
      i = end - 1
    } else if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) {
      const number = numberAt(text, i)
      if (isOdd(number)) numbers.push([i, i + number.length])
      i += number.length - 1
    }
  }
  return { ...(isEscaped && { names: counted(all) }), ...(numbers.length > 0 && { numbers }) }
}

/** Whether JavaScript reads a whole number that is not written as one: `7.0`, `7e0`, `-0`, or `1e-400`, which is 0. */
function isOdd(number: string): boolean {
  if (/^[0-9]+$/.test(number)) return false
  const value = Number(number)
  return Number.isSafeInteger(value) && value >= 0
}

/** The text with other numbers in these places. */
function without(text: string, numbers: readonly (readonly [number, number])[]): string {
  let left = ''
  let from = 0
  for (const [start, end] of numbers) {
    left += text.slice(from, start) + String(NOT_AN_ID)
    from = end
  }
  return left + text.slice(from)
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/**
 * Whether a value has exactly these names. V8 13 and 14 (Node 24 and 26) compare the next name with that of an object they have read
 * before by the characters as they are written: after `{"a":1,"\\u0066il":2}`, whoever sent that, the name `\u0066ile_key` behind an
 * `a` is read as `\u0066il`. So a client could hide a name here that whatever
 * stands behind the guard reads.
 */
function hasNames(value: unknown, names: ReadonlyMap<string, number>): boolean {
  const counts = new Map(names)
  let left = 0
  for (const count of counts.values()) left += count
  const open: unknown[] = [value]
  while (open.length > 0) {
    const one = open.pop()
    if (Array.isArray(one)) for (const entry of one) open.push(entry)
    else if (isObject(one))
      for (const [name, entry] of Object.entries(one)) {
        const count = counts.get(name) ?? 0
        if (count === 0) return false
        counts.set(name, count - 1)
        left -= 1
        open.push(entry)
      }
  }
  return left === 0
}

/** The place after the closing quotation mark of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}

/** The number that begins at `start`, in one match: with a test of each character a body of numbers took twice as long (110 ms for 1.1 MB, now 48). */
function numberAt(text: string, start: number): string {
  NUMBER.lastIndex = start
  return NUMBER.exec(text)?.[0] ?? ''
}

const NUMBER = /[0-9.eE+-]+/y

function isFollowedByColon(text: string, from: number): boolean {
  let i = from
  while (/\s/.test(text.charAt(i))) i++
  return text[i] === ':'
}
