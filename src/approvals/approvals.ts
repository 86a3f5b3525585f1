/** `approvals`: what an engine is given so that tokens and wider edits can wait for another admin. */
import type { Approvals } from '../core/approvals.ts'
import { requested } from '../core/pending.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { collect } from './collect.ts'
import { approve, decline } from './decide.ts'
import { editThatWaits } from './edit.ts'

/**
 * Makes the option `approvals` of `createPlanTokens`, for plans with the rule `approvals: 'required'`. `create` then gives a pending
 * token without a secret, which another admin approves and whoever asked for it collects; an edit that widens a token waits as a
 * proposal. An engine without it refuses both.
 *
 * @example
 * const tokens = createPlanTokens({ policy, store, directory, approvals: approvals() })
 */
export function approvals(): Approvals {
  return Object.freeze<Approvals>({
    request: requested,
    edit: (engine, edit) => editThatWaits(engine as ManagingEngine, edit),
    approve: (engine, input) => approve(engine as ManagingEngine, input),
    decline: (engine, input) => decline(engine as ManagingEngine, input),
    collect: (engine, input) => collect(engine as ManagingEngine, input),
  })
}
