/**
 * `npm run bench -- limits --json FILE`: what a limit of requests adds to `authorize`, with the limiter in memory, as ratios to an engine
 * without limits in the same run; and what a bucket takes.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { figmaLimits, figmaPolicy } from 'plan-access-tokens/figma'
import { requestLimits } from 'plan-access-tokens/limits'
import { memoryLimiter } from 'plan-access-tokens/limits/memory'
import { requestsFor, world } from './engine-world.ts'
import { interleaved, rounded } from './measure.ts'
import { ours } from './sides.ts'

/** The result that is written to the file. */
export interface LimitsResult {
  /** One rule for everything. */
  readonly oneRule: number
  /** Figma's six rules with the last of them binding, and 94 more for single tokens in front. */
  readonly hundredRules: number
  /** Refused by the limit. */
  readonly refused: number
  readonly withoutNs: number
  readonly bytesPerBucket: number
}

/** What each figure may be at most. */
export const LIMITS_LIMITS: { readonly [figure: string]: number } = {
  oneRule: 2,
  hundredRules: 2.5,
  refused: 2.5,
  bytesPerBucket: 500,
}

const WIDE = { requests: 1_000_000, perSeconds: 1 }

export async function limits(): Promise<LimitsResult> {
  const policy = figmaPolicy()
  const of = (rules: Parameters<typeof requestLimits>[0]['rules'], groups = {}) =>
    world(policy, 1_000, {
      limits: requestLimits({ limiter: memoryLimiter(), whenUnavailable: 'deny', rules, groups }),
    })
  const without = await world(policy, 1_000)
  const one = await of([{ name: 'all', ...WIDE }])
  const figma = figmaLimits()
  const single = Array.from({ length: 94 }, (_, i) => ({ name: `t${i}`, token: `none-${i}`, ...WIDE }))
  const hundred = await of([...single, ...figma.rules.map((rule) => ({ ...rule, ...WIDE }))], figma.groups)
  const usedUp = await of([{ name: 'all', requests: 1, perSeconds: 2_678_400 }])
  const refused = requestsFor(usedUp.secrets)
  for (const request of refused) await usedUp.tokens.authorize(request)
  const times = await interleaved({
    without: ours(without, requestsFor(without.secrets)),
    one: ours(one, requestsFor(one.secrets)),
    hundred: ours(hundred, requestsFor(hundred.secrets)),
    refused: ours(usedUp, refused, 'rate_limited'),
  })
  const ratio = (ns: number): number => rounded(ns / times.without)
  return {
    oneRule: ratio(times.one),
    hundredRules: ratio(times.hundred),
    refused: ratio(times.refused),
    withoutNs: rounded(times.without),
    bytesPerBucket: bytesPerBucket(),
  }
}

/** What the heap grows by for one of 100,000 buckets. */
function bytesPerBucket(): number {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const collect = (): number => {
    gc()
    return process.memoryUsage().heapUsed
  }
  const count = 100_000
  const limiter = memoryLimiter({ keys: 2 * count })
  const before = collect()
  for (let i = 0; i < count; i++) limiter.take({ key: `all:token:${i}`, requests: 100, perSeconds: 60, cost: 1 })
  const bytes = (collect() - before) / count
  // Still in use, so that it was there.
  limiter.look?.({ key: 'all:token:0', requests: 100, perSeconds: 60, cost: 1 })
  return rounded(bytes)
}
