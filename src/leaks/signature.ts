/** Signatures as scanners send them, for WebCrypto, which every platform has: base64, DER and hexadecimal, each in one form only. */

/** The bytes of base64 with its padding; `undefined` for anything else. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !/^[0-9A-Za-z+/]+={0,2}$/.test(text)) return undefined
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** The bytes of lower-case hexadecimal; `undefined` for anything else. */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]+$/.test(text)) return undefined
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** The bytes of a number on P-256. */
const NUMBER = 32
const [SEQUENCE, INTEGER] = [0x30, 0x02]

/**
 * An ECDSA signature on P-256 as WebCrypto takes it, 64 bytes, out of DER: a sequence of two integers (RFC 3279, section 2.2.3).
 * `undefined` for anything that is not the one encoding of two numbers that fit.
 */
export function rawOfDer(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  // Two numbers of 33 bytes at most, so that each length is one byte.
  if (der[0] !== SEQUENCE || der[1] !== der.length - 2 || der.length > 2 * (NUMBER + 3) + 2) return undefined
  const raw = new Uint8Array(2 * NUMBER)
  let at = 2
  for (const end of [NUMBER, 2 * NUMBER]) {
    const length = der[at + 1] ?? 0
    const number = der.subarray(at + 2, at + 2 + length)
    const [first = 0, second = 0] = number
    const isNegative = first > 127
    const isPadded = first === 0 && second < 128
    if (der[at] !== INTEGER || length === 0 || number.length !== length || isNegative || isPadded) return undefined
    const digits = first === 0 ? number.subarray(1) : number
    if (digits.length > NUMBER) return undefined
    raw.set(digits, end - digits.length)
    at += 2 + length
  }
  return at === der.length ? raw : undefined
}
