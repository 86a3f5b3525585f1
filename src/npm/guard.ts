/**
 * A guard in front of any npm registry: the guard for Node's servers, and what the npm CLI wants beside it. What is taken off a
 * request before a registry sees it: npm/without-secret.ts.
 */

import * as z from 'zod/mini'
import type { Denial } from '../core/denial.ts'
import { isThenable } from '../core/objects.ts'
import type { Policy, PublicRouteOf, RouteOf, TokenOnlyPolicy } from '../core/policy.ts'
import { readOptions, together } from '../core/setup.ts'
import { type GuardEngine, type GuardOptions, handlerSchema } from '../http/guard.ts'
import { guard } from '../http/node.ts'
import type { NodeRequest, NodeResponse } from '../http/node-side.ts'
import type { Allowed, Decision } from '../service/decision.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import { type Asked, below, isCall } from '../service/request.ts'
import { USERS } from './endpoints.ts'
import { saying, sentence } from './errors.ts'
import { secretOfLogout } from './spelling.ts'
import { bearerIn, withoutSecret, withoutSecretInPath } from './without-secret.ts'

/** What a registry's guard takes besides the engine. */
export interface RegistryGuardOptions<Req = never> extends Pick<GuardOptions<Req>, 'basePath' | 'surface' | 'address'> {
  /**
   * What `npm logout` does besides that npm forgets the secret. `keep`, the default: nothing, since the token is the plan's, and
   * other machines may have it. `revoke`: ends it as `tokens.revokeSecret` does, so `tokens` has to be the whole engine; an
   * earlier secret of a refreshed token ends alone.
   */
  readonly logout?: 'keep' | 'revoke'
}

/**
 * Wraps a request listener that is, or forwards to, a registry. It runs only for requests that the policy lets through, and
 * without their `Authorization`, so that no registry and no log of one ever sees a secret. `GET /-/whoami` is answered here
 * with the name of the token, since a registry knows no user of that secret, and so is `npm logout`, whose path holds the
 * secret. A secret that works only a while longer is told of in `npm-notice`, which the npm CLI prints. Nothing is buffered but
 * the body of a publish.
 *
 * @throws SetupError, which is a TypeError, for wrong options.
 * @example
 * createServer(registryGuard(tokens, (request, response) => forward(request, response))).listen(4873)
 */
export function registryGuard<Req extends NodeRequest, Res extends NodeResponse, P extends Policy = TokenOnlyPolicy>(
  tokens: GuardEngine<P> & Partial<Pick<PlanTokens, 'revokeSecret'>>,
  handler: (request: Req & { readonly planToken: Allowed<PublicRouteOf<P>, RouteOf<P>> }, response: Res) => unknown,
  options: RegistryGuardOptions<Req> = {},
): (request: Req, response: Res) => unknown {
  const { logout, ...others } = { ...options }
  const listener = (
    request: Req & { readonly planToken: Allowed<PublicRouteOf<P>, RouteOf<P>> },
    response: Res,
  ): unknown => {
    const { endpoint, token, secret }: Allowed<string> = request.planToken
    const sent = endpoint.route === LOGOUT ? bearerIn(request) : ''
    withoutSecret(request)
    // Only another policy than `npmPolicy` has public endpoints, which answer for themselves.
    if (token === null) return handler(request, response)
    if (secret.worksUntil !== null) response.setHeader('npm-notice', retiredNotice(secret.worksUntil))
    if (endpoint.route === 'GET /-/whoami') return answer(response, { username: token.name })
    if (endpoint.route !== LOGOUT) return handler(request, response)
    const isOwn = secretOfLogout(request.url) === sent
    withoutSecretInPath(request)
    // Another secret is not ended by whoever has found it: for that there is `revokeSecret`.
    const ending = isOwn && logout === 'revoke' ? endOf(tokens, sent) : undefined
    return ending === undefined
      ? answer(response, { ok: true })
      : ending.then(
          () => answer(response, { ok: true }),
          () => answer(response, { error: NOT_ENDED }, 503),
        )
  }
  return together(
    'registryGuard',
    () => checkOwn(tokens, handler, options),
    () =>
      guard<Req, Res, Omit<RegistryGuardOptions<Req>, 'logout'>, P>(
        typeof tokens?.decide === 'function' ? telling(tokens) : tokens,
        listener,
        { surface: 'npm', ...others },
      ),
  )
}

const LOGOUT = 'DELETE /-/user/token/secret'
const NOT_ENDED = 'The token could not be ended just now. Try again later.'

function answer(response: NodeResponse, body: object, status = 200): void {
  response.statusCode = status
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(body))
}

/** What the guard that stands around the listener does not judge. */
const ownSchema = z.looseObject({ handler: handlerSchema, logout: z.optional(z.literal(['keep', 'revoke'])) })

type Ending = Partial<Pick<PlanTokens, 'revokeSecret'>>

function checkOwn(tokens: Ending, handler: unknown, options: unknown): void {
  readOptions<{ readonly logout?: unknown }>('registryGuard', ownSchema, options, { handler }, ({ logout }, tell) => {
    if (logout === 'revoke' && typeof tokens?.revokeSecret !== 'function')
      tell(['logout'], 'needs an engine that has revokeSecret().')
  })
}

/** Ends the secret of a logout. */
async function endOf(tokens: Ending, secret: string): Promise<unknown> {
  return tokens.revokeSecret?.({ text: secret })
}

/** The engine, whose refusals say what the person at the terminal has to do where only the request tells. */
function telling<P extends Policy>(tokens: GuardEngine<P>): GuardEngine<P> {
  return {
    policies: tokens.policies,
    decide(request, options) {
      const decided = tokens.decide(request, options)
      const url = urlOf(request, options?.basePath)
      return isThenable(decided) ? decided.then((decision) => told(decision, url)) : told(decided, url)
    },
  }
}

/** The target as the policy knows it. */
function urlOf(asked: Asked, basePath: string | undefined): string {
  if (isCall(asked)) return ''
  return basePath === undefined ? asked.url : below(basePath, asked).url
}

/** Before npm asks for a name and a password, and after that. The path of `npm logout` begins in the same way. */
const LOGIN = /^\/-\/(v1\/(login|done)|user\/(?!token\/))/
/** npm goes on with the token that it has, whatever comes of it. */
const EXCHANGE = /^\/-\/npm\/v1\/oidc\//

function told<Public extends string, Route extends string>(
  decision: Decision<Public, Route>,
  url: string,
): Decision<Public, Route> {
  if (decision?.allowed !== false) return decision
  if (LOGIN.test(url)) return changed(decision, (rendered) => saying(rendered, sentence(USERS), true))
  if (EXCHANGE.test(url)) {
    return changed(decision, (rendered) => saying(rendered, rendered.headers['npm-notice'] ?? decision.message, false))
  }
  return decision
}

/** A refusal rendered in another way, if it is one of `npmErrors`; what a host renders itself stays as it is. */
function changed(denial: Denial, change: (rendered: ReturnType<Denial['rendered']>) => typeof rendered): Denial {
  const rendered = (): ReturnType<Denial['rendered']> => {
    const before = denial.rendered()
    return /^\{"error":/.test(before.body) ? change(before) : before
  }
  return {
    ...denial,
    rendered,
    response() {
      const { status, headers, body } = rendered()
      return new Response(body, { status, headers })
    },
  }
}

/** What the npm CLI prints while a replaced secret still works. */
function retiredNotice(worksUntil: number): string {
  return `This token was refreshed. This secret of it works until ${new Date(worksUntil).toISOString()}: put the new one into .npmrc.`
}
