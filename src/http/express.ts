/** `plan-access-tokens/express`: a guard for Express 4 and 5, and for what else takes `(req, res, next)`. */
import { isThenable } from '../core/objects.ts'
import type { Allowance, Decision } from '../service/decision.ts'
import { createDecider, type GuardEngine, type GuardOptions, hasToken } from './guard.ts'
import { type NodeRequest, type NodeResponse, putHeaders, questionOf, refuse, withPlanToken } from './node-side.ts'

export type { GuardEngine, GuardOptions, NodeRequest, NodeResponse }

declare global {
  namespace Express {
    interface Request {
      /** The decision of `plan-access-tokens`, in what its guard has let through with a token. */
      planToken?: Allowance
    }
  }
}

/**
 * A middleware: goes on for requests that the policy lets through, with the decision in `req.planToken`, and answers the
 * others. The target is judged as Express routes it from here on, so that `app.use('/api', guard(tokens), routes)` takes
 * `/api` off. Mount it together with its routes. Put it after whatever rewrites `req.url` or `req.method`, and before them.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * app.use(guard(tokens))
 * app.get('/v1/files/:key', (req, res) => res.json({ name: req.planToken?.token.name }))
 */
export function guard<Req extends NodeRequest = NodeRequest>(
  tokens: GuardEngine,
  options?: GuardOptions<Req>,
): (request: Req, response: NodeResponse, next: (error?: unknown) => void) => void {
  const { decide, isGuarded, bodyBytes } = createDecider<Req>(tokens, options)
  return (request, response, next) => {
    const decided = isGuarded(request) ? decide(questionOf(request, bodyBytes), request) : undefined
    if (!isThenable(decided)) goOn(request, response, next, decided)
    // A rejection that nobody takes would end the process. What `next` throws at once is Express' to take.
    else decided.then((decision) => goOn(request, response, next, decision)).catch(next)
  }
}

function goOn(
  request: NodeRequest,
  response: NodeResponse,
  next: () => void,
  decision: Decision<string> | undefined,
): void {
  if (decision?.allowed === false) {
    refuse(response, decision.rendered())
    return
  }
  if (decision) {
    putHeaders(response, decision)
    if (hasToken(decision)) withPlanToken(request, decision)
  }
  next()
}
