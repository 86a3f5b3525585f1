/** Keys of the host's, which sign checkpoints and prove them: those of WebCrypto, of JOSE (JWK), or a function that signs elsewhere. */
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { isObject } from '../core/objects.ts'
import type { Awaitable } from '../ports.ts'

/** How a checkpoint is signed: ECDSA on P-256 with SHA-256, or Ed25519 (RFC 7518, section 3.4; RFC 8037). */
export type CheckpointAlgorithm = 'ES256' | 'EdDSA'

/** A `CryptoKey` of WebCrypto, said so that a project without its types can read this. */
export interface WebCryptoKey {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]
}

/** A key as JSON (RFC 7517): on P-256, or of Ed25519 (RFC 8037). */
export interface Jwk {
  readonly kty?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly d?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
}

/** What signs: a private key, or a function, such as one that asks a key management service. */
export type SigningKey =
  | WebCryptoKey
  | Jwk
  | {
      readonly alg: CheckpointAlgorithm
      /** Signs bytes; for ES256 the signature is that of JOSE, two numbers of 32 bytes. */
      readonly sign: (bytes: Uint8Array<ArrayBuffer>) => Awaitable<Uint8Array>
    }

/** What proves: a public key. */
export type ProvingKey = WebCryptoKey | Jwk

const PARAMETERS = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const
const JWKS: { readonly [kind: string]: CheckpointAlgorithm } = { 'EC P-256': 'ES256', 'OKP Ed25519': 'EdDSA' }
const ALGORITHMS = ['ES256', 'EdDSA'] as const

/** Signs by a key that was read. */
export interface Signer {
  readonly alg: CheckpointAlgorithm
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>
}

/** Reads what signs. @throws SetupError for what is no such key, with the call that it was given to. */
export async function signerOf(key: unknown, call: string): Promise<Signer> {
  if (isObject(key) && typeof (key as { readonly sign?: unknown }).sign === 'function') {
    const { alg, sign } = key as Extract<SigningKey, { sign: unknown }>
    if (!ALGORITHMS.includes(alg)) throw wrong(call, ['key', 'alg'], 'must be "ES256" or "EdDSA".')
    return { alg, sign: async (bytes) => sign(bytes) }
  }
  const { alg, cryptoKey } = await read(key, 'sign', call, ['key'])
  return {
    alg,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(PARAMETERS[alg], cryptoKey, bytes)),
  }
}

/** Tells whether a signature is that of a key; the algorithm is the key's, whatever a checkpoint says. */
export interface Prover {
  readonly alg: CheckpointAlgorithm
  proves(signature: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>
}

/** Reads what proves: one key, or several while a host changes them. @throws SetupError for what is no such key, with the call that it was given to. */
export async function proversOf(keys: unknown, call: string): Promise<readonly Prover[]> {
  const all: readonly unknown[] = Array.isArray(keys) ? keys : [keys]
  if (all.length === 0) throw wrong(call, ['key'], 'must be a public key, or a list of some.')
  return Promise.all(
    all.map(async (key, i): Promise<Prover> => {
      const { alg, cryptoKey } = await read(key, 'verify', call, Array.isArray(keys) ? ['key', i] : ['key'])
      return {
        alg,
        proves: (signature, bytes) => crypto.subtle.verify(PARAMETERS[alg], cryptoKey, signature, bytes),
      }
    }),
  )
}

async function read(
  key: unknown,
  use: 'sign' | 'verify',
  call: string,
  at: readonly PropertyKey[],
): Promise<{ readonly alg: CheckpointAlgorithm; readonly cryptoKey: CryptoKey }> {
  const what = use === 'sign' ? 'a private' : 'a public'
  const message = `must be ${what} key on P-256 or of Ed25519, as a CryptoKey of WebCrypto or as a JWK.`
  const { kty, crv, algorithm, usages, d } = Object(key) as { readonly [field: string]: unknown }
  if (typeof kty === 'string') {
    const alg = JWKS[`${kty} ${String(crv)}`]
    // Whoever proves by a private key has it lie where it should not.
    if (alg === undefined || (d !== undefined) !== (use === 'sign')) throw wrong(call, at, message)
    const { key_ops: _, use: __, alg: ___, ext: ____, ...bare } = key as JsonWebKey
    try {
      return { alg, cryptoKey: await crypto.subtle.importKey('jwk', bare, PARAMETERS[alg], false, [use]) }
    } catch {
      // What is thrown may quote the key.
      throw wrong(call, at, message)
    }
  }
  const { name, namedCurve } = Object(algorithm) as { readonly [field: string]: unknown }
  const alg = ALGORITHMS.find((one) => PARAMETERS[one].name === name)
  const isOnCurve = alg !== 'ES256' || namedCurve === PARAMETERS.ES256.namedCurve
  if (alg === undefined || !isOnCurve || !Array.isArray(usages) || !usages.includes(use)) throw wrong(call, at, message)
  return { alg, cryptoKey: key as CryptoKey }
}

const wrong = (call: string, at: readonly PropertyKey[], message: string): SetupError =>
  new SetupError(call, [issueAt(at, message)])
