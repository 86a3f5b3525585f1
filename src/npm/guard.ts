/** A guard in front of any npm registry: the guard for Node's servers, and what the npm CLI wants beside it. */

import type { Authorizer, GuardOptions } from '../http/guard.ts'
import { guard } from '../http/node.ts'
import type { NodeRequest, NodeResponse } from '../http/node-side.ts'
import type { Allowance } from '../service/decision.ts'

/** What a registry's guard takes besides the engine. */
export type RegistryGuardOptions<Req = never> = Pick<GuardOptions<Req>, 'basePath' | 'surface'>

/**
 * Wraps a request listener that is, or forwards to, a registry. It runs only for requests that the policy lets through, and
 * without their `Authorization`, so that no registry and no log of one ever sees a secret. `GET /-/whoami` is answered here
 * with the name of the token, since a registry knows no user of that secret. A secret that works only a while longer is told
 * of in `npm-notice`, which the npm CLI prints. Nothing is buffered but the body of a publish.
 *
 * @throws PolicyError, which is a TypeError, for wrong options.
 * @example
 * createServer(registryGuard(tokens, (request, response) => forward(request, response))).listen(4873)
 */
export function registryGuard<Req extends NodeRequest, Res extends NodeResponse>(
  tokens: Authorizer,
  handler: (request: Req & { readonly planToken: Allowance }, response: Res) => unknown,
  options: RegistryGuardOptions<Req> = {},
): (request: Req, response: Res) => unknown {
  return guard<Req, Res, RegistryGuardOptions<Req>>(
    tokens,
    (request, response) => {
      const { endpoint, token, secret } = request.planToken
      withoutSecret(request)
      if (secret.worksUntil !== null) response.setHeader('npm-notice', retiredNotice(secret.worksUntil))
      if (endpoint.route !== 'GET /-/whoami') return handler(request, response)
      response.statusCode = 200
      response.setHeader('Content-Type', 'application/json; charset=utf-8')
      return response.end(JSON.stringify({ username: token.name }))
    },
    { surface: 'npm', ...options },
  )
}

/** What the npm CLI prints while a replaced secret still works. */
function retiredNotice(worksUntil: number): string {
  return `This token was refreshed. This secret of it works until ${new Date(worksUntil).toISOString()}: put the new one into .npmrc.`
}

function withoutSecret({ headers, rawHeaders }: NodeRequest): void {
  const mine = headers as { authorization?: unknown }
  delete mine.authorization
  const raw = rawHeaders as string[]
  for (let i = raw.length - 2; i >= 0; i -= 2) if (raw[i]?.toLowerCase() === 'authorization') raw.splice(i, 2)
}
