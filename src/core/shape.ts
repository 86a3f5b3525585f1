/**
 * The bridge to zod: schemas that give our sentences, and its issues as ours, each with a path that a person reads. Few parts
 * of zod's core are used, since whatever is used goes to every edge worker (`npm run check -- size`).
 */

import * as zod from 'zod/v4/core'
import type { Issue } from './errors.ts'
import { isNamed } from './objects.ts'
import { didYouMean } from './suggest.ts'

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

/** An object with these fields and no others. Read field by field below: zod's own object is 1 kB that does the same here. */
export function object<Shape extends Fields>(shape: Shape): zod.$ZodObject<Shape, zod.$strict> {
  const fields = Object.keys(shape)
  return forwarded((value) => {
    if (!isNamed(value)) return 'must be an object.'
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(shape, name))
    return {
      ...shape,
      ...Object.fromEntries(
        unknown.map((name) => [name, unknownField(name, `is not a field here.${didYouMean(name, fields)}`)]),
      ),
    }
  }) as unknown as zod.$ZodObject<Shape, zod.$strict>
}

const unknownField = (name: string, message: string): Schema<unknown> =>
  checked(
    ({ issues, value }) =>
      void issues.push({ code: 'unrecognized_keys', keys: [name], message, input: value as never }),
  )

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
    const input = payload.value
    const picked = pick(input)
    const judge = (part: Schema<unknown>, value: unknown, path: PropertyKey[]): void => {
      const issues = read(part, value).error?.issues ?? []
      for (const issue of issues)
        payload.issues.push({ ...issue, path: [...path, ...issue.path], input: value } as never)
    }
    if (typeof picked === 'string') payload.issues.push({ code: 'custom', message: picked, input })
    else if (Array.isArray(picked)) for (const [i, part] of picked.entries()) judge(part, (input as unknown[])[i], [i])
    else if (picked instanceof zod.$ZodType) judge(picked, input, [])
    else
      for (const [name, part] of Object.entries(picked)) judge(part, (input as Record<string, unknown>)[name], [name])
  })
}

type Parts = readonly Schema<unknown>[] | { readonly [name: string]: Schema<unknown> }

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
