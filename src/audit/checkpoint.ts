/**
 * Signed checkpoints: what the newest link of the chain was at a moment, signed by a key of the host's. Whoever can write the
 * database can write a new chain, and take away its end; neither fits a checkpoint that lies elsewhere. One is a compact JWS
 * (RFC 7515), a line of text.
 */
import * as z from 'zod/mini'
import { StoreError } from '../core/errors.ts'
import { isCount } from '../core/objects.ts'
import { readOptions, type Tell } from '../core/setup.ts'
import { isDate } from '../core/token.ts'
import type { TokenStore } from '../ports.ts'
import { isLink, readLine, signedLine } from './jws.ts'
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
export async function createCheckpoint(input: CheckpointInput): Promise<string> {
  const { store, key, at = Date.now() } = readOptions<CheckpointInput>('createCheckpoint', schema, input, {}, check)
  const signer = await signerOf(key, 'createCheckpoint')
  refuseUnchained(store)
  const newest = await store.events({ order: 'newest', limit: LOOKED_AT })
  const last = newest.find(({ chain }) => chain !== undefined)
  if (last?.chain === undefined)
    throw new StoreError(
      'store_unsuitable',
      'No event of the log has a link of the chain yet. The first one that is written by this version has one.',
    )
  return signedLine(TYPE, { v: 1, seq: last.seq, chain: last.chain, at } satisfies Checkpoint & { v: 1 }, signer)
}

const schema = z.strictObject({
  store: z.optional(z.unknown()),
  key: z.optional(z.unknown()),
  at: z.optional(z.unknown()),
})

function check({ store, at }: { readonly [F in keyof CheckpointInput]?: unknown }, tell: Tell): void {
  tellLog(store, tell)
  if (at !== undefined && !isDate(at)) tell(['at'], 'must be epoch milliseconds.')
}

/** Tells of what is no store whose log can be read. */
export function tellLog(store: unknown, tell: Tell): void {
  if (typeof Object(store).events !== 'function') tell(['store'], 'must be a store.')
}

/** A checkpoint that one of the keys has signed; otherwise what is wrong with it. */
export async function readCheckpoint(
  line: string,
  provers: readonly Prover[],
): Promise<Checkpoint | 'unreadable' | 'unproved'> {
  const read = readLine(line, TYPE)
  if (!read) return 'unreadable'
  const { v, seq, chain, at } = read.fields
  if (v !== 1 || !isCount(seq) || !isDate(at) || !isLink(chain)) return 'unreadable'
  return (await read.isProvedBy(provers)) ? { seq, chain, at } : 'unproved'
}

/** @throws StoreError for a store that has no chain. */
export function refuseUnchained(store: Pick<TokenStore, 'chained'>): void {
  if (store.chained === true) return
  throw new StoreError(
    'store_unsuitable',
    'This store has no chain over its log, so nobody can tell whether it was touched. memoryStore, sqlStore, drizzleStore, prismaStore, redisStore and d1Store have one; a store of your own says so by `chained`.',
  )
}
