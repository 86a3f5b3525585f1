/**
 * How each gateway says which request it asks about, and what it makes of an answer. Which one is spoken is the host's option
 * and never guessed: a client may send the headers of one beside those of another.
 */
import type { RenderedDenial } from '../core/denial.ts'
import { type Caller, headerOf } from './caller.ts'
import { forEnvoy, forNginx } from './refusal.ts'

/**
 * A gateway: Traefik's ForwardAuth, nginx' `auth_request`, Caddy's `forward_auth`, or the HTTP service of Envoy's external
 * authorization.
 */
export type Gateway = 'traefik' | 'nginx' | 'caddy' | 'envoy'

/** The request that a gateway asks about. */
interface Original {
  readonly method: string
  /** Its target as the client sent it, and as the server behind gets it. */
  readonly url: string
}

/** What is known of a gateway. */
export interface Language {
  /** The request that is asked about; `undefined` if it is not said, or said twice. */
  original(caller: Caller): Original | undefined
  /** What it should do, for whoever reads the log. */
  readonly expects: string
  /** Whether it can send the body along. */
  readonly canSendBodies: boolean
  /** Whether what came is shown to be the whole body. */
  isWhole(caller: Caller): boolean
  /** A refusal as it passes it on. */
  refusal(rendered: RenderedDenial): RenderedDenial
}

const inHeaders = (method: string, url: string) => ({
  expects: `one line of ${method} and one of ${url}`,
  original(caller: Caller): Original | undefined {
    const [itsMethod, itsUrl] = [headerOf(caller, method.toLowerCase()), headerOf(caller, url.toLowerCase())]
    return itsMethod && itsUrl ? { method: itsMethod, url: itsUrl } : undefined
  },
})
const asItIs = { refusal: (rendered: RenderedDenial) => rendered }
const never = (): boolean => false

/** The languages. @param prefix what Envoy puts before each path. */
export function languageOf(gateway: Gateway, prefix: string): Language {
  switch (gateway) {
    // It answers a body above its `maxBodySize` itself, so whatever comes is whole.
    case 'traefik':
      return {
        ...inHeaders('X-Forwarded-Method', 'X-Forwarded-Uri'),
        ...asItIs,
        canSendBodies: true,
        isWhole: () => true,
      }
    case 'caddy':
      return { ...inHeaders('X-Forwarded-Method', 'X-Forwarded-Uri'), ...asItIs, canSendBodies: false, isWhole: never }
    case 'nginx':
      return {
        ...inHeaders('X-Original-Method', 'X-Original-URI'),
        refusal: forNginx,
        canSendBodies: false,
        isWhole: never,
      }
    case 'envoy':
      return {
        expects: `the path ${prefix}/… as the client sent it, in a server of Node with toNode()`,
        original: ({ method, target, isRaw }) =>
          isRaw && target.startsWith(`${prefix}/`) ? { method, url: target.slice(prefix.length) } : undefined,
        refusal: forEnvoy,
        canSendBodies: true,
        // Set by Envoy in place of what a client sends, for each body that it sends along.
        isWhole: (caller) => headerOf(caller, 'x-envoy-auth-partial-body') === 'false',
      }
  }
}
