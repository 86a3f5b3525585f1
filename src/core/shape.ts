/**
 * The bridge to zod: schemas that give our sentences, and its issues as ours, each with a path that a person reads. Few parts
 * of zod's core are used, since whatever is used goes to every edge worker (`npm run check -- size`).
 */

import * as zod from 'zod/v4/core'
import type { Issue } from './errors.ts'
import { isNamed } from './objects.ts'
import { didYouMean, nearest } from './suggest.ts'

/** A schema whose output is of a type. */
export type Schema<T> = zod.$ZodType<T>
/** What a schema gives. */
export type Output<S extends zod.$ZodType> = zod.output<S>

interface CheckedDef extends zod.$ZodTypeDef {
  readonly check: (payload: zod.ParsePayload) => void
}

/** A schema that is judged by a function, which adds its issues. */
const Checked: zod.$constructor<zod.$ZodType, CheckedDef> = zod.$constructor('Checked', (schema, def) => {
  // A cast, since TypeScript wants assertions to be called by a name with a type of its own.
  ;(zod.$ZodType.init as (schema: zod.$ZodType, def: CheckedDef) => void)(schema, def)
  schema._zod.parse = (payload) => {
    def.check(payload)
    return payload
  }
})

function checked<T>(check: (payload: zod.ParsePayload) => void): Schema<T> {
  return new Checked({ type: 'custom', check }) as Schema<T>
}

type Fields = { readonly [field: string]: zod.$ZodType }

/**
 * An object with these fields and no others, written by the host: a field that is not known is named. Read field by field
 * below: zod's own object is 1 kB that does the same here.
 */
export function object<Shape extends Fields>(shape: Shape): zod.$ZodObject<Shape, zod.$strict> {
  return objectOf(shape, (name, fields) => ({ path: [name], message: notAField(name, fields) }))
}

/** The same for what somebody sent: what is not known may be a secret, so not everything is named (`strangerIn`). */
export function input<Shape extends Fields>(shape: Shape): zod.$ZodObject<Shape, zod.$strict> {
  return objectOf(shape, (name, fields) => strangerIn([], name, fields))
}

/** What is wrong, and where. */
interface Stranger {
  readonly path: PropertyKey[]
  readonly message: string
}

function objectOf<Shape extends Fields>(
  shape: Shape,
  told: (name: string, fields: readonly string[]) => Stranger,
): zod.$ZodObject<Shape, zod.$strict> {
  const fields = Object.keys(shape)
  return checked((payload) => {
    const { value, issues } = payload
    if (!isNamed(value))
      return void issues.push({ code: 'custom', message: 'must be an object.', input: value as never })
    judgeParts(payload, shape)
    for (const name of Object.keys(value))
      if (!Object.hasOwn(shape, name))
        issues.push({ code: 'unrecognized_keys', keys: [name], ...told(name, fields), input: value as never })
  }) as unknown as zod.$ZodObject<Shape, zod.$strict>
}

const notAField = (name: string, fields: readonly string[], what = 'field'): string =>
  `is not a ${what} here.${didYouMean(name, fields)}`

/** What is said of a name that somebody sent and that is not known: the name itself only if it can be no secret. */
export function strangerIn(
  at: readonly PropertyKey[],
  name: string,
  known: readonly string[],
  what = 'field',
): Stranger {
  if (isPlainName(name) || (/^[\w-]{1,64}$/.test(name) && nearest(name, known) !== undefined))
    return { path: [...at, name], message: notAField(name, known, what) }
  return { path: [...at], message: `must hold no ${what}s${known.length > 0 ? ` but ${known.join(', ')}` : ''}.` }
}

/** Whether a name is short and written as names in code are: `expiresAt`, `file_key`, `__proto__`. No part of a secret is. */
function isPlainName(name: string): boolean {
  return name.length <= 24 && /^_{0,2}[a-z]+([A-Z][a-z]+|_[a-z]+)*_{0,2}$/.test(name)
}

/** A path into what somebody sent, up to the first name that may be anything. */
export function plainPath(path: readonly PropertyKey[]): readonly PropertyKey[] {
  const end = path.findIndex((key) => typeof key !== 'number' && !isPlainName(String(key)))
  return end === -1 ? path : path.slice(0, end)
}

/** What a schema says of a value: `data`, or `error` with all issues. */
export type Reading<T> =
  | { readonly success: true; readonly data: T; readonly error?: undefined }
  | { readonly success: false; readonly error: { readonly issues: readonly zod.$ZodIssue[] } }

/** Reads a value by a schema, over zod's Standard Schema interface. No schema here changes what it reads. */
export function read<T>(schema: Schema<T>, value: unknown): Reading<T> {
  const { issues } = schema['~standard'].validate(value) as { readonly issues?: readonly zod.$ZodIssue[] }
  return issues ? { success: false, error: { issues } } : { success: true, data: value as T }
}

/** A value of which `problem` finds nothing wrong. */
export function judged<T>(problem: (value: unknown) => string | undefined): Schema<T> {
  return checked((payload) => {
    const message = payload.value === undefined ? 'is missing.' : problem(payload.value)
    if (message !== undefined) payload.issues.push({ code: 'custom', message, input: payload.value })
  })
}

/** A function. */
export const callable: Schema<unknown> = judged((value) =>
  typeof value === 'function' ? undefined : 'must be a function.',
)

/** Text that matches a pattern. */
export function matching(pattern: RegExp, message: string): Schema<string> {
  return judged((value) => (typeof value === 'string' && pattern.test(value) ? undefined : message))
}

/** A whole number in a range. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Schema<number> {
  const isInRange = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
  return judged((value) => (isInRange(value) ? undefined : `must be a whole number from ${least} to ${most}.`))
}

/** One of some values. */
export function oneOf<const T extends string | number | boolean>(...values: readonly T[]): Schema<T> {
  const message = `must be ${values
    .map((value) => JSON.stringify(value))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1')}.`
  return judged((value) => (values.includes(value as T) ? undefined : message))
}

/** A list of at least so many entries. */
export function list<T>(entry: Schema<T>, least = 0): Schema<readonly T[]> {
  const message = least > 0 ? 'must be a list with at least one entry.' : 'must be a list.'
  return forwarded((value) =>
    Array.isArray(value) && value.length >= least ? Array.from(value, () => entry) : message,
  )
}

/** An object with names of a pattern and values of a schema. */
export function named<T>(pattern: RegExp, message: string, entry: Schema<T>): Schema<{ readonly [name: string]: T }> {
  const misnamed = judged(() => message)
  return forwarded((value) => {
    if (!isNamed(value)) return 'must be an object.'
    return Object.fromEntries(Object.keys(value).map((name) => [name, pattern.test(name) ? entry : misnamed]))
  })
}

/** A field that may be left out. What zod's own `optional` adds to this is not needed here. */
export function maybe<T>(schema: Schema<T>): zod.$ZodOptional<Schema<T>> {
  return forwarded<T>((value) => (value === undefined ? anything : schema)) as unknown as zod.$ZodOptional<Schema<T>>
}

/** Whatever there is. */
export const anything: Schema<unknown> = checked(() => undefined)

/** A value that is judged by what depends on it: a schema, schemas for its parts, or a sentence that refuses it. */
export function forwarded<T>(pick: (value: unknown) => Schema<unknown> | Parts | string): Schema<T> {
  return checked((payload) => {
    const picked = pick(payload.value)
    if (typeof picked === 'string') payload.issues.push({ code: 'custom', message: picked, input: payload.value })
    else if (picked instanceof zod.$ZodType) judgePart(payload, picked, payload.value, [])
    else judgeParts(payload, picked)
  })
}

type Parts = readonly Schema<unknown>[] | Fields

/** Judges the entries of a list, or the fields of an object, each by its schema. */
function judgeParts(payload: zod.ParsePayload, parts: Parts): void {
  const value = payload.value as unknown[] & { [field: string]: unknown }
  if (Array.isArray(parts)) for (const [i, part] of parts.entries()) judgePart(payload, part, value[i], [i])
  else for (const [name, part] of Object.entries(parts)) judgePart(payload, part, value[name], [name])
}

function judgePart({ issues }: zod.ParsePayload, part: Schema<unknown>, value: unknown, path: PropertyKey[]): void {
  for (const issue of read(part, value).error?.issues ?? [])
    issues.push({ ...issue, path: [...path, ...issue.path], input: value } as never)
}

/** All issues of a failed parse, as ours. */
export function issuesOf(error: { readonly issues: readonly zod.$ZodIssue[] }): Issue[] {
  return error.issues.map(({ path, message }) => ({ path: pathText(path), message }))
}

/** `scopes[2]`, `name`, `endpoints["GET /x"].names[0].at`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[A-Za-z_$][\w$]*$/.test(String(key))) text += text === '' ? String(key) : `.${String(key)}`
    else text += text === '' && !/[[\].\s"]/.test(String(key)) ? String(key) : `[${JSON.stringify(String(key))}]`
  }
  return text
}
