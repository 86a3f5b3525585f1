/** Whether what was asked for may still be given: everything that `create` and `edit` judge, by the policy, rules and places of now. */
import { PlanTokenError } from '../core/errors.ts'
import { issuesByRules, type PlanRules } from '../core/plan-rules.ts'
import type { TypeEntry } from '../core/policy.ts'
import { areIssues, readScopes } from '../core/scopes.ts'
import { grantedScopes, type TokenRecord } from '../core/token.ts'
import { readAddresses } from '../service/addresses.ts'
import type { ManagingEngine } from '../service/engine.ts'
import { askRules } from '../service/plan-rules.ts'
import { linkProblems, readLinks } from '../service/resources.ts'

/** The rules of the plan. @throws PlanTokenError `plan_rules_broken` with everything that is not allowed any more, `unavailable`. */
export async function refuseDisallowed(
  engine: ManagingEngine,
  record: TokenRecord,
  entry: TypeEntry,
): Promise<PlanRules | undefined> {
  const { policy, type } = entry
  const { planId, resources, addresses } = record
  const granted = grantedScopes(record)
  // By the names of today, as the token will hold them.
  const today = [...new Set(granted.map((scope) => policy.renamed.get(scope) ?? scope))]
  const scopes = readScopes(type.fixed ? [] : today, type, policy)
  const links = readLinks(resources === 'all' ? 'all' : resources.map(({ link }) => link), policy, planId)
  const rules = await askRules(engine, planId)
  const issues = [
    ...(areIssues(scopes) ? scopes : []),
    ...readAddresses(engine, addresses, type).issues,
    ...issuesByRules(rules, { scopes: granted, resources, addresses }, entry),
    ...(await linkProblems(engine, policy, links, planId)),
  ]
  if (issues.length > 0) throw new PlanTokenError('plan_rules_broken', { issues })
  return rules
}
