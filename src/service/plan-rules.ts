/**
 * The rules of a plan, where the directory has any, for calls of admins and for what is shown; for a request they are gathered as its
 * other facts are (service/gather.ts). What they say and refuse: core/plan-rules.ts.
 */
import { PlanTokenError, StoreError } from '../core/errors.ts'
import { endByRules, issuesByRules, longestLifetime, outlived, type PlanRules, readRules } from '../core/plan-rules.ts'
import type { CompiledPolicy, TypeEntry } from '../core/policy.ts'
import { grantedScopes, latestOf, type TokenRecord } from '../core/token.ts'
import type { RulesWarning } from '../core/token-view.ts'
import type { Directory, TokenStore } from '../ports.ts'
import { ask, failureOf, type PortCaller } from './ask.ts'
import type { Uses } from './uses.ts'

/** What it takes to ask for rules. */
type RulesCaller = PortCaller & { readonly directory: Pick<Directory, 'rules'> }

/** The rules of a plan as they are now. @throws PlanTokenError `unavailable`. */
export async function askRules(engine: RulesCaller, planId: string): Promise<PlanRules | undefined> {
  const { directory } = engine
  return directory.rules && ask(engine, 'directory.rules', async () => directory.rules?.(planId), readRules)
}

/** The limits of a policy, as far as the rules of a plan allow them. */
export function limitsBy({ limits }: CompiledPolicy, rules: PlanRules | undefined): CompiledPolicy['limits'] {
  return { ...limits, lifetimeDays: longestLifetime(limits.lifetimeDays, rules) }
}

/** How a token stands by the rules of its plan. */
export interface Standing {
  /** The rule that it has outlived, if any. */
  readonly outlived: RulesWarning['code'] | undefined
  /** When a rule ends it by its age; `undefined` where none does. */
  readonly endsAt: number | undefined
}

/** How a token stands by the rules of its plan. @throws PlanTokenError `unavailable`. */
export async function standingOf(
  engine: RulesCaller & { readonly uses: Uses; readonly store: TokenStore },
  record: TokenRecord,
  now: number,
): Promise<Standing> {
  const rules = await askRules(engine, record.planId)
  if (!rules) return NO_RULES
  const endsAt = endByRules(rules, record)
  if (rules.idleDays === undefined) return { outlived: outlived(rules, record, now, undefined), endsAt }
  const uses = keepsUses(engine) ? await engine.uses.of([record.id]) : undefined
  if (!uses) throw failureOf(engine, withoutUses(), 'store.lastUse')
  return { outlived: outlived(rules, record, now, latest(uses)), endsAt }
}

const NO_RULES: Standing = { outlived: undefined, endsAt: undefined }

/** Whether a store keeps uses, without which nobody knows whether a token was. */
export function keepsUses({ store }: { readonly store: Pick<TokenStore, 'recordUse' | 'lastUse'> }): boolean {
  return store.recordUse !== undefined && store.lastUse !== undefined
}

/** The latest of the last uses of a token's secrets; `undefined` if it was never used. */
export function latest(uses: ReadonlyMap<string, number>): number | undefined {
  return latestOf([...uses.values()])
}

/** What is thrown where a rule asks for uses and the store keeps none. */
export const withoutUses = (): StoreError =>
  new StoreError(
    'store_unsuitable',
    'A plan has the rule idleDays, and the store keeps no uses. Give it recordUse() and lastUse(), or leave out the rule.',
  )

/** Throws where a token, as it is, holds what the rules of its plan do not allow: a refresh would give it all of that anew. */
export function refuseBroken(rules: PlanRules | undefined, record: TokenRecord, entry: TypeEntry): void {
  const { resources, addresses } = record
  const issues = issuesByRules(rules, { scopes: grantedScopes(record), resources, addresses }, entry)
  if (issues.length > 0) throw new PlanTokenError('plan_rules_broken', { issues })
}
