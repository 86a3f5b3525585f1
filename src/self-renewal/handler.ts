/**
 * `selfRenewalHandler`: the endpoint at which a token renews itself, as one Fetch handler. Its credential is the token itself, read as
 * guards read it. What is done: self-renewal/renew.ts. How it is answered: self-renewal/answers.ts.
 */
import * as z from 'zod/mini'
import { basePathSchema } from '../core/base-path.ts'
import { addressIn, addressSchema } from '../core/came-from.ts'
import { isCrossSite, originSchema } from '../core/origin.ts'
import type { Policy } from '../core/policy.ts'
import { checkSurface, readOptions } from '../core/setup.ts'
import { callable, judged } from '../core/shape.ts'
import { readTargetOfUrl } from '../core/target.ts'
import { engineBehind } from '../service/engines.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import { tell } from '../service/tell.ts'
import { type EndpointCode, problemOf, responseOf } from './answers.ts'

/** What `selfRenewalHandler` takes. */
export interface SelfRenewalHandlerOptions<From extends readonly unknown[] = readonly [], P extends Policy = Policy> {
  /** What `createPlanTokens` gave with the option `selfRenewal`, itself and no copy. */
  readonly tokens: PlanTokens<P>
  /** The path under which `/self/refresh` lies, such as `/api`. Not needed where the framework takes it off itself. */
  readonly basePath?: string
  /** The policy whose places for a secret are read. Default: the engine's first. */
  readonly surface?: string
  /** The origin that browsers see, such as `https://example.com`, where a proxy stands in between. Default: the request's. */
  readonly origin?: string
  /**
   * Says which address a request came from, as of a guard: tokens that may be used from some addresses alone renew themselves from
   * these alone. It gets the request, and whatever the platform hands over besides it; of `toNode` that is Node's own request.
   */
  readonly address?: (request: Request, ...from: From) => unknown
  /** Told what is behind an answer of 500. Not waited for. Default: nobody; what fails in the store, the engine's `onError` hears. */
  readonly onError?: (error: unknown) => unknown
}

/** The endpoint: takes a Fetch `Request`, answers with a `Response`, never rejects. */
export type SelfRenewalHandler<From extends readonly unknown[] = readonly []> = (
  request: Request,
  ...from: From
) => Promise<Response>

const NO_RENEWAL = 'must be what createPlanTokens gave with the option selfRenewal, itself and no copy.'
const schema = z.strictObject({
  tokens: judged((value) => (engineBehind(value)?.selfRenewal ? undefined : NO_RENEWAL)),
  basePath: z.optional(basePathSchema()),
  surface: z.optional(z.string()),
  origin: z.optional(originSchema),
  address: z.optional(addressSchema),
  onError: z.optional(callable()),
})

/** Where a token renews itself, below the base path. */
const PATH = '/self/refresh'

/**
 * Makes the endpoint `POST …/self/refresh`: a token that is sent there as to any other endpoint, with an `Idempotency-Key`, is answered
 * with its new secret. In Node, `createServer(toNode(handler))`, with `toNode` of `plan-access-tokens/admin`.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 * @example
 * const handler = selfRenewalHandler({ tokens, basePath: '/api' })
 */
export function selfRenewalHandler<const From extends readonly unknown[] = readonly [], P extends Policy = Policy>(
  options: SelfRenewalHandlerOptions<From, P>,
): SelfRenewalHandler<From> {
  const given = readOptions<SelfRenewalHandlerOptions<From, P>>(
    'selfRenewalHandler',
    schema,
    options,
    {},
    ({ tokens, surface }, told) => {
      const { policies } = (tokens ?? {}) as Partial<PlanTokens<P>>
      if (Array.isArray(policies)) checkSurface(policies, surface, told)
    },
  )
  const { tokens, basePath = '', surface, address, onError } = given
  return async (request, ...from) => {
    try {
      const problem = problemIn(request, basePath, given.origin)
      if (problem) return problemAnswer(problem)
      const renewal = await tokens.renew(request, {
        surface,
        address: address && addressIn(address, [request, ...from]),
      })
      return renewal.response()
    } catch (error) {
      tell(onError, error)
      return problemAnswer('internal')
    }
  }
}

const problemAnswer = (code: EndpointCode): Response =>
  responseOf(problemOf(code, code === 'method_not_allowed' ? { Allow: 'POST' } : {}))

/** What is wrong with a request before anybody looks at its credential. */
function problemIn(request: Request, basePath: string, origin: string | undefined): EndpointCode | undefined {
  const target = readTargetOfUrl(request.url)
  if (!target) return 'request_malformed'
  if (target.path !== basePath + PATH) return 'not_found'
  if (request.method !== 'POST') return 'method_not_allowed'
  // Nothing is taken there, and a secret would stand in every log.
  if (target.query !== '') return 'request_malformed'
  return isCrossSite(request, origin) ? 'cross_site' : undefined
}
