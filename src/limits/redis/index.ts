/** `plan-access-tokens/limits/redis`: a limiter for all processes over one Redis, over the package `rate-limiter-flexible`. */
export { type RedisLimiterOptions, redisLimiter } from './redis-limiter.ts'
