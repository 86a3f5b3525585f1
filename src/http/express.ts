/** `plan-access-tokens/express`: a guard for Express 4 and 5, and for what else takes `(req, res, next)`. */
import type { Allowance } from '../service/decision.ts'
import { type Authorizer, createJudge, type GuardOptions } from './guard.ts'
import { type NodeRequest, type NodeResponse, putHeaders, questionOf, refuse } from './node-side.ts'

export type { Authorizer, GuardOptions, NodeRequest, NodeResponse }

declare global {
  namespace Express {
    interface Request {
      /** The decision of `plan-access-tokens`, in what its guard has let through. */
      planToken?: Allowance
    }
  }
}

/**
 * A middleware: goes on for requests that the policy lets through, with the decision in `req.planToken`, and answers the
 * others. The target is judged as Express routes it from here on, so that `app.use('/api', guard(tokens))` takes `/api` off.
 * Put it after whatever rewrites `req.url` or `req.method`, and before the routes.
 *
 * @throws PolicyError, which is a TypeError, for wrong options.
 * @example
 * app.use(guard(tokens))
 * app.get('/v1/files/:key', (req, res) => res.json({ name: req.planToken?.token.name }))
 */
export function guard<Req extends NodeRequest = NodeRequest>(
  tokens: Authorizer,
  options?: GuardOptions<Req>,
): (request: Req, response: NodeResponse, next: (error?: unknown) => void) => void {
  const { judge, isGuarded, bodyBytes } = createJudge<Req>(tokens, options)
  return (request, response, next) => {
    if (!isGuarded(request)) {
      next()
      return
    }
    judge(questionOf(request, bodyBytes))
      .then((decision) => {
        if (decision?.allowed === false) return refuse(response, decision.rendered())
        if (decision) {
          putHeaders(response, decision)
          Object.assign(request, { planToken: decision })
        }
        next()
      })
      // Whatever goes wrong here is an error of this request and must not end the process.
      .catch(next)
  }
}
