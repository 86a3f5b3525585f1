/**
 * The string that a client sends, and how it is recognised without any I/O. How it is made and kept out of logs: core/new-secret.ts.
 * Format: `<prefix>_<32 base62 characters><6 base62 characters of CRC-32 over everything before them>`.
 * What is stored of it: core/digest.ts. Whether it still works: core/lifecycle.ts.
 */
/** Digits of base62 in order of value. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** How many characters are drawn. */
export const RANDOM_LENGTH = 32
const CHECKSUM_LENGTH = 6
/** How long what stands behind a prefix and its underscore is. */
export const TAIL_LENGTH = RANDOM_LENGTH + CHECKSUM_LENGTH
/** Longer than any secret can be: looked at before anything else. */
const MAX_LENGTH = 128

/** The prefixes that a policy may use. The underscore behind one is ours. */
export const PREFIX_PATTERN = /^(?!.*_$)[A-Za-z]\w{0,63}$/
/** What is wrong with any other. */
export const PREFIX_MESSAGE =
  'must begin with a letter, hold letters, digits and _ only, 64 at most, and end without _, since one is put behind it.'

const NO_DIGIT = 255
/** The value of each base62 character by its code. */
const VALUE = new Uint8Array(128).fill(NO_DIGIT)
for (let value = 0; value < BASE62.length; value++) VALUE[BASE62.charCodeAt(value)] = value

/** CRC-32 as zlib has it (reflected polynomial 0xEDB88320), one table entry a byte. */
const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** One more character of ASCII text into a running CRC-32. */
const crcStep = (crc: number, code: number): number => (crc >>> 8) ^ (CRC[(crc ^ code) & 255] as number)

/** The running CRC-32 after some ASCII text. */
function crcAfter(text: string): number {
  let crc = -1
  for (let i = 0; i < text.length; i++) crc = crcStep(crc, text.charCodeAt(i))
  return crc
}

/** The six characters that make a typing error, a truncation or a guess recognisable. */
export function checksumOf(body: string): string {
  let rest = ~crcAfter(body) >>> 0
  let digits = ''
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = BASE62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** Whether a text has the shape and the checksum of a secret. */
export type IsWellFormed = (text: string) => boolean

/**
 * Makes what tells secrets with one of these prefixes from all other text. It does no I/O and hashes nothing, so that typing errors
 * and random probing cost next to nothing (`bench/engine.ts`). The checksum of each prefix is begun once.
 */
export function wellFormedWith(prefixes: Iterable<string>): IsWellFormed {
  const heads = Array.from(prefixes, (prefix) => ({ text: `${prefix}_`, crc: crcAfter(`${prefix}_`) }))
  return (text) => {
    const start = text.length - TAIL_LENGTH
    if (text.length > MAX_LENGTH) return false
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i] as { readonly text: string; readonly crc: number }
      if (head.text.length === start && text.startsWith(head.text)) return isTail(text, start, head.crc)
    }
    return false
  }
}

/** Whether what stands behind a prefix and its underscore are digits, the last of them the checksum of everything before. */
function isTail(text: string, start: number, crcOfHead: number): boolean {
  const end = text.length - CHECKSUM_LENGTH
  let crc = crcOfHead
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (!isDigit(VALUE[code])) return false
    crc = crcStep(crc, code)
  }
  let stated = 0
  for (let i = end; i < text.length; i++) {
    const value = VALUE[text.charCodeAt(i)]
    if (!isDigit(value)) return false
    stated = stated * 62 + value
  }
  return stated === ~crc >>> 0
}

/** Whether it is the value of a digit: there is none for a character beyond ASCII. */
function isDigit(value: number | undefined): value is number {
  return (value as number) < NO_DIGIT
}

/** Whether a text begins as secrets of these prefixes do, so that it could be one, whole or not. */
export function beginsAsSecret(text: string, prefixes: ReadonlySet<string>): boolean {
  for (const prefix of prefixes) if (text.startsWith(`${prefix}_`)) return true
  return false
}

/** How often percent signs are decoded: a URL in the query of another, and one round more. */
const MOST_DECODINGS = 3

/**
 * Every different secret in a text, whatever stands around it: a line of a file, JSON, a URL, percent-encoded or not. Linear in
 * the text: behind each underscore, one look for each prefix.
 */
export function secretsIn(text: string, prefixes: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>()
  const isWellFormed = wellFormedWith(prefixes)
  for (const reading of readingsOf(text)) {
    for (const { index } of reading.matchAll(BEFORE_TAIL)) {
      const end = index + 1 + TAIL_LENGTH
      for (const prefix of prefixes) {
        if (!reading.endsWith(prefix, index)) continue
        const secret = reading.slice(index - prefix.length, end)
        if (isWellFormed(secret)) found.add(secret)
      }
    }
  }
  return found
}

/** A text, and what percent-decoding makes of it, again and again. */
export function* readingsOf(text: string): Generator<string> {
  let reading = text
  for (let round = 0; ; round++) {
    yield reading
    const decoded = reading.replaceAll(/%([2-7][0-9A-Fa-f])/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (decoded === reading || round === MOST_DECODINGS) return
    reading = decoded
  }
}

const BEFORE_TAIL = new RegExp(`_(?=[0-9A-Za-z]{${TAIL_LENGTH}})`, 'g')

/**
 * The source of a regular expression that finds secrets of one prefix in text, for secret scanners. It has no nested
 * quantifier and takes time linear in the text. A hit still has to pass its checksum.
 */
export function secretPattern(prefix: string): string {
  return `\\b${prefix}_[0-9A-Za-z]{${TAIL_LENGTH}}\\b`
}
