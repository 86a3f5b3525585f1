/** Where a policy takes its secrets from, made ready for the headers of requests. What reads them: core/credential.ts. */

/** The header of bearer tokens (RFC 6750), in lower case. */
export const AUTHORIZATION = 'authorization'

/** The places. */
export interface CredentialPlaces {
  /** In lower case. */
  readonly headers: readonly string[]
  readonly bearer: boolean
  /** How long these names are: a bit for each length, counted by 32. */
  readonly lengths: number
}

/** Makes them ready. */
export function placesOf({ headers, bearer }: Omit<CredentialPlaces, 'lengths'>): CredentialPlaces {
  const names = bearer ? [...headers, AUTHORIZATION] : headers
  return { headers, bearer, lengths: names.reduce((bits, name) => bits | (1 << name.length), 0) }
}
