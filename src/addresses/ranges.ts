/** `addressRanges`: what an engine is given so that it keeps tokens to their addresses. */
import * as z from 'zod/mini'
import type { AddressRanges } from '../core/addresses.ts'
import { readOptions } from '../core/setup.ts'
import { areWithin, createLists } from './list.ts'
import { parseRange } from './parse.ts'
import { readRanges } from './read.ts'

/** What `addressRanges` takes. */
export interface AddressOptions {
  /**
   * `enforce` (default): a request from elsewhere is refused with `address_not_allowed`. `watch`: it is let through, and `onDecision`
   * is told of it by `wouldRefuse`, to see what a list would do before it does.
   */
  readonly mode?: 'enforce' | 'watch'
}

const UNSAID =
  'A token that may be used from some addresses alone came without an address. Give the guard the option address, a function that says at once and as text where a request came from, or authorize() the option address (docs/addresses.md).'
const UNREAD =
  'A token that may be used from some addresses alone came with something that is no address. The option address has to give one address and nothing beside it: no port, no brackets, no list of a header (docs/addresses.md).'

const schema = z.strictObject({ mode: z.optional(z.literal(['enforce', 'watch'])) })

/**
 * Makes the option `addresses` of `createPlanTokens` and `createAuthorizer`: tokens may then have a list of the addresses and networks
 * that they may be used from. Every process that answers requests needs it; one without it refuses such tokens.
 *
 * @throws SetupError, which is a TypeError, with every mistake of the options.
 * @example
 * const tokens = createPlanTokens({ policy, store, directory, addresses: addressRanges() })
 * await tokens.create({ ...input, addresses: ['203.0.113.0/24', '2001:db8::/48'] })
 */
export function addressRanges(options: AddressOptions = {}): AddressRanges {
  const { mode = 'enforce' } = readOptions<AddressOptions>('addressRanges', schema, options)
  const isWatched = mode === 'watch'
  const holdsFor = createLists()
  const spelt = (address: unknown): string | undefined =>
    typeof address === 'string' && !address.includes('/') ? parseRange(address)?.text : undefined
  return Object.freeze<AddressRanges>({
    isWatched,
    read: readRanges,
    areWithin,
    listOf: (ranges) => ({ isWatched, holds: holdsFor(ranges) }),
    spelt,
    problemOf(address) {
      if (address === undefined || address === null) return UNSAID
      return spelt(address) === undefined ? UNREAD : undefined
    },
  })
}
