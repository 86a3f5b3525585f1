/** `plan-access-tokens/koa`: a guard for Koa. */
import { isObject, isThenable } from '../core/objects.ts'
import type { Allowance, Decision } from '../service/decision.ts'
import { isVary, joinVary } from './answer.ts'
import { type Authorizer, createJudge, type GuardOptions } from './guard.ts'
import { type NodeRequest, type NodeResponse, putAll, putHeaders, questionOf, withPlanToken } from './node-side.ts'

export type { Authorizer, GuardOptions, NodeRequest }

/** What the guard uses of a Koa context. */
export interface KoaContext {
  readonly req: NodeRequest
  readonly res: NodeResponse
  readonly request: object
  readonly state: object
  status: number
  body: unknown
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
): (context: Context, next: () => Promise<unknown>) => unknown {
  const { judge, isGuarded, bodyBytes } = createJudge<Context>(tokens, options)
  return (context, next) => {
    if (!isGuarded(context)) return next()
    const decided = judge(questionOf(context.req, bodyBytes, context.request))
    return isThenable(decided)
      ? decided.then((decision) => goOn(context, next, decision))
      : goOn(context, next, decided)
  }
}

function goOn(context: KoaContext, next: () => Promise<unknown>, decision: Decision | undefined): unknown {
  if (decision?.allowed === false) {
    const { status, headers, body } = decision.rendered()
    context.status = status
    context.body = body
    return putAll(context.res, headers)
  }
  if (!decision) return next()
  putHeaders(context.res, decision)
  withPlanToken(context.state, decision)
  const going: unknown = next()
  if (!isThenable(going)) return going
  return going.then(undefined, (error: unknown) => {
    putOnError(error, decision.headers)
    throw error
  })
}

/**
 * Koa answers an error with the headers that the error has, and drops all others. What is about one token stays away from it:
 * one error may be thrown to many. Whatever keeps its headers from being set, the error goes on as it is.
 */
function putOnError(error: unknown, added: Readonly<Record<string, string>>): void {
  if (!isObject(error)) return
  try {
    const { headers: own = {} } = error as { headers?: object }
    if (Object.getPrototypeOf(own) !== Object.prototype) return
    const headers: Record<string, unknown> = { ...added }
    for (const [name, value] of Object.entries(own)) {
      if (isVary(name)) headers.Vary = joinVary(String(value), added.Vary ?? '')
      else headers[name] = value
    }
    Reflect.set(error, 'headers', headers)
  } catch {
    // It is the host's own error.
  }
}
