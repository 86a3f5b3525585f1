/**
 * Signed checkpoints: what the newest link of the chain was at a moment, signed by a key of the host's. Whoever can write the
 * database can write a new chain, and take away its end; neither fits a checkpoint that lies elsewhere. One is a compact JWS
 * (RFC 7515), a line of text.
 */
import { StoreError } from '../core/errors.ts'
import { isDate } from '../core/token.ts'
import type { TokenStore } from '../ports.ts'
import { type Prover, type SigningKey, signerOf } from './keys.ts'

/** What a checkpoint says. */
export interface Checkpoint {
  /** The number of the event. */
  readonly seq: number
  /** Its link. */
  readonly chain: string
  /** When it was made: epoch milliseconds. */
  readonly at: number
}

/** What is to be signed. */
export interface CheckpointInput {
  readonly store: Pick<TokenStore, 'events' | 'chained'>
  readonly key: SigningKey
  /** Epoch milliseconds; default: now. */
  readonly at?: number
}

const TYPE = 'plan-access-tokens-checkpoint'
/** How many of the newest events may be without a link: an older process writes beside this one. */
const LOOKED_AT = 500
/** No checkpoint is longer. */
const LONGEST = 2_000

/**
 * Signs what the newest link of the log is now. Keep the line that it gives where nobody who can write the database can write: in
 * another account, in object storage with a retention lock, in a mailbox.
 *
 * @returns a compact JWS.
 * @throws SetupError, which is a TypeError, for what is no private key; StoreError `store_unsuitable` for a store without a chain,
 * and for a log without a link yet.
 * @example
 * const line = await createCheckpoint({ store, key: { alg: 'ES256', sign: (bytes) => kms.sign(bytes) } })
 */
export async function createCheckpoint({ store, key, at = Date.now() }: CheckpointInput): Promise<string> {
  const signer = await signerOf(key)
  refuseUnchained(store)
  const newest = await store.events({ order: 'newest', limit: LOOKED_AT })
  const last = newest.find(({ chain }) => chain !== undefined)
  if (last?.chain === undefined)
    throw new StoreError(
      'store_unsuitable',
      'No event of the log has a link of the chain yet. The first one that is written by this version has one.',
    )
  const head = encoded({ alg: signer.alg, typ: TYPE })
  const said = `${head}.${encoded({ v: 1, seq: last.seq, chain: last.chain, at } satisfies Checkpoint & { v: 1 })}`
  return `${said}.${base64Url(await signer.sign(bytesOf(said)))}`
}

/** A checkpoint that one of the keys has signed; otherwise what is wrong with it. */
export async function readCheckpoint(
  line: string,
  provers: readonly Prover[],
): Promise<Checkpoint | 'unreadable' | 'unproved'> {
  const text = line.trim()
  const [head, payload, signed, ...more] = text.length > LONGEST ? [] : text.split('.')
  const signature = bytesOfBase64Url(signed)
  if (head === undefined || payload === undefined || signature === undefined || more.length > 0) return 'unreadable'
  const { alg, typ, crit } = decoded(head)
  const { v, seq, chain, at } = decoded(payload)
  if (typ !== TYPE || crit !== undefined || v !== 1 || !isDate(seq) || seq < 1 || !isDate(at)) return 'unreadable'
  if (typeof chain !== 'string' || !/^[0-9a-f]{64}$/.test(chain)) return 'unreadable'
  const bytes = bytesOf(`${head}.${payload}`)
  for (const prover of provers)
    if (prover.alg === alg && (await prover.proves(signature, bytes))) return { seq, chain, at }
  return 'unproved'
}

/** @throws StoreError for a store that has no chain. */
export function refuseUnchained(store: Pick<TokenStore, 'chained'>): void {
  if (store.chained === true) return
  throw new StoreError(
    'store_unsuitable',
    'This store has no chain over its log, so nobody can tell whether it was touched. memoryStore, sqlStore, drizzleStore, prismaStore, redisStore and d1Store have one; a store of your own says so by `chained`.',
  )
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const encoded = (value: object): string => base64Url(bytesOf(JSON.stringify(value)))

function base64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The bytes of base64url without padding, in its one spelling; `undefined` for anything else. */
function bytesOfBase64Url(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (text === undefined || !/^[\w-]+$/.test(text) || text.length % 4 === 1) return undefined
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
  return base64Url(bytes) === text ? bytes : undefined
}

/** The fields of a part; none of what is no JSON object. */
function decoded(part: string): { readonly [field: string]: unknown } {
  const bytes = bytesOfBase64Url(part)
  try {
    return Object(bytes && JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return {}
  }
}
