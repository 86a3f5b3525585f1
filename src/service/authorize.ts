/**
 * `authorize`: whether to let a request through. Gathers the facts stage by stage, asks the rules of core/decide.ts after
 * each, and stops at the first refusal, so that a refusal costs no more I/O than it must. Whatever fails is a refusal.
 */
import { type Facts, needsNoToken, OF_NAMES, OF_PLACES, OF_PLAN, OF_REQUEST, OF_TOKEN } from '../core/decide.ts'
import { PlanTokenError, type RefusalCode } from '../core/errors.ts'
import type { LimitState } from '../core/limited.ts'
import type { MalformedReason } from '../core/malformed.ts'
import { isThenable } from '../core/objects.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import { didYouMean } from '../core/suggest.ts'
import { BASE_PATH_MESSAGE, isBasePath } from '../core/target.ts'
import { isCanary, type TokenRecord } from '../core/token.ts'
import type { Gatherer } from '../core/usage.ts'
import type { Awaitable } from '../ports.ts'
import { hintAtAddress } from './addresses.ts'
import { unavailable } from './ask.ts'
import { noteCanary } from './canary.ts'
import { allowanceOf, type Decision, refusalOf } from './decision.ts'
import type { Engine } from './engine.ts'
import { gatherNames, gatherPlaces, gatherPlan, gatherRecord, STAGES, type Stage } from './gather.ts'
import type { GrantCache } from './grants.ts'
import type { Inquiry } from './inquiry.ts'
import { type Asked, putMatch, readAsked } from './request.ts'
import { hintAtTier } from './rights.ts'
import { tell } from './tell.ts'
import { isInMinute } from './uses.ts'

/** Which policy a request speaks to, and where its paths begin. */
export interface SurfaceOptions {
  /** Default: the first policy's. */
  readonly surface?: string
  /** The path under which the policy's paths begin, such as `/api`. A request that does not begin with it is refused. */
  readonly basePath?: string
  /**
   * Whether the request was counted already and is only judged anew, as for each event of a stream: limits of requests take nothing
   * for it and refuse nothing. Default `false`.
   */
  readonly again?: boolean
  /**
   * The address that the request came from, such as `203.0.113.7`, without a port. Asked of tokens that may be used from some
   * addresses alone, which are refused where there is none. Take it from whatever can be believed: docs/addresses.md.
   */
  readonly address?: string | undefined
}

/** What `onDecision` is told: enough for logs, metrics and a rate limiter, and nothing secret. */
export interface DecisionInfo {
  readonly surface: string
  readonly allowed: boolean
  /** Absent if it was allowed. */
  readonly code?: RefusalCode
  /** For `request_malformed`: what is malformed. */
  readonly reason?: MalformedReason
  /** Of an allowance: why it would have been a refusal, were the addresses of tokens not only watched. */
  readonly wouldRefuse?: RefusalCode
  /** The address that the token may not be used from, in its one spelling; absent if none could be read. */
  readonly address?: string
  /** The status of the refusal, 200 for an allowance. */
  readonly status: number
  /** Absent if the secret is not known. */
  readonly tokenId?: string
  /** Of a canary token: whoever sent it was told that it is not known. Absent of every other. */
  readonly canary?: true
  readonly planId?: string
  readonly tokenType?: string
  /** The route of the policy, absent if there is none for the request. */
  readonly route?: string
  /** How the limit of requests stands; absent where none counted the request. */
  readonly limit?: LimitState
  /** Until when the secret works; absent or `null` for the newest. */
  readonly secretWorksUntil?: number | null
  /** For `unavailable`: what failed. Of a store that must be mended the message says what to do. */
  readonly error?: PlanTokenError
  /** Whether the token came out of this process's memory or the store was asked for it; absent if neither was. */
  readonly source?: 'cache' | 'store'
  readonly durationMs: number
}

type OnDecision = (info: DecisionInfo) => unknown

/** A decision, at once where nothing has to be waited for. */
export type Decide = (asked: Asked, options?: SurfaceOptions) => Awaitable<Decision<string>>

/** Makes `decide`. */
export function createDecide(engine: Engine, grants: GrantCache, onDecision: OnDecision | undefined): Decide {
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
    const decision = inquiry ? conclude(inquiry, refusal) : policy.denials.of('request_malformed')
    if (decision.allowed) noteUse(inquiry as Inquiry)
    else noteRefusal(engine, decision.code, inquiry)
    if (engine.usage && inquiry?.engine.usage) gather(engine.usage, inquiry, decision)
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
      inquiry = readAsked(options?.again === true ? uncounting : engine, grants, policy, asked, basePath)
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
      await (STAGES[i] as Stage).gather(inquiry)
    }
  } catch (error) {
    return failed(inquiry, error)
  }
}

/** The first refusal of a stage and those before it. */
function refusalUpTo(last: number, facts: Facts): RefusalCode | undefined {
  for (let i = 0; i <= last; i++) {
    const code = (STAGES[i] as Stage).questions.refuses(facts)
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

/** The policy of a surface. Which surfaces there are is the host's own knowledge, so a wrong name is a mistake in its code. */
export function surfaceOf(engine: Engine, options: SurfaceOptions | undefined): CompiledPolicy {
  const surface = options?.surface
  if (surface === undefined) return engine.main
  const policy = engine.surfaces.get(surface)
  if (!policy)
    throw new TypeError(`There is no surface "${surface}". There are: ${[...engine.surfaces.keys()].join(', ')}.`)
  return policy
}

const SURFACE_OPTIONS: readonly string[] = [
  'surface',
  'basePath',
  'again',
  'address',
] satisfies (keyof SurfaceOptions)[]

/** The base path, as the host's code says it. @throws TypeError for what is none, and for an option that there is not. */
export function basePathOf(options: SurfaceOptions | undefined): string | undefined {
  if (options === undefined) return undefined
  // A misspelt one would be judged by another policy, or at another path.
  for (const name in options)
    if (!SURFACE_OPTIONS.includes(name))
      throw new TypeError(`There is no option "${name}" here.${didYouMean(name, SURFACE_OPTIONS)}`)
  const { basePath } = options
  if (basePath !== undefined && !isBasePath(basePath)) throw new TypeError(`basePath ${BASE_PATH_MESSAGE}`)
  return basePath
}

/** What a refusal tells whoever runs the server. */
function noteRefusal(engine: Engine, code: RefusalCode, inquiry: Inquiry | undefined): void {
  if (code === 'unavailable') engine.report.failed(inquiry?.failure, inquiry?.port ?? 'authorize')
  else if (code === 'plan_not_eligible') hintAtTier(engine, inquiry?.plan)
  else if (code === 'address_not_allowed') hintAtAddress(engine, inquiry?.address)
  else if (inquiry?.record && isCanary(inquiry.record)) noteUseOfCanary(inquiry, inquiry.record)
}

function noteUseOfCanary(inquiry: Inquiry, record: TokenRecord): void {
  const { engine, policy, secret } = inquiry
  putMatch(inquiry)
  const { match } = inquiry
  const place = { surface: policy.surface, ...(match && { route: match.endpoint.view.route }) }
  if (secret) noteCanary(engine, record, secret.digest, place)
}

/** What is gathered of how tokens are used. The route of a refusal may not have been looked for yet. */
function gather(usage: Gatherer, inquiry: Inquiry, decision: Decision<string>): void {
  if (!decision.allowed && inquiry.record) putMatch(inquiry)
  usage.note(inquiry, decision.allowed ? undefined : decision.code)
}

/** After so many requests of working tokens, none of which led to an endpoint, the guard is thought to see other paths. */
const MOST_UNMATCHED = 10

function noteMatch(
  unmatched: Map<CompiledPolicy, number>,
  policy: CompiledPolicy,
  inquiry: Inquiry | undefined,
  decision: Decision<string>,
  report: Engine['report'],
): void {
  const count = unmatched.get(policy)
  if (count === undefined) return
  if (inquiry) putMatch(inquiry)
  if (inquiry?.match || count === MOST_UNMATCHED) unmatched.delete(policy)
  else if (!decision.allowed && decision.code === 'endpoint_unknown') {
    unmatched.set(policy, count + 1)
    if (count + 1 < MOST_UNMATCHED) return
    report.hint(
      `unmatched ${policy.surface}`,
      () =>
        `The first ${MOST_UNMATCHED} requests with a token led to no endpoint of the surface "${policy.surface}". If its guard is mounted below a path, or stands behind something that rewrites paths, see basePath in docs/frameworks.md.`,
    )
  }
}

/** What was noted is kept with the grant: looked up in a table by its digest, it was a twentieth of `authorize` (bench/engine.ts). */
function noteUse({ engine, record, secret, grant, now }: Inquiry): void {
  if (!record || !secret || !grant || (grant.used === secret && isInMinute(now, grant.usedIn))) return
  grant.usedIn = engine.uses.note(record.id, secret.digest, now)
  grant.used = secret
}

/** What is told of a token that may be used from some addresses alone, if it was used from elsewhere. */
function addressInfo(
  { engine, grant, address }: Inquiry,
  decision: Decision<string>,
): Pick<DecisionInfo, 'wouldRefuse' | 'address'> | false {
  const isWatched = decision.allowed && grant?.addresses?.holds(address) === false
  if (!isWatched && !(decision.allowed === false && decision.code === 'address_not_allowed')) return false
  if (isWatched) hintAtAddress(engine, address)
  const spelt = engine.addresses?.spelt(address)
  return { ...(isWatched && { wouldRefuse: 'address_not_allowed' }), ...(spelt !== undefined && { address: spelt }) }
}

function infoOf(
  surface: string,
  decision: Decision<string>,
  inquiry: Inquiry | undefined,
  durationMs: number,
): DecisionInfo {
  if (inquiry) putMatch(inquiry)
  const { record, match, limited, secret, failure, port, source } = inquiry ?? {}
  return {
    surface,
    allowed: decision.allowed,
    ...(decision.allowed ? { status: 200 } : { code: decision.code, status: decision.status }),
    ...(!decision.allowed && decision.reason && { reason: decision.reason }),
    ...(inquiry?.grant?.addresses && addressInfo(inquiry, decision)),
    ...(record && { tokenId: record.id, planId: record.planId, tokenType: record.type }),
    ...(record && isCanary(record) && { canary: true as const }),
    ...(match && { route: match.endpoint.view.route }),
    ...(typeof limited === 'object' && { limit: limited.state }),
    ...(!decision.allowed && decision.code === 'unavailable' && { error: unavailable(failure, port) }),
    ...(secret && { secretWorksUntil: secret.worksUntil }),
    ...(source && { source }),
    durationMs,
  }
}
