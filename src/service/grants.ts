/**
 * What a record grants and how it is shown, made once for a record that nobody can change and anew for any other. Deeply
 * frozen records are what `memoryStore` gives; an allowlist of 500 then costs what one of 1 does (bench/engine.ts).
 */
import { type Grant, grantOf, type Token, type TokenRecord, viewOf } from '../core/token.ts'

interface Prepared {
  readonly grant: Grant
  /** The token as an allowance shows it; made at the first one. */
  token: Token | undefined
}

/** Reads records for the rules. */
export interface Grants {
  grantOf(record: TokenRecord): Grant
  /** The token of a record that was found to be active. */
  activeToken(record: TokenRecord, now: number): Token
}

/** Makes it for one engine. */
export function createGrants(deprecated: ReadonlySet<string>): Grants {
  const known = new WeakMap<TokenRecord, Prepared>()
  const prepare = (record: TokenRecord): Prepared => {
    const before = known.get(record)
    if (before) return before
    const prepared: Prepared = { grant: grantOf(record), token: undefined }
    if (isDeeplyFrozen(record)) known.set(record, prepared)
    return prepared
  }
  return {
    grantOf: (record) => prepare(record).grant,
    activeToken(record, now) {
      const prepared = prepare(record)
      // Active now: nothing in the view depends on the time any more.
      prepared.token ??= viewOf(record, now, deprecated)
      return prepared.token
    },
  }
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen)
}
