/**
 * `createRotatingSecret`: keeps the newest secret of a token that renews itself, and renews it when that is due. A new secret is kept
 * before it is used, and the key of a renewal before it is sent, so that a crash between any two steps loses nothing. Whatever fails,
 * the secret so far is given: it goes on working for its grace. What is kept: rotating-secret/kept.ts.
 */
import { RotatingSecretError } from './error.ts'
import { type Kept, parseKept, settled, textOf } from './kept.ts'
import { type RotatingSecretOptions, readRotatingOptions } from './options.ts'
import { type Answer, askFor, credentialOf } from './wire.ts'

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

/** What is in memory of what is kept. */
interface Memory {
  readonly kept: Kept
  /** As it was read or written last. */
  readonly text: string
  readonly readAt: number
}

const [FIRST_PAUSE, LONGEST_PAUSE, REFUSED_PAUSE] = [1_000, 300_000, 3_600_000]
/** How often a renewal without an answer is sent again at once. */
const AGAIN = 1
/** How often a new secret that somebody has written over is written again at once. */
const REWRITES = 3

/**
 * Makes what gives the newest secret of a token.
 *
 * @throws TypeError with every mistake of the options.
 * @example
 * const rotating = createRotatingSecret({ read, write, url: 'https://api.example.com/self/refresh' })
 * const answer = await rotating.fetch('https://api.example.com/v1/files/ABC')
 */
export function createRotatingSecret(options: RotatingSecretOptions): RotatingSecret {
  const given = readRotatingOptions(options)
  const { url, now, rereadMs, leaseMs } = given
  const me = crypto.randomUUID()
  let memory: Memory | undefined
  let running: Promise<void> | undefined
  let pausedUntil = 0
  let failures = 0
  /** The last renewal of this process: what it has replaced, and by which text. */
  let mine: { readonly from: string; readonly text: string } | undefined

  let isRewriting = false

  const tell = (...args: ConstructorParameters<typeof RotatingSecretError>): void => {
    try {
      const said: unknown = given.onError?.(new RotatingSecretError(...args))
      if (said instanceof Promise) said.catch(() => undefined)
    } catch {
      // Nobody else is to be told.
    }
  }
  const pause = (ms: number): void => {
    pausedUntil = now() + ms
  }
  const isPaused = (at: number): boolean => at < pausedUntil && pausedUntil - at <= REFUSED_PAUSE

  /** Reads what is kept. Where that fails, what was read before stands. */
  const look = async (): Promise<Memory> => {
    const failed = (error: RotatingSecretError): Memory => {
      if (!memory) throw error
      tell(error.code, { cause: error.cause })
      memory = { ...memory, readAt: now() }
      return memory
    }
    let text: string | null | undefined
    try {
      text = await given.read()
    } catch (cause) {
      return failed(new RotatingSecretError('read_failed', { cause }))
    }
    if (typeof text !== 'string' || text.trim() === '') return failed(new RotatingSecretError('kept_missing'))
    const kept = parseKept(text)
    if (!kept) return failed(new RotatingSecretError('kept_unreadable'))
    memory = { kept, text, readAt: now() }
    // Somebody who had read before it was renewed has written afterwards.
    if (kept.secret === mine?.from && !isRewriting) await rewrite(mine.text)
    return memory
  }

  /** Writes a text in place of the one that is known. `false`: somebody else was quicker, or it failed. */
  const put = async (kept: Kept): Promise<boolean> => {
    const text = textOf(kept)
    try {
      if ((await given.write(text, memory?.text ?? '')) === false) {
        await look()
        return false
      }
    } catch (cause) {
      tell('write_failed', { cause })
      return false
    }
    memory = { kept, text, readAt: now() }
    return true
  }

  const rewrite = async (text: string): Promise<void> => {
    const kept = parseKept(text)
    isRewriting = true
    if (kept) await put(kept)
    isRewriting = false
  }

  /** Keeps a new secret, and looks whether it stays. */
  const keep = async (before: Kept, after: Kept): Promise<void> => {
    if (!(await put(after))) return
    mine = { from: before.secret, text: textOf(after) }
    for (let i = 0; i < REWRITES; i++) if ((await look()).kept.secret === after.secret) return
  }

  const failedFor = (
    more: { readonly status?: number; readonly cause?: unknown },
    waitMs: number | undefined,
  ): void => {
    tell('renewal_failed', more)
    pause(Math.min(waitMs ?? FIRST_PAUSE * 2 ** Math.min(failures++, 10), LONGEST_PAUSE))
  }

  const settle = async (kept: Kept, answer: Answer): Promise<void> => {
    switch (answer.what) {
      case 'renewed': {
        const { what: _, ...dates } = answer
        const { renewFrom: _from, expiresAt: _end, ...rest } = settled(kept)
        failures = 0
        return keep(kept, { ...rest, ...dates })
      }
      case 'early': {
        const { renewFrom, waitMs = FIRST_PAUSE } = answer
        pause(Math.min(waitMs, LONGEST_PAUSE))
        await put({ ...settled(kept), ...(renewFrom !== undefined && { renewFrom }) })
        return
      }
      case 'spent':
        await put(settled(kept))
        return
      case 'replaced':
        // Who has renewed it has kept the new one, or is about to: nothing is written over that.
        if ((await look()).kept.secret !== kept.secret) return
        tell('renewal_refused', { status: answer.status, refusal: answer.code })
        return pause(FIRST_PAUSE * 2 ** Math.min(failures++, 8))
      case 'refused':
        tell('renewal_refused', { status: answer.status, refusal: answer.code })
        return pause(REFUSED_PAUSE)
      case 'unknown': {
        const { status, cause, waitMs } = answer
        return failedFor({ ...(status !== undefined && { status }), ...(cause !== undefined && { cause }) }, waitMs)
      }
    }
  }

  const renew = async (to: string | URL, { kept }: Memory): Promise<void> => {
    const at = now()
    const { attempt } = kept
    const isOthers = attempt !== undefined && attempt.by !== me
    // Somebody else is at it, and the secret so far works meanwhile. After a while it is thought to have broken off.
    if (isOthers && at >= attempt.at && at - attempt.at < leaseMs) return
    const key = attempt?.key ?? crypto.randomUUID()
    const claimed = { ...kept, attempt: { key, at, by: me } }
    if (!(await put(claimed))) return pause(FIRST_PAUSE)
    const seen = (await look()).kept
    if (seen.attempt?.by !== me || seen.secret !== kept.secret) return
    const asking = { ...given, url: to }
    let answer = await askFor(asking, kept.secret, key)
    for (let i = 0; i < AGAIN && answer.what === 'unknown' && answer.status === undefined; i++)
      answer = await askFor(asking, kept.secret, key)
    await settle(claimed, answer)
  }

  const isDue = ({ attempt, renewFrom }: Kept, at: number): boolean =>
    url !== undefined && (attempt !== undefined || renewFrom === undefined || at >= renewFrom)

  const step = async (): Promise<void> => {
    const at = now()
    const isFresh = memory !== undefined && at >= memory.readAt && at - memory.readAt < rereadMs
    const isWaiting = memory !== undefined && (isPaused(at) || !isDue(memory.kept, at))
    if (isFresh && isWaiting) return
    const found = await look()
    if (url !== undefined && isDue(found.kept, at) && !isPaused(at)) await renew(url, found)
  }

  /** One at a time: whoever comes meanwhile waits for the same. */
  const newest = async (): Promise<string> => {
    running ??= step().finally(() => {
      running = undefined
    })
    await running
    return (memory as Memory).kept.secret
  }

  return {
    secret: newest,
    async fetch(input, init) {
      const secret = await newest()
      const isOnce = isStream(init?.body) || (input instanceof Request && input.body !== null)
      const send = (one: string): Promise<Response> => {
        const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
        headers.set(...credentialOf(given, one))
        // A header of one's own would be sent on to wherever an answer leads; that of a bearer is not.
        const redirect = init?.redirect ?? (given.header === undefined ? undefined : 'manual')
        return given.fetch(input, { ...init, headers, ...(redirect && { redirect }) })
      }
      const response = await send(secret)
      if (response.status !== 401 || isOnce) return response
      const known = await look().catch(() => undefined)
      if (!known || known.kept.secret === secret) return response
      await response.body?.cancel()
      return send(known.kept.secret)
    },
  }
}

const isStream = (body: unknown): boolean =>
  body instanceof ReadableStream || (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
