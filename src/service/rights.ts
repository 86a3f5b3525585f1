/**
 * Who may manage what: only an admin of the plan, as the directory says at that moment, and only what is active of a plan that may
 * have tokens. Loads a token for whoever may, and refuses everybody else: nobody learns of another plan's tokens.
 */

import type { Actor } from '../core/actor.ts'
import { isEligible } from '../core/decide.ts'
import { isPlanAdminProblem, type PlanAnswer, readPlan } from '../core/directory.ts'
import { PlanTokenError } from '../core/errors.ts'
import { type IsId, isOwnId } from '../core/kinds.ts'
import { isObject } from '../core/objects.ts'
import type { CompiledPolicy, Policy, TypeEntry } from '../core/policy.ts'
import { PLAN_KIND } from '../core/resources.ts'
import { didYouMean } from '../core/suggest.ts'
import { statusOf, type TokenRecord } from '../core/token.ts'
import { areObjects, ask, type PortCaller } from './ask.ts'
import { type Engine, timeOf } from './engine.ts'

/** The ids that are those of a column in SQL: what is none would be an error there. */
const OF_COLUMNS = ['integer', 'bigint', 'uuid']

/**
 * How ids of plans look, where policies say it by the type of a column. The other forms are those of links alone, since a plan
 * is not placed by the directory but known by it.
 */
export function planIdsOf(policies: readonly Policy[]): readonly IsId[] {
  const kinds = policies.flatMap(({ data }) => data.kinds[PLAN_KIND] ?? [])
  return kinds.filter(({ id }) => id !== undefined && OF_COLUMNS.includes(id)).map(isOwnId)
}

/** What it takes to ask the directory about rights. */
export type Rights = PortCaller & Pick<Engine, 'directory' | 'planIds'>

/** Throws `not_plan_admin` unless the directory says exactly `true`. */
export async function refuseNonAdmin(engine: Rights, actor: Actor, planId: string): Promise<void> {
  if (!(await isAdmin(engine, actor, planId))) throw new PlanTokenError('not_plan_admin')
}

/** Whether a text can be the id of a plan, where policies say how these look. */
export function isPlanId({ planIds }: Pick<Engine, 'planIds'>, planId: string): boolean {
  return planIds.length === 0 || planIds.some((isId) => isId(planId))
}

/** Whether the directory says so. A plan whose id cannot be one does not exist, and the directory is not asked about it. */
export async function isAdmin(engine: Rights, { id }: Actor, planId: string): Promise<boolean> {
  const { directory, report } = engine
  if (!isPlanId(engine, planId)) return false
  const method = 'directory.isPlanAdmin'
  const answer = await ask<unknown>(engine, method, () => directory.isPlanAdmin(id, planId))
  const problem = isPlanAdminProblem(answer)
  if (problem) report.failed(problem, method)
  return answer === true
}

/** What the directory says of a plan. */
export function askPlan(
  engine: PortCaller & Pick<Engine, 'directory'>,
  planId: string,
): Promise<PlanAnswer | undefined> {
  const { directory } = engine
  return ask(engine, 'directory.plan', () => directory.plan(planId), readPlan)
}

/** Throws `plan_not_eligible` while the plan is of another tier or suspended. Reading and revoking do not ask this. */
export async function refuseIneligible(engine: Engine, planId: string, { tiers }: CompiledPolicy): Promise<void> {
  const plan = await askPlan(engine, planId)
  if (isEligible(plan, planId, tiers)) return
  hintAtTier(engine, plan)
  throw new PlanTokenError('plan_not_eligible')
}

/** Says so, once, if a plan's tier is in no policy: it may be misspelt, and then none of its tokens works. */
export function hintAtTier({ surfaces, report }: Pick<Engine, 'surfaces' | 'report'>, plan: unknown): void {
  const { tier } = Object(plan) as { readonly tier?: unknown }
  if (typeof tier !== 'string') return
  for (const { tiers } of surfaces.values()) if (tiers.has(tier)) return
  report.hint(`tier ${tier}`, () => unknownTier(surfaces, tier))
}

/** What is said of a tier that no policy has. */
export function unknownTier(surfaces: Engine['surfaces'], tier: string): string {
  const known = new Set([...surfaces.values()].flatMap(({ tiers }) => [...tiers]))
  const names = [...known].map((name) => JSON.stringify(name)).join(', ')
  return `directory.plan() gave the tier ${JSON.stringify(tier)}, which no policy has.${didYouMean(tier, known)} Such a plan has no tokens; the tiers with tokens are ${names}.`
}

/** The record with this id, for an admin of its plan. To anybody else it does not exist. */
export async function loadManaged(engine: Engine, actor: Actor, id: string): Promise<TokenRecord> {
  const record = await loadRecord(engine, id)
  if (!record || !(await isAdmin(engine, actor, record.planId))) throw new PlanTokenError('token_not_found')
  return record
}

/** The record with this id, if the store has one that can be read. */
export async function loadRecord({ store, ...engine }: Engine, id: string): Promise<TokenRecord | undefined> {
  const record: unknown = await ask(engine, 'store.find', () => store.find(id))
  return isRecordWithId(record, id) ? record : undefined
}

function isRecordWithId(record: unknown, id: string): record is TokenRecord {
  if (!isObject(record)) return false
  const { id: found, planId, version, secrets, idempotency } = record as Partial<TokenRecord>
  return (
    found === id &&
    typeof planId === 'string' &&
    Number.isSafeInteger(version) &&
    areObjects(secrets) &&
    areObjects(idempotency)
  )
}

/** The policy and type of a record. A type that no policy has any more cannot be managed, only read and revoked. */
export function entryOf(engine: Engine, record: TokenRecord): TypeEntry {
  const entry = engine.types.get(record.type)
  if (entry) return entry
  throw new PlanTokenError('token_not_active', {
    message: "The token's type belongs to no policy here.",
  })
}

/** Throws `version_conflict` where a caller said which version it had seen and another one stands. */
export function refuseOtherVersion(record: TokenRecord, seen: number | undefined): void {
  if (seen !== undefined && seen !== record.version) throw new PlanTokenError('version_conflict')
}

/** Only an active token is edited and refreshed. */
export function refuseInactive(record: TokenRecord, now: number): void {
  const status = statusOf(record, now)
  if (status !== 'active') throw new PlanTokenError(status === 'pending' ? 'token_is_pending' : 'token_not_active')
}

/**
 * What an edit and a refresh need: an active token, of a plan that may have tokens and of a type that there is.
 *
 * @param refuse what a token must be instead of active.
 * @throws PlanTokenError `token_not_active`, `token_is_pending`, `plan_not_eligible`, `unavailable`.
 */
export async function refuseUnchangeable(
  engine: Engine,
  record: TokenRecord,
  refuse: (record: TokenRecord, now: number) => void = refuseInactive,
): Promise<TypeEntry & { readonly now: number }> {
  const { policy, type } = entryOf(engine, record)
  await refuseIneligible(engine, record.planId, policy)
  const now = timeOf(engine)
  refuse(record, now)
  return { policy, type, now }
}
