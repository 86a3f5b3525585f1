/** `plan-access-tokens/limits/memory`: a limiter for one process, over the package `limiter`. */
export { type MemoryLimiterOptions, memoryLimiter } from './memory-limiter.ts'
