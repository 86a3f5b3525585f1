/**
 * Gathers what the rules ask for, stage by stage: the record, the plan, what the request names, where that lies. A stage
 * answers at once where its port does, so that a request about a token in memory waits for nothing. The rules of each stage:
 * core/decide.ts.
 */

import type { BodyReading } from '../core/body-reading.ts'
import { type Facts, OF_NAMES, OF_PLACES, OF_PLAN, OF_TOKEN, type Stage as Questions } from '../core/decide.ts'
import { readPlace, readPlan } from '../core/directory.ts'
import type { Match } from '../core/endpoints.ts'
import { type NamedRef, namesOf } from '../core/names.ts'
import { isObject, isThenable } from '../core/objects.ts'
import { PLAN_KIND, type Place, type ResourceRef } from '../core/resources.ts'
import type { Target } from '../core/target.ts'
import { secretWithDigest, type TokenRecord } from '../core/token.ts'
import type { Awaitable } from '../ports.ts'
import { answerOf } from './ask.ts'
import { type BodySource, readBody } from './body.ts'
import type { Engine } from './engine.ts'
import type { Grants } from './grants.ts'
import { locateAll, locateUnder } from './resources.ts'

/** One request under way: what is known of it for the rules, and what the service alone has to know of it. */
export interface Inquiry {
  readonly engine: Engine
  readonly grants: Grants
  readonly facts: Facts
  /** What was asked, of which the body is read if a rule needs it. */
  readonly request: BodySource
  /** The method of a port that is being asked, for the error if it fails. */
  port: string | undefined
  /** What was thrown where facts could not be had. */
  failure: unknown
  /** Where the record came from; `undefined` if nobody was asked for it. */
  source: 'cache' | 'store' | undefined
}

/** An inquiry that has begun. Always all fields, so that the hot path sees one layout. */
export function inquiryOf(engine: Engine, grants: Grants, facts: Facts, request: BodySource): Inquiry {
  return { engine, grants, facts, request, port: undefined, failure: undefined, source: undefined }
}

/** A stage: facts, and the questions that need them. */
export interface Stage {
  /** Puts its facts into the inquiry. Does nothing where an earlier refusal left out what it needs. */
  readonly gather: (inquiry: Inquiry) => Awaitable<void>
  readonly questions: Questions
}

/** The stages after the request itself, in the order of the questions. */
export const STAGES: readonly Stage[] = [
  { gather: gatherRecord, questions: OF_TOKEN },
  { gather: gatherPlan, questions: OF_PLAN },
  { gather: gatherNames, questions: OF_NAMES },
  { gather: gatherPlaces, questions: OF_PLACES },
]

/** The record of the secret. */
export function gatherRecord(inquiry: Inquiry): Awaitable<void> {
  const { facts } = inquiry
  // A question about a token by its id has its record already.
  return facts.record ? undefined : lookUp(inquiry)
}

function lookUp(inquiry: Inquiry): Awaitable<void> {
  const { engine, grants, facts } = inquiry
  const { credential, wellFormed } = facts
  if (!wellFormed || !credential.ok) return
  const digest = engine.sha256(credential.secret)
  inquiry.source = 'store'
  inquiry.port = 'store.findByDigest'
  const found = engine.freshness.lookUp(digest, inquiry)
  if (!isThenable(found)) return putRecord(facts, grants, found, digest)
  return found.then((record) => putRecord(facts, grants, record, digest))
}

/** Takes what the store gave, if it is a record that holds the digest. */
function putRecord(facts: Facts, grants: Grants, found: unknown, digest: string): void {
  const record = isObject(found) ? (found as TokenRecord) : undefined
  facts.secret = record && secretWithDigest(record, digest)
  facts.record = facts.secret && record
  facts.grant = facts.record && grants.grantOf(facts.record)
}

/** The plan of the token. */
export function gatherPlan(inquiry: Inquiry): Awaitable<void> {
  const { engine, facts } = inquiry
  if (!facts.record) return
  inquiry.port = 'directory.plan'
  const plan = engine.answers.plan(facts.record.planId)
  if (isThenable(plan)) {
    return engine.within(plan).then((answer) => {
      facts.plan = readPlan(answer)
    })
  }
  facts.plan = readPlan(plan)
}

/** What the request names. */
export function gatherNames(inquiry: Inquiry): Awaitable<void> {
  const { engine, facts, request } = inquiry
  const { match, target } = facts
  if (!match || !target) return
  const { names, checks } = match.endpoint
  const needsBody = names.what === 'resources' && names.needsBody
  if (!needsBody && checks.length === 0) return putNames(inquiry, match, target, undefined)
  const reading = readBody(request, facts.policy.limits.bodyBytes, engine.bodyWithin)
  if (!isThenable(reading)) return putNames(inquiry, match, target, reading)
  return reading.then((read) => {
    putNames(inquiry, match, target, read)
    // The client decides how long its body takes, so whatever has ended meanwhile has ended for it too.
    return inquiry.source === undefined ? undefined : lookUp(inquiry)
  })
}

/** Reads the names. A check that throws has not said yes, and what it throws at is the client's doing. */
function putNames({ engine, facts }: Inquiry, match: Match, { query }: Target, body: BodyReading | undefined): void {
  const cause = body?.malformed
  // Only a body that is not there may be needless.
  const isRead = cause === undefined || cause.reason === 'body_missing'
  if (!isRead) facts.malformed = cause
  try {
    facts.named = isRead ? namesOf(match, query, body?.value, facts.policy.limits.resources, facts) : 'malformed'
  } catch (error) {
    facts.named = 'malformed'
    facts.malformed = { reason: 'check_failed' }
    engine.report.failed(error, 'checks')
  }
}

/** Where that lies. */
export function gatherPlaces(inquiry: Inquiry): Awaitable<void> {
  const { engine, facts } = inquiry
  const { named, record } = facts
  if (!record || typeof named !== 'object') return
  inquiry.port = 'directory.locate'
  const only = named.length === 1 ? named[0] : undefined
  if (!only) {
    // One that lies elsewhere is enough to refuse. All of it together has the time of one call.
    const isElsewhere = (place: Place | 'absent'): boolean => place === 'absent' || place.planId !== record.planId
    const resources = named.filter(({ kind }) => kind !== PLAN_KIND)
    const ask = (ref: ResourceRef) => answerOf(engine, () => locate(engine, facts, ref)).then(readPlace)
    return engine.within(locateAll(resources, ask, isElsewhere)).then((places) => {
      // The plan itself has no place; the others follow in their order.
      facts.places = named.map(({ kind }) => (kind === PLAN_KIND ? 'absent' : (places.shift() ?? 'absent')))
    })
  }
  const place = locate(engine, facts, only)
  if (!isThenable(place)) facts.places = [readPlace(place)]
  else {
    return engine.within(place).then((answer) => {
      facts.places = [readPlace(answer)]
    })
  }
}

/** Nobody is asked about the plan itself, nor about an id that none of its kind can have: there is no such resource. */
function locate({ answers }: Engine, { policy }: Facts, ref: ResourceRef | NamedRef): Awaitable<unknown> {
  if (ref.kind === PLAN_KIND || policy.ids.get(ref.kind)?.(ref.id) !== true) return undefined
  return locateUnder(policy, ref, answers)
}
