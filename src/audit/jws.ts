/**
 * A statement that a key of the host's has signed, as a line of text: a compact JWS (RFC 7515). What is stated: audit/checkpoint.ts and
 * audit/receipt.ts. The keys: audit/keys.ts.
 */
import type { Prover, Signer } from './keys.ts'

/** No line is longer. */
const LONGEST = 8_000

/** Signs a statement. @param type what kind it is, so that none passes for another. */
export async function signedLine(type: string, fields: object, signer: Signer): Promise<string> {
  const said = `${encoded({ alg: signer.alg, typ: type })}.${encoded(fields)}`
  return `${said}.${base64Url(await signer.sign(bytesOf(said)))}`
}

/** A line as it was read; whoever takes its fields asks first by whom they are proved. */
export interface ReadLine {
  readonly fields: { readonly [field: string]: unknown }
  isProvedBy(provers: readonly Prover[]): Promise<boolean>
}

/** Reads a line; `undefined` for what is no statement of this type. */
export function readLine(line: string, type: string): ReadLine | undefined {
  const text = line.trim()
  const [head, payload, signed, ...more] = text.length > LONGEST ? [] : text.split('.')
  const signature = bytesOfBase64Url(signed)
  if (head === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined
  const { alg, typ, crit } = decoded(head)
  if (typ !== type || crit !== undefined) return undefined
  const bytes = bytesOf(`${head}.${payload}`)
  return {
    fields: decoded(payload),
    async isProvedBy(provers) {
      for (const prover of provers) if (prover.alg === alg && (await prover.proves(signature, bytes))) return true
      return false
    },
  }
}

/** Whether it is a link of the chain. */
export const isLink = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

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
