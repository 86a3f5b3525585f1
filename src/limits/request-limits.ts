/**
 * `requestLimits`: counts requests against limits, by rules of the host's and a limiter behind a port. Which rule binds:
 * limits/rules.ts. What a limiter is: limits/limiter.ts. When the engine asks: service/gather.ts.
 */
import * as z from 'zod/mini'
import type { CountedFacts, CountingEngine, RequestLimits } from '../core/limits.ts'
import { isThenable, letGo } from '../core/objects.ts'
import { readOptions } from '../core/setup.ts'
import { judged, read } from '../core/shape.ts'
import { limitedOf } from './headers.ts'
import { type RateLimiter, readTaken, type Take, type Taken } from './limiter.ts'
import {
  type CompiledRule,
  checkAgainst,
  compileRules,
  judgeRules,
  type LimitedRequest,
  type LimitGroups,
  type LimitRule,
  type LimitSize,
  rulesShape,
  sizeSchema,
} from './rules.ts'

/** How requests are limited. */
export interface RequestLimitsOptions {
  /** What counts: `memoryLimiter()`, `redisLimiter(client)`, or your own. */
  readonly limiter: RateLimiter
  /**
   * What happens while the limiter fails, or does not answer within the engine's `timeoutMs`: `allow` lets requests through uncounted,
   * so that a limiter that is down takes nothing else down; `deny` answers them with `unavailable` (503), where a limit must hold.
   */
  readonly whenUnavailable: 'allow' | 'deny'
  /** From above, the first that fits a request binds. A request that none fits is not limited. */
  readonly rules: readonly LimitRule[]
  /** Endpoints by name, for `endpoints` of the rules. */
  readonly groups?: LimitGroups
}

const hasMethod = (value: unknown, method: string): boolean =>
  typeof (value as { readonly [name: string]: unknown } | null | undefined)?.[method] === 'function'
const schema = z.strictObject({
  limiter: judged((value) =>
    hasMethod(value, 'take') ? undefined : 'must have take(): memoryLimiter() and redisLimiter() make one.',
  ),
  whenUnavailable: judged((value) =>
    value === 'allow' || value === 'deny'
      ? undefined
      : 'must be "allow" or "deny", and has no default: while the limiter fails, requests go through uncounted, or are answered with 503.',
  ),
  ...rulesShape,
})

/** What a request is taken from, and the limit that it is for. */
interface Bucket extends Take {
  readonly name: string
  readonly tier: string
}

/**
 * Limits of requests, for the option `limits` of `createPlanTokens` and `createAuthorizer`. A request is counted once its token works,
 * its plan is eligible, its endpoint is open and its scope is held, before its body is read; so nobody without a token makes a key. One
 * beyond its limit is `rate_limited` (429) with `Retry-After`, and takes nothing.
 *
 * @throws SetupError, which is a TypeError, with every mistake at once.
 * @example
 * const limits = requestLimits({
 *   limiter: memoryLimiter(), whenUnavailable: 'allow',
 *   rules: [
 *     { name: 'export', endpoints: 'GET /export', requests: 5, perSeconds: 60, per: 'plan' },
 *     { name: 'all', requests: 100, perSeconds: 60 },
 *   ],
 * })
 * const tokens = createPlanTokens({ policy, store, directory, limits })
 */
export function requestLimits(options: RequestLimitsOptions): RequestLimits {
  const { limiter, whenUnavailable, rules, groups } = readOptions<RequestLimitsOptions>(
    'requestLimits',
    schema,
    options,
    {},
    (given, tell) => judgeRules(given.rules, given.groups, tell),
  )
  const routes: LimitGroups = groups ?? {}
  const compiled = compileRules(rules, routes)
  /** A failure: thrown where it has to be a refusal, else told. */
  const failed = (facts: CountedFacts, { report }: CountingEngine, error: unknown): boolean => {
    if (whenUnavailable === 'deny') throw error
    report.failed(error, facts.port ?? TAKE)
    return true
  }
  const put = (facts: CountedFacts, bucket: Bucket, answer: unknown): boolean => {
    const limited = limitedOf(bucket, readTaken(answer, bucket))
    facts.limited = limited
    facts.port = undefined
    return limited.allowed
  }
  return Object.freeze<RequestLimits>({
    take(facts, engine) {
      try {
        const bucket = bucketOf(compiled, facts)
        if (bucket === undefined) return true
        facts.port = TAKE
        const answer = limiter.take(bucket)
        if (!isThenable<Taken>(answer)) return put(facts, bucket, answer)
        const answered = engine.within(answer).then((taken) => put(facts, bucket, taken))
        return answered.catch((error: unknown) => failed(facts, engine, error))
      } catch (error) {
        return failed(facts, engine, error)
      }
    },
    async look(facts, engine) {
      try {
        const bucket = bucketOf(compiled, facts)
        facts.port = LOOK
        if (bucket && hasMethod(limiter, 'look'))
          put(facts, bucket, await engine.within(Promise.resolve(limiter.look?.(bucket))))
      } catch (error) {
        engine.report.failed(error, facts.port ?? LOOK)
        if (whenUnavailable === 'deny') facts.limited = 'unavailable'
      }
      return true
    },
    check: (policies, tell) => checkAgainst(policies, rules, routes, tell),
  })
}

const TAKE = 'limiter.take'
const LOOK = 'limiter.look'

/** The bucket of a request; `undefined` where no rule fits, or the one that does has no limit. */
function bucketOf(rules: readonly CompiledRule[], facts: CountedFacts): Bucket | undefined {
  const { policy, record, plan, match } = facts
  // Whoever asks why asks of requests, too, that were refused before.
  const tier = (plan as { readonly tier?: unknown } | undefined)?.tier
  if (!record || !match || typeof tier !== 'string') return undefined
  const request: LimitedRequest = {
    surface: policy.surface,
    tokenType: record.type,
    tokenId: record.id,
    planId: record.planId,
    tier,
    route: match.endpoint.view.route,
  }
  for (const rule of rules) {
    if (!rule.fits(request)) continue
    const limit = typeof rule.limit === 'function' ? askedOf(rule.limit, request, facts) : rule.limit
    if (limit === undefined) continue
    if (limit === 'unlimited') return undefined
    const { requests, perSeconds, cost = 1, per = 'token' } = limit
    const key = `${rule.name}:${per}:${per === 'plan' ? request.planId : request.tokenId}`
    return { name: rule.name, tier, key, requests, perSeconds, cost }
  }
  return undefined
}

/** What a function of the host's says of a request. @throws whatever it throws, and TypeError for what is no answer. */
function askedOf(
  limit: (request: LimitedRequest) => unknown,
  request: LimitedRequest,
  facts: CountedFacts,
): LimitSize | 'unlimited' | undefined {
  facts.port = 'limits.rules'
  const answer = limit(request)
  if (answer === undefined || answer === 'unlimited') return answer
  letGo(answer)
  const { data } = read(sizeSchema, answer)
  if (!data || (data.cost ?? 1) > data.requests)
    throw new TypeError(
      'A function of the limits gave no { requests, perSeconds } in their ranges, "unlimited" or undefined.',
    )
  return data as LimitSize
}
