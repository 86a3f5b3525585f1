/** Who may manage what: only an admin of the plan, as the directory says at that moment. Nobody learns of another plan's tokens. */

import { isEligible } from '../core/decide.ts'
import { PlanTokenError } from '../core/errors.ts'
import { isObject } from '../core/objects.ts'
import type { CompiledPolicy } from '../core/policy.ts'
import type { TokenRecord } from '../core/token.ts'
import { areObjects, ask, type Engine } from './engine.ts'

/** Throws `not_plan_admin` unless the directory says exactly `true`. */
export async function refuseNonAdmin(engine: Engine, actor: string, planId: string): Promise<void> {
  if (!(await isAdmin(engine, actor, planId))) throw new PlanTokenError('not_plan_admin')
}

async function isAdmin(engine: Engine, actor: string, planId: string): Promise<boolean> {
  return (await ask<unknown>(engine, () => engine.directory.isPlanAdmin(actor, planId))) === true
}

/** Throws `plan_not_eligible` while the plan is of another tier or suspended. Reading and revoking do not ask this. */
export async function refuseIneligible(engine: Engine, planId: string, { tiers }: CompiledPolicy): Promise<void> {
  const plan = await ask(engine, () => engine.directory.plan(planId))
  if (!isEligible(plan, planId, tiers)) throw new PlanTokenError('plan_not_eligible')
}

/** The record with this id, for an admin of its plan. To anybody else it does not exist. */
export async function loadManaged(engine: Engine, actor: string, id: string): Promise<TokenRecord> {
  const record = await loadRecord(engine, id)
  if (!record || !(await isAdmin(engine, actor, record.planId))) throw new PlanTokenError('token_not_found')
  return record
}

/** The record with this id, if the store has one that can be read. */
export async function loadRecord({ store, ...engine }: Engine, id: string): Promise<TokenRecord | undefined> {
  const record: unknown = await ask(engine, () => store.find(id))
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
