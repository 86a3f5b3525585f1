/** A question about a token by its id, for people who do not hold the secret: its shape, and the target that it means. */
import * as z from 'zod/mini'
import { PlanTokenError } from '../core/errors.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { issuesOf } from '../core/shape.ts'
import { didYouMean } from '../core/suggest.ts'

/** What a token may do, asked by an admin of its plan: with a method and a URL path, or with a route of the policy. */
export type Question<Route extends string = string> = {
  readonly actor: string
  readonly id: string
  readonly body?: unknown
} & (
  | { readonly method: string; readonly url: string }
  | { readonly route: Route; readonly params?: { readonly [name: string]: string }; readonly query?: string }
)

const who = {
  actor: z.string().check(z.minLength(1)),
  id: z.string().check(z.minLength(1)),
  body: z.optional(z.unknown()),
}
const byUrl = z.strictObject({ ...who, method: z.string(), url: z.string() })
const byRoute = z.strictObject({
  ...who,
  route: z.string(),
  params: z.optional(z.record(z.string(), z.string())),
  query: z.optional(z.string()),
})

type ParsedQuestion = z.infer<typeof byUrl> | z.infer<typeof byRoute>

/** Reads a question, or throws `invalid_input`. */
export function parseQuestion(input: unknown): ParsedQuestion {
  const schema = typeof input === 'object' && input !== null && 'route' in input ? byRoute : byUrl
  const parsed = schema.safeParse(input)
  if (!parsed.success)
    throw new PlanTokenError('invalid_input', { issues: issuesOf(parsed.error, Object.keys(schema.shape)) })
  return parsed.data
}

/** The method and target that a question means. The values of a route's parameters are encoded into its path. */
export function targetOf(
  question: ParsedQuestion,
  policy: CompiledPolicy,
): { readonly method: string; readonly url: string } {
  if ('url' in question) return question
  const { route, params = {}, query } = question
  const endpoint = policy.routes.get(route)
  if (!endpoint) return refuse('route', `is not a route of this policy.${didYouMean(route, policy.routes.keys())}`)
  for (const param of Object.keys(params)) {
    if (!endpoint.params.includes(param))
      refuse(`params.${param}`, `is not a parameter of ${route}.${didYouMean(param, endpoint.params)}`)
  }
  const path = endpoint.template.replaceAll(/\{(\w+)\}/g, (_, param: string) => {
    const value = Object.hasOwn(params, param) ? params[param] : undefined
    return value ? encodeURIComponent(value) : refuse(`params.${param}`, 'must be given.')
  })
  return { method: endpoint.method, url: query === undefined ? path : `${path}?${query.replace(/^\?/, '')}` }
}

function refuse(path: string, message: string): never {
  throw new PlanTokenError('invalid_input', { issues: [{ path, message }] })
}
