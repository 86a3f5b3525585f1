/**
 * What zod does not say: our sentences, the schemas that have one sentence for all that can be wrong with them, and its issues
 * as ours. Schemas are written with `zod/mini`, where they are used. What an issue is: core/issue.ts.
 */
import * as z from 'zod/mini'
import { type Issue, issueAt, plainPath, unknownName, unknownNameSent } from './issue.ts'
import { isDictionary } from './objects.ts'

/** A schema whose output is of a type. */
export type Schema<T> = z.core.$ZodType<T>
/** What a schema gives. */
export type Output<S extends z.core.$ZodType> = z.core.output<S>

/** What a schema says of a value: everything that is wrong, and which of it is about a name that the schema does not have. */
export interface Reading<T> {
  /** The value, if nothing is wrong with it. */
  readonly data?: T
  readonly issues: readonly Issue[]
  readonly unknown: ReadonlySet<Issue>
}

/** Who wrote what is read: a host, whose names are told, or somebody who may have put a secret where a name belongs. */
export type Writer = 'host' | 'stranger'

/**
 * Reads a value by a schema, without code made at run time. No schema here changes what it reads, so the data is the value
 * itself.
 */
export function read<T>(schema: Schema<T>, value: unknown, writer: Writer = 'host'): Reading<T> {
  const nameIssue = writer === 'host' ? unknownName : unknownNameSent
  const known = new Map<unknown, readonly string[]>()
  const { error } = z.safeParse(schema, value, {
    jitless: true,
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(issue.keys, fieldsOf(issue.inst))
      return sentenceOf(issue)
    },
  })
  if (!error) return { data: value as T, issues: [], unknown: new Set() }
  // By place and sentence: a number that is too large is so in two ways, with one sentence.
  const found = new Map<string, Issue>()
  const unknown = new Set<Issue>()
  const add = (issue: Issue, names?: Set<Issue>): void => {
    if (found.has(issue.path + issue.message)) return
    found.set(issue.path + issue.message, issue)
    names?.add(issue)
  }
  for (const issue of error.issues) {
    const at = placeFor(writer, issue.path)
    if (issue.code !== 'unrecognized_keys') add(issueAt(at, issue.message))
    else for (const key of issue.keys) add(nameIssue(at, key, known.get(issue.keys) ?? []), unknown)
  }
  return { issues: [...found.values()], unknown }
}

const placeFor = (writer: Writer, path: readonly PropertyKey[]): readonly PropertyKey[] =>
  writer === 'host' ? path : plainPath(path)

/** The names of an object's fields. */
function fieldsOf(schema: unknown): readonly string[] {
  return Object.keys((schema as z.core.$ZodObject)._zod.def.shape)
}

const KINDS: { readonly [kind: string]: string } = {
  string: 'text',
  number: 'a number',
  array: 'a list',
  boolean: 'true or false',
  record: 'an object',
  object: 'an object',
}

function sentenceOf(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return MISSING
  if (issue.code === 'invalid_type') return `must be ${KINDS[issue.expected] ?? issue.expected}.`
  if (issue.code === 'invalid_value') return `must be ${either(issue.values)}.`
  if (issue.code === 'too_small') return 'must be a list with at least one entry.'
  return 'is not valid.'
}

const MISSING = 'is missing.'

/** `"a", "b" or "c"`. */
const either = (values: readonly unknown[]): string =>
  values
    .map((value) => JSON.stringify(value))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1')

/** One sentence for all that can be wrong with a value that is there. */
const saying = (message: string) => ({
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? MISSING : message),
})

/** A value of which `problem` finds nothing wrong. What is not there is judged too. */
export function judged<T>(problem: (value: unknown) => string | undefined): z.ZodMiniCustom<T, T> {
  return z.custom<T>((value) => problem(value) === undefined, { error: ({ input }) => problem(input) })
}

/** Text of which `problem` finds nothing wrong. */
export function text(problem: (value: string) => string | undefined): z.ZodMiniString {
  const isGood = (value: string): boolean => problem(value) === undefined
  return z.string().check(z.refine(isGood, { error: ({ input }) => problem(input as string) }))
}

/** Text that matches a pattern. */
export function matching(pattern: RegExp, message: string): z.ZodMiniString {
  return z.string(saying(message)).check(z.refine((value) => pattern.test(value), message))
}

/** A function. */
export const callable = (message = 'must be a function.') =>
  judged<(...args: never) => unknown>((value) => (typeof value === 'function' ? undefined : message))

/** A whole number in a range. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): z.ZodMiniNumber {
  const message = `must be a whole number from ${least} to ${most}.`
  return z.int(saying(message)).check(z.gte(least, message), z.lte(most, message))
}

/** A value that is judged by a schema which depends on it, or refused by a sentence. */
export function dependent<T>(pick: (value: unknown) => Schema<unknown> | string): Schema<T> {
  const check = (payload: z.core.ParsePayload): void => {
    const { value, issues } = payload
    const picked = pick(value)
    if (typeof picked === 'string') issues.push({ code: 'custom', message: picked, input: value })
    else issues.push(...(picked._zod.run({ value, issues: [] }, { jitless: true }) as z.core.ParsePayload).issues)
  }
  return z.unknown().check(check) as unknown as Schema<T>
}

/** An object with names of a schema, or any, and values of another: zod's own record would be 0.5 kB more in every bundle. */
export function dictionary<T>(
  name: Schema<string> | undefined,
  entry: Schema<T>,
): Schema<{ readonly [name: string]: T }> {
  return dependent((value) => {
    if (!isDictionary(value)) return 'must be an object.'
    const entries = Object.keys(value).map((key) => {
      const [issue] = name ? read(name, key).issues : []
      return [key, issue ? judged(() => issue.message) : entry] as const
    })
    return z.strictObject(Object.fromEntries(entries))
  })
}
