/**
 * `forwardAuth`: answers the question of a gateway whether a request may go on to the server behind it. Who may ask:
 * gateway/trust.ts. How gateways ask: gateway/languages.ts. What the server behind is told: gateway/token-headers.ts.
 */
import * as z from 'zod/mini'
import { basePathSchema } from '../core/base-path.ts'
import { readGiven } from '../core/body.ts'
import { unreadable } from '../core/body-reading.ts'
import type { RenderedDenial } from '../core/denial.ts'
import { isThenable } from '../core/objects.ts'
import { readOptions, type Tell, together } from '../core/setup.ts'
import { callable, whole } from '../core/shape.ts'
import { headersOf } from '../http/answer.ts'
import { asSent, createDecider, type Decider, type GuardEngine, type GuardOptions } from '../http/guard.ts'
import type { Allowed, Decision } from '../service/decision.ts'
import { toConsole } from '../service/report.ts'
import { tell } from '../service/tell.ts'
import { routesWithBodies } from './bodies.ts'
import { type Caller, type GatewayCaller, type GatewayHandler, handlerOf, headerOf } from './caller.ts'
import { type Gateway, type Language, languageOf } from './languages.ts'
import { bodyNamesOtherMethod, namesOtherMethod } from './method.ts'
import { createTold, GatewayError, problemAnswer } from './problem.ts'
import { namesOtherTarget } from './target.ts'
import { createTokenHeaders, hasLookAlike } from './token-headers.ts'
import { createTrust, inHeader, SECRET_HEADER, type Trust, trustSchema } from './trust.ts'
import { asksForTunnel } from './upgrade.ts'

/** What `forwardAuth` takes besides the engine. */
export interface ForwardAuthOptions extends Pick<GuardOptions, 'surface' | 'optional' | 'basePath'> {
  /** Which gateway asks. Its headers are read and no others, whatever a client sends. */
  readonly gateway: Gateway
  /** By what the gateway is known. Whoever else asks is refused, and `onError` is told. */
  readonly trust: Trust
  /**
   * Whether the gateway sends bodies along: `forwardBody` of Traefik, `with_request_body` of Envoy. Default `false`: endpoints that
   * name resources in their body, or have checks, are refused; `bodyRoutes` has them, and `onWarning` is told at start.
   */
  readonly bodies?: boolean
  /** What Envoy puts before each path: its `path_prefix`. Default: nothing. Not for the other gateways. */
  readonly pathPrefix?: string
  /**
   * Says which address the client has, by what the gateway sends of it: the address of the socket is the gateway's. Take a header
   * that the gateway sets itself and never hands on (docs/addresses.md). One that comes in several lines is no address.
   */
  readonly address?: (asked: GatewayCaller) => unknown
  /** The longest value of `X-Token-Scopes` and of `X-Token-Reach`, 64 to 16,384 characters; a longer one is `-too-long`. Default 1,024. */
  readonly headerLength?: number
  /**
   * Told of questions that nobody may ask or that cannot be read (`GatewayError`), and of whatever the engine throws. Not waited
   * for; what it throws is dropped. Default: one line on the console for each cause.
   */
  readonly onError?: (error: unknown) => unknown
  /** Told at start which endpoints are refused for want of a body. Default: `console.warn`. */
  readonly onWarning?: (message: string) => unknown
}

/** What `forwardAuth` makes. */
export type ForwardAuth = GatewayHandler & {
  /** The routes that are refused, since the gateway sends no bodies; empty where it does. */
  readonly bodyRoutes: readonly string[]
}

const GATEWAYS = ['traefik', 'nginx', 'caddy', 'envoy'] as const
const optionsSchema = z.strictObject({
  // Judged where the decider is made.
  surface: z.optional(z.unknown()),
  optional: z.optional(z.unknown()),
  basePath: z.optional(z.unknown()),
  address: z.optional(z.unknown()),
  gateway: z.literal(GATEWAYS),
  trust: trustSchema,
  bodies: z.optional(z.boolean()),
  pathPrefix: z.optional(basePathSchema('/check')),
  headerLength: z.optional(whole(64, 16_384)),
  onError: z.optional(callable('must be a function, which is told of failures.')),
  onWarning: z.optional(callable('must be a function, which is told of a warning.')),
})

/**
 * Makes the handler that a gateway asks about each request. It answers 200 with `X-Plan-Id`, `X-Token-Id`, `X-Token-Scopes` and
 * `X-Token-Reach`, or with the refusal itself.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 * @example
 * const handler = forwardAuth(tokens, { gateway: 'nginx', trust: { secret: process.env.GATEWAY_SECRET } })
 * createServer(toNode(handler)).listen(4180, '127.0.0.1')
 */
export function forwardAuth(tokens: GuardEngine, options: ForwardAuthOptions): ForwardAuth {
  const given = { ...options }
  const decider = together(
    'forwardAuth',
    () => void readOptions<ForwardAuthOptions>('forwardAuth', optionsSchema, options, {}, checkTogether(tokens)),
    () => createDecider<never, [GatewayCaller]>(tokens, guardOptionsOf(given)),
  )
  const { gateway, trust, surface, bodies, pathPrefix, headerLength, onError, onWarning } = given
  const language = languageOf(gateway, pathPrefix ?? '')
  const told = createTold(onError)
  const isTrusted = createTrust(trust, inHeader(headerNameOf(trust).toLowerCase()))
  const door = {
    decider,
    language,
    sendsBodies: bodies === true,
    headersFor: createTokenHeaders(headerLength ?? 1_024),
  }
  const refuse = (error: unknown): RenderedDenial => {
    told(error)
    return language.refusal(problemAnswer(error instanceof GatewayError ? error.code : 'internal'))
  }
  const untrusted = untrustedError(trust)
  const unsaid = new GatewayError('gateway_request_unreadable', `${UNREADABLE} (${gateway}): ${language.expects}.`)
  const bodyRoutes = bodies === true ? [] : routesWithBodies(tokens, surface)
  if (bodyRoutes.length > 0) tell(onWarning ?? toConsole, warningOf(bodyRoutes))
  return handlerOf(
    (caller) => {
      try {
        if (caller.isCut) return language.refusal(problemAnswer('gateway_headers_too_many'))
        if (!isTrusted(caller)) return refuse(untrusted)
        const original = language.original(caller)
        if (!original) return refuse(unsaid)
        if (hasLookAlike(caller)) return language.refusal(problemAnswer('gateway_header_forged'))
        if (asksForTunnel(caller)) return language.refusal(problemAnswer('gateway_upgrade_refused'))
        if (namesOtherMethod(caller, original)) return language.refusal(problemAnswer('gateway_method_overridden'))
        if (namesOtherTarget(caller, original.url)) return language.refusal(problemAnswer('gateway_target_overridden'))
        const answered = answerTo(door, caller, original)
        return isThenable(answered) ? answered.catch(refuse) : answered
      } catch (error) {
        return refuse(error)
      }
    },
    { bodyRoutes: Object.freeze(bodyRoutes) },
  )
}

function guardOptionsOf({
  surface,
  optional,
  basePath,
  address,
}: Partial<ForwardAuthOptions>): GuardOptions<never, [GatewayCaller]> {
  return {
    ...(surface !== undefined && { surface }),
    ...(optional !== undefined && { optional }),
    ...(basePath !== undefined && { basePath }),
    ...(address !== undefined && { address }),
  }
}

const UNREADABLE = 'The gateway did not say in one way which request it asks about. It has to send'

function untrustedError(trust: Trust): GatewayError {
  const help =
    trust === 'loopback'
      ? 'its socket does not begin on this machine, or no address of it is known: take toNode() in a server of Node, or trust a secret.'
      : `it does not have the secret in one line of ${headerNameOf(trust)}. Compare the configuration of the gateway with trust.secret.`
  return new GatewayError('gateway_untrusted', `Somebody asked who is not the gateway: ${help}`)
}

const headerNameOf = (trust: Trust): string => (trust === 'loopback' ? SECRET_HEADER : (trust.header ?? SECRET_HEADER))

const warningOf = (routes: readonly string[]): string =>
  `The gateway sends no bodies, so these endpoints, which are judged by theirs, are refused: ${routes.join(', ')}. Have it send them and say bodies: true, or guard them in the server behind it.`

/** What one field cannot know of another. */
function checkTogether(tokens: GuardEngine) {
  return (
    { gateway, trust, bodies, pathPrefix }: { readonly [F in keyof ForwardAuthOptions]?: unknown },
    say: Tell,
  ): void => {
    if (!GATEWAYS.includes(gateway as Gateway)) return
    const { canSendBodies } = languageOf(gateway as Gateway, '')
    if (bodies === true && !canSendBodies)
      say(
        ['bodies'],
        `must be left out: ${gateway} sends no bodies along. Guard such endpoints in the server behind it.`,
      )
    if (pathPrefix !== undefined && gateway !== 'envoy')
      say(['pathPrefix'], `is Envoy's alone: ${gateway} sends no path.`)
    const header = Object(trust).header
    const places = (Array.isArray(tokens?.policies) ? tokens.policies : []).flatMap(
      ({ data }) => data.credential.headers,
    )
    if (typeof header === 'string' && places.includes(header.toLowerCase()))
      say(['trust', 'header'], 'is where clients send their tokens. Take another one.')
  }
}

/** What an answer is made of. */
interface Door {
  readonly decider: Decider<never, [GatewayCaller]>
  readonly language: Language
  readonly sendsBodies: boolean
  readonly headersFor: ReturnType<typeof createTokenHeaders>
}

function answerTo(
  { decider, language, sendsBodies, headersFor }: Door,
  caller: Caller,
  { method, url }: { readonly method: string; readonly url: string },
): RenderedDenial | Promise<RenderedDenial> {
  /** Whether a body was needed that was not there to be judged. */
  let isBlind = false
  /** Whether the body that was judged names another method. */
  let isOverridden = false
  const blind = () => {
    isBlind = true
    // Not `body_missing`: where a body may be left out, none that is not seen may count as left out.
    return unreadable('body_was_read')
  }
  const body = (): unknown => {
    if (!sendsBodies || !language.isWhole(caller)) return blind()
    const had = caller.body(decider.bodyBytes)
    const orBlind = (given: unknown): unknown => {
      const reading = readGiven(given, decider.bodyBytes)
      isOverridden = bodyNamesOtherMethod(reading.value, method)
      return reading.malformed?.reason === 'body_missing' ? blind() : reading
    }
    return isThenable(had) ? had.then(orBlind) : orBlind(had)
  }
  const answered = (decision: Decision<string> | undefined): RenderedDenial => {
    if (isOverridden) return language.refusal(problemAnswer('gateway_method_overridden'))
    if (decision?.allowed !== false) return allowedAnswer(decision, headersFor(decision))
    return language.refusal(isBlind ? problemAnswer('gateway_body_missing') : decision.rendered())
  }
  const decided = decider.decide(asSent(method, url, caller, body), {
    header: (name) => headerOf(caller, name.toLowerCase()) || undefined,
  })
  return isThenable(decided) ? decided.then(answered) : answered(decided)
}

function allowedAnswer(decision: Allowed<string> | undefined, told: object): RenderedDenial {
  const headers = decision ? headersOf(decision) : { 'Cache-Control': 'no-store' }
  return { status: 200, headers: { ...headers, ...told }, body: '' }
}
