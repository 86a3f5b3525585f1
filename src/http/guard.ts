/**
 * What all guards share: their options, and the way from a framework's request to a decision. The answer to it:
 * http/answer.ts. What a framework takes: the file of its name.
 */
import * as z from 'zod/mini'
import { basePathSchema } from '../core/base-path.ts'
import { addressIn, addressSchema } from '../core/came-from.ts'
import { isThenable, letGo } from '../core/objects.ts'
import type { Policy, PublicRouteOf, RouteOf, TokenOnlyPolicy } from '../core/policy.ts'
import { checkSurface, readOptions } from '../core/setup.ts'
import { callable, judged } from '../core/shape.ts'
import type { Authorizer } from '../service/create-authorizer.ts'
import type { Allowance, Allowed, Decision } from '../service/decision.ts'
import type { RequestLike } from '../service/request.ts'

/** What every guard takes besides the engine. */
export interface GuardOptions<Req = never, From extends readonly unknown[] = readonly [Req]> {
  /** The policy that requests speak to. Default: the engine's first. */
  readonly surface?: string
  /**
   * Lets a request without any plan access token through to the handler, with no decision, so that the host's own
   * authentication can judge it. A request with a wrong one is refused all the same. Default `false`.
   */
  readonly optional?: boolean
  /**
   * Which requests are guarded. Those for which it says `false` go through with no decision; anything else, an error too,
   * leaves a request guarded. Default: all. A router may know more spellings of a path than this function does (`/V1/me` to
   * Express): where a guard can be put in front of the routes themselves, do that instead.
   */
  readonly when?: (request: Req) => boolean
  /**
   * The path under which the policy's paths begin, such as `/api`. A request that does not begin with it is refused. Not
   * needed where the framework takes the path off for guard and routes together, as Express' `app.use('/api', guard(tokens),
   * routes)` does.
   */
  readonly basePath?: string
  /**
   * Says which address a request came from, for tokens that may be used from some addresses alone: text such as `203.0.113.7`,
   * without a port. Whatever else it gives, an error too, is no address, and such tokens are refused. Without it no header is
   * believed, and they are all refused. What it can go by: docs/addresses.md.
   */
  readonly address?: (...from: From) => unknown
}

/**
 * What the handler finds: the decision, or `undefined` where the options let requests through without one. Only where the policy
 * has public endpoints may no token stand behind it.
 */
export type PlanTokenOf<Options, P extends Policy = TokenOnlyPolicy> =
  | Allowed<PublicRouteOf<P>, RouteOf<P>>
  | (Options extends { readonly optional: true } | { readonly when: object } ? undefined : never)

/** An engine as far as a guard needs it, whatever its policies are: what `createPlanTokens` or `createAuthorizer` returns. */
export type GuardEngine<P extends Policy = Policy> = Pick<Authorizer<P>, 'decide' | 'policies'>

/** A guard's question about one request. */
export interface Decider<Req, From extends readonly unknown[] = readonly [Req]> {
  /** Whether a request is guarded at all. Never throws: a predicate that fails has not said that it is not. */
  isGuarded(request: Req): boolean
  /**
   * The decision, at once where the engine has it at once; `undefined` lets the request through without one.
   *
   * @param from what says where the request came from.
   */
  decide(question: RequestLike, ...from: From): Promise<Decision<string> | undefined> | Decision<string> | undefined
  /** The longest body that is read, in bytes. */
  readonly bodyBytes: number
}

/** Headers of a request that has raw ones. */
export const NO_HEADERS = Object.freeze({})

/**
 * The question about a request with its headers as they were sent, where it has them so: Node drops repeated lines from `headers`,
 * and makes these only when somebody asks.
 */
export function asSent(
  method: string,
  url: string,
  sent: Pick<RequestLike, 'headers'> & { readonly rawHeaders?: readonly string[] | undefined },
  body: () => unknown,
): RequestLike {
  const { rawHeaders } = sent
  return rawHeaders && rawHeaders.length > 0
    ? { method, url, headers: NO_HEADERS, rawHeaders, body }
    : { method, url, headers: sent.headers, body }
}

/**
 * Makes a guard's judge. Mistakes of the host's code are told here, when the server starts.
 *
 * @param more the handler, of a guard that is put around one.
 * @param reader what takes the options, for the message.
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 */
export function createDecider<Req, From extends readonly unknown[] = readonly [Req]>(
  tokens: GuardEngine,
  options: GuardOptions<Req, From> | undefined,
  more: { readonly handler?: unknown } = {},
  reader = 'guard',
): Decider<Req, From> {
  const given: GuardOptions<Req, From> = read(reader, tokens, options, more)
  const { surface, optional = false, when, basePath, address } = given
  const policy = tokens.policies.find((candidate) => surface === undefined || candidate.surface === surface)
  const which = { ...(surface !== undefined && { surface }), ...(basePath !== undefined && { basePath }) }
  const decisionIn = (decision: Decision<string>): Decision<string> | undefined => {
    // A host may have put a function of its own in place of `decide`. Anything that is not a decision must not count as permission.
    if (typeof (decision as Decision<string> | undefined)?.allowed !== 'boolean')
      throw new TypeError('decide() gave no decision.')
    return optional && !decision.allowed && decision.code === 'token_missing' ? undefined : decision
  }
  return {
    isGuarded: (request) => when === undefined || !saysNo(when, request),
    decide(question, ...from) {
      const decided = tokens.decide(question, address ? { ...which, address: addressIn(address, from) } : which)
      return isThenable(decided) ? decided.then(decisionIn) : decisionIn(decided)
    },
    bodyBytes: policy?.limits.bodyBytes ?? 0,
  }
}

/**
 * Whether a token stands behind an allowance. Where the place of the decision has one type for all routes, one without a token is
 * not put there, so that whatever is there has one.
 */
export function hasToken(decision: Allowed<string>): decision is Allowance {
  return decision.token !== null
}

function saysNo<Req>(when: (request: Req) => boolean, request: Req): boolean {
  try {
    const said: unknown = when(request)
    letGo(said)
    return said === false
  } catch {
    return false
  }
}

const fields = {
  tokens: judged((value) =>
    isAuthorizer(value) ? undefined : 'must be what createPlanTokens() or createAuthorizer() returns.',
  ),
  surface: z.optional(z.unknown()),
  optional: z.optional(z.boolean()),
  when: z.optional(callable('must be a function that takes a request.')),
  basePath: z.optional(basePathSchema()),
  address: z.optional(addressSchema),
}
const optionsSchema = z.strictObject(fields)
/** What answers requests that are let through, where a guard is put around it. */
export const handlerSchema = callable('must be a function, which answers what is let through.')
const aroundSchema = z.strictObject({ ...fields, handler: handlerSchema })

const isAuthorizer = (tokens: unknown): boolean =>
  typeof Object(tokens).decide === 'function' && Array.isArray(Object(tokens).policies)

function read<T extends object>(reader: string, tokens: GuardEngine, options: unknown, more: object): T {
  const schema = Object.hasOwn(more, 'handler') ? aroundSchema : optionsSchema
  return readOptions<T>(reader, schema, options, { tokens, ...more }, (given, tell) => {
    const { surface } = given as GuardOptions
    if (isAuthorizer(tokens)) checkSurface(tokens.policies, surface, tell)
  })
}
