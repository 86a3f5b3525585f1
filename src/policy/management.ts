/**
 * What an admin can do by one policy and not by another: tokens of a type, scopes, numbers. Which links: policy/link-samples.ts. What
 * tokens can then do: policy/compare.ts.
 */
import type { CompiledPolicy } from '../core/policy.ts'
import type { Limits } from '../core/policy-data.ts'
import type { Judge } from './judge.ts'
import { type LinkDifference, linkDifferences } from './link-samples.ts'

/** What a management call can be given by one policy alone. */
export interface ManagementDifference {
  readonly rule: 'type' | 'scope' | 'fixed' | 'limit' | 'link'
  /** What it is, in words. */
  readonly what: string
  /** The input that shows it. */
  readonly input: { readonly [field: string]: unknown }
  /** Where in the data of a policy it is said. */
  readonly places: readonly (readonly string[])[]
}

/** What an admin can do by one policy and not by another. */
export function managementDifferences(one: Judge, other: Judge): readonly ManagementDifference[] {
  return [
    ...typesOnlyIn(one.policy, other.policy),
    ...freeTypesOnlyIn(one.policy, other.policy),
    ...renewingTypesOnlyIn(one.policy, other.policy),
    ...limitsOnlyIn(one.policy, other.policy),
    ...linkDifferences(one.policy.links, other.policy.links).map(linkLine),
  ]
}

function typesOnlyIn(one: CompiledPolicy, other: CompiledPolicy): readonly ManagementDifference[] {
  return [...one.types.values()].flatMap(({ name, grantable, fixed }): readonly ManagementDifference[] => {
    const there = other.types.get(name)
    const input = { type: name, scopes: fixed ? [] : [...grantable].slice(0, 1) }
    const places = [['types', name], ['scopes'], ['reserved']]
    if (!there) return [{ rule: 'type', what: `Tokens of the type ${name} can be made.`, input, places }]
    if (fixed)
      return JSON.stringify(fixed) === JSON.stringify(there.fixed)
        ? []
        : [{ rule: 'fixed', what: `Tokens of the type ${name} are made with ${fixed.join(', ')}.`, input, places }]
    return [...grantable]
      .filter((scope) => !there.grantable.has(scope))
      .map((scope) => ({
        rule: 'scope',
        what: `Tokens of the type ${name} can be given ${scope}.`,
        input: { type: name, scopes: [scope] },
        places,
      }))
  })
}

/** Types whose tokens need no list of addresses here, and one there. */
function freeTypesOnlyIn(one: CompiledPolicy, other: CompiledPolicy): readonly ManagementDifference[] {
  return [...one.types.values()]
    .filter(({ name, addresses }) => addresses === undefined && other.types.get(name)?.addresses === 'required')
    .map(({ name }) => ({
      rule: 'type',
      what: `Tokens of the type ${name} can be made without a list of addresses.`,
      input: { type: name },
      places: [['types', name]],
    }))
}

/** Types whose tokens may renew themselves here, and there not, later, or only with an admin's act more often. */
function renewingTypesOnlyIn(one: CompiledPolicy, other: CompiledPolicy): readonly ManagementDifference[] {
  return [...one.types.values()].flatMap(({ name, selfRenewal }): readonly ManagementDifference[] => {
    if (!selfRenewal) return []
    const there = other.types.get(name)?.selfRenewal
    const { afterPart, longestDays = 365 } = selfRenewal
    const mostDays = there?.longestDays ?? 365
    if (there && there.afterPart <= afterPart && mostDays >= longestDays) return []
    const what = `Tokens of the type ${name} may renew themselves after ${afterPart} of their life, for ${longestDays} days.`
    return [{ rule: 'type', what, input: { type: name, selfRenewal: true }, places: [['types', name]] }]
  })
}

/** What a larger number lets an admin do. */
const LIMITS: { readonly [L in keyof Required<Limits>]?: (limit: number) => string } = {
  lifetimeDays: (limit) => `Tokens can be made for ${limit} days.`,
  graceHours: (limit) => `A secret works for ${limit} hours after it was replaced.`,
  liveSecrets: (limit) => `${limit} secrets of a token can work at the same time.`,
  links: (limit) => `A token can be limited to ${limit} resources.`,
}

function limitsOnlyIn({ limits }: CompiledPolicy, other: CompiledPolicy): readonly ManagementDifference[] {
  return (Object.keys(LIMITS) as (keyof Limits)[])
    .filter((name) => limits[name] > other.limits[name])
    .map((name) => ({
      rule: 'limit',
      what: LIMITS[name]?.(limits[name]) ?? '',
      input: { [name]: limits[name] },
      places: [['limits', name]],
    }))
}

function linkLine({ link, resource, forms }: LinkDifference): ManagementDifference {
  const kind = resource.kind.replaceAll('_', ' ')
  const form = forms === 1 ? 'this form' : `this form and ${forms - 1} more`
  return {
    rule: 'link',
    what: `A token can be limited to a ${kind} by links of ${form}.`,
    input: { resources: [link] },
    places: [['links'], ['kinds']],
  }
}
