/** `plan-access-tokens/koa`: a guard for Koa. */
import { isObject } from '../core/objects.ts'
import type { Allowance } from '../service/decision.ts'
import { headersOf, isVary, joinVary } from './answer.ts'
import { type Authorizer, createJudge, type GuardOptions } from './guard.ts'
import { type NodeRequest, questionOf } from './node-side.ts'

export type { Authorizer, GuardOptions, NodeRequest }

/** What the guard uses of a Koa context. */
export interface KoaContext {
  readonly req: NodeRequest
  readonly request: object
  readonly state: object
  status: number
  body: unknown
  /** Sets a header of the answer. */
  set(name: string, value: string): void
  /** Adds to `Vary`. */
  vary(field: string): void
}

/** The state behind a guard. */
export interface PlanTokenState {
  planToken: Allowance
}

/**
 * A middleware: goes on for requests that the policy lets through, with the decision in `ctx.state.planToken`, and answers
 * the others. The target is judged as Koa routes it from here on, so that `mount('/api', …)` takes `/api` off. Put it after
 * whatever rewrites `ctx.url`, `ctx.path` or `ctx.method`, and before the routes.
 *
 * @throws PolicyError, which is a TypeError, for wrong options.
 * @example
 * app.use(guard(tokens))
 * app.use((ctx) => { ctx.body = ctx.state.planToken.token.name })
 */
export function guard<Context extends KoaContext = KoaContext>(
  tokens: Authorizer,
  options?: GuardOptions<Context>,
): (context: Context, next: () => Promise<unknown>) => Promise<unknown> {
  const { judge, isGuarded, bodyBytes } = createJudge<Context>(tokens, options)
  return async (context, next) => {
    if (!isGuarded(context)) return next()
    const { body } = context.request as { body?: unknown }
    const question = questionOf(context.req, bodyBytes)
    const decision = await judge(body === undefined ? question : { ...question, body })
    if (decision?.allowed === false) {
      const { status, headers, body: text } = decision.rendered()
      context.status = status
      context.body = text
      return put(context, headers)
    }
    if (!decision) return next()
    put(context, headersOf(decision))
    Object.assign(context.state, { planToken: decision })
    try {
      await next()
    } catch (error) {
      putOnError(error, decision.headers)
      throw error
    }
  }
}

/** Koa answers an error with the headers that the error has, and drops all others. */
function putOnError(error: unknown, added: Readonly<Record<string, string>>): void {
  if (!isObject(error) || Object.isFrozen(error)) return
  const own = Object((error as { headers?: unknown }).headers) as Record<string, string>
  const headers: Record<string, string> = { ...added }
  for (const name of Object.keys(own)) {
    const value = own[name] as string
    if (isVary(name)) headers.Vary = joinVary(value, headers.Vary ?? '')
    else headers[name] = value
  }
  Object.assign(error, { headers })
}

function put(context: KoaContext, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) {
    const value = headers[name] as string
    if (isVary(name)) context.vary(value)
    else context.set(name, value)
  }
}
