/**
 * Signed receipts: that of a revocation, signed by a key of the host's as checkpoints are, so that a customer can show it to others and
 * nobody can write one. What a receipt says: service/receipt.ts.
 */
import * as z from 'zod/mini'
import { isCount, isObject } from '../core/objects.ts'
import { readOptions } from '../core/setup.ts'
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
  /** The deployment that the token was of, such as `https://api.example.com`: 1 to 200 characters. It stands in the line as `iss` (RFC 7519). */
  readonly issuer?: string
}

/** What is to be verified. */
export interface VerifyReceiptInput {
  /** As `signReceipt` gave it. */
  readonly line: string
  /** What proves it: a public key, or several while they change. */
  readonly key: ProvingKey | readonly ProvingKey[]
  /** The deployment that it has to be of, where one key signs for several. */
  readonly issuer?: string
}

/** A receipt that one of the keys has signed; or why the line is none: it cannot be read, none of them has signed it, or it is of another deployment. */
export type VerifiedReceipt =
  | { readonly ok: true; readonly receipt: Receipt; readonly issuer?: string }
  | { readonly ok: false; readonly code: 'unreadable' | 'unproved' | 'other_issuer' }

const issuer = z.optional(z.string().check(z.minLength(1), z.maxLength(200)))
const signSchema = z.strictObject({ receipt: z.optional(z.unknown()), key: z.optional(z.unknown()), issuer })
const verifySchema = z.strictObject({ line: z.optional(z.unknown()), key: z.optional(z.unknown()), issuer })

/**
 * Signs the receipt of a revocation.
 *
 * @returns a compact JWS, a line of text.
 * @throws SetupError, which is a TypeError, for what is no private key, and for what is no receipt.
 * @example
 * const { receipt } = await tokens.revoke({ actor, id, receipt: true })
 * const line = await signReceipt({ receipt, key: { alg: 'ES256', sign: (bytes) => kms.sign(bytes) } })
 */
export async function signReceipt(input: SignReceiptInput): Promise<string> {
  const { receipt, key, issuer } = readOptions<SignReceiptInput>(
    'signReceipt',
    signSchema,
    input,
    {},
    (given, tell) => {
      if (!receiptIn(given.receipt)) tell(['receipt'], 'must be what revoke() gave as a receipt.')
    },
  )
  const signer = await signerOf(key, 'signReceipt')
  return signedLine(TYPE, { v: 1, ...(issuer !== undefined && { iss: issuer }), ...receiptIn(receipt) }, signer)
}

/**
 * Reads a receipt that was signed. The algorithm is the key's, whatever the line says.
 *
 * @throws SetupError, which is a TypeError, for what is no public key.
 * @example
 * const verified = await verifyReceipt({ line, key: publicJwk })
 * if (verified.ok) console.log(verified.receipt.notAcceptedSince)
 */
export async function verifyReceipt(input: VerifyReceiptInput): Promise<VerifiedReceipt> {
  const { line, key, issuer } = readOptions<VerifyReceiptInput>('verifyReceipt', verifySchema, input)
  const provers = await proversOf(key, 'verifyReceipt')
  const read = typeof line === 'string' ? readLine(line, TYPE) : undefined
  const { v, iss } = read?.fields ?? {}
  const receipt = v === 1 && (iss === undefined || typeof iss === 'string') ? receiptIn(read?.fields) : undefined
  if (!read || !receipt) return { ok: false, code: 'unreadable' }
  if (!(await read.isProvedBy(provers))) return { ok: false, code: 'unproved' }
  if (issuer !== undefined && iss !== issuer) return { ok: false, code: 'other_issuer' }
  return { ok: true, receipt, ...(typeof iss === 'string' && { issuer: iss }) }
}

/** The fields of a receipt and no others, or nothing where one is wrong. */
function receiptIn(value: unknown): Receipt | undefined {
  if (!isObject(value)) return undefined
  const { tokenId, planId, seq, chain, revokedAt, boundMs, notAcceptedSince } = value as Partial<Receipt>
  if (typeof tokenId !== 'string' || typeof planId !== 'string') return undefined
  // No event has a number below 1, and nobody waits for less than nothing.
  if (!(seq === null || isCount(seq)) || !isDate(boundMs) || boundMs < 0) return undefined
  if (!isDate(revokedAt) || !isDate(notAcceptedSince)) return undefined
  if (chain !== undefined && !isLink(chain)) return undefined
  return { tokenId, planId, seq, ...(chain !== undefined && { chain }), revokedAt, boundMs, notAcceptedSince }
}
