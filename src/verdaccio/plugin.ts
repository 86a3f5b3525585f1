/**
 * The plugin, so that verdaccio takes plan access tokens and nothing else. Who may do what is decided by `authorize` alone, for
 * each request as a whole; what verdaccio asks about packages is answered from that.
 */
import { isObject } from '../core/objects.ts'
import type { Policy } from '../core/policy.ts'
import type { NodeResponse } from '../http/node-side.ts'
import { registryGuard } from '../npm/guard.ts'
import type { Allowance } from '../service/decision.ts'
import { holdBack } from './body.ts'
import { loadEngine } from './engine.ts'
import type {
  VerdaccioAnswer,
  VerdaccioContext,
  VerdaccioOptions,
  VerdaccioPackage,
  VerdaccioPlugin,
  VerdaccioRequest,
  VerdaccioUser,
} from './types.ts'

/**
 * Makes the plugin. verdaccio calls it; a host's file hands it over (docs/npm-registry.md). Never throws: what cannot be used
 * is logged, and every request is refused.
 *
 * @example
 * // plugins/verdaccio-plan-access-tokens.js
 * module.exports = require('plan-access-tokens/verdaccio')
 */
export function verdaccioPlugin(options: VerdaccioOptions, context: VerdaccioContext): VerdaccioPlugin {
  const engine = loadEngine(options, context)
  /** The decision of the request that a user was made for. An anonymous user, and one of another plugin, has none. */
  const decisions = new WeakMap<object, Allowance>()
  const isAllowed = (user: VerdaccioUser, { name }: VerdaccioPackage, isWrite: boolean): boolean => {
    const decision = isObject(user) ? decisions.get(user) : undefined
    if (!decision || (isWrite && decision.endpoint.method === 'GET')) return false
    // A search names no package: it needed all of them, and is asked about each of its hits.
    if (decision.endpoint.route === SEARCH) return !isWrite
    return decision.resources.some(({ kind, id }) => kind === 'package' && id === name)
  }
  const answering =
    (isWrite: boolean) =>
    (user: VerdaccioUser, about: VerdaccioPackage, answer: VerdaccioAnswer<boolean>): void =>
      // An error and not `false`, after which verdaccio would ask other plugins and then its own rules.
      isAllowed(user, about, isWrite) ? answer(null, true) : answer(refusal(403, NOT_ALLOWED))
  return {
    apiJWTmiddleware({ createRemoteUser }) {
      const nexts = new WeakMap<object, () => unknown>()
      const guarded = engine.then((tokens) =>
        registryGuard<VerdaccioRequest, NodeResponse, Policy>(
          tokens,
          (request) => {
            const { planToken } = request
            // Whoever has no token is nobody to verdaccio, which asks about packages below.
            if (planToken.token !== null) {
              const user = createRemoteUser(planToken.token.name, [])
              decisions.set(user, planToken)
              request.remote_user = user
            }
            nexts.get(request)?.()
          },
          { address: ({ ip }) => ip },
        ),
      )
      // Whoever waits for it is told below.
      guarded.catch(() => undefined)
      return (request, response, next) => {
        // At once: verdaccio counts bytes as they come, and so lets them flow by.
        request.pause()
        engine
          .then(async (tokens) => {
            const limit = tokens.policies.find(({ surface }) => surface === 'npm')?.limits.bodyBytes ?? 0
            nexts.set(request, holdBack(request, limit, next))
            return (await guarded)(request, response)
          })
          .catch(() => next(refusal(503, UNAVAILABLE)))
      }
    },
    authenticate: (_name, _password, answer) => answer(refusal(401, NO_LOGIN)),
    adduser: (_name, _password, answer) => answer(refusal(403, NO_LOGIN)),
    allow_access: answering(false),
    allow_publish: answering(true),
    allow_unpublish: answering(true),
  }
}

const SEARCH = 'GET /-/v1/search'
const NOT_ALLOWED = 'The token of this request was not checked for this package.'
const NO_LOGIN = 'There are no users here. Put a plan access token of type npm into .npmrc.'
const UNAVAILABLE = 'The token could not be checked just now. Try again later.'

/** An error as verdaccio sends it. */
function refusal(status: number, message: string): Error {
  return Object.assign(new Error(message), { status, statusCode: status })
}
