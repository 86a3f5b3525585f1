/** `plan-access-tokens/self-renewal`: tokens that renew themselves, and the endpoint at which they do. */
export type {
  NotRenewed,
  Renewal,
  RenewalCode,
  RenewalDates,
  Renewed,
  RenewOptions,
  SelfRenewals,
} from '../core/self-renewal.ts'
export { type SelfRenewalHandler, type SelfRenewalHandlerOptions, selfRenewalHandler } from './handler.ts'
export { type SelfRenewalOptions, selfRenewal } from './renewals.ts'
