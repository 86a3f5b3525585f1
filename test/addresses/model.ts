/** Addresses without any library: numbers, and texts made of them. What the reader of addresses is held against. */
import fc from 'fast-check'

const V4_BITS = 32
const V6_BITS = 128
const MAPPED = 0xffffn << 32n

/** An address as a number, in one of the two families. */
export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

export const bitsOf = ({ family }: Pick<Address, 'family'>): number => (family === 4 ? V4_BITS : V6_BITS)

/** `203.0.113.7`. */
const dotted = (value: bigint): string => [24n, 16n, 8n, 0n].map((at) => (value >> at) & 0xffn).join('.')

/** Eight groups, none left out. */
const groupsOf = (value: bigint): readonly string[] =>
  Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))

/** The plainest spelling. */
export const plain = ({ family, value }: Address): string => (family === 4 ? dotted(value) : groupsOf(value).join(':'))

/** Whether an address lies in a network, digit by digit. */
export function isIn(address: Address, network: Address, prefix: number): boolean {
  if (address.family !== network.family) return false
  const rest = BigInt(bitsOf(network) - prefix)
  return address.value >> rest === network.value >> rest
}

/** The network around an address. */
export const networkOf = (address: Address, prefix: number): Address => {
  const rest = BigInt(bitsOf(address) - prefix)
  return { ...address, value: (address.value >> rest) << rest }
}

/** Whether an address of IPv6 is one of IPv4 in disguise. */
export const isMapped = (value: bigint): boolean => value >> 32n === MAPPED >> 32n

const v4 = fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((value): Address => ({ family: 4, value }))
const v6 = fc
  .oneof(
    fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
    // Many zeros, as real ones have.
    fc
      .array(fc.oneof(fc.constant(0n), fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn })), {
        minLength: 8,
        maxLength: 8,
      })
      .map((groups) => groups.reduce((sum, group) => (sum << 16n) | group, 0n)),
  )
  .filter((value) => !isMapped(value))
  .map((value): Address => ({ family: 6, value }))

export const anyAddress = fc.oneof(v4, v6)

/** The other spellings that an address has, all with the one meaning. */
export function spellingsOf({ family, value }: Address): readonly string[] {
  if (family === 4) {
    const mapped = MAPPED | value
    return [dotted(value), `::ffff:${dotted(value)}`, `0:0:0:0:0:FFFF:${dotted(value)}`, groupsOf(mapped).join(':')]
  }
  const groups = groupsOf(value)
  const spelt = [
    groups.join(':'),
    groups.join(':').toUpperCase(),
    groups.map((group) => group.padStart(4, '0')).join(':'),
  ]
  // Any run of zeros may be left out.
  for (let from = 0; from < 8; from++)
    for (let to = from + 1; to <= 8 && groups.slice(from, to).every((group) => group === '0'); to++)
      spelt.push(`${groups.slice(0, from).join(':')}::${groups.slice(to).join(':')}`)
  return [...spelt, `${groups.slice(0, 6).join(':')}:${dotted(value & 0xffffffffn)}`]
}
