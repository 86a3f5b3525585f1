/**
 * Gathers what the rules ask for, stage by stage: the record, the plan, what the request names, where that lies. A stage
 * answers at once where its port does, so that a request about a token in memory waits for nothing. The rules of each stage:
 * core/decide.ts.
 */

import type { BodyReading } from '../core/body-reading.ts'
import { OF_NAMES, OF_PLACES, OF_PLAN, OF_TOKEN, type Stage } from '../core/decide.ts'
import { readPlace, readPlan } from '../core/directory.ts'
import type { Match } from '../core/endpoints.ts'
import type { LegacyKey } from '../core/legacy.ts'
import { namesOf } from '../core/names.ts'
import { isObject, isThenable } from '../core/objects.ts'
import { outlived, type PlanRules, readRules } from '../core/plan-rules.ts'
import { PLAN_KIND, type Place, type ResourceRef } from '../core/resources.ts'
import { type SecretRecord, secretWithDigest, type TokenRecord } from '../core/token.ts'
import type { Awaitable } from '../ports.ts'
import { answerInTime } from './ask.ts'
import { readBody } from './body.ts'
import type { Inquiry } from './inquiry.ts'
import { keepsUses, latest, withoutUses } from './plan-rules.ts'
import { putMatch } from './request.ts'
import { locateAll, locateUnder } from './resources.ts'

/** A stage: facts, and the questions that need them. */
export interface GatherStage {
  /** Puts its facts into the inquiry. Does nothing where an earlier refusal left out what it needs. */
  readonly gather: (inquiry: Inquiry) => Awaitable<void>
  readonly questions: Stage
}

/** The stages after the request itself, in the order of the questions. */
export const STAGES: readonly GatherStage[] = [
  { gather: gatherRecord, questions: OF_TOKEN },
  { gather: gatherPlan, questions: OF_PLAN },
  { gather: gatherNames, questions: OF_NAMES },
  { gather: gatherPlaces, questions: OF_PLACES },
]

/** The record of the secret. */
export function gatherRecord(inquiry: Inquiry): Awaitable<void> {
  // A question about a token by its id has its record already.
  return inquiry.record ? undefined : lookUp(inquiry)
}

function lookUp(inquiry: Inquiry): Awaitable<void> {
  const { engine, credential: secret, legacy, wellFormed } = inquiry
  if (!wellFormed || typeof secret !== 'string') return
  inquiry.port = 'store.findByDigest'
  if (!legacy && engine.freshness.recall(secret, inquiry)) return
  const digest = legacy ? legacy.digest : engine.sha256(secret)
  inquiry.source = 'store'
  const found = engine.freshness.lookUp(digest, inquiry)
  if (!isThenable(found)) return putRecord(inquiry, found, digest, legacy)
  return found.then((record) => putRecord(inquiry, record, digest, legacy))
}

/** Takes what the store gave, if it is a record that holds the digest, and of a key from before one that the key opens. */
function putRecord(inquiry: Inquiry, found: unknown, digest: string, legacy: LegacyKey | undefined): Awaitable<void> {
  const record = isObject(found) ? (found as TokenRecord) : undefined
  const secret = record && (legacy ? legacy.secretIn(record) : secretWithDigest(record, digest))
  if (!isThenable(secret)) return putSecret(inquiry, record, secret)
  inquiry.port = 'legacy.verify'
  return inquiry.engine.within(secret).then((opened) => putSecret(inquiry, record, opened))
}

function putSecret(inquiry: Inquiry, record: TokenRecord | undefined, secret: SecretRecord | undefined): void {
  inquiry.secret = secret
  inquiry.record = secret && record
  inquiry.grant = inquiry.record && inquiry.engine.grants.grantOf(inquiry.record)
}

/** The endpoint of the request, and the plan of the token with its rules. */
export function gatherPlan(inquiry: Inquiry): Awaitable<void> {
  putMatch(inquiry)
  const { engine, record } = inquiry
  if (!record) return
  inquiry.port = 'directory.plan'
  const plan = engine.answers.plan(record.planId)
  if (isThenable(plan)) {
    return engine.within(plan).then((answer) => {
      inquiry.plan = readPlan(answer)
      return engine.answers.rules && gatherRules(inquiry, record)
    })
  }
  inquiry.plan = readPlan(plan)
  return engine.answers.rules && gatherRules(inquiry, record)
}

/** The rules of the plan of the token, and where one asks for it the last use of the token. */
function gatherRules(inquiry: Inquiry, record: TokenRecord): Awaitable<void> {
  const { engine } = inquiry
  inquiry.port = 'directory.rules'
  const rules = engine.answers.rules?.(record.planId)
  if (!isThenable(rules)) return putRules(inquiry, record, readRules(rules))
  return engine.within(rules).then((answer) => putRules(inquiry, record, readRules(answer)))
}

function putRules(inquiry: Inquiry, record: TokenRecord, rules: PlanRules | undefined): Awaitable<void> {
  inquiry.rules = rules
  if (rules?.idleDays === undefined) return
  // What this process has seen of the token is enough nearly always: the store is asked only about one that would be refused.
  const { engine, grant, now } = inquiry
  inquiry.port = 'store.lastUse'
  if (!keepsUses(engine)) throw withoutUses()
  inquiry.usedAt = grant?.used && grant.usedIn
  if (outlived(rules, record, now, inquiry.usedAt) !== 'token_idle') return
  return engine.uses.of([record.id]).then((uses) => {
    inquiry.usedAt = uses && latest(uses)
  })
}

/** How the limit of requests stands, and, within it, what the request names. */
export function gatherNames(inquiry: Inquiry): Awaitable<void> {
  const { engine } = inquiry
  if (engine.limits === undefined) return gatherNamed(inquiry)
  const goesOn = engine.limits.take(inquiry, engine)
  if (isThenable(goesOn)) return goesOn.then((isWithin) => (isWithin ? gatherNamed(inquiry) : undefined))
  return goesOn ? gatherNamed(inquiry) : undefined
}

function gatherNamed(inquiry: Inquiry): Awaitable<void> {
  const { engine, match } = inquiry
  if (!match) return
  const { names, checks } = match.endpoint
  const needsBody = names.what === 'resources' && names.needsBody
  if (!needsBody && checks.length === 0) return putNames(inquiry, match, undefined)
  const reading = readBody(inquiry.asked, inquiry.policy.limits.bodyBytes, engine)
  if (!isThenable(reading)) return putNames(inquiry, match, reading)
  return reading.then((read) => {
    putNames(inquiry, match, read)
    // The client decides how long its body takes, so whatever has ended meanwhile has ended for it too.
    return inquiry.source === undefined ? undefined : lookUp(inquiry)
  })
}

/** Reads the names. A check that throws has not said yes, and what it throws at is the client's doing. */
function putNames(inquiry: Inquiry, match: Match, body: BodyReading | undefined): void {
  const cause = body?.malformed
  // Only a body that is not there may be needless.
  const isRead = cause === undefined || cause.reason === 'body_missing'
  if (!isRead) inquiry.malformed = cause
  try {
    inquiry.named = isRead ? namesOf(match, inquiry.query, body, inquiry.policy, inquiry) : 'malformed'
  } catch (error) {
    inquiry.named = 'malformed'
    inquiry.malformed = { reason: 'check_failed' }
    inquiry.engine.report.failed(error, 'checks')
  }
}

/** Where that lies. */
export function gatherPlaces(inquiry: Inquiry): Awaitable<void> {
  const { engine, named, record } = inquiry
  if (!record || typeof named !== 'object') return
  inquiry.port = 'directory.locate'
  const only = named.length === 1 ? named[0] : undefined
  if (!only) return locateSeveral(inquiry, named, record)
  const place = locate(inquiry, only)
  if (!isThenable(place)) inquiry.places = readPlace(place)
  else {
    return engine.within(place).then((answer) => {
      inquiry.places = readPlace(answer)
    })
  }
}

/** Stops at the first resource outside of the plan. All look-ups share one timeout. */
function locateSeveral(inquiry: Inquiry, named: readonly ResourceRef[], { planId }: TokenRecord): Promise<void> {
  const { engine } = inquiry
  const isElsewhere = (place: Place | 'absent'): boolean => place === 'absent' || place.planId !== planId
  const resources = named.filter(({ kind }) => kind !== PLAN_KIND)
  const ask = (ref: ResourceRef) => answerInTime(engine, () => locate(inquiry, ref)).then(readPlace)
  return engine.within(locateAll(resources, ask, isElsewhere)).then((places) => {
    // The plan itself has no place; the others follow in their order.
    inquiry.places = named.map(({ kind }) => (kind === PLAN_KIND ? 'absent' : (places.shift() ?? 'absent')))
  })
}

/** Nobody is asked about the plan itself, nor about an id that none of its kind can have: there is no such resource. */
function locate({ engine, policy }: Inquiry, ref: ResourceRef): Awaitable<unknown> {
  const kind = ref.kind === PLAN_KIND ? undefined : policy.kinds.get(ref.kind)
  return kind?.isId(ref.id) ? locateUnder(kind.under, ref, engine.answers) : undefined
}
