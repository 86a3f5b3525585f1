/**
 * Reads what a host gives at start: the options of any function here. Every mistake is told at once, in one way. What the
 * options are: beside the function that takes them.
 */
import { SetupError } from './errors.ts'
import { type Issue, issueAt } from './issue.ts'
import { isDictionary } from './objects.ts'
import { read, type Schema } from './shape.ts'

/** Tells of a mistake at a place. */
export type Tell = (at: readonly PropertyKey[], message: string) => void

/**
 * The options as a copy, each read once.
 *
 * @param reader the function that takes them, such as `createPlanTokens`.
 * @param beside its other arguments by name, which are judged together with the options.
 * @param meaning tells what the schema cannot know; it may find any field missing or wrong.
 * @throws SetupError with every mistake.
 */
export function readOptions<T extends object>(
  reader: string,
  schema: Schema<unknown>,
  options: unknown,
  beside: object = {},
  meaning: (given: { readonly [F in keyof T]?: unknown }, tell: Tell) => void = () => undefined,
): T {
  const given = { ...(isDictionary(options) && options), ...beside }
  const issues: Issue[] = [...read(schema, given).issues]
  if (options !== undefined && !isDictionary(options)) issues.push(issueAt(['options'], 'must be an object.'))
  meaning(given as T, (at, message) => void issues.push(issueAt(at, message)))
  if (issues.length > 0) throw new SetupError(reader, issues)
  return given as T
}

/** Tells of a surface that none of the policies is for. An engine without policies is told of elsewhere. */
export function checkSurface(policies: readonly { readonly surface: string }[], given: unknown, tell: Tell): void {
  const surfaces = policies.map(({ surface }) => surface)
  if (surfaces.length === 0 || given === undefined || surfaces.includes(given as string)) return
  const said = typeof given === 'string' ? JSON.stringify(given) : 'no text'
  tell(['surface'], `is ${said}, and must be one of ${surfaces.join(', ')}.`)
}

/** Runs a check and makes something that checks more, so that every mistake is told at once; gives what was made. */
export function together<T>(reader: string, check: () => void, make: () => T): T {
  let made: T | undefined
  const own = issuesOf(check)
  const others = issuesOf(() => {
    made = make()
  })
  // What both look at is told once.
  const issues = [...own, ...others.filter(({ path }) => !own.some((issue) => issue.path === path))]
  if (issues.length > 0) throw new SetupError(reader, issues)
  return made as T
}

function issuesOf(call: () => void): readonly Issue[] {
  try {
    call()
    return []
  } catch (error) {
    if (error instanceof SetupError) return error.issues
    throw error
  }
}
