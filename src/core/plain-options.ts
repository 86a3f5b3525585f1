/**
 * Reads options by hand, for what a browser or a job loads without the engine: core/setup.ts would bring the checker of schemas along,
 * which is larger than all of it. Every mistake is told at once, as there.
 */
import { SetupError } from './errors.ts'
import { type Issue, issueAt, unknownName } from './issue.ts'
import { isDictionary } from './objects.ts'

/** What one option has to be. */
export interface PlainOption {
  /** Whether a value is such; not asked of one that is left out. */
  readonly isRight: (value: unknown) => boolean
  /** What is said of one that is not, after the name: `must be a function.` */
  readonly message: string
  /** Whether it may not be left out. */
  readonly isNeeded?: true
}

/**
 * Refuses options that cannot be used.
 *
 * @param reader the function that takes them, such as `createAdminClient`.
 * @throws SetupError with every mistake.
 */
export function checkPlainOptions(
  reader: string,
  known: { readonly [name: string]: PlainOption },
  options: unknown,
): void {
  const issues: Issue[] = []
  const isRead = isDictionary(options)
  if (!isRead && options !== undefined) issues.push(issueAt(['options'], 'must be an object.'))
  const given: { readonly [name: string]: unknown } = isRead ? options : {}
  for (const [name, { isRight, message, isNeeded }] of Object.entries(known)) {
    const value = given[name]
    if (value === undefined ? isNeeded : !isRight(value)) issues.push(issueAt([name], message))
  }
  for (const name of Object.keys(given))
    if (!Object.hasOwn(known, name)) issues.push(unknownName([], name, Object.keys(known)))
  if (issues.length > 0) throw new SetupError(reader, issues)
}
