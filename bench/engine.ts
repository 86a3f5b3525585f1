/**
 * `npm run bench -- engine --json FILE`: what `authorize` costs, as ratios to the floor of bench/floor.ts measured in the same
 * run, what the memory store takes a token, and what a page of its lists costs.
 */
import { millisecondsInDay } from 'date-fns/constants'
import { figmaPolicy } from 'plan-access-tokens/figma'
import { bytesPerRequest } from './allocation.ts'
import { FROM, legacyWorld, policyWithRoutes, requestsFor, world } from './engine-world.ts'
import { type ListRatios, list } from './list.ts'
import { interleaved, rounded } from './measure.ts'
import { bytesPerToken } from './memory.ts'
import { ours, type Requests, theFloor } from './sides.ts'

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
  readonly bytesPerRequest: { readonly floor: number; readonly rest: number; readonly fresh: number }
  readonly list: ListRatios
  readonly floorNs: number
  readonly fetchRequest: number
  readonly allowlistOf500To1: number
  readonly routes540To54: number
}

/** What each figure may be at most. */
export const ENGINE_LIMITS: { readonly [figure: string]: number } = {
  'authorize.rest': 2,
  'authorize.malformed': 0.5,
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
  'bytesPerRequest.rest': 1_250,
  'bytesPerRequest.fresh': 1_400,
  'list.newest.first': 2,
  'list.newest.after': 2,
  'list.newest.filtered': 2,
  'list.newest.filteredAfter': 2,
  'list.expiry.first': 2,
  'list.expiry.after': 2,
  'list.expiry.filtered': 2,
  'list.expiry.filteredAfter': 2,
}

export async function engine(): Promise<EngineResult> {
  const policy = figmaPolicy()
  const thousand = await world(policy, 1_000)
  const stranger = await world(policy, 1_000)
  const fresh = await world(policy, 1_000, { freshnessMs: 1_000 })
  const expired = await world(policy, 1_000, { ageMs: 400 * millisecondsInDay })
  const listOf1 = await world(policy, 1_000, { links: 1 })
  const listOf500 = await world(policy, 100, { links: 500 })
  const requests = requestsFor(thousand.secrets)
  const fetched = requests.map(
    ({ method, url, headers }) => new Request(`https://api.example.com${url}`, { method, headers }),
  )
  const main = await interleaved({
    floor: theFloor(thousand, requests),
    rest: ours(thousand, requests),
    fresh: ours(fresh, requestsFor(fresh.secrets)),
    malformed: ours(
      thousand,
      requestsFor(thousand.secrets.map((secret) => `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`)),
      'token_malformed',
    ),
    unknown: ours(thousand, requestsFor(stranger.secrets), 'token_unknown'),
    expired: ours(expired, requestsFor(expired.secrets), 'token_expired'),
    allowlist1: ours(listOf1, requestsFor(listOf1.secrets)),
    allowlist500: ours(listOf500, requestsFor(listOf500.secrets)),
    fetchRequest: ours(thousand, fetched as unknown as Requests),
  })

  const from1 = await world(policy, 1_000, { networks: 1 })
  const from100 = await world(policy, 1_000, { networks: 100 })
  const addresses = await interleaved({
    none: ours(thousand, requests),
    of1: ours(from1, requestsFor(from1.secrets), undefined, () => FROM),
    of100: ours(from100, requestsFor(from100.secrets), undefined, () => FROM),
    new: ours(from100, requestsFor(from100.secrets), undefined, (i) => `10.${i % 90}.${(i >> 8) & 255}.${i & 255}`),
  })

  const legacy = await legacyWorld(policy, 1_000)
  const legacyFresh = await legacyWorld(policy, 1_000, 1_000)
  const strangers = legacy.keys.map((key) => `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`)
  const keys = await interleaved({
    floor: theFloor(thousand, requests),
    cold: ours(legacy, requestsFor(legacy.keys)),
    warm: ours(legacyFresh, requestsFor(legacyFresh.keys)),
    unknown: ours(legacy, requestsFor(strangers), 'token_unknown'),
    rest: ours(legacy, requestsFor(legacy.secrets)),
  })

  const routes54 = await world(policyWithRoutes(54), 1_000)
  const routes540 = await world(policyWithRoutes(540), 1_000)
  const routes = await interleaved({
    floor: theFloor(routes54, requestsFor(routes54.secrets)),
    few: ours(routes54, requestsFor(routes54.secrets)),
    many: ours(routes540, requestsFor(routes540.secrets)),
  })

  const million = await world(policy, 1_000_000)
  const sample = requestsFor(million.secrets)
  const tokens = await interleaved({
    floor1000: theFloor(thousand, requests),
    ours1000: ours(thousand, requests),
    floorMillion: theFloor(million, sample),
    oursMillion: ours(million, sample),
  })

  const ofFloor = (ns: number): number => rounded(ns / main.floor)
  return {
    authorize: {
      floor: 1,
      rest: ofFloor(main.rest),
      fresh: ofFloor(main.fresh),
      malformed: ofFloor(main.malformed),
      unknown: ofFloor(main.unknown),
      expired: ofFloor(main.expired),
      allowlist: ofFloor(main.allowlist500),
    },
    legacy: {
      cold: rounded(keys.cold / keys.floor),
      warm: rounded(keys.warm / keys.floor),
      unknown: rounded(keys.unknown / keys.floor),
      rest: rounded(keys.rest / keys.floor),
    },
    addresses: {
      of1: rounded(addresses.of1 / addresses.none),
      of100: rounded(addresses.of100 / addresses.none),
      new: rounded(addresses.new / addresses.none),
    },
    routes: { '54': rounded(routes.few / routes.floor), '540': rounded(routes.many / routes.floor) },
    tokens: {
      '1000': rounded(tokens.ours1000 / tokens.floor1000),
      '1000000': rounded(tokens.oursMillion / tokens.floorMillion),
    },
    bytesPerToken: bytesPerToken(1_000_000),
    bytesPerRequest: bytesPerRequest(),
    list: await list(),
    floorNs: rounded(main.floor),
    fetchRequest: ofFloor(main.fetchRequest),
    allowlistOf500To1: rounded(main.allowlist500 / main.allowlist1),
    routes540To54: rounded(routes.many / routes.few),
  }
}
