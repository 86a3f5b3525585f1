/**
 * Signed receipts: that of a revocation, signed by a key of the host's as checkpoints are, so that a customer can show it to others and
 * nobody can write one. What a receipt says: service/receipt.ts.
 */
import { SetupError } from '../core/errors.ts'
import { issueAt } from '../core/issue.ts'
import { isObject } from '../core/objects.ts'
import { isDate } from '../core/token.ts'
import type { Receipt } from '../service/receipt.ts'
import { isLink, readLine, signedLine } from './jws.ts'
import { type ProvingKey, proversOf, type SigningKey, signerOf } from './keys.ts'

const TYPE = 'plan-access-tokens-receipt'

/** What is to be signed. */
export interface SignReceiptInput {
  /** As `revoke({ receipt: true })` gave it. */
  readonly receipt: Receipt
  readonly key: SigningKey
}

/** What is to be verified. */
export interface VerifyReceiptInput {
  /** As `signReceipt` gave it. */
  readonly line: string
  /** What proves it: a public key, or several while they change. */
  readonly key: ProvingKey | readonly ProvingKey[]
}

/** A receipt that one of the keys has signed; or why the line is none: it cannot be read, or none of them has signed it. */
export type VerifiedReceipt =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly code: 'unreadable' | 'unproved' }

/**
 * Signs the receipt of a revocation.
 *
 * @returns a compact JWS, a line of text.
 * @throws SetupError, which is a TypeError, for what is no private key, and for what is no receipt.
 * @example
 * const { receipt } = await tokens.revoke({ actor, id, receipt: true })
 * const line = await signReceipt({ receipt, key: { alg: 'ES256', sign: (bytes) => kms.sign(bytes) } })
 */
export async function signReceipt({ receipt, key }: SignReceiptInput): Promise<string> {
  const signer = await signerOf(key, 'signReceipt')
  const fields = receiptIn(receipt)
  if (!fields) throw new SetupError('signReceipt', [issueAt(['receipt'], 'must be what revoke() gave as a receipt.')])
  return signedLine(TYPE, { v: 1, ...fields }, signer)
}

/**
 * Reads a receipt that was signed. The algorithm is the key's, whatever the line says.
 *
 * @throws SetupError, which is a TypeError, for what is no public key.
 * @example
 * const verified = await verifyReceipt({ line, key: publicJwk })
 * if (verified.ok) console.log(verified.receipt.notAcceptedSince)
 */
export async function verifyReceipt({ line, key }: VerifyReceiptInput): Promise<VerifiedReceipt> {
  const provers = await proversOf(key, 'verifyReceipt')
  const read = typeof line === 'string' ? readLine(line, TYPE) : undefined
  const receipt = read?.fields.v === 1 ? receiptIn(read.fields) : undefined
  if (!read || !receipt) return { ok: false, code: 'unreadable' }
  return (await read.isProvedBy(provers)) ? { ok: true, receipt } : { ok: false, code: 'unproved' }
}

/** The fields of a receipt and no others, or nothing where one is wrong. */
function receiptIn(value: unknown): Receipt | undefined {
  if (!isObject(value)) return undefined
  const { tokenId, planId, seq, chain, revokedAt, boundMs, notAcceptedSince } = value as Partial<Receipt>
  if (typeof tokenId !== 'string' || typeof planId !== 'string') return undefined
  // No event has a number below 1, and nobody waits for less than nothing.
  if (!(seq === null || (isDate(seq) && seq >= 1)) || !isDate(boundMs) || boundMs < 0) return undefined
  if (!isDate(revokedAt) || !isDate(notAcceptedSince)) return undefined
  if (chain !== undefined && !isLink(chain)) return undefined
  return { tokenId, planId, seq, ...(chain !== undefined && { chain }), revokedAt, boundMs, notAcceptedSince }
}
