/** `plan-access-tokens/node`: a guard for servers of Node's `http`, `https` and `http2`. */
import type { Allowance } from '../service/decision.ts'
import { type Authorizer, createJudge, type GuardOptions, type PlanTokenOf } from './guard.ts'
import { type NodeRequest, type NodeResponse, putHeaders, questionOf, refuse } from './node-side.ts'

export type { Authorizer, GuardOptions, NodeRequest, NodeResponse, PlanTokenOf }

/**
 * Wraps a request listener: it runs only for requests that the policy lets through, with the decision in `req.planToken`.
 *
 * A promise that the listener returns is passed on, so that the server's own handling of it stays as it is.
 *
 * @throws PolicyError, which is a TypeError, for wrong options.
 * @example
 * createServer(guard(tokens, (req, res) => res.end(`Hello, ${req.planToken.token.name}`))).listen(3000)
 */
export function guard<
  Req extends NodeRequest,
  Res extends NodeResponse,
  const Options extends GuardOptions<Req> = GuardOptions<Req>,
>(
  tokens: Authorizer,
  handler: (request: Req & { readonly planToken: PlanTokenOf<Options> }, response: Res) => unknown,
  options?: Options,
): (request: Req, response: Res) => Promise<unknown> {
  const { judge, isGuarded, bodyBytes } = createJudge<Req>(tokens, options)
  return async (request, response) => {
    const decision = isGuarded(request) ? await judge(questionOf(request, bodyBytes)) : undefined
    if (decision?.allowed === false) return refuse(response, decision.rendered())
    if (decision) putHeaders(response, decision)
    return handler(Object.assign(request, { planToken: decision as PlanTokenOf<Options> & Allowance }), response)
  }
}
