/**
 * Where a token may be used from, as the engine sees it: what reads the list of a token, and what says whether an address is in
 * one. Types alone, so that who has no such tokens carries nothing of it. What makes them: addresses/ranges.ts.
 */
import type { Issue } from './issue.ts'

/** The addresses of one token, ready to be asked. */
export interface AddressList {
  /** Whether it is only watched: a request from elsewhere is let through, and `onDecision` is told. */
  readonly isWatched: boolean
  /** Whether an address is in it. What is no address, or can be read in two ways, is not. Never throws. */
  holds(address: unknown): boolean
}

/** A list of addresses that an admin gave, in its one spelling, or everything that is wrong with it. */
export type ReadAddresses =
  | { readonly ranges: readonly string[]; readonly issues?: never }
  | { readonly ranges?: never; readonly issues: readonly Issue[] }

/**
 * What an engine needs to keep tokens to their addresses, as `addressRanges` of `plan-access-tokens/addresses` makes it. Hand it on;
 * what it holds is for the engine alone.
 */
export interface AddressRanges {
  /** @internal Whether lists are only watched. */
  readonly isWatched: boolean
  /** @internal What is said once of a request whose address is none; `undefined` of one that can be read. */
  problemOf(address: unknown): string | undefined
  /** @internal Reads what a management call was given. */
  read(given: unknown): ReadAddresses
  /** @internal The list of a record, made once for equal ones. A range that cannot be read holds nothing. */
  listOf(ranges: readonly unknown[]): AddressList
  /** @internal Whether each range of one list lies in a range of another. */
  areWithin(ranges: readonly unknown[], others: readonly unknown[]): boolean
  /** @internal An address in its one spelling; `undefined` for what is none. */
  spelt(address: unknown): string | undefined
}
