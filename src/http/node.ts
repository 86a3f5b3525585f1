/** `plan-access-tokens/node`: a guard for servers of Node's `http`, `https` and `http2`. */
import { isThenable } from '../core/objects.ts'
import type { Policy, TokenOnlyPolicy } from '../core/policy.ts'
import type { Decision } from '../service/decision.ts'
import { createDecider, type GuardEngine, type GuardOptions, type PlanTokenOf } from './guard.ts'
import { type NodeRequest, type NodeResponse, putHeaders, questionOf, refuse, withPlanToken } from './node-side.ts'

export type { GuardEngine, GuardOptions, NodeRequest, NodeResponse, PlanTokenOf }

/**
 * Wraps a request listener: it runs only for requests that the policy lets through, with the decision in `req.planToken`.
 *
 * What the listener returns or throws is passed on, so that the server's own handling of it stays as it is.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * createServer(guard(tokens, (req, res) => res.end(`Hello, ${req.planToken.token.name}`))).listen(3000)
 */
export function guard<
  Req extends NodeRequest,
  Res extends NodeResponse,
  const Options extends GuardOptions<Req> = GuardOptions<Req>,
  P extends Policy = TokenOnlyPolicy,
>(
  tokens: GuardEngine<P>,
  handler: (request: Req & { readonly planToken: PlanTokenOf<Options, P> }, response: Res) => unknown,
  options?: Options,
): (request: Req, response: Res) => unknown {
  const { decide, isGuarded, bodyBytes } = createDecider<Req>(tokens, options, { handler })
  const goOn = (request: Req, response: Res, decision: Decision<string> | undefined): unknown => {
    if (decision?.allowed === false) return refuse(response, decision.rendered())
    if (decision) putHeaders(response, decision)
    return handler(withPlanToken(request, decision as PlanTokenOf<Options, P>), response)
  }
  return (request, response) => {
    const decided = isGuarded(request) ? decide(questionOf(request, bodyBytes), request) : undefined
    return isThenable(decided)
      ? decided.then((decision) => goOn(request, response, decision))
      : goOn(request, response, decided)
  }
}
