/** `plan-access-tokens/approvals`: new tokens and wider edits wait for another admin, where the rules of a plan say so. */
export type { Approvals } from '../core/approvals.ts'
export type { Proposal, ProposedChanges, TokenRequest } from '../core/waiting.ts'
export { approvals } from './approvals.ts'
