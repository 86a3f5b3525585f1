/**
 * What zod does not say: our sentences, the schemas that have one sentence for all that can be wrong with them, and its issues
 * as ours. Schemas are written with `zod/mini`, where they are used. What an issue is: core/issue.ts.
 */
import * as z from 'zod/mini'
import { type Issue, type IssueCode, issueAt, type Problem, plainPath, unknownName, unknownNameSent } from './issue.ts'
import { isDictionary, isObject, isThenable } from './objects.ts'

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

/** A sentence, with its code where somebody may read it in another language. */
type Said = string | Problem

/** As zod carries it: text. Only `read` reads it. */
export const carried = (said: Said): string => (typeof said === 'string' ? said : JSON.stringify(said))
const told = (text: string): Problem => (text.startsWith('["') ? (JSON.parse(text) as Problem) : [text])

/** Who wrote what is read: a host, whose names are told, or somebody who may have put a secret where a name belongs. */
export type Writer = 'host' | 'stranger'

/**
 * Reads a value by a schema, without code made at run time. No schema here changes what it reads, so the data is the value
 * itself. What is wrong has a code where a stranger has written it, who may read another language than a host's developer.
 */
export function read<T>(schema: Schema<T>, value: unknown, writer: Writer = 'host'): Reading<T> {
  const nameIssue = writer === 'host' ? unknownName : unknownNameSent
  const known = new Map<unknown, readonly string[]>()
  const { error } = z.safeParse(schema, value, {
    jitless: true,
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(issue.keys, fieldsOf(issue.inst))
      return carried(sentenceOf(issue))
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
    if (issue.code !== 'unrecognized_keys') {
      const problem = isThenable(valueAt(value, issue.path)) ? NOT_AWAITED : told(issue.message)
      add(issueAt(at, ...saidTo(writer, problem)))
    } else for (const key of issue.keys) add(nameIssue(at, key, known.get(issue.keys) ?? []), unknown)
  }
  return { issues: [...found.values()], unknown }
}

/** Said of a promise, whatever should be in its place. */
export const NOT_AWAITED: Problem = ['is a promise: await it first.', 'not_valid']

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((part, key) => (isObject(part) ? (part as Record<PropertyKey, unknown>)[key] : undefined), value)

const saidTo = (writer: Writer, problem: Problem): Problem => (writer === 'host' ? [problem[0]] : problem)

const placeFor = (writer: Writer, path: readonly PropertyKey[]): readonly PropertyKey[] =>
  writer === 'host' ? path : plainPath(path)

/** The names of an object's fields. */
function fieldsOf(schema: unknown): readonly string[] {
  return Object.keys((schema as z.core.$ZodObject)._zod.def.shape)
}

const KINDS: { readonly [kind: string]: readonly [words: string, code: IssueCode] } = {
  string: ['text', 'not_text'],
  number: ['a number', 'not_a_number'],
  array: ['a list', 'not_a_list'],
  boolean: ['true or false', 'not_true_or_false'],
  record: ['an object', 'not_an_object'],
  object: ['an object', 'not_an_object'],
}

function sentenceOf(issue: z.core.$ZodRawIssue): Problem {
  if (issue.input === undefined) return MISSING
  if (issue.code === 'invalid_type') {
    const [words, code] = KINDS[issue.expected] ?? [issue.expected, 'not_valid']
    return [`must be ${words}.`, code]
  }
  if (issue.code === 'invalid_value')
    return [`must be ${either(issue.values)}.`, 'not_one_of', { values: issue.values.map(String) }]
  return ['is not valid.', 'not_valid']
}

const MISSING: Problem = ['is missing.', 'missing']

/** `"a", "b" or "c"`. */
const either = (values: readonly unknown[]): string =>
  values
    .map((value) => JSON.stringify(value))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1')

/** One sentence for all that can be wrong with a value that is there. */
const saying = (said: Said) => ({
  error: ({ input }: { readonly input?: unknown }) => carried(input === undefined ? MISSING : said),
})

/** The sentence of a problem, where there is one. */
const problemIn = (said: Said | undefined): string | undefined => said && carried(said)

/** A value of which `problem` finds nothing wrong. What is not there is judged too. */
export function judged<T>(problem: (value: unknown) => Said | undefined): z.ZodMiniCustom<T, T> {
  return z.custom<T>((value) => problem(value) === undefined, { error: ({ input }) => problemIn(problem(input)) })
}

/** Text of which `problem` finds nothing wrong. @param missing is said where there is none, instead of the usual. */
export function text(problem: (value: string) => Said | undefined, missing: Said = MISSING): z.ZodMiniString {
  const isGood = (value: string): boolean => problem(value) === undefined
  const error = ({ input }: { readonly input?: unknown }) => (input === undefined ? carried(missing) : undefined)
  return z.string({ error }).check(z.refine(isGood, { error: ({ input }) => problemIn(problem(input as string)) }))
}

/** Text that matches a pattern. */
export function matching(pattern: RegExp, said: Said): z.ZodMiniString {
  return z.string(saying(said)).check(z.refine((value) => pattern.test(value), carried(said)))
}

/** A name that becomes a part of keys, of headers or of records. */
export const named = (): z.ZodMiniString =>
  matching(/^[A-Za-z][\w-]{0,63}$/, 'must begin with a letter and hold letters, digits, _ and - only, 64 at most.')

type Callable = (...args: never) => unknown

/** A function. */
export const callable = (message = 'must be a function.'): z.ZodMiniCustom<Callable, Callable> =>
  judged<Callable>((value) => (typeof value === 'function' ? undefined : message))

/** A whole number in a range. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): z.ZodMiniNumber {
  const sentence = `must be a whole number from ${least} to ${most}.`
  const said: Problem =
    most === Number.MAX_SAFE_INTEGER
      ? [sentence, 'not_whole_from', { least }]
      : [sentence, 'not_whole', { least, most }]
  const message = carried(said)
  return z.int(saying(said)).check(z.gte(least, message), z.lte(most, message))
}

/** The same for what only hosts give: without what a JSON Schema says of it, and 0.5 kB less in what answers requests. */
export function wholeOption(least: number, most: number): z.ZodMiniCustom<number, number> {
  const message = `must be a whole number from ${least} to ${most}.`
  return inRange(least, most, message, Number.isSafeInteger)
}

/** A number in a range, and of which more is true if that is asked. */
export function inRange(
  least: number,
  most: number,
  message: string,
  isMore = Number.isFinite,
): z.ZodMiniCustom<number, number> {
  return judged<number>((value) => {
    if (value === undefined) return MISSING
    return typeof value === 'number' && isMore(value) && value >= least && value <= most ? undefined : message
  })
}

/** A list with at least one entry; zod's own check of lengths would be more in every bundle. */
export function atLeastOne<T>(entry: Schema<T>): z.ZodMiniArray<Schema<T>> {
  return z
    .array(entry)
    .check(z.refine((list) => list.length > 0, carried(['must be a list with at least one entry.', 'list_empty'])))
}

/** A value that is judged by a schema which depends on it, or refused by a sentence. */
export function dependent<T>(pick: (value: unknown) => Schema<unknown> | Said): Schema<T> {
  const check = (payload: z.core.ParsePayload): void => {
    const { value, issues } = payload
    const picked = pick(value)
    if (typeof picked === 'string' || Array.isArray(picked))
      issues.push({ code: 'custom', message: carried(picked as Said), input: value })
    else
      issues.push(
        ...((picked as Schema<unknown>)._zod.run({ value, issues: [] }, { jitless: true }) as z.core.ParsePayload)
          .issues,
      )
  }
  return z.unknown().check(check) as unknown as Schema<T>
}

/** An object with names of a schema, or any, and values of another: zod's own record would be 0.5 kB more in every bundle. */
export function dictionary<T>(
  name: Schema<string> | undefined,
  entry: Schema<T>,
): Schema<{ readonly [name: string]: T }> {
  return dependent((value) => {
    if (!isDictionary(value)) return ['must be an object.', 'not_an_object']
    const entries = Object.keys(value).map((key) => {
      const [issue] = name ? read(name, key).issues : []
      return [key, issue ? judged(() => [issue.message, issue.code, issue.params]) : entry] as const
    })
    return z.strictObject(Object.fromEntries(entries))
  })
}
