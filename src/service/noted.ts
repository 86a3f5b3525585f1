/**
 * What a decision leaves behind: the use of the token, what is gathered and counted, hints for whoever runs the server, and what
 * `onDecision` is told. Nothing of it changes the answer.
 */
import type { PlanTokenError } from '../core/errors.ts'
import type { LimitState } from '../core/limited.ts'
import type { MalformedReason } from '../core/malformed.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import type { RefusalCode } from '../core/refusals.ts'
import { isCanary, isWithinMinute, type TokenRecord } from '../core/token.ts'
import type { Gatherer } from '../core/usage.ts'
import { hintAtAddress } from './addresses.ts'
import { unavailable } from './ask.ts'
import { noteCanary } from './canary.ts'
import type { Decision } from './decision.ts'
import type { Engine } from './engine.ts'
import type { Inquiry } from './inquiry.ts'
import { putMatch } from './request.ts'
import { hintAtTier } from './rights.ts'

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

/** What a refusal tells whoever runs the server. */
export function noteRefusal(engine: Engine, code: RefusalCode, inquiry: Inquiry | undefined): void {
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
export function noteGathered(usage: Gatherer, inquiry: Inquiry, decision: Decision<string>): void {
  if (!decision.allowed && inquiry.record) putMatch(inquiry)
  usage.note(inquiry, decision.allowed ? undefined : decision.code)
}

/** After so many requests of working tokens, none of which led to an endpoint, the guard is thought to see other paths. */
const MOST_UNMATCHED = 10

/** Notes whether requests lead to endpoints at all, until one does. */
export function noteMatch(
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
export function noteUse({ engine, record, secret, grant, match, now }: Inquiry): void {
  if (!record || !secret || !grant) return
  grant.opened = match?.endpoint
  if (grant.used === secret && isWithinMinute(grant.usedIn, now)) return
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

/** What `onDecision` is told. */
export function infoOf(
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
