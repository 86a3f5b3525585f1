/**
 * Who is believed to be the gateway: whoever knows its secret, or whose socket begins on this machine. Nothing else that a
 * request says counts, since a client can say it too.
 */
import * as z from 'zod/mini'
import { platformSha256 } from '../core/digest.ts'
import { isDictionary } from '../core/objects.ts'
import { dependent, judged } from '../core/shape.ts'
import { type Caller, headerOf } from './caller.ts'

/** By what a gateway is known. */
export type Trust =
  /** By the address of its socket: 127.0.0.0/8 or ::1. Only with `toNode`, and only where nothing else on this machine is a stranger's. */
  | 'loopback'
  | {
      /**
       * The secret that the gateway sends: 32 to 256 printable ASCII characters without spaces, out of a generator such as
       * `openssl rand -hex 32`. A list while it is changed: each of them counts.
       */
      readonly secret: string | readonly string[]
      /** The header in which `forwardAuth` takes it. Default `X-Gateway-Secret`. AuthZEN takes it as a bearer token. */
      readonly header?: string
    }

/** Where the secret is, unless the host says otherwise. */
export const SECRET_HEADER = 'X-Gateway-Secret'

const SECRET = /^[!-~]{32,256}$/
const SECRET_MESSAGE =
  'must be 32 to 256 printable ASCII characters without spaces, such as "openssl rand -hex 32" prints, or a list of such texts.'
const isSecret = (value: unknown): boolean => typeof value === 'string' && SECRET.test(value)
const secrets = judged((value) => {
  if (value === undefined) return `is missing: it ${SECRET_MESSAGE}`
  const isGood = Array.isArray(value) ? value.length > 0 && value.every(isSecret) : isSecret(value)
  return isGood ? undefined : SECRET_MESSAGE
})
const HEADER_MESSAGE = 'must be the name of a header that is for nothing else, such as "X-Gateway-Secret".'
const header = judged((value) =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(value) && !TAKEN.test(value)
    ? undefined
    : HEADER_MESSAGE,
)
/** Headers that clients and gateways have for something else. */
const TAKEN =
  /^(x-forwarded-.*|x-original-.*|x-plan-id|x-token-.*|x-refusal-.*|x-envoy-.*|x-real-ip|x-request-id|authorization|proxy-.*|cookie|host|connection|content-.*|transfer-encoding|te|trailer|upgrade|user-agent|accept.*)$/i

/** What `trust` may be. */
export const trustSchema = dependent<Trust>((value) => {
  if (value === 'loopback') return z.unknown()
  return isDictionary(value)
    ? z.strictObject({ secret: secrets, header: z.optional(header) })
    : 'must be { secret } or "loopback": nobody is trusted by default.'
})

/** Whether a request comes from the gateway. @param place where its secret is looked for. */
export function createTrust(trust: Trust, place: (caller: Caller) => string | undefined): (caller: Caller) => boolean {
  if (trust === 'loopback') return ({ peer }) => isLoopback(peer)
  const sha256 = platformSha256()
  const known = [trust.secret].flat().map(sha256)
  return (caller) => {
    const sent = place(caller)
    if (sent === undefined) return false
    const digest = sha256(sent)
    // All of them, whichever it is: how long it takes tells nothing. Digests, so that lengths do not either.
    let isKnown = false
    for (const one of known) if (isSame(one, digest)) isKnown = true
    return isKnown
  }
}

/** Takes the same time for any two digests. */
function isSame(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i)
  return difference === 0
}

/** An address of IPv4 comes as one of IPv6 where a server listens on both. */
const isLoopback = (peer: string | undefined): boolean =>
  peer !== undefined && /^(?:::1|(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i.test(peer)

/** The secret in a header of its own. */
export const inHeader =
  (name: string) =>
  (caller: Caller): string | undefined =>
    headerOf(caller, name) || undefined

/** The secret as a bearer token (RFC 6750, section 2.1). */
export const asBearer = (caller: Caller): string | undefined =>
  /^bearer +(\S+)$/i.exec(headerOf(caller, 'authorization') || '')?.[1]
