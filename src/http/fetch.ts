/**
 * `plan-access-tokens/fetch`: a guard for whatever answers a `Request` with a `Response`: Bun, Deno, Cloudflare Workers, route
 * handlers of Next.js, hooks of SvelteKit, h3 and Nitro.
 */
import { isThenable } from '../core/objects.ts'
import type { Policy, TokenOnlyPolicy } from '../core/policy.ts'
import type { Decision } from '../service/decision.ts'
import { questionOfFetch, withHeaders } from './fetch-side.ts'
import { createDecider, type GuardEngine, type GuardOptions, type PlanTokenOf } from './guard.ts'

export type { GuardEngine, GuardOptions, PlanTokenOf }

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
  const Options extends GuardOptions<Request> = GuardOptions<Request>,
  P extends Policy = TokenOnlyPolicy,
>(
  tokens: GuardEngine<P>,
  handler: (request: Request, planToken: PlanTokenOf<Options, P>, ...rest: Rest) => Response | Promise<Response>,
  options?: Options,
): (request: Request, ...rest: Rest) => Response | Promise<Response> {
  const { decide, isGuarded, bodyBytes } = createDecider<Request>(tokens, options, { handler })
  const goOn = (request: Request, rest: Rest, decision: Decision<string> | undefined): Response | Promise<Response> => {
    if (decision?.allowed === false) return decision.response()
    const answered = handler(request, decision as PlanTokenOf<Options, P>, ...rest)
    if (!decision) return answered
    return isThenable(answered)
      ? answered.then((response) => withHeaders(response, decision))
      : withHeaders(answered, decision)
  }
  return (request, ...rest) => {
    const decided = isGuarded(request) ? decide(questionOfFetch(request, bodyBytes)) : undefined
    return isThenable(decided)
      ? decided.then((decision) => goOn(request, rest, decision))
      : goOn(request, rest, decided)
  }
}
