/**
 * Keys that a host gave out before it had this library, as the engine sees them: what recognises one, and under which digest the
 * store has it. Types alone, so that who has no such keys carries nothing of it. What makes them: legacy/keys.ts.
 */
import type { Policy } from './policy.ts'
import type { Tell } from './setup.ts'
import type { SecretRecord, TokenRecord } from './token.ts'
import type { Token } from './token-view.ts'

/** A text that has the form of a key from before. */
export interface LegacyKey {
  /** The digest under which the store has it: 64 hexadecimal characters, which no secret of ours and no other scheme can have. */
  readonly digest: string
  /**
   * The secret of a record that has this digest, if it is of the scheme and its token of the type by which it was looked up, and
   * the text is its key. Waits only where the host compares, and throws what the host throws, or that too many comparisons wait.
   */
  secretIn(record: TokenRecord): SecretRecord | undefined | Promise<SecretRecord | undefined>
}

/**
 * The keys from before that an engine takes, as `legacyKeys` of `plan-access-tokens/legacy` makes them. Hand it on; what it
 * holds is for the engine alone.
 */
export interface LegacyKeys {
  /** @internal What a text is a key of by its form; `undefined` if no pattern matches it. */
  read(text: string): LegacyKey | undefined
  /** @internal Whether a credential beside another one may be meant as a key, whole or not. */
  mayBe(text: string): boolean
  /** @internal Every key in a text by its form, whatever stands around it that can be no part of one. */
  findIn(text: string): readonly LegacyKey[]
  /** @internal Whether a text has one in it that is told by how it begins. */
  isIn(text: string): boolean
  /** @internal Makes a token of a key. `engine` is what manages; of an authorizer nobody calls it. */
  adopt(engine: object, input: object): Promise<Token>
  /** @internal Tells what of it does not go together with the types of an engine. */
  check(policies: readonly Policy[], tell: Tell): void
}
