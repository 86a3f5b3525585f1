/**
 * How a host has hashed its keys, and what the store has of them in its place: SHA-256 over the name of the scheme and the host's
 * digest, so that no scheme answers for another, nor for secrets of ours, and no host's digest meets the store.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import type { Sha256 } from '../core/digest.ts'
import { callable, dependent, judged, whole } from '../core/shape.ts'
import type { Awaitable } from '../ports.ts'

/** How digests are written in the host's table. */
export type LegacyEncoding = 'hex' | 'base64' | 'base64url'

interface Written {
  /** How digests are written in your table. Default `hex`. */
  readonly encoding?: LegacyEncoding
  /** What is taken off the beginning of a key before it is hashed; every key begins with it. Default nothing. */
  readonly strip?: string
}

/** SHA-256 over the key. */
export interface Sha256Scheme extends Written {
  readonly hash: 'sha256'
}

/** HMAC-SHA-256 over the key. */
export interface HmacScheme extends Written {
  readonly hash: 'hmac-sha256'
  /** The key of the HMAC, 16 bytes at least; text counts as UTF-8. */
  readonly key: string | Uint8Array
}

/** A slow hash such as bcrypt or argon2, for keys with an id in them. */
export interface VerifyScheme {
  /**
   * Whether a key is the one of a hash, as your library says; only exactly `true` is yes. It gets the whole key. A call that never
   * ends keeps its place among those at once.
   */
  readonly verify: (key: string, hash: string) => Awaitable<boolean>
  /** How many calls are made at once, 1 to 64. Default 4. Twenty-five times as many wait; those beyond are refused as `unavailable`. */
  readonly atOnce?: number
}

/** How a host has hashed its keys. */
export type LegacyScheme = Sha256Scheme | HmacScheme | VerifyScheme

const LEAST_HMAC_BYTES = 16
const written = {
  encoding: z.exactOptional(z.literal(['hex', 'base64', 'base64url'])),
  strip: z.exactOptional(z.string()),
}
const KEY_MESSAGE = `must be text or a Uint8Array of at least ${LEAST_HMAC_BYTES} bytes.`
const hmacKey = judged((value) => ((bytesOf(value)?.length ?? 0) < LEAST_HMAC_BYTES ? KEY_MESSAGE : undefined))
const SHA256 = z.strictObject({ hash: z.literal('sha256'), ...written })
const HMAC = z.strictObject({ hash: z.literal('hmac-sha256'), key: hmacKey, ...written })
const VERIFY = z.strictObject({ verify: callable(), atOnce: z.exactOptional(whole(1, 64)) })

/** What a scheme may say. */
export const schemeSchema = dependent<LegacyScheme>((value) => {
  const { hash, verify } = Object(value) as { readonly hash?: unknown; readonly verify?: unknown }
  if (hash === 'sha256') return SHA256
  if (hash === 'hmac-sha256') return HMAC
  return hash === undefined && verify !== undefined
    ? VERIFY
    : 'must have hash: "sha256", hash: "hmac-sha256", or a verify function.'
})

function bytesOf(key: unknown): Uint8Array | undefined {
  if (typeof key === 'string') return new TextEncoder().encode(key)
  return key instanceof Uint8Array ? key.slice() : undefined
}

/** The host's digest of a key, in hexadecimal. */
export function hashOf(scheme: Sha256Scheme | HmacScheme, sha256: Sha256): Sha256 {
  const start = scheme.strip?.length ?? 0
  if (scheme.hash === 'sha256') return (text) => sha256(text.slice(start))
  // A copy: nobody changes it behind our back.
  const key = bytesOf(scheme.key) as Uint8Array
  return (text) => bytesToHex(hmac(nobleSha256, key, new TextEncoder().encode(text.slice(start))))
}

/** Under which digest the store has what a host knows by a digest, or by the id inside the key. */
export function storedDigest(sha256: Sha256, name: string, by: 'digest' | 'id', known: string): string {
  return sha256(`legacy:${name}:${by === 'id' ? 'id:' : ''}${known}`)
}

const FORMS: { readonly [E in LegacyEncoding]: readonly [form: RegExp, said: string] } = {
  hex: [/^[0-9A-Fa-f]{64}$/, '64 hexadecimal characters'],
  // The last character of 43 has two bits that are none of the digest's.
  base64: [/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/, '43 characters of base64, with or without = behind them'],
  base64url: [/^[\w-]{42}[AEIMQUYcgkosw048]=?$/, '43 characters of base64url, with or without = behind them'],
}

/** A host's digest in hexadecimal, or what is wrong with it. */
export function readDigest(
  digest: unknown,
  encoding: LegacyEncoding = 'hex',
): { readonly hex: string } | { readonly problem: string } {
  const [form, said] = FORMS[encoding]
  if (typeof digest !== 'string' || !form.test(digest)) return { problem: `must be a digest of SHA-256: ${said}.` }
  if (encoding === 'hex') return { hex: digest.toLowerCase() }
  const bytes = atob(digest.replaceAll('-', '+').replaceAll('_', '/').replace('=', ''))
  return { hex: bytesToHex(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))) }
}
