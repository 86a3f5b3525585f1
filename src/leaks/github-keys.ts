/**
 * GitHub's public keys for secret scanning: fetched when they are needed, kept, and asked for again by their ETag. A key that is
 * not known causes a fetch once a minute at most, so that forged ids reach GitHub no oftener, and in between nobody can say whether
 * it is one of a new key. Without keys nothing is genuine.
 */
import { millisecondsInDay, millisecondsInHour, millisecondsInMinute } from 'date-fns/constants'
import { gatherBytes } from '../core/bytes.ts'
import { parseJsonStrictly } from '../core/json.ts'
import { isDictionary } from '../core/objects.ts'
import { bytesOfBase64 } from './signature.ts'

/** How long keys are used before they are asked for again, in milliseconds. */
const FRESH_MS = millisecondsInHour
/** How long keys are used while they cannot be asked for. */
const STALE_MS = millisecondsInDay
/** How long nothing is fetched after a fetch. */
const PAUSE_MS = millisecondsInMinute
const TIMEOUT_MS = 5_000
const MOST_BYTES = 262_144
const MOST_KEYS = 100

/** How keys are fetched. */
export interface KeyOptions {
  readonly keysUrl: string
  readonly fetch: typeof fetch
  /** Of an account of GitHub, against its limit for callers without one. */
  readonly token?: string | undefined
}

/** Gives keys by their id. */
export interface Keys {
  /** The key with this id, `undefined` if there is none, `'unavailable'` if nobody can say. `failed` hears why. */
  find(id: string, now: number, failed: (error: unknown) => void): Promise<CryptoKey | undefined | 'unavailable'>
}

/** Makes it for one process. */
export function createKeys({ keysUrl, fetch: get, token }: KeyOptions): Keys {
  let keys: ReadonlyMap<string, CryptoKey> = new Map()
  let etag: string | undefined
  /** When what is known was last confirmed, and when it was last asked for. */
  let confirmedAt = Number.NEGATIVE_INFINITY
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined
  /** Whether the last time it was asked for nothing came. */
  let isFailing = false

  const ask = async (now: number): Promise<void> => {
    const response = await get(keysUrl, {
      headers: {
        Accept: 'application/json',
        // GitHub's API answers nobody without it.
        'User-Agent': 'plan-access-tokens',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(etag !== undefined && { 'If-None-Match': etag }),
      },
      // A redirect is no answer. Workers know no `error`.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.status === 304 && etag !== undefined) confirmedAt = now
    else {
      if (response.status !== 200) throw new Error(`The keys of secret scanning were answered with ${response.status}.`)
      keys = await keysIn(await bytesOf(response))
      etag = response.headers.get('etag') ?? undefined
      confirmedAt = now
    }
  }

  return {
    async find(id, now, failed) {
      const isOlderThan = (ms: number): boolean => !(now - confirmedAt < ms)
      const isWanted = isOlderThan(FRESH_MS) || !keys.has(id)
      const isAsked = asking !== undefined || (isWanted && !(Math.abs(now - askedAt) < PAUSE_MS))
      if (isAsked) {
        if (!asking) askedAt = now
        asking ??= ask(now)
          .then(
            () => {
              isFailing = false
            },
            (error: unknown) => {
              isFailing = true
              failed(error)
            },
          )
          .finally(() => {
            asking = undefined
          })
        await asking
      }
      // An id that is not known may be that of a new key, which could not be had or was not asked for again so soon: whoever sent it is
      // to send it again.
      const isOpen = !keys.has(id) && (isFailing || !isAsked)
      return isOlderThan(STALE_MS) || isOpen ? 'unavailable' : keys.get(id)
    },
  }
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const bytes = gatherBytes(MOST_BYTES)
  const reader = response.body?.getReader()
  for (;;) {
    const chunk = await reader?.read()
    if (!chunk || chunk.done) return bytes.all()
    if (bytes.add(chunk.value)) continue
    await reader?.cancel()
    throw new Error(`The keys of secret scanning are more than ${MOST_BYTES} bytes.`)
  }
}

/** The keys of an answer. One that is of another kind is left out, since none of its signatures could be checked. */
async function keysIn(bytes: Uint8Array): Promise<ReadonlyMap<string, CryptoKey>> {
  const { value } = parseJsonStrictly(bytes)
  const listed: unknown = isDictionary(value) ? (value as { readonly public_keys?: unknown }).public_keys : undefined
  if (!Array.isArray(listed)) throw new Error('The answer about the keys of secret scanning has no list of keys.')
  const keys = new Map<string, CryptoKey>()
  for (const one of listed.slice(0, MOST_KEYS) as unknown[]) {
    const { key_identifier: id, key: pem } = Object(one) as {
      readonly key_identifier?: unknown
      readonly key?: unknown
    }
    const key = typeof id === 'string' && typeof pem === 'string' ? await imported(pem) : undefined
    if (key) keys.set(id as string, key)
  }
  if (keys.size === 0) throw new Error('The answer about the keys of secret scanning has no key that can be used.')
  return keys
}

async function imported(pem: string): Promise<CryptoKey | undefined> {
  const [, body = ''] = /^-----BEGIN PUBLIC KEY-----\s([0-9A-Za-z+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem) ?? []
  const spki = bytesOfBase64(body.replaceAll(/\s/g, ''))
  if (!spki) return undefined
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  return crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']).catch(() => undefined)
}
