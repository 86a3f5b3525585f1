/**
 * What a record grants and how it is shown, made once for a record that nobody can change and anew for any other. Deeply
 * frozen records are what `memoryStore` gives; an allowlist of 500 then costs what one of 1 does (bench/engine.ts).
 */
import type { AddressList, AddressRanges } from '../core/addresses.ts'
import { grantOf, warningsOf } from '../core/entitlement.ts'
import { isDeeplyFrozen } from '../core/freeze.ts'
import type { TypeEntry } from '../core/policy.ts'
import type { PlacedGrant } from '../core/reach.ts'
import type { Reach } from '../core/resources.ts'
import { grantedScopes, type SecretRecord, type TokenRecord } from '../core/token.ts'
import { type Token, viewOf } from '../core/token-view.ts'

/** Cap on cached views; one per cached record would double memory. */
const MAX_SHOWN = 10_000

/** What is kept with a record. */
export interface KeptGrant extends PlacedGrant {
  /** The token as an allowance shows it; made at the first one. */
  token: Token | undefined
  /** The allowlist as a handler of lists gets it; made at the first one. */
  reach: Reach | undefined
  /** The secret whose use was noted last, and in which minute. */
  used: SecretRecord | undefined
  usedIn: number
  opened: object | undefined
}

/** Reads records for the rules. */
export interface GrantCache {
  grantOf(record: TokenRecord): KeptGrant
  /** The token of a record that was found to be active, so that nothing of it depends on the time any more. */
  activeToken(record: TokenRecord, grant: KeptGrant, now: number): Token
}

/** Makes it for one engine. */
export function createGrantCache(types: ReadonlyMap<string, TypeEntry>, ranges: AddressRanges | undefined): GrantCache {
  const known = new WeakMap<TokenRecord, KeptGrant>()
  /** What holds them, in a ring. */
  const shown: KeptGrant[] = []
  let next = 0
  return {
    grantOf(record) {
      const before = known.get(record)
      if (before) return before
      const type = types.get(record.type)
      const { scopes, allowlist } = grantOf(record, type)
      const grant: KeptGrant = {
        planId: record.planId,
        kinds: type?.policy.kinds ?? NO_KINDS,
        scopes,
        allowlist,
        addresses: addressesOf(record, ranges),
        token: undefined,
        reach: undefined,
        used: undefined,
        usedIn: Number.NaN,
        opened: undefined,
      }
      if (isDeeplyFrozen(record)) known.set(record, grant)
      return grant
    },
    activeToken(record, grant, now) {
      if (grant.token) return grant.token
      const oldest = shown[next]
      if (oldest) oldest.token = undefined
      shown[next] = grant
      next = (next + 1) % MAX_SHOWN
      const warnings = warningsOf(grantedScopes(record), record.lifetimeDays, types.get(record.type))
      grant.token = viewOf(record, now, { scopes: grant.scopes, warnings })
      return grant.token
    },
  }
}

/**
 * Where a token may be used from. A list that nobody here can read, and an empty one, which no call makes, is nowhere: not only
 * watched either.
 */
function addressesOf({ addresses }: TokenRecord, ranges: AddressRanges | undefined): AddressList | undefined {
  if (addresses === undefined) return undefined
  const isReadable = Array.isArray(addresses) && addresses.length > 0
  return isReadable && ranges ? ranges.listOf(addresses) : NOWHERE
}

/** Of a type that no policy has. */
const NO_KINDS: PlacedGrant['kinds'] = new Map()
const NOWHERE: AddressList = Object.freeze({ isWatched: false, holds: () => false })
