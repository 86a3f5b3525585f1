/**
 * `authorize`: whether to let a request through. Gathers the facts stage by stage, asks the rules of core/decide.ts after
 * each, and stops at the first refusal, so that a refusal costs no more I/O than it must. Whatever fails is a refusal. What it leaves
 * behind: service/noted.ts.
 */
import { type Facts, needsNoToken, OF_NAMES, OF_PLACES, OF_PLAN, OF_REQUEST, OF_TOKEN } from '../core/decide.ts'
import { PlanTokenError } from '../core/errors.ts'
import { isThenable } from '../core/objects.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import type { RefusalCode } from '../core/refusals.ts'
import type { Awaitable } from '../ports.ts'
import { allowanceOf, type Decision, refusalOf } from './decision.ts'
import type { Engine } from './engine.ts'
import { type GatherStage, gatherNames, gatherPlaces, gatherPlan, gatherRecord, STAGES } from './gather.ts'
import type { Inquiry } from './inquiry.ts'
import { type DecisionInfo, infoOf, noteGathered, noteMatch, noteRefusal, noteUse } from './noted.ts'
import { type Asked, readAsked } from './request.ts'
import { basePathOf, type SurfaceOptions, surfaceOf } from './surface.ts'
import { tell } from './tell.ts'

type OnDecision = (info: DecisionInfo) => unknown

/** A decision, at once where nothing has to be waited for. */
export type Decide = (asked: Asked, options?: SurfaceOptions) => Awaitable<Decision<string>>

/** What cannot even be looked at: nothing, or what throws when it is read. */
const NO_REQUEST = { reason: 'request_form' } as const

/** Makes `decide`. */
export function createDecide(engine: Engine, onDecision: OnDecision | undefined): Decide {
  const { report } = engine
  const hookFailed = (error: unknown): void => report.failed(error, 'onDecision')
  const uncounting = engine.limits || engine.usage ? { ...engine, limits: undefined, usage: undefined } : engine
  /** The surfaces of which no request has led to an endpoint yet, with how many led to none. */
  const unmatched = new Map([...engine.surfaces.values()].map((policy) => [policy, 0]))
  const decisionOf = (
    policy: CompiledPolicy,
    started: number,
    inquiry: Inquiry | undefined,
    refusal: RefusalCode | undefined,
  ): Decision<string> => {
    const decision = inquiry ? conclude(inquiry, refusal) : policy.denials.malformed(NO_REQUEST)
    if (decision.allowed) noteUse(inquiry as Inquiry)
    else noteRefusal(engine, decision.code, inquiry)
    if (engine.usage && inquiry?.engine.usage) noteGathered(engine.usage, inquiry, decision)
    if (unmatched.size > 0) noteMatch(unmatched, policy, inquiry, decision, report)
    if (onDecision)
      tell(onDecision, infoOf(policy.surface, decision, inquiry, engine.clock.monotonic() - started), hookFailed)
    return decision
  }
  return (asked, options) => {
    const policy = surfaceOf(engine, options)
    const started = onDecision ? engine.clock.monotonic() : 0
    let inquiry: Inquiry | undefined
    const basePath = basePathOf(options)
    try {
      inquiry = readAsked(options?.again === true ? uncounting : engine, policy, asked, basePath)
      if (options !== undefined) inquiry.address = options.address
    } catch (error) {
      // A call of no route is a mistake of the host's. Anything else is something that cannot even be looked at.
      if (error instanceof PlanTokenError) throw error
    }
    const verdict = inquiry && evaluate(inquiry)
    return isThenable(verdict)
      ? verdict.then(decisionOf.bind(null, policy, started, inquiry))
      : decisionOf(policy, started, inquiry, verdict)
  }
}

/**
 * The first refusal. Goes on at once as long as the ports answer at once, which a store in memory and most directories do:
 * waiting for what is there already would double the cost. Written out stage by stage, as `refuses` is (core/decide.ts); the
 * stages in turn are `evaluateLater`, and both give the same.
 */
function evaluate(inquiry: Inquiry): Awaitable<RefusalCode | undefined> {
  const ofRequest = OF_REQUEST.refuses(inquiry)
  if (ofRequest !== undefined) return needsNoToken(inquiry) ? undefined : ofRequest
  try {
    const record = gatherRecord(inquiry)
    if (record) return evaluateLater(inquiry, 0, record)
    // Memory has read the clock a moment ago: a second time was a twentieth of `authorize` (bench/engine.ts).
    if (inquiry.source !== 'cache') readNow(inquiry)
    const ofToken = OF_TOKEN.refuses(inquiry)
    if (ofToken !== undefined) return ofToken
    const plan = gatherPlan(inquiry)
    if (plan) return evaluateLater(inquiry, 1, plan)
    const ofPlan = OF_PLAN.refuses(inquiry)
    if (ofPlan !== undefined) return ofPlan
    const names = gatherNames(inquiry)
    if (names) return evaluateLater(inquiry, 2, names)
    const ofNames = OF_NAMES.refuses(inquiry)
    if (ofNames !== undefined) return ofNames
    const places = gatherPlaces(inquiry)
    if (places) return evaluateLater(inquiry, 3, places)
    return OF_PLACES.refuses(inquiry)
  } catch (error) {
    return failed(inquiry, error)
  }
}

/** Goes on from a stage that has to be waited for. After every wait, however long, all that was judged is judged again. */
async function evaluateLater(
  inquiry: Inquiry,
  from: number,
  gathering: Promise<void>,
): Promise<RefusalCode | undefined> {
  try {
    await gathering
    for (let i = from; ; ) {
      readNow(inquiry)
      const code = refusalUpTo(i, inquiry)
      i += 1
      if (code !== undefined || i === STAGES.length) return code
      await (STAGES[i] as GatherStage).gather(inquiry)
    }
  } catch (error) {
    return failed(inquiry, error)
  }
}

/** The first refusal of a stage and those before it. */
function refusalUpTo(last: number, facts: Facts): RefusalCode | undefined {
  for (let i = 0; i <= last; i++) {
    const code = (STAGES[i] as GatherStage).questions.refuses(facts)
    if (code !== undefined) return code
  }
  return undefined
}

function readNow(inquiry: Inquiry): void {
  inquiry.port = 'clock.now'
  inquiry.now = inquiry.engine.clock.now()
  inquiry.port = undefined
}

function failed(inquiry: Inquiry, error: unknown): RefusalCode {
  inquiry.failure = error
  return 'unavailable'
}

/** The decision. A record that cannot even be shown is no reason to let a request through. */
export function conclude(inquiry: Inquiry, refusal: RefusalCode | undefined): Decision<string> {
  if (refusal !== undefined) return refusalOf(inquiry, refusal)
  try {
    return allowanceOf(inquiry)
  } catch (error) {
    inquiry.port = 'store.findByDigest'
    return refusalOf(inquiry, failed(inquiry, error))
  }
}
