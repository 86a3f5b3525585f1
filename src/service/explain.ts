/**
 * `explain`: every rule with its verdict and its reason, for one request or for a question about a token by its id. The same
 * rules as `authorize`, without stopping at the first refusal; facts are gathered as far as they can be.
 */
import {
  type Facts,
  OF_NAMES,
  OF_PLACES,
  OF_PLAN,
  OF_REQUEST,
  OF_TOKEN,
  outsidePlan,
  type Rule,
  type RuleName,
} from '../core/decide.ts'
import { matchEndpoint } from '../core/endpoints.ts'
import type { RefusalCode } from '../core/errors.ts'
import { reasonOf } from '../core/reasons.ts'
import { readTarget } from '../core/target.ts'
import { newestSecret } from '../core/token.ts'
import { needsBody, placesOf, putNames, putRecord, type SurfaceOptions, surfaceOf } from './authorize.ts'
import { type Decision, decisionOf } from './decision.ts'
import { answerOf, type Engine } from './engine.ts'
import type { Grants } from './grants.ts'
import { parseQuestion, type Question, targetOf } from './question.ts'
import { putTarget, type RequestLike, readBody, readRequest } from './request.ts'
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
export interface Explanation {
  readonly decision: Decision
  /** Every rule, always in the order in which the questions are asked. */
  readonly rules: readonly Verdict[]
}

/** Makes `explain`. */
export function createExplain(engine: Engine, grants: Grants) {
  return async function explain(
    what: RequestLike | Request | Question,
    options?: SurfaceOptions,
  ): Promise<Explanation> {
    const failed = new Set<readonly Rule[]>()
    const attempt = async (stage: readonly Rule[], gather: () => Promise<void>): Promise<void> => {
      await gather().catch(() => failed.add(stage))
    }
    const byId = isQuestion(what)
    const facts = byId
      ? await factsOfQuestion(engine, grants, what, options)
      : readRequest(surfaceOf(engine, options), engine.prefixes, what)
    if (!byId) putTarget(facts, what)
    if (!byId) await attempt(OF_TOKEN, () => gatherToken(engine, grants, facts))
    await attempt(OF_PLAN, () => gatherPlan(engine, facts))
    await attempt(OF_NAMES, () => gatherNames(engine, facts, what))
    await attempt(OF_PLACES, () => gatherPlaces(engine, facts))
    facts.now = engine.clock.now()
    const rules = verdictsOf(facts, failed, byId)
    const refusal = rules.find((rule) => !rule.ok)?.code
    return { decision: decisionOf(facts, refusal, (record) => grants.activeToken(record, facts.now)), rules }
  }
}

function isQuestion(what: RequestLike | Request | Question): what is Question {
  return !('headers' in what)
}

async function factsOfQuestion(
  engine: Engine,
  grants: Grants,
  input: Question,
  options: SurfaceOptions | undefined,
): Promise<Facts> {
  const question = parseQuestion(input)
  const record = await loadManaged(engine, question.actor, question.id)
  const policy =
    options?.surface === undefined ? (engine.types.get(record.type)?.policy ?? engine.main) : surfaceOf(engine, options)
  const { method, url } = targetOf(question, policy)
  const target = readTarget(url)
  const match = target && matchEndpoint(policy.trie, method, target.path)
  const secret = newestSecret(record)
  return {
    policy,
    now: Number.NaN,
    credential: { ok: true, secret: '' },
    wellFormed: true,
    target,
    record,
    secret,
    grant: grants.grantOf(record),
    plan: undefined,
    match,
    named: undefined,
    places: undefined,
  }
}

async function gatherToken(engine: Engine, grants: Grants, facts: Facts): Promise<void> {
  if (!facts.credential.ok || !facts.wellFormed) return
  const digest = engine.sha256(facts.credential.secret)
  putRecord(facts, grants, await answerOf(engine, () => engine.store.findByDigest(digest)), digest)
}

async function gatherPlan(engine: Engine, facts: Facts): Promise<void> {
  const { record } = facts
  if (record) facts.plan = await answerOf(engine, () => engine.directory.plan(record.planId))
}

async function gatherNames(engine: Engine, facts: Facts, what: RequestLike | Request | Question): Promise<void> {
  if (!facts.match) return
  const body = !needsBody(facts)
    ? undefined
    : isQuestion(what)
      ? what.body
      : await readBody(what, facts.policy.limits.bodyBytes, engine.within)
  putNames(facts, body)
}

async function gatherPlaces(engine: Engine, facts: Facts): Promise<void> {
  if (facts.record && typeof facts.named === 'object') facts.places = await placesOf(engine, facts.named)
}

/** Judges every rule whose facts are there. One that lacks them comes after the refusal that left them out. */
function verdictsOf(facts: Facts, failed: ReadonlySet<readonly Rule[]>, byId: boolean): readonly Verdict[] {
  let stopped = false
  const stages: readonly (readonly [readonly Rule[], boolean])[] = [
    [OF_REQUEST, true],
    [OF_TOKEN, facts.credential.ok && facts.wellFormed],
    [OF_PLAN, facts.record !== undefined],
    [OF_NAMES, facts.match !== undefined && facts.target !== undefined],
    [OF_PLACES, facts.record !== undefined && facts.named !== undefined && facts.named !== 'malformed'],
  ]
  return stages.flatMap(([stage, isKnown]) =>
    stage.map((rule): Verdict => {
      const verdict = failed.has(stage) ? unanswered(rule, stopped) : judged(rule, facts, isKnown, stopped, byId)
      stopped ||= !verdict.ok
      return verdict
    }),
  )
}

function unanswered({ name }: Rule, stopped: boolean): Verdict {
  const reason = 'The store or the directory did not answer.'
  return stopped ? { rule: name, ok: false, reason } : { rule: name, ok: false, code: 'unavailable', reason }
}

function judged(rule: Rule, facts: Facts, isKnown: boolean, stopped: boolean, byId: boolean): Verdict {
  const { name } = rule
  if (byId && (name === 'credential' || name === 'secret'))
    return { rule: name, ok: true, reason: 'Asked about a token by its id: no secret was looked at.' }
  if (stopped && !isJudgeable(name, facts, isKnown))
    return { rule: name, ok: false, reason: 'Not judged, since an earlier rule refuses the request.' }
  const code = rule.refuses(facts)
  const reason = reasonOf(name, facts, code)
  return code === undefined ? { rule: name, ok: true, reason } : { rule: name, ok: false, code, reason }
}

/** Whether a rule has the facts that it asks for. */
function isJudgeable(name: RuleName, facts: Facts, isKnown: boolean): boolean {
  switch (name) {
    case 'secret':
      return facts.credential.ok
    case 'target':
      return true
    case 'alive':
    case 'type':
      return facts.record !== undefined
    case 'endpoint':
      return facts.target !== undefined
    case 'tier':
    case 'scope':
      return facts.match !== undefined && facts.record !== undefined
    case 'allowlist':
      // Of what lies elsewhere nothing is said, not even whether it is on the list.
      return isKnown && outsidePlan(facts) === undefined
    default:
      return isKnown
  }
}
