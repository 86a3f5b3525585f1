/** Tools for whoever writes or changes a policy. Nothing here is needed to answer a request. */
export {
  type AffectedOptions,
  type AffectedToken,
  type KnownToken,
  type TokenChange,
  tokensAffectedBy,
} from './affected.ts'
export { type LintCode, type LintOptions, type LintWarning, lintPolicy } from './lint.ts'
