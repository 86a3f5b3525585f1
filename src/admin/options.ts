/** Checks what `adminHandler` is given: mistakes of the host's code are told when the server starts, all at once. */
import * as z from 'zod/mini'
import { basePathSchema } from '../core/base-path.ts'
import { originSchema } from '../core/origin.ts'
import { readOptions } from '../core/setup.ts'
import { callable, judged, whole } from '../core/shape.ts'
import type { AdminEngine } from './route.ts'

/** Every call that a route makes; the type tells of one that is missing here. */
const CALLS: { readonly [Call in Exclude<keyof AdminEngine, 'policies' | 'features' | 'legacy'>]: true } = {
  ...{ create: true, get: true, list: true, rules: true, edit: true, approve: true, decline: true, collect: true },
  ...{ previewRefresh: true, refresh: true, revoke: true, previewRevoke: true, revokeMany: true, revokeSecret: true },
  ...{ events: true, checkLinks: true, explain: true, inspect: true },
  ...{ usage: true, advice: true, planUsage: true, unused: true },
}
const MOST_BYTES = 16_777_216
const MOST_MS = 600_000

const optionsSchema = z.strictObject({
  tokens: judged(engineProblem),
  actor: callable('must be a function that says who asks: no default lets anybody in.'),
  basePath: z.optional(basePathSchema('/admin')),
  origin: z.optional(originSchema),
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

/** What keeps something from being an engine. A host may have put something of its own around it, whose methods are those of a class. */
function engineProblem(tokens: unknown): string | undefined {
  const engine = Object(tokens) as { readonly [name: string]: unknown }
  const missing = Object.keys(CALLS).filter((name) => typeof engine[name] !== 'function')
  if (missing.length === 0 && Array.isArray(engine.policies)) return undefined
  const isOther = missing.length === 0 || missing.length === Object.keys(CALLS).length
  return `must be what createPlanTokens() returns${isOther ? '' : `; it has no ${missing.join(', ')}`}.`
}
