/** `plan-access-tokens/limits`: limits of requests. Limiters for it: `/limits/memory` and `/limits/redis`. */
export type { RateLimiter, Take, Taken } from './limiter.ts'
export { type RequestLimitsOptions, requestLimits } from './request-limits.ts'
export type { LimitCondition, LimitedRequest, LimitGroups, LimitRule, LimitSize } from './rules.ts'
