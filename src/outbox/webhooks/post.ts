/**
 * Posts to an address that somebody else has chosen, without reaching what lies behind our own firewall: every address of the name
 * is judged, the connection goes to one that was judged and is not looked up again, and no redirect is followed. The answer's
 * status counts, its body does not.
 */
import { DeliveryError } from '../deliver.ts'
import { addressIn, isPublic } from './addresses.ts'
import { type SocketResponse, type Sockets, socketsOf } from './platform.ts'

/** What may be reached, and how. */
export interface PostRules {
  readonly allowPrivate: boolean
  readonly allowHttp: boolean
  readonly timeoutMs: number
  /** In the place of sockets. */
  readonly fetch?: typeof fetch | undefined
}

/** What is posted. */
export interface Message {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string
  readonly signal: AbortSignal
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
}

/** How many bytes of an answer are read. */
const MOST_BYTES = 65_536

const wrong = (message: string, code: string): DeliveryError => new DeliveryError(message, { code })

/** Makes it; `undefined` where there are neither sockets nor a `fetch`. */
export function posterOf(rules: PostRules): ((message: Message) => Promise<void>) | undefined {
  const sockets = rules.fetch ? undefined : socketsOf()
  if (!rules.fetch && !sockets) return undefined
  const agents = sockets && {
    'https:': new sockets.https.Agent({ keepAlive: true, maxSockets: 64, timeout: rules.timeoutMs }),
    'http:': new sockets.http.Agent({ keepAlive: true, maxSockets: 64, timeout: rules.timeoutMs }),
  }
  return async (message) => {
    const url = readUrl(message.url, rules)
    const signal = AbortSignal.any([message.signal, AbortSignal.timeout(rules.timeoutMs)])
    const send = async (): Promise<Answer> => {
      const literal = addressIn(url.hostname)
      if (literal !== undefined) refusePrivate([literal], rules)
      if (rules.fetch) return byFetch(rules.fetch, url, message, signal)
      const open = sockets as Sockets
      const addresses = literal === undefined ? await open.lookUp(url.hostname) : [literal]
      refusePrivate(addresses, rules)
      const agent = agents?.[url.protocol as 'https:'] as object
      return bySockets(open, agent, url, addresses, message, signal)
    }
    judge(await within(send, signal))
  }
}

function readUrl(text: string, { allowHttp }: PostRules): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw wrong('The address of a webhook must be a URL that begins with https://.', 'address_wrong')
  if (url.protocol === 'http:' && !allowHttp)
    throw wrong('The address of a webhook must begin with https://, unless allowHttp is set.', 'address_http')
  if (url.username !== '' || url.password !== '')
    throw wrong('The address of a webhook must hold no user and no password.', 'address_wrong')
  return url
}

function refusePrivate(addresses: readonly string[], { allowPrivate }: PostRules): void {
  if (addresses.length === 0) throw wrong('The name of a webhook has no address.', 'address_unknown')
  // One that is not public is enough: which one is connected to is up to whoever owns the name.
  if (!allowPrivate && !addresses.every(isPublic))
    throw wrong(
      'The address of a webhook leads to a network that is not public. Set allowPrivate where that is meant.',
      'address_private',
    )
}

/** Whatever it is waiting for, a look-up too, ends with the signal. */
async function within<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const late = () => wrong('The receiver of a webhook did not answer in time.', 'timeout')
  signal.throwIfAborted()
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(late())
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work(), aborted])
  } catch (error) {
    if (error instanceof DeliveryError) throw error
    if (signal.aborted) throw late()
    const { code } = Object(error) as { readonly code?: unknown }
    throw wrong('The receiver of a webhook could not be reached.', typeof code === 'string' ? code : 'unreachable')
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function byFetch(send: typeof fetch, url: URL, { headers, body }: Message, signal: AbortSignal): Promise<Answer> {
  const response = await send(url, { method: 'POST', headers, body, redirect: 'manual', signal })
  response.body?.cancel().catch(() => undefined)
  return { status: response.status, retryAfter: response.headers.get('retry-after') ?? undefined }
}

/** To the first address that takes a connection. */
async function bySockets(
  sockets: Sockets,
  agent: object,
  url: URL,
  addresses: readonly string[],
  message: Message,
  signal: AbortSignal,
): Promise<Answer> {
  for (const [i, address] of addresses.entries())
    try {
      return await connectTo(sockets, agent, url, address, message, signal)
    } catch (error) {
      const { syscall, isReused } = Object(error) as { readonly syscall?: unknown; readonly isReused?: unknown }
      // A connection that was kept open may have been closed by the other end a moment ago.
      if (isReused === true) return connectTo(sockets, agent, url, address, message, signal)
      if (syscall !== 'connect' || i === addresses.length - 1) throw error
    }
  throw wrong('The name of a webhook has no address.', 'address_unknown')
}

function connectTo(
  { http, https }: Sockets,
  agent: object,
  url: URL,
  address: string,
  { headers, body }: Message,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isName = addressIn(url.hostname) === undefined
    const request = (url.protocol === 'https:' ? https : http).request({
      ...{ agent, method: 'POST', host: address, port: url.port || undefined, path: `${url.pathname}${url.search}` },
      // The certificate has to be the name's, though the connection goes to the address that was judged.
      ...(isName && { servername: url.hostname }),
      headers: { ...headers, host: url.host, 'content-length': String(new TextEncoder().encode(body).length) },
      ...{ signal, setHost: false, maxHeaderSize: 16_384 },
    })
    request.on('error', (error) => reject(Object.assign(error, { isReused: request.reusedSocket === true })))
    request.on('response', (response) => {
      resolve({ status: response.statusCode ?? 0, retryAfter: textOf(response.headers['retry-after']) })
      drain(response)
    })
    request.end(body)
  })
}

/** Reads what is left, so that the connection can be used again; not more than a little of it. */
function drain(response: SocketResponse): void {
  let bytes = 0
  response.on('error', () => undefined)
  response.on('data', ({ length }) => {
    bytes += length
    if (bytes > MOST_BYTES) response.destroy()
  })
}

const textOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined

/** @throws DeliveryError for every status but 200 to 299. */
function judge({ status, retryAfter }: Answer): void {
  if (status >= 200 && status < 300) return
  if (status === 410)
    throw new DeliveryError('The receiver of a webhook is gone (410): remove its address.', {
      ...{ code: 'gone', status, isFinal: true },
    })
  const isRedirect = status >= 300 && status < 400
  const message = isRedirect
    ? 'The receiver of a webhook answers with a redirect, which is not followed: give the address that it leads to.'
    : `The receiver of a webhook answered ${status}.`
  const retryAfterMs = waitOf(retryAfter)
  throw new DeliveryError(message, {
    ...{ code: isRedirect ? 'redirected' : 'refused', status },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/** `Retry-After`: seconds, or a date. */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}
