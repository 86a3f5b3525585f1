/** `plan-access-tokens/fastify`: a guard for Fastify 5, as a plugin. */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { isThenable } from '../core/objects.ts'
import type { Allowance, Decision } from '../service/decision.ts'
import { allowReply, refuseReply } from './fastify-side.ts'
import { createDecider, type GuardEngine, type GuardOptions, hasToken } from './guard.ts'
import { type NodeRequest, questionOf } from './node-side.ts'

export type { GuardEngine, GuardOptions }

declare module 'fastify' {
  interface FastifyRequest {
    /** The decision of `plan-access-tokens`, in what its guard has let through. */
    planToken: Allowance
  }
}

/**
 * A plugin: lets requests through that the policy allows, with the decision in `request.planToken`, and answers the others
 * before their body is parsed. It guards every route of the instance that it is registered in, and of the plugins that are
 * registered after it: register it first. A `prefix` is part of the path here, so say it as `basePath` too. Behind `optional`
 * or `when`, and of a public endpoint that was asked without a token, there may be no decision.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * await app.register(guard(tokens))
 * app.get('/v1/files/:key', async (request) => ({ name: request.planToken.token.name }))
 */
export function guard(tokens: GuardEngine, options?: GuardOptions<FastifyRequest>): FastifyPluginCallback {
  const { decide, isGuarded, bodyBytes } = createDecider<FastifyRequest>(tokens, options)
  const plugin = (app: FastifyInstance, _: unknown, done: () => void): void => {
    if (!app.hasRequestDecorator('planToken')) app.decorateRequest('planToken')
    app.addHook('onRequest', (request, reply, next) => {
      const decided = isGuarded(request)
        ? decide(questionOf(request.raw as NodeRequest, bodyBytes), request)
        : undefined
      if (!isThenable(decided)) goOn(request, reply, next, decided)
      else decided.then((decision) => goOn(request, reply, next, decision)).catch(next)
    })
    done()
  }
  // What Fastify reads of a plugin: that its hooks hold for the routes beside it, and its name in messages.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'plan-access-tokens',
  })
}

function goOn(
  request: FastifyRequest,
  reply: FastifyReply,
  next: () => void,
  decision: Decision<string> | undefined,
): void {
  if (decision?.allowed === false) {
    refuseReply(reply, decision.rendered())
    return
  }
  if (decision) {
    if (hasToken(decision)) request.planToken = decision
    allowReply(reply, decision)
  }
  next()
}
