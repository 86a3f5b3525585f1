/**
 * A script: what `authorize` takes beside the floor of bench/floor.ts, and a page of a list of many tokens beside one of few. What the
 * figures are: bench/engine.ts.
 */
import { millisecondsInDay } from 'date-fns/constants'
import { figmaPolicy } from 'plan-access-tokens/figma'
import type { EngineTimes } from '../engine.ts'
import { FROM, legacyWorld, policyWithRoutes, requestsFor, world } from '../engine-world.ts'
import { list } from '../list.ts'
import { interleaved, rounded } from '../measure.ts'
import { ours, type Requests, theFloor } from '../sides.ts'

process.stdout.write(JSON.stringify(await times()))

async function times(): Promise<EngineTimes> {
  const policy = figmaPolicy()
  const thousand = await world(policy, 1_000)
  const stranger = await world(policy, 1_000)
  const fresh = await world(policy, 1_000, { freshnessMs: 1_000 })
  const expired = await world(policy, 1_000, { ageMs: 400 * millisecondsInDay })
  const requests = requestsFor(thousand.secrets)
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
  })

  // What is made for these lies in the heap beside all that is measured together, so they come after it.
  const fetched = requests.map(
    ({ method, url, headers }) => new Request(`https://api.example.com${url}`, { method, headers }),
  )
  const fetches = await interleaved({
    floor: theFloor(thousand, requests),
    request: ours(thousand, fetched as unknown as Requests),
  })
  const listOf1 = await world(policy, 1_000, { links: 1 })
  const listOf500 = await world(policy, 100, { links: 500 })
  const lists = await interleaved({
    floor: theFloor(thousand, requests),
    of1: ours(listOf1, requestsFor(listOf1.secrets)),
    of500: ours(listOf500, requestsFor(listOf500.secrets)),
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
      allowlist: rounded(lists.of500 / lists.floor),
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
    list: await list(),
    floorNs: rounded(main.floor),
    fetchRequest: rounded(fetches.request / fetches.floor),
    allowlistOf500To1: rounded(lists.of500 / lists.of1),
    routes540To54: rounded(routes.many / routes.few),
  }
}
