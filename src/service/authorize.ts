/**
 * `authorize`: whether to let a request through. Gathers the facts stage by stage, asks the rules of core/decide.ts after
 * each, and stops at the first refusal, so that a refusal costs no more I/O than it must. Whatever fails is a refusal.
 */
import { decide, type Facts, OF_NAMES, OF_PLACES, OF_PLAN, OF_REQUEST, OF_TOKEN } from '../core/decide.ts'
import type { RefusalCode } from '../core/errors.ts'
import { type NamedRef, namesOf } from '../core/names.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { PLAN_KIND, type Place, type ResourceRef, readPlace } from '../core/resources.ts'
import { secretWithDigest, type TokenRecord } from '../core/token.ts'
import type { Awaitable } from '../ports.ts'
import { type Decision, decisionOf } from './decision.ts'
import { answerOf, type Engine, isThenable } from './engine.ts'
import type { Grants } from './grants.ts'
import { type RequestLike, readBody, readRequest } from './request.ts'
import { locateAll } from './resources.ts'

/** Which policy a request speaks to. */
export interface SurfaceOptions {
  /** Default: the first policy's. */
  readonly surface?: string
}

/** What `onDecision` is told: enough for logs, metrics and a rate limiter, and nothing secret. */
export interface DecisionInfo {
  readonly surface: string
  readonly allowed: boolean
  /** Absent if it was allowed. */
  readonly code?: RefusalCode
  /** The status of the refusal, 200 for an allowance. */
  readonly status: number
  /** Absent if the secret is not known. */
  readonly tokenId?: string
  readonly planId?: string
  readonly tokenType?: string
  /** The route of the policy, absent if there is none for the request. */
  readonly route?: string
  /** Until when the secret works; absent or `null` for the newest. */
  readonly secretWorksUntil?: number | null
  readonly durationMs: number
}

/** Makes `authorize`. */
export function createAuthorize(
  engine: Engine,
  grants: Grants,
  onDecision: ((info: DecisionInfo) => unknown) | undefined,
) {
  return async function authorize(request: RequestLike | Request, options?: SurfaceOptions): Promise<Decision> {
    const policy = surfaceOf(engine, options)
    const started = onDecision ? engine.clock.monotonic() : 0
    let facts: Facts | undefined
    let decision: Decision
    try {
      facts = readRequest(policy, engine.prefixes, request)
      const refusal = await refusalOf(engine, grants, facts, request)
      const { now } = facts
      decision = decisionOf(facts, refusal, (record) => grants.activeToken(record, now))
    } catch {
      decision = policy.denials.of(facts ? 'unavailable' : 'request_malformed')
    }
    if (onDecision) tell(onDecision, infoOf(policy, decision, facts, engine.clock.monotonic() - started))
    return decision
  }
}

/** The policy of a surface. Which surfaces there are is the host's own knowledge, so a wrong name is a mistake in its code. */
export function surfaceOf(engine: Engine, options: SurfaceOptions | undefined): CompiledPolicy {
  const surface = options?.surface
  if (surface === undefined) return engine.main
  const policy = engine.surfaces.get(surface)
  if (!policy)
    throw new TypeError(`There is no surface "${surface}". There are: ${[...engine.surfaces.keys()].join(', ')}.`)
  return policy
}

/** The first refusal, after as little I/O as it takes to find it. */
async function refusalOf(
  engine: Engine,
  grants: Grants,
  facts: Facts,
  request: RequestLike | Request,
): Promise<RefusalCode | undefined> {
  const ofRequest = decide(OF_REQUEST, facts)
  if (ofRequest !== undefined) return ofRequest
  const { store, directory, within, clock } = engine

  const digest = engine.sha256(facts.credential.ok ? facts.credential.secret : '')
  const found = store.findByDigest(digest)
  putRecord(facts, grants, isThenable(found) ? await within(found) : found, digest)
  facts.now = clock.now()
  const ofToken = decide(OF_TOKEN, facts)
  if (ofToken !== undefined) return ofToken

  const { planId } = facts.record as TokenRecord
  const plan = directory.plan(planId)
  let waited = isThenable(plan)
  facts.plan = isThenable(plan) ? await within(plan) : plan
  const ofPlan = decide(OF_PLAN, facts)
  if (ofPlan !== undefined) return ofPlan

  if (needsBody(facts)) {
    waited = true
    putNames(facts, await readBody(request, facts.policy.limits.bodyBytes, within))
  } else putNames(facts, undefined)
  const ofNames = decide(OF_NAMES, facts)
  if (ofNames !== undefined) return ofNames

  const places = typeof facts.named === 'object' ? placesOf(engine, facts.named) : []
  waited ||= isThenable(places)
  facts.places = isThenable(places) ? await places : places
  // What ends by time is judged again after a wait, however long it was.
  if (waited) facts.now = clock.now()
  return (waited ? decide(OF_TOKEN, facts) : undefined) ?? decide(OF_PLACES, facts)
}

/** Takes what the store gave, if it is a record that holds the digest. */
export function putRecord(facts: Facts, grants: Grants, found: unknown, digest: string): void {
  if (typeof found !== 'object' || found === null) return
  const record = found as TokenRecord
  facts.secret = secretWithDigest(record, digest)
  if (!facts.secret) return
  facts.record = record
  facts.grant = grants.grantOf(record)
}

/** Whether the endpoint names resources in its body. */
export function needsBody({ match }: Facts): boolean {
  const names = match?.endpoint.names
  return names?.what === 'resources' && names.needsBody
}

/** Reads what the request names. */
export function putNames(facts: Facts, body: unknown): void {
  if (facts.match && facts.target) facts.named = namesOf(facts.match, facts.target.query, body)
}

/** An answer of the directory that cannot be read proves nothing, and nothing is let through on it. */
class UnreadableAnswer extends TypeError {}

/** Where the resources lie, in their order. At once if the directory answers at once, since most requests name one. */
export function placesOf(engine: Engine, named: readonly NamedRef[]): Awaitable<readonly (Place | 'absent')[]> {
  const [only] = named
  if (only && named.length === 1) {
    const place = only.kind === PLAN_KIND ? undefined : engine.directory.locate({ kind: only.kind, id: only.id })
    return isThenable(place) ? engine.within(place).then((answer) => [readable(answer)]) : [readable(place)]
  }
  const locate = (ref: ResourceRef) =>
    ref.kind === PLAN_KIND ? Promise.resolve(undefined) : answerOf(engine, () => engine.directory.locate(ref))
  return locateAll(named, locate).then((places) => places.map(refuseUnreadable))
}

function readable(answer: unknown): Place | 'absent' {
  return refuseUnreadable(readPlace(answer))
}

function refuseUnreadable(place: Place | 'absent' | 'unreadable'): Place | 'absent' {
  if (place === 'unreadable') throw new UnreadableAnswer()
  return place
}

/** A hook that fails or rejects changes no decision and takes down no process. */
function tell(onDecision: (info: DecisionInfo) => unknown, info: DecisionInfo): void {
  try {
    const answer = onDecision(info)
    if (isThenable(answer)) answer.then(undefined, () => undefined)
  } catch {
    // The host's own affair.
  }
}

function infoOf(
  policy: CompiledPolicy,
  decision: Decision,
  facts: Facts | undefined,
  durationMs: number,
): DecisionInfo {
  const { record, match, secret } = facts ?? {}
  return {
    surface: policy.surface,
    allowed: decision.allowed,
    ...(decision.allowed ? { status: 200 } : { code: decision.code, status: decision.status }),
    ...(record && { tokenId: record.id, planId: record.planId, tokenType: record.type }),
    ...(match && { route: match.endpoint.route }),
    ...(secret && { secretWorksUntil: secret.worksUntil }),
    durationMs,
  }
}
