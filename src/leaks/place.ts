/**
 * Where a leak was found, as the audit log keeps it. Whoever reports it wrote the address, and it may hold the secret itself: so of
 * an address only its origin and path are kept, and less where these look as if a secret stood in them.
 */
import type { LegacyKeys } from '../core/legacy.ts'
import { readingsOf, TAIL_LENGTH } from '../core/secret.ts'

/** Longer addresses are kept as their origin. */
const LONGEST = 500
/** Any text that is as long as what stands behind a prefix, in either letter case, since a host has one only. */
const LIKE_A_SECRET = new RegExp(`_[0-9A-Za-z]{${TAIL_LENGTH}}`)

/** What is kept of an address: its origin and path, its origin alone, or nothing. */
export function placeOf(url: string | undefined, legacy: LegacyKeys | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { protocol, origin, pathname } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  const isPlain = (text: string): boolean =>
    text.length <= LONGEST &&
    ![...readingsOf(text)].some((reading) => LIKE_A_SECRET.test(reading)) &&
    !holdsKey(text, legacy)
  return [`${origin}${pathname}`, origin].find(isPlain)
}

function holdsKey(text: string, legacy: LegacyKeys | undefined): boolean {
  return legacy !== undefined && (legacy.isIn(text) || legacy.findIn(text).length > 0)
}
