/**
 * Which addresses are of the public internet: all others are refused, unless a host says otherwise. Pure. IPv4 that stands in IPv6 is
 * judged as what it is. By the registries of IANA, as `ipaddr.js` has them.
 */
import ipaddr from 'ipaddr.js'

/** Where all of IPv6's public addresses are. */
const GLOBAL = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/** Whether an address belongs to the public internet. What cannot be read does not. */
export function isPublic(address: string): boolean {
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)
  if (!isPlain || address.includes('%')) return false
  const read = ipaddr.process(address)
  if (read.range() !== 'unicast') return false
  return read.kind() === 'ipv4' || (read as ipaddr.IPv6).match(GLOBAL)
}

/** The address that a URL's host is, without brackets; `undefined` if it is a name. The URL has spelt it plainly by then. */
export function addressIn(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return ipaddr.isValid(bare) ? bare : undefined
}
