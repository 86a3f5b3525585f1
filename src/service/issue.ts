/** Issuing secrets: create and refresh, each with an idempotency key for an answer that was lost on the way. */
import type { Actor } from '../core/actor.ts'
import { PlanTokenError } from '../core/errors.ts'
import { type Issue, type IssueCode, issueAt } from '../core/issue.ts'
import {
  type Choice,
  created,
  endOfLifetime,
  KEPT,
  type Lifetime,
  refreshDates,
  refreshed,
  reissued,
} from '../core/lifecycle.ts'
import { type Metadata, merged } from '../core/metadata.ts'
import { newSecret, type Secret } from '../core/new-secret.ts'
import { BY_RULES, issuesByRules, longestLifetime, type PlanRules } from '../core/plan-rules.ts'
import type { CompiledPolicy, CompiledType, TypeEntry } from '../core/policy.ts'
import { areIssues, readScopes } from '../core/scopes.ts'
import { didYouMean } from '../core/suggest.ts'
import {
  type IdempotencyRecord,
  isBefore,
  isCanary,
  newestSecret,
  statusOf,
  type Token,
  type TokenRecord,
} from '../core/token.ts'
import { readAddresses } from './addresses.ts'
import { change, type Judged } from './commit.ts'
import { type ManagingEngine, showOne, timeOf } from './engine.ts'
import { newId } from './ids.ts'
import type { CreateInput, Inputs, PreviewRefreshInput, ReadInput, RefreshInput } from './input.ts'
import { readInput, refuseIssues } from './input.ts'
import { askRules, refuseBroken } from './plan-rules.ts'
import { allowlistOf, linkProblems, readLinks } from './resources.ts'
import {
  entryOf,
  loadManaged,
  loadRecord,
  refuseInactive,
  refuseIneligible,
  refuseNonAdmin,
  refuseUnchangeable,
} from './rights.ts'
import { readSelfRenewal, termAgain } from './self-renewal.ts'
import { refuseWeak } from './step-up.ts'

/** What was written, and the secret of it. */
export interface Written {
  readonly record: TokenRecord
  readonly secret: Secret
  /** Whether another secret ended by it. */
  readonly replaced: boolean
}

/** A token and the only readable copy of its new secret. */
export interface Issued {
  readonly token: Token
  readonly secret: Secret
}

/** A token that another admin has to approve; whoever asked for it collects its secret then. */
export interface Requested {
  readonly token: Token
  readonly secret: undefined
}

/** The dates that a refresh gives, in epoch milliseconds. */
export interface RefreshDates {
  readonly expiresAt: number
  /** Until when the secret works that is the newest now. */
  readonly previousWorksUntil: number
}

/** The input of a call that makes a token, of which everything was judged that such calls have in common. */
export interface NewToken {
  readonly actor: Actor
  readonly planId: string
  readonly type: CompiledType
  readonly choice: Choice
  /** Those of the plan. */
  readonly rules: PlanRules | undefined
}

/**
 * Judges a new token: its fields, then who makes it and for which plan, then where its resources lie. Not how strong the session is,
 * which comes last of all.
 *
 * @param ofCall finds what is wrong with the fields that only this call has.
 * @param refuse throws where the rules let no such call through, whatever its fields are.
 * @throws PlanTokenError `invalid_input` with everything at once, `not_plan_admin`, `plan_not_eligible`, `unavailable`.
 */
export async function judgeNew(
  engine: ManagingEngine,
  { fields, issues }: ReadInput<Omit<Inputs['create'], 'lifetimeDays' | 'expiresAt'>>,
  ofCall: (limits: CompiledPolicy['limits']) => readonly Issue[],
  refuse: (rules: PlanRules | undefined) => void,
): Promise<NewToken> {
  const { actor, planId, name = '', description = '', metadata, contact } = fields
  const entry = typeof fields.type === 'string' ? engine.types.get(fields.type) : undefined
  if (!entry)
    issues.push(issueAt(['type'], typeMessage(engine, fields.type), 'not_one_of', { values: [...engine.types.keys()] }))
  const { policy, type } = entry ?? firstType(engine)
  const ofLimits = ofCall(policy.limits)
  issues.push(...ofLimits)
  const scopes = readScopes(fields.scopes, type, policy)
  if (areIssues(scopes)) issues.push(...scopes)
  const from = readAddresses(engine, fields.addresses, type)
  issues.push(...from.issues)
  const links = readLinks(fields.resources, policy, planId)
  if (actor === undefined || planId === undefined)
    throw new PlanTokenError('invalid_input', { issues: [...issues, ...links.issues] })
  await refuseNonAdmin(engine, actor, planId)
  await refuseIneligible(engine, planId, policy)
  const rules = await askRules(engine, planId)
  const words = metadata && merged(undefined, metadata)
  const choice = {
    ...{ name, description, scopes: areIssues(scopes) ? [] : scopes, resources: allowlistOf(links) },
    ...(words !== undefined && { metadata: words as Metadata }),
    ...(contact && { contact }),
    ...(from.addresses && { addresses: from.addresses }),
  }
  if (ofLimits.length === 0) issues.push(...ofCall(limitsBy(policy, rules)).map(byRules))
  issues.push(
    ...issuesByRules(
      rules,
      { ...choice, ...(from.issues.length === 0 && { addresses: from.addresses }) },
      { type, policy },
    ),
    ...(await linkProblems(engine, policy, links, planId)),
  )
  refuseIssues(issues)
  refuse(rules)
  return { actor, planId, type, choice, rules }
}

export async function create(engine: ManagingEngine, input: CreateInput): Promise<Issued | Requested> {
  const read = readInput('create', input)
  const { lifetimeDays, expiresAt, idempotencyKey: key, canary, selfRenewal: mayRenew, renewUntil } = read.fields
  if (canary && !engine.canaries)
    read.issues.push(
      issueAt(['canary'], 'is not taken here: the engine has no canaries, which would tell of its use.', 'not_taken'),
    )
  const renewal = readSelfRenewal(engine, read.fields, engine.types.get(read.fields.type as string)?.type)
  read.issues.push(...renewal.issues)
  if (canary && mayRenew)
    read.issues.push(
      issueAt(['selfRenewal'], 'must be left out of a canary, which has no other secret.', 'both_given', {
        field: 'canary',
      }),
    )
  // Nothing is let through with a canary.
  const waits = (rules: PlanRules | undefined): boolean => rules?.approvals !== undefined && !canary
  const made = await judgeNew(
    engine,
    read,
    (limits) => lifetimeIssues(engine, read, limits),
    (rules) => {
      if (waits(rules) && !engine.approvals) throw new PlanTokenError('approval_required')
    },
  )
  const { actor, planId, type, choice, rules } = made
  const lifetime = (expiresAt === undefined ? { lifetimeDays } : { expiresAt }) as Lifetime
  const repeated = repeatable(engine, 'create', planId, key, [
    type.name,
    lifetimeDays ?? lifetime,
    choice,
    ...(canary ? [canary] : []),
    ...(mayRenew ? [{ mayRenew, renewUntil }] : []),
  ])
  // It follows from plan and key, so that two calls with the same key meet at version 1 of the same token, and no store needs
  // a table of keys.
  const known = repeated?.key.slice(0, 32)
  const issued = await change(
    engine,
    async () => (known === undefined ? undefined : loadRecord(engine, known)),
    async (before): Promise<Judged<Written | Waiting>> => {
      if (before && repeated) {
        // It was taken to a plan of which nobody has said that this actor is its admin.
        if (before.planId !== planId) throw new PlanTokenError('idempotency_key_spent')
        const again = await createdAgain(engine, before, repeated, made)
        refuseWeak(engine, actor, rules, 'create')
        return again
      }
      refuseWeak(engine, actor, rules, 'create')
      const now = timeOf(engine)
      const { secret, digest } = waits(rules) ? NO_SECRET : fresh(engine, type.prefix)
      const record = created({
        ...choice,
        id: known ?? newId(engine.random),
        planId,
        type: type.name,
        actor: actor.id,
        ...lifetime,
        now,
        digest,
        eventId: newId(engine.random),
        ...(canary && { canary }),
        ...(renewal.selfRenewal && { selfRenewal: renewal.selfRenewal }),
        ...(repeated && { idempotency: { ...repeated, digest } }),
      })
      if (secret) return { record, type: 'created', actor, result: { record, secret, replaced: false } }
      const pending = engine.approvals?.request(record, actor.id, expiresAt) as TokenRecord
      return { record: pending, type: 'requested', actor, result: { record: pending, secret, replaced: false } }
    },
  )
  // A new token works everywhere at once; a secret that was replaced must be dead everywhere first.
  if (issued.replaced) await engine.freshness.untilSeenEverywhere()
  return { token: await showOne(engine, issued.record), secret: issued.secret }
}

/** What was asked for, or asked for before. */
interface Waiting {
  readonly record: TokenRecord
  readonly secret: undefined
  readonly replaced: false
}

/** The same call again, whatever became of the token since. */
async function createdAgain(
  engine: ManagingEngine,
  before: TokenRecord,
  repeated: Omit<IdempotencyRecord, 'digest'>,
  { actor, rules }: NewToken,
): Promise<Judged<Written | Waiting>> {
  if (statusOf(before, timeOf(engine)) === 'pending') {
    // What it was asked for by knew that there may be no secret.
    if (!engine.approvals) throw new PlanTokenError('approval_required')
    return stillWaiting(before, repeated)
  }
  // It may hold more by now than it was made with.
  refuseBroken(rules, before, entryOf(engine, before))
  return reissue(engine, before, repeated, actor)
}

const NO_SECRET = { secret: undefined, digest: '' }

/** The same call again, of a token that waits: the same token, which has no secret that could be lost. */
function stillWaiting(record: TokenRecord, { key, input }: Omit<IdempotencyRecord, 'digest'>): Judged<Waiting> {
  const known = record.idempotency.find((entry) => entry.key === key)
  if (known?.input !== input) throw new PlanTokenError('idempotency_key_reused')
  return { result: { record, secret: undefined, replaced: false } }
}

/** What is wrong with how long a new token is to live. */
function lifetimeIssues(
  engine: ManagingEngine,
  { fields: { lifetimeDays: days, expiresAt } }: ReadInput<Pick<Inputs['create'], 'lifetimeDays' | 'expiresAt'>>,
  { lifetimeDays: longest }: CompiledPolicy['limits'],
): readonly Issue[] {
  if (expiresAt !== undefined && days === undefined) return expiryIssues(engine, expiresAt, longest)
  const isGood = Number.isSafeInteger(days) && (days as number) >= 1 && (days as number) <= longest
  const other = days === undefined ? ', unless expiresAt is there' : ''
  const message = `must be a whole number of days from 1 to ${longest}${other}.`
  return [
    ...(isGood ? [] : [issueAt(['lifetimeDays'], message, 'lifetime_days', { longest })]),
    ...(expiresAt === undefined
      ? []
      : [
          issueAt(['expiresAt'], 'must be left out where there are lifetimeDays.', 'both_given', {
            field: 'lifetimeDays',
          }),
        ]),
  ]
}

/** What is wrong with the end of a new token, where that is a moment. */
export function expiryIssues(engine: ManagingEngine, expiresAt: unknown, longest: number): readonly Issue[] {
  const now = timeOf(engine)
  if (isBefore(now, expiresAt) && (expiresAt as number) <= endOfLifetime(now, longest)) return []
  return [
    issueAt(['expiresAt'], `must be epoch milliseconds that lie ahead, by ${longest} days at most.`, 'expires_at', {
      longest,
    }),
  ]
}

/** The limits of a refresh with the grace that was chosen for it. */
function limitsWith(
  limits: CompiledPolicy['limits'],
  { fields: { graceHours: hours, retirePrevious }, issues }: ReadInput<Partial<Inputs['refresh']>>,
): CompiledPolicy['limits'] {
  const found = [...issues]
  const isGood = Number.isSafeInteger(hours) && (hours as number) >= 0 && (hours as number) <= limits.graceHours
  if (hours !== undefined && retirePrevious === 'now')
    found.push(
      issueAt(
        ['graceHours'],
        'must be left out with retirePrevious "now", which ends every earlier secret.',
        'both_given',
        { field: 'retirePrevious' },
      ),
    )
  else if (hours !== undefined && !isGood)
    found.push(
      issueAt(['graceHours'], `must be a whole number of hours from 0 to ${limits.graceHours}.`, 'grace_hours', {
        most: limits.graceHours,
      }),
    )
  refuseIssues(found)
  return hours === undefined ? limits : { ...limits, graceHours: hours }
}

/** Whose token is asked about, or everything that is wrong where that cannot be told. */
function ownerOf({ fields: { actor, id }, issues }: ReadInput<Pick<Inputs['token'], 'actor' | 'id'>>): Inputs['token'] {
  if (actor === undefined || id === undefined) throw new PlanTokenError('invalid_input', { issues })
  return { actor, id }
}

export async function previewRefresh(engine: ManagingEngine, input: PreviewRefreshInput): Promise<RefreshDates> {
  const read = readInput('previewRefresh', input)
  const { actor, id } = ownerOf(read)
  const record = await loadManaged(engine, actor, id)
  const { now, ...entry } = await refuseUnrefreshable(engine, record)
  const rules = await askRules(engine, record.planId)
  refuseBroken(rules, record, entry)
  return refreshDates(record, now, limitsWith(limitsBy(entry.policy, rules), read))
}

export async function refresh(engine: ManagingEngine, input: RefreshInput): Promise<Issued> {
  const read = readInput('refresh', input)
  const { actor, id } = ownerOf(read)
  const { retirePrevious: retire = 'afterGrace', graceHours, idempotencyKey: key } = read.fields
  const repeated = repeatable(engine, 'refresh', id, key, graceHours === undefined ? [retire] : [retire, graceHours])
  let newestSeen: string | undefined
  const issued = await change(
    engine,
    () => loadManaged(engine, actor, id),
    async (before): Promise<Judged<Written>> => {
      const { policy, type, now } = await refuseUnrefreshable(engine, before)
      const rules = await askRules(engine, before.planId)
      refuseBroken(rules, before, { policy, type })
      const lifetimes = limitsWith(limitsBy(policy, rules), read)
      if (repeated && before.idempotency.some((entry) => entry.key === repeated.key)) {
        const again = await reissue(engine, before, repeated, actor)
        refuseWeak(engine, actor, rules, 'refresh')
        return again
      }
      // Two refreshes at the same moment must not both win: the second one would retire a secret that nobody has seen yet.
      newestSeen ??= newestSecret(before)?.digest
      if (newestSecret(before)?.digest !== newestSeen) throw new PlanTokenError('version_conflict')
      const { secret, digest } = fresh(engine, type.prefix)
      const record = refreshed(before, {
        now,
        digest,
        eventId: newId(engine.random),
        retire,
        lifetimes,
        details: termAgain(engine, before, type),
        ...(repeated && { idempotency: { ...repeated, digest } }),
      })
      if (typeof record === 'string') throw new PlanTokenError(record)
      refuseWeak(engine, actor, rules, 'refresh')
      return { record, type: 'refreshed', actor, result: { record, secret, replaced: true } }
    },
  )
  await engine.freshness.untilSeenEverywhere()
  return { token: await showOne(engine, issued.record), secret: issued.secret }
}

/** The limits of a policy, as far as the rules of a plan allow them. */
function limitsBy({ limits }: CompiledPolicy, rules: PlanRules | undefined): CompiledPolicy['limits'] {
  return { ...limits, lifetimeDays: longestLifetime(limits.lifetimeDays, rules) }
}

const BY_RULES_CODES: { readonly [code in IssueCode]?: IssueCode } = {
  lifetime_days: 'lifetime_days_by_rules',
  expires_at: 'expires_at_by_rules',
}
const byRules = ({ at, message, code, params }: Issue): Issue =>
  issueAt(at, `${message} ${BY_RULES}`, code && BY_RULES_CODES[code], params)

/** The secret of a canary lies where somebody is to find it: another one of it would be of no use. */
function refuseUnrefreshable(engine: ManagingEngine, record: TokenRecord): ReturnType<typeof refuseUnchangeable> {
  if (isCanary(record)) throw new PlanTokenError('token_is_canary')
  return refuseUnchangeable(engine, record)
}

/** What a call with an idempotency key leaves in its record; the parts of a hash cannot be cut in another way. */
export function repeatable(
  { sha256 }: ManagingEngine,
  call: IdempotencyRecord['call'],
  subject: string,
  key: string | undefined,
  input: readonly unknown[],
): Omit<IdempotencyRecord, 'digest'> | undefined {
  const hashOf = (...parts: readonly unknown[]): string => sha256(JSON.stringify(parts))
  return key === undefined ? undefined : { call, key: hashOf(call, subject, key), input: hashOf(...input) }
}

/** The same call again: the same token, and a fresh secret in place of the one that nobody received. */
export async function reissue(
  engine: ManagingEngine,
  before: TokenRecord,
  repeated: Omit<IdempotencyRecord, 'digest'>,
  actor: Actor,
): Promise<Judged<Written>> {
  const lost = before.idempotency.find((entry) => entry.key === repeated.key)
  if (lost?.input !== repeated.input) throw new PlanTokenError('idempotency_key_reused')
  const now = timeOf(engine)
  refuseInactive(before, now)
  if (
    before.secrets.length >= KEPT ||
    newestSecret(before)?.digest !== lost.digest ||
    (await engine.uses.of([before.id]))?.has(lost.digest)
  )
    throw new PlanTokenError('idempotency_key_spent')
  const { secret, digest } = fresh(engine, entryOf(engine, before).type.prefix)
  const record = reissued(before, lost, { now, digest, eventId: newId(engine.random) })
  return { record, type: 'refreshed', actor, result: { record, secret, replaced: true } }
}

/** A new secret, and its digest. */
export function fresh(
  { random, sha256 }: ManagingEngine,
  prefix: string,
): { readonly secret: Secret; readonly digest: string } {
  const secret = newSecret(prefix, random)
  return { secret, digest: sha256(secret.reveal()) }
}

function typeMessage({ types }: ManagingEngine, given: unknown): string {
  const names = [...types.keys()]
  const hint = typeof given === 'string' && names.length > 1 ? didYouMean(given, names) : ''
  return `must be ${names.map((name) => `"${name}"`).join(' or ')}.${hint}`
}

/** The type by which the other fields are judged when the type itself is wrong, so that all mistakes are said at once. */
function firstType({ types }: ManagingEngine): TypeEntry {
  return types.values().next().value as TypeEntry
}
