/**
 * JSON of a request's body, read so that it has one meaning (I-JSON, RFC 7493): RFC 8259 leaves repeated names and halves of
 * characters to each reader, and two readers that choose differently see two requests. Numbers stay as JavaScript reads them,
 * since none names a resource. What a body names: core/names.ts.
 */
import { type BodyReading, readAs, unreadable } from './body-reading.ts'
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
  const reason = faultOfNames(text) ?? (mayHoldSurrogate(text) ? faultOfValue(value) : undefined)
  return reason === undefined ? readAs(value) : unreadable(reason)
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

/** What is wrong with the names of valid JSON text, in whatever spelling. One pass without recursion, whatever the depth. */
function faultOfNames(text: string): MalformedReason | undefined {
  /** The names of each object that is open; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = []
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
        if (names.has(name)) return 'json_name_repeated'
        if (name === PROTO) return 'json_name_proto'
        names.add(name)
      }
      i = end - 1
    }
  }
  return undefined
}

/** The place after the closing quotation mark of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i + 1
}

function isFollowedByColon(text: string, from: number): boolean {
  let i = from
  while (/\s/.test(text.charAt(i))) i++
  return text[i] === ':'
}
