/** `standardWebhooks`: notices as webhooks that their receiver can verify. What may be reached: outbox/webhooks/post.ts. */
import { Webhook } from 'standardwebhooks'
import * as z from 'zod/mini'
import { readOptions } from '../../core/setup.ts'
import { callable, judged, whole } from '../../core/shape.ts'
import type { Awaitable } from '../../ports.ts'
import { type Deliver, DeliveryError } from '../deliver.ts'
import type { Notice } from '../notice.ts'
import { addressIn, isPublic } from './addresses.ts'
import { type PostRules, posterOf } from './post.ts'

/** Where notices go, and what they are signed with. */
export interface WebhookEndpoint {
  /** A URL that begins with `https://`. */
  readonly url: string
  /**
   * One secret, or two while one takes the place of the other: each signs, and the receiver takes either. `whsec_` and 24 to 64 random
   * bytes in base64; another one for each receiver.
   */
  readonly secrets: readonly string[]
}

/** What `standardWebhooks` takes: one receiver for all, or one a plan. */
export interface StandardWebhooksOptions extends Partial<WebhookEndpoint> {
  /**
   * The receiver of a notice, in the place of `url` and `secrets`; `undefined` for none, which counts as delivered. Called for each
   * try, so that an address that was mended is used at once.
   */
  readonly endpoint?: (notice: Notice) => Awaitable<WebhookEndpoint | undefined>
  /** The body, as an object; default `{ type, timestamp, data }`, where `data` is the notice. */
  readonly payload?: (notice: Notice) => object
  /** Whether addresses of private networks may be reached: loopback, link-local, unique local and the like. Default `false`. */
  readonly allowPrivate?: boolean
  /** Whether `http://` may be used, where everybody on the way can read. Default `false`. */
  readonly allowHttp?: boolean
  /** How long a receiver may take to answer, in milliseconds, 1 to 300,000. Default 15,000. */
  readonly timeoutMs?: number
  /**
   * Sends in the place of Node's own sockets: over a proxy, or where there are none. Then names are not looked up here, and what
   * they may lead to is for the `fetch` to judge; addresses that stand in the URL are refused here as ever.
   */
  readonly fetch?: typeof fetch
}

const MOST_SECRETS = 2
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/

function secretsProblem(value: unknown): string | undefined {
  const isGood =
    Array.isArray(value) && value.length >= 1 && value.length <= MOST_SECRETS && value.every((one) => isSecret(one))
  return isGood ? undefined : 'must be one or two texts of whsec_ and 24 to 64 bytes in base64.'
}

function isSecret(value: unknown): boolean {
  const [, base64] = (typeof value === 'string' && SECRET.exec(value)) || []
  if (base64 === undefined || base64.length % 4 !== 0) return false
  const bytes = (base64.length / 4) * 3 - (base64.length - base64.replace(/=+$/, '').length)
  return bytes >= 24 && bytes <= 64
}

function urlProblem(value: unknown): string | undefined {
  return typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value)
    ? undefined
    : 'must be a URL that begins with https://.'
}

/** Tells at start what would be refused at each try. What a name leads to is known only then. */
function tellTarget(text: string, allowPrivate: boolean, tell: (message: string) => void): void {
  if (!URL.canParse(text)) return
  const { username, password, hostname } = new URL(text)
  if (username + password !== '') tell('must hold no user and no password.')
  const address = addressIn(hostname)
  if (address !== undefined && !allowPrivate && !isPublic(address))
    tell('leads to a network that is not public. Set allowPrivate where that is meant.')
}

const schema = z.strictObject({
  url: z.exactOptional(judged(urlProblem)),
  secrets: z.exactOptional(judged(secretsProblem)),
  endpoint: z.exactOptional(callable()),
  payload: z.exactOptional(callable()),
  allowPrivate: z.exactOptional(z.boolean()),
  allowHttp: z.exactOptional(z.boolean()),
  timeoutMs: z.exactOptional(whole(1, 300_000)),
  fetch: z.exactOptional(callable()),
})

/**
 * A deliverer that posts notices by the rules of Standard Webhooks, so that receivers verify them with the library of their language.
 *
 * - The header `webhook-id` is the notice's id, the same at every try: receivers drop what they have had.
 * - An answer of 200 to 299 counts. 410 makes it a dead letter at once; `Retry-After` is waited for; everything else is tried again.
 * - Addresses of private networks are not reached: the name is looked up, each of its addresses judged, and the connection goes to
 *   one that was judged. Redirects are not followed.
 *
 * @throws SetupError, which is a TypeError, with every mistake; also where there are no sockets of Node's and no `fetch` was given.
 * @see https://www.standardwebhooks.com
 * @example
 * deliver: standardWebhooks({ url: 'https://example.com/hooks', secrets: [process.env.WEBHOOK_SECRET] })
 */
export function standardWebhooks(options: StandardWebhooksOptions): Deliver {
  const given = readOptions<StandardWebhooksOptions>('standardWebhooks', schema, options, {}, (some, tell) => {
    if (some.endpoint !== undefined) {
      for (const name of ['url', 'secrets'] as const)
        if (some[name] !== undefined) tell([name], 'is given by endpoint: leave out one of them.')
    } else for (const name of ['url', 'secrets'] as const) if (some[name] === undefined) tell([name], 'is missing.')
    if (typeof some.url === 'string' && some.url.startsWith('http:') && some.allowHttp !== true)
      tell(['url'], 'must begin with https://, unless allowHttp is true.')
    if (typeof some.url === 'string')
      tellTarget(some.url, some.allowPrivate === true, (message) => tell(['url'], message))
    if (some.fetch === undefined && !posterOf(RULES))
      tell(['fetch'], 'is missing: there are no sockets of Node here, and nobody could say which address is reached.')
  })
  const { url, secrets, endpoint, payload = standardPayload, ...rules } = given
  const post = posterOf({ ...RULES, ...rules }) as NonNullable<ReturnType<typeof posterOf>>
  const signersOf = keptSigners()
  return async (notice, { signal }) => {
    const to = endpoint ? await endpoint(notice) : { url: url as string, secrets: secrets as readonly string[] }
    if (to === undefined) return
    if (urlProblem(to?.url) !== undefined || secretsProblem(to.secrets) !== undefined)
      throw new DeliveryError('endpoint() gave no URL with one or two secrets of Standard Webhooks.', {
        code: 'endpoint_wrong',
      })
    const body = JSON.stringify(payload(notice))
    const now = new Date()
    const signatures = signersOf(to.secrets).map((signer) => signer.sign(notice.id, now, body))
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'plan-access-tokens',
      'webhook-id': notice.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signatures.join(' '),
    }
    await post({ url: to.url, headers, body, signal })
  }
}

const RULES: PostRules = { allowPrivate: false, allowHttp: false, timeoutMs: 15_000 }

/** The body that Standard Webhooks describe. */
function standardPayload(notice: Notice): object {
  return { type: notice.type, timestamp: new Date(notice.at).toISOString(), data: notice }
}

/** The library decodes a secret each time one is made: those of the last receiver are kept. */
function keptSigners(): (secrets: readonly string[]) => readonly Webhook[] {
  let last: { readonly key: string; readonly signers: readonly Webhook[] } | undefined
  return (secrets) => {
    const key = secrets.join(' ')
    if (last?.key !== key) last = { key, signers: secrets.map((secret) => new Webhook(secret)) }
    return last.signers
  }
}
