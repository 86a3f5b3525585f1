/** The sub-path `plan-access-tokens/usage`: how tokens are used, and how they could be narrowed. */
export type { UsageGathering } from '../core/usage.ts'
export { type UsageOptions, usage } from './usage.ts'
