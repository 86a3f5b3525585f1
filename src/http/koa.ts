/** `plan-access-tokens/koa`: a guard for Koa. */
import { isObject, isThenable } from '../core/objects.ts'
import type { Allowance, Decision } from '../service/decision.ts'
import { isVary, joinVary } from './answer.ts'
import { createDecider, type GuardEngine, type GuardOptions, hasToken } from './guard.ts'
import { type NodeRequest, type NodeResponse, putAll, putHeaders, questionOf, withPlanToken } from './node-side.ts'

export type { GuardEngine, GuardOptions, NodeRequest }

/** What the guard uses of a Koa context. */
export interface KoaContext {
  readonly req: NodeRequest
  readonly res: NodeResponse
  readonly request: object
  readonly state: object
  /** Set by `koa-mount`. */
  readonly mountPath?: unknown
  status: number
  body: unknown
}

/** The state behind a guard. */
export interface PlanTokenState {
  planToken: Allowance
}

/**
 * A middleware: goes on for requests that the policy lets through, with the decision in `ctx.state.planToken`, and answers
 * the others. The target is judged as Koa routes it from here on. Put it after whatever rewrites `ctx.url`, `ctx.path` or
 * `ctx.method`, and before the routes.
 *
 * For an API under a path, mount the application that holds both guard and routes, or say `basePath`. A guard that is mounted
 * alone does not see what `koa-mount` takes for another path and a router for the same, such as `/API/v1`.
 *
 * @throws SetupError, which is a TypeError, for wrong options; TypeError where what answers is not mounted with it.
 * @example
 * app.use(guard(tokens))
 * app.use((ctx) => { ctx.body = ctx.state.planToken.token.name })
 */
export function guard<Context extends KoaContext = KoaContext>(
  tokens: GuardEngine,
  options?: GuardOptions<Context>,
): (context: Context, next: () => Promise<unknown>) => unknown {
  const { decide, isGuarded, bodyBytes } = createDecider<Context>(tokens, options)
  return (context, next) => {
    if (!isGuarded(context)) return next()
    const decided = decide(questionOf(context.req, bodyBytes, context.request), context)
    return isThenable(decided)
      ? decided.then((decision) => goOn(context, next, decision))
      : goOn(context, next, decided)
  }
}

function goOn(context: KoaContext, next: () => Promise<unknown>, decision: Decision<string> | undefined): unknown {
  if (decision?.allowed === false) {
    const { status, headers, body } = decision.rendered()
    context.status = status
    context.body = body
    return putAll(context.res, headers)
  }
  if (!decision) return next()
  putHeaders(context.res, decision)
  if (hasToken(decision)) withPlanToken(context.state, decision)
  const judged = context.req.url
  const answered: unknown = next()
  const isOutside = context.req.url !== judged && isGivenBack(context, judged)
  const going = isOutside && isThenable(answered) ? answered.then(() => refuseMount(context)) : answered
  if (!isThenable(going)) return going
  return going.then(undefined, (error: unknown) => {
    putOnError(error, decision.headers)
    throw error
  })
}

/** Whether `koa-mount` has put its path back for what follows, which then lies outside of it. */
function isGivenBack({ req, mountPath }: KoaContext, judged: string | undefined): boolean {
  return typeof mountPath === 'string' && req.url === mountPath + judged
}

/** Refuses an answer from outside of the mount: what gave it is reached by other spellings of the path without the guard. */
function refuseMount({ status, body, mountPath }: KoaContext): void {
  if (status === 404 && (body === undefined || body === null)) return
  throw new TypeError(
    `The guard is mounted at "${mountPath}", and what answered is not. Mount an application that holds both, or give the guard a basePath.`,
  )
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
