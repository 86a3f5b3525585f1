/** What a guard adds to the answer of a request that it lets through. Refusals: core/denial.ts. */
import type { Allowed } from '../service/decision.ts'

/**
 * The headers of an answer to a request that was let through: `Cache-Control` and `Vary` (RFC 9111), and, for a secret that
 * works only a while longer, since when it is retired (`Deprecation`, RFC 9745) and until when it works (`Sunset`, RFC 8594).
 * Whoever puts them onto an answer joins `Vary` with what is there.
 */
export function headersOf({ headers, token, secret }: Allowed<string>): Readonly<Record<string, string>> {
  const worksUntil = secret?.worksUntil ?? null
  if (worksUntil === null || token === null) return headers
  const place = token.secrets.findLastIndex((one) => one.worksUntil === worksUntil)
  // It was retired when the next one was issued.
  const retiredAt = token.secrets[place + 1]?.issuedAt ?? token.createdAt
  return {
    ...headers,
    Deprecation: `@${Math.floor(retiredAt / 1_000)}`,
    Sunset: new Date(Math.min(worksUntil, token.expiresAt)).toUTCString(),
  }
}

/** Whether a header is `Vary`, which is the one that is joined and not replaced. Hot: the length tells most others apart. */
export function isVary(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === 'vary'
}

/** Two values of `Vary` as one, each name once. */
export function joinVary(before: string | undefined, added: string): string {
  if (!before) return added
  const known = new Set(namesIn(before).map((name) => name.toLowerCase()))
  if (known.has('*')) return before
  return [before, ...namesIn(added).filter((name) => !known.has(name.toLowerCase()))].join(', ')
}

function namesIn(list: string): readonly string[] {
  return list.split(',').map((name) => name.trim())
}
