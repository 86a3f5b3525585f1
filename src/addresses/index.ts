/** `plan-access-tokens/addresses`: keeps tokens to the addresses and networks that their admins have listed. */
export type { AddressRanges } from '../core/addresses.ts'
export { type AddressOptions, addressRanges } from './ranges.ts'
