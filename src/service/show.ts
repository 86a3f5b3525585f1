/** How tokens are given out: what of their scopes counts today, their last uses, and warnings. What of a record is shown: core/token-view.ts. */
import { scopesThatCount, warningsOf } from '../core/entitlement.ts'
import { outlived, type PlanRules } from '../core/plan-rules.ts'
import { grantedScopes, latestOf, statusOf, type TokenRecord } from '../core/token.ts'
import { type Token, viewOf } from '../core/token-view.ts'
import { type Engine, timeOf } from './engine.ts'
import { askRules } from './plan-rules.ts'

/** Tokens as they are given out now, with their last uses if those can be read. */
export async function show(engine: Engine, records: readonly TokenRecord[]): Promise<readonly Token[]> {
  const uses = await engine.uses.of(records.map(({ id }) => id)).catch(() => undefined)
  const now = timeOf(engine)
  const rules = await rulesOf(engine, records)
  return records.map((record) => {
    const entry = engine.types.get(record.type)
    const scopes = grantedScopes(record)
    // Of a type that another deployment over the store has, it cannot be said what counts.
    const counted = entry ? scopesThatCount(scopes, entry) : scopes
    const own = rules.get(record.planId)
    const warnings = warningsOf(scopes, record.lifetimeDays, entry, own)
    const used = record.secrets.flatMap(({ digest }) => uses?.get(digest) ?? [])
    const broken = own && statusOf(record, now) === 'active' && outlived(own, record, now, latestOf(used))
    return viewOf(record, now, { scopes: counted, warnings: broken ? [...warnings, { code: broken }] : warnings }, uses)
  })
}

/** The rules of the plans of tokens that are shown, each asked once; of a directory that fails none: what is done is done. */
async function rulesOf(engine: Engine, records: readonly TokenRecord[]): Promise<ReadonlyMap<string, PlanRules>> {
  const planIds = engine.directory.rules ? [...new Set(records.map(({ planId }) => planId))] : []
  const asked = await Promise.all(planIds.map((planId) => askRules(engine, planId).catch(() => undefined)))
  return new Map(asked.flatMap((rules, i) => (rules ? [[planIds[i] as string, rules] as const] : [])))
}

/** The same for one. */
export async function showOne(engine: Engine, record: TokenRecord): Promise<Token> {
  return (await show(engine, [record]))[0] as Token
}
