/**
 * `plan-access-tokens/fetch`: a guard for whatever answers a `Request` with a `Response`: Bun, Deno, Cloudflare Workers, route
 * handlers of Next.js, hooks of SvelteKit, h3 and Nitro; and its judge alone, for what has no handler to be put around.
 */
import { isThenable } from '../core/objects.ts'
import type { Policy, TokenOnlyPolicy } from '../core/policy.ts'
import type { Allowed, Decision } from '../service/decision.ts'
import { headersOf } from './answer.ts'
import { questionOfFetch, withHeaders } from './fetch-side.ts'
import { createDecider, type Decider, type GuardEngine, type GuardOptions, type PlanTokenOf } from './guard.ts'

export type { GuardEngine, GuardOptions, PlanTokenOf }
export { headersOf, withHeaders }

/** What a guard of Fetch takes: `address` gets the request and whatever the platform hands over besides it. */
export type FetchGuardOptions<Rest extends readonly unknown[] = readonly never[]> = GuardOptions<
  Request,
  readonly [Request, ...Rest]
>

type From = readonly [Request, ...(readonly never[])]

/** What `judge` is to be called with besides the request, by what its `address` takes. */
export type RestOf<Options> =
  Options extends Record<'address', (request: Request, ...rest: infer Rest extends readonly unknown[]) => unknown>
    ? Rest
    : []

/** What `judge` says of a request: the decision that lets it through, the refusal to answer with, or nothing where it is not ours. */
export type Judged<Options, P extends Policy = TokenOnlyPolicy> = PlanTokenOf<Options, P> | Response

/**
 * Judges requests where there is no handler to put a guard around: in a middleware, a hook, an adapter. Gives the decision, a
 * `Response` that refuses, or `undefined` where the options let a request through without a decision: `when` says no, or
 * `optional` and no token was sent. At once where the engine has it at once, else a promise.
 *
 * Call it before anything reads the body, and answer with `withHeaders` or `headersOf`, so that no cache keeps the answer for
 * somebody else.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * const judged = judge(tokens)
 * const found = await judged(request)
 * if (found instanceof Response) return found
 * return withHeaders(await next(request), found)
 */
export function judge<const Options extends FetchGuardOptions = FetchGuardOptions, P extends Policy = TokenOnlyPolicy>(
  tokens: GuardEngine<P>,
  options?: Options,
): (request: Request, ...rest: RestOf<Options>) => Judged<Options, P> | Promise<Judged<Options, P>> {
  const judged: unknown = judgeBy(createDecider<Request, From>(tokens, options, {}, 'judge'))
  return judged as (request: Request, ...rest: RestOf<Options>) => Judged<Options, P> | Promise<Judged<Options, P>>
}

/** What `judge` says, whatever the options are. */
type AnyJudged = Allowed<string> | Response | undefined

function judgeBy({ decide, isGuarded, bodyBytes }: Decider<Request, From>) {
  const judgedOf = (decision: Decision<string> | undefined): AnyJudged =>
    decision?.allowed === false ? decision.response() : decision
  return (request: Request, ...rest: never[]): AnyJudged | Promise<AnyJudged> => {
    if (!isGuarded(request)) return undefined
    const decided = decide(questionOfFetch(request, bodyBytes), request, ...rest)
    return isThenable(decided) ? decided.then(judgedOf) : judgedOf(decided)
  }
}

/**
 * Wraps a handler: it runs only for requests that the policy lets through, with the decision as its second argument. Whatever
 * the platform hands over besides the request follows. What the handler throws is passed on; its answer is a promise only where
 * that of the handler is, or the engine has to wait.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * export const GET = guard(tokens, (request, planToken) => Response.json({ name: planToken.token.name }))
 */
export function guard<
  Rest extends unknown[],
  const Options extends FetchGuardOptions<NoInfer<Rest>> = FetchGuardOptions<Rest>,
  P extends Policy = TokenOnlyPolicy,
>(
  tokens: GuardEngine<P>,
  handler: (request: Request, planToken: PlanTokenOf<Options, P>, ...rest: Rest) => Response | Promise<Response>,
  options?: Options,
): (request: Request, ...rest: Rest) => Response | Promise<Response> {
  const judged = judgeBy(createDecider<Request, From>(tokens, options as FetchGuardOptions | undefined, { handler }))
  const goOn = (request: Request, rest: Rest, found: AnyJudged): Response | Promise<Response> => {
    if (found && !('allowed' in found)) return found
    const answered = handler(request, found as PlanTokenOf<Options, P>, ...rest)
    if (!found) return answered
    return isThenable(answered)
      ? answered.then((response) => withHeaders(response, found))
      : withHeaders(answered, found)
  }
  return (request, ...rest) => {
    const found = judged(request, ...(rest as unknown as never[]))
    return isThenable(found) ? found.then((one) => goOn(request, rest, one)) : goOn(request, rest, found)
  }
}
