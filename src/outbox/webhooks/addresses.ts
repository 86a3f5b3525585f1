/**
 * Which addresses are of the public internet: all others are refused, unless a host says otherwise. Pure. IPv4 that stands in IPv6 is
 * judged as what it is. By the registries of IANA, as `ip-address` has them. How an address is read: addresses/parse.ts.
 */
import { parse } from '../../addresses/parse.ts'

/**
 * What the registries call reachable from everywhere, and what something of one's own network answers all the same: a server of an
 * anycast address (PCP, TURN, AMT, AS112), a relay of 6to4, or the translator to IPv4.
 */
const NEARBY = [
  '192.0.0.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  '64:ff9b::/96',
  '2001::/23',
  '2620:4f:8000::/48',
].flatMap((network) => parse(network) ?? [])

/** Whether an address belongs to the public internet. What cannot be read does not. */
export function isPublic(text: string): boolean {
  const address = addressOf(text)
  if (!address?.isGlobal()) return false
  return !NEARBY.some((network) => address.isInSubnet(network))
}

/** The address that a URL's host is, without brackets; `undefined` if it is a name. The URL has spelt it plainly by then. */
export function addressIn(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return addressOf(bare) && bare
}

const addressOf = (text: string) => (text.includes('/') ? undefined : parse(text))
