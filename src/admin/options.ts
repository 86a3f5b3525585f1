/** Checks what `adminHandler` is given: mistakes of the host's code are told when the server starts, all at once. */
import * as z from 'zod/mini'
import { readOptions } from '../core/setup.ts'
import { callable, judged, whole } from '../core/shape.ts'
import { isBasePath } from '../core/target.ts'

const METHODS = [
  ...['create', 'get', 'list', 'edit', 'previewRefresh', 'refresh', 'revoke'],
  ...['revokeSecret', 'events', 'checkLinks', 'explain', 'inspect'],
]
const ORIGIN = /^https?:\/\/[a-z0-9.:[\]-]+$/
const MOST_BYTES = 16_777_216
const MOST_MS = 600_000

const optionsSchema = z.strictObject({
  tokens: judged((value) => (isEngine(value) ? undefined : 'must be what createPlanTokens() returns.')),
  actor: callable('must be a function that says who asks: no default lets anybody in.'),
  basePath: z.optional(
    judged((value) =>
      isBasePath(value) ? undefined : 'must be a path such as "/admin", without dot segments or a slash at its end.',
    ),
  ),
  origin: z.optional(
    judged((value) =>
      isOrigin(value) ? undefined : 'must be an origin such as "https://example.com", without a path.',
    ),
  ),
  introspection: z.optional(
    judged((value) =>
      typeof Object(value).client === 'function'
        ? undefined
        : 'must have client(), which says whether a request comes from a client that may ask.',
    ),
  ),
  bodyBytes: z.optional(whole(1, MOST_BYTES)),
  bodyTimeoutMs: z.optional(whole(1, MOST_MS)),
  onError: z.optional(callable('must be a function, which is told of failures.')),
})

/** The options as a copy. @throws SetupError with every mistake. */
export const readAdminOptions = <Options extends object>(options: Options): Options =>
  readOptions<Options>('adminHandler', optionsSchema, options)

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
