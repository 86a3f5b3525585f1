/** Checks what `adminHandler` is given: mistakes of the host's code are told when the server starts, all at once. */
import { type Issue, PolicyError } from '../core/errors.ts'
import { didYouMean } from '../core/suggest.ts'
import { isBasePath } from '../core/target.ts'

const OPTIONS = [
  ...['tokens', 'actor', 'basePath', 'origin', 'introspection'],
  ...['bodyBytes', 'bodyTimeoutMs', 'onError'],
]
const METHODS = [
  ...['create', 'get', 'list', 'edit', 'previewRefresh', 'refresh', 'revoke'],
  ...['revokeSecret', 'events', 'checkLinks', 'explain', 'inspect'],
]
const ORIGIN = /^https?:\/\/[a-z0-9.:[\]-]+$/
const MOST_BYTES = 16_777_216
const MOST_MS = 600_000

/** @throws PolicyError with every mistake. */
export function checkOptions(options: unknown): void {
  const problems: Issue[] = []
  const problem = (path: string, message: string): void => void problems.push({ path, message })
  const given = { ...(options as { readonly [option: string]: unknown }) }
  for (const name of Object.keys(given))
    if (!OPTIONS.includes(name)) problem(name, `is not an option.${didYouMean(name, OPTIONS)}`)
  const { tokens, actor, basePath, origin, introspection, bodyBytes, bodyTimeoutMs, onError } = given
  if (!isEngine(tokens)) problem('tokens', 'must be what createPlanTokens() returns.')
  if (typeof actor !== 'function')
    problem('actor', 'must be a function that says who asks: no default lets anybody in.')
  if (basePath !== undefined && !isBasePath(basePath))
    problem('basePath', 'must be a path such as "/admin", without dot segments or a slash at its end.')
  if (origin !== undefined && !isOrigin(origin))
    problem('origin', 'must be an origin such as "https://example.com", without a path.')
  if (introspection !== undefined && typeof (introspection as { client?: unknown } | null)?.client !== 'function')
    problem('introspection', 'must have client(), which says whether a request comes from a client that may ask.')
  for (const [name, value, most] of [
    ['bodyBytes', bodyBytes, MOST_BYTES],
    ['bodyTimeoutMs', bodyTimeoutMs, MOST_MS],
  ] as const)
    if (value !== undefined && !isFrom1To(most, value)) problem(name, `must be a whole number from 1 to ${most}.`)
  if (onError !== undefined && typeof onError !== 'function')
    problem('onError', 'must be a function, which is told of failures.')
  if (problems.length > 0) throw new PolicyError(problems)
}

const isFrom1To = (most: number, value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most

/** Exactly as browsers write it: without a port that is the scheme's own, in lower case. */
function isOrigin(origin: unknown): boolean {
  return typeof origin === 'string' && ORIGIN.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin
}

function isEngine(tokens: unknown): boolean {
  if (typeof tokens !== 'object' || tokens === null) return false
  // A host may have put something of its own around it, whose methods are those of a class.
  const calls = tokens as { readonly [name: string]: unknown }
  return Array.isArray(calls.policies) && METHODS.every((name) => typeof calls[name] === 'function')
}
