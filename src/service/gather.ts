/**
 * Gathers what the rules ask for, stage by stage: the record, the plan, what the request names, where that lies. A stage
 * answers at once where its port does, so that a request about a token in memory waits for nothing. The rules of each stage:
 * core/decide.ts.
 */

import { type Facts, OF_NAMES, OF_PLACES, OF_PLAN, OF_TOKEN, type Rule } from '../core/decide.ts'
import { type NamedRef, namesOf } from '../core/names.ts'
import { isObject, isThenable } from '../core/objects.ts'
import { PLAN_KIND, type Place, type ResourceRef, readPlace } from '../core/resources.ts'
import { secretWithDigest, type TokenRecord } from '../core/token.ts'
import type { Awaitable } from '../ports.ts'
import { answerOf, type Engine } from './engine.ts'
import type { Grants } from './grants.ts'
import { type RequestLike, readBody } from './request.ts'
import { locateAll, locateUnder } from './resources.ts'

/** One request, and what is known of it so far. */
export interface Inquiry {
  readonly engine: Engine
  readonly grants: Grants
  readonly facts: Facts
  /** Where a body is read from: the request, or `{ body }` of a question. */
  readonly source: RequestLike | Request | { readonly body?: unknown }
}

/** A stage: facts, and the rules that need them. */
export interface Stage {
  /** Puts its facts into the inquiry. Does nothing where an earlier refusal left out what it needs. */
  readonly gather: (inquiry: Inquiry) => Awaitable<void>
  readonly rules: readonly Rule[]
}

/** The stages after the request itself, in the order of the questions. */
export const STAGES: readonly Stage[] = [
  { gather: gatherRecord, rules: OF_TOKEN },
  { gather: gatherPlan, rules: OF_PLAN },
  { gather: gatherNames, rules: OF_NAMES },
  { gather: gatherPlaces, rules: OF_PLACES },
]

function gatherRecord({ engine, grants, facts }: Inquiry): Awaitable<void> {
  const { credential, wellFormed } = facts
  // A question about a token by its id has its record already.
  if (facts.record || !wellFormed || !credential.ok) return
  const digest = engine.sha256(credential.secret)
  facts.source = 'store'
  const found = engine.freshness.lookUp(digest, facts)
  if (!isThenable(found)) return putRecord(facts, grants, found, digest)
  return found.then((record) => putRecord(facts, grants, record, digest))
}

/** Takes what the store gave, if it is a record that holds the digest. */
function putRecord(facts: Facts, grants: Grants, found: unknown, digest: string): void {
  if (!isObject(found)) return
  const record = found as TokenRecord
  facts.secret = secretWithDigest(record, digest)
  if (!facts.secret) return
  facts.record = record
  facts.grant = grants.grantOf(record)
}

function gatherPlan({ engine, facts }: Inquiry): Awaitable<void> {
  if (!facts.record) return
  const plan = engine.answers.plan(facts.record.planId)
  if (isThenable(plan)) {
    return engine.within(plan).then((answer) => {
      facts.plan = answer
    })
  }
  facts.plan = plan
}

function gatherNames({ engine, facts, source }: Inquiry): Awaitable<void> {
  const { match, target } = facts
  if (!match || !target) return
  const { names, checks } = match.endpoint
  if (checks.length > 0 || (names.what === 'resources' && names.needsBody)) {
    return readBody(source, facts.policy.limits.bodyBytes, engine.within).then((body) => {
      facts.named = namesOf(match, target.query, body, facts.policy.limits.resources, facts)
    })
  }
  facts.named = namesOf(match, target.query, undefined, facts.policy.limits.resources, facts)
}

function gatherPlaces({ engine, facts }: Inquiry): Awaitable<void> {
  const { named, record } = facts
  if (!record || typeof named !== 'object') return
  const only = named.length === 1 ? named[0] : undefined
  if (!only) {
    // One that lies elsewhere is enough to refuse. All of it together has the time of one call.
    const isElsewhere = (place: unknown): boolean =>
      typeof place !== 'object' || (place as Place).planId !== record.planId
    const resources = named.filter(({ kind }) => kind !== PLAN_KIND)
    const placing = locateAll(resources, (ref) => answerOf(engine, () => locate(engine, facts, ref)), isElsewhere)
    return engine.within(placing).then((places) => {
      // The plan itself has no place; the others follow in their order.
      const rest = places.map(readable)
      facts.places = named.map(({ kind }) => (kind === PLAN_KIND ? 'absent' : (rest.shift() ?? 'absent')))
    })
  }
  const place = locate(engine, facts, only)
  if (!isThenable(place)) facts.places = [readable(readPlace(place))]
  else {
    return engine.within(place).then((answer) => {
      facts.places = [readable(readPlace(answer))]
    })
  }
}

/** The plan itself is asked of nobody. */
function locate({ answers }: Engine, { policy }: Facts, ref: ResourceRef | NamedRef): Awaitable<unknown> {
  return ref.kind === PLAN_KIND ? undefined : locateUnder(policy, ref, answers)
}

/** An answer of the directory that cannot be read proves nothing, and nothing is let through on it. */
function readable(place: Place | 'absent' | 'unreadable'): Place | 'absent' {
  if (place === 'unreadable') throw new TypeError('unreadable')
  return place
}
