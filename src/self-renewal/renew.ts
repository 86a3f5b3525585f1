/**
 * The renewal of a token by itself. Judged as a request with its secret is, then as a refresh by an admin is, on the newest record
 * until it is written. An answer that was lost is asked for again with the same secret and key; whoever comes with a replaced secret
 * otherwise is told apart from that.
 */
import { millisecondsInDay } from 'date-fns/constants'
import { OF_PLAN, OF_REQUEST, OF_TOKEN, type Rule, type Stage } from '../core/decide.ts'
import { PlanTokenError } from '../core/errors.ts'
import type { LegacyKey } from '../core/legacy.ts'
import { isActive, KEPT, refreshed, reissued } from '../core/lifecycle.ts'
import type { Secret } from '../core/new-secret.ts'
import type { CompiledPolicy, CompiledType } from '../core/policy.ts'
import type { RefusalCode } from '../core/refusals.ts'
import type { NotRenewed, Renewal, RenewalCode, RenewOptions } from '../core/self-renewal.ts'
import {
  ENDED,
  type IdempotencyRecord,
  isBefore,
  isCanary,
  newestSecret,
  type SecretRecord,
  secretWithDigest,
  type TokenRecord,
} from '../core/token.ts'
import { noteCanary } from '../service/canary.ts'
import { change, type Judged } from '../service/commit.ts'
import { refusalOf } from '../service/decision.ts'
import { type ManagingEngine, timeOf } from '../service/engine.ts'
import { findByDigest } from '../service/find.ts'
import { newId } from '../service/ids.ts'
import type { Inquiry } from '../service/inquiry.ts'
import { fresh, repeatable } from '../service/issue.ts'
import { askRules, limitsBy, refuseBroken, standingOf } from '../service/plan-rules.ts'
import { type Asked, readAsked } from '../service/request.ts'
import { askPlan } from '../service/rights.ts'
import { showOne } from '../service/show.ts'
import { surfaceOf } from '../service/surface.ts'
import { refusedAs, refusedFor, renewed } from './answers.ts'
import { keyOf, type ReadKey } from './key.ts'
import { noteSuperseded, type OnSuperseded } from './superseded.ts'
import { latestEnd, renewFromOf, renewUntilOf } from './term.ts'

/**
 * What a renewal that moves no end must leave of the life of its secret, in milliseconds: towards the end of the term each would be
 * half as long as the one before, for ever.
 */
const SHORTEST = millisecondsInDay

/** What was written, and the secret of it. */
interface Written {
  readonly record: TokenRecord
  readonly secret: Secret
  readonly renewFrom: number
}

/** What comes of judging one version of the record: what was written, a refusal, or a secret that was replaced. */
type Outcome = Written | NotRenewed | 'superseded'

/** One wish under way. */
interface Wish {
  readonly engine: ManagingEngine
  readonly policy: CompiledPolicy
  readonly inquiry: Inquiry
  /** The digest of the secret that was sent. */
  readonly digest: string
  readonly key: ReadKey
  /** Whether the secret was the newest in a version that was judged before. */
  wasNewest: boolean
}

/** Renews a token by the secret that comes with a request, or alone. Rejects for a surface that there is not, and for nothing else. */
export async function renew(
  engine: ManagingEngine,
  asked: object,
  options: RenewOptions,
  onSuperseded: OnSuperseded,
): Promise<Renewal> {
  const { surface, address } = options
  const policy = surfaceOf(engine, surface === undefined ? undefined : { surface })
  const refuse = (code: RefusalCode): NotRenewed => refusedAs(policy.denials.of(code))
  let inquiry: Inquiry
  let key: ReadKey
  try {
    inquiry = readAsked(engine, policy, asked as Asked, undefined)
    key = keyOf(asked, options)
  } catch {
    return refuse('request_malformed')
  }
  inquiry.address = address
  const { credential: secret, legacy } = inquiry
  const unread = refusalBy(OF_REQUEST, inquiry, ({ name }) => name !== 'target')
  if (unread !== undefined || typeof secret !== 'string')
    return refusedAs(refusalOf(inquiry, unread ?? 'token_missing'))
  const digest = legacy ? legacy.digest : engine.sha256(secret)
  const wish: Wish = { engine, policy, inquiry, digest, key, wasNewest: false }
  try {
    return await renewBy(wish, legacy, onSuperseded)
  } catch (error) {
    if (!(error instanceof PlanTokenError)) engine.report.failed(error, 'renew')
    const code = error instanceof PlanTokenError ? error.code : undefined
    const isOurs = code === 'version_conflict' || code === 'plan_rules_broken' || code === 'too_many_live_secrets'
    return isOurs ? refusedFor(code, policy.denials.headers) : refuse('unavailable')
  }
}

async function renewBy(wish: Wish, legacy: LegacyKey | undefined, onSuperseded: OnSuperseded): Promise<Renewal> {
  const { engine, policy, digest } = wish
  const { headers } = policy.denials
  const found = await findByDigest(engine, digest, legacy)
  if (!found || isCanary(found)) {
    if (found) noteCanary(engine, found, digest, { surface: policy.surface })
    return refusedAs(policy.denials.of('token_unknown'))
  }
  let first: TokenRecord | undefined = found
  let last: TokenRecord = found
  const outcome = await change<TokenRecord, Outcome>(
    engine,
    async () => {
      last = first ?? (await findByDigest(engine, digest)) ?? last
      first = undefined
      return last
    },
    (record) => judge(wish, record),
  )
  if (outcome === 'superseded') {
    await noteSuperseded(engine, last, digest, onSuperseded, await isMisuse(wish, last))
    return refusedFor('secret_superseded', headers)
  }
  if ('renewed' in outcome) return outcome
  await engine.freshness.untilSeenEverywhere()
  const { record, secret, renewFrom } = outcome
  const dates = {
    ...{ expiresAt: record.expiresAt, renewFrom, renewUntil: renewUntilOf(record) ?? 0 },
    previousWorksUntil: secretWithDigest(record, digest)?.worksUntil ?? 0,
  }
  return renewed(await showOne(engine, record), secret, dates, headers)
}

/** Judges one version of the record. What is asked for is asked first, so that all is judged at one moment. */
async function judge(wish: Wish, record: TokenRecord): Promise<Judged<Outcome>> {
  const { engine, policy, inquiry, key } = wish
  const lost = repetitionIn(wish, record)
  const uses = lost ? await engine.uses.of([record.id]) : undefined
  const isUsed = lost !== undefined && (uses === undefined || uses.has(lost.digest))
  const early = refusalOfToken(wish, record, isUsed)
  if (early) return { result: early }
  const type = policy.types.get(record.type) as CompiledType
  inquiry.plan = await askPlan(engine, record.planId)
  const rules = await askRules(engine, record.planId)
  const standing = await standingOf(engine, record, timeOf(engine))
  const refusal = refusalOfToken(wish, record, isUsed)
  if (refusal) return { result: refusal }
  const { now } = inquiry
  const { headers } = policy.denials
  const refuse = (code: RenewalCode): Judged<Outcome> => ({ result: refusedFor(code, headers) })
  const ofPlan = refusalBy(OF_PLAN, inquiry, ({ name }) => name === 'plan') ?? standing.outlived
  if (ofPlan !== undefined) return { result: refusedAs(policy.denials.of(ofPlan)) }
  const until = renewUntilOf(record)
  const rule = type.selfRenewal
  if (until === undefined || !rule) return refuse('renewal_not_allowed')
  if (key.code !== undefined) return refuse(key.code)
  const repeated = repeatedBy(wish, record, key.key)
  if (newestSecret(record)?.leak || inquiry.secret?.leak) return refuse('secret_leaked')
  if (!isBefore(now, until)) return refuse('renewal_ended')
  refuseBroken(rules, record, { policy, type })
  const { secret, digest } = fresh(engine, type.prefix)
  const made = { now, digest, eventId: newId(engine.random) }
  // Nobody gets that many answers lost, and each leaves a secret behind.
  if (lost && record.secrets.length >= KEPT) return refuse('too_many_live_secrets')
  if (lost) return written(reissued(record, lost, made), secret, rule, rules)
  if (record.idempotency.some((entry) => entry.key === repeated.key)) return refuse('idempotency_key_reused')
  const renewFrom = renewFromOf(record, rule, rules)
  if (isBefore(now, renewFrom)) return { result: refusedFor('renewal_too_early', headers, { renewFrom, now }) }
  if (!(now >= renewFrom)) return refuse('renewal_not_allowed')
  const lifetimes = limitsBy(policy, rules)
  const after = refreshed(record, {
    ...{ ...made, retire: 'afterGrace', lifetimes, latest: latestEnd(record, until) },
    idempotency: { ...repeated, digest },
  })
  if (after === 'too_many_live_secrets') return refuse(after)
  if (after.expiresAt <= record.expiresAt && after.expiresAt - now < SHORTEST) return refuse('renewal_ended')
  return written(after, secret, rule, rules)
}

function written(
  record: TokenRecord,
  secret: Secret,
  rule: Parameters<typeof renewFromOf>[1],
  rules: Parameters<typeof renewFromOf>[2],
): Judged<Outcome> {
  const result = { record, secret, renewFrom: renewFromOf(record, rule, rules) }
  return { record, type: 'self_refreshed', actor: null, result }
}

/**
 * Why the token and the secret that was sent renew nothing, if so. A secret that was replaced renews nothing more; the one call that
 * may come with it is the same again, for an answer that was lost, as long as nobody has used the secret that was in it.
 */
function refusalOfToken(wish: Wish, record: TokenRecord, isUsed = false): NotRenewed | 'superseded' | undefined {
  const { engine, policy, inquiry, digest } = wish
  const secret = secretWithDigest(record, digest)
  inquiry.record = record
  inquiry.secret = secret
  inquiry.grant = inquiry.engine.grants.grantOf(record)
  inquiry.now = timeOf(engine)
  const may = renewUntilOf(record) !== undefined && engine.types.get(record.type)?.type.selfRenewal !== undefined
  const isNewest = newestSecret(record)?.digest === digest
  const isRepetition = !isUsed && repetitionIn(wish, record) !== undefined
  if (secret && may && isActive(record, inquiry.now) && !isNewest && !isRepetition)
    // Whoever sent the newest, and was overtaken while it was judged, is no thief.
    return wish.wasNewest ? refusedFor('version_conflict', policy.denials.headers) : 'superseded'
  wish.wasNewest ||= isNewest
  const code = OF_TOKEN.rules
    .map((rule) => rule.refuses(inquiry))
    .find((one) => one !== undefined && !(one === 'secret_retired' && isRepetition && goesOn(secret)))
  return code === undefined ? undefined : refusedAs(refusalOf(inquiry, code))
}

/** Of a repetition the secret may have run out meanwhile, by its date: a nightly job comes again after a day. One that was ended stays so. */
const goesOn = (secret: SecretRecord | undefined): boolean => secret !== undefined && secret.worksUntil !== ENDED

const refusalBy = (stage: Stage, inquiry: Inquiry, which: (rule: Rule) => boolean): RefusalCode | undefined => {
  for (const rule of stage.rules) {
    const code = which(rule) ? rule.refuses(inquiry) : undefined
    if (code !== undefined) return code
  }
  return undefined
}

/** What the call leaves in the record: its key, and the secret that it was sent with. */
const repeatedBy = ({ engine, digest }: Wish, { id }: TokenRecord, key: string): Omit<IdempotencyRecord, 'digest'> =>
  repeatable(engine, 'renew', id, key, [digest]) as Omit<IdempotencyRecord, 'digest'>

/** The entry of the same call before, with the same secret, whose new secret is still the newest. */
function repetitionIn(wish: Wish, record: TokenRecord): IdempotencyRecord | undefined {
  if (wish.key.key === undefined) return undefined
  const repeated = repeatedBy(wish, record, wish.key.key)
  const newest = newestSecret(record)?.digest
  return record.idempotency.find(
    ({ key, input, digest }) => key === repeated.key && input === repeated.input && digest === newest,
  )
}

/**
 * Whether two must have held the secret that was sent: it has renewed the token before, and this is not the same call again whose answer
 * nobody has used. One that an admin's refresh has replaced, the job may have still.
 */
async function isMisuse(wish: Wish, record: TokenRecord): Promise<boolean> {
  const { engine, key } = wish
  const { input } = repeatedBy(wish, record, '')
  const own = record.idempotency.filter((entry) => entry.call === 'renew' && entry.input === input)
  const again = key.key === undefined ? undefined : repeatedBy(wish, record, key.key).key
  const same = own.find((entry) => entry.key === again)
  if (!same) return own.length > 0
  return (await engine.uses.of([record.id]))?.has(same.digest) !== false
}
