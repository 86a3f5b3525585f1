/** The decisions about requests that a guard has let through: kept beside the request, where only `@PlanToken()` finds them. */
import type { ExecutionContext } from '@nestjs/common'
import type { Allowance } from '../service/decision.ts'

/** What was decided for one handler of a controller. */
interface Decided {
  readonly controller: object
  readonly handler: object
  readonly planToken: Allowance | undefined
}

/** Where it stands on the request: nobody else has the name. A WeakMap of requests costs the collector far more. */
const DECIDED = Symbol('decided')
type Kept = { [DECIDED]?: Decided }

/** Whether the request was let through to this very handler. */
export function isDecided(context: ExecutionContext): boolean {
  return decidedFor(context) !== undefined
}

/** Keeps a decision. */
export function keep(context: ExecutionContext, planToken: Allowance | undefined): void {
  const request = context.switchToHttp().getRequest<Kept>()
  request[DECIDED] = { controller: context.getClass(), handler: context.getHandler(), planToken }
}

/**
 * The decision for a handler's parameter.
 *
 * @throws TypeError where no guard has decided.
 */
export function decisionFor(_: unknown, context: ExecutionContext): Allowance | undefined {
  const decided = context.getType() === 'http' ? decidedFor(context) : undefined
  if (!decided)
    throw new TypeError(
      `Nothing guards ${context.getClass().name}.${context.getHandler().name}, so that @PlanToken() has no decision.`,
    )
  return decided.planToken
}

function decidedFor(context: ExecutionContext): Decided | undefined {
  const decided = context.switchToHttp().getRequest<Kept>()[DECIDED]
  return decided?.controller === context.getClass() && decided.handler === context.getHandler() ? decided : undefined
}
