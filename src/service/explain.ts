/**
 * `explain`: every rule with its verdict and its reason, for one request or for a question about a token by its id. The same
 * rules as `authorize`, without stopping at the first refusal; facts are gathered as far as they can be.
 */

import { type Facts, needsNoToken, OF_REQUEST, outsidePlan, type Rule, type RuleName } from '../core/decide.ts'
import type { RefusalCode } from '../core/errors.ts'
import { isObject } from '../core/objects.ts'
import { reasonOf } from '../core/reasons.ts'
import { isCanary, newestSecret } from '../core/token.ts'
import { basePathOf, conclude, type SurfaceOptions, surfaceOf } from './authorize.ts'
import type { Decision } from './decision.ts'
import type { Engine } from './engine.ts'
import { STAGES, type Stage } from './gather.ts'
import type { GrantCache } from './grants.ts'
import { type Inquiry, inquiryOf } from './inquiry.ts'
import { parseQuestion, type Question } from './question.ts'
import { type Asked, isCall, putAsked, readAsked } from './request.ts'
import { loadManaged } from './rights.ts'

/** One rule's verdict. */
export interface Verdict {
  readonly rule: RuleName
  readonly ok: boolean
  /** The refusal; absent if the rule passed, or could not be judged because of an earlier refusal. */
  readonly code?: RefusalCode
  /** A sentence that can be passed on to a customer. */
  readonly reason: string
}

/** A decision, and how it came about. */
export interface Explanation<Public extends string = never> {
  readonly decision: Decision<Public>
  /** Every rule, always in the order in which the questions are asked; `limit` only where the engine has limits. */
  readonly rules: readonly Verdict[]
}

/** Makes `explain`. */
export function createExplain(given: Engine, grants: GrantCache) {
  const { limits } = given
  // Whoever asks why takes nothing from a limit.
  const engine: Engine = limits ? { ...given, limits: { ...limits, take: limits.look } } : given
  return async function explain(what: Asked | Question, options?: SurfaceOptions): Promise<Explanation<string>> {
    const byId = isQuestion(what)
    const inquiry = byId
      ? await inquiryOfQuestion(engine, grants, what, options)
      : inquiryOfAsked(engine, grants, what, options)
    const failed = new Set<Stage>()
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
      failed.add(STAGES[0] as Stage)
      engine.report.failed(error, 'clock.now')
    }
    const rules = verdictsOf(inquiry, failed, byId, limits !== undefined)
    const refusal = rules.find((rule) => !rule.ok)?.code
    return { decision: conclude(inquiry, refusal), rules }
  }
}

function inquiryOfAsked(
  engine: Engine,
  grants: GrantCache,
  asked: Asked,
  options: SurfaceOptions | undefined,
): Inquiry {
  const basePath = basePathOf(options)
  const inquiry = readAsked(engine, grants, surfaceOf(engine, options), asked, basePath)
  putAsked(inquiry, asked, basePath)
  inquiry.address = options?.address
  return inquiry
}

function isQuestion(what: Asked | Question): what is Question {
  return !isObject(what) || !('headers' in what || isCall(what))
}

async function inquiryOfQuestion(
  engine: Engine,
  grants: GrantCache,
  input: Question,
  options: SurfaceOptions | undefined,
): Promise<Inquiry> {
  const question = parseQuestion(input)
  const record = await loadManaged(engine, question.actor, question.id)
  const policy =
    options?.surface === undefined ? (engine.types.get(record.type)?.policy ?? engine.main) : surfaceOf(engine, options)
  const inquiry = inquiryOf(engine, grants, policy, input, { ok: true, secret: '' }, true)
  putAsked(inquiry, question, basePathOf(options))
  inquiry.record = record
  inquiry.address = options?.address
  inquiry.secret = newestSecret(record)
  inquiry.grant = grants.grantOf(record)
  return inquiry
}

/** Judges every rule whose facts are there. One that lacks them comes after the refusal that left them out. */
function verdictsOf(facts: Facts, failed: ReadonlySet<Stage>, byId: boolean, isLimited: boolean): readonly Verdict[] {
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
  const reason = 'The store or the directory did not answer.'
  return stopped ? { rule: name, ok: false, reason } : { rule: name, ok: false, code: 'unavailable', reason }
}

function judged(rule: Rule, facts: Facts, stopped: boolean, byId: boolean): Verdict {
  const { name } = rule
  if (needsNoToken(facts) && name !== 'credential' && name !== 'target' && name !== 'endpoint') {
    return { rule: name, ok: true, reason: 'Not asked: the endpoint is public, and the request carries no credential.' }
  }
  const isHidden = facts.record !== undefined && isCanary(facts.record)
  if (byId && (name === 'credential' || name === 'secret' || (name === 'known' && !isHidden))) {
    return { rule: name, ok: true, reason: 'Asked by id: no secret was looked at.' }
  }
  if (stopped && !isJudgeable(name, facts)) {
    return { rule: name, ok: false, reason: 'Not judged, after an earlier refusal.' }
  }
  const code = name === 'credential' && needsNoToken(facts) ? undefined : rule.refuses(facts)
  const reason = name === 'address' && byId ? addressesIn(facts, code) : reasonOf(name, facts, code)
  return code === undefined ? { rule: name, ok: true, reason } : { rule: name, ok: false, code, reason }
}

/** Whether a rule has the facts that it asks for. */
function isJudgeable(name: RuleName, facts: Facts): boolean {
  const { credential, wellFormed, target, match, record, named } = facts
  const areNamed = record !== undefined && named !== undefined && named !== 'malformed'
  switch (name) {
    case 'credential':
    case 'target':
      return true
    case 'secret':
      return credential.ok
    case 'known':
      return wellFormed
    case 'alive':
    case 'address':
    case 'type':
    case 'plan':
    case 'plan_rules':
      return record !== undefined
    case 'endpoint':
      return target !== undefined
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

/** The reason of the rule `address` for an admin of the token, who may see where it may be used from. */
function addressesIn(facts: Facts, code: RefusalCode | undefined): string {
  const reason = reasonOf('address', facts, code)
  const ranges = facts.record?.addresses
  if (!Array.isArray(ranges)) return reason
  const shown = ranges.slice(0, MOST_SHOWN).join(', ')
  const more = ranges.length > MOST_SHOWN ? ` and ${ranges.length - MOST_SHOWN} more` : ''
  return `${reason} It may be used from ${shown === '' ? 'nowhere' : shown}${more}.`
}
