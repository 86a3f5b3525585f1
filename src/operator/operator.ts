/**
 * `operator`: looks at tokens and logs across plans, ends all tokens of a plan, and takes them to another. What is read:
 * operator/find.ts. What is changed: operator/change.ts.
 */

import type { Policy } from '../core/policy.ts'
import { engineFor } from '../service/engines.ts'
import type { Issued, Requested } from '../service/issue.ts'
import type { EventPage, TokenPage } from '../service/manage.ts'
import type { PlanTokens } from '../service/plan-tokens.ts'
import { type MovedPlan, movePlan, type RevokedPlan, revokePlan } from './change.ts'
import { findEvents, findTokens } from './find.ts'
import type { MovePlanInput, OperatorEventsInput, OperatorTokensInput, RevokePlanInput } from './inputs.ts'

export type { MovedPlan, MovePlanInput, OperatorEventsInput, OperatorTokensInput, RevokedPlan, RevokePlanInput }

/** What whoever runs the service can do across plans. */
export interface Operator {
  /**
   * Tokens of all plans that fit every filter, by id. A page may be short, or empty, while it has a `next`: a call looks at 10,000
   * tokens at most.
   *
   * @throws PlanTokenError `invalid_input`, `unavailable`; TypeError for a store that has no `scan`, or keeps no uses where
   * `unusedSince` is given.
   */
  tokens(input?: OperatorTokensInput): Promise<TokenPage>
  /**
   * Events of all plans, in the order in which they were written.
   *
   * @throws PlanTokenError `invalid_input`, `unavailable`.
   */
  events(input?: OperatorEventsInput): Promise<EventPage>
  /**
   * Revokes every active and every pending token of a plan, one after another; when it resolves, none of them is accepted anywhere.
   * Tokens that are made or asked for meanwhile end too. After a failure the same call goes on where it stopped.
   *
   * @throws PlanTokenError `invalid_input`, `unavailable`, `version_conflict`.
   */
  revokePlan(input: RevokePlanInput): Promise<RevokedPlan>
  /**
   * Takes every token of a plan to another one: after a merger. Secrets, scopes and dates stay. Each leaves `moving` in the log of
   * the one plan and `moved` in that of the other. Have the directory place the resources in the other plan first: a token whose
   * resources lie elsewhere is refused. After a failure the same call goes on where it stopped.
   *
   * @throws PlanTokenError `invalid_input`, `plan_not_eligible` if the other plan may have no such tokens, `unavailable`,
   * `version_conflict`.
   */
  movePlan(input: MovePlanInput): Promise<MovedPlan>
}

/**
 * The operator of a deployment. It asks the directory for no rights: whoever holds it may do all of this. Mount none of it where
 * customers reach it.
 *
 * @param tokens what `createPlanTokens` gave, itself and no copy.
 * @throws SetupError, which is a TypeError, for anything else.
 * @example
 * const { tokens: soon } = await operator(tokens).tokens({ expiresBefore: Date.now() + 7 * 86_400_000 })
 * await operator(tokens).revokePlan({ planId: 'acme', actor: 'ops:mia', reason: 'The contract ended, ticket 4711.' })
 */
export function operator<P extends Policy>(tokens: PlanTokens<P, Issued | Requested>): Operator {
  const engine = engineFor('operator', tokens)
  return {
    tokens: (input = {}) => findTokens(engine, input),
    events: (input = {}) => findEvents(engine, input),
    revokePlan: (input) => revokePlan(engine, input),
    movePlan: (input) => movePlan(engine, input),
  }
}
