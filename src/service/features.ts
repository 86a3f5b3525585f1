/** Which optional parts an engine was made with, for pages and clients that show only what there is. */
import type { ManagingEngine } from './engine.ts'

/** Whether a host has given the option of each name to `createPlanTokens`. */
export interface Features {
  readonly addresses: boolean
  readonly approvals: boolean
  readonly canaries: boolean
  readonly selfRenewal: boolean
  readonly usage: boolean
}

/** What an engine has. */
export const featuresOf = ({ addresses, approvals, canaries, selfRenewal, usage }: ManagingEngine): Features => ({
  addresses: addresses !== undefined,
  approvals: approvals !== undefined,
  canaries: canaries !== undefined,
  selfRenewal: selfRenewal !== undefined,
  usage: usage !== undefined,
})
