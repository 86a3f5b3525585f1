/** Ids of tokens and events. */
import { customRandom, urlAlphabet } from 'nanoid'
import type { Sha256 } from '../core/digest.ts'
import type { Random } from '../core/secret.ts'

/** A new id: 21 characters of nanoid's alphabet, 126 bits. Joined, since text that was put together piece by piece takes 300 bytes. */
export function newId(random: Random): string {
  return [...customRandom(urlAlphabet, 21, random)()].join('')
}

/**
 * The id of the token that an idempotency key creates. It follows from plan and key, so that two calls with the same key meet
 * at version 1 of the same token, and no store needs a table of keys.
 */
export function idFromKey(sha256: Sha256, planId: string, key: string): string {
  return hashOf(sha256, 'create', planId, key).slice(0, 32)
}

/** A hash over parts that cannot be cut in another way. */
export function hashOf(sha256: Sha256, ...parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts))
}
