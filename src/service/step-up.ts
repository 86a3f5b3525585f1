/** Refuses a change to an actor whose session is not as strong as the rules of the plan ask for. What is strong: core/step-up.ts. */
import type { Actor } from '../core/actor.ts'
import { MANAGEMENT_ERRORS, PlanTokenError } from '../core/errors.ts'
import type { PlanRules } from '../core/plan-rules.ts'
import { isStrongEnough, type StepUpAction, sentenceOf } from '../core/step-up.ts'
import { type Engine, timeOf } from './engine.ts'
import { askRules } from './plan-rules.ts'

/** Judged last, once nothing else is wrong: nobody authenticates again for a call that is refused all the same. */
export function refuseWeak(engine: Engine, actor: Actor, rules: PlanRules | undefined, action: StepUpAction): void {
  const stepUp = rules?.stepUp?.[action]
  if (!stepUp || isStrongEnough(actor, stepUp, timeOf(engine))) return
  const message = `${MANAGEMENT_ERRORS[CODE].title} ${sentenceOf(stepUp)}`
  throw new PlanTokenError(CODE, { stepUp, message })
}

const CODE = 'insufficient_user_authentication'

/** The same before tokens end, which no rule that cannot be read keeps alive: then nothing is asked for. */
export async function refuseWeakEnd(engine: Engine, actor: Actor, planId: string): Promise<void> {
  const rules = await askRules(engine, planId).catch(() => undefined)
  refuseWeak(engine, actor, rules, 'revoke')
}
