/**
 * How a secret is made and kept out of logs. Apart from core/secret.ts, since a process that only judges requests makes none, and
 * has no use for randomness.
 */
import { customRandom } from 'nanoid'
import { BASE62, checksumOf, RANDOM_LENGTH } from './secret.ts'

/** Gives that many random bytes, from a cryptographically secure source. */
export type Random = (bytes: number) => Uint8Array

/** Characters of base62, drawn without bias. Joined, since text that was put together piece by piece takes 300 bytes. */
export function drawText(length: number, random: Random): string {
  return [...customRandom(BASE62, length, random)()].join('')
}

/** A new secret with 190 bits of randomness. */
export function newSecret(prefix: string, random: Random): Secret {
  const body = `${prefix}_${drawText(RANDOM_LENGTH, random)}`
  return new Secret(body + checksumOf(body))
}

const REDACTED = '[secret]'

/** A secret that does not show itself in text, JSON or inspection. `.reveal()` is the only way to read it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret itself. Hand it to whoever asked for it and keep no copy. */
  reveal(): string {
    return this.#value
  }

  /** Always `[secret]`. */
  toString(): string {
    return REDACTED
  }

  /** Always `[secret]`. */
  toJSON(): string {
    return REDACTED
  }

  /** What `console.log` of Node, Bun and Deno's Node layer shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED
  }
}
