/** The bridge to zod: its issues as ours, each with a path that a person reads and a sentence that says what is wanted. */
import type { core } from 'zod/mini'
import type { Issue } from './errors.ts'
import { didYouMean } from './suggest.ts'

type ZodIssue = core.$ZodIssue

/**
 * All issues of a failed parse.
 *
 * @param known the names of fields that exist, for "did you mean" at a field that does not.
 */
export function issuesOf(error: { readonly issues: readonly ZodIssue[] }, known: Iterable<string> = []): Issue[] {
  return error.issues.flatMap((issue) => issueOf(issue, [], [...known]))
}

function issueOf(issue: ZodIssue, above: readonly PropertyKey[], known: readonly string[]): Issue[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: pathText([...path, key]),
      message: `is not a field here.${didYouMean(key, known)}`,
    }))
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a))[0]
    if (branch && depthOf(branch) > 0) return branch.flatMap((inner) => issueOf(inner, path, known))
  }
  return [{ path: pathText(path), message: issue.message === UNSAID ? sentence(issue) : issue.message }]
}

/** What zod's small form says where no message was given. */
const UNSAID = 'Invalid input'

function depthOf(issues: readonly ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
}

function sentence(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${WANTED[issue.expected] ?? issue.expected}.`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}.`
    case 'too_small':
      return `must be at least ${issue.minimum}${issue.origin === 'array' ? ' long' : ''}.`
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'array' ? ' long' : ''}.`
    default:
      return 'is not valid.'
  }
}

const WANTED: { readonly [expected: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
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
