/** `plan-access-tokens/legacy`: keys that existed before the library, and a comparison of it with the check that was before. */
export { type LegacyForm, legacyKeys } from './keys.ts'
export type { HmacScheme, LegacyEncoding, LegacyScheme, Sha256Scheme, VerifyScheme } from './scheme.ts'
export { type Difference, type Shadow, type ShadowCounts, type ShadowOptions, shadow } from './shadow.ts'
