/**
 * Addresses and networks of IPv4 and IPv6, read by the `ip-address` package and held to one reading each: no octal, no hexadecimal
 * and no short forms of IPv4, no zone of IPv6. What may stand in a list: addresses/read.ts. Which are public: outbox/webhooks/addresses.ts.
 */
import { Address4, Address6 } from 'ip-address'

/** An address, or all those of a network. */
export interface Range {
  /** The one spelling: RFC 5952 for IPv6; without a prefix if it is one address. */
  readonly text: string
  /** As numbers, by which ranges are compared. No address of IPv4 is in a range of IPv6. */
  readonly first: bigint
  readonly last: bigint
  /** Whether the address that was written is the first, as that of a network is. */
  readonly isNetwork: boolean
  /** What was written, as one address. */
  readonly address: string
}

/** The longest address of IPv6 with a prefix behind it. */
const LONGEST = 49
/** No percent sign, behind which a zone stands: it means something on one machine alone. */
const CHARACTERS = /^[0-9a-f.:]+(?:\/(?:0|[1-9][0-9]{0,2}))?$/i
/** Puts IPv6 behind the numbers of IPv4. */
const IPV6 = 1n << 128n

/** Reads an address, or one with the length of its prefix behind a slash; `undefined` for what is neither. */
export function parseRange(text: string): Range | undefined {
  const parsed = parse(text)
  if (!parsed) return undefined
  const { subnetMask } = parsed
  const network = parsed.startAddress()
  const isIpv6 = parsed instanceof Address6
  const isWhole = subnetMask === (isIpv6 ? 128 : 32)
  const offset = isIpv6 ? IPV6 : 0n
  return {
    text: isWhole ? network.correctForm() : `${network.correctForm()}/${subnetMask}`,
    first: network.bigInt() + offset,
    last: parsed.endAddress().bigInt() + offset,
    isNetwork: network.bigInt() === parsed.bigInt(),
    address: parsed.correctForm(),
  }
}

/** The same, as the package has it: for what else is asked of an address. */
export function parse(text: string): Address4 | Address6 | undefined {
  if (text.length > LONGEST || !CHARACTERS.test(text)) return undefined
  try {
    if (!text.includes(':')) return new Address4(text)
    const address = new Address6(text)
    // IPv4 in the clothes of IPv6 (RFC 4291, section 2.5.5.2), as a server that listens on both sees it.
    return address.isMapped4() && address.subnetMask >= MAPPED ? address.to4() : address
  } catch {
    return undefined
  }
}

/** Where the address of IPv4 begins in a mapped one. */
const MAPPED = 96
