/** What the policy and the rules of the plan leave to choose, with whose rule it is. The server judges again. */
import { useEffect, useState } from 'preact/hooks'
import type { PlanRules } from '../../../core/plan-rules.ts'
import type { BootPlan } from '../../boot.ts'
import { api, persistently } from '../api.ts'
import { boot, type Kind } from '../hub.ts'

/** What may be chosen. */
export interface Bounds {
  readonly plan: BootPlan
  /** The longest lifetime, in days. */
  readonly longest: number
  /** Whether the plan says so, and not the policy. */
  readonly isLongestByRule: boolean
  /** Whether the rules of the plan let a token have a scope. */
  isAllowed(scope: string): boolean
  /** Whether a token may have all resources. */
  readonly hasAll: boolean
  /** Whether a token can be kept to addresses. */
  readonly hasAddresses: boolean
  /** Whether it has to be, and who says so. */
  readonly needsAddresses: 'plan' | 'type' | undefined
  /** Whether another admin has to approve what is new or wider. */
  readonly needsApproval: boolean
}

/** The bounds of a token of a kind. */
function boundsOf({ surface, type }: Kind, plan: BootPlan, rules: PlanRules): Bounds {
  const { lifetimeDays: ofPolicy } = surface.limits
  const longest = Math.min(ofPolicy, rules.maxLifetimeDays ?? ofPolicy)
  // Rules may have an earlier name of a scope.
  const namesOf = new Map(surface.scopes.map(({ name, aliases = [] }) => [name, [name, ...aliases]]))
  return {
    plan,
    longest,
    isLongestByRule: longest < ofPolicy,
    isAllowed: (scope) => !rules.scopes || (namesOf.get(scope) ?? [scope]).some((name) => rules.scopes?.includes(name)),
    hasAll: rules.allResources !== false,
    hasAddresses: boot.features.addresses,
    needsAddresses: rules.addresses === 'required' ? 'plan' : type.addresses === 'required' ? 'type' : undefined,
    needsApproval: rules.approvals === 'required' && boot.features.approvals,
  }
}

/** The bounds of a plan. Until its rules are known, and where they cannot be read, they are those of the policy. */
export function useBounds(kind: Kind, plan: BootPlan): Bounds {
  const [rules, setRules] = useState<PlanRules>({})
  useEffect(() => {
    persistently(() => api.rules({ planId: plan.id })).then(setRules, () => undefined)
  }, [])
  return boundsOf(kind, plan, rules)
}
