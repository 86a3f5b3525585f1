/**
 * SHA-256 in hexadecimal: the only form in which a secret or an idempotency key is kept, and the store's look-up key.
 * Hexadecimal, since a column that folds letter case cannot confuse two of them.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** Text to the hexadecimal SHA-256 of its UTF-8 bytes: 64 characters. */
export type Sha256 = (text: string) => string

/** The portable one, for platforms without a synchronous native hash. */
export const portableSha256: Sha256 = (text) => bytesToHex(sha256(new TextEncoder().encode(text)))

interface NativeCrypto {
  readonly hash?: (algorithm: string, data: string, encoding: string) => string
}

/** A digest in hexadecimal as text of half the length, one character for each byte: quicker to look up. Kept nowhere but in memory. */
export function bytesOf(digest: string): string {
  return String.fromCharCode(...hexToBytes(digest))
}

/**
 * The native hash where the platform has one, else the portable one; both give the same. The native one is reached without
 * an import, so that bundles for browsers and edge workers load. A fifth of the portable one's time (bench/engine.ts).
 */
export function platformSha256(platform: unknown = globalThis): Sha256 {
  return nativeSha256(platform, 'hex', portableSha256) ?? portableSha256
}

/** The same as `bytesOf` gives it. */
export function platformSha256Bytes(platform: unknown = globalThis): Sha256 {
  const portable: Sha256 = (text) => bytesOf(portableSha256(text))
  return nativeSha256(platform, 'latin1', portable) ?? portable
}

/** The platform's, if it gives what the portable one does. */
function nativeSha256(platform: unknown, encoding: 'hex' | 'latin1', portable: Sha256): Sha256 | undefined {
  try {
    const host = (platform as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
    const native = (host?.getBuiltinModule?.('node:crypto') as NativeCrypto | undefined)?.hash
    if (typeof native === 'function' && native('sha256', 'abc', encoding) === portable('abc')) {
      return (text) => native('sha256', text, encoding)
    }
  } catch {
    // A platform that throws when asked has no native hash for us.
  }
  return undefined
}
