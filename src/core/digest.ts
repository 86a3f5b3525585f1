/**
 * SHA-256 in hexadecimal: the only form in which a secret or an idempotency key is kept, and the store's look-up key.
 * Hexadecimal, since a column that folds letter case cannot confuse two of them.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** Text to the hexadecimal SHA-256 of its UTF-8 bytes: 64 characters. */
export type Sha256 = (text: string) => string

/** The portable one, for platforms without a synchronous native hash. */
export const portableSha256: Sha256 = (text) => bytesToHex(sha256(new TextEncoder().encode(text)))

interface NativeCrypto {
  readonly hash?: (algorithm: string, data: string, encoding: string) => string
}

/**
 * The native hash where the platform has one, else the portable one; both give the same. The native one is reached without
 * an import, so that bundles for browsers and edge workers load. A fifth of the portable one's time (bench/engine.ts).
 */
export function platformSha256(platform: unknown = globalThis): Sha256 {
  try {
    const host = (platform as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
    const native = (host?.getBuiltinModule?.('node:crypto') as NativeCrypto | undefined)?.hash
    if (typeof native === 'function' && native('sha256', 'abc', 'hex') === portableSha256('abc')) {
      return (text) => native('sha256', text, 'hex')
    }
  } catch {
    // A platform that throws when asked has no native hash for us.
  }
  return portableSha256
}
