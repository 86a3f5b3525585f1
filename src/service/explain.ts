/**
 * `explain`: every rule with its verdict and its reason, for one request or for a question about a token by its id. The same
 * rules as `authorize`, without stopping at the first refusal; facts are gathered as far as they can be.
 */

import { type Facts, needsNoToken, OF_REQUEST, type Rule, type RuleName } from '../core/decide.ts'
import { isObject } from '../core/objects.ts'
import { outsidePlan } from '../core/reach.ts'
import { type Reason, reasonsOf, say, textOf } from '../core/reasons.ts'
import type { RefusalCode } from '../core/refusals.ts'
import { isCanary, newestSecret } from '../core/token.ts'
import { conclude } from './authorize.ts'
import type { Decision } from './decision.ts'
import type { Engine } from './engine.ts'
import { type GatherStage, STAGES } from './gather.ts'
import { type Inquiry, inquiryOf } from './inquiry.ts'
import { parseQuestion, type Question } from './question.ts'
import { type Asked, isCall, putAsked, readAsked } from './request.ts'
import { loadManaged } from './rights.ts'
import { basePathOf, type SurfaceOptions, surfaceOf } from './surface.ts'

/** One rule's verdict. */
export interface Verdict {
  readonly rule: RuleName
  readonly ok: boolean
  /** The refusal; absent if the rule passed, or could not be judged because of an earlier refusal. */
  readonly code?: RefusalCode
  /** Sentences that can be passed on to a customer. */
  readonly reason: string
  /** The same, sentence by sentence, for programs that say it in other words; a refusal's own title has its code. */
  readonly reasons: readonly Reason[]
}

/** A decision, and how it came about. */
export interface Explanation<Public extends string = never, Route extends string = string> {
  readonly decision: Decision<Public, Route>
  /** Every rule, always in the order in which the questions are asked; `limit` only where the engine has limits. */
  readonly rules: readonly Verdict[]
}

/** Makes `explain`. */
export function createExplain(
  given: Engine,
): (what: Asked | Question, options?: SurfaceOptions) => Promise<Explanation<string>> {
  const { limits } = given
  // Whoever asks why takes nothing from a limit.
  const engine: Engine = limits ? { ...given, limits: { ...limits, take: limits.look } } : given
  return async function explain(what, options) {
    const byId = isQuestion(what)
    const inquiry = byId ? await inquiryOfQuestion(engine, what, options) : inquiryOfAsked(engine, what, options)
    const failed = new Set<GatherStage>()
    for (const stage of STAGES) {
      // Answers to the facts of one stage may be missing because of an earlier refusal; whatever fails is said as such.
      try {
        await stage.gather(inquiry)
        if (!byId) hideCanary(inquiry)
      } catch (error) {
        failed.add(stage)
        engine.report.failed(error, inquiry.port ?? 'explain')
      }
    }
    try {
      inquiry.now = engine.clock.now()
    } catch (error) {
      failed.add(STAGES[0] as GatherStage)
      engine.report.failed(error, 'clock.now')
    }
    const rules = verdictsOf(inquiry, failed, byId, limits !== undefined)
    const refusal = rules.find((rule) => !rule.ok)?.code
    return { decision: conclude(inquiry, refusal), rules }
  }
}

function inquiryOfAsked(engine: Engine, asked: Asked, options: SurfaceOptions | undefined): Inquiry {
  const basePath = basePathOf(options)
  const inquiry = readAsked(engine, surfaceOf(engine, options), asked, basePath)
  putAsked(inquiry, asked, basePath)
  inquiry.address = options?.address
  return inquiry
}

function isQuestion(what: Asked | Question): what is Question {
  return !isObject(what) || !('headers' in what || isCall(what))
}

async function inquiryOfQuestion(
  engine: Engine,
  input: Question,
  options: SurfaceOptions | undefined,
): Promise<Inquiry> {
  const question = parseQuestion(input)
  const record = await loadManaged(engine, question.actor, question.id)
  const policy =
    options?.surface === undefined ? (engine.types.get(record.type)?.policy ?? engine.main) : surfaceOf(engine, options)
  const inquiry = inquiryOf(engine, policy, input, '', true)
  putAsked(inquiry, question, basePathOf(options))
  inquiry.record = record
  inquiry.address = options?.address
  inquiry.secret = newestSecret(record)
  inquiry.grant = engine.grants.grantOf(record)
  return inquiry
}

/** Judges every rule whose facts are there. One that lacks them comes after the refusal that left them out. */
function verdictsOf(
  facts: Facts,
  failed: ReadonlySet<GatherStage>,
  byId: boolean,
  isLimited: boolean,
): readonly Verdict[] {
  let stopped = false
  const note = (verdict: Verdict): Verdict => {
    stopped ||= !verdict.ok
    return verdict
  }
  const ofRequest = OF_REQUEST.rules.map((rule) => note(judged(rule, facts, stopped, byId)))
  const further = STAGES.flatMap((stage) =>
    stage.questions.rules
      .filter(({ name }) => name !== 'limit' || isLimited)
      .map((rule) => note(failed.has(stage) ? unanswered(rule, stopped) : judged(rule, facts, stopped, byId))),
  )
  return [...ofRequest, ...further]
}

/** To whoever holds its secret a canary does not exist. An admin, who asks by its id, is told. */
function hideCanary(inquiry: Inquiry): void {
  if (!inquiry.record || !isCanary(inquiry.record)) return
  inquiry.record = undefined
  inquiry.secret = undefined
  inquiry.grant = undefined
}

function unanswered({ name }: Rule, stopped: boolean): Verdict {
  return verdict(name, false, [say('no_answer')], stopped ? undefined : 'unavailable')
}

/** A verdict with its reasons, as one text too. */
function verdict(rule: RuleName, ok: boolean, reasons: readonly Reason[], code?: RefusalCode): Verdict {
  return { rule, ok, ...(code !== undefined && { code }), reason: textOf(reasons), reasons }
}

function judged(rule: Rule, facts: Facts, stopped: boolean, byId: boolean): Verdict {
  const { name } = rule
  if (needsNoToken(facts) && name !== 'credential' && name !== 'target' && name !== 'endpoint') {
    return verdict(name, true, [say('endpoint_public')])
  }
  const isHidden = facts.record !== undefined && isCanary(facts.record)
  if (byId && (name === 'credential' || name === 'secret' || (name === 'known' && !isHidden))) {
    return verdict(name, true, [say('asked_by_id')])
  }
  if (stopped && !isJudgeable(name, facts)) {
    return verdict(name, false, [say('not_judged')])
  }
  const code = name === 'credential' && needsNoToken(facts) ? undefined : rule.refuses(facts)
  const reasons = reasonsOf(name, facts, code)
  const more = name === 'address' && byId ? addressesOf(facts) : []
  return verdict(name, code === undefined, [...reasons, ...more], code)
}

/** Whether a rule has the facts that it asks for. */
function isJudgeable(name: RuleName, facts: Facts): boolean {
  const { credential, wellFormed, path, match, record, named } = facts
  const areNamed = record !== undefined && named !== undefined && named !== 'malformed'
  switch (name) {
    case 'credential':
    case 'target':
      return true
    case 'secret':
      return typeof credential === 'string'
    case 'known':
      return wellFormed
    case 'alive':
    case 'address':
    case 'type':
    case 'plan':
    case 'plan_rules':
      return record !== undefined
    case 'endpoint':
      return path !== undefined
    case 'names':
      return match !== undefined
    case 'tier':
    case 'scope':
    case 'limit':
      return match !== undefined && record !== undefined
    case 'in_plan':
      return areNamed
    case 'allowlist':
      // Of what lies elsewhere nothing is said, not even whether it is on the list.
      return areNamed && outsidePlan(facts) === undefined
  }
}

const MOST_SHOWN = 10

/** What the rule `address` says beyond its verdict to an admin of the token, who may see where it may be used from. */
function addressesOf({ record }: Facts): readonly Reason[] {
  const ranges = record?.addresses
  if (!Array.isArray(ranges)) return []
  if (ranges.length === 0) return [say('used_from_nowhere')]
  const addresses = ranges.slice(0, MOST_SHOWN)
  const more = ranges.length - MOST_SHOWN
  return [more > 0 ? say('used_from_more', { addresses, more }) : say('used_from', { addresses })]
}
