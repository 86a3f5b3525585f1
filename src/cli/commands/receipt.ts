/** `receipt`: what a signed receipt proves. And how `revoke --receipt` shows one, or signs it. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { signReceipt, type VerifiedReceipt, verifyReceipt } from '../../audit/receipt.ts'
import type { Receipt } from '../../service/receipt.ts'
import { CliError } from '../exit.ts'
import type { Io } from '../io.ts'
import { keyIn } from '../keys.ts'
import type { Session } from '../session.ts'
import { showTable } from '../show.ts'

/** Flags of `receipt`. */
export interface ReceiptOptions {
  readonly key: readonly string[]
  readonly issuer?: string
}

/** How a receipt is signed; `undefined` where it is not. */
export type Signing = ((receipt: Receipt) => Promise<string>) | undefined

const REASONS: { readonly [C in Extract<VerifiedReceipt, { ok: false }>['code']]: string } = {
  unreadable: 'This is no signed receipt',
  unproved: 'None of the keys has signed this receipt',
  other_issuer: 'The receipt is of another deployment than --issuer says',
}

/** Tells what a signed receipt says, and ends with 1 where nothing vouches for it. */
export async function receipt(
  { io }: Session,
  file: string | undefined,
  { key, issuer }: ReceiptOptions,
): Promise<void> {
  if (file === undefined && process.stdin.isTTY)
    throw new CliError('usage', 'usage', 'Which receipt? Say its file, or give it by stdin.')
  const keys = await Promise.all(key.map((one) => keyIn(one, 'public')))
  const line = (file === undefined ? await text(process.stdin) : await readFile(file, 'utf8')).trim()
  const verified = await verifyReceipt({ line, key: keys, ...(issuer !== undefined && { issuer }) })
  if (io.json) io.data(JSON.stringify(verified))
  if (!verified.ok) throw new CliError('found', `receipt_${verified.code}`, `${REASONS[verified.code]}.`)
  if (!io.json) showReceipt(io, verified.receipt, verified.issuer)
}

/** Reads the key before anything is ended, so that a wrong one ends nothing. */
export async function signing(key: string | undefined, issuer: string | undefined): Promise<Signing> {
  if (key === undefined) return undefined
  const read = await keyIn(key, 'private')
  return (receipt) => signReceipt({ receipt, key: read, ...(issuer !== undefined && { issuer }) })
}

/** A receipt, a field a line: its moments to the millisecond. */
export function showReceipt(io: Io, receipt: Receipt, issuer?: string): void {
  const { tokenId, planId, seq, chain, revokedAt, boundMs, notAcceptedSince } = receipt
  const rows: [string, string][] = [
    ...(issuer === undefined ? [] : [['issuer', issuer] as [string, string]]),
    ['token', tokenId],
    ['plan', planId],
    ['event', seq === null ? 'not in the log any more' : String(seq)],
    ...(chain === undefined ? [] : [['chain', chain] as [string, string]]),
    ['revoked', new Date(revokedAt).toISOString()],
    ['freshness', `${boundMs} ms`],
    ['not accepted since', new Date(notAcceptedSince).toISOString()],
  ]
  showTable(io, ['field', 'value'], rows, '')
}
