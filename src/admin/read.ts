/**
 * Reads what a request says: its query, its headers, its body. Each in one way only. Which shapes these have:
 * admin/schemas.ts. Where a request goes: admin/routes.ts.
 */
import type * as z from 'zod/mini'
import { HEADER_KEY } from '../core/idempotency-key.ts'
import { type Issue, issueAt, plainPath } from '../core/issue.ts'
import { parseJsonStrictly } from '../core/json.ts'
import { sentenceOf } from '../core/malformed.ts'
import { isDictionary } from '../core/objects.ts'
import { read } from '../core/shape.ts'
import { hasControlCharacter } from '../core/target.ts'
import { HttpProblem } from './problem.ts'
import { OF_ENGINE } from './schemas.ts'

/** What is wrong with a value, and whether the engine would say all of it: where it is about fields that the engine reads too. */
export function readShape(
  schema: z.core.$ZodType | undefined,
  value: unknown,
): { readonly issues: readonly Issue[]; readonly isOfEngine: boolean } {
  if (!schema) return { issues: [], isOfEngine: true }
  const fields = (schema as z.core.$ZodObject)._zod.def.shape
  const { issues, unknown } = read(schema, value, 'stranger')
  return {
    issues,
    isOfEngine: issues.every((issue) => !unknown.has(issue) && OF_ENGINE.has(fields[String(issue.at[0])])),
  }
}

/** The schema for a body: where there are two, the second is for those with a `route`. */
export function schemaFor(
  [schema, ofRoute]: readonly [z.core.$ZodType, z.core.$ZodType?],
  body: unknown,
): z.core.$ZodType {
  return ofRoute && isDictionary(body) && Object.hasOwn(body, 'route') ? ofRoute : schema
}

/** Fields of a query that are objects: `metadata[team]=billing`, as `deepObject` of OpenAPI. */
const OBJECTS = ['metadata']

/** Fields of a query that are numbers. */
const NUMBERS = ['limit', 'graceHours', 'expiresBefore', 'window']

/** Fields of a query that are `true` or `false`. */
const FLAGS = ['canary']

/** The parameters of a query, each at most once. What cannot be read is an issue. */
export function readParameters(query: string, issues: Issue[]): Readonly<Record<string, unknown>> {
  const found = new Map<string, unknown>()
  const objects = new Map<string, Map<string, string>>()
  for (const pair of query === '' ? [] : query.split('&')) {
    const [rawName = '', ...rest] = pair.split('=')
    const name = decodeFormText(rawName)
    const value = decodeFormText(rest.join('='))
    if (name === undefined || value === undefined || rest.length !== 1) throw new HttpProblem('request_malformed')
    const [, object = '', key = ''] = /^(\w+)\[(.+)\]$/s.exec(name) ?? []
    if (OBJECTS.includes(object)) {
      const entries = objects.get(object) ?? new Map<string, string>()
      if (entries.has(key) || found.has(object))
        issues.push(issueAt(plainPath([object, key]), 'is there more than once.', 'repeated'))
      objects.set(object, entries.set(key, value))
      continue
    }
    if (found.has(name) || objects.has(name))
      issues.push(issueAt(plainPath([name]), 'is there more than once.', 'repeated'))
    const isNumber = NUMBERS.includes(name) && /^(0|[1-9]\d{0,14})$/.test(value)
    const isFlag = FLAGS.includes(name) && (value === 'true' || value === 'false')
    found.set(name, isNumber ? Number(value) : isFlag ? value === 'true' : value)
  }
  return Object.fromEntries([...found, ...[...objects].map(([name, entries]) => [name, Object.fromEntries(entries)])])
}

/** Text of a form or a query, decoded; `undefined` if it is not UTF-8 or holds a control character. */
function decodeFormText(text: string): string | undefined {
  const decoded = decodeFormLines(text)
  return decoded === undefined || hasControlCharacter(decoded) ? undefined : decoded
}

/** The same for text that may have tabs and several lines. */
export function decodeFormLines(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '))
    return hasControlCharacter(decoded.replaceAll(/[\t\r\n]/g, '')) ? undefined : decoded
  } catch {
    return undefined
  }
}

/** `Idempotency-Key`, if it is one. */
export function readIdempotencyKey(headers: Headers, issues: Issue[]): { readonly idempotencyKey?: string } {
  const idempotencyKey = headers.get('idempotency-key')
  if (idempotencyKey === null) return {}
  if (HEADER_KEY.test(idempotencyKey)) return { idempotencyKey }
  issues.push(
    issueAt(
      ['Idempotency-Key'],
      'must be 1 to 200 printable ASCII characters without space or comma.',
      'header_malformed',
    ),
  )
  return {}
}

/** Whether a content type is one of some, in UTF-8. */
export function isOfType(headers: Headers, types: readonly string[]): boolean {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  return (
    types.includes(type.trim()) &&
    parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter)) &&
    !headers.has('content-encoding')
  )
}

/** JSON of a body, with not too many entries. No body at all is an object without fields. */
export function readJson(bytes: Uint8Array, mostEntries: number): unknown {
  if (bytes.byteLength === 0) return {}
  if (hasMoreEntries(bytes, mostEntries))
    throw new HttpProblem('body_too_large', {
      detail: `At most ${mostEntries} entries of lists and objects are taken.`,
    })
  const { value, malformed } = parseJsonStrictly(bytes)
  if (malformed) throw new HttpProblem('request_malformed', { detail: sentenceOf(malformed) })
  return value
}

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92]

/**
 * Whether JSON has more commas between entries than that. Each entry may become a mistake that is told, and a million of them
 * would keep the process busy for seconds; so they are counted before anything is made of them.
 */
function hasMoreEntries(json: Uint8Array, most: number): boolean {
  let isInText = false
  let commas = 0
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (byte === QUOTE) isInText = !isInText
    else if (isInText && byte === BACKSLASH) i++
    else if (!isInText && byte === COMMA && ++commas > most) return true
  }
  return false
}
