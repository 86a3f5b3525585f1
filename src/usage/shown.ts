/** `usage` and `planUsage`: what is gathered, as an admin is shown it. What follows from it: usage/advice.ts. */
import { grantOf } from '../core/entitlement.ts'
import type { RefusalCode } from '../core/refusals.ts'
import { readAllowlist } from '../core/resources.ts'
import type { ScopeAlternative } from '../core/scope-alternatives.ts'
import { beganAt, type TokenRecord } from '../core/token.ts'
import type { PlanUsage, RefusedRoute, TokenUsage, UsedResource, UsedRoute } from '../core/usage.ts'
import { type Engine, type ManagingEngine, timeOf } from '../service/engine.ts'
import { parseBy } from '../service/input.ts'
import { loadManaged, refuseNonAdmin } from '../service/rights.ts'
import { USAGE_INPUTS } from '../service/usage-input.ts'
import { chartOf, dayOf, textOfDay } from './days.ts'
import type { Gathered, Last, LastRefused } from './gathered.ts'
import type { Memory } from './gatherer.ts'

/** How one token is used, for an admin of its plan. */
export async function usageOf(engine: ManagingEngine, memory: Memory, input: unknown): Promise<TokenUsage> {
  const { actor, id } = parseBy(USAGE_INPUTS.usage, input)
  const record = await loadManaged(engine, actor, id)
  const { gathered, since } = await memory.ofToken(record)
  const today = dayOf(timeOf(engine))
  return {
    tokenId: record.id,
    complete: since !== undefined && since <= dayOf(beganAt(record)),
    since: since === undefined ? null : textOfDay(Math.max(since, dayOf(beganAt(record)))),
    routes: routesOf(engine, record, gathered, today),
    resources: resourcesOf(record, gathered, today),
    refused: refusedOf(gathered.refused.values(), today),
    days: chartOf(gathered.days, today),
  }
}

/** How the tokens of a plan are used, day by day, for an admin of it. */
export async function planUsageOf(engine: ManagingEngine, memory: Memory, input: unknown): Promise<PlanUsage> {
  const { actor, planId } = parseBy(USAGE_INPUTS.planUsage, input)
  await refuseNonAdmin(engine, actor, planId)
  const { gathered, since } = await memory.ofPlan(planId)
  return {
    planId,
    since: since === undefined ? null : textOfDay(since),
    days: chartOf(gathered, dayOf(timeOf(engine))),
  }
}

/** The latest first, and of one day by name. */
const inOrder = (a: Last, b: Last, one: string, other: string): number => b.day - a.day || (one < other ? -1 : 1)

/** A day as it is shown: none that lies ahead, as a clock that is wrong may have made it. */
const shownDay = (day: number, today: number): string => textOfDay(Math.min(day, today))

function routesOf(engine: Engine, record: TokenRecord, { routes }: Gathered, today: number): readonly UsedRoute[] {
  const entry = engine.types.get(record.type)
  const held = grantOf(record, entry).scopes
  const opensBy = (route: string): readonly ScopeAlternative[] =>
    (entry?.policy.routes.get(route)?.scopes ?? []).filter((one) => [one].flat().every((scope) => held.includes(scope)))
  return [...routes]
    .sort(([one, a], [other, b]) => inOrder(a, b, one, other))
    .map(([route, { day, count }]) => ({
      route,
      lastUsedOn: shownDay(day, today),
      requests: count,
      scopes: opensBy(route),
    }))
}

function resourcesOf(record: TokenRecord, { resources }: Gathered, today: number): readonly UsedResource[] {
  const list = readAllowlist(record.resources)
  return [...resources]
    .sort(([one, a], [other, b]) => inOrder(a, b, one, other))
    .map(([, { kind, id, route, day, count }]) => ({
      kind,
      id,
      route,
      lastUsedOn: shownDay(day, today),
      requests: count,
      listed: list !== 'all' && list.get(kind)?.has(id) === true,
    }))
}

/** Refusals as they are shown. */
export function refusedOf(refused: Iterable<LastRefused>, today: number): readonly RefusedRoute[] {
  return [...refused]
    .sort((a, b) => inOrder(a, b, `${a.route} ${a.code}`, `${b.route} ${b.code}`))
    .map(({ route, code, day, count }) => ({
      route,
      code: code as RefusalCode,
      lastRefusedOn: shownDay(day, today),
      requests: count,
    }))
}
