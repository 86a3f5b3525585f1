/**
 * `createRotatingSecret`: keeps the newest secret of a token that renews itself, and renews it when that is due. A new secret is kept
 * before it is used, so that a crash between any two steps loses nothing. Whatever fails, the secret so far is given: it goes on working
 * for its grace. How it is kept: rotating-secret/keeping.ts. When and how it is renewed: rotating-secret/renewal.ts.
 */
import { RotatingSecretError } from './error.ts'
import { keepingOf, type Memory, type Tell } from './keeping.ts'
import { type ReadOptions, type RotatingSecretOptions, readRotatingOptions } from './options.ts'
import { renewalOf } from './renewal.ts'
import { credentialOf } from './wire.ts'

/** The newest secret of a token. */
export interface RotatingSecret {
  /**
   * The newest secret, renewed before if that is due. Ask for it before each request, and keep it nowhere.
   *
   * @throws RotatingSecretError only where there is none at all: `kept_missing`, `kept_unreadable`, `read_failed` at the first time.
   */
  secret(): Promise<string>
  /**
   * `fetch` with the secret in its header. After a 401 what is kept is read again, and if another process has put a newer secret there,
   * the request is sent once more, unless its body is a stream. The answer is the server's, whatever it is. With the option `header` no
   * redirect is followed unless `init` says so, since `fetch` would send the secret on with it.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}

/**
 * Makes what gives the newest secret of a token.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options at once.
 * @example
 * const rotating = createRotatingSecret({ read, write, url: 'https://api.example.com/self/refresh' })
 * const answer = await rotating.fetch('https://api.example.com/v1/files/ABC')
 */
export function createRotatingSecret(options: RotatingSecretOptions): RotatingSecret {
  const given = readRotatingOptions(options)
  const { url, now, rereadMs } = given
  const tell = tellerOf(given)
  const keeping = keepingOf(given, tell)
  const renewal = url === undefined ? undefined : renewalOf({ ...given, url }, keeping, tell)
  let running: Promise<void> | undefined

  const step = async (): Promise<void> => {
    const at = now()
    const known = keeping.known()
    const isFresh = known !== undefined && at >= known.readAt && at - known.readAt < rereadMs
    if (isFresh && !renewal?.isTime(known.kept, at)) return
    const { kept } = await keeping.look()
    if (renewal?.isTime(kept, at)) await renewal.renew(kept)
  }
  /** One at a time: whoever comes meanwhile waits for the same. */
  const secret = async (): Promise<string> => {
    running ??= step().finally(() => {
      running = undefined
    })
    await running
    return (keeping.known() as Memory).kept.secret
  }

  return {
    secret,
    async fetch(input, init) {
      const newest = await secret()
      // Asked before it is sent: a body that was read is none to some platforms.
      const isOnce = isStream(init?.body) || (input instanceof Request && input.body !== null)
      const response = await fetchWith(given, newest, input, init)
      if (response.status !== 401 || isOnce) return response
      const found = await keeping.look().catch(() => undefined)
      if (!found || found.kept.secret === newest) return response
      await response.body?.cancel()
      return fetchWith(given, found.kept.secret, input, init)
    },
  }
}

/** `fetch` with a secret in its header. */
function fetchWith(
  options: ReadOptions,
  secret: string,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
  headers.set(...credentialOf(options, secret))
  // A header of one's own would be sent on to wherever an answer leads; that of a bearer is not.
  const redirect = init?.redirect ?? (options.header === undefined ? undefined : 'manual')
  return options.fetch(input, { ...init, headers, ...(redirect && { redirect }) })
}

/** What a host's `onError` throws, at once or later, is dropped: nobody else is to be told. */
function tellerOf({ onError }: ReadOptions): Tell {
  return (...args) => {
    try {
      const said: unknown = onError?.(new RotatingSecretError(...args))
      if (said instanceof Promise) said.catch(() => undefined)
    } catch {}
  }
}

const isStream = (body: unknown): boolean =>
  body instanceof ReadableStream || (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
