/**
 * `npm run bench -- engine --json FILE`: what `authorize` costs, as ratios to the floor of bench/floor.ts measured in the same
 * run, what the memory store takes a token, and what a page of its lists costs.
 */
import { resultOf } from './built.ts'
import type { Allocation } from './engine/allocation.ts'
import type { ListRatios } from './list.ts'

/** The result that is written to the file. Ratios to the floor of the same run, unless the name says `Ns`. */
export interface EngineResult {
  readonly authorize: {
    readonly floor: 1
    readonly rest: number
    /** The same with `freshnessMs` 1,000. */
    readonly fresh: number
    readonly malformed: number
    readonly unknown: number
    readonly expired: number
    readonly allowlist: number
  }
  /** A key from before: out of the store, out of memory (`freshnessMs` 1,000), unknown; and a secret of ours in such an engine. */
  readonly legacy: {
    readonly cold: number
    readonly warm: number
    readonly unknown: number
    readonly rest: number
  }
  /** A token that may be used from one network and from a hundred, by a client that comes again, and from addresses that are new. */
  readonly addresses: { readonly of1: number; readonly of100: number; readonly new: number }
  readonly routes: { readonly '54': number; readonly '540': number }
  readonly tokens: { readonly '1000': number; readonly '1000000': number }
  readonly bytesPerToken: number
  /** What is allocated for one request, and by the floor for one. */
  readonly bytesPerRequest: Allocation
  readonly list: ListRatios
  readonly floorNs: number
  readonly fetchRequest: number
  readonly allowlistOf500To1: number
  readonly routes540To54: number
}

/** What each figure may be at most. */
export const ENGINE_LIMITS: { readonly [figure: string]: number } = {
  'authorize.rest': 1.6,
  'authorize.fresh': 1.8,
  'authorize.malformed': 0.3,
  'authorize.unknown': 0.9,
  'authorize.expired': 1.05,
  fetchRequest: 2.2,
  'addresses.of1': 1.3,
  'addresses.of100': 1.3,
  'legacy.cold': 3,
  'legacy.warm': 3,
  'legacy.rest': 2,
  'tokens.1000': 2,
  'tokens.1000000': 2,
  routes540To54: 1.3,
  allowlistOf500To1: 1.3,
  // 160 of them are the hash and the link of its event.
  bytesPerToken: 1_050,
  'bytesPerRequest.rest': 1_000,
  'bytesPerRequest.fresh': 1_000,
  'list.newest.first': 2,
  'list.newest.after': 2,
  'list.newest.filtered': 2,
  'list.newest.filteredAfter': 2,
  'list.expiry.first': 2,
  'list.expiry.after': 2,
  'list.expiry.filtered': 2,
  'list.expiry.filteredAfter': 2,
}

/** What bench/engine/times.ts measures. */
export type EngineTimes = Omit<EngineResult, 'bytesPerToken' | 'bytesPerRequest'>

export async function engine(): Promise<EngineResult> {
  const times = await resultOf<EngineTimes>(new URL('./engine/times.ts', import.meta.url))
  const bytesPerToken = await resultOf<number>(new URL('./engine/memory.ts', import.meta.url), {
    flags: ['--expose-gc', '--max-old-space-size=8192'],
    args: ['1000000'],
  })
  const bytesPerRequest = await resultOf<Allocation>(new URL('./engine/allocation.ts', import.meta.url), {
    flags: ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'],
  })
  return { ...times, bytesPerToken, bytesPerRequest }
}
